#pragma once
// The scribble classifier: learns from what is painted in sight and suggests the rest of it.

#include "app/tool.h"
#include "assist/pixel_forest.h"
#include "labels/mask_layer.h"

namespace app {

struct MaskSuggestion {
    labels::MaskLayerId layer;
    assist::PixelWindow window;          // where its samples lie; they themselves are let go of
    std::vector<std::uint16_t> painted;  // of each sample: what was learned from
    assist::PixelClasses classes;
    assist::ForestReport report;  // on strokes that were held out
    masks::Plane values;          // of the samples: what is suggested with the confidence asked for
    double left_open = 0;         // the share of samples nobody had painted that it leaves out
};

// Learns from the labelled pixels of the area and predicts all of it. Errors: as assist::train_pixel_forest;
// what the reader says; cancelled.
[[nodiscard]] base::Result<MaskSuggestion> make_suggestion(const ToolContext::ReadSamples& read,
                                                           const masks::Plane& mask,
                                                           const masks::PixelRect& area,
                                                           double least_confidence, base::Job& job);
// Of the samples that nobody had painted.
void set_least_confidence(MaskSuggestion& suggestion, double least_confidence);

}  // namespace app
