#pragma once
// Commands of other programs that give the very picture Limn shows as a frame.

#include <cstdint>
#include <optional>
#include <string>

#include "media/video_info.h"

namespace app {

// A frame, or "N" for any. With its pts the recipe holds also where damaged pictures are left out of ffmpeg's
// count.
struct RecipeFrame {
    std::int64_t frame = 0;
    std::optional<std::int64_t> pts;
};

// One shell command that writes OUT.png, turned as shown.
[[nodiscard]] std::string ffmpeg_recipe(const media::VideoInfo& info, std::optional<RecipeFrame> frame);
// One shell command; it counts decoded pictures, since OpenCV's own seeking is not exact. Empty where OpenCV
// cannot open what Limn shows (a stream other than the first).
[[nodiscard]] std::string opencv_recipe(const media::VideoInfo& info, std::optional<RecipeFrame> frame);

// What an export's manifest says of the frames of a medium: one JSON object.
[[nodiscard]] std::string frames_manifest(const media::VideoInfo& info);

[[nodiscard]] std::string_view name_of(media::Exactness exactness);  // "verified frame-exact"
[[nodiscard]] std::string_view name_of(media::FieldOrder order);     // "interlaced, top field first"

}  // namespace app
