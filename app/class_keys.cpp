#include "app/class_keys.h"

#include <algorithm>

#include "app/fuzzy.h"
#include "app/workbench.h"

namespace app {

const labels::LabelClass* class_with_key(const Workbench& bench, std::string_view key_name) {
    if (!bench.document() || key_name.empty()) return nullptr;
    const std::string wanted = folded(key_name);
    const auto& classes = bench.document()->state().ontology.classes;
    const auto found =
        std::ranges::find_if(classes, [&](const auto& c) { return folded(c.shortcut) == wanted; });
    return found != classes.end() ? &*found : nullptr;
}

}  // namespace app
