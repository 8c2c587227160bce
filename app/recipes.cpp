#include "app/recipes.h"

#include <algorithm>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "app/commands/support.h"

namespace app {
namespace {

std::string number_of(std::optional<RecipeFrame> frame) {
    return frame ? fmt::format("{}", frame->frame) : "N";
}

// Python's own quoting of a string.
std::string python_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

// The first stream of its type is what OpenCV opens.
bool is_first_video(const media::VideoInfo& info) {
    const auto first = std::ranges::find(info.streams, "video", &media::StreamInfo::type);
    return first == info.streams.end() || first->index == info.stream_index;
}

}  // namespace

std::string ffmpeg_recipe(const media::VideoInfo& info, std::optional<RecipeFrame> frame) {
    const std::string file = shell_quoted(info.path.string());
    if (info.is_picture) return fmt::format("ffmpeg -i {} -frames:v 1 OUT.png", file);
    const std::string input =
        info.is_sequence ? fmt::format("-start_number {} -i {}", info.sequence_first, file) : "-i " + file;
    // Passing pictures through keeps ffmpeg from repeating or dropping any; they are counted as Limn counts
    // them: as presented, edit list honoured. -copyts keeps the file's own time stamps.
    const std::string which = frame && frame->pts ? fmt::format("eq(pts\\,{})", *frame->pts)
                                                  : fmt::format("eq(n\\,{})", number_of(frame));
    return fmt::format(
        "ffmpeg -copyts {} -map 0:{} -vf 'select={}' -fps_mode passthrough -frames:v 1 OUT.png", input,
        info.stream_index, which);
}

std::string opencv_recipe(const media::VideoInfo& info, std::optional<RecipeFrame> frame) {
    if (!is_first_video(info) || info.is_sequence) return {};
    const std::string file = python_quoted(info.path.string());
    if (info.is_picture)
        return fmt::format("python3 -c {}", shell_quoted(fmt::format(
                                                "import cv2; cv2.imwrite('OUT.png', cv2.imread({}))", file)));
    const std::string script = fmt::format(
        "import cv2; c = cv2.VideoCapture({}, cv2.CAP_FFMPEG); [c.grab() for _ in range({})]; "
        "cv2.imwrite('OUT.png', c.read()[1])",
        file, number_of(frame));
    return "python3 -c " + shell_quoted(script);
}

std::string frames_manifest(const media::VideoInfo& info) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer json{buffer};
    json.StartObject();
    json.Key("numbering");
    json.String("frame N is the N-th presented picture in the order of pts, from 0, edit list honoured");
    json.Key("pixels");
    json.String("as displayed: turned and mirrored as the file says, sample aspect ratio not applied");
    json.Key("ffmpeg_version");
    json.String(info.ffmpeg_version);
    json.Key("exactness");
    json.String(std::string{name_of(info.exactness)});
    json.Key("stream");
    json.Int(info.stream_index);
    json.Key("rotation");
    json.Int(info.rotation_deg);
    json.Key("flip");
    json.Bool(info.flip_horizontal);
    json.Key("edit_list");
    json.Bool(info.edit_list);
    json.Key("variable_rate");
    json.Bool(info.variable_rate);
    json.Key("ffmpeg");
    json.String(ffmpeg_recipe(info, {}));
    if (const std::string opencv = opencv_recipe(info, {}); !opencv.empty()) {
        json.Key("opencv");
        json.String(opencv);
    }
    json.EndObject();
    return buffer.GetString();
}

std::string_view name_of(media::Exactness exactness) {
    switch (exactness) {
        case media::Exactness::counting:
            return "being counted";
        case media::Exactness::indexed:
            return "frame-exact by index";
        case media::Exactness::by_linear:
            return "frame-exact, slowly";
        case media::Exactness::verified:
            return "verified frame-exact";
    }
    return "";
}

std::string_view name_of(media::FieldOrder order) {
    switch (order) {
        case media::FieldOrder::progressive:
            return "progressive";
        case media::FieldOrder::top_first:
            return "interlaced, top field first";
        case media::FieldOrder::bottom_first:
            return "interlaced, bottom field first";
        case media::FieldOrder::unknown:
            return "not told";
    }
    return "";
}

}  // namespace app
