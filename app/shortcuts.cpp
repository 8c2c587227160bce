// Which chord runs which action: the defaults of the table, changed by the person's own settings.
#include <algorithm>
#include <array>

#include "app/action.h"
#include "app/class_keys.h"
#include "app/workbench.h"

namespace app {

namespace {

// The number pad does what the same sign elsewhere does. Values are GLFW's.
Chord without_number_pad(Chord chord) {
    constexpr Key k_pad_0 = 320, k_pad_9 = 329, k_pad_decimal = 330, k_pad_divide = 331, k_pad_subtract = 333,
                  k_pad_add = 334, k_pad_enter = 335;
    if (chord.key >= k_pad_0 && chord.key <= k_pad_9) chord.key = key::zero + (chord.key - k_pad_0);
    if (chord.key == k_pad_decimal) chord.key = key::period;
    if (chord.key == k_pad_divide) chord.key = key::slash;
    if (chord.key == k_pad_subtract) chord.key = key::minus;
    if (chord.key == k_pad_enter) chord.key = key::enter;
    if (chord.key == k_pad_add) {
        chord.key = key::equal;
        chord.modifiers.shift = true;
    }
    return chord;
}

bool is_modifier(Key k) { return k >= key::left_shift && k <= key::right_super; }

bool can_run(const Workbench& bench, const Action& action) {
    return !action.enabled || action.enabled(bench);
}

// A popup owns the keyboard: only what closes it or puts another in its place still runs.
bool runs_over_popup(const Action& action) {
    constexpr std::array k_over = {"edit.cancel",   "palette",       "help.shortcuts", "project.open",
                                   "labels.import", "labels.export", "frame.go_to",    "app.quit"};
    return std::ranges::find(k_over, action.id) != k_over.end();
}

// True also when the chord could not be taken: it was meant for the sheet, not for the medium.
bool take_for_rebinding(Workbench& bench, const Chord& chord) {
    const Action* action = find_action(std::exchange(bench.rebinding, {}));
    if (action && chord.key != key::escape && !to_string(chord).empty()) rebind(bench, *action, chord);
    return true;
}

void set_own(Settings& settings, const Action& action, const std::string& text) {
    if (text == action.shortcut)
        settings.shortcuts.erase(std::string{action.id});
    else
        settings.shortcuts[std::string{action.id}] = text;
}

}  // namespace

const Action* action_of_chord(const Workbench& bench, std::string_view text) {
    if (text.empty()) return nullptr;
    const Action* first = nullptr;
    const auto look = [&](const Action& action, std::string_view chord) {
        if (chord != text) return false;
        if (first == nullptr) first = &action;
        return can_run(bench, action);
    };
    for (const Action& action : all_actions())
        if (look(action, shortcut_of(bench, action))) return &action;
    for (const Action& action : all_actions())
        if (look(action, action.second_shortcut)) return &action;
    return first;
}

const Action* find_action(std::string_view id) {
    const auto actions = all_actions();
    const auto found = std::ranges::find(actions, id, &Action::id);
    return found != actions.end() ? &*found : nullptr;
}

std::string shortcut_of(const Workbench& bench, const Action& action) {
    const auto& own = bench.settings().shortcuts;
    const auto found = own.find(std::string{action.id});
    return found != own.end() ? found->second : std::string{action.shortcut};
}

bool run_chord(Workbench& bench, const Chord& pressed) {
    const Chord chord = without_number_pad(pressed);
    if (is_modifier(chord.key)) return false;
    if (!bench.rebinding.empty() && bench.popup == Popup::shortcuts) return take_for_rebinding(bench, chord);
    const Action* action = action_of_chord(bench, to_string(chord));
    if (action) {
        if (bench.popup != Popup::none && !runs_over_popup(*action)) return false;
        if (!can_run(bench, *action)) return false;
        action->run(bench);
        return true;
    }
    if (bench.popup != Popup::none) return false;
    const labels::LabelClass* by_key = class_with_key(bench, to_string(chord));
    if (by_key) bench.set_active_class(by_key->id);
    return by_key != nullptr;
}

void rebind(Workbench& bench, const Action& action, const Chord& chord) {
    const std::string text = to_string(chord);
    for (const Action& other : all_actions())
        if (other.id != action.id && shortcut_of(bench, other) == text) set_own(bench.settings(), other, "");
    set_own(bench.settings(), action, text);
    bench.save_settings();
}

}  // namespace app
