#pragma once
// What the files of the timeline share.

#include "app/panels/time_view.h"
#include "app/ui/ui.h"
#include "labels/track.h"

namespace app {

constexpr float k_transport_height = 38, k_ruler_height = 34, k_lane_height = 24;
constexpr float k_lane_names_width = 268;  // the left panel's, so that their edges line up

// What the panel works out once a frame.
struct Timeline {
    TimeView view;
    TimeSpan span;            // as kept; shown 0 = the whole film
    std::int64_t frame = 0;   // where the user is
    std::int64_t known = 0;   // frames the index has reached
    std::int64_t total = 0;   // frames there will be, as far as can be told
    float logical_width = 1;  // of the lanes
};

void draw_transport(Ui& u, Area area, const Timeline& timeline);
// The film strip: thumbnails over the film, with the shots' edges. 0 where there is none (hidden, no film, no
// room).
[[nodiscard]] float strip_height(const Ui& u, float room);
// `hovered`: the frame under a cursor resting on the ruler or the strip.
void draw_strip(Ui& u, Area names, Area strip, const Timeline& timeline, std::optional<std::int64_t> hovered);
void draw_shot_edges(Ui& u, Area area, const Timeline& timeline);
// The hovered frame above the ruler, larger.
void draw_hover_picture(Ui& u, Area ruler, const Timeline& timeline, std::int64_t frame);

void draw_lanes(Ui& u, Area area, const Timeline& timeline);

// One track's stretches and keyframes in the lane. Its cost follows the pixels, not the keyframes.
void draw_track(Ui& u, Area lane, const Timeline& timeline, const labels::Track& track, std::uint32_t rgb,
                bool selected);
// The keyframe drawn under `x`, within `reach` pixels.
[[nodiscard]] std::optional<std::int64_t> keyframe_under(const Timeline& timeline, const labels::Track& track,
                                                         float x, float reach);

// Seconds since the first frame: the medium's own where it is open, else by the average rate; null without
// both.
[[nodiscard]] std::optional<double> secs_of_frame(const Workbench& bench, std::int64_t frame);
// The frame shown at that time, by the same means.
[[nodiscard]] std::optional<std::int64_t> frame_of_secs(const Workbench& bench, double secs);

// One past the last keyframe of the asset: how long its film is at least.
[[nodiscard]] std::int64_t labelled_end(const labels::Document& document, labels::AssetId asset);

void set_time_span(Ui& u, TimeSpan span);

}  // namespace app
