// All actions and their keys, in columns by group. A click on one makes it wait for a new chord.
#include <cmath>
#include <map>

#include "app/action.h"
#include "app/panels/panels.h"
#include "app/panels/popup.h"

namespace app {

namespace {

constexpr float k_row = 25, k_head = 34, k_gap = 14;  // logical pixels

struct Sheet {
    Appearing appears;
    std::string waiting;                        // id of the action whose chord is being typed
    std::map<std::string, std::string> before;  // id -> chord when the waiting began
    std::string said;                           // what the last change did
};

Sheet& sheet() {
    static Sheet state;  // UI thread, like ImGui's own context
    return state;
}

std::map<std::string, std::string> all_shortcuts(const Workbench& bench) {
    std::map<std::string, std::string> chords;
    for (const Action& action : all_actions()) chords[std::string{action.id}] = shortcut_of(bench, action);
    return chords;
}

void wait_for_chord(Ui& u, const Action& action) {
    Sheet& s = sheet();
    s.waiting = action.id;
    s.before = all_shortcuts(u.bench);
    s.said.clear();
    u.later([id = s.waiting](Workbench& bench) { bench.rebinding = id; });
}

// run_chord() has taken the chord; compare and say what became of it.
std::string outcome(const Workbench& bench, const Action& changed,
                    const std::map<std::string, std::string>& before) {
    const std::string now = shortcut_of(bench, changed);
    if (now == before.at(std::string{changed.id})) return "Nothing was changed";
    for (const Action& other : all_actions())
        if (before.at(std::string{other.id}) == now && shortcut_of(bench, other).empty())
            return fmt::format("{} is now “{}”; it was taken from “{}”", now, changed.title, other.title);
    return fmt::format("{} is now “{}”", now, changed.title);
}

// True on the frames on which Esc belongs to the waiting action, not to the sheet.
bool follow_waiting(Ui& u, bool appeared) {
    Sheet& s = sheet();
    if (s.waiting.empty()) return false;
    if (u.bench.rebinding == s.waiting) return true;
    if (appeared || !u.bench.rebinding.empty()) {
        s.waiting.clear();
        return false;
    }
    s.said = outcome(u.bench, *find_action(s.waiting), s.before);
    s.waiting.clear();
    return true;
}

// -- rows
void draw_keys(Ui& u, Area& row, const Action& action, bool waiting) {
    if (waiting) {
        draw_text(u, row.cut_right(u.px(84)), "press a key…", u.theme.accent, u.fonts.small, Align::right);
        return;
    }
    if (!action.second_shortcut.empty())
        row.cut_right(key_cap(u, row, action.second_shortcut, u.theme.faint) + u.px(5));
    const std::string key = shortcut_of(u.bench, action);
    const bool own = key != action.shortcut;
    if (!key.empty()) row.cut_right(key_cap(u, row, key, own ? u.theme.accent : 0) + u.px(6));
}

void draw_action(Ui& u, Area row, const Action& action) {
    const bool waiting = u.bench.rebinding == action.id;
    bool hovered = false;
    const Area ground{row.x0 - u.px(8), row.y0, row.x1 + u.px(8), row.y1};
    if (click_area(u, action.title, ground, &hovered)) wait_for_chord(u, action);
    if (waiting || hovered) fill(ground, waiting ? u.theme.selection : u.theme.hover, u.px(4));
    draw_keys(u, row, action, waiting);
    draw_text(u, row, action.title, mix(u.theme.quiet, u.theme.text, 0.75f), u.fonts.small);
}

struct Group {
    std::string_view title;
    std::vector<const Action*> actions;
    [[nodiscard]] float height() const { return k_head + static_cast<float>(actions.size()) * k_row + k_gap; }
};

std::vector<Group> groups() {
    std::vector<Group> all;
    for (const Action& action : all_actions()) {
        if (all.empty() || all.back().title != action.group) all.push_back({action.group, {}});
        all.back().actions.push_back(&action);
    }
    return all;
}

// The lowest height at which the groups, in their order and unbroken, fit that many columns.
float column_height(const std::vector<Group>& all, int columns) {
    float low = 0;
    for (const Group& group : all) low = std::max(low, group.height());
    for (float limit = low;; limit += k_row) {
        int used = 1;
        float height = 0;
        for (const Group& group : all) {
            if (height + group.height() > limit) {
                ++used;
                height = 0;
            }
            height += group.height();
        }
        if (used <= columns) return limit;
    }
}

void draw_group(Ui& u, Area& column, const Group& group) {
    section_head(u, column.cut_top(u.px(k_head)), group.title);
    for (const Action* action : group.actions) {
        const Area row{column.x0, column.y0, column.x1, column.y0 + u.px(k_row)};
        draw_action(u, row, *action);
        column.y0 = row.y1;
    }
    column.y0 += u.px(k_gap);
}

int columns_in(Ui& u, float width) { return width > u.px(980) ? 4 : width > u.px(720) ? 3 : 2; }

void draw_columns(Ui& u, Area area) {
    const std::vector<Group> all = groups();
    const int columns = columns_in(u, area.width());
    const float limit = column_height(all, columns);
    const float gap = u.px(36),
                width = (area.width() - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const Area clip{area.x0 - u.px(10), area.y0, area.x1 + u.px(16), area.y1};
    const float offset = begin_scroll(u, "shortcuts", clip, u.px(limit));
    Area column{area.x0, area.y0 - offset, area.x0 + width, 1e9f};
    float height = 0;
    for (const Group& group : all) {
        if (height + group.height() > limit) {
            column = {column.x1 + gap, area.y0 - offset, column.x1 + gap + width, 1e9f};
            height = 0;
        }
        height += group.height();
        draw_group(u, column, group);
    }
    end_scroll(u);
}

void reset_all(Ui& u) {
    sheet().said = "All shortcuts are back to their defaults";
    u.later([](Workbench& bench) {
        bench.settings().shortcuts.clear();
        bench.rebinding.clear();
        bench.save_settings();
    });
}

void draw_head(Ui& u, Area row) {
    const bool changed = !u.bench.settings().shortcuts.empty();
    const Area at = row.cut_right(u.px(140));
    if (button(u, "Reset to defaults", {at.x0, at.y0 + u.px(14), at.x1, at.y0 + u.px(42)}, ButtonKind::plain,
               {}, changed))
        reset_all(u);
    row.cut_right(u.px(16));
    const float used = draw_text(u, row, "Keyboard shortcuts", u.theme.text, u.fonts.strong);
    row.cut_left(used + u.px(16));
    const std::string hint = !u.bench.rebinding.empty() ? "Press the new key; Esc keeps the old one"
                             : !sheet().said.empty()    ? sheet().said
                                                        : "Click a row to give it another key";
    draw_text(u, row, hint, sheet().said.empty() ? u.theme.quiet : u.theme.accent, u.fonts.small);
}

}  // namespace

void draw_shortcut_sheet(Ui& u, Area window) {
    Sheet& s = sheet();
    const bool appeared = s.appears();
    if (appeared) s.said.clear();
    if (appeared && !u.bench.rebinding.empty()) u.later([](Workbench& bench) { bench.rebinding.clear(); });
    const bool takes_escape = follow_waiting(u, appeared);
    constexpr float k_width = 1220, k_title = 56, k_side = 24;
    const float inner = std::min(u.px(k_width), window.width() - u.px(32)) - u.px(2 * k_side);
    const Area box =
        centred_box(u, window, k_width, column_height(groups(), columns_in(u, inner)) + k_title + 8);
    begin_popup(u, "shortcuts", window, box);
    Area inside{box.x0 + u.px(k_side), box.y0, box.x1 - u.px(k_side), box.y1 - u.px(8)};
    draw_head(u, inside.cut_top(u.px(k_title)));
    draw_columns(u, inside);
    end_popup(u, box, takes_escape ? Escape::ignored : Escape::closes);
}

}  // namespace app
