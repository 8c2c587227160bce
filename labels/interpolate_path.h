#pragma once
// Polygons and polylines between two keyframes whose vertices differ in number, as CVAT does it (cvat PR
// 1571).

#include "labels/track.h"

namespace labels {

enum class Closed { no, yes };

// Ring by ring; rings that only one of the two has are kept from `a`. 0 < fraction < 1.
[[nodiscard]] Path interpolate_path(const Path& a, const Path& b, double fraction, Closed closed);

}  // namespace labels
