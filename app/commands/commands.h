#pragma once
// The list of commands, and the program's front door.

#include <functional>
#include <span>

#include "app/command.h"

namespace app {

[[nodiscard]] std::span<const Command* const> all_commands();  // in the order of the help

// Declares the window's options and every command below `app`, for parsing, help and completion. `choose` is
// called while a command line is parsed, with what its command runs; without a command the returned one runs.
[[nodiscard]] RunCommand declare_everything(CLI::App& app, const std::function<void(RunCommand)>& choose);

// Parses the arguments and runs the command they name, or the window. 0 done; 1 failed, with one sentence on
// stderr; 2 wrong usage.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace app
