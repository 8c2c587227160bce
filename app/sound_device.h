#pragma once
// SDL's audio device: empties a ring and says when.

#include <atomic>
#include <memory>

#include "app/sample_ring.h"

namespace app {

// Open as long as it lives. Made, used and destroyed on one thread; stamp() and set_gain() from any.
class SoundDevice {
public:
    // Null when there is no device. Its rate is the wanted one where the device allows.
    [[nodiscard]] static std::unique_ptr<SoundDevice> open(SampleRing& ring, int wanted_rate_hz);
    ~SoundDevice();

    [[nodiscard]] int rate_hz() const { return m_rate_hz; }

    // What the device took last: frames [first, first + count), the first of which is heard at `heard_secs`.
    struct Stamp {
        double taken_secs = 0, heard_secs = 0;  // steady_clock
        std::uint64_t first = 0, count = 0;
    };
    [[nodiscard]] Stamp stamp() const;
    void set_gain(float amplitude) { m_gain.store(amplitude, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t late_frames() const { return m_late_frames.load(std::memory_order_relaxed); }

private:
    explicit SoundDevice(SampleRing& ring) : m_ring{ring} {}
    void play(std::span<float> stereo);  // the device's thread: never allocates, locks or logs

    SampleRing& m_ring;
    unsigned m_id = 0;
    int m_rate_hz = 0;
    double m_latency_secs = 0;
    std::atomic<float> m_gain = 1;
    float m_last_gain = 1;  // the device's thread
    std::atomic<std::int64_t> m_late_frames = 0;
    // The stamp under a sequence number, which is odd while it changes: whoever reads takes it again.
    std::atomic<std::uint32_t> m_sequence = 0;
    std::atomic<double> m_taken_secs = 0;
    std::atomic<std::uint64_t> m_first = 0, m_count = 0;
};

}  // namespace app
