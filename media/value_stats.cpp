#include "media/value_stats.h"

#include <algorithm>
#include <cmath>

namespace media {

constexpr std::size_t k_sample = 1u << 15;

ValueStats stats_of(std::span<const float> values) {
    ValueStats stats;
    double sum = 0, squares = 0;
    for (const float value : values) {
        if (!std::isfinite(value)) continue;
        stats.min = stats.count == 0 ? value : std::min(stats.min, value);
        stats.max = stats.count == 0 ? value : std::max(stats.max, value);
        ++stats.count;
        sum += value;
        squares += static_cast<double>(value) * value;
    }
    if (stats.count == 0) return stats;
    const auto count = static_cast<double>(stats.count);
    stats.mean = sum / count;
    stats.deviation = std::sqrt(std::max(squares / count - stats.mean * stats.mean, 0.0));
    const std::size_t step =
        std::max<std::size_t>((static_cast<std::size_t>(stats.count) + k_sample - 1) / k_sample, 1);
    std::size_t seen = 0;
    for (const float value : values)
        if (std::isfinite(value) && seen++ % step == 0) stats.sorted.push_back(value);
    std::ranges::sort(stats.sorted);
    return stats;
}

float ValueStats::quantile(double fraction) const {
    if (sorted.empty()) return 0;
    const double at = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
    return sorted[static_cast<std::size_t>(std::lround(at))];
}

std::array<int, ValueStats::k_bins> ValueStats::histogram(float low, float high) const {
    std::array<int, k_bins> bins{};
    if (!(high > low)) return bins;
    for (const float value : sorted) {
        if (value < low || value > high) continue;
        const auto bin = static_cast<int>((value - low) / (high - low) * k_bins);
        ++bins[static_cast<std::size_t>(std::min(bin, k_bins - 1))];
    }
    return bins;
}

}  // namespace media
