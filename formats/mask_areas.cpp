#include "formats/mask_areas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "masks/value_counts.h"

namespace formats {

namespace {

using masks::PixelRect;
using masks::Plane;
using masks::Slot;
using masks::TileRect;
using masks::Value;
using Area = std::optional<double>;

Area area_of(const geo::Placement& placement, const PixelRect& pixels) {
    const auto x0 = static_cast<double>(pixels.x0), y0 = static_cast<double>(pixels.y0),
               x1 = static_cast<double>(pixels.x1), y1 = static_cast<double>(pixels.y1);
    const std::array<base::Point, 4> ring{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}};
    return placement.area_m2(ring);
}

PixelRect pixels_of(const Plane& plane, const TileRect& tiles) {
    const PixelRect first = plane.pixels_of({tiles.x, tiles.y}),
                    last = plane.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
    return {first.x0, first.y0, last.x1, last.y1};
}

class Measured {
public:
    Measured(const geo::Placement& placement, const base::Georeference& reference, const Plane& plane)
        : m_placement{placement}, m_plane{plane} {
        const auto& g = reference.geotransform;
        m_by_rows = placement.crs().geographic && g && (*g)[2] == 0 && (*g)[4] == 0 && (*g)[1] != 0;
        if (!m_by_rows) return;
        // Of a row a piece is measured that is long enough for its area to be exact and no way round the
        // world.
        constexpr double k_longest_deg = 20, k_most_columns = 256;
        const double columns = std::clamp(std::floor(k_longest_deg / std::abs((*g)[1])), 1.0, k_most_columns);
        m_columns = std::min(plane.width_px(), static_cast<std::int64_t>(columns));
    }

    void add(const TileRect& tiles, const Slot& slot) {
        const PixelRect pixels = pixels_of(m_plane, tiles);
        if (slot.uniform() && !m_by_rows) return add(slot.value, area_of(m_placement, pixels));
        if (slot.uniform()) {
            for (std::int64_t y = pixels.y0; y < pixels.y1; ++y) add(slot.value, row_area(y, pixels.width()));
            return;
        }
        m_by_rows ? add_rows(pixels, *slot.block) : add_tile(pixels, *slot.block);
    }
    std::map<Value, Area> finish() {
        Area rest;
        if (m_by_rows) {
            rest = 0;
            for (std::int64_t y = 0; y < m_plane.height_px() && rest; ++y)
                sum(rest, row_area(y, m_plane.width_px()));
        } else {
            rest = area_of(m_placement, m_plane.bounds());
        }
        for (const auto& [value, area] : m_areas) {
            if (value != 0) sum(rest, area ? Area{-*area} : area);
        }
        if (rest) rest = std::max(*rest, 0.0);
        m_areas[0] = rest;
        return std::move(m_areas);
    }

private:
    static void sum(Area& to, const Area& area) {
        if (to && area)
            *to += *area;
        else
            to.reset();
    }
    void add(Value value, const Area& area) {
        if (value != 0) sum(m_areas.try_emplace(value, 0.0).first->second, area);
    }
    Area row_area(std::int64_t y, std::int64_t count) {
        const auto [it, is_new] = m_row_areas.try_emplace(y);
        if (is_new) {
            if (const auto piece = area_of(m_placement, {0, y, m_columns, y + 1}))
                it->second = *piece / static_cast<double>(m_columns);
        }
        return it->second ? Area{*it->second * static_cast<double>(count)} : Area{};
    }
    void add_tile(const PixelRect& pixels, const masks::Block& block) {
        const auto counts = masks::histogram(block, pixels.width(), pixels.height());
        const Area all = area_of(m_placement, pixels);
        const double count_of_all = static_cast<double>(pixels.width() * pixels.height());
        for (std::size_t value = 1; value < counts.size(); ++value) {
            if (counts[value] == 0) continue;
            add(static_cast<Value>(value),
                all ? Area{*all * static_cast<double>(counts[value]) / count_of_all} : Area{});
        }
    }
    void add_rows(const PixelRect& pixels, const masks::Block& block) {
        const auto held = block.samples();
        const bool is_u8 = block.depth() == masks::Depth::u8;
        const auto at = [&](std::int64_t place) -> Value {
            if (is_u8) return static_cast<Value>(held[place]);
            return reinterpret_cast<const std::uint16_t*>(held.get())[place];
        };
        for (std::int64_t y = pixels.y0; y < pixels.y1; ++y) {
            const std::int64_t row = (y - pixels.y0) * masks::k_tile_px;
            for (std::int64_t x = 0; x < pixels.width();) {
                const Value value = at(row + x);
                std::int64_t end = x + 1;
                while (end < pixels.width() && at(row + end) == value) ++end;
                if (value != 0) add(value, row_area(y, end - x));
                x = end;
            }
        }
    }

    const geo::Placement& m_placement;
    const Plane& m_plane;
    bool m_by_rows = false;
    std::int64_t m_columns = 1;
    std::unordered_map<std::int64_t, Area> m_row_areas;  // of a pixel
    std::map<Value, Area> m_areas;
};

}  // namespace

base::Result<std::map<Value, Area>> mask_areas_m2(const geo::Placement& placement,
                                                  const base::Georeference& reference, const Plane& plane,
                                                  const std::stop_token& stop) {
    Measured measured{placement, reference, plane};
    plane.each([&](const TileRect& tiles, const Slot& slot) {
        if (!stop.stop_requested()) measured.add(tiles, slot);
    });
    auto areas = measured.finish();
    if (stop.stop_requested()) return base::fail(base::ErrorKind::cancelled, "Measuring was stopped");
    return areas;
}

}  // namespace formats
