#include "app/panels/media_facts.h"

#include <array>
#include <utility>

#include "app/place.h"

namespace app {

std::string codec_title(const std::string& ffmpeg_name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> k_titles = {
        {{"h264", "H.264"},
         {"hevc", "H.265"},
         {"av1", "AV1"},
         {"vp8", "VP8"},
         {"vp9", "VP9"},
         {"mpeg1video", "MPEG-1"},
         {"mpeg2video", "MPEG-2"},
         {"mpeg4", "MPEG-4"},
         {"mjpeg", "JPEG"},
         {"prores", "ProRes"},
         {"dnxhd", "DNxHD"},
         {"ffv1", "FFV1"},
         {"theora", "Theora"},
         {"png", "PNG"}}};
    for (const auto& [name, title] : k_titles)
        if (name == ffmpeg_name) return std::string{title};
    return ffmpeg_name;
}

std::string rate_text(base::Rational rate) {
    if (rate.num <= 0 || rate.den <= 0) return {};
    std::string text = fmt::format("{:.3f}", static_cast<double>(rate.num) / static_cast<double>(rate.den));
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}

std::vector<std::string> media_facts(const media::VideoInfo& info) {
    std::vector<std::string> facts = {codec_title(info.codec),
                                      fmt::format("{}×{}", info.width_px, info.height_px)};
    if (info.bit_depth > 8) facts.push_back(fmt::format("{} bit", info.bit_depth));
    if (info.is_picture) return facts;
    const std::string rate = rate_text(info.average_rate);
    if (info.variable_rate)
        facts.push_back(rate.empty() ? "VFR" : "VFR, about " + rate + " fps");
    else if (!rate.empty())
        facts.push_back(rate + " fps");
    if (info.frame_count > 0) facts.push_back(grouped(info.frame_count) + " frames");
    return facts;
}

}  // namespace app
