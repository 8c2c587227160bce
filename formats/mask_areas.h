#pragma once
// How much ground each value of a mask covers.

#include <map>
#include <optional>
#include <stop_token>

#include "base/georeference.h"
#include "base/result.h"
#include "geo/placement.h"
#include "masks/plane.h"

namespace formats {

// Square metres on the ellipsoid, by value; what nobody has labelled (0) is what is left of the whole.
// Nothing where a pixel of the value has no place. Exact by pixel rows where rows are parallels (a geographic
// CRS, north up or down); else all pixels of a tile with samples weigh the same. O(tiles, rows with labels,
// and samples in tiles of more than one value). Errors: cancelled.
[[nodiscard]] base::Result<std::map<masks::Value, std::optional<double>>> mask_areas_m2(
    const geo::Placement& placement, const base::Georeference& reference, const masks::Plane& plane,
    const std::stop_token& stop = {});

}  // namespace formats
