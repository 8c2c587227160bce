#pragma once
// Small masks between the ways formats write them. Limn and CVAT: row-major runs over a rectangle. COCO:
// column-major runs over the whole picture, plain or as the compressed string of cocoapi's maskApi.c.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "labels/track.h"

namespace formats {

constexpr std::int64_t k_max_mask_pixels = std::int64_t{1} << 28;  // of the rectangle; 32 MiB as bits

// Runs fill the rectangle exactly and the rectangle has at most k_max_mask_pixels.
[[nodiscard]] bool is_sound(const labels::MaskRuns& mask);
[[nodiscard]] std::int64_t area_px(const labels::MaskRuns& mask);

// 5 bits and a continuation bit a character, from '0'; from the fourth run on, the difference to the run two
// before.
[[nodiscard]] std::string compress_counts(std::span<const std::uint32_t> counts);
[[nodiscard]] std::optional<std::vector<std::uint32_t>> decompress_counts(std::string_view text);

// Column-major counts over a picture; what lies outside the picture is cut off.
[[nodiscard]] std::vector<std::uint32_t> counts_from_mask(const labels::MaskRuns& mask, int width_px,
                                                          int height_px);
// The mask in its tight rectangle; an empty one has width 0. Null: the counts do not fill the picture, or too
// large.
[[nodiscard]] std::optional<labels::MaskRuns> mask_from_counts(std::span<const std::uint32_t> counts,
                                                               int width_px, int height_px);

// Pixels whose centre is inside by the even-odd rule (so rings after the first are holes), cut to the
// picture. Null: too large.
[[nodiscard]] std::optional<labels::MaskRuns> mask_from_path(const labels::Path& path, int width_px,
                                                             int height_px);

}  // namespace formats
