#pragma once
// Writes a short MP4 from RGB pictures. For the demo and for tests; exports of media do not go through here.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"

namespace media {

struct ClipFormat {
    int width_px = 0, height_px = 0;  // even
    int frames_per_second = 25;
    int keyframe_every = 25;  // pictures
};

// H.264 where FFmpeg can encode it, else MPEG-4; BT.709, limited range, 4:2:0, with B pictures. The file
// appears under its name only after finish(); destroyed before, it leaves nothing.
class ClipEncoder {
public:
    // Errors: unsupported (no encoder), io.
    [[nodiscard]] static base::Result<ClipEncoder> create(const std::filesystem::path& file,
                                                          const ClipFormat& format);
    ClipEncoder(ClipEncoder&&) noexcept;
    ClipEncoder& operator=(ClipEncoder&&) = delete;
    ~ClipEncoder();

    // The next picture: 8-bit RGB, rows top to bottom without padding. Errors: io.
    [[nodiscard]] base::Result<void> add(std::span<const std::uint8_t> rgb);
    [[nodiscard]] base::Result<void> finish();

private:
    struct Impl;
    explicit ClipEncoder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace media
