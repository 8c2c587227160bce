#include "formats/mask_areas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <unordered_map>

#include "geo/placement.h"
#include "masks/value_counts.h"

namespace formats {

using masks::k_tile_px;
using masks::PixelRect;
using masks::Plane;
using masks::Slot;
using masks::TileRect;
using masks::Value;

namespace {
constexpr double k_no_place = std::numeric_limits<double>::quiet_NaN();
}

struct Ground::Impl {
    geo::Placement placement;
    std::int64_t height_px = 0;
    bool by_rows = false;
    std::mutex mutex;  // leaf; guards the placement and what follows
    std::unordered_map<std::int32_t, std::shared_ptr<const std::vector<double>>> rows;
    std::unordered_map<std::uint64_t, double> tiles;

    double measure(const PixelRect& pixels) const {
        const auto x0 = static_cast<double>(pixels.x0), y0 = static_cast<double>(pixels.y0),
                   x1 = static_cast<double>(pixels.x1), y1 = static_cast<double>(pixels.y1);
        const std::array<base::Point, 4> ring{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}};
        return placement.area_m2(ring).value_or(k_no_place);
    }
};

Ground::Ground(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
Ground::~Ground() = default;

base::Result<std::shared_ptr<Ground>> Ground::create(const base::Georeference& reference,
                                                     std::int64_t width_px, std::int64_t height_px) {
    auto placement =
        geo::Placement::create(reference, static_cast<double>(width_px), static_cast<double>(height_px));
    if (!placement) return std::unexpected(placement.error());
    auto impl = std::make_unique<Impl>(std::move(*placement), height_px);
    const auto& g = reference.geotransform;
    impl->by_rows = impl->placement.crs().geographic && g && (*g)[2] == 0 && (*g)[4] == 0 && (*g)[1] != 0;
    return std::shared_ptr<Ground>(new Ground(std::move(impl)));
}

bool Ground::by_rows() const { return m_impl->by_rows; }

std::shared_ptr<const std::vector<double>> Ground::pixels_of_rows(std::int32_t tile_y) {
    const std::lock_guard lock{m_impl->mutex};
    auto& known = m_impl->rows[tile_y];
    if (known) return known;
    const std::int64_t y0 = std::int64_t{tile_y} * k_tile_px,
                       y1 = std::min(y0 + k_tile_px, m_impl->height_px);
    auto rows = std::make_shared<std::vector<double>>();
    for (std::int64_t y = y0; y < y1; ++y)
        rows->push_back(m_impl->placement.pixel_area_m2({0, static_cast<double>(y)}).value_or(k_no_place));
    return known = std::move(rows);
}

double Ground::area_m2(const PixelRect& pixels) {
    const std::lock_guard lock{m_impl->mutex};
    if (pixels.width() > k_tile_px || pixels.height() > k_tile_px) return m_impl->measure(pixels);
    const auto key = static_cast<std::uint64_t>(pixels.y0 / k_tile_px) << 32 |
                     static_cast<std::uint64_t>(pixels.x0 / k_tile_px);
    const auto [it, is_new] = m_impl->tiles.try_emplace(key);
    if (is_new) it->second = m_impl->measure(pixels);
    return it->second;
}

void MaskAreas::add(Value value, double m2, int sign) {
    if (value == 0) return;
    if (value >= m_sums.size()) m_sums.resize(std::size_t{value} + 1);
    if (std::isnan(m2))
        m_sums[value].without_place += sign;
    else
        m_sums[value].m2 += sign * m2;
}

void MaskAreas::add_rows(const PixelRect& pixels, const masks::Block& block, int sign) {
    const auto held = block.samples();
    const bool is_u8 = block.depth() == masks::Depth::u8;
    const auto at = [&](std::int64_t place) -> Value {
        if (is_u8) return static_cast<Value>(held[place]);
        return reinterpret_cast<const std::uint16_t*>(held.get())[place];
    };
    const auto rows = m_ground->pixels_of_rows(static_cast<std::int32_t>(pixels.y0 / k_tile_px));
    for (std::int64_t y = 0; y < pixels.height(); ++y) {
        const std::int64_t row = y * k_tile_px;
        for (std::int64_t x = 0; x < pixels.width();) {
            const Value value = at(row + x);
            std::int64_t end = x + 1;
            while (end < pixels.width() && at(row + end) == value) ++end;
            add(value, (*rows)[static_cast<std::size_t>(y)] * static_cast<double>(end - x), sign);
            x = end;
        }
    }
}

void MaskAreas::add(const TileRect& tiles, const Slot& slot, int sign) {
    if (slot.uniform() && slot.value == 0) return;
    const PixelRect first = m_seen.pixels_of({tiles.x, tiles.y}),
                    last = m_seen.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
    const PixelRect pixels{first.x0, first.y0, last.x1, last.y1};
    if (slot.uniform() && m_ground->by_rows()) {
        for (std::int32_t y = tiles.y; y < tiles.y + tiles.rows; ++y) {
            for (const double pixel : *m_ground->pixels_of_rows(y))
                add(slot.value, pixel * static_cast<double>(pixels.width()), sign);
        }
    } else if (slot.uniform()) {
        add(slot.value, m_ground->area_m2(pixels), sign);
    } else if (m_ground->by_rows()) {
        add_rows(pixels, *slot.block, sign);
    } else {
        const auto counts = masks::histogram(*slot.block, pixels.width(), pixels.height());
        const double pixel =
            m_ground->area_m2(pixels) / static_cast<double>(pixels.width() * pixels.height());
        for (std::size_t value = 1; value < counts.size(); ++value) {
            if (counts[value] != 0)
                add(static_cast<Value>(value), pixel * static_cast<double>(counts[value]), sign);
        }
    }
}

void MaskAreas::follow(const Plane& mask, const std::stop_token& stop) {
    if (!m_ground) return;
    if (m_seen.bounds() != mask.bounds() || m_seen.depth() != mask.depth()) {
        m_seen = Plane(mask.width_px(), mask.height_px(), mask.depth());
        m_sums.clear();
    }
    Plane::each_difference(m_seen, mask, [&](const TileRect& tiles, const Slot& before, const Slot& after) {
        if (stop.stop_requested()) return;
        add(tiles, before, -1);
        add(tiles, after, 1);
    });
    m_seen = mask;
}

std::optional<double> MaskAreas::of(Value value) const {
    if (!m_ground) return std::nullopt;
    if (value >= m_sums.size()) return 0;
    const Sum& sum = m_sums[value];
    return sum.without_place == 0 ? std::optional(std::max(sum.m2, 0.0)) : std::nullopt;
}

std::optional<double> MaskAreas::unlabelled() const {
    if (!m_ground) return std::nullopt;
    double rest = 0;
    if (m_ground->by_rows()) {
        for (std::int32_t y = 0; y < m_seen.rows(); ++y) {
            for (const double pixel : *m_ground->pixels_of_rows(y))
                rest += pixel * static_cast<double>(m_seen.width_px());
        }
    } else {
        rest = m_ground->area_m2(m_seen.bounds());
    }
    for (const Sum& sum : m_sums) {
        if (sum.without_place != 0) return std::nullopt;
        rest -= sum.m2;
    }
    return std::isnan(rest) ? std::nullopt : std::optional(std::max(rest, 0.0));
}

}  // namespace formats
