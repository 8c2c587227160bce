#include "render/mask_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

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

masks::TileRect tiles_under(const masks::PixelRect& texels) {
    const auto tile_of = [](std::int64_t texel) {
        return static_cast<std::int32_t>(texel / masks::k_tile_px);
    };
    const std::int32_t x = tile_of(texels.x0), y = tile_of(texels.y0);
    return {x, y, tile_of(texels.x1 - 1) + 1 - x, tile_of(texels.y1 - 1) + 1 - y};
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
        if (m_style.has_outlines() && !is_within_its_value(column, row)) return Kind::sampled;
        return m_style.fill == MaskFill::outlines && !hatched ? Kind::nothing : Kind::one_value;
    }

private:
    // Whether every texel round a tile of one value is of that value.
    [[nodiscard]] bool is_within_its_value(int column, int row) const {
        const masks::Slot& here = slot(column, row);
        const masks::TileIndex tile{m_plan.tiles.x + column, m_plan.tiles.y + row};
        const masks::PixelRect in = m_plane.pixels_of(tile);
        const auto differs = [&](const masks::PixelRect& side) {
            std::array<masks::Value, masks::k_tile_px + 2> values{};
            const std::span read{values.data(), static_cast<std::size_t>(side.width() * side.height())};
            m_plane.read(side, read);
            return std::ranges::any_of(read, [&](masks::Value value) { return value != here.value; });
        };
        bool is_among_alike =
            in.x0 > 0 && in.y0 > 0 && in.x1 < m_plane.width_px() && in.y1 < m_plane.height_px();
        for (int i = 0; i < 9 && is_among_alike; ++i)
            is_among_alike = m_plane.slot({tile.x + i % 3 - 1, tile.y + i / 3 - 1}) == here;
        return is_among_alike ||
               (!differs({in.x0 - 1, in.y0 - 1, in.x1 + 1, in.y0}) &&
                !differs({in.x0 - 1, in.y1, in.x1 + 1, in.y1 + 1}) &&
                !differs({in.x0 - 1, in.y0, in.x0, in.y1}) && !differs({in.x1, in.y0, in.x1 + 1, in.y1}));
    }

    const masks::Plane& m_plane;
    const MaskPlan& m_plan;
    const MaskStyle& m_style;
};

bool are_alike(const MaskQuad& a, const MaskQuad& b) {
    return !a.sampled && !b.sampled && a.value == b.value;
}

void add_row(const Tiles& tiles, const MaskPlan& plan, int row, std::vector<MaskQuad>& quads) {
    const std::size_t first = quads.size();
    const auto r = static_cast<std::size_t>(row);
    for (int column = 0; column < plan.tiles.columns; ++column) {
        const auto c = static_cast<std::size_t>(column);
        MaskQuad here{plan.x_edges_px[c], plan.y_edges_px[r], plan.x_edges_px[c + 1], plan.y_edges_px[r + 1]};
        const Kind kind = here.x0 == here.x1 || here.y0 == here.y1 ? Kind::nothing : tiles.kind(column, row);
        if (kind == Kind::nothing) continue;
        here.sampled = kind == Kind::sampled;
        if (here.sampled)
            here.tile = {plan.tiles.x + column, plan.tiles.y + row};
        else
            here.value = tiles.slot(column, row).value;
        if (quads.size() > first && quads.back().x1 == here.x0 && are_alike(quads.back(), here))
            quads.back().x1 = here.x1;
        else
            quads.push_back(here);
    }
}

// What is as the one above it takes that one in, which is left without width.
void join_rows(std::vector<MaskQuad>& quads, std::size_t first_above, std::size_t first_here) {
    for (std::size_t i = first_here; i < quads.size(); ++i) {
        MaskQuad& here = quads[i];
        for (std::size_t j = first_above; j < first_here; ++j) {
            MaskQuad& above = quads[j];
            if (above.x0 != here.x0 || above.x1 != here.x1 || above.y1 != here.y0) continue;
            if (!are_alike(above, here)) continue;
            here.y0 = above.y0;
            above.x1 = above.x0;
        }
    }
}

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
        plan.tiles = tiles_under(plan.texels);
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
    std::size_t first_above = 0;
    for (int row = 0; row < plan.tiles.rows; ++row) {
        const std::size_t first_here = quads.size();
        add_row(tiles, plan, row, quads);
        join_rows(quads, first_above, first_here);
        first_above = first_here;
    }
    std::erase_if(quads, [](const MaskQuad& quad) { return quad.x1 == quad.x0; });
    return quads;
}

}  // namespace render
