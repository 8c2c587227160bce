#pragma once
// The window: one loop that takes input, updates the workbench and draws when something changed.

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"

namespace app {

struct WindowArguments {
    std::vector<std::filesystem::path> files;     // a project, or media; none: the first page
    std::optional<std::filesystem::path> script;  // driven by this file, then closed (docs/script-driver.md)
    int width = 0, height = 0;  // framebuffer pixels; 0: maximised (1280×800 without a display)
    double scale = 0;           // 0: the settings', else the display's
};

// Returns when the window is closed or the script has ended. A script needs no display: without one it draws
// off-screen. Errors: unsupported (no display, no OpenGL), and a script's first failing line.
[[nodiscard]] base::Result<void> run_window(const WindowArguments& arguments);

}  // namespace app
