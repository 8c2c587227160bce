#pragma once
// Writes small pictures in short groups to an MP4 that keeps their times exactly. For proxies.

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/rational.h"
#include "base/result.h"
#include "media/ffmpeg.h"
#include "media/video_frame.h"

namespace media {

struct ProxyFormat {
    int width_px = 0, height_px = 0;  // even
    base::Rational time_base;         // the film's; the file counts in 1/den
    ColorMatrix matrix = ColorMatrix::bt709;
    ColorRange range = ColorRange::limited;
};

// H.264 where FFmpeg can encode it, else MPEG-4; 8 bit, 4:2:0, a keyframe every k_proxy_gop pictures, none
// that refers to a later one. An unfinished file is the caller's to remove.
class ProxyWriter {
public:
    // Errors: unsupported (no encoder, or a time base no MP4 can have), io.
    [[nodiscard]] static base::Result<ProxyWriter> create(const std::filesystem::path& file,
                                                          const ProxyFormat& format);
    ProxyWriter(ProxyWriter&&) noexcept;
    ProxyWriter& operator=(ProxyWriter&&) = delete;
    ~ProxyWriter();

    // Scales the picture down. `ticks` of the film's time base since its first picture, more than the last
    // one's. Errors: unsupported (pixel format), io.
    [[nodiscard]] base::Result<void> add(const AVFrame& picture, std::int64_t ticks);
    // The last picture once more: for a frame that cannot be decoded. Errors: io.
    [[nodiscard]] base::Result<void> repeat(std::int64_t ticks);
    [[nodiscard]] base::Result<void> finish();

private:
    struct Impl;
    explicit ProxyWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace media
