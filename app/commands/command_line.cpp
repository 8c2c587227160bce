#include <charconv>
#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>

#include "app/commands/commands.h"
#include "app/commands/version.h"

namespace app {

namespace {

struct WindowOptions {
    std::vector<std::string> files;
    std::string script, size;
    double scale = 0;
};

std::optional<std::pair<int, int>> parse_size(std::string_view text) {
    int width = 0, height = 0;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, width);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != 'x') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, height);
    if (second.ec != std::errc{} || second.ptr != end || width < 1 || height < 1) return std::nullopt;
    return std::pair{width, height};
}

base::Result<void> open_window(const WindowOptions&) {
    return base::fail(base::ErrorKind::unsupported, "This build has no window yet");
}

RunCommand declare_window(CLI::App& cli) {
    auto options = std::make_shared<WindowOptions>();
    cli.add_option("FILES", options->files, "A project (.limn), or media to label")->type_name("");
    cli.add_option("--script", options->script, "Drive the window by the steps of a text file")
        ->type_name("STEPS");
    cli.add_option("--size", options->size, "Size of the window in pixels")
        ->type_name("WxH")
        ->check([](const std::string& text) {
            return parse_size(text) ? std::string{} : "a size is WIDTHxHEIGHT in pixels, not " + text;
        });
    cli.add_option("--scale", options->scale, "Scale of text and controls; the display's own without it")
        ->type_name("S")
        ->check(CLI::Range(0.5, 8.0));
    return [options] { return open_window(*options); };
}

int fail_with(const base::Error& error) {
    std::fflush(stdout);
    fmt::print(stderr, "limn: {}\n", error.message);
    return 1;
}

// CLI11 answers wrong usage with several lines; here it is one, and help goes to stdout as ever.
int answer(const CLI::App& cli, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return cli.exit(error, std::cout, std::cerr);
    std::string command = "limn";
    for (const CLI::App* sub : cli.get_subcommands()) command += " " + sub->get_name();
    std::string why = error.what();
    std::ranges::replace(why, '\n', ' ');
    fmt::print(stderr, "limn: {}; see `{} --help`\n", why, command);
    return 2;
}

base::Result<void> finish_output() {
    if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return {};
    return base::fail(base::ErrorKind::io, "The output could not be written in full; is the disk full?");
}

int run(const RunCommand& command) {
    auto done = command();
    if (!done) return fail_with(done.error());
    done = finish_output();
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
