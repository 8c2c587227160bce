#pragma once
// Polygons as triangles, for filling them many times.

#include <cstdint>
#include <span>
#include <vector>

#include "base/geometry.h"

namespace media {

using Ring = std::vector<base::Point>;  // closed from its last point to its first

// Three indices a triangle: below the number of points of all rings one after the other, those; from there
// on, `added`.
struct Triangles {
    std::vector<std::uint32_t> indices;
    std::vector<base::Point> added;
    void clear() {
        indices.clear();
        added.clear();
    }
};

// The even-odd inside of all rings together. One small ring that does not cross itself is cut into ears;
// anything else into trapezoids between the heights of its points and crossings. Coordinates are finite.
// O(n^2) for small rings, else O(n log n + edges on each height).
void triangulate(std::span<const Ring> rings, Triangles& out);

// Twice the signed area; above 0 when the ring is clockwise as seen with y down.
[[nodiscard]] double twice_area(std::span<const base::Point> ring);

}  // namespace media
