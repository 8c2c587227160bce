#include "render/mask_textures.h"

#include <algorithm>
#include <cassert>

namespace render {
namespace {

// A row of places is 4 MiB of u8: what the texture grows and shrinks by.
int most_places_a_side() { return std::min(max_texture_size() / masks::k_tile_px, 64); }

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

// As large as the budget, or the whole pyramid where that is less; for one draw that needs more, larger.
void MaskTextures::fit_texture(const masks::Pyramid& pyramid, std::size_t needed) {
    const masks::Depth depth = pyramid.levels().front().depth();
    const TextureFormat format = depth == masks::Depth::u8 ? TextureFormat::r8 : TextureFormat::r16;
    const auto side = static_cast<std::size_t>(most_places_a_side());
    const std::size_t row_bytes = side * masks::k_tile_samples * static_cast<std::size_t>(depth);
    const auto rows_for = [&](std::size_t tiles) { return (tiles + side - 1) / side; };
    const std::size_t budget_rows = std::max<std::size_t>(m_budget_bytes / row_bytes, 1);
    const std::size_t wanted_rows =
        std::min(std::max(std::min(rows_for(tiles_of(pyramid)), budget_rows), rows_for(needed)), side);
    if (m_texture && m_texture->desc().format == format) {
        const auto rows = static_cast<std::size_t>(m_texture->desc().height / masks::k_tile_px);
        if (rows >= wanted_rows && rows <= std::max(budget_rows, wanted_rows)) return;
    }
    clear();
    m_texture.emplace(TextureDesc{.width = static_cast<int>(side) * masks::k_tile_px,
                                  .height = static_cast<int>(wanted_rows) * masks::k_tile_px,
                                  .format = format});
    m_counters.bytes = static_cast<std::size_t>(m_texture->size_bytes());
    for (std::size_t row = wanted_rows; row-- > 0;)
        for (std::size_t column = side; column-- > 0;)
            m_free.push_back({static_cast<std::uint16_t>(column), static_cast<std::uint16_t>(row)});
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

void MaskTextures::upload(const masks::Block& block, MaskPlace place) {
    const masks::SamplesPtr samples = block.samples();
    m_texture->upload_part(samples.get(), place.column * masks::k_tile_px, place.row * masks::k_tile_px,
                           masks::k_tile_px, masks::k_tile_px);
    ++m_counters.uploads;
    m_counters.uploaded_bytes +=
        static_cast<std::int64_t>(masks::k_tile_samples * static_cast<std::size_t>(block.depth()));
}

std::vector<MaskPlace> MaskTextures::hold(const masks::Pyramid& pyramid, int level,
                                          std::span<const Tile> tiles) {
    assert(tiles.size() <= most_tiles());
    fit_texture(pyramid, tiles.size());
    ++m_holds;
    // What is here is marked first, so that it is not thrown out for what comes.
    for (const Tile& tile : tiles) {
        const auto found = m_held.find(key_of(level, tile.index));
        if (found == m_held.end()) continue;
        found->second.used = m_holds;
        m_by_use.splice(m_by_use.begin(), m_by_use, found->second.use);
    }
    std::vector<MaskPlace> places;
    places.reserve(tiles.size());
    for (const Tile& tile : tiles) {
        const Key key = key_of(level, tile.index);
        auto found = m_held.find(key);
        if (found == m_held.end()) {
            const MaskPlace place = free_place();
            m_by_use.push_front(key);
            found = m_held.emplace(key, Held{nullptr, place, m_holds, m_by_use.begin()}).first;
        }
        Held& held = found->second;
        if (held.block == tile.block) {
            ++m_counters.hits;
        } else {
            upload(*tile.block, held.place);
            held.block = tile.block;
        }
        places.push_back(held.place);
    }
    return places;
}

}  // namespace render
