#include "render/picture_atlas.h"

#include <algorithm>
#include <cassert>

namespace render {

PictureAtlas::PictureAtlas(const AtlasDesc& desc)
    : m_desc{desc}, m_cells(static_cast<std::size_t>(desc.columns) * static_cast<std::size_t>(desc.rows)) {}

std::optional<PictureAtlas::Place> PictureAtlas::place(std::uint64_t key, int width_px, int height_px,
                                                       const std::uint8_t* rgba) {
    assert(key != 0 && width_px <= m_desc.cell_width_px && height_px <= m_desc.cell_height_px);
    const auto found = m_places.find(key);
    const bool is_new = found == m_places.end();
    std::size_t index = 0;
    if (!is_new) {
        index = found->second;
    } else {
        const auto oldest = std::ranges::min_element(m_cells, {}, &Cell::used);
        if (oldest == m_cells.end() || oldest->used == m_frame) return std::nullopt;
        index = static_cast<std::size_t>(oldest - m_cells.begin());
        m_places.erase(oldest->key);
        m_places[key] = index;
        oldest->key = key;
    }
    m_cells[index].used = m_frame;
    const int x = static_cast<int>(index) % m_desc.columns * m_desc.cell_width_px;
    const int y = static_cast<int>(index) / m_desc.columns * m_desc.cell_height_px;
    if (!m_texture)
        m_texture.emplace(TextureDesc{.width = m_desc.columns * m_desc.cell_width_px,
                                      .height = m_desc.rows * m_desc.cell_height_px,
                                      .format = TextureFormat::rgba8,
                                      .filter = Filter::linear});
    if (is_new) {
        m_texture->upload_part(rgba, x, y, width_px, height_px);
        ++m_uploads;
    }
    const auto width = static_cast<float>(m_texture->desc().width);
    const auto height = static_cast<float>(m_texture->desc().height);
    return Place{m_texture->id(), (static_cast<float>(x) + 0.5f) / width,
                 (static_cast<float>(y) + 0.5f) / height, (static_cast<float>(x + width_px) - 0.5f) / width,
                 (static_cast<float>(y + height_px) - 0.5f) / height};
}

}  // namespace render
