#pragma once
// The scribble classifier: a few strokes of each class in, a class for every pixel out, and how far to trust
// it.

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "assist/random_forest.h"
#include "assist/window_samples.h"
#include "base/result.h"

namespace assist {

// The value of strokes where nothing was painted, and of predictions where there is no data. No class has it.
inline constexpr std::uint16_t k_unpainted = 0;

// `strokes` is [y][x], the class value painted on each pixel or k_unpainted. Band expressions come as further
// bands of `samples`. Cut it with k_feature_reach_px around the strokes (pixel_features.h).
struct TrainingWindow {
    WindowSamples samples;
    std::vector<std::uint16_t> strokes;
};

struct PixelForestOptions {
    int trees = 50;
    int depth = 12;
    std::uint64_t seed = 1;
    double held_out = 0.25;  // the share of each class's blocks that accuracy is measured on, 0…0.9
    int most_samples_a_class = 20'000;  // more are thinned at random
};

struct ClassReport {
    std::uint16_t value = 0;
    std::size_t painted_px = 0;       // with data
    std::size_t learned_px = 0;       // of those, what the measured forest learned from
    std::size_t held_out_px = 0;      // and what it was measured on
    std::optional<double> recall;     // of the held-out pixels of this class, the share that was found
    std::optional<double> precision;  // of the held-out pixels said to be of this class, the share that is
};

// `confusion` is [true class][predicted class], in the order of `classes`, in held-out pixels.
struct ForestReport {
    std::vector<ClassReport> classes;  // by ascending value
    std::vector<std::size_t> confusion;
    std::optional<double> accuracy;  // null when nothing could be held out

    [[nodiscard]] std::size_t confused(std::size_t truth, std::size_t predicted) const {
        return confusion[truth * classes.size() + predicted];
    }
};

// [y][x]; confidence is the share of the most likely class, 255 for certain, 0 without data.
struct PixelClasses {
    int width = 0, height = 0;
    std::vector<std::uint16_t> value;
    std::vector<std::uint8_t> confidence;
};

class PixelForest {
public:
    // The class of each pixel. Works through the window in strips, so that memory beyond the answer stays
    // small. Refused: an empty window, another number of bands than was learned from. Cancelled: `stop`.
    [[nodiscard]] base::Result<PixelClasses> predict(const WindowSamples& window,
                                                     std::stop_token stop = {}) const;

    [[nodiscard]] int bands() const { return m_bands; }
    // Ascending.
    [[nodiscard]] const std::vector<std::uint16_t>& class_values() const { return m_class_values; }

private:
    friend struct PixelForestMaker;
    PixelForest(RandomForest forest, int bands, std::vector<std::uint16_t> class_values)
        : m_forest{std::move(forest)}, m_bands{bands}, m_class_values{std::move(class_values)} {}
    RandomForest m_forest;
    int m_bands;
    std::vector<std::uint16_t> m_class_values;
};

struct TrainedForest {
    PixelForest forest;
    ForestReport report;
};

// Blocks of a window, this many pixels square, are held out as a whole: neighbouring pixels of a stroke are
// nearly equal, so that single ones held out would be known already and accuracy would come out near 1.
inline constexpr int k_held_out_block_px = 16;

// Learns from the painted pixels of all windows by their features (pixel_features.h). For the report a first
// forest learns without the held-out blocks; the forest returned has learned from all, so that no stroke is
// for nothing. A class that lies in one block alone is not held out. The same strokes, options and seed give
// the same forest and report.
//
// Refused: an empty window, windows of unequal bands, fewer than two classes or fewer than 10 pixels of one
// with data under them, a share held out beyond 0…0.9. Cancelled: `stop`.
[[nodiscard]] base::Result<TrainedForest> train_pixel_forest(std::span<const TrainingWindow> windows,
                                                             const PixelForestOptions& options,
                                                             std::stop_token stop = {});

}  // namespace assist
