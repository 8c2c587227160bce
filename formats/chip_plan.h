#pragma once
// How a raster is cut into chips: where each lies, and whether it is of train, val or test.

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/geometry.h"
#include "masks/plane.h"

namespace formats {

enum class Edge : std::uint8_t {
    pad,    // chips go over the edge, and there is nothing in what lies beyond
    shift,  // the last ones are moved back until they fit
    drop,   // what is left over is left out
};
enum class Split : std::uint8_t { train, val, test };
[[nodiscard]] std::string_view name_of(Split split);

struct ChipPlan {
    std::int64_t width_px = 0, height_px = 0;  // of the raster
    masks::PixelRect area;                     // of interest, within it
    std::int64_t size_px = 512, stride_px = 512;
    Edge edge = Edge::shift;
    double angle_deg = 0;  // clockwise on the picture, about the middle of the area
    std::int64_t val_percent = 0, test_percent = 0;
    std::int64_t block_chips = 8;  // a side of the blocks that go to one split as a whole, in strides
    std::uint64_t seed = 1;
};

struct Chip {
    base::Point corner;  // of its first pixel, on the raster
    double angle_deg = 0;
    std::int64_t size_px = 0;
    Split split = Split::train;
    bool crosses_splits = false;  // it reaches into a block that goes elsewhere
    // A point of the chip, in its own pixels, on the raster.
    [[nodiscard]] base::Point on_raster(base::Point in_chip) const;
};

// Row by row; stops where `take` returns false. With an angle, chips that go over the edge are kept for `pad`
// alone.
void each_chip(const ChipPlan& plan, const std::function<bool(const Chip&)>& take);

// Where windows of a length begin along a side, ascending.
[[nodiscard]] std::vector<std::int64_t> chip_starts(std::int64_t length, std::int64_t size,
                                                    std::int64_t stride, Edge edge);

}  // namespace formats
