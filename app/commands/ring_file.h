#pragma once
// Polygons in pixels out of a file that anything can write.

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/geometry.h"
#include "base/result.h"

namespace app {

using PixelRings = std::vector<std::vector<base::Point>>;  // of one polygon; rings inside rings are holes

// Lines "x y" or "x,y", a blank line between rings, "#" before a remark: one polygon. Or WKT, a POLYGON or
// MULTIPOLYGON, of whose coordinates the first two count. Errors: malformed, naming the line or the place.
[[nodiscard]] base::Result<std::vector<PixelRings>> parse_rings(std::string_view text);
// Errors: as above, with the file; missing, io.
[[nodiscard]] base::Result<std::vector<PixelRings>> read_rings(const std::filesystem::path& file);

}  // namespace app
