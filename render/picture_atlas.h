#pragma once
// Many small pictures in one texture of fixed size, so that a list of them is one draw call.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "render/texture.h"

namespace render {

struct AtlasDesc {
    int cell_width_px = 0, cell_height_px = 0;
    int columns = 0, rows = 0;
};

// Lives and dies on the GL thread; the texture is made when the first picture comes.
class PictureAtlas {
public:
    explicit PictureAtlas(const AtlasDesc& desc);

    // A new frame begins: what was placed before may be replaced.
    void begin_frame() { ++m_frame; }

    struct Place {
        std::uint32_t texture = 0;
        float u0 = 0, v0 = 0, u1 = 0, v1 = 0;  // half a texel inside the picture, for linear sampling
    };
    // Where the picture lies; uploads it (RGBA, rows without gaps, at most a cell large) when it is not
    // there, in place of the one unused for longest. Nothing when every cell is used by this frame.
    [[nodiscard]] std::optional<Place> place(std::uint64_t key, int width_px, int height_px,
                                             const std::uint8_t* rgba);
    [[nodiscard]] std::int64_t uploads() const { return m_uploads; }

private:
    struct Cell {
        std::uint64_t key = 0;   // 0: empty
        std::uint64_t used = 0;  // the frame
    };
    const AtlasDesc m_desc;
    std::optional<Texture> m_texture;
    std::vector<Cell> m_cells;
    std::unordered_map<std::uint64_t, std::size_t> m_places;
    std::uint64_t m_frame = 1;
    std::int64_t m_uploads = 0;
};

}  // namespace render
