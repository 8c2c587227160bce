#pragma once
// How masks look: the colours of their classes, and what the person has switched on. What the window and
// `limn render` share.

#include <memory>

#include "app/mask_brush.h"
#include "labels/mask_layer.h"
#include "media/raster_style.h"
#include "render/mask_plan.h"

namespace app {

class Workbench;

// `px`: framebuffer pixels a logical pixel. Objects of a class differ a little in brightness.
[[nodiscard]] render::MaskStyle mask_style(const labels::MaskLayerInfo& info,
                                           const labels::Ontology& ontology, const MaskShow& show, float px);
// With what blinks at the moment.
[[nodiscard]] render::MaskStyle mask_style(const labels::MaskLayer& layer, const labels::Ontology& ontology,
                                           const Workbench& bench, float px);
// Of what is painted and not in the mask yet.
[[nodiscard]] render::MaskStyle preview_style(const Workbench& bench);
// Of what the classifier suggests: lighter than what a person painted.
[[nodiscard]] render::MaskStyle suggestion_style(const labels::MaskLayer& layer,
                                                 const labels::Ontology& ontology, const Workbench& bench,
                                                 float px);
// Thin borders between pieces, nothing inside.
[[nodiscard]] render::MaskStyle pieces_style(float px);
// One colour where an expression over the raster's bands holds, nothing elsewhere; null where it is wrong.
[[nodiscard]] std::shared_ptr<const media::RasterShading> expression_shading(const media::RasterInfo& info,
                                                                             const std::string& expression);

}  // namespace app
