#pragma once
// A command of the command line is one file in app/commands/, listed once in app/commands/commands.cpp.

#include <string_view>

namespace CLI {
class App;
}

namespace app {

struct Command {
    std::string_view name, summary;
    // Adds options to the subcommand and sets its callback. The callback returns normally on success, or throws
    // CommandFailed (caught in main, printed as one sentence, exit code 1).
    void (*setup)(CLI::App& subcommand);
};

}  // namespace app
