#pragma once
// What every edit of a track on a frame starts from.

#include <cstdint>

#include "labels/track.h"

namespace app {

// The keyframe on `frame` if there is one, else a new one made of the shape and flags in force there (in an
// outside stretch: of the last geometry). Marked as set by a person. The track must have a keyframe.
[[nodiscard]] labels::Keyframe keyframe_for_edit(const labels::Track& track, std::int64_t frame,
                                                 std::int64_t pts);

// The geometry moved by (dx, dy) media pixels.
[[nodiscard]] labels::Geometry moved(labels::Geometry geometry, double dx, double dy);

}  // namespace app
