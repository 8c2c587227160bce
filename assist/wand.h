#pragma once
// The magic wand: pixels that are like the one clicked.

#include <stop_token>
#include <vector>

#include "assist/bitmap.h"
#include "assist/window_samples.h"
#include "base/result.h"

namespace assist {

enum class Spread { contiguous, everywhere };
enum class Connectivity { four, eight };

struct WandOptions {
    double tolerance = 0;             // largest distance from the seed's mean, in the units of the samples
    std::vector<int> bands;           // which bands are compared, from 0; empty: all
    std::vector<double> band_scales;  // one a chosen band, multiplies its difference; empty: 1 each
    int patch_radius = 1;             // the seed's mean is over (2r + 1)² pixels, as far as they have data
    Spread spread = Spread::contiguous;
    Connectivity connectivity = Connectivity::four;  // when contiguous
};

// The pixels whose Euclidean distance, over the chosen bands, to the mean of the patch at `seed` is at most
// the tolerance; when contiguous, only those joined to the seed. The seed itself always belongs; no-data
// never does. Filled by spans (Smith 1979, Tint Fill). Time: one look at each pixel of the result and its
// rim, or at each of the window. Refused: a seed outside the window or without data, a band that is not
// there, a negative tolerance.
[[nodiscard]] base::Result<Bitmap> wand(const WindowSamples& window, Pixel seed, const WandOptions& options,
                                        std::stop_token stop = {});

}  // namespace assist
