#include "masks/morphology.h"

#include <cmath>
#include <vector>

#include "masks/tile_set.h"

namespace masks {

namespace {

// A set bit as a byte of 1, for each of the 256 ways that eight bits can be.
constexpr auto k_unpacked = [] {
    std::array<std::array<std::uint8_t, 8>, 256> table{};
    for (std::size_t bits = 0; bits < 256; ++bits) {
        for (std::size_t i = 0; i < 8; ++i) table[bits][i] = bits >> i & 1;
    }
    return table;
}();

// Distances from the pixels of one tile to what is meant, up to a radius. In two passes, as in Meijster,
// Roerdink & Hesselink (2000): up and down the columns to the nearest pixel that is meant, then along the
// rows.
class Distances {
public:
    explicit Distances(int radius)
        : m_radius{radius},
          m_width{k_tile_px + 2 * radius},
          m_heights(static_cast<std::size_t>(m_width) * k_tile_px) {
        for (int height = 0; height <= radius; ++height) {
            m_reach.push_back(
                static_cast<int>(std::sqrt(static_cast<double>(radius * radius - height * height))));
            // Rounding must not decide it.
            while (m_reach.back() * m_reach.back() + height * height > radius * radius) --m_reach.back();
            while ((m_reach.back() + 1) * (m_reach.back() + 1) + height * height <= radius * radius)
                ++m_reach.back();
        }
        m_reach.push_back(-2 * m_width);  // farther than the radius: nowhere
    }

    // False when nothing within the radius is meant.
    bool look(const Plane& plane, const Which& which, TileIndex tile) {
        bool any = false;
        for (int i = 0; i < 9; ++i) {
            const TileIndex near{tile.x + i % 3 - 1, tile.y + i / 3 - 1};
            m_bits[static_cast<std::size_t>(i)] = bits_of(plane, near, which);
            any = any || !m_bits[static_cast<std::size_t>(i)].none();
        }
        return any;
    }
    [[nodiscard]] const TileBits& middle() const { return m_bits[4]; }

    // Where something that is meant is within the radius.
    [[nodiscard]] TileBits within() {
        if (m_radius <= k_short) return within_shortly();
        measure();
        TileBits found;
        std::array<std::uint8_t, k_tile_px> is_near;
        for (int y = 0; y < k_tile_px; ++y) {
            const std::int16_t* const row = heights(y);
            int least = m_radius + 1, most = 0;  // least of all, most of the tile's own columns
            for (int x = 0; x < m_width; ++x) least = std::min(least, std::abs(int{row[x]}));
            for (int x = m_radius; x < m_radius + k_tile_px; ++x)
                most = std::max(most, std::abs(int{row[x]}));
            if (least > m_radius) continue;
            if (most <= m_radius) {
                found.set(y, 0, k_tile_px);
                continue;
            }
            is_near.fill(0);
            int far = -1;
            for (int x = 0; x < m_radius + k_tile_px; ++x) {
                far = std::max(far, x + m_reach[static_cast<std::size_t>(std::abs(row[x]))]);
                if (x >= m_radius && far >= x) is_near[static_cast<std::size_t>(x - m_radius)] = 1;
            }
            far = m_width;
            for (int x = m_width - 1; x >= m_radius; --x) {
                far = std::min(far, x - m_reach[static_cast<std::size_t>(std::abs(row[x]))]);
                if (x < m_radius + k_tile_px && far <= x) is_near[static_cast<std::size_t>(x - m_radius)] = 1;
            }
            for (std::size_t x = 0; x < k_tile_px; ++x)
                found.row(y)[x / 64] |= std::uint64_t{is_near[x]} << x % 64;
        }
        return found;
    }

    void measure() {
        go_down();
        go_up();
    }
    // Once measured, for the pixels of one row: how far off the nearest that is meant is, in x and y;
    // visit(x, dx, dy). The lower envelope of the parabolas above its columns: Felzenszwalb & Huttenlocher
    // (2012).
    template <class Visit>
    void each_nearest(int y, const Visit& visit) {
        const std::int16_t* const row = heights(y);
        m_tops.clear();
        m_begins.clear();
        const auto meets = [&](int a, int b) {  // where b is no farther than a, from then on
            const int height = row[b] * row[b] - row[a] * row[a] + b * b - a * a, twice = 2 * (b - a);
            return static_cast<int>(std::floor(static_cast<double>(height) / twice)) + 1;
        };
        for (int x = 0; x < m_width; ++x) {
            if (std::abs(row[x]) > m_radius) continue;
            int begin = 0;
            while (!m_tops.empty()) {
                begin = meets(m_tops.back(), x);
                if (begin > m_begins.back()) break;
                m_tops.pop_back();
                m_begins.pop_back();
                begin = 0;
            }
            if (begin >= m_width) continue;
            m_tops.push_back(x);
            m_begins.push_back(begin);
        }
        if (m_tops.empty()) return;
        std::size_t at = 0;
        for (int x = 0; x < k_tile_px; ++x) {
            while (at + 1 < m_tops.size() && m_begins[at + 1] <= x + m_radius) ++at;
            visit(x, m_tops[at] - x - m_radius, row[m_tops[at]]);
        }
    }

private:
    // As far as that, rows widened bit by bit are quicker than distances; at most 64, one word.
    static constexpr int k_short = 32;
    // Every row that is meant, ever wider, goes to the rows that it reaches so wide.
    [[nodiscard]] TileBits within_shortly() const {
        TileBits found;
        for (int from = -m_radius; from < k_tile_px + m_radius; ++from) {
            const int ty = from < 0 ? 0 : from < k_tile_px ? 1 : 2, in_tile = from - (ty - 1) * k_tile_px;
            const auto row_of = [&](int tx) {
                return m_bits[static_cast<std::size_t>(3 * ty + tx)].row(in_tile);
            };
            std::array<std::uint64_t, 6> wide{row_of(0)[3], row_of(1)[0], row_of(1)[1],
                                              row_of(1)[2], row_of(1)[3], row_of(2)[0]};
            if (std::ranges::all_of(wide, [](std::uint64_t word) { return word == 0; })) continue;
            int reach = 0;
            for (int height = m_radius; height >= 0; --height) {
                for (; reach < m_reach[static_cast<std::size_t>(height)]; ++reach) widen(wide);
                for (const int y : {from - height, from + height}) {
                    if (y < 0 || y >= k_tile_px) continue;
                    for (std::size_t word = 0; word < 4; ++word) found.row(y)[word] |= wide[word + 1];
                }
            }
        }
        return found;
    }
    static void widen(std::array<std::uint64_t, 6>& row) {
        std::array<std::uint64_t, 6> wide;
        for (std::size_t i = 0; i < 6; ++i) {
            wide[i] = row[i] | row[i] << 1 | row[i] >> 1 | (i > 0 ? row[i - 1] >> 63 : 0) |
                      (i < 5 ? row[i + 1] << 63 : 0);
        }
        row = wide;
    }
    [[nodiscard]] const std::int16_t* heights(int y) const {
        return m_heights.data() + static_cast<std::ptrdiff_t>(y) * m_width;
    }
    // Row y of the window as bytes; -radius … 256 + radius.
    void unpack(int y, std::vector<std::uint8_t>& row) const {
        const int ty = y < 0 ? 0 : y < k_tile_px ? 1 : 2, in_tile = y - (ty - 1) * k_tile_px;
        std::array<std::uint8_t, 3 * k_tile_px> all;
        for (int i = 0; i < 3; ++i) {
            const std::uint64_t* const words = m_bits[static_cast<std::size_t>(3 * ty + i)].row(in_tile);
            for (int byte = 0; byte < 32; ++byte) {
                const auto bits = static_cast<std::uint8_t>(words[byte / 8] >> 8 * (byte % 8));
                std::copy_n(k_unpacked[bits].data(), 8, all.data() + 256 * i + 8 * byte);
            }
        }
        std::copy_n(all.data() + k_tile_px - m_radius, m_width, row.data());
    }
    // Heights are negative when what is nearest lies above.
    void go_down() {
        std::vector<std::uint8_t> row(static_cast<std::size_t>(m_width));
        std::vector<std::int16_t> now(row.size(), static_cast<std::int16_t>(m_radius + 1));
        const auto most = static_cast<std::int16_t>(m_radius + 1);
        for (int y = -m_radius; y < k_tile_px; ++y) {
            unpack(y, row);
            for (std::size_t x = 0; x < row.size(); ++x)
                now[x] = static_cast<std::int16_t>(row[x] != 0 ? 0 : std::min<int>(now[x] + 1, most));
            if (y < 0) continue;
            std::int16_t* const to = m_heights.data() + static_cast<std::ptrdiff_t>(y) * m_width;
            for (std::size_t x = 0; x < row.size(); ++x) to[x] = static_cast<std::int16_t>(-now[x]);
        }
    }
    void go_up() {
        std::vector<std::uint8_t> row(static_cast<std::size_t>(m_width));
        std::vector<std::int16_t> now(row.size(), static_cast<std::int16_t>(m_radius + 1));
        const auto most = static_cast<std::int16_t>(m_radius + 1);
        for (int y = k_tile_px + m_radius - 1; y >= 0; --y) {
            unpack(y, row);
            for (std::size_t x = 0; x < row.size(); ++x)
                now[x] = static_cast<std::int16_t>(row[x] != 0 ? 0 : std::min<int>(now[x] + 1, most));
            if (y >= k_tile_px) continue;
            std::int16_t* const to = m_heights.data() + static_cast<std::ptrdiff_t>(y) * m_width;
            for (std::size_t x = 0; x < row.size(); ++x) to[x] = now[x] < -to[x] ? now[x] : to[x];
        }
    }

    const int m_radius, m_width;
    std::vector<std::int16_t> m_heights;  // of the tile's rows, each with the radius on both sides
    std::vector<int> m_reach;             // to the sides, by height
    std::array<TileBits, 9> m_bits;
    std::vector<int> m_tops, m_begins;
};

std::unexpected<base::Error> cancelled() {
    return base::fail(base::ErrorKind::cancelled, "Working on the margins of a mask was cancelled");
}

base::Result<void> check_radius(int radius) {
    if (radius >= 0 && radius <= k_most_margin_px) return {};
    return base::fail(base::ErrorKind::refused,
                      "A margin of {} pixels cannot be worked on; take one from 0 to {}", radius,
                      k_most_margin_px);
}

// Whether all nine tiles around are of one kind, each of one value.
template <class IsKind>
bool all_around(const Plane& plane, TileIndex tile, const IsKind& is_kind) {
    for (int i = 0; i < 9; ++i) {
        const TileIndex near{tile.x + i % 3 - 1, tile.y + i / 3 - 1};
        if (!plane.has(near)) continue;
        const Slot slot = plane.slot(near);
        if (!slot.uniform() || !is_kind(slot.value)) return false;
    }
    return true;
}

TileBits without(TileBits bits, const TileBits& others) {
    for (std::size_t i = 0; i < bits.words.size(); ++i) bits.words[i] &= ~others.words[i];
    return bits;
}

// A mask of 1 where something is meant.
Plane mask_of(const Plane& plane, const Which& which) {
    Plane mask(plane.width_px(), plane.height_px(), Depth::u8);
    each_slot(plane, which, [&](const TileRect& tiles, const Slot& slot) {
        if (slot.uniform())
            mask.put(tiles, {nullptr, 1});
        else
            put_bits(mask, {tiles.x, tiles.y}, bits_of(plane, {tiles.x, tiles.y}, which), 1);
    });
    return mask;
}

template <class Visit>
void each_tile_that_differs(const Plane& a, const Plane& b, const Visit& visit) {
    Plane::each_difference(a, b, [&](const TileRect& tiles, const Slot&, const Slot&) {
        for (std::int32_t y = tiles.y; y < tiles.y + tiles.rows; ++y) {
            for (std::int32_t x = tiles.x; x < tiles.x + tiles.columns; ++x) visit(TileIndex{x, y});
        }
    });
}

}  // namespace

base::Result<Plane> grown(Plane plane, const MarginRule& rule, std::stop_token stop) {
    if (auto is_fit = check_radius(rule.radius_px); !is_fit) return std::unexpected(is_fit.error());
    const Plane before = plane;
    TileSet tiles(before);
    each_slot(before, rule.which, [&](const TileRect& at, const Slot&) { tiles.add_with_neighbours(at); });
    Distances distances(rule.radius_px);
    const std::int64_t width = k_tile_px + 2 * rule.radius_px;
    std::vector<Value> around, values(k_tile_samples);
    const bool is_done = tiles.each([&](TileIndex tile) {
        if (stop.stop_requested()) return false;
        if (const Slot slot = before.slot(tile); slot.uniform() && rule.which.has(slot.value)) return true;
        if (!distances.look(before, rule.which, tile)) return true;
        TileBits bits = without(distances.within(), distances.middle());
        bits.keep(within_tile(before.bounds(), tile));
        if (bits.none()) return true;
        if (rule.which.is_it) {
            put_bits(plane, tile, bits, rule.which.value, rule.over.get());
            return true;
        }
        const PixelRect pixels = before.pixels_of(tile);
        const PixelRect window{pixels.x0 - rule.radius_px, pixels.y0 - rule.radius_px,
                               pixels.x0 + k_tile_px + rule.radius_px,
                               pixels.y0 + k_tile_px + rule.radius_px};
        around.resize(static_cast<std::size_t>(width * width));
        before.read(window, around);
        distances.measure();
        Plane nearest(k_tile_px, k_tile_px, Depth::u16);
        auto* const samples = reinterpret_cast<Value*>(nearest.write({0, 0}).data());
        for (int y = 0; y < k_tile_px; ++y) {
            distances.each_nearest(y, [&](int x, int dx, int dy) {
                const std::int64_t from_x = x + dx + rule.radius_px, from_y = y + dy + rule.radius_px;
                samples[y * k_tile_px + x] = around[static_cast<std::size_t>(from_y * width + from_x)];
            });
        }
        copy_bits(plane, tile, bits, nearest.slot({0, 0}), rule.over.get());
        return true;
    });
    if (!is_done) return cancelled();
    return plane;
}

base::Result<Plane> shrunk(Plane plane, const MarginRule& rule, std::stop_token stop) {
    if (auto is_fit = check_radius(rule.radius_px); !is_fit) return std::unexpected(is_fit.error());
    if (rule.radius_px == 0) return plane;
    const Plane before = plane;
    TileSet tiles(before);
    each_slot(before, rule.which, [&](const TileRect& at, const Slot&) { tiles.add(at); });
    Distances distances(rule.radius_px);
    const bool is_done = tiles.each([&](TileIndex tile) {
        if (stop.stop_requested()) return false;
        if (all_around(before, tile, [&](Value value) { return rule.which.has(value); })) return true;
        if (!distances.look(before, rule.which.others(), tile)) return true;
        TileBits bits = without(distances.within(), distances.middle());
        bits.keep(within_tile(before.bounds(), tile));
        put_bits(plane, tile, bits, rule.with, rule.over.get());
        return true;
    });
    if (!is_done) return cancelled();
    return plane;
}

base::Result<Plane> opened(Plane plane, const MarginRule& rule, std::stop_token stop) {
    const Plane mask = mask_of(plane, rule.which);
    const MarginRule of_mask{.which = Which::of(1), .radius_px = rule.radius_px};
    auto core = shrunk(mask, of_mask, stop);
    if (!core) return core;
    const auto open = grown(std::move(*core), of_mask, stop);
    if (!open) return open;
    each_tile_that_differs(mask, *open, [&](TileIndex tile) {
        const TileBits gone = without(bits_of(mask, tile, Which::of(1)), bits_of(*open, tile, Which::of(1)));
        put_bits(plane, tile, gone, rule.with, rule.over.get());
    });
    return plane;
}

base::Result<Plane> closed(Plane plane, const MarginRule& rule, std::stop_token stop) {
    const Plane mask = mask_of(plane, rule.which);
    const MarginRule of_mask{.which = Which::of(1), .radius_px = rule.radius_px};
    auto wide = grown(mask, of_mask, stop);
    if (!wide) return wide;
    const auto close = shrunk(std::move(*wide), of_mask, stop);
    if (!close) return close;
    Plane values = plane;  // what was added, where that is not one value
    if (!rule.which.is_it) {
        auto nearest = grown(plane, {.which = rule.which, .radius_px = rule.radius_px}, stop);
        if (!nearest) return nearest;
        values = std::move(*nearest);
    }
    each_tile_that_differs(mask, *close, [&](TileIndex tile) {
        const TileBits added =
            without(bits_of(*close, tile, Which::of(1)), bits_of(mask, tile, Which::of(1)));
        if (rule.which.is_it)
            put_bits(plane, tile, added, rule.which.value, rule.over.get());
        else
            copy_bits(plane, tile, added, values.slot(tile), rule.over.get());
    });
    return plane;
}

}  // namespace masks
