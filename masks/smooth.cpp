#include "masks/smooth.h"

#include <vector>

#include "masks/tile_set.h"

namespace masks {

namespace {

// The majority in the windows around the pixels of one tile, value by value: sums down the columns, then
// along the rows, each going on from the one before, so that the size of the window costs next to nothing.
class Majority {
public:
    explicit Majority(int radius)
        : m_radius{radius}, m_most(k_tile_samples), m_own(k_tile_samples), m_winner(k_tile_samples) {}

    void look(const Plane& plane, TileIndex tile) {
        m_pixels = plane.pixels_of(tile);
        m_window = intersection(
            {m_pixels.x0 - m_radius, m_pixels.y0 - m_radius, m_pixels.x1 + m_radius, m_pixels.y1 + m_radius},
            plane.bounds());
        m_around.resize(static_cast<std::size_t>(m_window.width() * m_window.height()));
        plane.read(m_window, m_around);
        std::ranges::fill(m_most, 0);
        std::ranges::fill(m_own, 0);
        std::bitset<65536> seen;
        for (const Value value : m_around) seen.set(value);
        for (std::size_t value = 0; value < 65536; ++value) {
            if (seen.test(value)) count(static_cast<Value>(value));
        }
    }
    // Where something else than what is there has the majority.
    [[nodiscard]] TileBits changing() const {
        TileBits bits;
        for (std::int64_t y = 0; y < m_pixels.height(); ++y) {
            for (std::int64_t x = 0; x < m_pixels.width(); ++x) {
                const auto place = static_cast<std::size_t>(y * k_tile_px + x);
                if (m_own[place] < m_most[place]) bits.row(y)[x / 64] |= std::uint64_t{1} << x % 64;
            }
        }
        return bits;
    }
    [[nodiscard]] const std::vector<Value>& winner() const { return m_winner; }

private:
    [[nodiscard]] const Value* row(std::int64_t y) const {
        return m_around.data() + (y - m_window.y0) * m_window.width();
    }
    void count(Value value) {
        const std::int64_t width = m_window.width();
        m_columns.assign(static_cast<std::size_t>(width), 0);
        const auto change = [&](std::int64_t y, std::int32_t by) {
            const Value* const values = row(y);
            for (std::int64_t x = 0; x < width; ++x)
                m_columns[static_cast<std::size_t>(x)] += values[x] == value ? by : 0;
        };
        std::int64_t low = m_window.y0, high = m_window.y0;  // rows [low, high) are summed up
        for (std::int64_t y = m_pixels.y0; y < m_pixels.y1; ++y) {
            while (high < std::min(y + m_radius + 1, m_window.y1)) change(high++, 1);
            while (low < y - m_radius) change(low++, -1);
            count_row(y, value);
        }
    }
    void count_row(std::int64_t y, Value value) {
        const std::int64_t first = m_pixels.x0 - m_window.x0, end = first + m_pixels.width(),
                           width = m_window.width();
        // Nowhere, or everywhere: then it is neither the winner of anything nor outdone.
        const auto [least, most] = std::ranges::minmax(m_columns);
        if (most == 0 ||
            least == std::min(y + m_radius + 1, m_window.y1) - std::max(y - m_radius, m_window.y0))
            return;
        m_sums.resize(static_cast<std::size_t>(width) + 1);
        for (std::int64_t x = 0; x < width; ++x)
            m_sums[static_cast<std::size_t>(x + 1)] =
                m_sums[static_cast<std::size_t>(x)] + m_columns[static_cast<std::size_t>(x)];
        std::array<std::int32_t, k_tile_px> sums;
        for (std::int64_t x = first; x < end; ++x) {
            sums[static_cast<std::size_t>(x - first)] =
                m_sums[static_cast<std::size_t>(std::min(x + m_radius + 1, width))] -
                m_sums[static_cast<std::size_t>(std::max<std::int64_t>(x - m_radius, 0))];
        }
        const auto place = static_cast<std::size_t>((y - m_pixels.y0) * k_tile_px);
        std::int32_t* const most_here = m_most.data() + place;
        std::int32_t* const own = m_own.data() + place;
        Value* const winner = m_winner.data() + place;
        const Value* const values = row(y) + first;
        for (std::int64_t x = 0; x < end - first; ++x) {
            const std::int32_t here = sums[static_cast<std::size_t>(x)];
            winner[x] = here > most_here[x] ? value : winner[x];
            most_here[x] = std::max(most_here[x], here);
            own[x] = values[x] == value ? here : own[x];
        }
    }

    const int m_radius;
    PixelRect m_pixels, m_window;
    std::vector<Value> m_around;
    std::vector<std::int32_t> m_columns, m_sums{0};  // sums up to a column, which is left out
    std::vector<std::int32_t> m_most, m_own;         // counts of the tile's pixels
    std::vector<Value> m_winner;
};

bool is_all_one(const Plane& plane, TileIndex tile) {
    const Slot middle = plane.slot(tile);
    if (!middle.uniform()) return false;
    for (int i = 0; i < 9; ++i) {
        const TileIndex near{tile.x + i % 3 - 1, tile.y + i / 3 - 1};
        if (plane.has(near) && plane.slot(near) != middle) return false;
    }
    return true;
}

}  // namespace

base::Result<Plane> smoothed(Plane plane, int radius_px, const Over& over, std::stop_token stop) {
    if (radius_px < 0 || radius_px > k_tile_px) {
        return base::fail(base::ErrorKind::refused,
                          "A window of {} pixels to each side cannot be smoothed with; take 0 to {}",
                          radius_px, k_tile_px);
    }
    if (radius_px == 0) return plane;
    const Plane before = plane;
    TileSet tiles(before);
    before.each([&](const TileRect& at, const Slot&) { tiles.add_with_neighbours(at); });
    Majority majority(radius_px);
    const bool is_done = tiles.each([&](TileIndex tile) {
        if (stop.stop_requested()) return false;
        if (is_all_one(before, tile)) return true;
        majority.look(before, tile);
        const TileBits bits = majority.changing();
        if (!bits.none()) {
            const auto bytes = std::as_bytes(std::span{majority.winner()});
            copy_bits(plane, tile, bits, {Block::of(Depth::u16, bytes), 0}, over.get());
        }
        return true;
    });
    if (!is_done) return base::fail(base::ErrorKind::cancelled, "Smoothing a mask was cancelled");
    return plane;
}

}  // namespace masks
