#pragma once
// How masks are painted and shown. Kept with the view, never in the project.

#include <string>
#include <vector>

#include "labels/mask_layer.h"
#include "masks/region.h"

namespace app {

struct MaskBrush {
    double size_px = 40;       // across; on screen, or of the medium
    bool follows_zoom = true;  // on screen
    masks::Nib nib = masks::Nib::round;
    bool only_unlabelled = false;
    std::vector<labels::ClassId> protected_classes;  // never painted over
    std::string only_where;                          // an expression over the bands; empty: everywhere
    double tolerance = 0.08;          // of the wand: of the range that the picture is stretched by
    bool contiguous = true;           // wand and bucket: only what hangs together with the pixel
    double outline_tolerance_px = 0;  // of polygons made of masks; 0: exact
    std::string operation = "grow";   // of the panel
    std::int64_t operation_n = 2;
    bool operation_on_all = false;
    masks::Value instance = 0;  // of a mask of objects: which one is painted; 0: a new one

    [[nodiscard]] double radius_in_media(double media_per_px) const {
        return size_px / 2 * (follows_zoom ? media_per_px : 1);
    }
};

enum class MaskFill : std::uint8_t { filled, outlined, both };

struct MaskShow {
    bool visible = true;
    double opacity = 0.55;
    double least_confidence = 0.6;  // of what is suggested
    MaskFill fill = MaskFill::both;
    bool hatch_unlabelled = false;
    bool preview_where = true;  // shows where the brush's expression holds
    bool blink = false;         // the active class
    std::vector<labels::ClassId> hidden_classes;
    std::vector<labels::MaskLayerId> hidden_layers;
};

}  // namespace app
