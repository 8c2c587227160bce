#pragma once
// A coordinate reference system as this layer works with it: horizontal, x before y.

#include <optional>
#include <string>

#include <ogr_spatialref.h>

#include "base/result.h"

namespace geo {

// The CRS of a WKT: without its heights, coordinates in the order x, y (longitude, latitude) whatever its
// authority says. Nothing where it cannot be read.
[[nodiscard]] std::optional<OGRSpatialReference> crs_from_wkt(const std::string& wkt);

}  // namespace geo
