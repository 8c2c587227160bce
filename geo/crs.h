#pragma once
// A coordinate reference system as this layer works with it: horizontal, x before y.

#include <memory>
#include <optional>
#include <string>

#include <ogr_spatialref.h>

#include "base/geometry.h"

namespace geo {

// The CRS of a WKT: without its heights, coordinates in the order x, y (longitude, latitude) whatever its
// authority says. Nothing where it cannot be read.
[[nodiscard]] std::optional<OGRSpatialReference> crs_from_wkt(const std::string& wkt);
[[nodiscard]] bool is_of_the_earth(const OGRSpatialReference& crs);  // by the size of its ellipsoid

struct DropCt {
    void operator()(OGRCoordinateTransformation* each) const { OGRCoordinateTransformation::DestroyCT(each); }
};
using Ct = std::unique_ptr<OGRCoordinateTransformation, DropCt>;
// Nothing where there is no transformation, or the point lies beyond it.
[[nodiscard]] std::optional<base::Point> transformed(const Ct& ct, base::Point p);

}  // namespace geo
