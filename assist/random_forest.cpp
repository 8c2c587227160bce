#include "assist/random_forest.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

namespace assist {
namespace {

std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

// Random numbers that are the same with every standard library; its distributions are not.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_engine{seed} {}
    std::size_t below(std::size_t n) { return m_engine() % n; }

private:
    std::mt19937_64 m_engine;
};

// Up to 255 thresholds that cut a feature's values into parts of about as many samples: halfway between
// neighbours in order, ascending.
std::vector<float> thresholds_of(std::vector<float> values) {
    constexpr std::size_t k_most = 255;
    std::ranges::sort(values);
    std::vector<float> thresholds;
    const auto halfway = [](float a, float b) {
        const float middle = a / 2 + b / 2;
        return middle < b ? middle : a;  // rounded up, it would send b the wrong way
    };
    const auto add = [&](std::size_t i) {  // between the values i and i + 1
        if (values[i] == values[i + 1]) return;
        const float threshold = halfway(values[i], values[i + 1]);
        if (thresholds.empty() || thresholds.back() < threshold) thresholds.push_back(threshold);
    };
    if (values.size() <= k_most + 1) {
        for (std::size_t i = 0; i + 1 < values.size(); ++i) add(i);
        return thresholds;
    }
    for (std::size_t k = 1; k <= k_most; ++k) {
        // The next place where the value changes, so that a value shared by many is still cut off.
        std::size_t i = k * values.size() / (k_most + 1);
        while (i + 1 < values.size() && values[i] == values[i + 1]) ++i;
        if (i + 1 < values.size()) add(i);
    }
    return thresholds;
}

// The samples with each feature as the number of its thresholds that are below it: a split at threshold t
// sends left what is at most t.
struct BinnedSamples {
    explicit BinnedSamples(const ForestSamples& samples)
        : feature_count{size_of(samples.feature_count)}, classes{samples.classes} {
        const std::size_t count = classes.size();
        bins.resize(samples.features.size());
        for (std::size_t f = 0; f < feature_count; ++f) {
            std::vector<float> values(count);
            for (std::size_t i = 0; i < count; ++i) values[i] = samples.features[i * feature_count + f];
            thresholds.push_back(thresholds_of(values));
            for (std::size_t i = 0; i < count; ++i)
                bins[f * count + i] = static_cast<std::uint8_t>(
                    std::ranges::lower_bound(thresholds[f], values[i]) - thresholds[f].begin());
        }
    }
    [[nodiscard]] std::uint8_t bin(std::size_t feature, std::uint32_t sample) const {
        return bins[feature * classes.size() + sample];
    }
    std::size_t feature_count;
    const std::vector<int>& classes;
    std::vector<std::uint8_t> bins;  // [feature][sample]
    std::vector<std::vector<float>> thresholds;
};

// For each class, the numbers of its samples.
std::vector<std::vector<std::uint32_t>> samples_by_class(const ForestSamples& samples) {
    std::vector<std::vector<std::uint32_t>> by_class(size_of(samples.class_count));
    for (std::size_t i = 0; i < samples.classes.size(); ++i)
        by_class[size_of(samples.classes[i])].push_back(static_cast<std::uint32_t>(i));
    return by_class;
}

}  // namespace

// Adds one tree after the other to a forest.
class TreeGrower {
public:
    TreeGrower(RandomForest& forest, const ForestSamples& samples, const ForestOptions& options)
        : m_forest{forest},
          m_options{options},
          m_samples{samples},
          m_by_class{samples_by_class(samples)},
          m_dice{options.seed} {
        m_tried =
            std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(std::sqrt(samples.feature_count))));
        m_order.resize(m_samples.feature_count);
        for (std::size_t f = 0; f < m_order.size(); ++f) m_order[f] = f;
        for (const auto& its : m_by_class) m_draw = std::max(m_draw, its.size());
        m_draw = std::min<std::size_t>(m_draw, 8000);
    }

    void add_tree() {
        std::vector<std::uint32_t> drawn;
        drawn.reserve(m_draw * m_by_class.size());
        for (const auto& its : m_by_class)
            for (std::size_t i = 0; i < m_draw; ++i) drawn.push_back(its[m_dice.below(its.size())]);
        m_forest.m_trees.push_back({.root = static_cast<std::uint32_t>(m_forest.m_nodes.size())});
        m_forest.m_nodes.emplace_back();
        grow(m_forest.m_trees.back().root, drawn, 0);
    }

private:
    struct Split {
        double score = 0;  // sum over both sides of squared class counts by their total: higher is purer
        std::size_t feature = 0, bin = 0;
        bool found = false;
    };

    void grow(std::uint32_t node, std::span<std::uint32_t> samples, int depth) {
        std::vector<double> counts(m_by_class.size(), 0);
        for (const auto sample : samples) counts[size_of(m_samples.classes[sample])] += 1;
        const bool pure = std::ranges::count_if(counts, [](double n) { return n > 0; }) < 2;
        const auto split = pure || depth >= m_options.depth ? Split{} : best_split(samples, counts);
        m_forest.m_trees.back().depth = std::max(m_forest.m_trees.back().depth, depth);
        if (!split.found) return make_leaf(node, counts, static_cast<double>(samples.size()));
        const auto middle = std::partition(samples.begin(), samples.end(), [&](std::uint32_t sample) {
            return m_samples.bin(split.feature, sample) <= split.bin;
        });
        const auto left = static_cast<std::size_t>(middle - samples.begin());
        const auto next = static_cast<std::uint32_t>(m_forest.m_nodes.size());
        m_forest.m_nodes[node] = {.threshold = m_samples.thresholds[split.feature][split.bin],
                                  .feature = static_cast<std::uint32_t>(split.feature),
                                  .next = next};
        m_forest.m_nodes.resize(m_forest.m_nodes.size() + 2);
        grow(next, samples.first(left), depth + 1);
        grow(next + 1, samples.subspan(left), depth + 1);
    }

    void make_leaf(std::uint32_t node, const std::vector<double>& counts, double total) {
        m_forest.m_nodes[node] = {.threshold = std::numeric_limits<float>::infinity(),
                                  .next = node,
                                  .shares = static_cast<std::uint32_t>(m_forest.m_shares.size())};
        for (const double count : counts)
            m_forest.m_shares.push_back(static_cast<float>(count / std::max(total, 1.0)));
    }

    Split best_split(std::span<const std::uint32_t> samples, const std::vector<double>& counts) {
        Split best;
        const auto total = static_cast<double>(samples.size());
        for (const double count : counts) best.score += count * count / total;
        best.score += 1e-9 * total;
        // Features that cannot split here do not count as tried.
        for (std::size_t k = 0, tried = 0; k < m_order.size() && tried < m_tried; ++k) {
            std::swap(m_order[k], m_order[k + m_dice.below(m_order.size() - k)]);
            if (try_feature(m_order[k], samples, counts, best)) ++tried;
        }
        return best;
    }

    // False when the samples are all alike in it.
    bool try_feature(std::size_t feature, std::span<const std::uint32_t> samples,
                     const std::vector<double>& counts, Split& best) {
        const std::size_t classes = counts.size(), bins = m_samples.thresholds[feature].size() + 1;
        m_histogram.assign(bins * classes, 0);
        for (const auto sample : samples)
            ++m_histogram[m_samples.bin(feature, sample) * classes + size_of(m_samples.classes[sample])];
        m_left.assign(classes, 0);
        double on_left = 0;
        const auto total = static_cast<double>(samples.size());
        bool varies = false;
        for (std::size_t bin = 0; bin + 1 < bins; ++bin) {
            double added = 0;
            for (std::size_t c = 0; c < classes; ++c) {
                m_left[c] += m_histogram[bin * classes + c];
                added += m_histogram[bin * classes + c];
            }
            on_left += added;
            if (added == 0) continue;
            if (on_left == total) break;
            varies = true;
            if (on_left < m_options.smallest_leaf || total - on_left < m_options.smallest_leaf) continue;
            double left_sum = 0, right_sum = 0;
            for (std::size_t c = 0; c < classes; ++c) {
                left_sum += m_left[c] * m_left[c];
                right_sum += (counts[c] - m_left[c]) * (counts[c] - m_left[c]);
            }
            const double score = left_sum / on_left + right_sum / (total - on_left);
            if (score > best.score) best = {.score = score, .feature = feature, .bin = bin, .found = true};
        }
        return varies;
    }

    RandomForest& m_forest;
    const ForestOptions m_options;
    const BinnedSamples m_samples;
    const std::vector<std::vector<std::uint32_t>> m_by_class;
    Dice m_dice;
    std::size_t m_tried = 1;  // features a split
    std::size_t m_draw = 0;   // samples of each class a tree
    std::vector<std::size_t> m_order;
    std::vector<std::uint32_t> m_histogram;
    std::vector<double> m_left;
};

base::Result<RandomForest> RandomForest::train(const ForestSamples& samples, const ForestOptions& options,
                                               std::stop_token stop) {
    assert(samples.features.size() == samples.classes.size() * size_of(samples.feature_count));
    RandomForest forest;
    forest.m_feature_count = samples.feature_count;
    forest.m_class_count = samples.class_count;
    TreeGrower grower{forest, samples, options};
    for (int tree = 0; tree < std::max(options.trees, 1); ++tree) {
        if (stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "The training was cancelled.");
        grower.add_tree();
    }
    return forest;
}

// Eight samples at a time, since each one alone would mostly wait for the next node to come from memory.
void RandomForest::add_shares(const Tree& tree, std::span<const float> features,
                              std::span<float> sums) const {
    constexpr std::size_t k_abreast = 8;
    const std::size_t width = size_of(m_feature_count), classes = size_of(m_class_count);
    const std::size_t count = features.size() / width;
    for (std::size_t first = 0; first < count; first += k_abreast) {
        // The last ones are walked more than once, and added once.
        std::array<std::uint32_t, k_abreast> at;
        std::array<const float*, k_abreast> its;
        for (std::size_t k = 0; k < k_abreast; ++k) {
            at[k] = tree.root;
            its[k] = features.data() + std::min(first + k, count - 1) * width;
        }
        for (int step = 0; step < tree.depth; ++step)
            for (std::size_t k = 0; k < k_abreast; ++k) {
                const Node& node = m_nodes[at[k]];
                at[k] = node.next + static_cast<std::uint32_t>(its[k][node.feature] > node.threshold);
            }
        for (std::size_t k = 0; k < std::min(k_abreast, count - first); ++k) {
            const float* shares = m_shares.data() + m_nodes[at[k]].shares;
            for (std::size_t c = 0; c < classes; ++c) sums[(first + k) * classes + c] += shares[c];
        }
    }
}

void RandomForest::predict(std::span<const float> features, std::span<float> probabilities) const {
    const std::size_t width = size_of(m_feature_count), classes = size_of(m_class_count);
    const std::size_t count = features.size() / width;
    assert(probabilities.size() == count * classes);
    std::ranges::fill(probabilities, 0.0F);
    // A tree stays in the processor's cache while a few thousand samples go through it.
    constexpr std::size_t k_together = 4096;
    for (std::size_t first = 0; first < count; first += k_together) {
        const std::size_t some = std::min(k_together, count - first);
        for (const Tree& tree : m_trees)
            add_shares(tree, features.subspan(first * width, some * width),
                       probabilities.subspan(first * classes, some * classes));
    }
    const float scale = 1 / static_cast<float>(m_trees.size());
    for (float& probability : probabilities) probability *= scale;
}

}  // namespace assist
