#pragma once
// How far somebody has looked through a large raster: it is cut into cells, and each has a mark.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/geometry.h"
#include "base/result.h"
#include "labels/asset.h"

namespace labels {

enum class Mark : std::uint8_t { todo, done, doubtful };

constexpr std::int64_t k_most_cells = std::int64_t{1} << 22;  // 4 Mi, a byte each

// Where the cells lie. They are counted row by row from 0 and cover the area once; those of the last column
// and row may be smaller.
struct GridLayout {
    base::Rect area;     // whole pixels of level 0
    int tile_px = 512;   // from one cell to the next
    int overlap_px = 0;  // how far looking at a cell reaches into its neighbours, on every side
    bool operator==(const GridLayout&) const = default;
    [[nodiscard]] bool has_cells_of(const GridLayout& other) const {
        return area == other.area && tile_px == other.tile_px;
    }

    [[nodiscard]] std::int64_t columns() const;
    [[nodiscard]] std::int64_t rows() const;
    [[nodiscard]] std::int64_t cells() const { return columns() * rows(); }
    [[nodiscard]] base::Rect cell(std::int64_t index) const;   // without the overlap
    [[nodiscard]] base::Rect reach(std::int64_t index) const;  // with it; may reach out of the area
    [[nodiscard]] std::optional<std::int64_t> cell_at(base::Point at) const;
    // The cell looked at `place`-th by somebody who walks there and back, row by row; and the place of a cell
    // in that walk, since turning every other row round undoes itself.
    [[nodiscard]] std::int64_t there_and_back(std::int64_t place) const;
};

// Corners on whole pixels within ±2^31, 1 ≤ tile, 0 ≤ overlap ≤ tile, at most k_most_cells.
[[nodiscard]] bool is_sound(const GridLayout& layout);
// Errors: refused, with what to change.
[[nodiscard]] base::Result<GridLayout> checked(const GridLayout& layout);

struct MarkCounts {
    std::int64_t todo = 0, done = 0, doubtful = 0;
    bool operator==(const MarkCounts&) const = default;
};

struct InspectionGrid {
    AssetId asset;
    GridLayout layout;
    std::vector<Mark> marks;  // of every cell, row by row
    bool operator==(const InspectionGrid&) const = default;
    [[nodiscard]] MarkCounts counts() const;
};

// With every cell to do, or as in `old` where that has the same cells. The layout must be sound.
[[nodiscard]] InspectionGrid make_grid(AssetId asset, const GridLayout& layout,
                                       const InspectionGrid* old = nullptr);
// A sound layout, and a mark for every cell.
[[nodiscard]] bool is_sound(const InspectionGrid& grid);

// Runs as text, "412+9?299-": how many, then + done, ? doubtful, - to do. Neighbouring runs differ.
[[nodiscard]] std::string marks_to_text(std::span<const Mark> marks);
// Null when the text is none of these or is not of just so many marks.
[[nodiscard]] std::optional<std::vector<Mark>> marks_from_text(std::string_view text, std::int64_t count);

}  // namespace labels
