#pragma once
// Every tool, declared; tools.cpp lists them in the order of the tool rail.

#include "app/tool.h"

namespace app {

extern const ToolInfo select_tool, box_tool, polygon_tool, polyline_tool, points_tool, measure_tool,
    brush_tool, eraser_tool, area_tool, mask_rectangle_tool, mask_ellipse_tool, wand_tool, bucket_tool,
    segment_tool, move_part_tool, scissors_tool, cut_out_tool;

}  // namespace app
