#pragma once
// GrabCut: the thing inside a box, cut out along its outline.

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "assist/bitmap.h"
#include "assist/window_samples.h"
#include "base/result.h"

namespace assist {

enum class GrabHint : std::uint8_t { none, foreground, background };

struct GrabCutOptions {
    std::vector<int> bands;  // from 0; empty: all
    int iterations = 5;      // at most so many; fewer once nothing changes
};

// GrabCut (Rother, Kolmogorov and Blake 2004), OpenCV's: mixtures of colours of what is inside the box and
// around it, and the cut between them that is cheapest, in turns. `box` is clipped to the window. `hints` is
// empty or [y][x] of the window: what the user has marked stays on its side; outside the box all is
// background, marked or not. Pixels farther from the box than half its longer side are not looked at.
//
// One to three bands become channels, each stretched from its 2nd to 98th percentile to 8 bits; of more, the
// first three principal components of the bands so scaled. No-data is never in the result and does not count
// as background either. The answer is a bitmap of the window, the same whenever the input is.
//
// More than some 150,000 pixels are first cut in a smaller copy and then along the outline found there, so
// that parts of the thing thinner than about three pixels of that copy can get lost. Time: a second or two
// for a clear thing, however large the window; several where the sides are hard to tell apart. `stop` is
// looked at between iterations.
//
// Refused: an empty box, a band that is not there, hardly any pixels inside the box or around it, nothing in
// it that stands out.
[[nodiscard]] base::Result<Bitmap> grab_cut(const WindowSamples& window, const PixelBox& box,
                                            std::span<const GrabHint> hints, const GrabCutOptions& options,
                                            std::stop_token stop = {});

}  // namespace assist
