// limn export: labels into the files of other tools.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/label_filter.h"
#include "app/commands/media_readers.h"
#include "app/commands/progress.h"
#include "app/commands/report_out.h"
#include "app/commands/support.h"

namespace app {

namespace {

struct Options {
    std::string project, format, out, asset, frames, crs;
    std::vector<std::string> classes, driver_options;
    bool pictures = false, json = false, overwrite = false;
};

base::Result<std::vector<labels::AssetId>> assets_to_export(const Options& options,
                                                            const labels::State& state) {
    std::vector<labels::AssetId> ids;
    if (options.asset.empty() && !state.assets.empty()) {
        for (const labels::Asset& asset : state.assets) ids.push_back(asset.id);
        return ids;
    }
    auto asset = pick_asset(state, options.asset, options.project);
    if (!asset) return std::unexpected(asset.error());
    return std::vector{(*asset)->id};
}

base::Result<std::vector<labels::ClassId>> classes_to_export(const Options& options,
                                                             const labels::Ontology& ontology) {
    std::vector<labels::ClassId> ids;
    for (const std::string& name : options.classes) {
        const labels::LabelClass* found = ontology.find(std::string_view{name});
        if (!found) {
            std::vector<std::string> known;
            for (const labels::LabelClass& one : ontology.classes) known.push_back(one.name);
            return base::fail(base::ErrorKind::missing, "There is no class {:?}; the classes are {}: {}",
                              name, fmt::join(known, ", "), options.project);
        }
        ids.push_back(found->id);
    }
    return ids;
}

// With one asset the range must fit it; with several it is cut to each.
base::Result<std::optional<FrameRange>> frames_to_export(const Options& options, const labels::State& state,
                                                         const std::vector<labels::AssetId>& assets) {
    if (options.frames.empty()) return std::nullopt;
    const FrameRange range = *parse_range(options.frames);
    const labels::Asset& asset = *state.find(assets.front());
    if (assets.size() > 1 || asset.frame_count == 0) {
        auto sound = range_within(range, k_to_the_end, options.project);
        if (!sound) return std::unexpected(sound.error());
        return *sound;
    }
    auto fits = range_within(range, asset.frame_count, asset.name);
    if (!fits) return std::unexpected(fits.error());
    return *fits;
}

base::Result<labels::Snapshot> labels_to_export(const Options& options, const labels::Document& document,
                                                const std::vector<labels::AssetId>& assets) {
    auto classes = classes_to_export(options, document.state().ontology);
    if (!classes) return std::unexpected(classes.error());
    auto frames = frames_to_export(options, document.state(), assets);
    if (!frames) return std::unexpected(frames.error());
    if (classes->empty() && !*frames) return document.snapshot();
    return filtered(document.state(), {std::move(*classes), *frames});
}

base::Result<void> check_out(const Options& options, const labels::State& state,
                             const formats::FormatDriver& driver) {
    if (!driver.write) {
        return base::fail(base::ErrorKind::unsupported, "The format {} can be read but not written: {}",
                          driver.id, options.out);
    }
    if (!options.crs.empty() && !driver.in_a_crs) {
        return base::fail(base::ErrorKind::refused,
                          "The format {} holds pixels and no places on the ground; leave --crs out: {}",
                          driver.id, options.out);
    }
    if (auto safe = refuse_overwriting_sources(options.out, state, options.project); !safe) return safe;
    // An earlier export is made anew; what somebody else wrote is not Limn's to replace.
    std::error_code ignored;
    const bool is_ours = std::filesystem::exists(options.out + ".manifest.json", ignored);
    if (options.overwrite || is_ours || !std::filesystem::is_regular_file(options.out, ignored)) return {};
    return base::fail(base::ErrorKind::refused,
                      "There is a file here that is no export of Limn's; choose another -o, or give "
                      "--overwrite: {}",
                      options.out);
}

base::Result<void> need_media(const Options& options, MediaReaders& media,
                              const formats::WriteContext& context) {
    if (!options.pictures) return {};
    for (const labels::AssetId id : context.assets) {
        if (auto reader = media.reader(id); !reader) return std::unexpected(reader.error());
    }
    return {};
}

void report(const Options& options, const formats::FormatDriver& driver, const formats::Report& done) {
    if (options.json) {
        JsonOut json;
        json.begin_object().field("project", options.project).field("format", driver.id);
        json.field("out", options.out).field("loses", driver.loses);
        write_report(json, done);
        json.end_object();
        return;
    }
    fmt::print("{} ({}): {}, {}\n", options.out, driver.id, counts_text(done),
               count_text(std::ssize(done.files), "file"));
    print_warnings(done);
}

base::Result<void> run(const Options& options) {
    Interrupt interrupt;
    auto project = open_to_read(options.project);
    if (!project) return std::unexpected(project.error());
    const labels::Document& document = (*project)->document();
    const formats::FormatDriver& driver = *formats::find_format(options.format);
    formats::WriteContext context;
    auto assets = assets_to_export(options, document.state());
    if (!assets) return std::unexpected(assets.error());
    context.assets = std::move(*assets);
    const auto labels = labels_to_export(options, document, context.assets);
    if (!labels) return std::unexpected(labels.error());
    if (auto fine = check_out(options, document.state(), driver); !fine) return fine;
    auto told = driver_options(driver, options.driver_options, options.out);
    if (!told) return std::unexpected(told.error());
    context.options = std::move(*told);
    MediaReaders media{document.state(), (*project)->path()};
    if (auto found = need_media(options, media, context); !found) return found;
    ProgressLine progress{"Exporting"};
    context.pictures = options.pictures ? formats::Pictures::png : formats::Pictures::none;
    context.write_picture = [&media](labels::AssetId id, std::int64_t frame,
                                     const std::filesystem::path& png) {
        return media.write_picture(id, frame, png);
    };
    context.pts_of_frame = [&media](labels::AssetId id, std::int64_t frame) {
        return media.pts_of(id, frame);
    };
    context.frames_manifest = [&media](labels::AssetId id) { return media.frames_manifest(id); };
    context.file_of_medium = [&media](labels::AssetId id) { return media.file_of(id); };
    context.crs = options.crs;
    context.stop = interrupt.stop_token();
    context.progress = progress.callback();
    if (!options.json) fmt::print("{} loses: {}\n", driver.title, driver.loses);
    auto written = driver.write(**labels, options.out, context);
    if (!written) return std::unexpected(written.error());
    report(options, driver, *written);
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    add_format_option(cli, options->format, "The format; `limn formats` lists them")->required();
    cli.add_option("-o,--out", options->out, "The file or folder to write")->required()->type_name("OUT");
    cli.add_option("--asset", options->asset, "Only this asset: its number, name or id")->type_name("A");
    cli.add_option("--class", options->classes, "Only labels of these classes")->type_name("C...");
    cli.add_option("--frames", options->frames, "Only frames A to B, B not included")
        ->type_name("A:B")
        ->check([](const std::string& text) {
            const auto range = parse_range(text);
            return range ? std::string{} : range.error().message;
        });
    cli.add_option("--crs", options->crs,
                   "Formats with places on the ground: in this coordinate reference system, EPSG:… or WKT; "
                   "without it in the raster's own, GeoJSON and KML in WGS 84")
        ->type_name("CRS");
    add_driver_options(cli, options->driver_options);
    cli.add_flag("--pictures", options->pictures, "Also write the labelled frames as PNG");
    cli.add_flag("--overwrite", options->overwrite, "Replace a file that is no earlier export");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command export_command = {"export", "Write labels in a format of other tools", setup};

}  // namespace app
