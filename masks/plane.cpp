#include "masks/plane.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/held_alone.h"

namespace masks {

namespace {

// The one to write to: itself while nobody else holds it, else a copy that takes its place.
template <class T>
T& writable(std::shared_ptr<T>& held) {
    if (!base::held_alone(held)) held = std::make_shared<T>(*held);
    return *held;
}

// A row is of one value when it equals itself one sample on.
template <class T>
std::optional<Value> only_value(const std::byte* bytes, std::int64_t width, std::int64_t height) {
    const T* const samples = reinterpret_cast<const T*>(bytes);
    const auto row_bytes = static_cast<std::size_t>(width) * sizeof(T);
    if (std::memcmp(samples, samples + 1, row_bytes - sizeof(T)) != 0) return std::nullopt;
    for (std::int64_t y = 1; y < height; ++y) {
        if (std::memcmp(samples, samples + y * k_tile_px, row_bytes) != 0) return std::nullopt;
    }
    return static_cast<Value>(samples[0]);
}

template <class T>
void widen(const std::byte* samples, std::size_t from, std::span<Value> into) {
    const T* const first = reinterpret_cast<const T*>(samples) + from;
    std::copy(first, first + into.size(), into.begin());
}

}  // namespace

bool same_samples(const Slot& a, const Slot& b) {
    if (a == b) return true;
    return a.block && b.block && same_samples(*a.block, *b.block);
}

PixelRect intersection(const PixelRect& a, const PixelRect& b) {
    return {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
}

Plane::Plane(std::int64_t width_px, std::int64_t height_px, Depth depth)
    : m_width_px{width_px},
      m_height_px{height_px},
      m_depth{depth},
      m_columns{static_cast<std::int32_t>((width_px + k_tile_px - 1) / k_tile_px)},
      m_rows{static_cast<std::int32_t>((height_px + k_tile_px - 1) / k_tile_px)},
      m_pages{std::make_shared<Pages>()} {
    assert(width_px >= 0 && height_px >= 0 && width_px <= k_most_px && height_px <= k_most_px);
}

PixelRect Plane::pixels_of(TileIndex tile) const {
    const std::int64_t x = std::int64_t{tile.x} * k_tile_px, y = std::int64_t{tile.y} * k_tile_px;
    return {x, y, std::min(x + k_tile_px, m_width_px), std::min(y + k_tile_px, m_height_px)};
}

const Plane::Entry* Plane::find(PageKey key) const {
    const auto it = m_pages->find(key);
    return it == m_pages->end() ? nullptr : &it->second;
}

TileRect Plane::tiles_of(PageKey key) const {
    const auto x = static_cast<std::int32_t>(key & 0xFFFFFFFF) * k_page_tiles;
    const auto y = static_cast<std::int32_t>(key >> 32) * k_page_tiles;
    return {x, y, std::min(k_page_tiles, m_columns - x), std::min(k_page_tiles, m_rows - y)};
}

Slot Plane::slot(TileIndex tile) const {
    if (!has(tile)) return {};
    const Entry* entry = find(key_of(tile.x / k_page_tiles, tile.y / k_page_tiles));
    if (entry == nullptr) return {};
    if (!entry->page) return {nullptr, entry->value};
    const std::int32_t place = tile.y % k_page_tiles * k_page_tiles + tile.x % k_page_tiles;
    return entry->page->slots[static_cast<std::size_t>(place)];
}

Value Plane::at(std::int64_t x, std::int64_t y) const {
    if (x < 0 || y < 0 || x >= m_width_px || y >= m_height_px) return 0;
    const Slot here =
        slot({static_cast<std::int32_t>(x / k_tile_px), static_cast<std::int32_t>(y / k_tile_px)});
    if (!here.block) return here.value;
    return here.block->at(static_cast<std::size_t>(y % k_tile_px * k_tile_px + x % k_tile_px));
}

void Plane::read(const PixelRect& area, std::span<Value> into) const {
    assert(std::ssize(into) == area.width() * area.height());
    const PixelRect inside = intersection(area, bounds());
    if (inside != area) std::ranges::fill(into, Value{0});
    if (inside.empty()) return;
    for (std::int64_t ty = inside.y0 / k_tile_px; ty <= (inside.y1 - 1) / k_tile_px; ++ty) {
        for (std::int64_t tx = inside.x0 / k_tile_px; tx <= (inside.x1 - 1) / k_tile_px; ++tx) {
            const TileIndex tile{static_cast<std::int32_t>(tx), static_cast<std::int32_t>(ty)};
            const PixelRect part = intersection(pixels_of(tile), inside);
            const Slot here = slot(tile);
            const auto held = here.block ? here.block->samples() : nullptr;
            for (std::int64_t y = part.y0; y < part.y1; ++y) {
                const auto row =
                    into.subspan(static_cast<std::size_t>((y - area.y0) * area.width() + part.x0 - area.x0),
                                 static_cast<std::size_t>(part.width()));
                const auto from = static_cast<std::size_t>(y % k_tile_px * k_tile_px + part.x0 % k_tile_px);
                if (!held)
                    std::ranges::fill(row, here.value);
                else if (m_depth == Depth::u8)
                    widen<std::uint8_t>(held.get(), from, row);
                else
                    widen<std::uint16_t>(held.get(), from, row);
            }
        }
    }
}

Plane::Entry& Plane::writable_entry(PageKey key) { return writable(m_pages)[key]; }

Slot& Plane::writable_slot(TileIndex tile) {
    assert(has(tile));
    Entry& entry = writable_entry(key_of(tile.x / k_page_tiles, tile.y / k_page_tiles));
    if (!entry.page) {
        entry.page = std::make_shared<Page>();
        entry.page->slots.fill({nullptr, std::exchange(entry.value, Value{0})});
    }
    const std::int32_t place = tile.y % k_page_tiles * k_page_tiles + tile.x % k_page_tiles;
    return writable(entry.page).slots[static_cast<std::size_t>(place)];
}

void Plane::tidy_page(PageKey key) {
    const Entry* entry = find(key);
    if (entry == nullptr || !entry->page) return;
    const TileRect tiles = tiles_of(key);
    const Slot first = entry->page->slots[0];
    if (!first.uniform()) return;
    for (std::int32_t row = 0; row < tiles.rows; ++row) {
        const auto from = entry->page->slots.begin() + row * k_page_tiles;
        if (!std::all_of(from, from + tiles.columns, [&](const Slot& slot) { return slot == first; })) return;
    }
    if (first.value == 0)
        writable(m_pages).erase(key);
    else
        writable_entry(key) = {nullptr, first.value};
}

bool Plane::empty() const {
    bool is_empty = true;
    each([&](const TileRect&, const Slot&) { is_empty = false; });
    return is_empty;
}

void Plane::put(const TileRect& tiles, const Slot& slot) {
    assert(slot.uniform() || (tiles.columns == 1 && tiles.rows == 1 && slot.block->depth() == m_depth));
    assert(has({tiles.x, tiles.y}) && has({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1}));
    if (slot.block && Block::too_many_samples()) slot.block->let_go_of_samples();
    const std::int32_t x1 = tiles.x + tiles.columns, y1 = tiles.y + tiles.rows;
    for (std::int32_t y = tiles.y; y < y1;) {
        const std::int32_t page_y = y / k_page_tiles, y_end = std::min(y1, (page_y + 1) * k_page_tiles);
        for (std::int32_t x = tiles.x; x < x1;) {
            const std::int32_t page_x = x / k_page_tiles, x_end = std::min(x1, (page_x + 1) * k_page_tiles);
            const PageKey key = key_of(page_x, page_y);
            const TileRect page = tiles_of(key);
            const bool whole = slot.uniform() && x == page.x && y == page.y && x_end - x == page.columns &&
                               y_end - y == page.rows;
            if (whole && slot.value == 0) {
                writable(m_pages).erase(key);
            } else if (whole) {
                writable_entry(key) = {nullptr, slot.value};
            } else {
                for (std::int32_t ty = y; ty < y_end; ++ty) {
                    for (std::int32_t tx = x; tx < x_end; ++tx) {
                        const TileIndex tile{tx, ty};
                        if (this->slot(tile) != slot) writable_slot(tile) = slot;
                    }
                }
            }
            // Painting goes row by row of tiles: with its last row a page may have become one value.
            if (!whole && slot.uniform() && y_end == page.y + page.rows) tidy_page(key);
            x = x_end;
        }
        y = std::min(y1, (page_y + 1) * k_page_tiles);
    }
}

std::span<std::byte> Plane::write(TileIndex tile) {
    Slot& slot = writable_slot(tile);
    if (!slot.block) {
        const auto block = Block::filled(m_depth, std::exchange(slot.value, Value{0}));
        // Beyond the edge of the medium samples are 0, so that equal masks have equal tiles.
        const PixelRect pixels = pixels_of(tile);
        const auto bytes = block->write();
        const auto sample = static_cast<std::size_t>(m_depth);
        for (std::size_t y = 0; y < k_tile_px; ++y) {
            const std::size_t from =
                y < static_cast<std::size_t>(pixels.height()) ? static_cast<std::size_t>(pixels.width()) : 0;
            std::memset(bytes.data() + (y * k_tile_px + from) * sample, 0, (k_tile_px - from) * sample);
        }
        slot.block = block;
        return bytes;
    }
    if (!base::held_alone(slot.block)) slot.block = slot.block->copy();
    return const_cast<Block&>(*slot.block).write();  // made by make_shared<Block>, and held here alone
}

void Plane::let_go_of_samples() const {
    each([](const TileRect&, const Slot& slot) {
        if (slot.block) slot.block->let_go_of_samples();
    });
}

void Plane::tidy(TileIndex tile) {
    const Slot here = slot(tile);
    if (!here.block) return;
    const PixelRect pixels = pixels_of(tile);
    const auto samples = here.block->samples();
    const auto only = m_depth == Depth::u8
                          ? only_value<std::uint8_t>(samples.get(), pixels.width(), pixels.height())
                          : only_value<std::uint16_t>(samples.get(), pixels.width(), pixels.height());
    if (only) {
        writable_slot(tile) = {nullptr, *only};
        tidy_page(key_of(tile.x / k_page_tiles, tile.y / k_page_tiles));
    } else if (Block::too_many_samples()) {
        here.block->let_go_of_samples();
    }
}

}  // namespace masks
