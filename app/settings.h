#pragma once
// The person's own settings: base::config_dir()/settings.json. A broken file is reported and kept aside,
// defaults are used.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace app {

struct Settings {
    std::map<std::string, std::string>
        shortcuts;                              // action id -> chord text; only what differs from the default
    std::vector<std::filesystem::path> recent;  // projects, newest first, at most 12
    bool light_theme = false;
    double scale = 0;   // 0: follow the display
    double volume = 1;  // 0 … 1, as heard
    bool muted = false;
};

[[nodiscard]] base::Result<Settings> load_settings();  // defaults when there is no file
[[nodiscard]] base::Result<void> save_settings(const Settings& settings);
void remember_recent(Settings& settings, const std::filesystem::path& project);

}  // namespace app
