// limn render: one frame with its labels, as the window shows them, without a display.

#include <charconv>
#include <cmath>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/label_picture.h"
#include "app/commands/media_readers.h"
#include "app/commands/raster_picture.h"
#include "app/commands/size.h"
#include "app/commands/support.h"
#include "app/window/host.h"
#include "labels/project_file.h"
#include "media/raster_file.h"
#include "media/video_source.h"

namespace app {

namespace {

struct Options {
    std::string file, asset, view, size, out;
    std::int64_t frame = 0;
    double scale = 1;
    bool no_masks = false;
    RasterLook look;
};

base::Result<base::Rect> parse_view(std::string_view text) {
    std::array<double, 4> numbers{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto read = std::from_chars(at, end, numbers[i]);
        const bool last = i + 1 == numbers.size();
        const bool followed = last ? read.ptr == end : read.ptr != end && *read.ptr == ',';
        if (read.ec != std::errc{} || !std::isfinite(numbers[i]) || !followed) at = nullptr;
        if (!at) break;
        at = read.ptr + 1;
    }
    if (!at || numbers[2] <= 0 || numbers[3] <= 0) {
        return base::fail(base::ErrorKind::malformed,
                          "a view is X,Y,WIDTH,HEIGHT in pixels of the picture, not {}", text);
    }
    return base::Rect{numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3]};
}

// A medium alone has no labels; a project brings its own.
struct Subject {
    std::unique_ptr<Project> project;
    labels::Document no_labels;
    labels::AssetId asset;
    media::FramePtr picture;
    std::filesystem::path raster;  // in place of a picture

    [[nodiscard]] const labels::Document& document() const {
        return project ? project->document() : no_labels;
    }
};

base::Result<media::FramePtr> read_frame(media::FrameReader& reader, const Options& options) {
    if (auto fits = frame_within(options.frame, reader.info().frame_count, reader.info().path); !fits) {
        return std::unexpected(fits.error());
    }
    if (auto safe = refuse_overwriting(options.out, reader.info().path); !safe)
        return std::unexpected(safe.error());
    return reader.read(options.frame);
}

base::Result<void> load_project(const Options& options, Subject& subject) {
    auto project = open_to_read(options.file);
    if (!project) return std::unexpected(project.error());
    subject.project = std::move(*project);
    const labels::State& state = subject.project->document().state();
    const auto asset = pick_asset(state, options.asset, options.file);
    if (!asset) return std::unexpected(asset.error());
    subject.asset = (*asset)->id;
    if ((*asset)->kind == labels::MediaKind::raster) {
        auto located = labels::locate_media(**asset, subject.project->path());
        if (!located) return std::unexpected(located.error());
        subject.raster = *located;
        if (auto safe = refuse_overwriting(options.out, subject.raster); !safe) return safe;
        return refuse_overwriting(options.out, options.file);
    }
    MediaReaders media{state, subject.project->path()};
    const auto reader = media.reader(subject.asset);
    if (!reader) return std::unexpected(reader.error());
    auto picture = read_frame(**reader, options);
    if (!picture) return std::unexpected(picture.error());
    subject.picture = std::move(*picture);
    return refuse_overwriting(options.out, options.file);
}

base::Result<void> load_medium(const Options& options, Subject& subject) {
    if (media::is_raster(options.file)) {
        subject.raster = options.file;
        return refuse_overwriting(options.out, options.file);
    }
    auto reader = media::FrameReader::open(options.file);
    if (!reader) return std::unexpected(reader.error());
    auto picture = read_frame(*reader, options);
    if (!picture) return std::unexpected(picture.error());
    subject.picture = std::move(*picture);
    return {};
}

// One pixel of the medium is one of the picture unless --size says otherwise; a whole raster is made smaller.
render::Size size_of(const Options& options, const base::Rect& shown, bool is_raster) {
    if (const auto size = parse_size(options.size)) return {size->first, size->second};
    constexpr double k_longest_px = 2048;
    const double longer = std::max(shown.width(), shown.height());
    const double scale = is_raster && longer > k_longest_px ? k_longest_px / longer : 1;
    const auto pixels = [&](double length) {
        return std::max(static_cast<int>(std::ceil(std::min(length * scale, 1e6))), 1);
    };
    return {pixels(shown.width()), pixels(shown.height())};
}

// `host` has the GL context; whatever paints with it dies before it.
base::Result<void> draw(const Options& options, const Subject& subject, render::MediaSize medium,
                        std::int64_t frame, const PaintMedium& paint, std::unique_ptr<Host>& host) {
    base::Rect shown{0, 0, medium.width, medium.height};
    if (!options.view.empty()) shown = *parse_view(options.view);
    const render::Size size = size_of(options, shown, !subject.raster.empty());
    auto made = make_headless_host({.width = size.width, .height = size.height, .scale = options.scale});
    if (!made) return std::unexpected(made.error());
    host = std::move(*made);
    const LabelPicture desc{.paint = paint,
                            .frame = frame,
                            .document = subject.document(),
                            .asset = subject.asset,
                            .shown = shown,
                            .masks = !options.no_masks};
    auto pixels = draw_label_picture(*host, desc);
    if (!pixels) return std::unexpected(pixels.error());
    return media::write_png(options.out, *pixels, size.width, size.height);
}

base::Result<void> run(const Options& options) {
    Subject subject;
    auto loaded = is_project(options.file) ? load_project(options, subject) : load_medium(options, subject);
    if (!loaded) return loaded;
    std::unique_ptr<Host> host;
    if (subject.raster.empty()) {
        if (options.look.given())
            return base::fail(base::ErrorKind::refused,
                              "Bands and stretches are for rasters; this is another medium: {}",
                              options.file);
        const media::VideoFrame& picture = *subject.picture;
        const render::MediaSize size{static_cast<double>(picture.shown_width()),
                                     static_cast<double>(picture.shown_height())};
        return draw(options, subject, size, picture.index, paint_frame(picture), host);
    }
    auto raster = RasterPicture::open(subject.raster, options.look);
    if (!raster) return std::unexpected(raster.error());
    return draw(options, subject, (*raster)->size(), 0, (*raster)->painter(), host);
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("FILE", options->file, "A project, a video, a picture or a raster")
        ->required()
        ->type_name("");
    cli.add_option("-o,--out", options->out, "The PNG to write")->required()->type_name("OUT");
    cli.add_option("--asset", options->asset, "Which asset of the project: its number, name or id")
        ->type_name("A");
    cli.add_option("--frame", options->frame, "Which frame, from 0")->type_name("N");
    cli.add_option("--view", options->view, "The part of the picture to show")
        ->type_name("X,Y,W,H")
        ->check([](const std::string& text) {
            const auto view = parse_view(text);
            return view ? std::string{} : view.error().message;
        });
    cli.add_option("--size", options->size, "Size of the PNG; that of the shown part without it")
        ->type_name("WxH")
        ->check(check_size);
    add_look_options(cli, options->look);
    cli.add_option("--scale", options->scale, "Scale of lines and names")
        ->type_name("S")
        ->check(CLI::Range(0.5, 8.0));
    cli.add_flag("--no-masks", options->no_masks, "Leave the pixel masks out");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command render_command = {"render", "A frame with its labels as PNG, without a display", setup};

}  // namespace app
