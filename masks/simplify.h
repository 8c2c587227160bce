#pragma once
// Rings with fewer corners.

#include <stop_token>

#include "masks/outlines.h"

namespace masks {

// Fewer corners, none farther than `tolerance_px` from the old line, by Douglas & Peucker (1973) on the two
// halves of the ring. The result is a simple ring of at least three corners when the ring was: where the
// tolerance would make it cross itself, half of it is tried, and so on, and in the end the ring stays as it
// is. Rings are looked at alone: two of them that were apart by less than twice the tolerance may cross. 0
// removes nothing but corners on a straight line, as it does once it is stopped.
[[nodiscard]] Ring simplify(const Ring& ring, double tolerance_px, std::stop_token stop = {});
// Whether no two sides of a ring meet other than neighbours in their corner.
[[nodiscard]] bool is_simple(const Ring& ring);

}  // namespace masks
