#pragma once
// The layers of the shown raster, in the left panel, and what is set of the one that is chosen, in the right
// one.

#include "app/panels/properties.h"

namespace app {

[[nodiscard]] int layer_rows(const Workbench& bench);  // 0: no raster is shown
void draw_layer_list(Ui& u, Area head, Area area);
void draw_layer_fields(Properties& p);

}  // namespace app
