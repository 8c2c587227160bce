#include "media/color_map.h"

#include <algorithm>

namespace media {
namespace {

constexpr std::array<std::uint32_t, 2> k_grey = {0x000000, 0xFFFFFF};
// Viridis and magma at ninths (Smith, van der Walt and Firing, 2015; CC0).
constexpr std::array<std::uint32_t, 9> k_viridis = {0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C,
                                                    0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725};
constexpr std::array<std::uint32_t, 9> k_magma = {0x000004, 0x1D1147, 0x51127C, 0x822681, 0xB73779,
                                                  0xE75263, 0xFC8961, 0xFEC488, 0xFCFDBF};
// ColorBrewer's diverging scales, of nine classes each.
constexpr std::array<std::uint32_t, 9> k_rdylgn = {0xD73027, 0xF46D43, 0xFDAE61, 0xFEE08B, 0xFFFFBF,
                                                   0xD9EF8B, 0xA6D96A, 0x66BD63, 0x1A9850};
constexpr std::array<std::uint32_t, 9> k_rdbu = {0xB2182B, 0xD6604D, 0xF4A582, 0xFDDBC7, 0xF7F7F7,
                                                 0xD1E5F0, 0x92C5DE, 0x4393C3, 0x2166AC};
constexpr std::array<std::uint32_t, 7> k_terrain = {0x2B6E4F, 0x7FB069, 0xD9D88F, 0xC8A165,
                                                    0x9C6B4A, 0xB7A9A0, 0xFFFFFF};
constexpr std::array<std::uint32_t, 7> k_heat = {0x000000, 0x4A0B0B, 0x9C1D13, 0xDF5A1A,
                                                 0xF9A53A, 0xFCE08A, 0xFFFFFF};

constexpr std::array<ColorMap, 7> k_maps = {{{"grey", "Grey", k_grey},
                                             {"viridis", "Viridis", k_viridis},
                                             {"magma", "Magma", k_magma},
                                             {"rdylgn", "Red – yellow – green", k_rdylgn},
                                             {"rdbu", "Red – white – blue", k_rdbu},
                                             {"terrain", "Terrain", k_terrain},
                                             {"heat", "Heat", k_heat}}};

}  // namespace

std::array<float, 3> ColorMap::at(float position) const {
    const float place = std::clamp(position, 0.0f, 1.0f) * static_cast<float>(stops.size() - 1);
    const auto low = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    const float part = place - static_cast<float>(low);
    std::array<float, 3> color{};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto channel = [&](std::uint32_t rgb) {
            return static_cast<float>(rgb >> (16 - 8 * i) & 0xFF) / 255;
        };
        color[i] = channel(stops[low]) * (1 - part) + channel(stops[low + 1]) * part;
    }
    return color;
}

std::span<const ColorMap> color_maps() { return k_maps; }

bool has_color_map(std::string_view name) {
    return std::ranges::find(k_maps, name, &ColorMap::name) != k_maps.end();
}

const ColorMap& find_color_map(std::string_view name) {
    const auto found = std::ranges::find(k_maps, name, &ColorMap::name);
    return found != k_maps.end() ? *found : k_maps.front();
}

}  // namespace media
