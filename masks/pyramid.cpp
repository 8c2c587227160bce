#include "masks/pyramid.h"

#include <algorithm>
#include <unordered_set>

namespace masks {

namespace {

constexpr std::int64_t k_half = k_tile_px / 2;

template <class T>
T most_frequent(T a, T b, T c, T d) {
    const bool a_twice = (a == b) | (a == c) | (a == d), b_twice = (b == c) | (b == d);
    const T found = a_twice ? a : b_twice ? b : c == d ? c : a;
    const int unlabelled = (a == 0) + (b == 0) + (c == 0) + (d == 0);
    const T largest = std::max(std::max(a, b), std::max(c, d));
    return found == 0 && unlabelled <= 2 ? largest : found;
}

// One quarter of a tile from the four times as many samples of the tile below it.
template <class T>
void halve(const T* from, T* to) {
    for (std::int64_t y = 0; y < k_half; ++y) {
        const T* const upper = from + 2 * y * k_tile_px;
        const T* const lower = upper + k_tile_px;
        T* const row = to + y * k_tile_px;
        for (std::int64_t x = 0; x < k_half; ++x)
            row[x] = most_frequent(upper[2 * x], upper[2 * x + 1], lower[2 * x], lower[2 * x + 1]);
    }
}

template <class T>
void reduce(const Plane& below, Plane& above, TileIndex tile) {
    Slot children[4];
    bool is_uniform = true;
    for (int i = 0; i < 4; ++i) {
        const TileIndex child{2 * tile.x + i % 2, 2 * tile.y + i / 2};
        children[i] = below.slot(child);
        // What is beyond the edge is as its neighbour, so that one value stays one tile.
        if (!below.has(child))
            children[i] = children[i % 2 == 1 && below.has({2 * tile.x, child.y}) ? i - 1 : 0];
        is_uniform = is_uniform && children[i].uniform() && children[i] == children[0];
    }
    if (is_uniform) {
        if (above.slot(tile) != children[0]) above.put({tile.x, tile.y}, children[0]);
        return;
    }
    T* const samples = reinterpret_cast<T*>(above.write(tile).data());
    for (int i = 0; i < 4; ++i) {
        T* const quarter = samples + (i / 2 * k_half) * k_tile_px + i % 2 * k_half;
        if (children[i].block) {
            halve(reinterpret_cast<const T*>(children[i].block->samples().get()), quarter);
            continue;
        }
        for (std::int64_t y = 0; y < k_half; ++y)
            std::fill_n(quarter + y * k_tile_px, k_half, static_cast<T>(children[i].value));
    }
    above.tidy(tile);
}

}  // namespace

void Pyramid::follow(const Plane& mask, std::stop_token stop) {
    const bool same_size =
        !m_levels.empty() && m_levels[0].bounds() == mask.bounds() && m_levels[0].depth() == mask.depth();
    if (!same_size) {
        m_levels.clear();
        m_levels.emplace_back(mask.width_px(), mask.height_px(), mask.depth());
        while (m_levels.back().columns() > 1 || m_levels.back().rows() > 1) {
            m_levels.emplace_back((m_levels.back().width_px() + 1) / 2, (m_levels.back().height_px() + 1) / 2,
                                  mask.depth());
        }
    }
    const auto key_of = [](std::int32_t x, std::int32_t y) {
        return std::uint64_t{static_cast<std::uint32_t>(y)} << 32 | static_cast<std::uint32_t>(x);
    };
    std::unordered_set<std::uint64_t> changed, above;
    Plane::each_difference(m_levels[0], mask, [&](const TileRect& tiles, const Slot&, const Slot&) {
        for (std::int32_t y = tiles.y / 2; y <= (tiles.y + tiles.rows - 1) / 2; ++y) {
            for (std::int32_t x = tiles.x / 2; x <= (tiles.x + tiles.columns - 1) / 2; ++x)
                changed.insert(key_of(x, y));
        }
    });
    m_levels[0] = mask;
    for (std::size_t level = 1; level < m_levels.size(); ++level) {
        above.clear();
        for (const std::uint64_t key : changed) {
            if (stop.stop_requested()) return;
            const TileIndex tile{static_cast<std::int32_t>(key & 0xFFFFFFFF),
                                 static_cast<std::int32_t>(key >> 32)};
            if (mask.depth() == Depth::u8)
                reduce<std::uint8_t>(m_levels[level - 1], m_levels[level], tile);
            else
                reduce<std::uint16_t>(m_levels[level - 1], m_levels[level], tile);
            above.insert(key_of(tile.x / 2, tile.y / 2));
        }
        changed.swap(above);
    }
}

std::int64_t Pyramid::work_to_follow(const Plane& mask) const {
    std::int64_t tiles = m_levels.empty() ? 0 : -1;
    const auto count = [&](const TileRect&, const Slot&, const Slot& now) {
        tiles = std::max<std::int64_t>(tiles, 0) + (now.uniform() ? 0 : 1);
    };
    Plane::each_difference(
        m_levels.empty() ? Plane(mask.width_px(), mask.height_px(), mask.depth()) : m_levels[0], mask, count);
    return tiles;
}

}  // namespace masks
