#include "render/mask_textures.h"

#include <algorithm>
#include <cassert>

namespace render {
namespace {

constexpr int k_place_px = masks::k_tile_px + 2;

// A row of places is 4 MB of u8: what the texture grows and shrinks by.
int most_places_a_side() { return std::min(max_texture_size() / k_place_px, 63); }

std::array<masks::Slot, 8> slots_round(const masks::Plane& plane, masks::TileIndex tile) {
    constexpr std::array<masks::TileIndex, 8> k_sides = {
        {{-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}}};
    std::array<masks::Slot, 8> slots;
    for (std::size_t i = 0; i < slots.size(); ++i)
        slots[i] = plane.slot({tile.x + k_sides[i].x, tile.y + k_sides[i].y});
    return slots;
}

std::uint64_t key_of(int level, masks::TileIndex tile) {  // at most 2^23 tiles a side
    return static_cast<std::uint64_t>(level) << 48 | static_cast<std::uint64_t>(tile.y) << 24 |
           static_cast<std::uint64_t>(tile.x);
}

std::size_t tiles_of(const masks::Pyramid& pyramid) {
    std::size_t tiles = 0;
    for (const masks::Plane& plane : pyramid.levels())
        tiles += static_cast<std::size_t>(plane.columns()) * static_cast<std::size_t>(plane.rows());
    return tiles;
}

}  // namespace

std::size_t MaskTextures::most_tiles() {
    const auto side = static_cast<std::size_t>(most_places_a_side());
    return side * side;
}

void MaskTextures::clear() {
    m_texture.reset();
    m_held.clear();
    m_by_use.clear();
    m_free.clear();
    m_counters.bytes = 0;
}

// Doubles until it is as large as the budget, or holds the whole pyramid; for one draw that needs more,
// larger. What a smaller one held is uploaded again.
void MaskTextures::fit_texture(const masks::Pyramid& pyramid, std::size_t needed, std::size_t missing) {
    const masks::Depth depth = pyramid.levels().front().depth();
    const TextureFormat format = depth == masks::Depth::u8 ? TextureFormat::r8 : TextureFormat::r16;
    const auto side = static_cast<std::size_t>(most_places_a_side());
    const std::size_t row_bytes = side * k_place_px * k_place_px * static_cast<std::size_t>(depth);
    const auto rows_for = [&](std::size_t tiles) { return (tiles + side - 1) / side; };
    const bool here = m_texture && m_texture->desc().format == format;
    const std::size_t rows = here ? static_cast<std::size_t>(m_texture->desc().height / k_place_px) : 0;
    const std::size_t budget_rows = std::min(rows_for(tiles_of(pyramid)), m_budget_bytes / row_bytes);
    const std::size_t most_rows = std::clamp(budget_rows, rows_for(needed), side);
    const bool too_small = missing > m_free.size() && rows < most_rows;
    if (here && !too_small && rows * row_bytes <= std::max(m_budget_bytes, most_rows * row_bytes)) return;
    const std::size_t wanted_rows = std::min(std::max(2 * rows, rows_for(needed)), most_rows);
    clear();
    m_texture.emplace(TextureDesc{.width = static_cast<int>(side) * k_place_px,
                                  .height = static_cast<int>(wanted_rows) * k_place_px,
                                  .format = format});
    m_counters.bytes = static_cast<std::size_t>(m_texture->size_bytes());
    for (int row = static_cast<int>(wanted_rows) - 1; row >= 0; --row)
        for (int column = static_cast<int>(side) - 1; column >= 0; --column)
            m_free.push_back({column * k_place_px + 1, row * k_place_px + 1});
}

MaskPlace MaskTextures::free_place() {
    if (m_free.empty()) {
        const auto last = m_held.find(m_by_use.back());
        assert(last->second.used != m_holds);  // fit_texture() has made it large enough
        m_free.push_back(last->second.place);
        m_held.erase(last);
        m_by_use.pop_back();
        ++m_counters.evictions;
    }
    const MaskPlace place = m_free.back();
    m_free.pop_back();
    return place;
}

MaskTextures::Held& MaskTextures::held_at(Key key) {
    const auto found = m_held.find(key);
    if (found != m_held.end()) return found->second;
    const MaskPlace place = free_place();
    m_by_use.push_front(key);
    return m_held.emplace(key, Held{{}, {}, place, m_holds, m_by_use.begin()}).first->second;
}

void MaskTextures::upload(const masks::Plane& plane, const masks::Slot& slot, MaskPlace place) {
    const masks::BlockPtr block = slot.block ? slot.block : masks::Block::filled(plane.depth(), slot.value);
    m_texture->upload_part(block->samples().get(), place.x, place.y, masks::k_tile_px, masks::k_tile_px);
    ++m_counters.uploads;
    m_counters.uploaded_bytes +=
        static_cast<std::int64_t>(masks::k_tile_samples * static_cast<std::size_t>(plane.depth()));
}

void MaskTextures::mend_border(const masks::Plane& plane, masks::TileIndex tile, Held& held) {
    const std::array<masks::Slot, 8> around = slots_round(plane, tile);
    if (held.around == around) return;
    const std::int64_t x = std::int64_t{tile.x} * masks::k_tile_px,
                       y = std::int64_t{tile.y} * masks::k_tile_px;
    const auto mend = [&](int from_x, int from_y, int width, int height) {
        std::array<masks::Value, k_place_px> values{};
        std::array<std::uint8_t, k_place_px> bytes{};
        const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
        plane.read({x + from_x, y + from_y, x + from_x + width, y + from_y + height}, {values.data(), count});
        std::ranges::transform(values, bytes.begin(), [](auto value) { return std::uint8_t(value); });
        const bool narrow = plane.depth() == masks::Depth::u8;
        m_texture->upload_part(narrow ? static_cast<const void*>(bytes.data()) : values.data(),
                               held.place.x + from_x, held.place.y + from_y, width, height);
    };
    mend(-1, -1, k_place_px, 1);
    mend(-1, masks::k_tile_px, k_place_px, 1);
    mend(-1, 0, 1, masks::k_tile_px);
    mend(masks::k_tile_px, 0, 1, masks::k_tile_px);
    held.around = around;
    ++m_counters.borders_mended;
}

std::vector<MaskPlace> MaskTextures::hold(const masks::Pyramid& pyramid, int level,
                                          std::span<const masks::TileIndex> tiles, MaskBorders borders) {
    assert(tiles.size() <= most_tiles());
    const masks::Plane& plane = pyramid.levels()[static_cast<std::size_t>(level)];
    const auto missing = std::ranges::count_if(
        tiles, [&](masks::TileIndex tile) { return !m_held.contains(key_of(level, tile)); });
    fit_texture(pyramid, tiles.size(), static_cast<std::size_t>(missing));
    ++m_holds;
    // What is here is marked first, so that it is not thrown out for what comes.
    for (const masks::TileIndex tile : tiles) {
        const auto found = m_held.find(key_of(level, tile));
        if (found == m_held.end()) continue;
        found->second.used = m_holds;
        m_by_use.splice(m_by_use.begin(), m_by_use, found->second.use);
    }
    std::vector<MaskPlace> places;
    places.reserve(tiles.size());
    for (const masks::TileIndex tile : tiles) {
        Held& held = held_at(key_of(level, tile));
        const masks::Slot slot = plane.slot(tile);
        if (held.slot == slot) {
            ++m_counters.hits;
        } else {
            upload(plane, slot, held.place);
            held.slot = slot;
        }
        if (borders == MaskBorders::right) mend_border(plane, tile, held);
        places.push_back(held.place);
    }
    return places;
}

}  // namespace render
