#pragma once
// What the scribble classifier sees of a pixel: the bands, and how they look around it.

#include <cstdint>
#include <span>
#include <vector>

#include "assist/window_samples.h"
#include "base/result.h"

namespace assist {

// For each band, in this order: the sample; its Gaussian mean with sigma 1 px and 4 px; the local standard
// deviation (root of the Gaussian mean of squared differences from the Gaussian mean, sigma 2 px both times);
// and the gradient's magnitude of the mean with sigma 1, by central differences, in units a pixel.
inline constexpr int k_features_a_band = 5;

// A feature depends on nothing farther away than this, in x and in y. Cut windows with as much around them,
// and features do not depend on where the window was cut.
inline constexpr int k_feature_reach_px = 12;

// Features of the rows y0 <= y < y1, [y][x][feature], all finite. Means are over pixels with data alone
// (normalised convolution, Knutsson and Westin 1993); where a pixel has none its features are 0. `has_data`
// is what pixels_with_data says of all bands. Error: what OpenCV threw, or out of memory.
[[nodiscard]] base::Result<std::vector<float>> row_features(const WindowSamples& window,
                                                            std::span<const std::uint8_t> has_data, int y0,
                                                            int y1);

}  // namespace assist
