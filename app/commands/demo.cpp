// limn demo [FOLDER]: the small project that the first start opens, made when it is not there yet.

#include "app/demo.h"

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"

namespace app {

namespace {

struct Options {
    std::string folder;
    bool json = false;
};

base::Result<void> run(const Options& options) {
    const std::filesystem::path folder = options.folder;
    const auto project = make_demo_project(folder.empty() ? default_demo_folder() : folder);
    if (!project) return std::unexpected(project.error());
    if (options.json) {
        JsonOut{}.begin_object().field("project", project->string()).end_object();
    } else {
        fmt::print("{}\n", project->string());
    }
    return {};
}

RunCommand setup(CLI::App& cli) {
    const auto options = std::make_shared<Options>();
    cli.add_option("FOLDER", options->folder, "Where it goes; else below Limn's own state folder")
        ->type_name("");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command demo_command = {"demo", "Make a small project to try things on and print its path",
                                     setup};

}  // namespace app
