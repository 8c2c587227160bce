#include "app/panels/strip_layout.h"

#include <algorithm>
#include <cmath>

#include "labels/track.h"

namespace app {

// From this many frames a slot on, which picture of a group stands for it cannot be told by looking.
constexpr double k_coarse_slot_frames = 8;
// What may be decoded for one thumbnail, in pixels: 300 pictures of 1920x1080.
constexpr std::int64_t k_short_group_pixels = 300ll * 1920 * 1080;

double frames_per_slot(const TimeView& view, float slot_px) {
    return std::max(1.0, static_cast<double>(slot_px) * view.shown / view.width);
}

std::vector<StripSlot> strip_slots(const TimeView& view, std::int64_t known, float slot_px) {
    std::vector<StripSlot> slots;
    if (view.width <= 0 || slot_px < 1) return slots;
    const double step = frames_per_slot(view, slot_px);
    const double end = std::min(view.first + view.shown, static_cast<double>(known));
    constexpr double k_most = 4096;  // of a window wider than any
    const double first = std::max(0.0, std::floor(view.first / step));
    for (double k = first; k * step < end && k - first < k_most; ++k) {
        const float x0 = view.x_of_edge(k * step);
        // A hundredth of a frame forgives what the product lost to rounding.
        slots.push_back({static_cast<std::int64_t>(std::floor(k * step + 0.01)), x0,
                         std::max(x0 + slot_px, view.x_of_edge((k + 1) * step))});
    }
    return slots;
}

std::vector<std::size_t> coarse_first(std::size_t count) {
    std::vector<std::size_t> order;
    order.reserve(count);
    for (std::size_t i = 0; i < count; i += 4) order.push_back(i);
    for (std::size_t i = 2; i < count; i += 4) order.push_back(i);
    for (std::size_t i = 1; i < count; i += 2) order.push_back(i);
    return order;
}

std::optional<std::int64_t> keyframe_at_or_before(const media::VideoSource& video, std::int64_t frame) {
    // Growing steps back: a film of keyframes alone answers at once, and no list is ever long.
    std::int64_t end = frame + 1;
    for (std::int64_t reach = 16; end > 0; reach *= 4) {
        const std::int64_t begin = std::max<std::int64_t>(0, end - reach);
        const std::vector<std::int64_t> keys = video.keyframes_between(begin, end);
        if (!keys.empty()) return keys.back();
        end = begin;
    }
    return std::nullopt;
}

std::optional<media::ThumbnailWish> wish_for(const media::VideoSource& video, std::int64_t frame,
                                             double slot_frames, std::int64_t pixels) {
    const auto stamp_is_its_own = [&](std::int64_t n) {
        const std::int64_t pts = video.pts_of(n);
        return (n == 0 || video.pts_of(n - 1) != pts) && video.pts_of(n + 1) != pts;
    };
    media::ThumbnailWish wish{.frame = frame, .pts = video.pts_of(frame)};
    if (wish.pts == labels::k_no_pts) return std::nullopt;
    const auto key = keyframe_at_or_before(video, frame);
    if (!key) return wish;
    const std::int64_t pictures = frame - *key + 1;
    const bool coarse = slot_frames >= k_coarse_slot_frames && static_cast<double>(pictures) <= slot_frames;
    const bool too_far = pictures * std::max<std::int64_t>(pixels, 1) > k_short_group_pixels;
    if (coarse || too_far) {
        wish.frame = *key;
        wish.pts = video.pts_of(*key);
    }
    if (stamp_is_its_own(wish.frame) && stamp_is_its_own(*key)) {
        wish.key_frame = *key;
        wish.key_pts = video.pts_of(*key);
    }
    return wish;
}

std::optional<std::int64_t> edge_after(const std::vector<std::int64_t>& edges, std::int64_t frame) {
    const auto found = std::ranges::upper_bound(edges, frame);
    return found != edges.end() ? std::optional{*found} : std::nullopt;
}

std::optional<std::int64_t> edge_before(const std::vector<std::int64_t>& edges, std::int64_t frame) {
    const auto found = std::ranges::lower_bound(edges, frame);
    return found != edges.begin() ? std::optional{*(found - 1)} : std::nullopt;
}

}  // namespace app
