#include "app/mask_operations.h"

#include <algorithm>
#include <array>

#include "masks/smooth.h"

namespace app {

namespace {

using masks::Plane;
using Input = MaskOperationInput;
using Result = base::Result<Plane>;
using Stop = std::stop_token;

masks::MarginRule margin(const Input& in) {
    return {.which = in.which,
            .radius_px = static_cast<int>(std::clamp<std::int64_t>(in.n, 0, masks::k_most_margin_px)),
            .over = in.over};
}

constexpr std::array k_operations = {
    MaskOperation{"grow", "Grow", "Adds a margin of n pixels", 1,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      return masks::grown(std::move(plane), margin(in), stop);
                  },
                  masks::k_most_margin_px},
    MaskOperation{"shrink", "Shrink", "Takes a margin of n pixels away", 1,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      return masks::shrunk(std::move(plane), margin(in), stop);
                  },
                  masks::k_most_margin_px},
    MaskOperation{"open", "Open", "Takes away what is thinner than 2 n pixels", 1,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      return masks::opened(std::move(plane), margin(in), stop);
                  },
                  masks::k_most_margin_px},
    MaskOperation{"close", "Close", "Fills gaps thinner than 2 n pixels", 1,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      return masks::closed(std::move(plane), margin(in), stop);
                  },
                  masks::k_most_margin_px},
    MaskOperation{"smooth", "Smooth", "Each pixel becomes what most within n pixels are", 1,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      return masks::smoothed(
                          std::move(plane),
                          static_cast<int>(std::clamp<std::int64_t>(in.n, 0, masks::k_tile_px)), in.over,
                          stop);
                  },
                  masks::k_tile_px},
    MaskOperation{"fill-holes", "Fill holes", "Fills enclosed holes of less than n pixels; 0: all", 0,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      masks::HoleRule rule{.wall = in.which, .with = in.with, .over = in.over};
                      if (in.n > 0) rule.less_than_px = in.n;
                      return masks::with_holes_filled(std::move(plane), rule, stop);
                  }},
    MaskOperation{"remove-islands", "Remove islands", "Erases parts of less than n pixels", 64,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      return masks::without_islands(std::move(plane), in.which, in.n,
                                                    masks::Connectivity::eight, 0, stop);
                  }},
};

}  // namespace

std::span<const MaskOperation> mask_operations() { return k_operations; }

const MaskOperation* find_mask_operation(std::string_view id) {
    const auto it = std::ranges::find(k_operations, id, &MaskOperation::id);
    return it != k_operations.end() ? &*it : nullptr;
}

}  // namespace app
