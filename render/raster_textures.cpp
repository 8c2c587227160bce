#include "render/raster_textures.h"

#include <array>
#include <cstring>

namespace render {
namespace {

TextureFormat format_of(media::PlaneType type) {
    if (type == media::PlaneType::u8) return TextureFormat::r8;
    return type == media::PlaneType::f32 ? TextureFormat::r32f : TextureFormat::r16;
}

struct Side {
    int x, y;  // towards the neighbour
};
constexpr std::array<Side, 8> k_sides = {
    {{-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}}};

// Samples [x, x + width) x [y, y + height) of a plane, coordinates clamped to it, without gaps.
std::vector<std::byte> cut(const media::RasterPlane& plane, int x, int y, int width, int height) {
    const auto bytes = static_cast<std::size_t>(media::bytes_per_sample(plane.type));
    std::vector<std::byte> out(static_cast<std::size_t>(width) * height * bytes);
    std::byte* to = out.data();
    for (int row = y; row < y + height; ++row) {
        const std::byte* line =
            plane.samples.data() +
            static_cast<std::size_t>(std::clamp(row, 0, plane.height - 1)) * plane.width * bytes;
        for (int column = x; column < x + width;) {
            const int inside = std::clamp(column, 0, plane.width - 1);
            const int run = column == inside ? std::min(plane.width, x + width) - column : 1;
            std::memcpy(to, line + static_cast<std::size_t>(inside) * bytes,
                        static_cast<std::size_t>(run) * bytes);
            to += static_cast<std::size_t>(run) * bytes;
            column += run;
        }
    }
    return out;
}

}  // namespace

void RasterTextures::begin_frame() {
    ++m_frame;
    m_uploaded_this_frame = 0;
    m_deferred = 0;
}

void RasterTextures::clear() {
    m_held.clear();
    m_by_use.clear();
    m_counters.bytes = 0;
}

const Texture* RasterTextures::find(media::RasterSource& source, const media::RasterInfo& info,
                                    media::TileAddress address, int band) {
    const Key key{address, band};
    auto found = m_held.find(key);
    const media::PlanePtr plane = found == m_held.end() ? source.find(address, band) : found->second.plane;
    if (!plane) return nullptr;
    if (found == m_held.end()) {
        if (m_uploaded_this_frame > 0 && m_uploaded_this_frame + plane->samples.size() > m_frame_bytes) {
            ++m_deferred;
            return nullptr;
        }
        upload(key, plane);
        found = m_held.find(key);
    }
    Held& held = found->second;
    held.frame = m_frame;
    m_by_use.splice(m_by_use.begin(), m_by_use, held.use);
    mend_border(source, info, held);
    return &held.texture;
}

void RasterTextures::upload(const Key& key, const media::PlanePtr& plane) {
    make_room();
    Texture texture{
        {.width = plane->width + 2, .height = plane->height + 2, .format = format_of(plane->type)}};
    const std::vector<std::byte> bordered = cut(*plane, -1, -1, plane->width + 2, plane->height + 2);
    texture.upload_part(bordered.data(), 0, 0, plane->width + 2, plane->height + 2);
    m_counters.bytes += static_cast<std::size_t>(texture.size_bytes());
    m_counters.uploaded_bytes += texture.size_bytes();
    ++m_counters.uploads;
    m_uploaded_this_frame += plane->samples.size();
    m_by_use.push_front(key);
    m_held.emplace(key, Held{std::move(texture), plane, 0, m_frame, m_by_use.begin()});
}

// Until a neighbour is here the border repeats the tile's own edge.
void RasterTextures::mend_border(media::RasterSource& source, const media::RasterInfo& info, Held& held) {
    if (held.sides == 0xFF) return;
    const media::RasterPlane& plane = *held.plane;
    const media::TileRect all = media::tiles_of(info, plane.address.level);
    for (std::size_t i = 0; i < k_sides.size(); ++i) {
        if ((held.sides >> i & 1) != 0) continue;
        const Side side = k_sides[i];
        const media::TileAddress beside{plane.address.level, plane.address.x + side.x,
                                        plane.address.y + side.y};
        if (beside.x < 0 || beside.y < 0 || beside.x >= all.x1 || beside.y >= all.y1) {
            held.sides |= 1u << i;
            continue;
        }
        const media::PlanePtr neighbour = source.find(beside, plane.band);
        if (!neighbour || neighbour->type != plane.type) continue;
        const int width = side.x == 0 ? plane.width : 1, height = side.y == 0 ? plane.height : 1;
        const auto strip = cut(*neighbour, side.x < 0 ? neighbour->width - 1 : 0,
                               side.y < 0 ? neighbour->height - 1 : 0, width, height);
        const int x = side.x < 0 ? 0 : side.x == 0 ? 1 : plane.width + 1;
        const int y = side.y < 0 ? 0 : side.y == 0 ? 1 : plane.height + 1;
        held.texture.upload_part(strip.data(), x, y, width, height);
        held.sides |= 1u << i;
        ++m_counters.borders_mended;
    }
}

void RasterTextures::make_room() {
    while (m_counters.bytes > m_budget_bytes && !m_by_use.empty()) {
        const auto last = m_held.find(m_by_use.back());
        if (last->second.frame == m_frame) return;
        m_counters.bytes -= static_cast<std::size_t>(last->second.texture.size_bytes());
        ++m_counters.evictions;
        m_held.erase(last);
        m_by_use.pop_back();
    }
}

}  // namespace render
