#include "render/mask_plan.h"

#include <algorithm>
#include <cmath>

#include "render/raster_levels.h"

namespace render {
namespace {

double pixels_of_level(int level) { return std::ldexp(1.0, level); }  // a side, of level 0

// Rounded as begin_pass() does, so that the mask ends where a raster under it does.
std::int64_t pixel_edge(double edge, double low, double high) {
    return static_cast<std::int64_t>(std::clamp(std::round(edge), low, std::max(low, high)));
}

std::int64_t texel_under(double in_media, double scale, std::int64_t size) {
    return std::clamp(static_cast<std::int64_t>(std::floor(in_media / scale)), std::int64_t{0}, size - 1);
}

masks::PixelRect texels_under(const masks::Plane& plane, const View& view, const masks::PixelRect& pixels,
                              double scale) {
    const base::Point low =
        view.media_from_screen(base::Point{double(pixels.x0) + 0.5, double(pixels.y0) + 0.5});
    const base::Point high =
        view.media_from_screen(base::Point{double(pixels.x1) - 0.5, double(pixels.y1) - 0.5});
    return {texel_under(low.x, scale, plane.width_px()), texel_under(low.y, scale, plane.height_px()),
            texel_under(high.x, scale, plane.width_px()) + 1,
            texel_under(high.y, scale, plane.height_px()) + 1};
}

// One texel more on each side: outlines look at it, and the shader's 32-bit floats may stray to it.
masks::TileRect tiles_round(const masks::PixelRect& texels) {
    const auto tile_of = [](std::int64_t texel) {  // -1 / 256 is 0
        return static_cast<std::int32_t>((texel + masks::k_tile_px) / masks::k_tile_px - 1);
    };
    const std::int32_t x = tile_of(texels.x0 - 1), y = tile_of(texels.y0 - 1);
    return {x, y, tile_of(texels.x1) + 1 - x, tile_of(texels.y1) + 1 - y};
}

// What a tile is drawn by.
enum class Kind : std::uint8_t { nothing, one_value, sampled };

class Tiles {
public:
    Tiles(const masks::Plane& plane, const MaskPlan& plan, const MaskStyle& style)
        : m_plane{plane}, m_plan{plan}, m_style{style} {}

    [[nodiscard]] const masks::Slot& slot(int column, int row) const {
        return m_plan.slots[static_cast<std::size_t>(row) * m_plan.tiles.columns + column];
    }
    [[nodiscard]] Kind kind(int column, int row) const {
        const masks::Slot& here = slot(column, row);
        if (!here.uniform()) return Kind::sampled;
        const bool hatched = m_style.hatch_unlabelled && here.value == 0;
        if (m_style.hides(here.value)) return hatched ? Kind::one_value : Kind::nothing;
        if (m_style.has_outlines() && !is_inside_of_one(column, row)) return Kind::sampled;
        return m_style.fill == MaskFill::outlines && !hatched ? Kind::nothing : Kind::one_value;
    }

private:
    // Whether all that lies round a tile is of its value; of what is out of sight that need not be known.
    [[nodiscard]] bool is_inside_of_one(int column, int row) const {
        const masks::Slot& here = slot(column, row);
        const masks::TileIndex tile{m_plan.tiles.x + column, m_plan.tiles.y + row};
        const bool at_edge =
            tile.x <= 0 || tile.y <= 0 || tile.x >= m_plane.columns() - 1 || tile.y >= m_plane.rows() - 1;
        if (at_edge && here.value != 0) return false;
        for (int y = std::max(row - 1, 0); y <= std::min(row + 1, m_plan.tiles.rows - 1); ++y)
            for (int x = std::max(column - 1, 0); x <= std::min(column + 1, m_plan.tiles.columns - 1); ++x)
                if (slot(x, y) != here) return false;
        return true;
    }

    const masks::Plane& m_plane;
    const MaskPlan& m_plan;
    const MaskStyle& m_style;
};

}  // namespace

int mask_level_for_scale(const masks::Pyramid& pyramid, double scale) {
    constexpr double k_rounding = 1e-9;
    int level = 0;
    for (int i = 1; i < static_cast<int>(pyramid.levels().size()); ++i)
        if (pixels_of_level(i) * scale <= 1 + k_rounding) level = i;
    return level;
}

MaskPlan plan_mask(const masks::Pyramid& pyramid, const View& view, Size target, const base::Rect& only,
                   std::size_t most_tiles) {
    MaskPlan plan;
    if (pyramid.levels().empty()) return plan;
    const masks::Plane& mask = pyramid.levels().front();
    const base::Rect medium{0, 0, double(mask.width_px()), double(mask.height_px())};
    const base::Rect allowed = only.empty() ? view.screen : both(view.screen, only);
    const base::Rect clip = both(view.screen_from_media(medium), allowed);
    plan.pixels = {pixel_edge(clip.x0, 0, target.width), pixel_edge(clip.y0, 0, target.height),
                   pixel_edge(clip.x1, 0, target.width), pixel_edge(clip.y1, 0, target.height)};
    if (plan.pixels.empty()) return plan;

    const int last = static_cast<int>(pyramid.levels().size()) - 1;
    for (plan.level = mask_level_for_scale(pyramid, view.scale);; ++plan.level) {
        const masks::Plane& plane = pyramid.levels()[static_cast<std::size_t>(plan.level)];
        plan.texels = texels_under(plane, view, plan.pixels, pixels_of_level(plan.level));
        plan.tiles = tiles_round(plan.texels);
        const auto count = static_cast<std::size_t>(plan.tiles.columns) * plan.tiles.rows;
        if (count <= most_tiles || plan.level == last) break;
    }
    const masks::Plane& plane = pyramid.levels()[static_cast<std::size_t>(plan.level)];
    for (int row = 0; row < plan.tiles.rows; ++row)
        for (int column = 0; column < plan.tiles.columns; ++column)
            plan.slots.push_back(plane.slot({plan.tiles.x + column, plan.tiles.y + row}));

    const double tile_px = masks::k_tile_px * pixels_of_level(plan.level);
    for (int column = 0; column <= plan.tiles.columns; ++column) {
        const double x = view.screen_from_media(base::Point{(plan.tiles.x + column) * tile_px, 0}).x;
        plan.x_edges_px.push_back(
            static_cast<std::int32_t>(pixel_edge(x, double(plan.pixels.x0), double(plan.pixels.x1))));
    }
    for (int row = 0; row <= plan.tiles.rows; ++row) {
        const double y = view.screen_from_media(base::Point{0, (plan.tiles.y + row) * tile_px}).y;
        plan.y_edges_px.push_back(
            static_cast<std::int32_t>(pixel_edge(y, double(plan.pixels.y0), double(plan.pixels.y1))));
    }
    return plan;
}

std::vector<MaskQuad> mask_quads(const masks::Plane& plane, const MaskPlan& plan, const MaskStyle& style) {
    std::vector<MaskQuad> quads;
    if (plan.pixels.empty()) return quads;
    const Tiles tiles{plane, plan, style};
    std::size_t first_above = 0;  // of the quads that end in the row above
    for (int row = 0; row < plan.tiles.rows; ++row) {
        const std::size_t first_here = quads.size();
        const auto r = static_cast<std::size_t>(row);
        if (plan.y_edges_px[r] == plan.y_edges_px[r + 1]) continue;
        for (int column = 0; column < plan.tiles.columns; ++column) {
            const auto c = static_cast<std::size_t>(column);
            const Kind kind = tiles.kind(column, row);
            if (kind == Kind::nothing || plan.x_edges_px[c] == plan.x_edges_px[c + 1]) continue;
            const masks::Value value =
                kind == Kind::one_value ? tiles.slot(column, row).value : masks::Value{0};
            const MaskQuad here{plan.x_edges_px[c],     plan.y_edges_px[r],    plan.x_edges_px[c + 1],
                                plan.y_edges_px[r + 1], kind == Kind::sampled, value};
            const bool goes_on = quads.size() > first_here && quads.back().x1 == here.x0 &&
                                 quads.back().sampled == here.sampled && quads.back().value == value;
            if (goes_on)
                quads.back().x1 = here.x1;
            else
                quads.push_back(here);
        }
        // A run that is as the one above it makes that one taller.
        for (std::size_t i = first_here; i < quads.size(); ++i) {
            MaskQuad& here = quads[i];
            for (std::size_t above = first_above; above < first_here; ++above) {
                MaskQuad& other = quads[above];
                if (other.x0 != here.x0 || other.x1 != here.x1 || other.y1 != here.y0) continue;
                if (other.sampled != here.sampled || other.value != here.value) continue;
                here.y0 = other.y0;
                other.x1 = other.x0;
            }
        }
        first_above = first_here;
    }
    std::erase_if(quads, [](const MaskQuad& quad) { return quad.x1 == quad.x0; });
    return quads;
}

}  // namespace render
