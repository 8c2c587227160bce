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

constexpr int k_tiles_unit = 0, k_places_unit = 1, k_palette_unit = 2;
constexpr std::uint16_t k_one_value = 65535;  // in place of a row of the texture

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
    glEnableVertexAttribArray(0);
    glEnableVertexAttribArray(1);
    glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(Vertex), nullptr);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): GL takes the offset as a pointer
    const auto* value = reinterpret_cast<const void*>(offsetof(Vertex, value));
    glVertexAttribIPointer(1, 1, GL_UNSIGNED_INT, sizeof(Vertex), value);
    glBindVertexArray(0);
}

MaskPass::MaskPass(MaskPass&& other) noexcept
    : m_programs{std::move(other.m_programs)},
      m_vertex_array{std::exchange(other.m_vertex_array, 0)},
      m_vertex_buffer{std::exchange(other.m_vertex_buffer, 0)},
      m_palette_shown{std::move(other.m_palette_shown)},
      m_palette{std::move(other.m_palette)},
      m_places{std::move(other.m_places)} {}

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

// `places` are of the tiles with samples, in order.
void MaskPass::take_places(const MaskPlan& plan, const std::vector<MaskPlace>& places) {
    m_page.clear();
    auto place = places.begin();
    for (const masks::Slot& slot : plan.slots) {
        if (slot.uniform()) {
            m_page.push_back({slot.value, k_one_value});
        } else {
            m_page.push_back({place->column, place->row});
            ++place;
        }
    }
    const int columns = plan.tiles.columns, rows = plan.tiles.rows;
    if (!m_places || m_places->desc().width < columns || m_places->desc().height < rows)
        m_places.emplace(TextureDesc{.width = std::max(columns, m_places ? m_places->desc().width : 32),
                                     .height = std::max(rows, m_places ? m_places->desc().height : 32),
                                     .format = TextureFormat::rg16});
    m_places->upload_part(m_page.data(), 0, 0, columns, rows);
}

void MaskPass::add(const MaskQuad& quad) {
    const auto x0 = static_cast<float>(quad.x0), y0 = static_cast<float>(quad.y0);
    const auto x1 = static_cast<float>(quad.x1), y1 = static_cast<float>(quad.y1);
    const std::uint32_t value = quad.value;
    m_vertices.insert(m_vertices.end(), {{x0, y0, value},
                                         {x1, y0, value},
                                         {x0, y1, value},
                                         {x0, y1, value},
                                         {x1, y0, value},
                                         {x1, y1, value}});
}

void MaskPass::set_place(Program& program, const masks::Plane& plane, const MaskPlan& plan,
                         const View& view) {
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
    program.set("u_first_texel", from_first(plan.texels.x0, plan.texels.y0));
    program.set("u_last_texel", from_first(plan.texels.x1 - 1, plan.texels.y1 - 1));
    program.set("u_end_texel", from_first(plane.width_px(), plane.height_px()));
    program.set("u_largest_value", static_cast<float>(plane.largest_value()));
    program.set("u_tiles", k_tiles_unit);
    program.set("u_places", k_places_unit);
}

void MaskPass::draw_added(Kind kind, const MaskStyle& style, Size target) {
    Program& program = m_programs[kind];
    program.set("u_target_px", std::array{float(target.width), float(target.height)});
    program.set("u_palette", k_palette_unit);
    program.set("u_palette_size", static_cast<int>(style.palette.size()));
    program.set("u_fill_opacity", style.fill == MaskFill::outlines ? 0.0f : style.opacity);
    program.set("u_outline_opacity", style.outline_opacity);
    program.set("u_outline_px", static_cast<float>(style.outline_width_px));
    program.set("u_highlighted", style.highlight ? style.highlight->value : -1);
    program.set("u_phase", style.highlight ? std::clamp(style.highlight->phase, -1.0f, 1.0f) : 0.0f);
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

    take_palette(style.palette);
    const bool looks_up = std::ranges::any_of(quads, &MaskQuad::sampled);
    if (looks_up) {
        std::vector<MaskTextures::Tile> tiles;
        for (std::size_t i = 0; i < plan.slots.size(); ++i) {
            const auto column = static_cast<std::int32_t>(i) % plan.tiles.columns;
            const auto row = static_cast<std::int32_t>(i) / plan.tiles.columns;
            if (plan.slots[i].block)
                tiles.push_back({{plan.tiles.x + column, plan.tiles.y + row}, plan.slots[i].block});
        }
        const std::int64_t uploads_before = textures.counters().uploads;
        take_places(plan, textures.hold(mask, plan.level, tiles));
        drawn.tiles = tiles.size();
        drawn.uploads = static_cast<std::size_t>(textures.counters().uploads - uploads_before);
        textures.texture().bind(k_tiles_unit);
        m_places->bind(k_places_unit);
    }
    m_palette->bind(k_palette_unit);

    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFuncSeparate(GL_ONE, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glBindVertexArray(m_vertex_array);
    const bool thin = view.scale * std::ldexp(1.0, plan.level) > style.outline_width_px;
    const Kind kind_sampled = !style.has_outlines() ? sampled : thin ? thin_outlined : outlined;
    for (const Kind kind : {one_value, kind_sampled}) {
        m_vertices.clear();
        for (const MaskQuad& quad : quads)
            if (quad.sampled == (kind != one_value)) add(quad);
        if (m_vertices.empty()) continue;
        m_programs[kind].use();
        if (kind != one_value) set_place(m_programs[kind], plane, plan, view);
        draw_added(kind, style, target);
    }
    glBindVertexArray(0);
    glActiveTexture(GL_TEXTURE0);
    end_pass();
    return drawn;
}

}  // namespace render
