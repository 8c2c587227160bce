#pragma once
// The inspection grid over the raster: what is looked at now, and what was.

#include <cstdint>
#include <optional>

#include "labels/inspection_grid.h"
#include "render/overlay.h"
#include "render/view.h"

namespace app {

// The outline of the current cell; where cells are large enough on screen, also the lines between them and
// their marks. `px` is framebuffer pixels per logical pixel. What it costs follows the cells in sight that
// can be told apart, not the grid.
void add_grid(const labels::InspectionGrid& grid, std::optional<std::int64_t> current,
              const render::View& view, float px, render::OverlayBatch& batch);

}  // namespace app
