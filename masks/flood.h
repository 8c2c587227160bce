#pragma once
// Filling from a seed as far as something holds: the bucket and the wand.

#include <stop_token>

#include "base/result.h"
#include "masks/tile_parts.h"

namespace masks {

// Where filling may go, tile by tile: 1 (or any value but 0) where it may. Of either depth; what lies beyond
// the medium is not looked at. Each tile is asked for once at most, and only when filling reaches it.
using TilePredicate = std::function<base::Result<Slot>(TileIndex)>;

enum class Reach : std::uint8_t { contiguous, everywhere };

struct FloodRule {
    std::int64_t width_px = 0, height_px = 0;  // of the medium
    std::int64_t seed_x = 0, seed_y = 0;       // a pixel; of no meaning with Reach::everywhere
    PixelRect bounds{0, 0, Plane::k_most_px, Plane::k_most_px};  // filling stays inside
    Connectivity connectivity = Connectivity::four;
    Reach reach = Reach::contiguous;
};

struct Flooded {
    Plane filled;             // u8: 1 where filled
    std::int64_t pixels = 0;  // filled
};

// Fills from the seed through neighbours that pass, or all that passes within the bounds. A seed that does
// not pass, or lies outside, fills nothing. The parts of a tile are found once, as runs, and reached through
// its sides; a uniform tile costs its four sides alone. O(runs of the tiles reached); memory follows those.
// Errors: what the predicate says, and cancelled.
[[nodiscard]] base::Result<Flooded> flood(const FloodRule& rule, const TilePredicate& passes,
                                          std::stop_token stop = {});

// Passes where the mask itself has the value.
[[nodiscard]] TilePredicate same_value(Plane mask, Value value);

}  // namespace masks
