#pragma once
// Polygons for formats that know no holes.

#include <span>

#include "formats/outline.h"

namespace formats {

// One ring that goes along the outline and into each hole and back on the same way, so that by either fill
// rule it encloses what the outline does without the holes. The first ring is the outline.
[[nodiscard]] Ring keyhole(std::span<const Ring> rings);

}  // namespace formats
