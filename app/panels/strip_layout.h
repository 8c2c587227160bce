#pragma once
// Which frames the film strip shows where, and what has to be decoded for them. No drawing.

#include <vector>

#include "app/panels/time_view.h"
#include "media/thumbnails.h"
#include "media/video_source.h"

namespace app {

// A thumbnail's place: its left edge lies in `frame`.
struct StripSlot {
    std::int64_t frame = 0;
    float x0 = 0, x1 = 0;
    bool operator==(const StripSlot&) const = default;
};

// Frames from one thumbnail to the next; at least one, even where a frame is wider than a thumbnail.
[[nodiscard]] double frames_per_slot(const TimeView& view, float slot_px);
// The slots in sight, left to right. They stand on multiples of frames_per_slot, so that panning moves them
// and does not choose other frames. None begins at or beyond `known` frames.
[[nodiscard]] std::vector<StripSlot> strip_slots(const TimeView& view, std::int64_t known, float slot_px);

// Every fourth first, then every second, then the rest: the order in which slots are filled.
[[nodiscard]] std::vector<std::size_t> coarse_first(std::size_t count);

[[nodiscard]] std::optional<std::int64_t> keyframe_at_or_before(const media::VideoSource& video,
                                                                std::int64_t frame);
// What to decode for a slot: the frame itself where slots are close and few pictures lead to it, else the
// keyframe before it. Nothing while the index does not know the frame. `pixels` are one picture's.
[[nodiscard]] std::optional<media::ThumbnailWish> wish_for(const media::VideoSource& video,
                                                           std::int64_t frame, double slot_frames,
                                                           std::int64_t pixels);

// The nearest of `edges` (ascending) after the frame, and before it; nothing when there is none.
[[nodiscard]] std::optional<std::int64_t> edge_after(const std::vector<std::int64_t>& edges,
                                                     std::int64_t frame);
[[nodiscard]] std::optional<std::int64_t> edge_before(const std::vector<std::int64_t>& edges,
                                                      std::int64_t frame);

}  // namespace app
