// limn frames: exact frames of a video, as digests, as pictures, or decoded and dropped.

#include <chrono>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/support.h"
#include "labels/track.h"
#include "media/video_source.h"

namespace app {

namespace {

struct Options {
    std::string video, at, range, folder;
    std::optional<int> stream;
    bool md5 = false, drop = false, json = false;
};

// Which frames, and where they go. A list keeps the order of --at; without one the range counts up.
struct Job {
    const Options& options;
    media::FrameReader& reader;
    std::vector<std::int64_t> list;
    FrameRange range;
    std::stop_token stop;

    [[nodiscard]] std::int64_t size() const {
        return options.at.empty() ? range.end - range.first : std::ssize(list);
    }
    [[nodiscard]] std::int64_t frame(std::int64_t i) const {
        return options.at.empty() ? range.first + i : list[static_cast<std::size_t>(i)];
    }
};

struct Failures {
    std::int64_t count = 0, first_frame = 0;
    base::Error first;
    void add(std::int64_t frame, base::Error error) {
        if (count++ == 0) first_frame = frame, first = std::move(error);
    }
};

base::Result<void> summary_of(const Failures& failures, const Options& options) {
    if (failures.count == 0) return {};
    if (failures.count == 1) return std::unexpected(failures.first);
    return base::fail(failures.first.kind, "{} frames could not be read, the first of them frame {}: {}",
                      failures.count, failures.first_frame, options.video);
}

base::Result<void> select(Job& job) {
    const std::int64_t count = job.reader.info().frame_count;
    if (!job.options.at.empty()) {
        job.list = *parse_frames(job.options.at);
        for (const std::int64_t frame : job.list) {
            if (auto fits = frame_within(frame, count, job.options.video); !fits) return fits;
        }
        return {};
    }
    const FrameRange wanted =
        job.options.range.empty() ? FrameRange{0, k_to_the_end} : *parse_range(job.options.range);
    auto range = range_within(wanted, count, job.options.video);
    if (!range) return std::unexpected(range.error());
    job.range = *range;
    return {};
}

std::filesystem::path picture_path(const Options& options, std::int64_t frame) {
    return std::filesystem::path{options.folder} / fmt::format("frame_{:06}.png", frame);
}

base::Result<void> write_picture(Job& job, std::int64_t frame) {
    auto picture = job.reader.read(frame, job.stop);
    if (!picture) return std::unexpected(picture.error());
    return media::write_png(picture_path(job.options, frame), media::to_rgba(**picture),
                            (*picture)->shown_width(), (*picture)->shown_height());
}

// What one line says of a frame, beyond its number and pts.
base::Result<std::string> work_on(Job& job, std::int64_t frame) {
    if (job.options.md5) return job.reader.md5(frame, job.stop);
    if (job.options.folder.empty()) return std::string{};
    auto written = write_picture(job, frame);
    if (!written) return std::unexpected(written.error());
    return picture_path(job.options, frame).string();
}

void write_line(const Job& job, std::int64_t frame, const std::string& text) {
    fmt::print("{} {}{}{}\n", frame, job.reader.pts_of(frame), text.empty() ? "" : " ", text);
}

void write_entry(const Job& job, JsonOut& json, std::int64_t frame, const base::Result<std::string>& done) {
    const std::int64_t pts = job.reader.pts_of(frame);
    const base::Rational unit = job.reader.info().time_base;
    json.begin_object().field("frame", frame).field("pts", pts);
    json.field("secs", base::seconds(pts - job.reader.info().start_pts, unit));
    if (!done)
        json.field("error", done.error().message);
    else if (job.options.md5)
        json.field("md5", *done);
    else if (!job.options.folder.empty())
        json.field("file", *done);
    json.end_object();
}

base::Result<void> list_frames(Job& job, std::optional<JsonOut>& json) {
    Failures failures;
    for (std::int64_t i = 0; i < job.size(); ++i) {
        const std::int64_t frame = job.frame(i);
        auto done = work_on(job, frame);
        // A frame that cannot be decoded does not hide the others; a full disk or Ctrl+C ends it.
        if (!done) failures.add(frame, done.error());
        if (json)
            write_entry(job, *json, frame, done);
        else if (done)
            write_line(job, frame, *done);
        if (!done && done.error().kind != base::ErrorKind::malformed) break;
    }
    return summary_of(failures, job.options);
}

base::Result<std::int64_t> decode_and_drop(Job& job) {
    if (job.options.at.empty()) return job.reader.decode_null(job.range.first, job.range.end, job.stop);
    for (const std::int64_t frame : job.list) {
        if (auto picture = job.reader.read(frame, job.stop); !picture)
            return std::unexpected(picture.error());
    }
    return std::ssize(job.list);
}

base::Result<void> time_decoding(Job& job) {
    const auto start = std::chrono::steady_clock::now();
    const auto count = decode_and_drop(job);
    if (!count) return std::unexpected(count.error());
    const double secs = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double fps = static_cast<double>(*count) / secs;
    if (job.options.json) {
        JsonOut{}.begin_object().field("frames", *count).field("secs", secs).field("fps", fps).end_object();
    } else {
        fmt::print("{} in {:.3f} s, {:.1f} fps\n", count_text(*count, "frame"), secs, fps);
    }
    return {};
}

base::Result<void> list_or_fail(Job& job) {
    std::optional<JsonOut> json;
    if (job.options.json) json.emplace().begin_object().field("video", job.options.video);
    if (json) json->field("frame_count", job.reader.info().frame_count).key("frames").begin_array();
    auto done = list_frames(job, json);
    if (json) json->end_array().end_object();
    return done;
}

base::Result<void> run(const Options& options) {
    Interrupt interrupt;
    media::VideoSourceOptions source_options;
    source_options.stream_index = options.stream;
    auto reader = media::FrameReader::open(options.video, source_options);
    if (!reader) return std::unexpected(reader.error());
    Job job{options, *reader, {}, {}, interrupt.stop_token()};
    if (auto selected = select(job); !selected) return selected;
    if (options.drop) return time_decoding(job);
    if (!options.folder.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.folder, error);
        if (error) {
            return base::fail(base::ErrorKind::io, "The folder cannot be made ({}): {}", error.message(),
                              options.folder);
        }
    }
    return list_or_fail(job);
}

std::string usage_error(const auto& parsed) { return parsed ? std::string{} : parsed.error().message; }

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("VIDEO", options->video, "The video")->required()->type_name("");
    auto* at = cli.add_option("--at", options->at, "These frames, in this order")->type_name("N,N,...");
    at->check([](const std::string& text) { return usage_error(parse_frames(text)); });
    auto* range =
        cli.add_option("--range", options->range, "Frames A to B, B not included")->type_name("A:B");
    range->check([](const std::string& text) { return usage_error(parse_range(text)); });
    range->excludes(at);
    auto* md5 =
        cli.add_flag("--md5", options->md5, "Print the md5 of each decoded picture, as ffmpeg -f framemd5");
    auto* drop = cli.add_flag("--null", options->drop, "Decode, drop, and say how fast");
    auto* folder = cli.add_option("-o,--out", options->folder, "Write each frame as DIR/frame_NNNNNN.png");
    folder->type_name("DIR")->excludes(md5)->excludes(drop);
    drop->excludes(md5);
    cli.add_option("--stream", options->stream, "Another stream of the file than its first video")
        ->type_name("N");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command frames_command = {"frames", "Exact frames of a video: list, digest, write as PNG",
                                       setup};

}  // namespace app
