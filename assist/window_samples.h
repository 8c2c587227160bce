#pragma once
// A small rectangle of a raster as samples in memory: what every pixel tool of this layer works on.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assist/bitmap.h"
#include "base/result.h"

namespace assist {

// `values` has the bands one after the other, each row by row: [band][y][x]. `valid` is [y][x], 0 where the
// raster has no data; empty when it has data everywhere. A sample that is NaN or infinite is no data either.
struct WindowSamples {
    int width = 0, height = 0, bands = 0;
    std::vector<float> values;
    std::vector<std::uint8_t> valid;

    [[nodiscard]] std::size_t pixel_count() const {
        return static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    }
    [[nodiscard]] std::size_t index(Pixel p) const {
        return static_cast<std::size_t>(p.y) * static_cast<std::size_t>(width) +
               static_cast<std::size_t>(p.x);
    }
    [[nodiscard]] bool contains(Pixel p) const { return p.x >= 0 && p.x < width && p.y >= 0 && p.y < height; }
    // The plane of one band, row by row.
    [[nodiscard]] std::span<const float> band(int band) const {
        return std::span{values}.subspan(static_cast<std::size_t>(band) * pixel_count(), pixel_count());
    }
    [[nodiscard]] float at(int band_index, Pixel p) const { return band(band_index)[index(p)]; }
};

// The tools refuse larger windows, so that their counters of 32 bits hold: 4096 pixels square.
inline constexpr std::size_t k_max_window_pixels = std::size_t{1} << 24;

// Refused: no pixels, no bands, more than k_max_window_pixels, or bands that the window lacks. That `values`
// and `valid` are as long as they should be is the caller's business (asserted).
[[nodiscard]] base::Result<void> check_window(const WindowSamples& window, std::span<const int> bands = {});

// [y][x], 1 where `valid` says so and every band named (none: every band) is finite. The window must have
// passed check_window.
[[nodiscard]] std::vector<std::uint8_t> pixels_with_data(const WindowSamples& window,
                                                         std::span<const int> bands = {});

// The 2nd and 98th percentile of a band's samples with data, taken from at most some 65,000 of them, evenly
// spread; low == high where all are equal, and 0 and 0 where there are none.
struct BandRange {
    float low = 0, high = 0;
};
[[nodiscard]] BandRange robust_range(const WindowSamples& window, int band,
                                     std::span<const std::uint8_t> has_data);

// Chosen bands scaled so that their robust range becomes 0…1, not clipped beyond but to -1…2, and 0 where
// there is no data: [y][x][band], which is how the tools go through them. A flat band is 0 everywhere.
[[nodiscard]] std::vector<float> normalised(const WindowSamples& window, std::span<const int> bands,
                                            std::span<const std::uint8_t> has_data);

// 0, 1, …, bands - 1 where none are chosen.
[[nodiscard]] std::vector<int> chosen_bands(const WindowSamples& window, std::span<const int> bands);

}  // namespace assist
