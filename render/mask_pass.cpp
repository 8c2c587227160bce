#include "render/mask_pass.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <epoxy/gl.h>

#include "embedded_shaders.h"
#include "render/gl_context.h"
#include "render/gl_state.h"

namespace render {
namespace {

constexpr int k_tiles_unit = 0, k_palette_unit = 1;

// What a value is blended with, multiplied by its alpha already. The shader knows the rule without the
// highlight.
std::array<float, 4> color_of(const MaskStyle& style, masks::Value value, float opacity) {
    if (style.hides(value)) return {};
    const std::uint32_t rgba = style.palette[value];
    const auto part = [&](int shift) { return static_cast<float>(rgba >> shift & 0xFF) / 255; };
    float alpha = part(0) * opacity, white = 0;
    if (style.highlight && style.highlight->value == value) {
        const float phase = std::clamp(style.highlight->phase, -1.0f, 1.0f);
        alpha = std::min(alpha * (1 + phase), part(0));
        white = 0.45f * std::max(phase, 0.0f);
    }
    const auto lit = [&](int shift) { return std::lerp(part(shift), 1.0f, white) * alpha; };
    return {lit(24), lit(16), lit(8), alpha};
}

float fill_opacity(const MaskStyle& style) { return style.fill == MaskFill::outlines ? 0 : style.opacity; }

// Where a fragment lies, in texels of the level from the first tile in sight.
void set_place(Program& program, const masks::Plane& plane, const MaskPlan& plan, const View& view) {
    const double texel_px = std::ldexp(1.0, plan.level);
    const base::Point corner_px{double(plan.pixels.x0), double(plan.pixels.y0)};
    const base::Point corner = view.media_from_screen(corner_px) * (1 / texel_px);
    const std::int64_t first_x = std::int64_t{plan.tiles.x} * masks::k_tile_px;
    const std::int64_t first_y = std::int64_t{plan.tiles.y} * masks::k_tile_px;
    const auto from_first = [&](std::int64_t x, std::int64_t y) {
        constexpr std::int64_t k_most = std::numeric_limits<int>::max();
        return std::array{static_cast<int>(std::min(x - first_x, k_most)),
                          static_cast<int>(std::min(y - first_y, k_most))};
    };
    const base::Point whole{std::floor(corner.x), std::floor(corner.y)};
    program.set("u_origin_px", std::array{float(corner_px.x), float(corner_px.y)});
    program.set("u_origin_texel",
                from_first(static_cast<std::int64_t>(whole.x), static_cast<std::int64_t>(whole.y)));
    program.set("u_origin_fraction", std::array{float(corner.x - whole.x), float(corner.y - whole.y)});
    program.set("u_texels_per_px", static_cast<float>(1 / (view.scale * texel_px)));
    program.set("u_end_texel", from_first(plane.width_px(), plane.height_px()));
    program.set("u_largest_value", static_cast<float>(plane.largest_value()));
    program.set("u_tiles", k_tiles_unit);
}

}  // namespace

base::Result<MaskPass> MaskPass::create() {
    assert(on_gl_thread());
    std::vector<Program> programs;
    for (int kind = 0; kind < k_kinds; ++kind) {
        const std::string defines = fmt::format("#define SAMPLED {}\n#define OUTLINE {}\n",
                                                kind == one_value ? 0 : 1, std::max(kind - sampled, 0));
        base::Result<Program> program =
            Program::create({"mask", limn_shaders::mask_vert, limn_shaders::mask_frag, {}, defines});
        if (!program) return std::unexpected(program.error());
        programs.push_back(std::move(*program));
    }
    MaskPass pass{std::move(programs)};
    pass.make_buffers();
    return pass;
}

void MaskPass::make_buffers() {
    glGenVertexArrays(1, &m_vertex_array);
    glGenBuffers(1, &m_vertex_buffer);
    glBindVertexArray(m_vertex_array);
    glBindBuffer(GL_ARRAY_BUFFER, m_vertex_buffer);
    // NOLINTBEGIN(performance-no-int-to-ptr): GL takes the offset as a pointer
    const auto at = [](std::size_t offset) { return reinterpret_cast<const void*>(offset); };
    // NOLINTEND(performance-no-int-to-ptr)
    for (GLuint i = 0; i < 5; ++i) glEnableVertexAttribArray(i);
    constexpr GLsizei k_stride = sizeof(Vertex);
    glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, k_stride, at(offsetof(Vertex, px)));
    glVertexAttribPointer(1, 4, GL_FLOAT, GL_FALSE, k_stride, at(offsetof(Vertex, color)));
    glVertexAttribIPointer(2, 1, GL_INT, k_stride, at(offsetof(Vertex, value)));
    glVertexAttribIPointer(3, 2, GL_INT, k_stride, at(offsetof(Vertex, corner)));
    glVertexAttribIPointer(4, 2, GL_INT, k_stride, at(offsetof(Vertex, texel)));
    glBindVertexArray(0);
}

MaskPass::MaskPass(MaskPass&& other) noexcept
    : m_programs{std::move(other.m_programs)},
      m_vertex_array{std::exchange(other.m_vertex_array, 0)},
      m_vertex_buffer{std::exchange(other.m_vertex_buffer, 0)},
      m_palette_shown{std::move(other.m_palette_shown)},
      m_palette{std::move(other.m_palette)} {}

MaskPass::~MaskPass() {
    if (m_vertex_array == 0) return;
    assert(on_gl_thread());
    glDeleteVertexArrays(1, &m_vertex_array);
    glDeleteBuffers(1, &m_vertex_buffer);
}

Reload MaskPass::reload_if_changed() {
    Reload worst = Reload::unchanged;
    for (Program& program : m_programs) worst = std::max(worst, program.reload_if_changed());
    return worst;
}

void MaskPass::take_palette(const std::vector<std::uint32_t>& palette) {
    assert(palette.size() <= 65536);
    if (m_palette && palette == m_palette_shown) return;
    const std::size_t rows = std::max<std::size_t>((palette.size() + 255) / 256, 1);
    std::vector<std::array<std::uint8_t, 4>> texels(rows * 256);
    for (std::size_t i = 0; i < palette.size(); ++i)
        for (std::size_t part = 0; part < 4; ++part)
            texels[i][part] = static_cast<std::uint8_t>(palette[i] >> (24 - 8 * part));
    const TextureDesc desc{.width = 256, .height = static_cast<int>(rows)};
    if (!m_palette || m_palette->desc() != desc) m_palette.emplace(desc);
    m_palette->upload(texels.data(), 1024);
    m_palette_shown = palette;
}

void MaskPass::add(const MaskQuad& quad, const Vertex& like) {
    const std::array x = {static_cast<float>(quad.x0), static_cast<float>(quad.x1)};
    const std::array y = {static_cast<float>(quad.y0), static_cast<float>(quad.y1)};
    for (const std::size_t corner : {0, 1, 2, 2, 1, 3}) {
        m_vertices.push_back(like);
        m_vertices.back().px = {x[corner % 2], y[corner / 2]};
    }
}

void MaskPass::draw_added(Kind kind, const MaskStyle& style, Size target) {
    if (m_vertices.empty()) return;
    Program& program = m_programs[kind];
    program.use();
    program.set("u_target_px", std::array{float(target.width), float(target.height)});
    program.set("u_palette", k_palette_unit);
    program.set("u_palette_size", static_cast<int>(style.palette.size()));
    program.set("u_fill_opacity", fill_opacity(style));
    program.set("u_outline_opacity", style.outline_opacity);
    program.set("u_outline_px", static_cast<float>(style.outline_width_px));
    if (style.highlight) {
        const masks::Value value = style.highlight->value;
        program.set("u_highlighted_fill", color_of(style, value, fill_opacity(style)));
        program.set("u_highlighted_line", color_of(style, value, style.outline_opacity));
    }
    program.set("u_highlighted", style.highlight ? style.highlight->value : -1);
    program.set("u_hatch_px", style.hatch_unlabelled ? static_cast<int>(style.hatch_spacing_px) : 0);
    const auto bytes = static_cast<GLsizeiptr>(m_vertices.size() * sizeof(Vertex));
    glBindBuffer(GL_ARRAY_BUFFER, m_vertex_buffer);
    glBufferData(GL_ARRAY_BUFFER, bytes, m_vertices.data(), GL_STREAM_DRAW);
    glDrawArrays(GL_TRIANGLES, 0, static_cast<GLsizei>(m_vertices.size()));
}

MaskDrawn MaskPass::draw(const masks::Pyramid& mask, const MaskStyle& style, MaskTextures& textures,
                         const View& view, Size target, const base::Rect& only) {
    const MaskPlan plan = plan_mask(mask, view, target, only, MaskTextures::most_tiles());
    MaskDrawn drawn{.level = plan.level};
    if (plan.pixels.empty()) return drawn;
    const masks::Plane& plane = mask.levels()[static_cast<std::size_t>(plan.level)];
    const std::vector<MaskQuad> quads = mask_quads(plane, plan, style);
    drawn.quads = quads.size();
    const base::Rect clip{double(plan.pixels.x0), double(plan.pixels.y0), double(plan.pixels.x1),
                          double(plan.pixels.y1)};
    if (quads.empty() || !begin_pass(target, clip)) return drawn;

    std::vector<masks::TileIndex> tiles;
    for (const MaskQuad& quad : quads)
        if (quad.sampled) tiles.push_back(quad.tile);
    std::vector<MaskPlace> places;
    if (!tiles.empty()) {
        const std::int64_t uploads_before = textures.counters().uploads;
        places = textures.hold(mask, plan.level, tiles,
                               style.has_outlines() ? MaskBorders::right : MaskBorders::as_they_are);
        drawn.tiles = tiles.size();
        drawn.uploads = static_cast<std::size_t>(textures.counters().uploads - uploads_before);
        take_palette(style.palette);
        textures.texture().bind(k_tiles_unit);
        m_palette->bind(k_palette_unit);
    }

    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFuncSeparate(GL_ONE, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glBindVertexArray(m_vertex_array);
    m_vertices.clear();
    for (const MaskQuad& quad : quads)
        if (!quad.sampled)
            add(quad, {.color = color_of(style, quad.value, fill_opacity(style)), .value = quad.value});
    draw_added(one_value, style, target);
    m_vertices.clear();
    auto place = places.begin();
    for (const MaskQuad& quad : quads) {
        if (!quad.sampled) continue;
        const std::array texel = {(quad.tile.x - plan.tiles.x) * masks::k_tile_px,
                                  (quad.tile.y - plan.tiles.y) * masks::k_tile_px};
        add(quad, {.value = -1, .corner = {place->x, place->y}, .texel = texel});
        ++place;
    }
    const double line_of_texel = style.outline_width_px / (view.scale * std::ldexp(1.0, plan.level));
    const Kind kind = !style.has_outlines() ? sampled : line_of_texel <= 0.5 ? thin_outlined : outlined;
    m_programs[kind].use();
    set_place(m_programs[kind], plane, plan, view);
    draw_added(kind, style, target);
    glBindVertexArray(0);
    glActiveTexture(GL_TEXTURE0);
    end_pass();
    return drawn;
}

}  // namespace render
