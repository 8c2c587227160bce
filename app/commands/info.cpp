// limn info: what a medium is, or what a project holds.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/info_raster.h"
#include "app/commands/json_out.h"
#include "app/commands/progress.h"
#include "app/commands/support.h"
#include "app/recipes.h"
#include "base/file_sequence.h"
#include "media/raster_file.h"
#include "media/video_source.h"

namespace app {

namespace {

struct Options {
    std::string file;
    std::optional<int> stream;
    std::optional<std::int64_t> frame;
    std::vector<int> pixel;
    bool verify = false;
    bool json = false;
};

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

void write_video_json(const media::VideoInfo& info, std::uintmax_t size_bytes,
                      std::optional<RecipeFrame> frame) {
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
    json.field("field_order", name_of(info.field_order));
    json.field("keyframes", info.keyframes).field("shortest_gop", info.shortest_gop);
    json.field("mean_gop", info.mean_gop).field("longest_gop", info.longest_gop);
    json.field("exactness", name_of(info.exactness)).field("exactness_note", info.exactness_note);
    json.field("end_pts", info.end_pts);
    json.texts("faults", info.faults);
    write_streams(json, info);
    json.field("ffmpeg", ffmpeg_recipe(info, frame)).field("opencv", opencv_recipe(info, frame)).end_object();
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

std::string groups_text(const media::VideoInfo& info) {
    std::string text = count_text(info.keyframes, "keyframe");
    if (info.keyframes < 2) return text;
    return text + fmt::format(", groups of {} to {}, {:.1f} on average", info.shortest_gop,
                              count_text(info.longest_gop, "picture"), info.mean_gop);
}

void print_video(const media::VideoInfo& info, std::uintmax_t size_bytes, std::optional<RecipeFrame> frame) {
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
        if (info.field_order != media::FieldOrder::unknown) row("scan", name_of(info.field_order));
        row("groups", groups_text(info));
        row("frames are", fmt::format("{}: {}", name_of(info.exactness), info.exactness_note));
        if (info.edit_list) {
            row("edit list", fmt::format("hides {}", count_text(info.hidden_pictures, "stored picture")));
        }
    }
    for (const media::StreamInfo& stream : info.streams) {
        row(fmt::format("stream {}", stream.index), stream_text(stream));
    }
    for (const std::string& fault : info.faults) row("fault", fault);
    row("as ffmpeg", ffmpeg_recipe(info, frame));
    if (const std::string opencv = opencv_recipe(info, frame); !opencv.empty()) row("as OpenCV", opencv);
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
    if (!options.stream && media::is_raster(options.file)) {
        RasterInfoRequest request{.file = options.file, .pixel = {}, .json = options.json};
        if (!options.pixel.empty()) request.pixel = {options.pixel[0], options.pixel[1]};
        return describe_raster(request);
    }
    if (options.verify) {
        Interrupt interrupt;
        ProgressLine progress{"Decoding every frame twice"};
        auto verified =
            media::verify_film(options.file, options.stream, interrupt.stop_token(), progress.callback());
        if (!verified) return std::unexpected(verified.error());
    }
    media::VideoSourceOptions source_options;
    source_options.stream_index = options.stream;
    auto reader = media::FrameReader::open(options.file, source_options);
    if (!reader) return std::unexpected(reader.error());
    const media::VideoInfo& info = reader->info();
    std::optional<RecipeFrame> frame;
    if (options.frame) {
        if (auto fits = frame_within(*options.frame, info.frame_count, options.file); !fits) return fits;
        frame = RecipeFrame{.frame = *options.frame, .pts = {}};
        if (info.stamps_identify) frame->pts = reader->pts_of(*options.frame);
    }
    const std::uintmax_t size_bytes = base::medium_bytes(options.file).value_or(0);
    if (options.json)
        write_video_json(info, size_bytes, frame);
    else
        print_video(info, size_bytes, frame);
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("MEDIA", options->file, "A video, a picture, a raster or a project")
        ->required()
        ->type_name("");
    cli.add_option("--stream", options->stream, "Another stream of the file than its first video")
        ->type_name("N");
    cli.add_option("--frame", options->frame, "Print the commands that give this frame")->type_name("N");
    cli.add_option("--at", options->pixel, "Of a raster: also print the samples of this pixel")
        ->type_name("X,Y")
        ->delimiter(',')
        ->expected(2);
    cli.add_flag("--verify", options->verify,
                 "First prove that every frame is the same however it is reached (decodes all of it, twice)");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return describe(*options); };
}

}  // namespace

extern const Command info_command = {"info", "What a file is: streams, frames, bands, place, faults", setup};

}  // namespace app
