#pragma once
// Everything a key, a button or the palette can do: one row each in app/actions.cpp.

#include <span>
#include <string>
#include <string_view>

#include "app/input.h"

namespace app {

class Workbench;

struct Action {
    std::string_view id, title, group;  // "frame.next", "Next frame", "Time"
    std::string_view shortcut;          // default, e.g. "F" or "Ctrl+Z"; may be empty
    std::string_view second_shortcut;   // e.g. "Right"; not remappable
    bool (*enabled)(const Workbench&);  // null: always
    void (*run)(Workbench&);
    bool once = false;  // not again while the key is held down
};

[[nodiscard]] std::span<const Action> all_actions();
[[nodiscard]] const Action* find_action(std::string_view id);
// The chord in force (the person's own, else the default), as shown in tooltips; empty when none.
[[nodiscard]] std::string shortcut_of(const Workbench& bench, const Action& action);
// What the chord means now. Actions for different media may share one: of those that can run the first in the
// table takes it, a main shortcut before a second one. When none can run, the first; null when nothing is
// bound.
[[nodiscard]] const Action* action_of_chord(const Workbench& bench, std::string_view chord);
// Runs what the chord is bound to. False when nothing is, or it is not enabled now.
bool run_chord(Workbench& bench, const Chord& chord);
// Binds a chord to an action, taking it from any other. Saved with the settings.
void rebind(Workbench& bench, const Action& action, const Chord& chord);

}  // namespace app
