#pragma once
// The small masks of objects (runs in a keyframe) as planes that can be painted on, and back.

#include "labels/track.h"
#include "masks/plane.h"

namespace labels {

// 1 where the object is; runs beyond the medium are cut. Of the medium's size. Empty when the runs are not
// sound (is_sound).
[[nodiscard]] masks::Plane plane_of(const MaskRuns& runs, std::int64_t width_px, std::int64_t height_px);
// Of all that is labelled, tight about it; no runs where nothing is. Memory goes with what it encloses.
[[nodiscard]] MaskRuns runs_of(const masks::Plane& plane);

}  // namespace labels
