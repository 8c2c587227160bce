#pragma once
// Margins of what is labelled: grown, shrunk, opened, closed. Distances are exact (Euclidean, between
// the centres of pixels): grown by n, a single pixel is a disc of radius n. Tiles that are far from any
// border are not looked at beyond their slots, and stay shared.

#include <stop_token>

#include "base/result.h"
#include "masks/bits.h"

namespace masks {

constexpr int k_most_margin_px = k_tile_px;

struct MarginRule {
    Which which = Which::labelled();  // what has the margin
    int radius_px = 1;                // 0 … k_most_margin_px
    Value with = 0;                   // what pixels become that are taken away
    Over over;                        // values that may change; null: all of them
};
// All of them. Errors: refused when the radius is not within its limits, cancelled. What is beyond the medium
// neither grows in nor eats away, as OpenCV's default has it.

// Adds the pixels within the radius of one that is meant. Where several values are meant, each new pixel
// becomes what the nearest of them is.
[[nodiscard]] base::Result<Plane> grown(Plane plane, const MarginRule& rule, std::stop_token stop = {});
// Takes away the pixels within the radius of one that is not meant.
[[nodiscard]] base::Result<Plane> shrunk(Plane plane, const MarginRule& rule, std::stop_token stop = {});
// Takes away what no disc of the radius fits into: shrunk, then grown.
[[nodiscard]] base::Result<Plane> opened(Plane plane, const MarginRule& rule, std::stop_token stop = {});
// Adds what no disc of the radius fits into from outside: grown, then shrunk.
[[nodiscard]] base::Result<Plane> closed(Plane plane, const MarginRule& rule, std::stop_token stop = {});

}  // namespace masks
