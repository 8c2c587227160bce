#pragma once
// Where the user was in a project, kept under base::state_dir()/views, keyed by the project's path. Losing it
// loses nothing that matters, so errors are logged, not shown.

#include <filesystem>

#include "app/view_state.h"

namespace app {

[[nodiscard]] ViewState load_view_state(const std::filesystem::path& project);
void save_view_state(const std::filesystem::path& project, const ViewState& view);

}  // namespace app
