#pragma once
// What the pixel tools answer with: a set of pixels of a window, as bytes or as runs of rows.

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

namespace assist {

// A pixel of a window; x right, y down, from 0.
struct Pixel {
    int x = 0, y = 0;
    bool operator==(const Pixel&) const = default;
};

// Pixels x0 <= x < x1, y0 <= y < y1 of a window.
struct PixelBox {
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    bool operator==(const PixelBox&) const = default;
    [[nodiscard]] int width() const { return x1 - x0; }
    [[nodiscard]] int height() const { return y1 - y0; }
    [[nodiscard]] bool empty() const { return x1 <= x0 || y1 <= y0; }
    [[nodiscard]] bool contains(Pixel p) const { return p.x >= x0 && p.x < x1 && p.y >= y0 && p.y < y1; }
};

// The part of `box` that lies in a window of this size; empty where none does.
[[nodiscard]] inline PixelBox clipped(const PixelBox& box, int width, int height) {
    return {std::clamp(box.x0, 0, width), std::clamp(box.y0, 0, height), std::clamp(box.x1, 0, width),
            std::clamp(box.y1, 0, height)};
}

// 1 where a pixel belongs to the set, else 0; row by row from the top.
struct Bitmap {
    Bitmap() = default;
    Bitmap(int width_px, int height_px)
        : width{width_px},
          height{height_px},
          of_pixel(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px), 0) {}
    int width = 0, height = 0;
    std::vector<std::uint8_t> of_pixel;
    bool operator==(const Bitmap&) const = default;

    [[nodiscard]] std::size_t index(Pixel p) const {
        assert(p.x >= 0 && p.x < width && p.y >= 0 && p.y < height);
        return static_cast<std::size_t>(p.y) * static_cast<std::size_t>(width) +
               static_cast<std::size_t>(p.x);
    }
    [[nodiscard]] bool has(Pixel p) const { return of_pixel[index(p)] != 0; }
    // How many pixels belong to the set.
    [[nodiscard]] std::size_t count() const {
        return of_pixel.size() - static_cast<std::size_t>(std::ranges::count(of_pixel, 0));
    }
};

// Pixels x0 <= x < x1 of the row y.
struct RowRun {
    int y = 0, x0 = 0, x1 = 0;
    bool operator==(const RowRun&) const = default;
};

}  // namespace assist
