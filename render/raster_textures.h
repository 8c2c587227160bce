#pragma once
// Planes of a raster's tiles on the GPU, as raw samples, each with a border of one texel from the tiles
// around it.

#include <cstdint>
#include <list>
#include <map>

#include "media/raster_source.h"
#include "render/texture.h"

namespace render {

struct RasterTextureCounters {
    std::int64_t uploads = 0, uploaded_bytes = 0, evictions = 0, borders_mended = 0;
    std::size_t bytes = 0;  // on the GPU now
};

// Lives and dies on the GL thread. One a source.
class RasterTextures {
public:
    // Besides the budget, what one frame draws is always kept; a frame uploads at most `frame_bytes`, but one
    // plane at least.
    explicit RasterTextures(std::size_t budget_bytes = 384u << 20, std::size_t frame_bytes = 24u << 20)
        : m_budget_bytes{budget_bytes}, m_frame_bytes{frame_bytes} {}

    void begin_frame();
    // The texture of a plane that the source has; null when it has not, or when this frame has uploaded
    // enough: then deferred() counts it. May be drawn until the next begin_frame().
    [[nodiscard]] const Texture* find(media::RasterSource& source, const media::RasterInfo& info,
                                      media::TileAddress address, int band);
    [[nodiscard]] int deferred() const { return m_deferred; }  // of this frame
    [[nodiscard]] const RasterTextureCounters& counters() const { return m_counters; }
    void clear();

private:
    struct Key {
        media::TileAddress address;
        int band = 0;
        auto operator<=>(const Key&) const = default;
    };
    struct Held {
        Texture texture;
        media::PlanePtr plane;    // for its neighbours' borders
        std::uint32_t sides = 0;  // of the eight, those that need nothing any more
        std::uint64_t frame = 0;  // drawn last
        std::list<Key>::iterator use;
    };
    void upload(const Key& key, const media::PlanePtr& plane);
    void mend_border(media::RasterSource& source, const media::RasterInfo& info, Held& held);
    void make_room();

    std::size_t m_budget_bytes, m_frame_bytes;
    std::map<Key, Held> m_held;
    std::list<Key> m_by_use;  // front: used last
    std::uint64_t m_frame = 0;
    std::size_t m_uploaded_this_frame = 0;
    int m_deferred = 0;
    RasterTextureCounters m_counters;
};

}  // namespace render
