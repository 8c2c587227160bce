#pragma once
// What lies over a raster to say where one is: the overview with the part in sight, the scale bar, the north
// arrow.

#include "app/raster_display.h"
#include "app/ui/ui.h"
#include "render/overlay.h"
#include "render/view.h"

namespace app {

// Where the overview map lies on the screen, and its own camera. Nothing while most of the raster is in sight
// anyway, and where the window is small.
[[nodiscard]] std::optional<render::View> overview_of(const RasterDisplay& raster, const render::View& view,
                                                      float px);
// Ground under the overview; then, over its picture, the part in sight.
void add_overview_ground(const render::View& overview, float px, render::OverlayBatch& batch);
void add_overview_sight(const render::View& overview, const render::View& view, float px,
                        render::OverlayBatch& batch);

// A round length that fits, and where north is. Inside an ImGui frame, into the list behind the panels.
void draw_map_scale(Ui& u, const RasterDisplay& raster, const render::View& view);

// Metres of one level-0 pixel in the middle of the view; nothing where that is unknown.
[[nodiscard]] std::optional<double> metres_per_px(const RasterDisplay& raster, base::Point in_media);

}  // namespace app
