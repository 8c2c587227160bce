#pragma once
// Tiles that something is to be done with, each once.

#include <algorithm>
#include <map>
#include <vector>

#include "masks/plane.h"

namespace masks {

class TileSet {
public:
    explicit TileSet(const Plane& plane) : m_columns{plane.columns()}, m_rows{plane.rows()} {}
    // What lies outside of the plane is left out.
    void add(const TileRect& tiles) {
        const std::int32_t x0 = std::max(tiles.x, 0), x1 = std::min(tiles.x + tiles.columns, m_columns);
        if (x0 >= x1) return;
        for (std::int32_t y = std::max(tiles.y, 0); y < std::min(tiles.y + tiles.rows, m_rows); ++y)
            m_spans[y].emplace_back(x0, x1);
    }
    void add_with_neighbours(const TileRect& tiles) {
        add({tiles.x - 1, tiles.y - 1, tiles.columns + 2, tiles.rows + 2});
    }
    // Row by row, until visit(TileIndex) says false; then it is false too.
    template <class Visit>
    bool each(const Visit& visit) {
        for (auto& [y, spans] : m_spans) {
            std::ranges::sort(spans);
            std::int32_t x = 0;
            for (const auto& [x0, x1] : spans) {
                for (x = std::max(x, x0); x < x1; ++x) {
                    if (!visit(TileIndex{x, y})) return false;
                }
            }
        }
        return true;
    }

private:
    std::int32_t m_columns, m_rows;
    std::map<std::int32_t, std::vector<std::pair<std::int32_t, std::int32_t>>> m_spans;  // by row, half-open
};

}  // namespace masks
