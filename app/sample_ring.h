#pragma once
// Stereo sound from the thread that makes it to the one that plays it. Neither ever waits for the other.

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <span>
#include <vector>

namespace app {

// Frames (two floats) are counted from the ring's beginning and never again from 0, so that a number tells a
// frame for good. One thread writes, one reads; any may ask where they are.
class SampleRing {
public:
    explicit SampleRing(std::size_t frames) : m_samples(2 * frames), m_capacity{frames} {}

    // -- the writing thread
    [[nodiscard]] std::size_t room() const {
        const std::uint64_t read = std::max(m_read.load(std::memory_order_acquire), m_read_floor);
        return m_capacity - static_cast<std::size_t>(m_written.load(std::memory_order_relaxed) - read);
    }
    [[nodiscard]] std::size_t waiting() const {  // to be given out; not what was shut away
        const std::uint64_t from =
            std::max(m_read.load(std::memory_order_acquire), m_skip_to.load(std::memory_order_relaxed));
        return static_cast<std::size_t>(m_written.load(std::memory_order_relaxed) - from);
    }
    void write(std::span<const float> stereo) {
        const std::size_t frames = stereo.size() / 2;
        assert(frames <= room());
        const std::uint64_t at = m_written.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < frames; ++i) {
            const std::size_t slot = 2 * static_cast<std::size_t>((at + i) % m_capacity);
            m_samples[slot] = stereo[2 * i];
            m_samples[slot + 1] = stereo[2 * i + 1];
        }
        m_written.store(at + frames, std::memory_order_release);
    }
    // Nothing is given out from now on, and what was written so far never. Returns the number of the next
    // frame.
    std::uint64_t shut() {
        const std::uint64_t at = m_written.load(std::memory_order_relaxed);
        m_open.store(false, std::memory_order_release);
        m_skip_to.store(at, std::memory_order_release);
        return at;
    }
    void open() { m_open.store(true, std::memory_order_release); }
    // While nobody reads (there is no device): what was shut away makes room.
    void discard_shut() { m_read_floor = m_skip_to.load(std::memory_order_relaxed); }

    // -- the reading thread
    struct Taken {
        std::uint64_t first = 0;  // number of the first frame given
        std::size_t count = 0;
        bool open = false;
    };
    Taken read(std::span<float> stereo) {
        const bool is_open = m_open.load(std::memory_order_acquire);
        const std::uint64_t from =
            std::max(m_read.load(std::memory_order_relaxed), m_skip_to.load(std::memory_order_acquire));
        const std::uint64_t written = m_written.load(std::memory_order_acquire);
        const std::size_t count =
            is_open ? std::min(stereo.size() / 2, static_cast<std::size_t>(written - from)) : 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t slot = 2 * static_cast<std::size_t>((from + i) % m_capacity);
            stereo[2 * i] = m_samples[slot];
            stereo[2 * i + 1] = m_samples[slot + 1];
        }
        m_read.store(from + count, std::memory_order_release);
        return {from, count, is_open};
    }

private:
    std::vector<float> m_samples;
    const std::size_t m_capacity;  // frames
    std::atomic<std::uint64_t> m_written = 0, m_read = 0, m_skip_to = 0;
    std::atomic<bool> m_open = false;
    std::uint64_t m_read_floor = 0;  // writing thread
};

}  // namespace app
