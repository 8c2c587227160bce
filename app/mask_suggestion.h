#pragma once
// The scribble classifier: learns from what is painted in sight and suggests the rest of it.

#include "app/tool.h"
#include "assist/pixel_forest.h"
#include "labels/mask_layer.h"

namespace app {

struct MaskSuggestion {
    labels::MaskLayerId layer;
    assist::PixelWindow window;
    assist::PixelClasses classes;  // of its samples
    assist::ForestReport report;   // on strokes that were held out
    masks::Plane values;           // of the medium: what is suggested with at least the confidence asked for
    double least_confidence = 0;
};

// Learns from the labelled pixels of the area and predicts all of it. Errors: as assist::train_pixel_forest;
// what the reader says; cancelled.
[[nodiscard]] base::Result<MaskSuggestion> make_suggestion(const ToolContext::ReadSamples& read,
                                                           const masks::Plane& mask,
                                                           const masks::PixelRect& area,
                                                           double least_confidence, base::Job& job);
// Of the pixels that nobody has labelled.
void set_least_confidence(MaskSuggestion& suggestion, const masks::Plane& mask, double least_confidence);

}  // namespace app
