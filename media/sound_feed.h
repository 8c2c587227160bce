#pragma once
// The sound of a run of playing, ready for a device: looped, stretched in time with its pitch kept, in stereo
// at the device's rate.

#include <memory>
#include <span>

#include "media/audio_reader.h"
#include "media/sound_run.h"

namespace media {

// Faster than this there is silence: what is left of a word is noise.
inline constexpr double k_fastest_sounding = 4;

// Used by one thread at a time.
class SoundFeed {
public:
    SoundFeed(AudioReader reader, int device_rate_hz);
    SoundFeed(SoundFeed&&) noexcept;
    SoundFeed& operator=(SoundFeed&&) noexcept;
    ~SoundFeed();

    [[nodiscard]] const AudioInfo& info() const;
    [[nodiscard]] int device_rate_hz() const;
    [[nodiscard]] AudioReader take_reader() &&;  // for a feed at another rate
    // Frames of the device are counted from here: frame k sounds at place_after(run, k *
    // samples_per_frame()).
    void begin(const SoundRun& run);
    [[nodiscard]] double samples_per_frame()
        const;  // source samples that a device frame passes, with the speed
    // Interleaved stereo. Always fills the whole span: where the file has no sound (more) there is silence.
    void fill(std::span<float> stereo);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace media
