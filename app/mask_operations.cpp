#include "app/mask_operations.h"

#include <algorithm>
#include <array>

#include "masks/paint.h"
#include "masks/run_lengths.h"
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

masks::Placement in_place(const Plane& plane, const Input& in) {
    const masks::PixelRect area = masks::tight_bounds(plane, in.which);
    return {.area = area, .to_x = area.x0, .to_y = area.y0, .which = in.which};
}

// What is unlabelled, and narrow, between what is meant and other classes becomes `with`.
Result snapped(Plane plane, const Input& in, Stop stop) {
    if (!in.which.is_it || in.which.value == 0)
        return base::fail(base::ErrorKind::refused, "Only one class at a time can be snapped to the others");
    const masks::MarginRule near{.radius_px = margin(in).radius_px};
    const std::pair<masks::Value, masks::Value> no_more{in.which.value, 0};
    Result others = masks::recoded(plane, std::span{&no_more, 1}, stop);
    Result gaps = masks::closed(plane, {.radius_px = (near.radius_px + 1) / 2}, stop);
    if (gaps) gaps = masks::combined(std::move(*gaps), plane, masks::Combine::subtract, {}, stop);
    Result alone = others ? masks::combined(plane, *others, masks::Combine::subtract, {}, stop) : others;
    for (Result* side : {&others, &alone}) {
        if (*side) *side = masks::grown(std::move(**side), near, stop);
        if (!*side) return *side;
        if (gaps) gaps = masks::combined(std::move(*gaps), **side, masks::Combine::intersect, {}, stop);
    }
    if (!gaps) return gaps;
    masks::paint(plane, *masks::labelled(*gaps), {.value = in.with, .over = in.over});
    return plane;
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
                  },
                  INT64_MAX, true},
    MaskOperation{"remove-islands", "Remove islands", "Erases parts of less than n pixels", 64,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      return masks::without_islands(std::move(plane), in.which, in.n,
                                                    masks::Connectivity::eight, in.over, stop);
                  }},
    MaskOperation{"snap", "Snap to neighbours", "Fills gaps of less than n pixels to other classes", 4,
                  snapped, masks::k_most_margin_px, true},
    MaskOperation{"flip-horizontal", "Flip horizontally", "Mirrors it left to right, within its own bounds",
                  std::nullopt,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      masks::Placement to = in_place(plane, in);
                      to.mirror = masks::Mirror::left_right;
                      return masks::moved(std::move(plane), to, in.over, stop);
                  }},
    MaskOperation{"flip-vertical", "Flip vertically", "Mirrors it top to bottom, within its own bounds",
                  std::nullopt,
                  [](Plane plane, const Input& in, Stop stop) -> Result {
                      masks::Placement to = in_place(plane, in);
                      to.mirror = masks::Mirror::top_bottom;
                      return masks::moved(std::move(plane), to, in.over, stop);
                  }},
};

}  // namespace

std::span<const MaskOperation> mask_operations() { return k_operations; }

const MaskOperation* find_mask_operation(std::string_view id) {
    const auto it = std::ranges::find(k_operations, id, &MaskOperation::id);
    return it != k_operations.end() ? &*it : nullptr;
}

}  // namespace app
