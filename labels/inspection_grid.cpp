#include "labels/inspection_grid.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace labels {

namespace {

constexpr std::string_view k_signs = "-+?";  // by the value of the mark

// ceil of a whole number over a whole number
std::int64_t steps(double length, int step) { return (static_cast<std::int64_t>(length) + step - 1) / step; }

}  // namespace

std::int64_t GridLayout::columns() const { return steps(area.width(), tile_px); }
std::int64_t GridLayout::rows() const { return steps(area.height(), tile_px); }

base::Rect GridLayout::cell(std::int64_t index) const {
    const double x0 = area.x0 + static_cast<double>(index % columns() * tile_px);
    const double y0 = area.y0 + static_cast<double>(index / columns() * tile_px);
    return {x0, y0, std::min(x0 + tile_px, area.x1), std::min(y0 + tile_px, area.y1)};
}

base::Rect GridLayout::reach(std::int64_t index) const { return cell(index).grown(overlap_px); }

std::optional<std::int64_t> GridLayout::cell_at(base::Point at) const {
    if (!area.contains(at)) return std::nullopt;
    const auto column = static_cast<std::int64_t>((at.x - area.x0) / tile_px);
    const auto row = static_cast<std::int64_t>((at.y - area.y0) / tile_px);
    return row * columns() + column;
}

std::int64_t GridLayout::there_and_back(std::int64_t place) const {
    const std::int64_t columns = this->columns(), row = place / columns, column = place % columns;
    return row % 2 == 0 ? place : row * columns + columns - 1 - column;
}

base::Result<GridLayout> checked(const GridLayout& layout) {
    using base::ErrorKind;
    if (layout.area.empty()) return base::fail(ErrorKind::refused, "The area of a grid must not be empty");
    if (layout.tile_px < 1) return base::fail(ErrorKind::refused, "A tile must be at least one pixel wide");
    if (layout.overlap_px < 0 || layout.overlap_px > layout.tile_px)
        return base::fail(ErrorKind::refused, "The overlap must be between 0 and the tile's {} px",
                          layout.tile_px);
    if (!is_sound(layout))
        return base::fail(ErrorKind::refused, "That makes {:.0f} tiles, more than {}; choose larger ones",
                          std::ceil(layout.area.width() / layout.tile_px) *
                              std::ceil(layout.area.height() / layout.tile_px),
                          k_most_cells);
    return layout;
}

bool is_sound(const GridLayout& layout) {
    constexpr double k_far = 2147483648.0;
    const auto is_whole = [](double v) { return v >= -k_far && v <= k_far && v == std::floor(v); };
    const base::Rect& area = layout.area;
    return is_whole(area.x0) && is_whole(area.y0) && is_whole(area.x1) && is_whole(area.y1) &&
           !area.empty() && layout.tile_px >= 1 && layout.overlap_px >= 0 &&
           layout.overlap_px <= layout.tile_px && layout.columns() <= k_most_cells &&
           layout.rows() <= k_most_cells && layout.cells() <= k_most_cells;
}

MarkCounts InspectionGrid::counts() const {
    MarkCounts counts;
    counts.done = std::ranges::count(marks, Mark::done);
    counts.doubtful = std::ranges::count(marks, Mark::doubtful);
    counts.todo = std::ssize(marks) - counts.done - counts.doubtful;
    return counts;
}

InspectionGrid make_grid(AssetId asset, const GridLayout& layout, const InspectionGrid* old) {
    if (old != nullptr && layout.has_cells_of(old->layout)) return {asset, layout, old->marks};
    return {asset, layout, std::vector<Mark>(static_cast<std::size_t>(layout.cells()), Mark::todo)};
}

bool is_sound(const InspectionGrid& grid) {
    return is_sound(grid.layout) && std::ssize(grid.marks) == grid.layout.cells() &&
           std::ranges::all_of(grid.marks, [](Mark mark) { return mark <= Mark::doubtful; });
}

std::string marks_to_text(std::span<const Mark> marks) {
    std::string text;
    for (auto run = marks.begin(); run != marks.end();) {
        const auto end = std::find_if(run, marks.end(), [&](Mark mark) { return mark != *run; });
        text += fmt::format_int(end - run).c_str();
        text += k_signs[static_cast<std::size_t>(*run)];
        run = end;
    }
    return text;
}

std::optional<std::vector<Mark>> marks_from_text(std::string_view text, std::int64_t count) {
    if (count < 0 || count > k_most_cells) return std::nullopt;
    std::vector<Mark> marks;
    marks.reserve(static_cast<std::size_t>(count));
    while (!text.empty()) {
        std::int64_t run = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), run);
        if (error != std::errc{} || end == text.data() + text.size()) return std::nullopt;
        const std::size_t sign = k_signs.find(*end);
        if (sign == std::string_view::npos || run < 1 || run > count - std::ssize(marks)) return std::nullopt;
        marks.insert(marks.end(), static_cast<std::size_t>(run), static_cast<Mark>(sign));
        text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    }
    return std::ssize(marks) == count ? std::optional(std::move(marks)) : std::nullopt;
}

}  // namespace labels
