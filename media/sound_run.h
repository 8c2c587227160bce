#pragma once
// Which sample of a file sounds when, while a stretch of it is played, perhaps round and round, at some
// speed.

#include <cmath>
#include <cstdint>

namespace media {

// In samples of the AudioReader.
struct SoundRun {
    std::int64_t first = 0;
    double speed = 1;                           // 0.1 … 8
    std::int64_t loop_begin = 0, loop_end = 0;  // half-open; empty: no loop. `first` lies before its end
    [[nodiscard]] bool loops() const { return loop_end > loop_begin; }
};

struct SoundPlace {
    double sample = 0;
    std::int64_t laps = 0;  // how many times the loop has begun again
};

// The place reached when `passed` samples of the source have been played.
[[nodiscard]] inline SoundPlace place_after(const SoundRun& run, double passed) {
    const double at = static_cast<double>(run.first) + passed;
    const auto end = static_cast<double>(run.loop_end);
    if (!run.loops() || at < end) return {at, 0};
    const auto length = static_cast<double>(run.loop_end - run.loop_begin);
    const double laps = std::floor((at - end) / length) + 1;
    return {at - laps * length, static_cast<std::int64_t>(laps)};
}

}  // namespace media
