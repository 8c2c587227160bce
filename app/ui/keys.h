#pragma once
// Actions as controls show them.

#include <string>
#include <string_view>

#include "app/ui/ui.h"

namespace app {

// The chord in force, for a tooltip or a key cap; empty when there is none.
[[nodiscard]] std::string key_of(const Ui& u, std::string_view action_id);
[[nodiscard]] bool can_run(const Ui& u, std::string_view action_id);

}  // namespace app
