#pragma once
// Paths as a person types and reads them.

#include <filesystem>
#include <string>
#include <string_view>

namespace app {

class Workbench;

// "~" and "~/…" are the home folder; what is not absolute is taken from `from`. Not checked against the disk.
[[nodiscard]] std::filesystem::path path_from_typed(std::string_view typed,
                                                    const std::filesystem::path& from);
// The home folder is written "~".
[[nodiscard]] std::string typed_from_path(const std::filesystem::path& path);

// The folder of the open project, absolute; the home folder when none is open.
[[nodiscard]] std::filesystem::path project_folder(const Workbench& bench);

}  // namespace app
