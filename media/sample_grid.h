#pragma once
// Puts right what a container's coarse clock has rounded.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>

namespace media {

// Matroska keeps milliseconds: after a search a frame's time stamp alone is up to 24 samples off. But frames
// of a stream begin a whole number of steps from one another, so the nearest such place is the right one, as
// long as the step is longer than the doubt.
class SampleGrid {
public:
    SampleGrid() = default;
    // `known_step`: what divides every frame's length by the codec's rules, or 0: learnt from the frames.
    // `tick`: of the clock, in samples; 0 where it tells every sample.
    SampleGrid(std::int64_t known_step, std::int64_t tick)
        : m_step{known_step}, m_known{known_step > 0}, m_tick{tick} {}

    void set_origin(std::int64_t place) { m_origin = place; }
    void learn(std::int64_t frame_samples) {
        if (!m_known) m_step = std::gcd(m_step, frame_samples);
    }
    // Where a frame of that length truly begins. Its end is looked at first: priming cuts frames at their
    // begin.
    [[nodiscard]] std::int64_t place(std::int64_t by_stamp, std::int64_t samples) const {
        if (m_tick == 0 || m_step <= m_tick) return by_stamp;
        const std::int64_t doubt = std::min(m_tick, (m_step - 1) / 2);
        if (const auto by = correction(by_stamp + samples); std::abs(by) <= doubt) return by_stamp + by;
        if (const auto by = correction(by_stamp); std::abs(by) <= doubt) return by_stamp + by;
        return by_stamp;
    }

private:
    [[nodiscard]] std::int64_t correction(std::int64_t place) const {  // to the nearest place of the grid
        std::int64_t beyond = (place - m_origin) % m_step;
        if (beyond < 0) beyond += m_step;
        return 2 * beyond <= m_step ? -beyond : m_step - beyond;
    }

    std::int64_t m_origin = 0, m_step = 0;
    bool m_known = false;
    std::int64_t m_tick = 0;
};

}  // namespace media
