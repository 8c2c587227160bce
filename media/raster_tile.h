#pragma once
// A square of one band at one level, as samples in memory.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace media {

// Tile (x, y) of a level covers its pixels [x * tile_px, (x + 1) * tile_px) and likewise down; those at the
// right and bottom edge are smaller.
struct TileAddress {
    int level = 0, x = 0, y = 0;
    auto operator<=>(const TileAddress&) const = default;
};

// What a sample is in memory and on the GPU. Wider types (32-bit integers, doubles, complex magnitudes) are
// kept as f32; their exact values are read from the file (RasterSource::request_values).
enum class PlaneType : std::uint8_t {
    u8,
    u16,
    i16,  // stored as unsigned 16 bit, value + 32768
    f32,
};
[[nodiscard]] constexpr int bytes_per_sample(PlaneType type) {
    return type == PlaneType::u8 ? 1 : type == PlaneType::f32 ? 4 : 2;
}

struct TileRect {  // in the tile's pixels, half-open
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    bool operator==(const TileRect&) const = default;
};

// Immutable once made.
struct RasterPlane {
    TileAddress address;
    int band = 1;  // 0: the mask, u8, 255 where there is something
    PlaneType type = PlaneType::u8;
    int width = 0, height = 0;
    std::vector<std::byte> samples;  // rows top to bottom without gaps
    std::vector<TileRect> broken;    // could not be read; zeros there
    std::string why_broken;          // one sentence, of the first of them

    [[nodiscard]] std::size_t size_bytes() const { return samples.size() + sizeof *this; }
    [[nodiscard]] float value(int x, int y) const;
    void row_values(int y, int x0, int count, float* out) const;
};
using PlanePtr = std::shared_ptr<const RasterPlane>;

}  // namespace media
