#pragma once
// Which pixels of a tile are meant, one bit each: what the algorithms on masks work with, 64 pixels at once.

#include <array>
#include <bit>
#include <bitset>

#include "masks/plane.h"

namespace masks {

// Which values are meant: one of them, or all but one.
struct Which {
    Value value = 0;
    bool is_it = false;  // false: every value but it
    [[nodiscard]] static Which of(Value value) { return {value, true}; }
    [[nodiscard]] static Which all_but(Value value) { return {value, false}; }
    [[nodiscard]] static Which labelled() { return all_but(0); }
    [[nodiscard]] Which others() const { return {value, !is_it}; }
    [[nodiscard]] bool has(Value other) const { return (other == value) == is_it; }
};

// Values that may be changed, as in PaintRule; null: all of them.
using Over = std::shared_ptr<const std::bitset<65536>>;

// 256 × 256 bits: row y is words 4y … 4y + 3, the lowest bit the leftmost pixel.
struct TileBits {
    std::array<std::uint64_t, 4 * k_tile_px> words{};
    bool operator==(const TileBits&) const = default;

    [[nodiscard]] const std::uint64_t* row(std::int64_t y) const { return words.data() + 4 * y; }
    [[nodiscard]] std::uint64_t* row(std::int64_t y) { return words.data() + 4 * y; }
    [[nodiscard]] bool test(std::int64_t x, std::int64_t y) const { return row(y)[x / 64] >> x % 64 & 1; }
    [[nodiscard]] std::int64_t count() const;
    [[nodiscard]] bool none() const;
    void set(std::int64_t y, std::int64_t x0, std::int64_t x1);  // [x0, x1) of a row
    // Unsets what is not in the rectangle, which is relative to the tile and may reach beyond it.
    void keep(const PixelRect& area);
    [[nodiscard]] TileBits transposed() const;  // columns as rows
    [[nodiscard]] static TileBits of(const PixelRect& area);
};

// Calls visit(x0, x1) for the runs of set bits of a row, from left to right.
template <class Visit>
void each_run_of(const std::uint64_t* row, const Visit& visit) {
    std::int64_t start = -1;
    std::uint64_t before = 0;  // the last bit of the word before
    for (std::int64_t word = 0; word < 4; ++word) {
        std::uint64_t turns = row[word] ^ (row[word] << 1 | before);
        before = row[word] >> 63;
        for (; turns != 0; turns &= turns - 1) {
            const std::int64_t x = 64 * word + std::countr_zero(turns);
            if (start < 0) {
                start = x;
            } else {
                visit(start, x);
                start = -1;
            }
        }
    }
    if (start >= 0) visit(start, std::int64_t{k_tile_px});
}

// `area` within the tile, in coordinates of the tile.
[[nodiscard]] PixelRect within_tile(const PixelRect& area, TileIndex tile);

// The pixels of a slot whose value is meant, within an area of the tile.
[[nodiscard]] TileBits bits_of(const Slot& slot, const Which& which, const PixelRect& area_in_tile);
// Of a plane's tile: nothing beyond the medium.
[[nodiscard]] TileBits bits_of(const Plane& plane, TileIndex tile, const Which& which);

// Calls visit(TileRect, const Slot&) for the tiles in which something may be meant; several at once are of
// one value. When unlabelled pixels are meant, that goes through all tiles.
template <class Visit>
void each_slot(const Plane& plane, const Which& which, const Visit& visit) {
    plane.each([&](const TileRect& tiles, const Slot& slot) {
        if (!slot.uniform() || which.has(slot.value)) visit(tiles, slot);
    });
    if (!which.has(0)) return;
    for (std::int32_t y = 0; y < plane.rows(); ++y) {
        for (std::int32_t x = 0; x < plane.columns();) {
            std::int32_t end = x;
            while (end < plane.columns() && plane.slot({end, y}) == Slot{}) ++end;
            if (end > x) visit(TileRect{x, y, end - x, 1}, Slot{});
            x = end + 1;
        }
    }
}

// Gives the set pixels of a tile a value, those alone that `over` lets change. A tile that is covered becomes
// uniform, and one of which nothing changes is not touched. Returns the pixels that changed.
std::int64_t put_bits(Plane& plane, TileIndex tile, const TileBits& bits, Value value,
                      const std::bitset<65536>* over = nullptr);
// The same with the samples of a slot, of either depth, whose values the plane can hold.
std::int64_t copy_bits(Plane& plane, TileIndex tile, const TileBits& bits, const Slot& from,
                       const std::bitset<65536>* over = nullptr);

}  // namespace masks
