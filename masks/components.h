#pragma once
// The connected components of a mask: what there is, islands, holes.

#include <limits>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "masks/tile_parts.h"

namespace masks {

struct Component {
    std::int64_t area_px = 0;
    PixelRect bounds;
    bool operator==(const Component&) const = default;
};

// The components of all pixels that are meant, whichever of the values they have, in the order in which their
// first tiles come (row by row of tiles). The parts of each tile, as runs, are joined along its sides
// (union-find); only the sides of one row of tiles are kept, and tiles of one value cost as much as one run.
// Errors: cancelled.
[[nodiscard]] base::Result<std::vector<Component>> components(const Plane& plane, const Which& which,
                                                              Connectivity connectivity,
                                                              std::stop_token stop = {});

// Erases the components of what is meant that have less than `least_px` pixels, where their values are in
// `over`. Errors: cancelled.
[[nodiscard]] base::Result<Plane> without_islands(Plane plane, const Which& which, std::int64_t least_px,
                                                  Connectivity connectivity, const Over& over = {},
                                                  std::stop_token stop = {});

struct HoleRule {
    Which wall;  // what encloses
    // Holes of less than that are filled.
    std::int64_t less_than_px = std::numeric_limits<std::int64_t>::max();
    // Of the wall. Holes are connected the other way, so that a line of pixels that share corners encloses
    // with `eight` and leaks with `four`.
    Connectivity connectivity = Connectivity::eight;
    Value with = 0;  // what they are filled with
    Over over;       // pixels of a hole that may change; null: all of them
};
// Fills what is not wall and is enclosed by it: components that do not come to the edge of the medium.
// Errors: cancelled.
[[nodiscard]] base::Result<Plane> with_holes_filled(Plane plane, const HoleRule& rule,
                                                    std::stop_token stop = {});

}  // namespace masks
