#include "app/zoom.h"

#include <algorithm>

#include "app/workbench.h"

namespace app {

void zoom_to_fit(Workbench& bench) {
    if (bench.asset()) bench.asset_view().fitted = true;
}

// While fitted, the canvas writes the centre and scale it drew into the view, so both are valid here.
void zoom_to(Workbench& bench, double scale) {
    if (!bench.asset()) return;
    AssetView& view = bench.asset_view();
    view.fitted = false;
    view.scale = std::clamp(scale, 1e-4, 256.0);
}

void zoom_by(Workbench& bench, double factor) {
    if (bench.asset()) zoom_to(bench, bench.asset_view().scale * factor);
}

}  // namespace app
