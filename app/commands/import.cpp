// limn import: labels from the files of other tools.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/import_labels.h"
#include "app/commands/progress.h"
#include "app/commands/report_out.h"
#include "app/commands/support.h"

namespace app {

namespace {

struct Options {
    std::string project, format, asset;
    std::vector<std::string> files, driver_options;
    double thin_px = -1;
    bool add_classes = false, json = false;
};

struct Imported {
    std::string file;
    LabelImportResult result;
};

base::Result<LabelImport> request_of(const Options& options, const labels::State& state) {
    LabelImport request;
    if (!options.format.empty()) request.driver = formats::find_format(options.format);
    if (!options.asset.empty()) {
        auto asset = pick_asset(state, options.asset, options.project);
        if (!asset) return std::unexpected(asset.error());
        request.asset = (*asset)->id;
    }
    if (options.add_classes) request.unknown_classes = formats::UnknownClasses::add;
    if (options.thin_px >= 0) request.thin_px = options.thin_px;
    request.options = options.driver_options;
    return request;
}

void report(const std::vector<Imported>& all, const Options& options) {
    if (!options.json) {
        for (const auto& [file, result] : all) {
            fmt::print("{} ({}): {}{}{}\n", file, result.driver->id, counts_text(result.report),
                       result.thinned_keyframes > 0
                           ? fmt::format(", thinned by {}", count_text(result.thinned_keyframes, "keyframe"))
                           : "",
                       result.changed ? "" : "; all of it was there already");
            print_warnings(result.report);
        }
        return;
    }
    JsonOut json;
    json.begin_object().field("project", options.project).key("imports").begin_array();
    for (const auto& [file, result] : all) {
        json.begin_object().field("file", file).field("format", result.driver->id);
        json.field("changed", result.changed).field("thinned_keyframes", result.thinned_keyframes);
        write_report(json, result.report);
        json.end_object();
    }
    json.end_array().end_object();
}

// One undo step per file; nothing is saved unless every file could be read.
base::Result<void> run(const Options& options) {
    Interrupt interrupt;
    auto project = open_to_write(options.project);
    if (!project) return std::unexpected(project.error());
    const labels::State& state = (*project)->document().state();
    auto request = request_of(options, state);
    if (!request) return std::unexpected(request.error());
    MediaReaders media{state, (*project)->path()};
    std::vector<Imported> all;
    for (const std::string& file : options.files) {
        ProgressLine progress{file};
        request->file = file;
        request->stop = interrupt.stop_token();
        request->progress = progress.callback();
        auto result = import_labels((*project)->document(), media, *request);
        if (!result) return std::unexpected(result.error());
        all.push_back({file, std::move(*result)});
    }
    if (auto saved = (*project)->flush(); !saved) return saved;
    report(all, options);
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    cli.add_option("FILE", options->files, "Files or folders of labels")->required()->type_name("");
    add_format_option(cli, options->format, "Their format; recognised by content without it");
    cli.add_option("--asset", options->asset, "The asset they belong to: its number, name or id")
        ->type_name("A");
    cli.add_flag("--add-classes", options->add_classes, "Make classes the project does not know");
    cli.add_option("--thin", options->thin_px, "Drop keyframes that interpolation restores within PX pixels")
        ->type_name("PX")
        ->check(CLI::NonNegativeNumber);
    add_driver_options(cli, options->driver_options);
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command import_command = {"import", "Bring in labels from other tools' files", setup};

}  // namespace app
