#pragma once
// Any polygon as trapezoids with horizontal parallel sides.

#include <span>
#include <vector>

#include "base/geometry.h"

namespace render {

// left0 <= right0 at y0, left1 <= right1 at y1, y0 < y1.
struct Trapezoid {
    double y0 = 0, y1 = 0;
    double left0 = 0, right0 = 0, left1 = 0, right1 = 0;
};

// The even-odd inside of all rings together (each closed from its last point to its first): holes, islands in
// holes, concave and self-crossing rings. The trapezoids do not overlap and meet on horizontal lines, so that
// a rasteriser covers no pixel twice. `rows` limits the work to y0 <= y < y1 of it; empty: everything. O((n +
// crossings) * edges on one height).
[[nodiscard]] std::vector<Trapezoid> trapezoids_of(std::span<const std::vector<base::Point>> rings,
                                                   const base::Rect& rows = {});

}  // namespace render
