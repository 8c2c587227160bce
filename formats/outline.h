#pragma once
// The outline of any shape as polygons, for formats that have no boxes, ellipses or masks.

#include <vector>

#include "labels/track.h"

namespace formats {

constexpr int k_ellipse_corners = 64;

// Of a box, clockwise on the picture from its top-left corner; of an ellipse k_ellipse_corners points of it.
[[nodiscard]] std::vector<base::Point> corners_of(const labels::Box& box, labels::ShapeKind kind);

using Ring = std::vector<base::Point>;  // its first point is not repeated at the end

// The first ring is the outline, further ones are holes.
struct Polygon {
    std::vector<Ring> rings;
};

// Box, ellipse, polygon, mask; nothing for polylines and points. A mask gives one polygon for each part whose
// pixels share edges, exactly along the edges of its pixels and valid as simple features go: rings touch in
// points and never cross.
[[nodiscard]] std::vector<Polygon> polygons_of(const labels::Geometry& geometry, labels::ShapeKind kind);

// In square units; above 0 where the ring goes clockwise on the picture (y down).
[[nodiscard]] double signed_area(const Ring& ring);

}  // namespace formats
