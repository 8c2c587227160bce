#pragma once
// From FFmpeg's decoded picture to ours, without copying where the shader can read it as it is.

#include <filesystem>

#include "base/result.h"
#include "media/demuxer.h"
#include "media/ffmpeg.h"
#include "media/video_frame.h"

namespace media {

// How a stored picture is turned for display: mirrored first, then rotated clockwise.
struct Turn {
    int rotation_deg = 0;
    bool flip_horizontal = false;
};
[[nodiscard]] Turn turn_of(const AVStream& stream);

struct WrapRules {
    Turn turn;
    bool gray_is_full_range = true;  // where the stream does not say
};
[[nodiscard]] WrapRules wrap_rules(const AVStream& stream);

// The picture can be shown without conversion.
[[nodiscard]] bool is_direct(const AVFrame& raw);
// Shares the planes when is_direct(), else converts to RGBA. Errors: unsupported (no conversion), io (out of
// memory); without the file's name, see in_file().
[[nodiscard]] base::Result<FramePtr> wrap(const RawFrame& raw, const WrapRules& rules, std::int64_t index,
                                          std::int64_t pts);
[[nodiscard]] std::size_t size_of(const AVFrame& raw);
// md5 of the picture's bytes as ffmpeg's rawvideo encoder lays them out. 32 hex digits. Errors: malformed;
// without the file's name, see in_file().
[[nodiscard]] base::Result<std::string> md5_of(const AVFrame& raw);
// The error of a picture, with the file that it is from.
[[nodiscard]] std::unexpected<base::Error> in_file(const base::Error& error,
                                                   const std::filesystem::path& path);

}  // namespace media
