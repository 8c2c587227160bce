#include "app/ui/keys.h"

#include "app/action.h"

namespace app {

std::string key_of(const Ui& u, std::string_view action_id) {
    const Action* action = find_action(action_id);
    if (!action) return {};
    std::string key = shortcut_of(u.bench, *action);
    const bool is_taken = action_of_chord(u.bench, key) != action;
    return is_taken ? std::string{action->second_shortcut} : key;
}

bool can_run(const Ui& u, std::string_view action_id) {
    const Action* action = find_action(action_id);
    return action && (!action->enabled || action->enabled(u.bench));
}

}  // namespace app
