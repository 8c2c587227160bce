#pragma once
// Polygons for formats that know no holes.

#include <span>
#include <stop_token>

#include "formats/outline.h"

namespace formats {

// One ring that goes along the outline and into each hole and back on the same way, so that by either fill
// rule it encloses what the outline does without the holes. The first ring is the outline. Empty when it was
// stopped. Work: n log n in the corners, and a bounded number for each hole.
[[nodiscard]] Ring keyhole(std::span<const Ring> rings, std::stop_token stop = {});

}  // namespace formats
