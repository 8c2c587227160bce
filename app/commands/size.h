#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace app {

// "1280x800" as pixels, both at least 1.
[[nodiscard]] std::optional<std::pair<int, int>> parse_size(std::string_view text);
[[nodiscard]] std::string check_size(
    const std::string& text);  // as CLI11 wants it: what is wrong, or nothing

}  // namespace app
