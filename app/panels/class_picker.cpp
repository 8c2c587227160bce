// Classes near the pointer: typing filters or names a new one, a class's key takes it at once.
#include <cmath>

#include "app/class_keys.h"
#include "app/fuzzy.h"
#include "app/panels/class_choice.h"
#include "app/panels/panels.h"
#include "app/panels/popup.h"

namespace app {

namespace {

constexpr int k_rows = 9;

struct Picker {
    Appearing appears;
    SearchField field;
    int index = 0;
    ImVec2 at;  // where the pointer was
};

Picker& picker() {
    static Picker state;  // UI thread, like ImGui's own context
    return state;
}

// Classes that fit what was typed, best first; in the ontology's order while nothing is typed.
std::vector<const labels::LabelClass*> matches(const labels::Ontology& ontology, const std::string& typed) {
    std::vector<std::pair<int, const labels::LabelClass*>> scored;
    const std::string query = folded(typed);
    for (const labels::LabelClass& c : ontology.classes)
        if (const int score = fuzzy_score(query, folded(c.name)); score >= 0) scored.emplace_back(score, &c);
    std::ranges::stable_sort(scored, std::greater{}, [](const auto& s) { return s.first; });
    std::vector<const labels::LabelClass*> found;
    for (const auto& [score, label_class] : scored) found.push_back(label_class);
    return found;
}

void choose(Ui& u, labels::ClassId id) {
    u.later([id](Workbench& bench) { choose_class(bench, id); });
    close_popup(u);
}

void name_new(Ui& u, const std::string& name) {
    u.later([name](Workbench& bench) { choose_new_class(bench, name); });
    close_popup(u);
}

void draw_class(Ui& u, Area row, const labels::LabelClass& label_class, bool selected) {
    if (list_row(u, label_class.name + "##pick", row, selected)) choose(u, label_class.id);
    swatch(u, {row.x0 + u.px(19), (row.y0 + row.y1) / 2}, label_class.color_rgb);
    Area line{row.x0 + u.px(34), row.y0, row.x1 - u.px(12), row.y1};
    line.cut_right(key_cap(u, line, label_class.shortcut) + u.px(8));
    draw_text(u, line, label_class.name, u.theme.text);
}

void draw_new(Ui& u, Area row, const std::string& name, bool selected) {
    const std::string text = picks_rename(u.bench) ? "Name it “" + name + "”" : "New class “" + name + "”";
    if (list_row(u, "New class##pick", row, selected)) name_new(u, name);
    draw_icon(u, {row.x0 + u.px(10), row.y0, row.x0 + u.px(28), row.y1}, icon::plus, u.theme.accent, 16);
    Area line{row.x0 + u.px(34), row.y0, row.x1 - u.px(12), row.y1};
    line.cut_right(key_cap(u, line, "Enter") + u.px(8));
    draw_text(u, line, text, u.theme.text);
}

std::string trimmed(std::string text) {
    while (!text.empty() && text.front() == ' ') text.erase(0, 1);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

// Beside the pointer, inside the window.
Area box_at(Ui& u, Area window, ImVec2 at, int rows) {
    const float width = u.px(272),
                height = u.px(44) + static_cast<float>(rows) * u.px(30) + u.px(rows > 0 ? 6 : 0);
    const float x0 = std::clamp(at.x + u.px(12), window.x0 + u.px(8), window.x1 - width - u.px(8));
    const float tallest = u.px(44 + 6) + k_rows * u.px(30);  // so that it does not jump while one types
    const float y0 = std::clamp(at.y - u.px(20), window.y0 + u.px(8),
                                std::max(window.y0 + u.px(8), window.y1 - tallest - u.px(8)));
    return {std::floor(x0), std::floor(y0), std::floor(x0) + width, std::floor(y0) + height};
}

ImVec2 place_now(Area window) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    return window.contains(mouse) ? mouse : ImVec2{(window.x0 + window.x1) / 2, (window.y0 + window.y1) / 3};
}

}  // namespace

void draw_class_picker(Ui& u, Area window) {
    Picker& p = picker();
    if (!u.bench.document()) return close_popup(u);
    if (p.appears()) {
        p.field = {};
        p.index = 0;
        p.at = place_now(window);
    }
    const labels::Ontology& ontology = u.bench.document()->state().ontology;
    const std::string name = trimmed(p.field.text);
    const auto found = matches(ontology, name);
    const bool offers_new = !name.empty() && !ontology.find(std::string_view{name});
    const int classes = std::min(static_cast<int>(found.size()), offers_new ? k_rows - 1 : k_rows);
    const int rows = classes + (offers_new ? 1 : 0);
    move_by_keys(p.index, rows, k_rows);
    p.index = std::clamp(p.index, 0, std::max(rows - 1, 0));

    const Area box = box_at(u, window, p.at, rows);
    begin_popup(u, "class picker", window, box, Scrim::clear);
    Area rest = box;
    if (search_field(u, "Class", rest.cut_top(u.px(44)), p.field, "Class, or a new name", 0)) {
        p.index = 0;
        // A key of a class takes it at once, as it does in the window.
        const labels::LabelClass* by_key =
            p.field.text.size() == 1 ? class_with_key(u.bench, p.field.text) : nullptr;
        if (by_key && p.field.text[0] >= '0' && p.field.text[0] <= '9') choose(u, by_key->id);
        u.redraw_in(0);
    }
    if (rows > 0) fill({box.x0, rest.y0, box.x1, rest.y0 + std::max(1.0f, u.scale)}, u.theme.line);
    rest.cut_top(u.px(3));
    for (int i = 0; i < classes; ++i)
        draw_class(u, rest.cut_top(u.px(30)), *found[static_cast<std::size_t>(i)], i == p.index);
    if (offers_new) draw_new(u, rest.cut_top(u.px(30)), name, p.index == classes);
    if (key_pressed(PopupKey::enter) && rows > 0) {
        if (p.index < classes)
            choose(u, found[static_cast<std::size_t>(p.index)]->id);
        else
            name_new(u, name);
    }
    end_popup(u, box);
}

}  // namespace app
