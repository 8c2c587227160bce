#pragma once
// A command of the command line is one file in app/commands/, listed once in app/commands/commands.cpp.

#include <functional>
#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace app {

// An Error becomes one sentence on stderr and exit code 1; wrong usage is CLI11's and exits with 2.
using RunCommand = std::function<base::Result<void>()>;

struct Command {
    std::string_view name, summary;
    // Declares the options (kept alive by the returned closure) and returns what to run when the command is
    // chosen.
    RunCommand (*setup)(CLI::App& subcommand);
};

}  // namespace app
