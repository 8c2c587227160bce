// The bottom panel of a video: transport bar, ruler, lanes, and the playhead across them.
#include "app/panels/timeline.h"

#include <cmath>

#include "app/panels/panels.h"

namespace app {
namespace {

constexpr float k_least_height = 120, k_handle_height = 5;

// Frames the medium will have once its index is complete, as far as its headers tell.
std::int64_t expected_frames(const Workbench& bench) {
    std::int64_t known = std::max<std::int64_t>(bench.frame_count(), 1);
    if (bench.frame_count() <= 0 && bench.document()) {
        known = std::max(known, labelled_end(*bench.document(), bench.view().asset));
    }
    const std::optional<media::VideoInfo> info = bench.video_info();
    if (!info || info->index_complete) return known;
    const double rate =
        static_cast<double>(info->average_rate.num) / static_cast<double>(info->average_rate.den);
    const auto by_length = static_cast<std::int64_t>(std::ceil(info->duration_secs * rate));
    return std::max(known, by_length);
}

Timeline lay_out(Ui& u, Area area) {
    Timeline out;
    const Workbench& bench = u.bench;
    out.frame = bench.frame();
    out.known = bench.frame_count();
    out.total = expected_frames(bench);
    const float names = std::min(u.px(k_lane_names_width), area.width() * 0.4f);
    const float margin = u.px(10);
    out.view.x0 = area.x0 + names + margin;
    out.view.width = std::max(u.px(40), area.x1 - margin - out.view.x0);
    out.logical_width = out.view.width / u.scale;
    const auto& views = bench.view().assets;
    if (const auto found = views.find(bench.view().asset); found != views.end()) {
        out.span = {found->second.first_shown, found->second.frames_shown};
    }
    const auto total = static_cast<double>(out.total);
    out.span = clamped(out.span, total, out.logical_width);
    out.view.first = out.span.first;
    out.view.shown = out.span.shown > 0 ? out.span.shown : total;
    return out;
}

// While the frame changes and leaves the view, the view goes after it; a view the user moved away stays.
void follow_frame(Ui& u, Timeline& timeline) {
    float& last = *ImGui::GetStateStorage()->GetFloatRef(ImGui::GetID("followed frame"), -1);
    const auto now = static_cast<float>(timeline.frame);
    if (last == now) return;
    last = now;
    const Follow how = u.bench.playing() ? Follow::page : Follow::edge;
    const auto moved = following(timeline.span, timeline.frame, how, static_cast<double>(timeline.total),
                                 timeline.logical_width);
    if (!moved) return;
    set_time_span(u, *moved);
    timeline.span = *moved;
    timeline.view.first = moved->first;
}

// Wheel with Ctrl or Alt zooms about the cursor, with Shift pans; so does dragging with the middle button.
void zoom_and_pan(Ui& u, Area area, const Timeline& timeline) {
    const ImGuiIO& io = ImGui::GetIO();
    const auto total = static_cast<double>(timeline.total);
    const bool over = ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
                      ImGui::IsMouseHoveringRect(area.min(), area.max());
    if (!over) return;
    TimeSpan span = timeline.span;
    if (io.MouseWheel != 0 && (io.KeyCtrl || io.KeyAlt)) {
        const float x = std::clamp(io.MousePos.x, timeline.view.x0, timeline.view.x0 + timeline.view.width);
        span = zoomed(span, std::pow(0.8, io.MouseWheel), timeline.view.edge_at(x), total,
                      timeline.logical_width);
    } else {
        const double notches = (io.KeyShift ? io.MouseWheel : 0) + io.MouseWheelH;
        double by = -notches * timeline.view.shown * 0.1;
        if (ImGui::IsMouseDragging(2, 0)) by -= io.MouseDelta.x / timeline.view.px_per_frame();
        span = panned(span, by, total, timeline.logical_width);
    }
    if (!(span == timeline.span)) set_time_span(u, span);
}

void draw_times(Ui& u, Area row, const Timeline& timeline) {
    const TimeView& view = timeline.view;
    const auto begin = secs_of_frame(u.bench, std::max<std::int64_t>(view.frame_at(view.x0), 0));
    const auto end = secs_of_frame(u.bench, view.frame_at(view.x0 + view.width) + 1);
    if (!begin || !end || *end <= *begin) return;
    const double step = time_step((*end - *begin) * u.px(88) / view.width);
    for (double t = std::ceil(*begin / step) * step; t <= *end; t += step) {
        const auto frame = frame_of_secs(u.bench, t + step * 1e-6);
        if (!frame || *frame >= timeline.total) break;
        const float x = view.x_of(*frame);
        if (x > row.x1) break;
        fill({std::round(x), row.y0 + u.px(3), std::round(x) + std::max(1.0f, std::floor(u.scale)), row.y1},
             u.theme.line);
        const std::string label = short_time(t, step);
        const float x1 = x + u.px(4) + text_width(u.fonts.tiny, label) + 1;
        if (x1 > row.x1) break;
        draw_text(u, {x + u.px(4), row.y0, x1, row.y1}, label, u.theme.faint, u.fonts.tiny);
    }
}

// Close up, every frame is a cell.
void draw_cells(Ui& u, Area lanes, const Timeline& timeline) {
    const TimeView& view = timeline.view;
    if (view.px_per_frame() < u.px(10)) return;
    const float line = std::max(1.0f, std::floor(u.scale));
    const std::int64_t first = std::max<std::int64_t>(0, view.frame_at(lanes.x0));
    const std::int64_t end = std::min(timeline.total, view.frame_at(lanes.x1) + 1);
    for (std::int64_t f = first; f <= end; ++f) {
        const float x = std::round(view.x_of_edge(static_cast<double>(f)));
        fill({x, lanes.y0, x + line, lanes.y1}, with_alpha(u.theme.line, 0.6f));
    }
}

void draw_frames(Ui& u, Area row, const Timeline& timeline) {
    const TimeView& view = timeline.view;
    const std::int64_t step = frame_step(u.px(58) / view.px_per_frame());
    const std::int64_t minor = std::max<std::int64_t>(1, step / 5);
    const float line = std::max(1.0f, std::floor(u.scale));
    const std::int64_t first = std::max<std::int64_t>(0, view.frame_at(row.x0) / minor * minor);
    const std::int64_t end = std::min(timeline.total, view.frame_at(row.x1) + 1);
    const bool minor_seen = static_cast<float>(minor) * view.px_per_frame() >= u.px(5);
    for (std::int64_t f = first; f < end; f += minor) {
        const bool major = f % step == 0;
        if (!major && !minor_seen) continue;
        const float x = std::round(view.x_of(f));
        fill({x, row.y1 - u.px(major ? 5 : 3), x + line, row.y1}, major ? u.theme.faint : u.theme.line);
        if (!major) continue;
        const Area label{x - u.px(40), row.y0, x + u.px(40), row.y1 - u.px(4)};
        draw_text(u, label, fmt::format("{}", f), u.theme.quiet, u.fonts.tiny, Align::centre);
    }
}

struct FlagInk {
    ImU32 line, ground, text;
    float width;  // of the line, logical
};

// Dragging on the ruler or the strip goes through the film. Returns the frame under the resting cursor.
std::optional<std::int64_t> scrub(Ui& u, const char* name, Area area, const Timeline& timeline) {
    bool hovered = false, held = false;
    click_area(u, name, area, &hovered, &held);
    const float x = ImGui::GetIO().MousePos.x;
    const std::int64_t under = std::clamp<std::int64_t>(timeline.view.frame_at(x), 0, timeline.total - 1);
    if (held && under != timeline.frame) u.later([under](Workbench& bench) { bench.go_to(under); });
    const bool beyond = x < timeline.view.x0 || x > timeline.view.x0 + timeline.view.width;
    if (held && beyond && timeline.span.shown > 0) u.redraw_in(0.03);
    return hovered && !held ? std::optional{under} : std::nullopt;
}

// A line with the frame's number in a small flag on the ruler.
void draw_flag(Ui& u, Area ruler, Area lanes, const TimeView& view, std::int64_t frame, FlagInk ink) {
    const float x = std::round(view.x_of(frame)), width = std::round(u.px(ink.width)),
                top = ruler.y0 + u.px(15);
    const float left = x - std::floor(width / 2);
    fill({left, top, left + width, lanes.y1}, ink.line);
    char text[24];
    const auto end = fmt::format_to_n(text, sizeof text, "{}", frame).out;
    const std::string_view label{text, static_cast<std::size_t>(end - text)};
    const float half = std::ceil(text_width(u.fonts.caps, label) / 2 + u.px(5));
    const float middle = std::clamp(x, ruler.x0 + half, std::max(ruler.x0 + half, ruler.x1 - half));
    const Area flag{middle - half, top, middle + half, ruler.y1 - u.px(2)};
    fill(flag, ink.ground, u.px(3));
    draw_text(u, flag, label, ink.text, u.fonts.caps, Align::centre);
}

// The loop's band along the lower edge of the ruler, with a handle at each end that can be dragged.
void draw_loop(Ui& u, Area ruler, const Timeline& timeline) {
    const FrameSpan range = u.bench.loop_range();
    if (range.empty()) return;
    const float x0 = timeline.view.x_of_edge(static_cast<double>(range.begin));
    const float x1 = timeline.view.x_of_edge(static_cast<double>(range.end));
    const ImU32 ink = u.bench.loop_on() ? u.theme.accent : u.theme.faint;
    const float handle = u.px(4);
    ImGui::PushClipRect(ruler.min(), ruler.max(), true);
    fill({x0, ruler.y0, x1, ruler.y1}, with_alpha(ink, 0.13f));
    const std::int64_t under = timeline.view.frame_at(ImGui::GetIO().MousePos.x);
    for (const bool is_begin : {true, false}) {
        const float x = is_begin ? x0 : x1 - handle;
        const Area grip{x - u.px(3), ruler.y0, x + handle + u.px(3), ruler.y1};
        bool hovered = false, held = false;
        click_area(u, is_begin ? "Loop begin" : "Loop end", grip, &hovered, &held);
        if (hovered || held) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
        fill({x, ruler.y0, x + handle, ruler.y1}, with_alpha(ink, hovered || held ? 1 : 0.75f), u.px(1.5f));
        if (!held) continue;
        if (is_begin && under < range.end && under != range.begin)
            u.later([under](Workbench& bench) { bench.set_loop_begin(under); });
        if (!is_begin && under >= range.begin && under + 1 != range.end)
            u.later([under](Workbench& bench) { bench.set_loop_last(under); });
    }
    ImGui::PopClipRect();
}

void draw_ruler(Ui& u, Area area, const Timeline& timeline) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    Area rows = area;
    draw_times(u, rows.cut_top(std::round(u.px(15))), timeline);
    draw_frames(u, rows, timeline);
    ImGui::PopClipRect();
    fill({area.x0, area.y1 - std::max(1.0f, std::floor(u.scale)), area.x1, area.y1}, u.theme.line);
}

// What the index has not reached yet is hatched, never empty.
void draw_unread(Ui& u, Area area, const Timeline& timeline) {
    if (timeline.known >= timeline.total) return;
    const float x0 = std::max(area.x0, timeline.view.x_of_edge(static_cast<double>(timeline.known)));
    const float x1 = std::min(area.x1, timeline.view.x_of_edge(static_cast<double>(timeline.total)));
    hatch({x0, area.y0, x1, area.y1}, with_alpha(u.theme.quiet, 0.16f), u.px(8));
}

// Where a click would go, with its time in the upper row.
void draw_ghost(Ui& u, Area ruler, Area lanes, const Timeline& timeline, std::int64_t frame) {
    ImGui::PushClipRect({ruler.x0, ruler.y0}, {lanes.x1, lanes.y1}, true);
    draw_flag(u, ruler, lanes, timeline.view, frame,
              {with_alpha(u.theme.quiet, 0.5f), u.theme.line, u.theme.text, 1});
    if (const auto secs = secs_of_frame(u.bench, frame)) {
        const std::string label = timecode(*secs);
        const float half = std::ceil(text_width(u.fonts.tiny, label) / 2 + u.px(5));
        const float x = timeline.view.x_of(frame);
        const float middle = std::clamp(x, ruler.x0 + half, std::max(ruler.x0 + half, ruler.x1 - half));
        const Area over{middle - half, ruler.y0, middle + half, ruler.y0 + u.px(15)};
        fill(over, u.theme.well);
        draw_text(u, over, label, u.theme.text, u.fonts.tiny, Align::centre);
    }
    ImGui::PopClipRect();
}

void draw_playhead(Ui& u, Area ruler, Area lanes, const Timeline& timeline) {
    const float cell = timeline.view.px_per_frame();
    ImGui::PushClipRect({ruler.x0, ruler.y0}, {lanes.x1, lanes.y1}, true);
    if (cell >= u.px(6) && timeline.total > 1) {
        const auto at = static_cast<double>(timeline.frame);
        fill({timeline.view.x_of_edge(at), ruler.y1, timeline.view.x_of_edge(at + 1), lanes.y1},
             with_alpha(u.theme.accent, 0.12f));
    }
    const ImU32 text = u.theme.light ? u.theme.accent_text : u.theme.ground;
    draw_flag(u, ruler, lanes, timeline.view, timeline.frame, {u.theme.accent, u.theme.accent, text, 2});
    ImGui::PopClipRect();
}

}  // namespace

std::optional<double> secs_of_frame(const Workbench& bench, std::int64_t frame) {
    if (bench.video() && frame < bench.frame_count()) return bench.video()->secs_of(frame);
    base::Rational rate{0, 1};
    if (const labels::Asset* asset = bench.asset()) rate = asset->frame_rate;
    if (const auto info = bench.video_info()) rate = info->average_rate;
    if (rate.num <= 0) return std::nullopt;
    return static_cast<double>(frame) * static_cast<double>(rate.den) / static_cast<double>(rate.num);
}

std::optional<std::int64_t> frame_of_secs(const Workbench& bench, double secs) {
    if (bench.video()) {
        if (const auto frame = bench.video()->frame_at_secs(secs)) return frame;
    }
    const labels::Asset* asset = bench.asset();
    if (!asset || asset->frame_rate.num <= 0) return std::nullopt;
    return static_cast<std::int64_t>(std::floor(secs * static_cast<double>(asset->frame_rate.num) /
                                                static_cast<double>(asset->frame_rate.den)));
}

void resize_by_edge(Ui& u, Area area, std::string_view name) {
    const Area handle{area.x0, area.y0, area.x1, area.y0 + u.px(k_handle_height)};
    bool hovered = false, held = false;
    click_area(u, name, handle, &hovered, &held);
    const float line = std::max(1.0f, std::floor(u.scale));
    fill({area.x0, area.y0, area.x1, area.y0 + (hovered || held ? 2 * line : line)},
         hovered || held ? u.theme.accent : u.theme.line);
    if (hovered || held) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNS);
    if (!held) return;
    const float most = ImGui::GetIO().DisplaySize.y * 0.75f / u.scale;
    const float wanted = (area.y1 - ImGui::GetIO().MousePos.y + u.px(2)) / u.scale;
    const float height = std::clamp(std::round(wanted), k_least_height, std::max(k_least_height, most));
    u.later([height](Workbench& bench) { bench.view().bottom_height = height; });
}

void set_time_span(Ui& u, TimeSpan span) {
    u.later([span](Workbench& bench) {
        bench.asset_view().first_shown = span.first;
        bench.asset_view().frames_shown = span.shown;
    });
}

void draw_timeline_panel(Ui& u, Area area) {
    begin_panel(u, "timeline", area, u.theme.panel);
    resize_by_edge(u, area, "Timeline height");
    Area rest = area;
    const Area transport = rest.cut_top(u.px(k_transport_height));
    if (!u.bench.asset()) {
        draw_text(u, rest, "The timeline appears with a medium", u.theme.faint, nullptr, Align::centre);
        return end_panel();
    }
    Timeline timeline = lay_out(u, rest);
    follow_frame(u, timeline);
    draw_transport(u, transport, timeline);
    fill(rest, u.theme.well);
    const float names_x1 = timeline.view.x0 - u.px(10), line = std::max(1.0f, std::floor(u.scale));
    fill({rest.x0, rest.y0, names_x1, rest.y1}, u.theme.panel);
    fill({rest.x0, rest.y0, rest.x1, rest.y0 + line}, u.theme.line);
    zoom_and_pan(u, rest, timeline);
    const Area ruler_row = rest.cut_top(u.px(k_ruler_height));
    const Area strip_row = rest.cut_top(strip_height(u, rest.height()));
    const Area ruler{names_x1, ruler_row.y0 + line, ruler_row.x1, ruler_row.y1};
    const Area lanes{names_x1, rest.y0, rest.x1, rest.y1};
    draw_loop(u, ruler, timeline);
    std::optional<std::int64_t> under_cursor = scrub(u, "Ruler", ruler, timeline);
    draw_ruler(u, ruler, timeline);
    if (strip_row.height() > 0) {
        const Area strip{names_x1, strip_row.y0, strip_row.x1, strip_row.y1};
        if (const auto over_strip = scrub(u, "Film strip", strip, timeline)) under_cursor = over_strip;
        draw_strip(u, {strip_row.x0, strip_row.y0, names_x1, strip_row.y1}, strip, timeline, under_cursor);
    } else {
        draw_shot_edges(u, ruler, timeline);
    }
    draw_unread(u, {ruler.x0, ruler.y0, lanes.x1, lanes.y1}, timeline);
    ImGui::PushClipRect(lanes.min(), lanes.max(), true);
    draw_cells(u, lanes, timeline);
    ImGui::PopClipRect();
    draw_lanes(u, rest, timeline);
    fill({names_x1 - line, ruler_row.y0, names_x1, rest.y1}, u.theme.line);
    if (under_cursor && *under_cursor != timeline.frame) draw_ghost(u, ruler, lanes, timeline, *under_cursor);
    draw_playhead(u, ruler, lanes, timeline);
    if (under_cursor && strip_row.height() > 0) draw_hover_picture(u, ruler, timeline, *under_cursor);
    end_panel();
}

}  // namespace app
