#include "masks/value_counts.h"

#include <algorithm>

namespace masks {

namespace {

// Four tables in turn: equal neighbours then do not wait for each other.
template <class T>
void add_samples(const T* samples, std::int64_t width, std::int64_t height,
                 std::vector<std::int64_t>& counts) {
    std::vector<std::uint32_t> parts(4 * counts.size());
    const std::size_t stride = counts.size();
    for (std::int64_t y = 0; y < height; ++y) {
        const T* const row = samples + y * k_tile_px;
        std::int64_t x = 0;
        for (; x + 4 <= width; x += 4) {
            ++parts[row[x]];
            ++parts[stride + row[x + 1]];
            ++parts[2 * stride + row[x + 2]];
            ++parts[3 * stride + row[x + 3]];
        }
        for (; x < width; ++x) ++parts[row[x]];
    }
    for (std::size_t i = 0; i < stride; ++i)
        counts[i] += parts[i] + parts[stride + i] + parts[2 * stride + i] + parts[3 * stride + i];
}

}  // namespace

std::vector<std::int64_t> histogram(const Block& block, std::int64_t width, std::int64_t height) {
    const auto samples = block.samples();
    if (block.depth() == Depth::u8) {
        std::vector<std::int64_t> counts(256);
        add_samples(reinterpret_cast<const std::uint8_t*>(samples.get()), width, height, counts);
        return counts;
    }
    const auto* const first = reinterpret_cast<const std::uint16_t*>(samples.get());
    std::vector<std::int64_t> counts(std::size_t{*std::max_element(first, first + k_tile_samples)} + 1);
    add_samples(first, width, height, counts);
    return counts;
}

void ValueCounts::add(const Plane& mask, const TileRect& tiles, const Slot& slot, std::int64_t sign) {
    const PixelRect first = mask.pixels_of({tiles.x, tiles.y});
    const PixelRect last = mask.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
    if (slot.uniform()) {
        if (slot.value >= m_counts.size()) m_counts.resize(std::size_t{slot.value} + 1);
        m_counts[slot.value] += sign * (last.x1 - first.x0) * (last.y1 - first.y0);
        return;
    }
    const std::vector<std::int64_t> counts = histogram(*slot.block, first.width(), first.height());
    if (counts.size() > m_counts.size()) m_counts.resize(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) m_counts[i] += sign * counts[i];
}

void ValueCounts::follow(const Plane& mask, std::stop_token stop) {
    if (m_seen.bounds() != mask.bounds() || m_seen.depth() != mask.depth()) {
        m_seen = Plane(mask.width_px(), mask.height_px(), mask.depth());
        m_counts.assign(1, mask.width_px() * mask.height_px());
    }
    Plane::each_difference(m_seen, mask, [&](const TileRect& tiles, const Slot& before, const Slot& after) {
        if (stop.stop_requested()) return;
        add(mask, tiles, before, -1);
        add(mask, tiles, after, 1);
    });
    m_seen = mask;
}

std::int64_t ValueCounts::labelled() const {
    std::int64_t sum = 0;
    for (std::size_t i = 1; i < m_counts.size(); ++i) sum += m_counts[i];
    return sum;
}

std::vector<Value> ValueCounts::values() const {
    std::vector<Value> found;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        if (m_counts[i] != 0) found.push_back(static_cast<Value>(i));
    }
    return found;
}

}  // namespace masks
