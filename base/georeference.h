#pragma once
// Where a raster lies on the ground, as its file says it: plain values, kept with the asset. What is computed
// from them is in geo/.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/geometry.h"

namespace base {

// A pixel (level 0, top-left corner of the top-left pixel is 0, 0) whose place is known.
struct GroundControlPoint {
    Point pixel;
    double x = 0, y = 0, z = 0;  // in the CRS's units
    bool operator==(const GroundControlPoint&) const = default;
};

struct Georeference {
    std::string crs;  // WKT; empty: none named
    // GDAL's: x = g[0] + column * g[1] + row * g[2], y = g[3] + column * g[4] + row * g[5].
    std::optional<std::array<double, 6>> geotransform;
    std::vector<GroundControlPoint> gcps;  // in `crs`
    std::vector<std::string> rpc;  // rational polynomial coefficients, "NAME=VALUE" as GDAL spells them
    bool operator==(const Georeference&) const = default;
    // No pixel can be placed, not even in a CRS without name.
    [[nodiscard]] bool empty() const { return !geotransform && gcps.empty() && rpc.empty(); }
};

}  // namespace base
