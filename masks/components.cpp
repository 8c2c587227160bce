#include "masks/components.h"

#include <algorithm>
#include <map>

namespace masks {

namespace {

// A run along a side of tiles, in pixels of the medium.
struct SideRun {
    std::int64_t from = 0, to = 0;
    std::uint32_t label = 0;
};

// Tiles of a row whose pixels are all meant, or one with parts.
struct Piece {
    std::int32_t x = 0, columns = 1;
    std::uint32_t first_label = 0, labels = 1;  // of its parts, in their order
};

void add(PixelRect& bounds, const PixelRect& more) {
    bounds = bounds.empty() ? more
                            : PixelRect{std::min(bounds.x0, more.x0), std::min(bounds.y0, more.y0),
                                        std::max(bounds.x1, more.x1), std::max(bounds.y1, more.y1)};
}

class Labelling {
public:
    // Within the rectangle of tiles; the rest of the medium is left out.
    Labelling(const Plane& plane, const Which& which, Connectivity connectivity, const TileRect& tiles)
        : m_plane{plane}, m_which{which}, m_connectivity{connectivity}, m_tiles{tiles} {}

    bool run(const std::stop_token& stop) {
        if (m_tiles.columns <= 0 || m_tiles.rows <= 0) return true;
        std::map<std::int32_t, std::vector<std::pair<TileRect, Slot>>> rows;
        const std::int32_t x_end = m_tiles.x + m_tiles.columns, y_end = m_tiles.y + m_tiles.rows;
        m_plane.each([&](const TileRect& tiles, const Slot& slot) {
            const std::int32_t x0 = std::max(tiles.x, m_tiles.x),
                               x1 = std::min(tiles.x + tiles.columns, x_end);
            if (x0 >= x1) return;
            for (std::int32_t y = std::max(tiles.y, m_tiles.y); y < std::min(tiles.y + tiles.rows, y_end);
                 ++y)
                rows[y].emplace_back(TileRect{x0, y, x1 - x0, 1}, slot);
        });
        std::vector<SideRun> above, below;
        for (std::int32_t y = m_tiles.y; y < y_end; ++y) {
            if (stop.stop_requested()) return false;
            const auto row = rows.find(y);
            if (row == rows.end() && !m_which.has(0)) {
                above.clear();
                continue;
            }
            m_top.clear();
            below.clear();
            m_right.clear();
            auto& tiles = row != rows.end() ? row->second : m_none;
            std::ranges::sort(tiles, {}, [](const auto& tile) { return tile.first.x; });
            std::int32_t x = m_tiles.x;
            for (const auto& [at, slot] : tiles) {
                if (at.x > x) whole({x, y, at.x - x, 1}, 0, below);
                if (slot.uniform())
                    whole(at, slot.value, below);
                else
                    parts({at.x, y}, slot, below);
                x = at.x + at.columns;
            }
            if (x < x_end) whole({x, y, x_end - x, 1}, 0, below);
            join(above, m_top);
            above.swap(below);
        }
        return true;
    }

    [[nodiscard]] std::uint32_t find(std::uint32_t label) { return m_joined.find(label); }
    [[nodiscard]] std::size_t labels() const { return m_joined.size(); }
    [[nodiscard]] const Component& of(std::uint32_t label) const { return m_components[label]; }
    // Adds up what was joined; the lowest label has it.
    void sum_up() {
        for (std::uint32_t label = 0; label < m_components.size(); ++label) {
            const std::uint32_t root = m_joined.find(label);
            if (root == label) continue;
            m_components[root].area_px += m_components[label].area_px;
            add(m_components[root].bounds, m_components[label].bounds);
        }
    }
    // Calls visit(tile, bits) with the pixels of the components that are chosen.
    template <class Chosen, class Visit>
    bool each_chosen(const Chosen& is_chosen, const std::stop_token& stop, const Visit& visit) {
        for (const auto& [y, pieces] : m_pieces) {
            for (const Piece& piece : pieces) {
                if (stop.stop_requested()) return false;
                bool any = false;
                for (std::uint32_t i = 0; i < piece.labels; ++i)
                    any = any || is_chosen(m_joined.find(piece.first_label + i));
                if (!any) continue;
                const Slot slot = m_plane.slot({piece.x, y});
                if (slot.uniform()) {
                    for (std::int32_t x = piece.x; x < piece.x + piece.columns; ++x)
                        visit(TileIndex{x, y}, TileBits::of(within_tile(m_plane.bounds(), {x, y})));
                    continue;
                }
                TileBits chosen;
                for (const PartRun& run :
                     parts_of(bits_of(m_plane, {piece.x, y}, m_which), m_connectivity).runs) {
                    if (is_chosen(m_joined.find(piece.first_label + run.part)))
                        chosen.set(run.y, run.x0, run.x1);
                }
                visit(TileIndex{piece.x, y}, chosen);
            }
        }
        return true;
    }

private:
    std::uint32_t new_label() {
        m_components.emplace_back();
        return m_joined.add();
    }
    // Tiles of one value beside each other.
    void whole(const TileRect& tiles, Value value, std::vector<SideRun>& below) {
        if (!m_which.has(value)) return m_right.clear();
        const PixelRect first = m_plane.pixels_of({tiles.x, tiles.y});
        const std::int64_t x1 = m_plane.pixels_of({tiles.x + tiles.columns - 1, tiles.y}).x1;
        const std::uint32_t label = new_label();
        m_components[label] = {(x1 - first.x0) * first.height(), {first.x0, first.y0, x1, first.y1}};
        m_pieces[tiles.y].push_back({tiles.x, tiles.columns, label});
        m_left.assign(1, {first.y0, first.y1, label});
        join_beside(first.x0);
        m_right.swap(m_left);
        m_right_at = x1;
        m_top.push_back({first.x0, x1, label});
        below.push_back({first.x0, x1, label});
    }
    void parts(TileIndex tile, const Slot& slot, std::vector<SideRun>& below) {
        const PixelRect pixels = m_plane.pixels_of(tile);
        const TileParts found =
            parts_of(bits_of(slot, m_which, {0, 0, pixels.width(), pixels.height()}), m_connectivity);
        const auto first = static_cast<std::uint32_t>(m_components.size());
        for (std::size_t i = 0; i < found.count; ++i) new_label();
        m_pieces[tile.y].push_back({tile.x, 1, first, static_cast<std::uint32_t>(found.count)});
        m_left.clear();
        m_next_right.clear();
        for (const PartRun& run : found.runs) {
            const std::uint32_t label = first + run.part;
            const std::int64_t y = pixels.y0 + run.y, x0 = pixels.x0 + run.x0, x1 = pixels.x0 + run.x1;
            Component& component = m_components[label];
            component.area_px += x1 - x0;
            add(component.bounds, {x0, y, x1, y + 1});
            if (run.x0 == 0) m_left.push_back({y, y + 1, label});
            if (run.x1 == k_tile_px) m_next_right.push_back({y, y + 1, label});
            if (run.y == 0) m_top.push_back({x0, x1, label});
            if (run.y == k_tile_px - 1) below.push_back({x0, x1, label});
        }
        join_beside(pixels.x0);
        m_right.swap(m_next_right);
        m_right_at = pixels.x1;
    }
    void join_beside(std::int64_t x0) {
        if (m_right_at == x0) join(m_right, m_left);
    }
    // Runs of two sides that lie against each other, both in order.
    void join(const std::vector<SideRun>& one, const std::vector<SideRun>& other) {
        const std::int64_t reach = m_connectivity == Connectivity::eight ? 1 : 0;
        std::size_t first = 0;
        for (const SideRun& run : other) {
            while (first < one.size() && one[first].to + reach <= run.from) ++first;
            for (std::size_t i = first; i < one.size() && one[i].from < run.to + reach; ++i)
                m_joined.join(one[i].label, run.label);
        }
    }

    const Plane& m_plane;
    const Which m_which;
    const Connectivity m_connectivity;
    const TileRect m_tiles;
    Joined m_joined;
    std::vector<Component> m_components;  // by label
    std::map<std::int32_t, std::vector<Piece>> m_pieces;
    std::vector<SideRun> m_top, m_left, m_right, m_next_right;
    std::int64_t m_right_at = -1;
    std::vector<std::pair<TileRect, Slot>> m_none;
};

// The tiles that hold something that is meant.
TileRect tiles_with(const Plane& plane, const Which& which) {
    if (which.has(0)) return {0, 0, plane.columns(), plane.rows()};
    TileRect found{0, 0, 0, 0};
    plane.each([&](const TileRect& tiles, const Slot& slot) {
        if (slot.uniform() && !which.has(slot.value)) return;
        if (found.columns == 0) {
            found = tiles;
            return;
        }
        const std::int32_t x1 = std::max(found.x + found.columns, tiles.x + tiles.columns),
                           y1 = std::max(found.y + found.rows, tiles.y + tiles.rows);
        found.x = std::min(found.x, tiles.x);
        found.y = std::min(found.y, tiles.y);
        found.columns = x1 - found.x;
        found.rows = y1 - found.y;
    });
    return found;
}

std::unexpected<base::Error> cancelled() {
    return base::fail(base::ErrorKind::cancelled, "Looking for the components of a mask was cancelled");
}

}  // namespace

base::Result<std::vector<Component>> components(const Plane& plane, const Which& which,
                                                Connectivity connectivity, std::stop_token stop) {
    Labelling labelling(plane, which, connectivity, tiles_with(plane, which));
    if (!labelling.run(stop)) return cancelled();
    labelling.sum_up();
    std::vector<Component> found;
    for (std::uint32_t label = 0; label < labelling.labels(); ++label) {
        if (labelling.find(label) == label) found.push_back(labelling.of(label));
    }
    return found;
}

base::Result<Plane> without_islands(Plane plane, const Which& which, std::int64_t least_px,
                                    Connectivity connectivity, const Over& over, std::stop_token stop) {
    const Plane before = plane;
    Labelling labelling(before, which, connectivity, tiles_with(before, which));
    if (!labelling.run(stop)) return cancelled();
    labelling.sum_up();
    const auto is_island = [&](std::uint32_t label) { return labelling.of(label).area_px < least_px; };
    const bool is_done = labelling.each_chosen(is_island, stop, [&](TileIndex tile, const TileBits& bits) {
        put_bits(plane, tile, bits, 0, over.get());
    });
    if (!is_done) return cancelled();
    return plane;
}

base::Result<Plane> with_holes_filled(Plane plane, const HoleRule& rule, std::stop_token stop) {
    const Plane before = plane;
    // A hole lies within what encloses it; what comes to the edge of that is outside.
    const TileRect tiles = tiles_with(before, rule.wall);
    if (tiles.columns == 0 || tiles.rows == 0) return plane;
    Labelling labelling(before, rule.wall.others(),
                        rule.connectivity == Connectivity::eight ? Connectivity::four : Connectivity::eight,
                        tiles);
    if (!labelling.run(stop)) return cancelled();
    labelling.sum_up();
    const PixelRect first = before.pixels_of({tiles.x, tiles.y}),
                    last = before.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
    const auto is_hole = [&](std::uint32_t label) {
        const Component& component = labelling.of(label);
        const PixelRect& bounds = component.bounds;
        return component.area_px < rule.less_than_px && bounds.x0 > first.x0 && bounds.y0 > first.y0 &&
               bounds.x1 < last.x1 && bounds.y1 < last.y1;
    };
    const bool is_done = labelling.each_chosen(is_hole, stop, [&](TileIndex tile, const TileBits& bits) {
        put_bits(plane, tile, bits, rule.with, rule.over.get());
    });
    if (!is_done) return cancelled();
    return plane;
}

}  // namespace masks
