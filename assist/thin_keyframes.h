#pragma once
// The fewest keyframes that keep a path within a tolerance.

#include <vector>

#include "labels/track.h"

namespace assist {

// Drops box and ellipse keyframes that linear interpolation between the kept ones restores with every corner
// within `tolerance_px` (and rotation within the angle that moves a corner by as much). The first, the last,
// and every keyframe that changes outside, occluded, interpolate or attributes stay. Other shapes are
// returned as they are. Greedy longest feasible span from each kept keyframe, as in Imai and Iri 1988
// restricted to prefixes; O(n · span).
[[nodiscard]] std::vector<labels::Keyframe> thin_keyframes(const labels::Track& track, double tolerance_px);

}  // namespace assist
