// What there is: the project's media, its classes, and the objects on the shown frame.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/layer_list.h"
#include "app/panels/mask_fields.h"
#include "app/panels/panels.h"
#include "app/panels/track_list.h"
#include "app/ui/keys.h"
#include "app/ui/thumbnail.h"

namespace app {
namespace {

constexpr float k_row = 30, k_head = 34;

float line_of(const Ui& u) { return std::max(1.0f, std::floor(u.scale)); }
float row_of(const Ui& u) { return std::round(u.px(k_row)); }

// Draws the rows of a scrolled list that are in sight: draw(index, area). The row `chosen` (count: none)
// comes into sight when it is newly chosen.
template <class Draw>
void draw_rows(Ui& u, const char* id, Area area, std::size_t count, std::size_t chosen, const Draw& draw) {
    const float row = row_of(u);
    int& seen = *ImGui::GetStateStorage()->GetIntRef(ImGui::GetID(id) + 1, -1);
    if (chosen < count && static_cast<int>(chosen) != seen) {
        scroll_to(id, area, static_cast<float>(chosen) * row, static_cast<float>(chosen + 1) * row);
    }
    seen = chosen < count ? static_cast<int>(chosen) : -1;
    const float offset = begin_scroll(u, id, area, static_cast<float>(count) * row);
    const auto first = static_cast<std::size_t>(offset / row);
    const auto end =
        std::min(count, first + static_cast<std::size_t>(std::max(0.0f, area.height()) / row) + 2);
    for (std::size_t i = first; i < end; ++i) {
        ImGui::PushID(static_cast<int>(i));
        const float y = area.y0 + static_cast<float>(i) * row - offset;
        draw(i, Area{area.x0, y, area.x1, y + row});
        ImGui::PopID();
    }
    end_scroll(u);
}

Area head_area(Ui& u, Area area) {
    return {area.x0 + u.px(14), area.y0 + u.px(5), area.x1 - u.px(14), area.y1};
}

// -- assets
// ------------------------------------------------------------------------------------------------------------

// A medium that was never seen here, or that is shown and cannot be read.
bool is_missing(const Workbench& bench, const labels::Asset& asset) {
    if (asset.relative_path.empty() && asset.absolute_path.empty()) return true;
    return asset.id == bench.view().asset && !bench.media_error().empty();
}

std::string facts_of(const labels::Asset& asset) {
    std::string out = asset.absolute_path.empty() ? asset.name : asset.absolute_path;
    if (asset.width_px > 0) out += fmt::format("\n{} × {}", asset.width_px, asset.height_px);
    if (asset.frame_count > 0) out += fmt::format(" · {} frames", asset.frame_count);
    return out;
}

char32_t icon_of(labels::MediaKind kind) {
    return kind == labels::MediaKind::video ? icon::film : icon::image;
}

// The medium itself, small; its kind's icon where there is no picture of it (yet).
void draw_poster(Ui& u, Area room, const labels::Asset& asset, bool missing) {
    const float middle = (room.y0 + room.y1) / 2;
    const Area at{std::round(room.x0), std::round(middle - u.px(10)),
                  std::round(room.x0) + std::round(u.px(36)),
                  std::round(middle - u.px(10)) + std::round(u.px(20))};
    const bool seen_once = !asset.relative_path.empty() || !asset.absolute_path.empty();
    // A film's decoder makes wrong pictures of rasters (samples of 16 bit, broken parts): none is better.
    const bool may_have = seen_once && asset.kind != labels::MediaKind::raster;
    const auto poster = may_have ? u.bench.poster_of(asset.id) : std::optional<media::ThumbnailPtr>{nullptr};
    if (!poster) u.later([id = asset.id](Workbench& bench) { bench.ask_for_poster(id); });
    if (poster && *poster && draw_thumbnail(u, at, **poster, missing ? 0.4f : 1, u.px(2))) return;
    fill(at, mix(u.theme.panel, u.theme.line, 0.5f), u.px(2));
    draw_icon(u, at, icon_of(asset.kind), missing ? u.theme.faint : u.theme.quiet, 16);
}

void draw_asset(Ui& u, Area row, const labels::Asset& asset) {
    const bool shown = asset.id == u.bench.view().asset, missing = is_missing(u.bench, asset);
    bool hovered = false;
    if (list_row(u, asset.name, row, shown, &hovered)) {
        u.later([id = asset.id](Workbench& bench) { bench.show_asset(id); });
    }
    if (hovered) {
        tooltip(u,
                missing ? facts_of(asset) + "\nThe medium is not found or cannot be read" : facts_of(asset));
    }
    Area line{row.x0 + u.px(12), row.y0, row.x1 - u.px(14), row.y1};
    draw_poster(u, line.cut_left(u.px(36)), asset, missing);
    line.cut_left(u.px(10));
    Area mark = line.cut_right(u.px(16));
    line.cut_right(u.px(6));
    if (missing) {
        draw_icon(u, mark, icon::alert, u.theme.doubt, 16);
    } else {
        const bool labelled = !u.bench.document()->state().tracks_of(asset.id).empty();
        const ImU32 dot = shown ? u.theme.accent : labelled ? u.theme.good : u.theme.faint;
        ImGui::GetWindowDrawList()->AddCircleFilled(
            {std::round(mark.x1 - u.px(4)), std::round((row.y0 + row.y1) / 2)}, u.px(4), dot, 16);
    }
    draw_text(u, line, asset.name, missing ? u.theme.quiet : u.theme.text);
}

void draw_assets(Ui& u, Area area) {
    const auto& assets = u.bench.document()->state().assets;
    section_head(u, head_area(u, area.cut_top(u.px(k_head))), "Assets",
                 assets.size() > 1 ? fmt::format("{}", assets.size()) : std::string{});
    const auto shown = std::ranges::find(assets, u.bench.view().asset, &labels::Asset::id);
    draw_rows(u, "assets", area, assets.size(), static_cast<std::size_t>(shown - assets.begin()),
              [&](std::size_t i, Area row) { draw_asset(u, row, assets[i]); });
}

// -- classes
// -----------------------------------------------------------------------------------------------------------

void draw_class(Ui& u, Area row, const labels::LabelClass& label_class, const ClassShares& shares) {
    const bool active = label_class.id == u.bench.view().active_class;
    bool hovered = false;
    if (list_row(u, label_class.name, row, active, &hovered)) {
        u.later([id = label_class.id](Workbench& bench) { bench.set_active_class(id); });
    }
    if (hovered) {
        const bool relabels = !u.bench.view().selection.empty();
        tooltip(u, relabels ? "Give the selected objects this class" : "New objects get this class",
                label_class.shortcut);
    }
    Area line{row.x0 + u.px(14), row.y0, row.x1 - u.px(14), row.y1};
    swatch(u, {line.x0 + u.px(5), (row.y0 + row.y1) / 2}, label_class.color_rgb);
    line.cut_left(u.px(20));
    key_cap(u, line.cut_right(u.px(20)), label_class.shortcut);
    line.cut_right(u.px(8));
    const std::string share = shares.of(label_class.id);
    const std::string count =
        !share.empty() ? share : fmt::format("{}", u.bench.document()->count_of(label_class.id));
    draw_text(u, line.cut_right(text_width(u.fonts.text, count) + 1), count, u.theme.quiet, nullptr,
              Align::right);
    line.cut_right(u.px(8));
    draw_text(u, line, label_class.name, u.theme.text);
}

// The state of the field for a new class, kept in the panel's storage.
enum class Adding : int { no, opening, typing };

int& adding() { return *ImGui::GetStateStorage()->GetIntRef(ImGui::GetID("adding class")); }

void draw_new_class(Ui& u, Area row) {
    const Area field{row.x0 + u.px(10), row.y0 + u.px(1), row.x1 - u.px(12), row.y1 - u.px(1)};
    std::string name;
    const bool opening = adding() == static_cast<int>(Adding::opening);
    const bool entered = text_field(u, "New class", field, name, "Name of the class", opening);
    const bool writing = ImGui::IsItemActive();
    if (entered) u.later([name](Workbench& bench) { bench.add_class(name); });
    if (writing) adding() = static_cast<int>(Adding::typing);
    if (!writing && !opening) adding() = static_cast<int>(Adding::no);
}

// Where there is no class yet, the way to one is a whole row.
void draw_first_class(Ui& u, Area row) {
    bool hovered = false;
    if (list_row(u, "Add class", row, false, &hovered)) adding() = static_cast<int>(Adding::opening);
    Area line{row.x0 + u.px(10), row.y0, row.x1 - u.px(14), row.y1};
    const ImU32 ink = hovered ? u.theme.text : u.theme.quiet;
    draw_icon(u, line.cut_left(u.px(18)), icon::plus, ink, 16);
    line.cut_left(u.px(6));
    draw_text(u, line, "Add class", ink);
}

void draw_classes_head(Ui& u, Area head, bool may_add) {
    const labels::MaskLayer* mask = u.bench.mask_layer();
    section_head(u, head,
                 mask == nullptr             ? "Classes"
                 : mask->info.name == "mask" ? "Mask"
                                             : "Mask · " + mask->info.name);
    if (!may_add) return;
    const float middle = (head.y0 + head.y1) / 2;
    const Area plus{head.x1 - u.px(19), middle - u.px(11), head.x1 + u.px(3), middle + u.px(11)};
    if (icon_button(u, "Add class", plus, icon::plus)) adding() = static_cast<int>(Adding::opening);
}

void draw_classes(Ui& u, Area area) {
    const labels::Document& document = *u.bench.document();
    const auto& classes = document.state().ontology.classes;
    const bool writable = document.read_only().empty();
    draw_classes_head(u, head_area(u, area.cut_top(u.px(k_head))), writable && !classes.empty());
    if (adding() != static_cast<int>(Adding::no)) {
        draw_new_class(u, area.cut_top(row_of(u)));
    } else if (classes.empty() && writable) {
        draw_first_class(u, area.cut_top(row_of(u)));
    }
    const auto active = std::ranges::find(classes, u.bench.view().active_class, &labels::LabelClass::id);
    const ClassShares shares(u.bench);
    draw_rows(u, "classes", area, classes.size(), static_cast<std::size_t>(active - classes.begin()),
              [&](std::size_t i, Area row) { draw_class(u, row, classes[i], shares); });
}

// -- on this frame
// -----------------------------------------------------------------------------------------------------

void draw_on_frame(Ui& u, Area area, const std::vector<labels::TrackId>& tracks) {
    const std::string count = tracks.empty() ? std::string{} : fmt::format("{}", tracks.size());
    section_head(u, head_area(u, area.cut_top(u.px(k_head))),
                 u.bench.raster() != nullptr ? "Objects" : "On this frame", count);
    if (tracks.empty()) {
        Area hint = area.cut_top(row_of(u));
        hint.x0 += u.px(14);
        hint.x1 -= u.px(14);
        draw_text(u, hint, "Nothing labelled here", u.theme.faint);
        return;
    }
    const labels::State& state = u.bench.document()->state();
    const labels::Track* primary = u.bench.selected();
    const auto selected = primary ? std::ranges::find(tracks, primary->info.id) : tracks.end();
    draw_rows(u, "on frame", area, tracks.size(), static_cast<std::size_t>(selected - tracks.begin()),
              [&](std::size_t i, Area row) {
                  if (const labels::Track* track = state.find(tracks[i])) draw_track_row(u, row, *track);
              });
}

// Rows for each section: what it wants where all fits, else a fair share of what there is.
std::array<float, 3> share_rows(float room, std::array<float, 3> wanted) {
    std::array<float, 3> got{};
    for (int round = 0; round < 3; ++round) {
        int hungry = 0;
        for (std::size_t i = 0; i < 3; ++i) hungry += got[i] < wanted[i];
        if (hungry == 0 || room < 1) break;
        const float each = std::floor(room / static_cast<float>(hungry));
        for (std::size_t i = 0; i < 3; ++i) {
            const float more = std::min(std::max(each, 1.0f), wanted[i] - got[i]);
            if (more <= 0 || room < more) continue;
            got[i] += more;
            room -= more;
        }
    }
    got[2] += std::max(0.0f, room);
    return got;
}

}  // namespace

void draw_left_panel(Ui& u, Area area) {
    begin_panel(u, "left", area, u.theme.panel);
    const labels::Document* document = u.bench.document();
    if (!document) return end_panel();
    const std::vector<labels::TrackId>& here = tracks_shown(*document, u.bench.view().asset, u.bench.frame());
    const float row = row_of(u), head = u.px(k_head);
    const auto& state = document->state();
    const bool extra = adding() != static_cast<int>(Adding::no) || state.ontology.classes.empty();
    const auto class_rows = static_cast<float>(state.ontology.classes.size() + (extra ? 1 : 0));
    const int layers = layer_rows(u.bench);
    const float layers_height =
        layers > 0 ? std::min(head + static_cast<float>(layers) * row, area.height() * 0.35f) : 0;
    const auto rows = share_rows((area.height() - layers_height - 3 * head) / row,
                                 {static_cast<float>(state.assets.size()), class_rows,
                                  static_cast<float>(std::max<std::size_t>(here.size(), 1))});
    Area rest = area;
    draw_assets(u, rest.cut_top(head + rows[0] * row));
    draw_classes(u, rest.cut_top(head + rows[1] * row));
    if (layers > 0) {
        Area at = rest.cut_top(layers_height);
        const Area layers_head = at.cut_top(head);
        draw_layer_list(u, head_area(u, layers_head), at);
    }
    draw_on_frame(u, rest, here);
    fill({area.x1 - line_of(u), area.y0, area.x1, area.y1}, u.theme.line);
    end_panel();
}

}  // namespace app
