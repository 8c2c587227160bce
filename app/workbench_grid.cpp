// The inspection grid of the raster on screen: making it, going from tile to tile, marking.

#include <algorithm>
#include <cmath>

#include "app/workbench.h"
#include "labels/interpolate.h"
#include "labels/json.h"

namespace app {

using labels::GridLayout;
using labels::InspectionGrid;
using labels::Mark;

namespace {

// "row 4, column 17", counted from 1.
std::string place_of(const GridLayout& layout, std::int64_t cell) {
    return fmt::format("row {}, column {}", cell / layout.columns() + 1, cell % layout.columns() + 1);
}

base::Rect whole_pixels(const base::Rect& rect, base::Point size) {
    return {std::clamp(std::floor(rect.x0), 0.0, size.x), std::clamp(std::floor(rect.y0), 0.0, size.y),
            std::clamp(std::ceil(rect.x1), 0.0, size.x), std::clamp(std::ceil(rect.y1), 0.0, size.y)};
}

// The next cell with that mark after the `from`-th of the walk, going round; `from` itself comes last.
std::optional<std::int64_t> next_marked(const InspectionGrid& grid, Mark mark, std::int64_t from) {
    const std::int64_t count = std::ssize(grid.marks);
    for (std::int64_t i = 1; i <= count; ++i) {
        const std::int64_t cell = grid.layout.there_and_back((from + i) % count);
        if (grid.marks[static_cast<std::size_t>(cell)] == mark) return cell;
    }
    return std::nullopt;
}

}  // namespace

const InspectionGrid* Workbench::grid() const {
    return m_raster && m_project ? document()->state().grid_of(m_view.asset) : nullptr;
}

labels::MarkCounts Workbench::grid_counts() const {
    const InspectionGrid* shown = grid();
    if (shown == nullptr) return {};
    if (m_counted.asset != m_view.asset || m_counted.revision != document()->revision() ||
        m_counted.of != m_project.get())
        m_counted = {m_project.get(), m_view.asset, document()->revision(), shown->counts()};
    return m_counted.counts;
}

std::optional<std::int64_t> Workbench::current_cell() const {
    const InspectionGrid* shown = grid();
    const auto view = m_view.assets.find(m_view.asset);
    if (shown == nullptr || view == m_view.assets.end()) return std::nullopt;
    const std::int64_t cell = view->second.grid_cell;
    return cell >= 0 && cell < std::ssize(shown->marks) ? std::optional(cell) : std::nullopt;
}

base::Result<GridLayout> Workbench::grid_layout(GridArea area, int tile_px, int overlap_px) const {
    const auto size = shown_size_px();
    if (!m_raster || !size)
        return base::fail(base::ErrorKind::refused, "Only a raster has an inspection grid");
    base::Rect rect{0, 0, size->x, size->y};
    if (area == GridArea::view) rect = whole_pixels(m_raster->sight().plan.seen, *size);
    if (area == GridArea::selection) {
        const auto shape =
            selected() != nullptr ? labels::shape_at(*selected(), shown_frame()) : std::nullopt;
        if (!shape) return base::fail(base::ErrorKind::refused, "Select an object first");
        rect = whole_pixels(labels::bounds(shape->geometry), *size);
    }
    return labels::checked({rect, tile_px, overlap_px});
}

void Workbench::make_grid(const GridLayout& layout) {
    const InspectionGrid* old = grid();
    const bool same_cells = old != nullptr && layout.has_cells_of(old->layout);
    const InspectionGrid made = labels::make_grid(m_view.asset, layout, old);
    if (!edit(fmt::format("Inspection grid of {} tiles", made.marks.size()),
              [&](labels::Transaction& transaction) { transaction.put_grid(made); }))
        return;
    if (!same_cells) asset_view().grid_cell = -1;
    if (!same_cells) go_to_marked(Mark::todo);
}

void Workbench::remove_grid() {
    if (grid() == nullptr) return;
    cutting_grid = false;
    if (edit("Remove the inspection grid",
             [&](labels::Transaction& transaction) { transaction.erase_grid(m_view.asset); }))
        toast(ToastKind::info, "The inspection grid is removed; undo brings it back with its marks");
}

void Workbench::go_to_cell(std::int64_t cell) {
    const InspectionGrid* shown = grid();
    if (shown == nullptr || cell < 0 || cell >= std::ssize(shown->marks)) return;
    const GridLayout& layout = shown->layout;
    asset_view().grid_cell = cell;
    // Always as much as a whole tile, so that the smaller ones at the far edges are not seen enlarged.
    const base::Point centre = layout.cell(cell).centre();
    const double side = layout.tile_px + 2.0 * layout.overlap_px;
    const double w = std::min(side, layout.area.width() + 2.0 * layout.overlap_px) / 2;
    const double h = std::min(side, layout.area.height() + 2.0 * layout.overlap_px) / 2;
    asset_view().show = {centre.x - w, centre.y - h, centre.x + w, centre.y + h};
}

void Workbench::step_cell(int direction) {
    const InspectionGrid* shown = grid();
    if (shown == nullptr) return;
    const auto cell = current_cell();
    if (!cell) return go_to_cell(0);
    const std::int64_t place = shown->layout.there_and_back(*cell) + direction;
    if (place >= 0 && place < std::ssize(shown->marks)) go_to_cell(shown->layout.there_and_back(place));
}

void Workbench::go_to_marked(Mark mark) {
    const InspectionGrid* shown = grid();
    if (shown == nullptr) return;
    const auto cell = current_cell();
    const std::int64_t from = cell ? shown->layout.there_and_back(*cell) : std::ssize(shown->marks) - 1;
    if (const auto next = next_marked(*shown, mark, from)) return go_to_cell(*next);
    if (mark == Mark::doubtful) return toast(ToastKind::info, "No tile is doubtful");
    const std::int64_t doubtful = grid_counts().doubtful;
    toast(ToastKind::good, doubtful == 0 ? "Every tile is done"
                           : doubtful == 1
                               ? "Every tile is looked at; one is doubtful"
                               : fmt::format("Every tile is looked at; {} are doubtful", doubtful));
}

// Nobody marks what they do not see: the first key then only leads back to it.
bool Workbench::cell_is_in_sight(std::int64_t cell) const {
    const AssetView& view = m_view.assets.at(m_view.asset);
    const base::Rect seen = m_raster->sight().plan.seen;
    return view.show || seen.empty() || seen.overlaps(grid()->layout.cell(cell));
}

void Workbench::mark_cell(Mark mark) {
    const InspectionGrid* shown = grid();
    if (shown == nullptr) return;
    const auto cell = current_cell();
    if (!cell) return go_to_marked(Mark::todo);
    if (!cell_is_in_sight(*cell)) {
        toast(ToastKind::info, "The tile was out of sight; press again to mark it");
        return go_to_cell(*cell);
    }
    const std::string name =
        fmt::format("Mark {}, {}", labels::name_of(mark), place_of(shown->layout, *cell));
    edit(name, [&](labels::Transaction& transaction) { transaction.put_mark(m_view.asset, *cell, mark); });
    const InspectionGrid* after = grid();
    const bool is_marked = after != nullptr && after->marks[static_cast<std::size_t>(*cell)] == mark;
    if (is_marked && mark != Mark::todo) go_to_marked(Mark::todo);
}

void Workbench::follow_marks(const labels::Edit* edit) {
    if (edit == nullptr || grid() == nullptr) return;
    const auto changed = edit->grids.find(m_view.asset);
    if (changed != edit->grids.end() && changed->second.marks.size() == 1)
        go_to_cell(changed->second.marks.begin()->first);
}

}  // namespace app
