#pragma once
// Windows whose truth is known, for the tests of the pixel tools.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <stop_token>

#include "assist/window_samples.h"

namespace assist_test {

inline constexpr float k_nan = std::numeric_limits<float>::quiet_NaN();

// A window whose sample is value(band, x, y).
template <std::invocable<int, int, int> Value>
assist::WindowSamples make_window(int width, int height, int bands, Value value) {
    assist::WindowSamples window{.width = width, .height = height, .bands = bands, .values = {}, .valid = {}};
    window.values.reserve(window.pixel_count() * static_cast<std::size_t>(bands));
    for (int band = 0; band < bands; ++band)
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) window.values.push_back(static_cast<float>(value(band, x, y)));
    return window;
}

// 0…1, the same for the same three numbers everywhere (a hash: splitmix64's finaliser).
inline double noise(int band, int x, int y) {
    std::uint64_t z = static_cast<std::uint64_t>(x) * 0x9E3779B97F4A7C15U +
                      static_cast<std::uint64_t>(y) * 0xBF58476D1CE4E5B9U +
                      static_cast<std::uint64_t>(band) * 0x94D049BB133111EBU + 1;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

inline bool in_disc(int x, int y, double cx, double cy, double radius) {
    return std::hypot(x + 0.5 - cx, y + 0.5 - cy) < radius;
}

inline std::stop_token stopped() {
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

}  // namespace assist_test
