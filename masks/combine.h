#pragma once
// Masks out of masks: values recoded, planes combined, parts copied, moved, mirrored and turned. What does
// not change stays shared with the plane before; tiles of one value are worked on as wholes.

#include <span>
#include <stop_token>
#include <utility>

#include "base/result.h"
#include "masks/bits.h"

namespace masks {

// Gives every pixel of a value (first) another (second), all at once, so that values can be swapped; the last
// row for a value counts. Errors: refused when the plane cannot hold a new value, cancelled.
[[nodiscard]] base::Result<Plane> recoded(Plane plane, std::span<const std::pair<Value, Value>> table,
                                          std::stop_token stop = {});

enum class Combine : std::uint8_t {
    unite,      // a where it is labelled, else b
    paste,      // b where it is labelled, else a
    intersect,  // a where both are labelled
    subtract,   // a where b is not labelled
    exclude,    // a or b where only one of them is labelled
};
// Of two planes of one size; the depth stays a's. Only pixels of a whose values are in `over` change. Errors:
// refused when sizes differ or a cannot hold a value of b, cancelled.
[[nodiscard]] base::Result<Plane> combined(Plane a, const Plane& b, Combine how, const Over& over = {},
                                           std::stop_token stop = {});

enum class Mirror : std::uint8_t { none, left_right, top_bottom };
enum class Turn : std::uint8_t { none, right, half, left };  // by 90 or 180 degrees, as seen on the screen

// Where a part of a mask goes. It is mirrored, then turned; the upper left corner of what comes out of that,
// whose sides have changed places after a quarter turn, is put at (to_x, to_y).
struct Placement {
    PixelRect area;  // what is taken, pixels; for all of a value: tight_bounds()
    std::int64_t to_x = 0, to_y = 0;
    Mirror mirror = Mirror::none;
    Turn turn = Turn::none;
    Which which = Which::labelled();  // what of it is taken; unlabelled pixels never are
};

// Puts a part of `from` (the plane itself, or another) into a plane, over pixels whose values are in `over`.
// What would lie outside is cut off. Errors: refused when the plane cannot hold a value, cancelled.
[[nodiscard]] base::Result<Plane> pasted(Plane onto, const Plane& from, const Placement& placement,
                                         const Over& over = {}, std::stop_token stop = {});
// Takes a part out of a plane, then puts it back elsewhere, or in its place mirrored or turned. Errors: as
// above.
[[nodiscard]] base::Result<Plane> moved(Plane plane, const Placement& placement, const Over& over = {},
                                        std::stop_token stop = {});

}  // namespace masks
