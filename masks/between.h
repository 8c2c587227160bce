#pragma once
// A mask between two: slices of a stack, frames of a film.

#include <stop_token>

#include "base/result.h"
#include "masks/plane.h"

namespace masks {

// The shape of a value at `t` of the way from `a` (0) to `b` (1), by the interpolation of signed distances to
// its border (Raya & Udupa 1990): positive inside, negative outside, both exact (Euclidean), and a pixel
// belongs to what is between when (1 - t) of the one and t of the other are not negative together. So what is
// in both stays, what is in neither stays out, and shapes that do not overlap may vanish on the way. The
// result holds the value alone, in a plane of a's depth; the medium's edge is no border.
//
// Works row by row in the bounds of both shapes: O(their pixels), and memory as for the runs of their
// columns. Errors: refused when sizes differ, t is not within [0, 1], or one of the two has no such value;
// cancelled.
[[nodiscard]] base::Result<Plane> between(const Plane& a, const Plane& b, Value value, double t,
                                          std::stop_token stop = {});

}  // namespace masks
