// One track's lane: where it is there and how it was made, and its keyframes. A stretch or keyframe narrower
// than a pixel is jumped over by binary search, so that a track of a million keyframes costs no more than its
// pixels.
#include <algorithm>
#include <cmath>

#include "app/panels/timeline.h"

namespace app {
namespace {

using labels::Keyframe;
using labels::Track;

constexpr float k_fold_px = 3;  // keyframes closer than this become one bar

enum class Look : std::uint8_t { absent, set, tweened, held, occluded };

struct Lane {
    Area area;
    const TimeView& view;
    const std::vector<Keyframe>& keys;
    std::int64_t total;

    [[nodiscard]] std::size_t first_after(std::int64_t frame) const {
        const auto it = std::ranges::upper_bound(keys, frame, {}, &Keyframe::frame);
        return static_cast<std::size_t>(it - keys.begin());
    }
    [[nodiscard]] std::int64_t end_of(std::size_t index) const {
        return index + 1 < keys.size() ? keys[index + 1].frame : total;
    }
    // Drawn from the middle of the keyframe's cell, so that its diamond sits on the bar's end.
    [[nodiscard]] float x_of(std::int64_t frame) const { return view.x_of(std::min(frame, total - 1)); }
};

Look look_of(const Lane& lane, std::size_t index) {
    const Keyframe& key = lane.keys[index];
    if (key.outside) return Look::absent;
    if (key.occluded) return Look::occluded;
    const bool last = index + 1 >= lane.keys.size();
    if (!last && lane.keys[index + 1].frame == key.frame + 1) return Look::set;
    return key.interpolate && !last ? Look::tweened : Look::held;
}

// Occluded: a thin broken line. Held still: thin and plain. Tweened: lighter than what was set on every
// frame.
void draw_stretch(Ui& u, const Lane& lane, float x0, float x1, Look look, std::uint32_t rgb) {
    if (look == Look::absent) return;
    const float middle = std::round((lane.area.y0 + lane.area.y1) / 2);
    const float half = std::round(u.px(look == Look::occluded ? 1.5f : look == Look::held ? 3 : 4));
    x0 = std::max(x0, lane.area.x0 - u.px(4));
    x1 = std::min(x1, lane.area.x1 + u.px(4));
    if (look == Look::occluded) {
        const float dash = u.px(6), pitch = u.px(10);
        const float begin = std::floor(x0 / pitch) * pitch;
        for (float x = begin; x < x1; x += pitch) {
            fill({std::max(x, x0), middle - half, std::min(x + dash, x1), middle + half}, color(rgb, 0.6f));
        }
        return;
    }
    const float alpha = look == Look::set ? 0.75f : look == Look::tweened ? 0.38f : 0.5f;
    fill({x0, middle - half, std::max(x1, x0 + 1), middle + half}, color(rgb, alpha),
         look == Look::held ? 0 : half / 2);
}

void draw_stretches(Ui& u, const Lane& lane, std::uint32_t rgb) {
    const std::int64_t first = lane.view.frame_at(lane.area.x0), end = lane.view.frame_at(lane.area.x1) + 1;
    std::size_t i = lane.first_after(first);
    i = i > 0 ? i - 1 : 0;
    float run_x0 = 0, run_x1 = 0;
    Look run = Look::absent;
    while (i < lane.keys.size() && lane.keys[i].frame < end) {
        const Look look = look_of(lane, i);
        const float x0 = lane.x_of(lane.keys[i].frame);
        std::size_t next = i + 1;
        std::int64_t until = lane.end_of(i);
        if (lane.x_of(until) < x0 + 1) {  // what ends within this pixel is not looked at
            next = std::max(next, lane.first_after(lane.view.frame_at(x0 + 1)));
            until = next < lane.keys.size() ? lane.keys[next].frame : lane.total;
        }
        if (look != run) {
            draw_stretch(u, lane, run_x0, run_x1, run, rgb);
            run = look;
            run_x0 = x0;
        }
        run_x1 =
            next < lane.keys.size() ? lane.x_of(until) : lane.view.x_of_edge(static_cast<double>(lane.total));
        i = next;
    }
    draw_stretch(u, lane, run_x0, run_x1, run, rgb);
}

bool made_by_machine(const Keyframe& key) { return key.source == labels::Source::model; }

void draw_key(Ui& u, const Lane& lane, const Keyframe& key, std::uint32_t rgb, float radius, bool current) {
    const ImVec2 at{lane.x_of(key.frame), std::round((lane.area.y0 + lane.area.y1) / 2)};
    const bool hollow = key.outside || made_by_machine(key);
    const ImU32 body = hollow ? mix(u.theme.well, color(rgb), key.outside ? 0 : 0.35f) : color(rgb);
    const ImU32 edge = current ? u.theme.text : hollow ? color(rgb) : u.theme.well;
    diamond(at, radius, body, edge);
}

// Half the gap to the nearer neighbour, so that diamonds do not cover each other.
float radius_of(Ui& u, const Lane& lane, std::size_t i, bool selected) {
    const float most = u.px(selected ? 7 : 6), x = lane.x_of(lane.keys[i].frame);
    float gap = 1e9f;
    if (i > 0) gap = std::min(gap, x - lane.x_of(lane.keys[i - 1].frame));
    if (i + 1 < lane.keys.size()) gap = std::min(gap, lane.x_of(lane.keys[i + 1].frame) - x);
    return std::clamp(gap * 0.55f, u.px(2.2f), most);
}

void draw_keys(Ui& u, const Lane& lane, std::uint32_t rgb, bool selected, std::int64_t current) {
    const float reach = u.px(8), fold = u.px(k_fold_px);
    const float middle = std::round((lane.area.y0 + lane.area.y1) / 2),
                half = std::round(u.px(selected ? 5 : 4));
    const std::int64_t end = lane.view.frame_at(lane.area.x1 + reach) + 1;
    std::size_t i = lane.first_after(lane.view.frame_at(lane.area.x0 - reach) - 1);
    while (i < lane.keys.size() && lane.keys[i].frame < end) {
        const float x0 = lane.x_of(lane.keys[i].frame);
        std::size_t last = i;
        float x1 = x0;
        for (;;) {  // the run of keyframes each within `fold` of one before it
            const std::size_t further = lane.first_after(lane.view.frame_at(x1 + fold)) - 1;
            if (further <= last || x1 > lane.area.x1 + reach) break;
            last = further;
            x1 = lane.x_of(lane.keys[last].frame);
        }
        if (last == i) {
            draw_key(u, lane, lane.keys[i], rgb, radius_of(u, lane, i, selected),
                     lane.keys[i].frame == current);
        } else {
            fill({x0 - u.px(2), middle - half, x1 + u.px(2), middle + half}, color(rgb, 0.9f), u.px(2));
        }
        i = last + 1;
    }
}

}  // namespace

void draw_track(Ui& u, Area area, const Timeline& timeline, const Track& track, std::uint32_t rgb,
                bool selected) {
    if (track.keyframes.empty()) return;
    const Lane lane{area, timeline.view, track.keyframes, std::max<std::int64_t>(timeline.total, 1)};
    if (track.info.extent == labels::Extent::picture) {
        const ImVec2 at{lane.x_of(track.keyframes.front().frame), std::round((area.y0 + area.y1) / 2)};
        const float radius = u.px(selected ? 4.5f : 3.5f);
        if (at.x > area.x0 - radius && at.x < area.x1 + radius) {
            ImGui::GetWindowDrawList()->AddCircleFilled(at, radius, color(rgb));
        }
        return;
    }
    draw_stretches(u, lane, rgb);
    draw_keys(u, lane, rgb, selected, timeline.frame);
}

std::optional<std::int64_t> keyframe_under(const Timeline& timeline, const Track& track, float x,
                                           float reach) {
    const auto& keys = track.keyframes;
    const auto after = std::ranges::lower_bound(keys, timeline.view.frame_at(x), {}, &Keyframe::frame);
    std::optional<std::int64_t> best;
    float best_gap = reach;
    const auto look_at = [&](std::int64_t frame) {
        const float gap = std::abs(timeline.view.x_of(frame) - x);
        if (gap > best_gap) return;
        best = frame;
        best_gap = gap;
    };
    if (after != keys.begin()) look_at(std::prev(after)->frame);
    if (after != keys.end()) look_at(after->frame);
    return best;
}

}  // namespace app
