#pragma once
// Masks as polygons, along the edges of their pixels.

#include <functional>
#include <stop_token>
#include <vector>

#include "base/geometry.h"
#include "base/result.h"
#include "masks/bits.h"

namespace masks {

// Corners, not closed: the last one is joined to the first. Of an outline, they lie on the corners of pixels
// (x, y of media space) and no three in a row on one line.
using Ring = std::vector<base::Point>;

// One 4-connected component of a value. The outer ring first, counter-clockwise as seen on the screen (y
// down), then the holes, clockwise: what is inside lies to the left of the way. On a raster with north up
// this is the winding of RFC 7946.
struct Outline {
    Value value = 0;
    std::vector<Ring> rings;
    std::int64_t area_px = 0;  // holes excluded
};

// Calls take(Outline) for each component of the labels that are meant, each value by itself; unlabelled
// pixels are never outlined. Components come in the order in which their last rows do.
//
// Pixels that touch by a corner alone are two components. Where parts of one component do so, its outline is
// cut apart there: no ring visits a point twice, and two rings of a polygon may share single points, as OGC's
// simple features want it. Painting polygon(rings) gives the component's pixels exactly.
//
// Goes down the rows and keeps the outlines that are still open: memory follows those, and the components
// that they belong to. Tiles of one value cost their corners alone, rows that are as the one above nothing
// but a comparison. Errors: cancelled.
[[nodiscard]] base::Result<void> outlines(const Plane& plane, const Which& which,
                                          const std::function<void(Outline&&)>& take,
                                          std::stop_token stop = {});

}  // namespace masks
