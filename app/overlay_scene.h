#pragma once
// Labels of one frame, and what the tool draws, as GPU primitives and name tags. What the window and `limn
// render` share.

#include <span>
#include <string>
#include <vector>

#include "app/overlay.h"
#include "labels/document.h"
#include "render/overlay.h"
#include "render/view.h"

namespace app {

struct NameTag {     // text is drawn by whoever has fonts
    base::Point at;  // framebuffer pixels, bottom-left corner of the tag
    std::string text;
    std::uint32_t color_rgb = 0;
    bool selected = false;
    bool quiet = false;  // interpolated: lighter
};

struct SceneStyle {
    double px = 1;                // framebuffer pixels per logical pixel
    std::size_t most_tags = 200;  // beyond that names would only cover the picture
    double smallest_tag_px = 14;  // logical; smaller shapes get none
};

struct SceneInput {
    const labels::State& state;
    std::span<const labels::Track* const> tracks;  // of the frame, back to front
    std::span<const labels::TrackId> selection;
    std::int64_t frame = 0;
    const render::View& view;
    SceneStyle style;
};

// Shapes smaller than 3 px on screen become dots. Solid lines for what was set on this frame, lighter for
// interpolated, dashed for occluded; the selection is filled and, if `handles`, has its eight handles.
void add_labels(const SceneInput& in, render::OverlayBatch& batch, std::vector<NameTag>& tags,
                bool handles = true);
void add_tool_overlay(const Overlay& overlay, const render::View& view, double px,
                      render::OverlayBatch& batch);

}  // namespace app
