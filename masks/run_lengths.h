#pragma once
// Masks as run lengths, the way COCO and its like write them. Counts go line by line through an area,
// starting with pixels that are not meant (so the first may be 0), then alternate; they add up to the area.
//
//   Order::columns  COCO (cocoapi, maskApi.h): down the columns, from left to right
//   Order::rows     CVAT, Label Studio and others: along the rows
//
// A count has 32 bits, there as here.

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "masks/line_runs.h"

namespace masks {

using Counts = std::vector<std::uint32_t>;

// The counts of an area, in pixels; what lies beyond the medium is not meant. No trailing 0; {} for an empty
// area. Errors: unsupported when a run is longer than 32 bits can say, cancelled.
[[nodiscard]] base::Result<Counts> run_lengths(const Plane& plane, const Which& which, const PixelRect& area,
                                               Order order, std::stop_token stop = {});

// Gives the pixels that the counts mean a value; the others, and what lies beyond the medium, stay. Errors:
// malformed when the counts do not add up to the area, refused when the plane cannot hold the value,
// cancelled.
[[nodiscard]] base::Result<Plane> with_run_lengths(Plane plane, std::span<const std::uint32_t> counts,
                                                   const PixelRect& area, Order order, Value value,
                                                   std::stop_token stop = {});

// COCO's compressed string of counts, as maskApi.c's rleToString writes it: from the fourth on, a count is
// written as its difference to the one two before, which is alike in neighbouring columns. Each number goes
// in groups of five bits, the lowest first, until what is left is the sign alone (two's complement, as in
// LEB128); a sixth bit says that another group follows, and 48 is added, so that the characters are '0' …
// 'o'.
[[nodiscard]] std::string coco_string(std::span<const std::uint32_t> counts);
// Errors: malformed when it holds other characters, ends within a number, or gives a count that is negative
// or longer than 32 bits.
[[nodiscard]] base::Result<Counts> counts_of_coco_string(std::string_view text);

// The least rectangle around all that is meant; empty where nothing is.
[[nodiscard]] PixelRect tight_bounds(const Plane& plane, const Which& which);

}  // namespace masks
