#pragma once
// Ragged borders between values smoothed, and grains taken out, by majority.

#include <stop_token>

#include "base/result.h"
#include "masks/bits.h"

namespace masks {

// Every pixel whose value `over` lets change becomes what most of the (2 n + 1)² pixels around it are, within
// the medium, unlabelled being one of the values. When several are most, it stays as it is if it is one of
// them, and is the lowest of them if not. The radius is 0 … k_tile_px. Errors: refused when it is not,
// cancelled.
[[nodiscard]] base::Result<Plane> smoothed(Plane plane, int radius_px, const Over& over = {},
                                           std::stop_token stop = {});

}  // namespace masks
