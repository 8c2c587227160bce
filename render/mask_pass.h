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
    std::size_t tiles = 0;    // in sight that hold samples; those of one value need none
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
        float x, y;
        std::uint32_t value;
    };
    explicit MaskPass(std::vector<Program> programs) : m_programs{std::move(programs)} {}
    void make_buffers();
    void take_palette(const std::vector<std::uint32_t>& palette);
    void take_places(const MaskPlan& plan, const std::vector<MaskPlace>& places);
    void add(const MaskQuad& quad);
    void draw_added(Kind kind, const MaskStyle& style, Size target);
    void set_place(Program& program, const masks::Plane& plane, const MaskPlan& plan, const View& view);

    std::vector<Program> m_programs;  // by Kind
    std::uint32_t m_vertex_array = 0, m_vertex_buffer = 0;
    std::vector<std::uint32_t> m_palette_shown;
    std::optional<Texture> m_palette, m_places;
    std::vector<Vertex> m_vertices;                    // kept for its memory
    std::vector<std::array<std::uint16_t, 2>> m_page;  // the same
};

}  // namespace render
