// limn add: media into a project.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/support.h"

namespace app {

namespace {

struct Options {
    std::string project;
    std::vector<std::string> media;
    std::optional<int> stream;
};

// All are read before any is added: one that cannot be read leaves the project as it was.
base::Result<void> add(const Options& options) {
    auto project = open_to_write(options.project);
    if (!project) return std::unexpected(project.error());
    std::vector<labels::Asset> probed;
    for (const std::string& file : options.media) {
        auto asset = probe_asset(file, options.project, options.stream);
        if (!asset) return std::unexpected(asset.error());
        probed.push_back(std::move(*asset));
    }
    auto added = add_media(**project, probed);
    if (!added) return std::unexpected(added.error());
    if (auto saved = (*project)->flush(); !saved) return saved;
    fmt::print("{}\n", *added);
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    cli.add_option("MEDIA", options->media, "Videos and pictures")->required()->type_name("");
    cli.add_option("--stream", options->stream, "Another stream of the file than its first video")
        ->type_name("N");
    return [options] { return add(*options); };
}

}  // namespace

extern const Command add_command = {"add", "Add media to a project", setup};

}  // namespace app
