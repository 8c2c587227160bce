#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>

#include "app/commands/commands.h"
#include "app/commands/size.h"
#include "app/commands/version.h"
#include "app/window/window.h"

namespace app {

namespace {

struct WindowOptions {
    std::vector<std::string> files;
    std::string script, size;
    double scale = 0;
};

base::Result<void> open_window(const WindowOptions& options) {
    WindowArguments arguments;
    for (const std::string& file : options.files) arguments.files.emplace_back(file);
    if (!options.script.empty()) arguments.script = options.script;
    if (const auto size = parse_size(options.size)) std::tie(arguments.width, arguments.height) = *size;
    arguments.scale = options.scale;
    return run_window(arguments);
}

RunCommand declare_window(CLI::App& cli) {
    auto options = std::make_shared<WindowOptions>();
    cli.add_option("FILES", options->files, "A project (.limn), or media to label")->type_name("");
    cli.add_option("--script", options->script, "Drive the window by the steps of a text file")
        ->type_name("STEPS");
    cli.add_option("--size", options->size, "Size of the window in pixels")
        ->type_name("WxH")
        ->check(check_size);
    cli.add_option("--scale", options->scale, "Scale of text and controls; the display's own without it")
        ->type_name("S")
        ->check(CLI::Range(0.5, 8.0));
    return [options] { return open_window(*options); };
}

std::string in_one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

int fail_with(const base::Error& error) {
    std::fflush(stdout);
    fmt::print(stderr, "limn: {}\n", in_one_line(error.message));
    return 1;
}

// CLI11 answers wrong usage with several lines; here it is one, and help goes to stdout as ever.
int answer(const CLI::App& cli, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return cli.exit(error, std::cout, std::cerr);
    std::string command = "limn";
    for (const CLI::App* sub : cli.get_subcommands()) command += " " + sub->get_name();
    fmt::print(stderr, "limn: {}; see `{} --help`\n", in_one_line(error.what()), command);
    return 2;
}

base::Result<void> finish_output() {
    if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return {};
    return base::fail(base::ErrorKind::io,
                      "The output could not be written in full; make room or choose another place");
}

// fmt throws when stdout takes no more, the standard library when memory ends.
base::Result<void> run_guarded(const RunCommand& command) try {
    if (auto done = command(); !done) return done;
    return finish_output();
} catch (const std::exception& error) {
    return base::fail(base::ErrorKind::io, "This could not be finished ({})", error.what());
}

int run(const RunCommand& command) {
    const auto done = run_guarded(command);
    return done ? 0 : fail_with(done.error());
}

}  // namespace

RunCommand declare_everything(CLI::App& app, const std::function<void(RunCommand)>& choose) {
    app.set_version_flag("--version", fmt::format("limn {}", k_version));
    app.require_subcommand(0, 1);  // later words that look like a command are a command's own arguments
    for (const Command* command : all_commands()) {
        CLI::App* sub = app.add_subcommand(std::string{command->name}, std::string{command->summary});
        sub->callback([choose, run_it = command->setup(*sub)] { choose(run_it); });
    }
    return declare_window(app);
}

int run_command_line(int argc, char** argv) {
    CLI::App cli{"Limn: label huge media. Without a command it opens the window.", "limn"};
    RunCommand chosen;
    const RunCommand window =
        declare_everything(cli, [&](RunCommand command) { chosen = std::move(command); });
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return answer(cli, error);
    }
    return run(chosen ? chosen : window);
}

}  // namespace app
