#pragma once
// What the classifier takes for what, on strokes that were held out.

#include "app/panels/properties.h"
#include "assist/pixel_forest.h"
#include "labels/mask_layer.h"

namespace app {

// A row a true class, a column a predicted one, cells in per cent of the row; the diagonal is what was found.
// Beyond ten classes a line each, with what it is most taken for.
void draw_confusion_matrix(Properties& p, const labels::MaskLayer& layer, const assist::ForestReport& report);

}  // namespace app
