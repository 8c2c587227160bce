// limn info: what a medium is, or what a project holds.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "media/video_source.h"

namespace app {

namespace {

struct Options {
    std::string file;
    std::optional<int> stream;
    bool json = false;
};

// With -fps_mode passthrough ffmpeg numbers pictures as Limn does: in order of presentation, edit list
// honoured.
std::string recipe(const media::VideoInfo& info) {
    const std::string file = shell_quoted(info.path.string());
    if (info.is_picture) return fmt::format("ffmpeg -i {} -frames:v 1 OUT.png", file);
    return fmt::format(
        "ffmpeg -i {} -map 0:{} -vf 'select=eq(n\\,N)' -fps_mode passthrough -frames:v 1 OUT.png", file,
        info.stream_index);
}

double rate(const media::VideoInfo& info) {
    return info.average_rate.num == 0
               ? 0
               : static_cast<double>(info.average_rate.num) / static_cast<double>(info.average_rate.den);
}

void write_rational(JsonOut& json, std::string_view name, base::Rational value) {
    json.field(name, fmt::format("{}/{}", value.num, value.den));
}

void write_streams(JsonOut& json, const media::VideoInfo& info) {
    json.key("streams").begin_array();
    for (const media::StreamInfo& stream : info.streams) {
        json.begin_object().field("index", stream.index).field("type", stream.type);
        json.field("codec", stream.codec);
        if (stream.width_px > 0) json.field("width", stream.width_px).field("height", stream.height_px);
        if (stream.sample_rate_hz > 0) {
            json.field("sample_rate", stream.sample_rate_hz).field("channels", stream.channels);
        }
        json.end_object();
    }
    json.end_array();
}

void write_video_json(const media::VideoInfo& info, std::uintmax_t size_bytes) {
    JsonOut json;
    json.begin_object().field("path", info.path.string()).field("size_bytes", size_bytes);
    json.field("kind", info.is_picture ? "image" : "video");
    json.field("container", info.container).field("codec", info.codec);
    json.field("pixel_format", info.pixel_format).field("bit_depth", info.bit_depth);
    json.field("stream", info.stream_index);
    json.field("width", info.width_px).field("height", info.height_px);
    json.field("coded_width", info.coded_width_px).field("coded_height", info.coded_height_px);
    json.field("rotation", info.rotation_deg).field("flip", info.flip_horizontal);
    write_rational(json, "sample_aspect", info.sample_aspect);
    json.field("frames", info.frame_count);
    write_rational(json, "time_base", info.time_base);
    write_rational(json, "average_rate", info.average_rate);
    json.field("fps", rate(info)).field("variable_rate", info.variable_rate);
    json.field("start_pts", info.start_pts).field("duration_secs", info.duration_secs);
    json.field("edit_list", info.edit_list).field("hidden_pictures", info.hidden_pictures);
    json.field("keyframes", info.keyframes).field("longest_gop", info.longest_gop);
    json.texts("faults", info.faults);
    write_streams(json, info);
    json.field("ffmpeg", recipe(info)).end_object();
}

void row(std::string_view name, std::string_view text) { fmt::print("  {:<14}{}\n", name, text); }

std::string picture_text(const media::VideoInfo& info) {
    std::string text = fmt::format("{} × {}", info.width_px, info.height_px);
    if (info.rotation_deg != 0) {
        text += fmt::format(", stored as {} × {} and turned by {}°", info.coded_width_px,
                            info.coded_height_px, info.rotation_deg);
    }
    if (info.flip_horizontal) text += ", mirrored";
    if (info.sample_aspect.num != info.sample_aspect.den && info.sample_aspect.num > 0) {
        text += fmt::format(", pixels {}:{}", info.sample_aspect.num, info.sample_aspect.den);
    }
    return text;
}

std::string stream_text(const media::StreamInfo& stream) {
    std::string text = fmt::format("{} {}", stream.type, stream.codec);
    if (stream.width_px > 0) text += fmt::format(", {} × {}", stream.width_px, stream.height_px);
    if (stream.sample_rate_hz > 0) {
        text += fmt::format(", {} Hz, {}", stream.sample_rate_hz, count_text(stream.channels, "channel"));
    }
    return text;
}

void print_video(const media::VideoInfo& info, std::uintmax_t size_bytes) {
    fmt::print("{}\n", info.path.string());
    row("file", fmt::format("{}, {}", info.container, bytes_text(size_bytes)));
    row("picture", picture_text(info));
    row("codec", fmt::format("{}, {}, {} bit", info.codec, info.pixel_format, info.bit_depth));
    if (!info.is_picture) {
        row("frames", fmt::format("{}, {:.3f} s", info.frame_count, info.duration_secs));
        row("rate",
            fmt::format("{:.6g} fps{}", rate(info), info.variable_rate ? ", variable" : ", constant"));
        row("time base",
            fmt::format("{}/{}, first pts {}", info.time_base.num, info.time_base.den, info.start_pts));
        row("keyframes",
            fmt::format("{}, longest group {}", info.keyframes, count_text(info.longest_gop, "frame")));
        if (info.edit_list) {
            row("edit list", fmt::format("hides {}", count_text(info.hidden_pictures, "stored picture")));
        }
    }
    for (const media::StreamInfo& stream : info.streams) {
        row(fmt::format("stream {}", stream.index), stream_text(stream));
    }
    for (const std::string& fault : info.faults) row("fault", fault);
    row(info.is_picture ? "as ffmpeg" : "frame N", recipe(info));
}

base::Result<void> describe_project(const Options& options) {
    auto project = open_to_read(options.file);
    if (!project) return std::unexpected(project.error());
    const labels::State& state = (*project)->document().state();
    std::int64_t keyframes = 0;
    for (const auto& [id, track] : state.tracks)
        keyframes += static_cast<std::int64_t>(track->keyframes.size());
    const labels::History& history = (*project)->document().history();
    if (options.json) {
        JsonOut json;
        json.begin_object().field("path", options.file).field("kind", "project");
        json.field("assets", state.assets.size()).field("classes", state.ontology.classes.size());
        json.field("tracks", state.tracks.size()).field("keyframes", keyframes);
        json.field("events", history.last_seq).field("state_hash", labels::state_hash(state)).end_object();
        return {};
    }
    fmt::print("{}\n", options.file);
    row("project", fmt::format("{}, {}", count_text(std::ssize(state.assets), "asset"),
                               count_text(std::ssize(state.ontology.classes), "class")));
    row("labels", fmt::format("{}, {}", count_text(std::ssize(state.tracks), "track"),
                              count_text(keyframes, "keyframe")));
    row("history", count_text(history.last_seq, "event"));
    return {};
}

base::Result<void> describe(const Options& options) {
    if (is_project(options.file)) return describe_project(options);
    media::VideoSourceOptions source_options;
    source_options.stream_index = options.stream;
    auto reader = media::FrameReader::open(options.file, source_options);
    if (!reader) return std::unexpected(reader.error());
    std::error_code ignored;
    const std::uintmax_t size_bytes = std::filesystem::file_size(options.file, ignored);
    if (options.json)
        write_video_json(reader->info(), size_bytes);
    else
        print_video(reader->info(), size_bytes);
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("MEDIA", options->file, "A video, a picture or a project")->required()->type_name("");
    cli.add_option("--stream", options->stream, "Another stream of the file than its first video")
        ->type_name("N");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return describe(*options); };
}

}  // namespace

extern const Command info_command = {"info", "What a file is: streams, size, frames, rate, faults", setup};

}  // namespace app
