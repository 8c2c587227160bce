#pragma once
// Draws a mask over what it labels.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "render/framebuffer.h"
#include "render/mask_plan.h"
#include "render/mask_textures.h"
#include "render/program.h"
#include "render/texture.h"
#include "render/view.h"

namespace render {

// What one draw came to.
struct MaskDrawn {
    int level = 0;
    std::size_t tiles = 0;    // that were looked up; those of one value seldom need it
    std::size_t uploads = 0;  // of them, by this draw
    std::size_t quads = 0;    // rectangles of the screen
};

// Lives and dies on the GL thread. One pass serves any number of masks.
class MaskPass {
public:
    // Errors: as Program::create.
    [[nodiscard]] static base::Result<MaskPass> create();
    MaskPass(MaskPass&& other) noexcept;
    MaskPass& operator=(MaskPass&& other) = delete;
    ~MaskPass();

    // Blended over the framebuffer bound now, whose whole size is `target`, within view.screen and `only`
    // (empty: no limit). At any scale one texel of the level is looked up for each pixel, the one under its
    // middle, so that a pixel of the mask is a pixel of the medium. What changed since the last draw is
    // uploaded at once. An outline is where the texel beside one at the drawn level is of another value;
    // outside of the medium all is unlabelled. CPU time is proportional to the tiles in sight.
    MaskDrawn draw(const masks::Pyramid& mask, const MaskStyle& style, MaskTextures& textures,
                   const View& view, Size target, const base::Rect& only = {});

    Reload reload_if_changed();

private:
    // By what a rectangle needs of the shader.
    enum Kind : std::uint8_t { one_value, sampled, outlined, thin_outlined, k_kinds };
    struct Vertex {
        std::array<float, 2> px;
        std::array<float, 4> color;          // of one value
        std::int32_t value;                  // likewise; -1: looked up
        std::array<std::int32_t, 2> corner;  // of the tile in the texture
        std::array<std::int32_t, 2> texel;   // the tile's first, from the first one in sight
    };
    explicit MaskPass(std::vector<Program> programs) : m_programs{std::move(programs)} {}
    void make_buffers();
    void take_palette(const std::vector<std::uint32_t>& palette);
    void add(const MaskQuad& quad, const Vertex& like);
    void draw_added(Kind kind, const MaskStyle& style, Size target);

    std::vector<Program> m_programs;  // by Kind
    std::uint32_t m_vertex_array = 0, m_vertex_buffer = 0;
    std::vector<std::uint32_t> m_palette_shown;
    std::optional<Texture> m_palette;
    std::vector<Vertex> m_vertices;  // kept for its memory
};

}  // namespace render
