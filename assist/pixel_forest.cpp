#include "assist/pixel_forest.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <map>
#include <random>

#include "assist/pixel_features.h"

namespace assist {
namespace {

using base::ErrorKind;

constexpr int k_strip_rows = 64;  // features are made for so many at once
constexpr std::size_t k_fewest_pixels = 10;

std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

std::unexpected<base::Error> training_cancelled() {
    return base::fail(ErrorKind::cancelled, "The training was cancelled.");
}

// A painted pixel with data. `window` and `pixel` say where, `class_index` is its class's place in the list.
struct Painted {
    std::size_t window = 0, pixel = 0;
    int class_index = 0;
    bool held_out = false;
};

struct Strokes {
    std::vector<std::uint16_t> class_values;  // ascending
    std::vector<Painted> pixels;              // by window, then by pixel
};

// In an order that depends on the seed alone.
template <class T>
void shuffle(std::vector<T>& values, std::mt19937_64& engine) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[engine() % i]);
}

base::Result<void> check_training(std::span<const TrainingWindow> windows,
                                  const PixelForestOptions& options) {
    if (windows.empty())
        return base::fail(ErrorKind::refused,
                          "There is nothing to learn from; paint over at least two classes.");
    for (const auto& window : windows) {
        if (const auto checked = check_window(window.samples); !checked) return checked;
        assert(window.strokes.size() == window.samples.pixel_count());
        if (window.samples.bands != windows.front().samples.bands)
            return base::fail(ErrorKind::refused,
                              "The parts to learn from have {} and {} bands; choose the same bands for all.",
                              windows.front().samples.bands, window.samples.bands);
    }
    if (!(options.held_out >= 0 && options.held_out <= 0.9))
        return base::fail(ErrorKind::refused, "The share held out must be between 0 and 0.9.");
    return {};
}

base::Result<Strokes> collect(std::span<const TrainingWindow> windows,
                              const std::vector<std::vector<std::uint8_t>>& has_data) {
    std::map<std::uint16_t, std::size_t> counts;
    for (std::size_t w = 0; w < windows.size(); ++w)
        for (std::size_t i = 0; i < has_data[w].size(); ++i)
            if (windows[w].strokes[i] != k_unpainted && has_data[w][i] != 0) ++counts[windows[w].strokes[i]];
    if (counts.empty())
        return base::fail(ErrorKind::refused,
                          "Nothing is painted where there is data; paint over at least two classes.");
    if (counts.size() < 2)
        return base::fail(ErrorKind::refused,
                          "Only the class {} is painted; paint over at least two classes.",
                          counts.begin()->first);
    Strokes strokes;
    for (const auto& [value, count] : counts) {
        if (count < k_fewest_pixels)
            return base::fail(ErrorKind::refused,
                              "The class {} has {} painted pixels with data; paint at least {}.", value,
                              count, k_fewest_pixels);
        strokes.class_values.push_back(value);
    }
    for (std::size_t w = 0; w < windows.size(); ++w)
        for (std::size_t i = 0; i < has_data[w].size(); ++i) {
            const auto value = windows[w].strokes[i];
            if (value == k_unpainted || has_data[w][i] == 0) continue;
            const auto at = std::ranges::lower_bound(strokes.class_values, value);
            strokes.pixels.push_back({.window = w,
                                      .pixel = i,
                                      .class_index = static_cast<int>(at - strokes.class_values.begin())});
        }
    return strokes;
}

// Marks whole blocks. Each class in turn gives up its share of blocks, in random order, but never a block
// that is the last one of some class.
void hold_out(Strokes& strokes, std::span<const TrainingWindow> windows, double share,
              std::mt19937_64& engine) {
    using Block = std::array<std::size_t, 3>;  // window, row, column
    const auto block_of = [&](const Painted& painted) {
        const auto width = size_of(windows[painted.window].samples.width);
        return Block{painted.window, painted.pixel / width / k_held_out_block_px,
                     painted.pixel % width / k_held_out_block_px};
    };
    std::map<Block, std::vector<bool>> has_class;
    for (const Painted& painted : strokes.pixels) {
        auto& its = has_class[block_of(painted)];
        its.resize(strokes.class_values.size());
        its[size_of(painted.class_index)] = true;
    }
    std::vector<std::size_t> left(strokes.class_values.size(), 0);
    for (const auto& [block, classes] : has_class)
        for (std::size_t c = 0; c < left.size(); ++c) left[c] += classes[c] ? 1 : 0;
    const auto blocks_of = left;
    std::map<Block, bool> held;
    for (std::size_t c = 0; c < left.size() && share > 0; ++c) {
        std::vector<Block> its;
        for (const auto& [block, classes] : has_class)
            if (classes[c]) its.push_back(block);
        shuffle(its, engine);
        const auto wanted = std::max<std::size_t>(
            1, static_cast<std::size_t>(std::lround(share * static_cast<double>(blocks_of[c]))));
        for (const Block& block : its) {
            if (blocks_of[c] - left[c] >= wanted) break;
            const auto& classes = has_class[block];
            bool is_last = false;
            for (std::size_t k = 0; k < left.size(); ++k) is_last = is_last || (classes[k] && left[k] < 2);
            if (is_last || held[block]) continue;
            held[block] = true;
            for (std::size_t k = 0; k < left.size(); ++k) left[k] -= classes[k] ? 1 : 0;
        }
    }
    for (Painted& painted : strokes.pixels) painted.held_out = held[block_of(painted)];
}

// Keeps at most so many pixels of each class on each side of the split, at random, in their order.
void thin(Strokes& strokes, std::size_t most, std::mt19937_64& engine) {
    std::vector<std::vector<std::size_t>> groups(strokes.class_values.size() * 2);
    for (std::size_t i = 0; i < strokes.pixels.size(); ++i)
        groups[size_of(strokes.pixels[i].class_index) * 2 + (strokes.pixels[i].held_out ? 1 : 0)].push_back(
            i);
    std::vector<std::size_t> kept;
    for (auto& group : groups) {
        if (group.size() > most) {
            shuffle(group, engine);
            group.resize(most);
        }
        kept.insert(kept.end(), group.begin(), group.end());
    }
    std::ranges::sort(kept);
    std::vector<Painted> pixels;
    pixels.reserve(kept.size());
    for (const auto i : kept) pixels.push_back(strokes.pixels[i]);
    strokes.pixels = std::move(pixels);
}

// Features of all painted pixels, one strip of rows after the other and only those with strokes.
base::Result<std::vector<float>> features_of(const Strokes& strokes, std::span<const TrainingWindow> windows,
                                             const std::vector<std::vector<std::uint8_t>>& has_data,
                                             const std::stop_token& stop) {
    const auto width = size_of(windows.front().samples.bands * k_features_a_band);
    std::vector<float> features;
    features.reserve(strokes.pixels.size() * width);
    for (std::size_t k = 0; k < strokes.pixels.size();) {
        if (stop.stop_requested()) return training_cancelled();
        const auto w = strokes.pixels[k].window;
        const auto& window = windows[w].samples;
        const int y0 = static_cast<int>(strokes.pixels[k].pixel / size_of(window.width));
        const int y1 = std::min(y0 + k_strip_rows, window.height);
        const auto rows = row_features(window, has_data[w], y0, y1);
        if (!rows) return std::unexpected(rows.error());
        const auto first = window.index({0, y0}), end = first + size_of(y1 - y0) * size_of(window.width);
        for (; k < strokes.pixels.size() && strokes.pixels[k].window == w && strokes.pixels[k].pixel < end;
             ++k) {
            const auto its =
                rows->begin() + static_cast<std::ptrdiff_t>((strokes.pixels[k].pixel - first) * width);
            features.insert(features.end(), its, its + static_cast<std::ptrdiff_t>(width));
        }
    }
    return features;
}

enum class Part { learned, held_out, all };

ForestSamples samples_of(const Strokes& strokes, const std::vector<float>& features, Part part) {
    const std::size_t width = features.size() / strokes.pixels.size();
    ForestSamples out{.feature_count = static_cast<int>(width),
                      .class_count = static_cast<int>(strokes.class_values.size()),
                      .features = {},
                      .classes = {}};
    for (std::size_t i = 0; i < strokes.pixels.size(); ++i) {
        if (part != Part::all && strokes.pixels[i].held_out != (part == Part::held_out)) continue;
        const auto its = features.begin() + static_cast<std::ptrdiff_t>(i * width);
        out.features.insert(out.features.end(), its, its + static_cast<std::ptrdiff_t>(width));
        out.classes.push_back(strokes.pixels[i].class_index);
    }
    return out;
}

std::size_t most_likely(std::span<const float> probabilities) {
    return static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin());
}

// How the forest does on samples it has not seen.
void measure(const RandomForest& forest, const ForestSamples& unseen, ForestReport& report) {
    const std::size_t classes = report.classes.size();
    std::vector<float> probabilities(unseen.classes.size() * classes);
    forest.predict(unseen.features, probabilities);
    std::size_t right = 0;
    for (std::size_t i = 0; i < unseen.classes.size(); ++i) {
        const auto predicted = most_likely(std::span{probabilities}.subspan(i * classes, classes));
        ++report.confusion[size_of(unseen.classes[i]) * classes + predicted];
        right += predicted == size_of(unseen.classes[i]) ? 1 : 0;
    }
    const auto share = [](std::size_t part, std::size_t of) -> std::optional<double> {
        if (of == 0) return {};
        return static_cast<double>(part) / static_cast<double>(of);
    };
    report.accuracy = share(right, unseen.classes.size());
    for (std::size_t c = 0; c < classes; ++c) {
        std::size_t said = 0;
        for (std::size_t truth = 0; truth < classes; ++truth) said += report.confused(truth, c);
        report.classes[c].recall = share(report.confused(c, c), report.classes[c].held_out_px);
        report.classes[c].precision = share(report.confused(c, c), said);
    }
}

ForestReport empty_report(const Strokes& strokes) {
    ForestReport report;
    for (const auto value : strokes.class_values) report.classes.push_back({.value = value});
    report.confusion.assign(report.classes.size() * report.classes.size(), 0);
    for (const Painted& painted : strokes.pixels) ++report.classes[size_of(painted.class_index)].painted_px;
    return report;
}

}  // namespace

// Makes what only training may make.
struct PixelForestMaker {
    static PixelForest make(RandomForest forest, int bands, std::vector<std::uint16_t> class_values) {
        return {std::move(forest), bands, std::move(class_values)};
    }
};

base::Result<TrainedForest> train_pixel_forest(std::span<const TrainingWindow> windows,
                                               const PixelForestOptions& options, std::stop_token stop) {
    if (const auto checked = check_training(windows, options); !checked)
        return std::unexpected(checked.error());
    std::vector<std::vector<std::uint8_t>> has_data;
    for (const auto& window : windows) has_data.push_back(pixels_with_data(window.samples));
    auto strokes = collect(windows, has_data);
    if (!strokes) return std::unexpected(strokes.error());
    ForestReport report = empty_report(*strokes);
    std::mt19937_64 engine{options.seed};
    hold_out(*strokes, windows, options.held_out, engine);
    thin(*strokes, size_of(std::max(options.most_samples_a_class, 1)), engine);
    for (const Painted& painted : strokes->pixels) {
        auto& its = report.classes[size_of(painted.class_index)];
        ++(painted.held_out ? its.held_out_px : its.learned_px);
    }
    const auto features = features_of(*strokes, windows, has_data, stop);
    if (!features) return std::unexpected(features.error());
    const ForestOptions forest_options{.trees = options.trees, .depth = options.depth, .seed = options.seed};
    const auto unseen = samples_of(*strokes, *features, Part::held_out);
    if (!unseen.classes.empty()) {
        const auto measured =
            RandomForest::train(samples_of(*strokes, *features, Part::learned), forest_options, stop);
        if (!measured) return std::unexpected(measured.error());
        measure(*measured, unseen, report);
    }
    auto forest = RandomForest::train(samples_of(*strokes, *features, Part::all), forest_options, stop);
    if (!forest) return std::unexpected(forest.error());
    return TrainedForest{.forest = PixelForestMaker::make(std::move(*forest), windows.front().samples.bands,
                                                          std::move(strokes->class_values)),
                         .report = std::move(report)};
}

base::Result<PixelClasses> PixelForest::predict(const WindowSamples& window, std::stop_token stop) const {
    if (const auto checked = check_window(window); !checked) return std::unexpected(checked.error());
    if (window.bands != m_bands)
        return base::fail(ErrorKind::refused,
                          "The classifier learned from {} bands and here are {}; train it again with these.",
                          m_bands, window.bands);
    const auto has_data = pixels_with_data(window);
    const auto classes = m_class_values.size();
    PixelClasses out{.width = window.width, .height = window.height, .value = {}, .confidence = {}};
    out.value.assign(window.pixel_count(), k_unpainted);
    out.confidence.assign(window.pixel_count(), 0);
    std::vector<float> probabilities;
    for (int y0 = 0; y0 < window.height; y0 += k_strip_rows) {
        if (stop.stop_requested())
            return base::fail(ErrorKind::cancelled, "The classification was cancelled.");
        const int y1 = std::min(y0 + k_strip_rows, window.height);
        const auto features = row_features(window, has_data, y0, y1);
        if (!features) return std::unexpected(features.error());
        const auto first = window.index({0, y0}), count = size_of(y1 - y0) * size_of(window.width);
        probabilities.resize(count * classes);
        m_forest.predict(*features, probabilities);
        for (std::size_t i = 0; i < count; ++i) {
            if (has_data[first + i] == 0) continue;
            const auto its = std::span{probabilities}.subspan(i * classes, classes);
            const auto best = most_likely(its);
            out.value[first + i] = m_class_values[best];
            out.confidence[first + i] =
                static_cast<std::uint8_t>(std::lround(std::min(its[best], 1.0F) * 255));
        }
    }
    return out;
}

}  // namespace assist
