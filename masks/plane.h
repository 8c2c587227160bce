#pragma once
// A mask over a whole medium, however large: 256² tiles, each one value or a block of samples. A value type:
// a copy costs nothing and stays as it was, since what two copies share is copied when one of them is written
// to. So a snapshot for a job, the state before a gesture and what a texture shows are all just copies, and
// two of them are compared by what they no longer share.

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>

#include "masks/block.h"

namespace masks {

// What one tile holds: everywhere `value`, or the samples of `block`.
struct Slot {
    BlockPtr block;
    Value value = 0;  // 0 where there is a block
    // The same block, not the same samples: quick, and false only where something was written.
    bool operator==(const Slot&) const = default;
    [[nodiscard]] bool uniform() const { return !block; }
};
[[nodiscard]] bool same_samples(const Slot& a, const Slot& b);

struct TileIndex {
    std::int32_t x = 0, y = 0;
    bool operator==(const TileIndex&) const = default;
};

// Tiles [x, x + columns) × [y, y + rows).
struct TileRect {
    std::int32_t x = 0, y = 0, columns = 1, rows = 1;
    bool operator==(const TileRect&) const = default;
};

// Pixels [x0, x1) × [y0, y1) of level 0.
struct PixelRect {
    std::int64_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    bool operator==(const PixelRect&) const = default;
    [[nodiscard]] bool empty() const { return x1 <= x0 || y1 <= y0; }
    [[nodiscard]] std::int64_t width() const { return x1 - x0; }
    [[nodiscard]] std::int64_t height() const { return y1 - y0; }
};
[[nodiscard]] PixelRect intersection(const PixelRect& a, const PixelRect& b);

class Plane {
public:
    static constexpr std::int64_t k_most_px = std::int64_t{1} << 31;  // a side

    Plane() : Plane(0, 0, Depth::u8) {}
    Plane(std::int64_t width_px, std::int64_t height_px, Depth depth);  // all unlabelled

    [[nodiscard]] std::int64_t width_px() const { return m_width_px; }
    [[nodiscard]] std::int64_t height_px() const { return m_height_px; }
    [[nodiscard]] PixelRect bounds() const { return {0, 0, m_width_px, m_height_px}; }
    [[nodiscard]] std::int32_t columns() const { return m_columns; }  // of tiles
    [[nodiscard]] std::int32_t rows() const { return m_rows; }
    [[nodiscard]] Depth depth() const { return m_depth; }
    [[nodiscard]] Value largest_value() const { return m_depth == Depth::u8 ? 255 : 65535; }
    // The pixels of a tile; those at the right and lower edge may be cut. Beyond the edge samples are 0.
    [[nodiscard]] PixelRect pixels_of(TileIndex tile) const;
    [[nodiscard]] bool has(TileIndex tile) const {
        return tile.x >= 0 && tile.y >= 0 && tile.x < m_columns && tile.y < m_rows;
    }

    [[nodiscard]] Slot slot(TileIndex tile) const;                 // unlabelled outside
    [[nodiscard]] Value at(std::int64_t x, std::int64_t y) const;  // the same
    [[nodiscard]] bool empty() const;                              // all of it is unlabelled
    // Samples of an area, row by row, `area.width()` to a row; 0 outside.
    void read(const PixelRect& area, std::span<Value> into) const;

    // `tiles` must lie inside. A slot of one value may be given to many tiles at once.
    void put(const TileRect& tiles, const Slot& slot);
    // The samples of one tile, to be written to: bytes of the depth. Valid until the next call of anything.
    [[nodiscard]] std::span<std::byte> write(TileIndex tile);
    // Keeps tiles packed alone; they are unpacked when somebody looks. Safe beside readers.
    void let_go_of_samples() const;
    // What writing to a tile ends with: one value where all its samples within the medium are equal.
    void tidy(TileIndex tile);

    // Calls visit(TileRect, const Slot&) for what is not unlabelled; several tiles at once are of one value.
    template <class Visit>
    void each(const Visit& visit) const;
    // Calls visit(TileRect, const Slot& a, const Slot& b) where the two no longer share what they hold; for
    // planes of the same size.
    template <class Visit>
    static void each_difference(const Plane& a, const Plane& b, const Visit& visit);

private:
    static constexpr std::int32_t k_page_tiles = 16;  // a side
    struct Page {
        std::array<Slot, k_page_tiles * k_page_tiles> slots;
    };
    // A square of tiles: all of one value, or each its own.
    struct Entry {
        std::shared_ptr<Page> page;
        Value value = 0;
    };
    using PageKey = std::uint64_t;
    using Pages = std::unordered_map<PageKey, Entry>;

    static PageKey key_of(std::int32_t page_x, std::int32_t page_y) {
        return static_cast<PageKey>(static_cast<std::uint32_t>(page_y)) << 32 |
               static_cast<std::uint32_t>(page_x);
    }
    [[nodiscard]] const Entry* find(PageKey key) const;
    [[nodiscard]] TileRect tiles_of(PageKey key) const;
    Entry& writable_entry(PageKey key);
    Slot& writable_slot(TileIndex tile);
    void tidy_page(PageKey key);
    template <class Visit>
    static void each_run(const TileRect& tiles, const Entry& a, const Entry& b, const Visit& visit);

    std::int64_t m_width_px, m_height_px;
    Depth m_depth;
    std::int32_t m_columns, m_rows;
    std::shared_ptr<Pages> m_pages;  // a page that is not there is unlabelled
};

template <class Visit>
void Plane::each_run(const TileRect& tiles, const Entry& a, const Entry& b, const Visit& visit) {
    if (!a.page && !b.page) {
        if (a.value != b.value) visit(tiles, Slot{nullptr, a.value}, Slot{nullptr, b.value});
        return;
    }
    const Slot of_a{nullptr, a.value}, of_b{nullptr, b.value};
    for (std::int32_t row = 0; row < tiles.rows; ++row) {
        const auto at = [&](const Entry& entry, const Slot& all, std::int32_t column) -> const Slot& {
            return entry.page ? entry.page->slots[static_cast<std::size_t>(row * k_page_tiles + column)]
                              : all;
        };
        for (std::int32_t column = 0; column < tiles.columns;) {
            const Slot &left = at(a, of_a, column), &right = at(b, of_b, column);
            std::int32_t end = column + 1;
            if (left.uniform() && right.uniform()) {
                while (end < tiles.columns && at(a, of_a, end) == left && at(b, of_b, end) == right) ++end;
            }
            if (left != right) visit(TileRect{tiles.x + column, tiles.y + row, end - column, 1}, left, right);
            column = end;
        }
    }
}

template <class Visit>
void Plane::each(const Visit& visit) const {
    const Entry nothing;
    for (const auto& [key, entry] : *m_pages) {
        each_run(tiles_of(key), nothing, entry,
                 [&](const TileRect& tiles, const Slot&, const Slot& slot) { visit(tiles, slot); });
    }
}

template <class Visit>
void Plane::each_difference(const Plane& a, const Plane& b, const Visit& visit) {
    if (a.m_pages == b.m_pages) return;
    const Entry nothing;
    for (const auto& [key, entry] : *a.m_pages) {
        const Entry* other = b.find(key);
        if (other != nullptr && other->page == entry.page && other->value == entry.value) continue;
        each_run(a.tiles_of(key), entry, other != nullptr ? *other : nothing, visit);
    }
    for (const auto& [key, entry] : *b.m_pages) {
        if (a.find(key) == nullptr) each_run(b.tiles_of(key), nothing, entry, visit);
    }
}

}  // namespace masks
