#pragma once
// Which tiles of a mask a view shows, and which rectangles of the screen they come to. No GL: any thread.

#include <cstdint>
#include <optional>
#include <vector>

#include "masks/pyramid.h"
#include "render/framebuffer.h"
#include "render/view.h"

namespace render {

enum class MaskFill : std::uint8_t { filled, outlines, filled_with_outlines };

// One value drawn unlike the others. The phase is the caller's, who has the clock: -1 leaves the value out, 0
// is as ever, 1 is brightest; a blink is 0 and -1 by turns, a pulse anything between.
struct MaskHighlight {
    masks::Value value = 0;
    float phase = 0;
};

struct MaskStyle {
    // 0xRRGGBBAA by value, at most 65536. Alpha 0, and what lies beyond its end, is hidden.
    std::vector<std::uint32_t> palette;
    float opacity = 0.5f;          // of fills, times the palette's alpha
    float outline_opacity = 1.0f;  // of lines, likewise
    MaskFill fill = MaskFill::filled;
    std::uint32_t outline_width_px =
        1;  // along a pixel's edge, inside the class; at most a pixel of the mask
    bool hatch_unlabelled = false;
    std::uint32_t hatch_spacing_px = 8;
    std::optional<MaskHighlight> highlight;

    [[nodiscard]] bool has_outlines() const { return fill != MaskFill::filled && outline_width_px > 0; }
    [[nodiscard]] bool hides(masks::Value value) const {
        return value >= palette.size() || (palette[value] & 0xFF) == 0;
    }
};

struct MaskPlan {
    int level = 0;
    masks::PixelRect pixels;         // of the framebuffer, that the mask lies under; empty: nothing to draw
    masks::PixelRect texels;         // of the level, that they show
    masks::TileRect tiles;           // of the level, that those lie in
    std::vector<masks::Slot> slots;  // of the tiles, row by row
    std::vector<std::int32_t> x_edges_px, y_edges_px;  // where the tiles' edges lie within `pixels`
};

// Of the framebuffer, half-open: tiles of one value, or one tile whose samples are looked up.
struct MaskQuad {
    std::int32_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    bool sampled = false;
    masks::Value value = 0;  // unless sampled
    masks::TileIndex tile;   // when sampled
    bool operator==(const MaskQuad&) const = default;
};

// The coarsest level whose pixels are not larger than the screen's; a pixel of level n is 2^n of the
// medium's.
[[nodiscard]] int mask_level_for_scale(const masks::Pyramid& pyramid, double scale);
// `only` as in RasterPassOptions. Coarser than that where more than `most_tiles` were in sight.
[[nodiscard]] MaskPlan plan_mask(const masks::Pyramid& pyramid, const View& view, Size target,
                                 const base::Rect& only, std::size_t most_tiles);
// Without overlap; tiles beside each other that show one value are one. What shows nothing is left out. A
// tile of one value is looked up where an outline lies in it.
[[nodiscard]] std::vector<MaskQuad> mask_quads(const masks::Plane& plane, const MaskPlan& plan,
                                               const MaskStyle& style);

}  // namespace render
