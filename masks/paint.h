#pragma once
// Painting a region into a plane.

#include <bitset>
#include <optional>

#include "masks/region.h"

namespace masks {

// Which values may be painted over, and where.
struct PaintRule {
    Value value = 0;  // 0 erases
    // Of what is there; null: over everything.
    std::shared_ptr<const std::bitset<65536>> over;
    // Where it holds a value other than 0, only there; null: everywhere. Of the plane's size.
    const Plane* where = nullptr;
};

// Paints and says how many tiles were looked at. Whole tiles become one value without being allocated; a tile
// of which nothing changes is not touched. O(rows + tiles), plus the samples of the tiles at its edge.
std::int64_t paint(Plane& plane, Region& region, const PaintRule& rule);

}  // namespace masks
