#pragma once
// The masks of the shown medium in the panels: brush, what it keeps to, how masks look, the area of each
// class.

#include "app/panels/properties.h"

namespace app {

void draw_brush_fields(Properties& p);  // while a tool is chosen that paints
void draw_mask_fields(Properties& p);   // of the mask that is painted into
// Of a class in the mask that is painted into: "18 %", or nothing where there is no such mask.
[[nodiscard]] std::string class_share(const Workbench& bench, labels::ClassId class_id);
// "3 441 200 px", "4 182.6 ha".
[[nodiscard]] std::string mask_area_text(const Workbench& bench, std::int64_t pixels);

}  // namespace app
