// Ctrl+K: one field that finds any action, asset, class, track, recent project or place in time.
#include <cmath>

#include "app/finder.h"
#include "app/panels/panels.h"
#include "app/panels/popup.h"
#include "app/panels/typed_path.h"

namespace app {

namespace {

constexpr std::size_t k_shown = 12;

struct Palette {
    Appearing appears;
    SearchField field;
    Finder finder;
    int index = 0;
};

Palette& palette() {
    static Palette state;  // UI thread, like ImGui's own context
    return state;
}

void run(Ui& u, const Found& found) {
    close_popup(u);  // first: an action may open a popup of its own
    u.later([target = found.target](Workbench& bench) { choose(bench, target); });
}

// -- what stands left and right of a title
struct Looks {
    std::uint32_t rgb = 0;
    bool has_swatch = false;
    char32_t icon = 0;
    std::string note, key;
};

Looks looks_of_class(const labels::State& state, labels::ClassId id, std::string note) {
    const labels::LabelClass* found = state.ontology.find(id);
    return {found ? found->color_rgb : 0x808080, true, 0, std::move(note),
            found ? found->shortcut : std::string{}};
}

Looks looks_of_track(const labels::State& state, labels::TrackId id) {
    const labels::Track* track = state.find(id);
    if (!track) return {};
    const labels::Asset* asset = state.find(track->info.asset);
    std::string note = asset && state.assets.size() > 1 ? asset->name + " · " : std::string{};
    note += fmt::format("from frame {}", track->first_frame());
    Looks looks = looks_of_class(state, track->info.class_id, std::move(note));
    looks.key.clear();
    return looks;
}

Looks looks_of(const Workbench& bench, const FoundTarget& target) {
    if (const auto* action = std::get_if<const Action*>(&target))
        return {0, false, icon::chevron_right, std::string{(*action)->group}, shortcut_of(bench, **action)};
    if (const auto* path = std::get_if<std::filesystem::path>(&target))
        return {0, false, icon::folder, typed_from_path(path->parent_path()), ""};
    if (std::holds_alternative<FoundBookmark>(target)) return {0, false, icon::search, "bookmark", ""};
    if (std::holds_alternative<FoundFrame>(target)) return {0, false, icon::clock, "Enter", ""};
    if (std::holds_alternative<labels::AssetId>(target)) return {0, false, icon::film, "Asset", ""};
    if (!bench.document()) return {};
    const labels::State& state = bench.document()->state();
    if (const auto* id = std::get_if<labels::ClassId>(&target)) return looks_of_class(state, *id, "Class");
    return looks_of_track(state, std::get<labels::TrackId>(target));
}

void draw_row(Ui& u, Area row, const Found& found, bool selected, int number) {
    ImGui::PushID(number);
    if (list_row(u, found.title, row, selected)) run(u, found);
    ImGui::PopID();
    const Looks looks = looks_of(u.bench, found.target);
    Area line{row.x0 + u.px(14), row.y0, row.x1 - u.px(14), row.y1};
    const Area sign = line.cut_left(u.px(18));
    if (looks.has_swatch)
        swatch(u, {(sign.x0 + sign.x1) / 2, (sign.y0 + sign.y1) / 2}, looks.rgb);
    else
        draw_icon(u, sign, looks.icon, u.theme.quiet, 16);
    line.cut_left(u.px(10));
    if (!looks.key.empty()) line.cut_right(key_cap(u, line, looks.key) + u.px(10));
    const float room = line.width() * 0.45f;
    const float note = std::min(room, text_width(u.fonts.small, looks.note));
    draw_text(u, line.cut_right(note + 1), looks.note, u.theme.faint, u.fonts.small, Align::right);
    line.cut_right(u.px(12));
    draw_text(u, line, found.title, u.theme.text);
}

void draw_footer(Ui& u, Area row, std::size_t found) {
    fill({row.x0, row.y0, row.x1, row.y0 + std::max(1.0f, std::floor(u.scale))}, u.theme.line);
    row = {row.x0 + u.px(14), row.y0, row.x1 - u.px(14), row.y1};
    const std::string_view hint =
        found == 0 ? "Nothing is called that" : "A frame number or a time such as 01:30 goes there";
    draw_text(u, row, hint, u.theme.faint, u.fonts.small);
}

}  // namespace

void draw_palette(Ui& u, Area window) {
    Palette& p = palette();
    if (p.appears()) {
        p.field = {};
        p.index = 0;
    }
    const std::vector<Found>& found = p.finder.find(u.bench, p.field.text, k_shown);
    const int count = static_cast<int>(found.size());
    move_by_keys(p.index, count, 6);
    p.index = std::clamp(p.index, 0, std::max(count - 1, 0));

    constexpr float k_field = 48, k_row = 32, k_foot = 30;
    Area box = centred_box(u, window, 560, k_field + k_row * static_cast<float>(k_shown) + k_foot + 8, 0.24f);
    const float used =
        u.px(k_field + k_foot) + (count > 0 ? u.px(8) : 0) + static_cast<float>(count) * u.px(k_row);
    box.y1 = std::min(box.y1, box.y0 + used);
    begin_popup(u, "palette", window, box);
    Area rest = box;
    const bool typed = search_field(u, "Find", rest.cut_top(u.px(k_field)), p.field, "Find anything");
    fill({box.x0, rest.y0, box.x1, rest.y0 + std::max(1.0f, std::floor(u.scale))}, u.theme.line);
    draw_footer(u, rest.cut_bottom(u.px(k_foot)), found.size());
    rest.cut_top(u.px(4));
    for (int i = 0; i < count; ++i)
        draw_row(u, rest.cut_top(u.px(k_row)), found[static_cast<std::size_t>(i)], i == p.index, i);
    if (key_pressed(PopupKey::enter) && count > 0) run(u, found[static_cast<std::size_t>(p.index)]);
    if (typed) {
        p.index = 0;
        u.redraw_in(0);  // the answers to it are found on the next frame
    }
    end_popup(u, box);
}

}  // namespace app
