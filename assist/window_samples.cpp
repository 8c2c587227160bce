#include "assist/window_samples.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace assist {

base::Result<void> check_window(const WindowSamples& window, std::span<const int> bands) {
    if (window.width < 1 || window.height < 1 || window.bands < 1)
        return base::fail(base::ErrorKind::refused, "There are no pixels here; choose a part of the raster.");
    if (window.pixel_count() > k_max_window_pixels)
        return base::fail(base::ErrorKind::refused,
                          "The part of {} × {} pixels is too large for this; choose a smaller one.",
                          window.width, window.height);
    for (const int band : bands)
        if (band < 0 || band >= window.bands)
            return base::fail(base::ErrorKind::refused, "There is no band {} here; choose one from 1 to {}.",
                              band + 1, window.bands);
    assert(window.values.size() == window.pixel_count() * static_cast<std::size_t>(window.bands));
    assert(window.valid.empty() || window.valid.size() == window.pixel_count());
    return {};
}

std::vector<int> chosen_bands(const WindowSamples& window, std::span<const int> bands) {
    if (!bands.empty()) return {bands.begin(), bands.end()};
    std::vector<int> all(static_cast<std::size_t>(window.bands));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

std::vector<std::uint8_t> pixels_with_data(const WindowSamples& window, std::span<const int> bands) {
    std::vector<std::uint8_t> has_data(window.pixel_count(), 1);
    for (std::size_t i = 0; i < window.valid.size(); ++i) has_data[i] = window.valid[i] != 0;
    for (const int band : chosen_bands(window, bands)) {
        const auto plane = window.band(band);
        for (std::size_t i = 0; i < plane.size(); ++i)
            has_data[i] = static_cast<std::uint8_t>(has_data[i] & (std::isfinite(plane[i]) ? 1 : 0));
    }
    return has_data;
}

BandRange robust_range(const WindowSamples& window, int band, std::span<const std::uint8_t> has_data) {
    constexpr std::size_t k_enough = 65536;
    const auto plane = window.band(band);
    const auto with_data = plane.size() - static_cast<std::size_t>(std::ranges::count(has_data, 0));
    const std::size_t step = with_data / k_enough + 1;
    std::vector<float> some;
    some.reserve(with_data / step + 1);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < plane.size(); ++i)
        if (has_data[i] != 0 && seen++ % step == 0) some.push_back(plane[i]);
    if (some.empty()) return {};
    const auto percentile = [&some](std::size_t percent) {
        const auto at = some.begin() + static_cast<std::ptrdiff_t>((some.size() - 1) * percent / 100);
        std::ranges::nth_element(some, at);
        return *at;
    };
    BandRange range{percentile(2), percentile(98)};
    if (range.low == range.high) {  // a small thing on an even ground: all that is there counts
        const auto [least, most] = std::ranges::minmax(some);
        range = {least, most};
    }
    return range;
}

std::vector<float> normalised(const WindowSamples& window, std::span<const int> bands,
                              std::span<const std::uint8_t> has_data) {
    const auto chosen = chosen_bands(window, bands);
    std::vector<float> out(window.pixel_count() * chosen.size(), 0);
    for (std::size_t k = 0; k < chosen.size(); ++k) {
        const auto plane = window.band(chosen[k]);
        const auto [low, high] = robust_range(window, chosen[k], has_data);
        if (low == high) continue;
        const double scale = 1.0 / (static_cast<double>(high) - static_cast<double>(low));
        for (std::size_t i = 0; i < plane.size(); ++i)
            if (has_data[i] != 0)
                out[i * chosen.size() + k] = static_cast<float>(std::clamp(
                    (static_cast<double>(plane[i]) - static_cast<double>(low)) * scale, -1.0, 2.0));
    }
    return out;
}

}  // namespace assist
