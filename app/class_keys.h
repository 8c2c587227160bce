#pragma once
// Which class a single key stands for.

#include <string_view>

#include "labels/ontology.h"

namespace app {

class Workbench;

// The first class whose shortcut is this key ("1", "B"; letters in either case); null when none has it.
[[nodiscard]] const labels::LabelClass* class_with_key(const Workbench& bench, std::string_view key_name);

}  // namespace app
