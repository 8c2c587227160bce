#pragma once
// Small masks between the ways formats write them. Limn and CVAT: row-major runs over a rectangle. COCO:
// column-major runs over the whole picture, plain or as the compressed string of cocoapi's maskApi.c.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "labels/track.h"
#include "masks/plane.h"

namespace formats {

constexpr std::int64_t k_max_mask_pixels = std::int64_t{1} << 28;  // of the rectangle; 32 MiB as bits

// Runs fit the rectangle (where they end early the rest is zeros), which has at most k_max_mask_pixels.
[[nodiscard]] bool is_sound(const labels::MaskRuns& mask);
[[nodiscard]] std::int64_t area_px(const labels::MaskRuns& mask);

// Column-major counts over a picture; what lies outside the picture is cut off.
[[nodiscard]] std::vector<std::uint32_t> counts_from_mask(const labels::MaskRuns& mask, int width_px,
                                                          int height_px);
// Where a value of a plane is and how often, of all values but 0, in one way through it.
struct ValueExtent {
    masks::PixelRect box;
    std::int64_t pixels = 0;
};
[[nodiscard]] std::map<masks::Value, ValueExtent> extents_of_values(const masks::Plane& plane,
                                                                    std::stop_token stop = {});
// Column-major counts of a value, which is nowhere outside `box`, over the whole plane.
[[nodiscard]] std::vector<std::uint32_t> counts_of_value(const masks::Plane& plane, masks::Value value,
                                                         const masks::PixelRect& box,
                                                         std::stop_token stop = {});
// Whether counts fill a picture.
[[nodiscard]] bool counts_fill(std::span<const std::uint32_t> counts, std::int64_t pixels);

// The mask in its tight rectangle; an empty one has width 0. Null: the counts do not fill the picture, or too
// large.
[[nodiscard]] std::optional<labels::MaskRuns> mask_from_counts(std::span<const std::uint32_t> counts,
                                                               int width_px, int height_px);

// Pixels whose centre is inside by the even-odd rule (so rings after the first are holes), cut to the
// picture. Null: too large.
[[nodiscard]] std::optional<labels::MaskRuns> mask_from_path(const labels::Path& path, int width_px,
                                                             int height_px);

}  // namespace formats
