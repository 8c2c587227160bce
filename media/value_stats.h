#pragma once
// How the values of a band or an expression are spread, for stretching them.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace media {

struct ValueStats {
    std::int64_t count = 0;  // finite values
    float min = 0, max = 0;
    double mean = 0, deviation = 0;
    std::vector<float> sorted;  // an even sample of at most 2^15 of them, ascending

    // fraction 0…1. 0 when there are no values.
    [[nodiscard]] float quantile(double fraction) const;
    static constexpr int k_bins = 64;
    // Of the sample, over [low, high]; what lies outside is not counted.
    [[nodiscard]] std::array<int, k_bins> histogram(float low, float high) const;
};

// NaN and infinities count as no value.
[[nodiscard]] ValueStats stats_of(std::span<const float> values);

}  // namespace media
