#pragma once
// Colours for one value, from low to high.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace media {

struct ColorMap {
    std::string_view name, title;
    std::span<const std::uint32_t> stops;  // 0xRRGGBB at even distances, at least two
    // position 0…1.
    [[nodiscard]] std::array<float, 3> at(float position) const;
};

[[nodiscard]] std::span<const ColorMap> color_maps();  // grey first
// Grey when there is none of that name.
[[nodiscard]] const ColorMap& find_color_map(std::string_view name);
[[nodiscard]] bool has_color_map(std::string_view name);

}  // namespace media
