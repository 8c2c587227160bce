#include "app/ui/keys.h"

#include "app/action.h"

namespace app {

std::string key_of(const Ui& u, std::string_view action_id) {
    const Action* action = find_action(action_id);
    return action ? shortcut_of(u.bench, *action) : std::string{};
}

bool can_run(const Ui& u, std::string_view action_id) {
    const Action* action = find_action(action_id);
    return action && (!action->enabled || action->enabled(u.bench));
}

}  // namespace app
