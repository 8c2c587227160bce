#pragma once
// Superpixels: a window cut into small pieces of like pixels, to be labelled piece by piece.

#include <cstdint>
#include <stop_token>
#include <vector>

#include "assist/bitmap.h"
#include "assist/window_samples.h"
#include "base/result.h"

namespace assist {

struct SuperpixelOptions {
    double area_px = 400;      // about how many pixels a segment should have; at least 4
    double compactness = 0.1;  // see superpixels(); 0.03 follows faint edges, 0.3 makes them almost square
    int iterations = 10;       // at most so many; fewer once nothing moves
};

// `of_pixel` is [y][x]: the segment from 0 to count - 1, numbered by their first pixel, or -1 where there is
// no data. Every segment is joined by pixels that share an edge.
struct Segments {
    int width = 0, height = 0, count = 0;
    std::vector<std::int32_t> of_pixel;
};

// SLIC (Achanta et al. 2012, SLIC Superpixels Compared to State-of-the-art Superpixel Methods) over all
// bands. Each band is first scaled so that its 2nd to 98th percentile becomes 0…1, and a colour distance is
// the root of the mean square over the bands, so that `compactness` means the same for any raster: a
// segment's side counts as much as this part of the bands' range. Pieces smaller than a quarter of `area_px`
// join the neighbour whose mean is nearest to theirs; only islands in no-data stay smaller. Nothing is
// random.
//
// Refused: an empty window, no data at all, an area below 4 pixels. Cancelled: `stop`.
[[nodiscard]] base::Result<Segments> superpixels(const WindowSamples& window,
                                                 const SuperpixelOptions& options, std::stop_token stop = {});

// The pixels of one segment as runs, from the top and the left. Goes through the window once.
[[nodiscard]] std::vector<RowRun> segment_runs(const Segments& segments, std::int32_t segment);

}  // namespace assist
