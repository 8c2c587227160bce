// The lanes: one row a track, ordered by first frame. Only rows in sight are visited.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "app/panels/timeline.h"

namespace app {
namespace {

using labels::Track;
using labels::TrackId;

// Tracks in the order of their first frame; sorted anew only after a finished edit or when the set has
// changed.
struct LaneOrder {
    labels::AssetId asset;
    std::uint64_t revision = 0;
    std::vector<TrackId> made_from;  // its size and last id tell whether tracks came or went
    std::vector<TrackId> ids;
    std::unordered_map<TrackId, std::size_t> row_of;
    std::int64_t end = 0;  // one past the last keyframe of all

    [[nodiscard]] bool fits(const labels::Document& document, labels::AssetId shown) const {
        const std::vector<TrackId>& now = document.state().tracks_of(shown);
        if (asset != shown || now.size() != ids.size()) return false;
        if (!now.empty() && (made_from.empty() || now.back() != made_from.back())) return false;
        return revision == document.revision() || document.busy();
    }

    void make(const labels::Document& document, labels::AssetId shown) {
        asset = shown;
        revision = document.revision();
        const std::vector<TrackId>& now = document.state().tracks_of(shown);
        made_from.assign(now.empty() ? now.begin() : now.end() - 1, now.end());
        std::vector<std::pair<std::int64_t, TrackId>> keyed;
        keyed.reserve(now.size());
        end = 0;
        for (const TrackId id : now) {
            const Track* track = document.state().find(id);
            if (!track) continue;
            keyed.emplace_back(track->first_frame(), id);
            if (!track->keyframes.empty()) end = std::max(end, track->keyframes.back().frame + 1);
        }
        std::ranges::sort(keyed);
        ids.clear();
        row_of.clear();
        for (const auto& [frame, id] : keyed) {
            row_of.emplace(id, ids.size());
            ids.push_back(id);
        }
    }
};

// Kept from frame to frame, as ImGui keeps its windows; only the UI thread draws.
LaneOrder& lane_order(const labels::Document& document, labels::AssetId asset) {
    static LaneOrder order;
    if (!order.fits(document, asset)) order.make(document, asset);
    return order;
}

struct Style {
    std::uint32_t rgb = 0x8B94A1;
    bool selected = false;
};

Style style_of(Ui& u, const Track& track) {
    Style out;
    const auto& selection = u.bench.view().selection;
    out.selected = std::ranges::find(selection, track.info.id) != selection.end();
    if (const auto* of_class = u.bench.document()->state().ontology.find(track.info.class_id)) {
        out.rgb = of_class->color_rgb;
    }
    return out;
}

void draw_names(Ui& u, Area row, const Track& track, Style style, std::string_view name) {
    Area line{row.x0 + u.px(14), row.y0, row.x1 - u.px(14), row.y1};
    swatch(u, {line.x0 + u.px(5), (row.y0 + row.y1) / 2}, style.rgb, 9);
    line.cut_left(u.px(20));
    const bool hidden = track.info.hidden;
    char count[24];
    const auto end = fmt::format_to_n(count, sizeof count, "{}", track.keyframes.size()).out;
    const std::string_view digits{count, static_cast<std::size_t>(end - count)};
    const Area right = line.cut_right(text_width(u.fonts.small, digits));
    draw_text(u, right, digits, u.theme.quiet, u.fonts.small, Align::right);
    line.cut_right(u.px(6));
    if (track.info.locked) draw_icon(u, line.cut_right(u.px(16)), icon::lock, u.theme.quiet, 13);
    if (hidden) draw_icon(u, line.cut_right(u.px(16)), icon::eye_off, u.theme.quiet, 13);
    line.cut_right(u.px(4));
    draw_text(u, line, name, hidden ? u.theme.faint : u.theme.text, u.fonts.small);
}

void click_lane(Ui& u, Area lane, const Timeline& timeline, const Track& track) {
    const ImGuiIO& io = ImGui::GetIO();
    const TrackId id = track.info.id;
    const bool add = io.KeyShift;
    const auto frame =
        lane.contains(io.MousePos) ? keyframe_under(timeline, track, io.MousePos.x, u.px(7)) : std::nullopt;
    u.later([id, add, frame](Workbench& bench) {
        bench.select(id, add);
        if (frame) bench.go_to(*frame);
    });
}

void lane_tooltip(Ui& u, Area lane, const Timeline& timeline, const Track& track) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    if (!lane.contains(mouse)) return;
    const auto frame = keyframe_under(timeline, track, mouse.x, u.px(7));
    if (!frame) return;
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    tooltip(u, fmt::format("Keyframe {}", *frame));
}

void draw_lane(Ui& u, Area row, Area view, float names_x1, const Timeline& timeline, const Track& track) {
    const Style style = style_of(u, track);
    const std::string name = display_name(track.info, u.bench.document()->state().ontology);
    Area lane = row;
    const Area names = lane.cut_left(names_x1 - row.x0);
    bool hovered = false;
    // Named by its left part: a click there selects and does not move in time.
    const Area seen{names.x0, std::max(names.y0, view.y0), names.x1, std::min(names.y1, view.y1)};
    if (seen.height() > 0) u.name_widget(name, seen);
    if (click_area(u, "##lane", row, &hovered)) click_lane(u, lane, timeline, track);
    if (style.selected || hovered) {
        const ImU32 ground = style.selected ? u.theme.selection : u.theme.hover;
        fill(names, ground);
        fill(lane, with_alpha(ground, 0.55f));
    }
    if (style.selected) fill({row.x0, row.y0, row.x0 + std::round(u.px(2)), row.y1}, u.theme.accent);
    const float line = std::max(1.0f, std::floor(u.scale));
    fill({row.x0, row.y1 - line, row.x1, row.y1}, with_alpha(u.theme.line, 0.55f));
    if (hovered) lane_tooltip(u, lane, timeline, track);
    draw_names(u, names, track, style, name);
    ImGui::PushClipRect(lane.min(), lane.max(), true);
    draw_track(u, lane, timeline, track, style.rgb, style.selected);
    ImGui::PopClipRect();
}

// A newly selected track comes into sight.
void show_selected(Ui& u, Area area, const LaneOrder& order, float row_height) {
    int& shown = *ImGui::GetStateStorage()->GetIntRef(ImGui::GetID("selected row"), -1);
    const Track* selected = u.bench.selected();
    const auto found = selected ? order.row_of.find(selected->info.id) : order.row_of.end();
    const int row = found == order.row_of.end() ? -1 : static_cast<int>(found->second);
    if (row >= 0 && row != shown) {
        const float top = static_cast<float>(row) * row_height;
        scroll_to("lanes", area, top, top + row_height);
    }
    shown = row;
}

}  // namespace

std::int64_t labelled_end(const labels::Document& document, labels::AssetId asset) {
    return lane_order(document, asset).end;
}

void draw_lanes(Ui& u, Area area, const Timeline& timeline) {
    const labels::Document* document = u.bench.document();
    if (!document || area.height() <= 0) return;
    const float names_x1 = timeline.view.x0 - u.px(10), row_height = std::round(u.px(k_lane_height));
    const LaneOrder& order = lane_order(*document, u.bench.view().asset);
    if (order.ids.empty()) {
        const Area lanes{names_x1, area.y0, area.x1, area.y1};
        draw_text(u, lanes.inset(u.px(12)),
                  "Nothing is labelled yet: draw on the picture and a lane appears here", u.theme.faint,
                  nullptr, Align::centre);
        return;
    }
    show_selected(u, area, order, row_height);
    const float offset = begin_scroll(u, "lanes", area, static_cast<float>(order.ids.size()) * row_height);
    const auto first = static_cast<std::size_t>(offset / row_height);
    const auto end =
        std::min(order.ids.size(), first + static_cast<std::size_t>(area.height() / row_height) + 2);
    for (std::size_t i = first; i < end; ++i) {
        const Track* track = document->state().find(order.ids[i]);
        if (!track) continue;
        ImGui::PushID(static_cast<int>(i));
        const float y = area.y0 + static_cast<float>(i) * row_height - offset;
        draw_lane(u, {area.x0, y, area.x1, y + row_height}, area, names_x1, timeline, *track);
        ImGui::PopID();
    }
    end_scroll(u);
}

}  // namespace app
