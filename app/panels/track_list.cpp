#include "app/panels/track_list.h"

#include <algorithm>

#include "app/ui/keys.h"

namespace app {
namespace {

using labels::Track;

// A small switch at the row's right end; seen when on or when the row is under the cursor.
struct Flag {
    const char* name;
    std::string_view action_id;
    char32_t icon_on, icon_off;
    bool on;
    void (Workbench::*flip)(labels::TrackId);
};

void draw_flag(Ui& u, Area& line, const Flag& flag, labels::TrackId id, bool row_hovered) {
    if (!flag.on && !row_hovered) return;
    const Area cell = line.cut_right(u.px(22));
    bool hovered = false;
    const Area area{cell.x0, cell.y0 + u.px(4), cell.x1, cell.y1 - u.px(4)};
    if (click_area(u, flag.name, area, &hovered)) {
        u.later([id, flip = flag.flip](Workbench& bench) { (bench.*flip)(id); });
    }
    draw_icon(u, cell, flag.on ? flag.icon_on : flag.icon_off, hovered ? u.theme.text : u.theme.quiet, 15);
    tooltip(u, flag.name, key_of(u, flag.action_id));
}

}  // namespace

const std::vector<labels::TrackId>& tracks_shown(const labels::Document& document, labels::AssetId asset,
                                                 std::int64_t frame) {
    // Kept from frame to frame, as ImGui keeps its windows; only the UI thread draws. Ids, not pointers: a
    // project opened anew may have the same revision.
    static struct {
        labels::AssetId asset;
        std::int64_t frame = -1;
        std::uint64_t revision = 0;
        std::vector<labels::TrackId> ids;
    } kept;
    if (kept.asset == asset && kept.frame == frame && kept.revision == document.revision()) return kept.ids;
    kept = {asset, frame, document.revision(), {}};
    if (asset.is_nil()) return kept.ids;
    for (const Track* track : document.tracks_at(asset, frame)) {
        const labels::Keyframe* key = track->keyframe_before(frame);
        if (key && !key->outside) kept.ids.push_back(track->info.id);
    }
    return kept.ids;
}

std::int64_t length_of(const Track& track, std::int64_t frame_count) {
    const std::int64_t first = track.first_frame();
    if (!track.keyframes.empty()) frame_count = std::max(frame_count, track.keyframes.back().frame + 1);
    return std::max<std::int64_t>(std::min(track.end_frame(), std::max(frame_count, first + 1)) - first, 0);
}

void draw_track_row(Ui& u, Area row, const Track& track) {
    const labels::TrackInfo& info = track.info;
    const labels::Ontology& ontology = u.bench.document()->state().ontology;
    const auto& selection = u.bench.view().selection;
    const bool selected = std::ranges::find(selection, info.id) != selection.end();
    const std::string name = display_name(info, ontology);
    bool hovered = false;
    if (list_row(u, name, row, selected, &hovered)) {
        const bool add = ImGui::GetIO().KeyShift;
        u.later([id = info.id, add](Workbench& bench) { bench.select(id, add); });
    }
    Area line{row.x0 + u.px(14), row.y0, row.x1 - u.px(14), row.y1};
    const labels::LabelClass* of_class = ontology.find(info.class_id);
    swatch(u, {line.x0 + u.px(5), (row.y0 + row.y1) / 2}, of_class ? of_class->color_rgb : 0x8B94A1);
    line.cut_left(u.px(20));
    line.x1 += info.locked || info.hidden || hovered ? u.px(4) : 0;
    draw_flag(u, line,
              {info.locked ? "Unlock" : "Lock", "track.lock", icon::lock, icon::unlock, info.locked,
               &Workbench::toggle_locked},
              info.id, hovered);
    draw_flag(u, line,
              {info.hidden ? "Show" : "Hide", "track.hide", icon::eye_off, icon::eye, info.hidden,
               &Workbench::toggle_hidden},
              info.id, hovered);
    const std::string length = u.bench.raster() != nullptr
                                   ? std::string{}
                                   : fmt::format("{} f", length_of(track, u.bench.frame_count()));
    draw_text(u, line.cut_right(text_width(u.fonts.text, length) + 1), length, u.theme.quiet, nullptr,
              Align::right);
    line.cut_right(u.px(8));
    draw_text(u, line, name, info.hidden ? u.theme.faint : u.theme.text);
}

}  // namespace app
