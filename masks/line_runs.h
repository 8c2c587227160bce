#pragma once
// The rows or the columns of an area of a mask as runs, however large the area is.

#include <memory>
#include <stop_token>
#include <vector>

#include "masks/bits.h"
#include "masks/region.h"

namespace masks {

enum class Order : std::uint8_t { rows, columns };

// Calls visit(line, runs) for each row (column) of the area within the medium, in order: `line` is its y (x),
// and the runs of what is meant are along x (y), ascending and apart from each other. Holds the bits of one
// row (column) of tiles. False: stopped.
template <class Visit>
bool each_line(const Plane& plane, const Which& which, const PixelRect& area, Order order,
               const std::stop_token& stop, const Visit& visit) {
    const PixelRect inside = intersection(area, plane.bounds());
    if (inside.empty()) return true;
    const bool by_rows = order == Order::rows;
    const std::int64_t line_begin = by_rows ? inside.y0 : inside.x0,
                       line_end = by_rows ? inside.y1 : inside.x1;
    const std::int64_t begin = by_rows ? inside.x0 : inside.y0, end = by_rows ? inside.x1 : inside.y1;
    struct Piece {
        std::int64_t from = 0, to = 0;  // along the line
        std::ptrdiff_t bits = -1;       // its place there; -1: all of it is meant
    };
    std::vector<Piece> pieces;
    std::vector<TileBits> bits;
    std::vector<Run> runs;
    const auto append = [&](std::int64_t from, std::int64_t to) {
        if (!runs.empty() && runs.back().x1 == from)
            runs.back().x1 = to;
        else
            runs.push_back({from, to});
    };
    for (std::int64_t line = line_begin; line < line_end;) {
        const std::int64_t strip = line / k_tile_px, strip_end = std::min(line_end, (strip + 1) * k_tile_px);
        pieces.clear();
        bits.clear();
        for (std::int64_t i = begin / k_tile_px; i * k_tile_px < end; ++i) {
            const auto x = static_cast<std::int32_t>(by_rows ? i : strip),
                       y = static_cast<std::int32_t>(by_rows ? strip : i);
            const Slot slot = plane.slot({x, y});
            const std::int64_t from = std::max(begin, i * k_tile_px), to = std::min(end, (i + 1) * k_tile_px);
            if (!slot.uniform()) {
                pieces.push_back({from, to, std::ssize(bits)});
                bits.push_back(bits_of(slot, which, within_tile(inside, {x, y})));
                if (!by_rows) bits.back() = bits.back().transposed();
            } else if (which.has(slot.value)) {
                if (!pieces.empty() && pieces.back().bits < 0 && pieces.back().to == from)
                    pieces.back().to = to;
                else
                    pieces.push_back({from, to});
            }
        }
        for (; line < strip_end; ++line) {
            if (stop.stop_requested()) return false;
            runs.clear();
            for (const Piece& piece : pieces) {
                if (piece.bits < 0) {
                    append(piece.from, piece.to);
                    continue;
                }
                const std::int64_t tile = piece.from / k_tile_px * k_tile_px;
                each_run_of(bits[static_cast<std::size_t>(piece.bits)].row(line % k_tile_px),
                            [&](std::int64_t x0, std::int64_t x1) { append(tile + x0, tile + x1); });
            }
            visit(line, runs);
        }
    }
    return true;
}

// The other way round: gives runs of rows (columns) a value. Lines come in order; flush() ends it.
class LineWriter {
public:
    LineWriter(Plane& plane, Order order, Value value) : m_plane{plane}, m_order{order}, m_value{value} {
        m_tiles.resize(static_cast<std::size_t>(order == Order::rows ? plane.columns() : plane.rows()));
    }
    // [from, to) of a line, all within the medium.
    void set(std::int64_t line, std::int64_t from, std::int64_t to) {
        if (line / k_tile_px != m_strip) flush();
        m_strip = line / k_tile_px;
        for (std::int64_t i = from / k_tile_px; i * k_tile_px < to; ++i) {
            auto& bits = m_tiles[static_cast<std::size_t>(i)];
            if (!bits) {
                bits = std::make_unique<TileBits>();
                m_used.push_back(i);
            }
            const std::int64_t left = i * k_tile_px;
            bits->set(line % k_tile_px, std::max(from, left) - left,
                      std::min(to - left, std::int64_t{k_tile_px}));
        }
    }
    void flush() {
        for (const std::int64_t i : m_used) {
            const auto bits = std::move(m_tiles[static_cast<std::size_t>(i)]);
            const auto along = static_cast<std::int32_t>(i), across = static_cast<std::int32_t>(m_strip);
            if (m_order == Order::rows)
                put_bits(m_plane, {along, across}, *bits, m_value);
            else
                put_bits(m_plane, {across, along}, bits->transposed(), m_value);
        }
        m_used.clear();
    }

private:
    Plane& m_plane;
    const Order m_order;
    const Value m_value;
    std::int64_t m_strip = 0;
    std::vector<std::unique_ptr<TileBits>> m_tiles;
    std::vector<std::int64_t> m_used;
};

}  // namespace masks
