#pragma once
// The sound of a file, sample by sample, on the file's own clock.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace media {

struct AudioInfo {
    int stream_index = 0;
    std::string codec;  // FFmpeg's name
    int rate_hz = 0, channels = 0;
    std::uint64_t channel_mask = 0;  // FFmpeg's bits (AV_CH_…); 0: the file does not name its speakers
    std::int64_t first_sample = 0;   // where the sound begins; the video may begin elsewhere
};

// Sample n (one value a channel) sounds at n / rate_hz seconds of the file's clock, the one that a video's
// pts * time_base tells: edit lists and the encoder's priming are taken off, as ffmpeg does. Sound is placed
// by its time stamps, never by counting alone; where there is none, or where it is damaged, there is silence.
// Used by one thread at a time.
class AudioReader {
public:
    // The stream that belongs to the video (default: to the file's best one), as ffmpeg would choose.
    // Errors: missing (also: no sound), malformed, unsupported, io, cancelled.
    [[nodiscard]] static base::Result<AudioReader> open(const std::filesystem::path& path,
                                                        std::optional<int> video_stream = {},
                                                        std::stop_token stop = {});
    AudioReader(AudioReader&&) noexcept;
    AudioReader& operator=(AudioReader&&) noexcept;
    ~AudioReader();

    [[nodiscard]] const AudioInfo& info() const;
    [[nodiscard]] std::int64_t position() const;  // of the sample that read() gives next
    // Exact: the same samples as reading from the beginning gives there. Before first_sample there is
    // silence, beyond the end nothing. Errors: io, cancelled.
    [[nodiscard]] base::Result<void> seek(std::int64_t sample);
    // Interleaved, as many whole samples as fit into `out`; the count, which is less only at the end. Errors:
    // cancelled.
    [[nodiscard]] base::Result<std::size_t> read(std::span<float> out);

private:
    struct Impl;
    explicit AudioReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace media
