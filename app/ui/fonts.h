#pragma once
// The fonts of the window, made from the files beside the binary, and the style of the few stock ImGui parts
// used.

#include <filesystem>

#include "app/ui/theme.h"

namespace app {

// Fills ImGui's font atlas (clearing it) from Inter-Regular.otf, Inter-SemiBold.otf and
// materialdesignicons-webfont.ttf in `dir`. Needs an ImGui context; the renderer's texture is to be made
// after it. A missing file leaves ImGui's own font in its place.
[[nodiscard]] Fonts load_fonts(const std::filesystem::path& dir, float scale);

// Sets ImGuiStyle for the stock parts (text entry, tooltips, popups) and ImGuiIO's habits.
void apply_style(const Theme& theme, float scale);

}  // namespace app
