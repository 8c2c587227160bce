#include "app/tools/tools.h"

#include <algorithm>
#include <array>

namespace app {

std::span<const ToolInfo> all_tools() {
    // In the order of the tool rail.
    static const std::array k_tools{
        select_tool,  box_tool,       polygon_tool,        polyline_tool,     points_tool, brush_tool,
        eraser_tool,  area_tool,      mask_rectangle_tool, mask_ellipse_tool, bucket_tool, wand_tool,
        segment_tool, move_part_tool, scissors_tool,       cut_out_tool,      measure_tool};
    return k_tools;
}

const ToolInfo* find_tool(std::string_view id) {
    const auto tools = all_tools();
    const auto found = std::ranges::find(tools, id, &ToolInfo::id);
    return found != tools.end() ? &*found : nullptr;
}

}  // namespace app
