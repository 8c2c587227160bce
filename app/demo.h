#pragma once
// The small project that the first start and `limn demo` open: a drawn clip, two classes, two tracks.

#include <filesystem>

#include "base/result.h"

namespace app {

// demo.limn and demo.mp4 in `folder`, made where they are missing; a demo that is there already is left as
// the user has changed it. Blocks for about a second. Returns the project's path. Errors: io, refused (the
// folder cannot be written).
[[nodiscard]] base::Result<std::filesystem::path> make_demo_project(const std::filesystem::path& folder);

// base::state_dir() / "demo".
[[nodiscard]] std::filesystem::path default_demo_folder();

}  // namespace app
