#include "app/grid_overlay.h"

#include <algorithm>
#include <cmath>

namespace app {

namespace {

constexpr double k_least_cell_px = 24;                   // smaller ones are left to the panel's map
constexpr double k_tinted_px = 90, k_untinted_px = 220;  // a tint must not colour what is being judged
constexpr std::uint32_t k_done = 0x3FB97F, k_doubtful = 0xE5A84B, k_current = 0x4C9EFF;

std::uint32_t rgb_of(labels::Mark mark) { return mark == labels::Mark::done ? k_done : k_doubtful; }

std::uint8_t tint_alpha(double cell_px) {
    const double share = std::clamp((k_untinted_px - cell_px) / (k_untinted_px - k_tinted_px), 0.0, 1.0);
    return static_cast<std::uint8_t>(std::lround(80 * share));
}

// Close up a corner says what a tint says from afar.
void add_mark(const base::Rect& cell, labels::Mark mark, double cell_px, const base::Rect& screen, float px,
              render::OverlayBatch& batch) {
    if (mark == labels::Mark::todo) return;
    if (const std::uint8_t alpha = tint_alpha(cell_px); alpha > 0)
        batch.add_rect_fill(cell, render::rgba(rgb_of(mark), alpha));
    if (cell_px < k_tinted_px) return;
    const double side = 9.0 * px, inset = std::max(1.0, std::floor(2.0 * px));
    const double x = std::round(std::max(cell.x0, screen.x0)) + inset;
    const double y = std::round(std::max(cell.y0, screen.y0)) + inset;
    const base::Rect badge{x, y, x + side, y + side};
    if (badge.x1 + inset > cell.x1 || badge.y1 + inset > cell.y1)
        return;  // hardly any of the cell is in sight
    batch.add_rect_fill(badge.grown(std::max(1.0, std::floor(1.0 * px))), 0x101216C0);
    batch.add_rect_fill(badge, render::rgba(rgb_of(mark)));
}

struct Cells {
    std::int64_t column0 = 0, column1 = 0, row0 = 0, row1 = 0;  // half-open
};

Cells in_sight(const labels::GridLayout& layout, const base::Rect& seen) {
    const auto place = [&](double at, double origin, std::int64_t most) {
        return std::clamp(static_cast<std::int64_t>(std::floor((at - origin) / layout.tile_px)),
                          std::int64_t{0}, most);
    };
    const std::int64_t columns = layout.columns(), rows = layout.rows();
    return {place(seen.x0, layout.area.x0, columns), place(seen.x1, layout.area.x0, columns - 1) + 1,
            place(seen.y0, layout.area.y0, rows), place(seen.y1, layout.area.y0, rows - 1) + 1};
}

void add_lines(const labels::GridLayout& layout, const Cells& cells, const render::View& view, float px,
               render::OverlayBatch& batch) {
    const render::LineStyle line{.color = 0xFFFFFF50, .thickness_px = std::max(1.0f, std::floor(px))};
    const base::Rect area = view.screen_from_media(layout.area);
    // On the middle of a pixel, so that a line is one row of them.
    const auto sharp = [&](double at) { return std::floor(at) + line.thickness_px / 2; };
    for (std::int64_t i = cells.column0; i <= cells.column1; ++i) {
        const double x = std::min(layout.area.x0 + static_cast<double>(i * layout.tile_px), layout.area.x1);
        const double on_screen = sharp(view.screen_from_media(base::Point{x, 0}).x);
        batch.add_line({on_screen, area.y0}, {on_screen, area.y1}, line);
    }
    for (std::int64_t i = cells.row0; i <= cells.row1; ++i) {
        const double y = std::min(layout.area.y0 + static_cast<double>(i * layout.tile_px), layout.area.y1);
        const double on_screen = sharp(view.screen_from_media(base::Point{0, y}).y);
        batch.add_line({area.x0, on_screen}, {area.x1, on_screen}, line);
    }
}

void add_current(const base::Rect& on_screen, float px, render::OverlayBatch& batch) {
    const float thickness = std::max(1.0f, std::round(2 * px));
    const base::Rect rect = render::sharp_outline(on_screen, thickness);
    batch.add_rect_outline(rect.grown(thickness), {.color = 0x10121690, .thickness_px = thickness});
    batch.add_rect_outline(rect, {.color = render::rgba(k_current), .thickness_px = thickness});
}

}  // namespace

void add_grid(const labels::InspectionGrid& grid, std::optional<std::int64_t> current,
              const render::View& view, float px, render::OverlayBatch& batch) {
    const labels::GridLayout& layout = grid.layout;
    const double cell_px = layout.tile_px * view.scale / px;
    const base::Rect seen = view.visible_media();
    if (cell_px >= k_least_cell_px && seen.overlaps(layout.area)) {
        const Cells cells = in_sight(layout, seen);
        for (std::int64_t row = cells.row0; row < cells.row1; ++row) {
            for (std::int64_t column = cells.column0; column < cells.column1; ++column) {
                const std::int64_t cell = row * layout.columns() + column;
                if (cell == current && cell_px >= k_tinted_px) continue;
                add_mark(view.screen_from_media(layout.cell(cell)),
                         grid.marks[static_cast<std::size_t>(cell)], cell_px, view.screen, px, batch);
            }
        }
        add_lines(layout, cells, view, px, batch);
    }
    if (current) add_current(view.screen_from_media(layout.cell(*current)), px, batch);
}

}  // namespace app
