#pragma once
// Zoom by keys and buttons: changes the shown asset's view and keeps its centre. The canvas clamps what it
// draws.

namespace app {

class Workbench;

constexpr double k_zoom_step = 1.25;  // three steps a doubling, about

void zoom_to_fit(Workbench& bench);
void zoom_to(Workbench& bench, double scale);  // framebuffer pixels per media pixel
void zoom_by(Workbench& bench, double factor);

}  // namespace app
