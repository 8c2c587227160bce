// limn undo, limn redo: steps through the history, which survives closing.

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/support.h"

namespace app {

namespace {

enum class Way { back, forth };

struct Options {
    std::string project;
    std::int64_t count = 1;
};

base::Result<void> step(const Options& options, Way way) {
    auto project = open_to_write(options.project);
    if (!project) return std::unexpected(project.error());
    labels::Document& document = (*project)->document();
    const std::string_view verb = way == Way::back ? "undo" : "redo";
    const labels::History& history = document.history();
    const auto available = std::ssize(way == Way::back ? history.undo : history.redo);
    if (available < options.count) {
        return base::fail(base::ErrorKind::refused, "There is {} to {}; nothing was changed: {}",
                          available == 0 ? "nothing" : "only " + count_text(available, "step"), verb,
                          options.project);
    }
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < options.count; ++i) {
        auto name = way == Way::back ? document.undo() : document.redo();
        if (!name) return std::unexpected(name.error());
        names.push_back(std::move(*name));
    }
    if (auto saved = (*project)->flush(); !saved) return saved;
    for (const std::string& name : names)
        fmt::print("{}: {}\n", way == Way::back ? "Undone" : "Redone", name);
    return {};
}

template <Way way>
RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("PROJECT", options->project, "The project")->required()->type_name("");
    cli.add_option("-n,--count", options->count, "How many steps")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    return [options] { return step(*options, way); };
}

}  // namespace

extern const Command undo_command = {"undo", "Take back the last step", setup<Way::back>};
extern const Command redo_command = {"redo", "Do again what was taken back", setup<Way::forth>};

}  // namespace app
