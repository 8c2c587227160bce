#pragma once
// What a medium is, in a few words each: "H.264", "1280×720", "30 fps", "250 frames".

#include <string>
#include <vector>

#include "media/video_info.h"

namespace app {

[[nodiscard]] std::vector<std::string> media_facts(const media::VideoInfo& info);
[[nodiscard]] std::string codec_title(const std::string& ffmpeg_name);  // "h264" is "H.264"
[[nodiscard]] std::string rate_text(base::Rational frames_per_second);  // "29.97"

}  // namespace app
