#pragma once
// Masks pixel by pixel, as slow as can be: what the algorithms are compared with.

#include <functional>
#include <random>
#include <vector>

#include "masks/plane.h"

namespace masks::brute {

struct Image {
    std::int64_t width = 0, height = 0;
    std::vector<Value> pixels = std::vector<Value>(static_cast<std::size_t>(width * height));
    bool operator==(const Image&) const = default;
    [[nodiscard]] bool has(std::int64_t x, std::int64_t y) const {
        return x >= 0 && y >= 0 && x < width && y < height;
    }
    Value& at(std::int64_t x, std::int64_t y) { return pixels[static_cast<std::size_t>(y * width + x)]; }
    [[nodiscard]] Value at(std::int64_t x, std::int64_t y) const {
        return pixels[static_cast<std::size_t>(y * width + x)];
    }
};

inline Image image_of(const Plane& plane) {
    Image image{plane.width_px(), plane.height_px()};
    plane.read(plane.bounds(), image.pixels);
    return image;
}

template <class T>
void write_tile(Plane& plane, TileIndex tile, const Image& image) {
    T* const samples = reinterpret_cast<T*>(plane.write(tile).data());
    const PixelRect pixels = plane.pixels_of(tile);
    for (std::int64_t y = pixels.y0; y < pixels.y1; ++y) {
        for (std::int64_t x = pixels.x0; x < pixels.x1; ++x)
            samples[(y - pixels.y0) * k_tile_px + x - pixels.x0] = static_cast<T>(image.at(x, y));
    }
    plane.tidy(tile);
}

inline Plane plane_of(const Image& image, Depth depth = Depth::u8) {
    Plane plane(image.width, image.height, depth);
    for (std::int32_t y = 0; y < plane.rows(); ++y) {
        for (std::int32_t x = 0; x < plane.columns(); ++x) {
            if (depth == Depth::u8)
                write_tile<std::uint8_t>(plane, {x, y}, image);
            else
                write_tile<std::uint16_t>(plane, {x, y}, image);
        }
    }
    return plane;
}

// Blobs of a few values, of all sizes, and grains: `noise` is the part of the pixels that are of any value.
inline Image random_image(std::mt19937& random, std::int64_t width, std::int64_t height, int values,
                          double noise) {
    Image image{width, height};
    const auto below = [&](std::int64_t end) {
        return std::uniform_int_distribution<std::int64_t>{0, end - 1}(random);
    };
    for (int i = 0; i < 12; ++i) {
        const auto value = static_cast<Value>(below(values + 1));
        const std::int64_t x0 = below(width), y0 = below(height), x1 = x0 + below(width) + 1,
                           y1 = y0 + below(height) + 1;
        const bool is_round = below(2) == 0;
        for (std::int64_t y = y0; y < std::min(y1, height); ++y) {
            for (std::int64_t x = x0; x < std::min(x1, width); ++x) {
                const double dx = (2.0 * static_cast<double>(x - x0) + 1) / static_cast<double>(x1 - x0) - 1,
                             dy = (2.0 * static_cast<double>(y - y0) + 1) / static_cast<double>(y1 - y0) - 1;
                if (!is_round || dx * dx + dy * dy <= 1) image.at(x, y) = value;
            }
        }
    }
    std::uniform_real_distribution<double> part{0, 1};
    for (Value& pixel : image.pixels) {
        if (part(random) < noise) pixel = static_cast<Value>(below(values + 1));
    }
    return image;
}

// Numbers the connected regions of equal keys, from 0; -1 where the key is negative.
inline std::vector<int> regions(const Image& image, const std::function<int(Value)>& key, bool eight) {
    std::vector<int> found(image.pixels.size(), -1);
    int count = 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> stack;
    const auto place = [&](std::int64_t x, std::int64_t y) {
        return static_cast<std::size_t>(y * image.width + x);
    };
    for (std::int64_t y = 0; y < image.height; ++y) {
        for (std::int64_t x = 0; x < image.width; ++x) {
            const int wanted = key(image.at(x, y));
            if (wanted < 0 || found[place(x, y)] >= 0) continue;
            found[place(x, y)] = count;
            stack.emplace_back(x, y);
            while (!stack.empty()) {
                const auto [cx, cy] = stack.back();
                stack.pop_back();
                for (int dy = -1; dy <= 1; ++dy) {
                    for (int dx = -1; dx <= 1; ++dx) {
                        if ((!eight && dx != 0 && dy != 0) || !image.has(cx + dx, cy + dy)) continue;
                        if (found[place(cx + dx, cy + dy)] >= 0 || key(image.at(cx + dx, cy + dy)) != wanted)
                            continue;
                        found[place(cx + dx, cy + dy)] = count;
                        stack.emplace_back(cx + dx, cy + dy);
                    }
                }
            }
            ++count;
        }
    }
    return found;
}

}  // namespace masks::brute
