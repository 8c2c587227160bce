#include "render/vector_pass.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <utility>

#include <epoxy/gl.h>

#include "embedded_shaders.h"
#include "render/gl_context.h"
#include "render/gl_state.h"
#include "render/texture.h"

namespace render {
namespace {

using media::VectorDot;
using media::VectorTile;
using media::VectorVertex;

enum : int { k_fill, k_line, k_dot, k_density };  // u_kind

std::array<float, 4> channels(Rgba color) {
    const auto channel = [color](int shift) { return static_cast<float>(color >> shift & 0xFF) / 255.0f; };
    return {channel(24), channel(16), channel(8), channel(0)};
}

// NOLINTNEXTLINE(performance-no-int-to-ptr): GL takes the offset as a pointer
const void* offset(std::size_t bytes) { return reinterpret_cast<const void*>(bytes); }

void attribute(GLuint index, GLint size, std::size_t stride, std::size_t from, GLuint divisor) {
    glEnableVertexAttribArray(index);
    glVertexAttribPointer(index, size, GL_FLOAT, GL_FALSE, static_cast<GLsizei>(stride), offset(from));
    glVertexAttribDivisor(index, divisor);
}

template <class T>
void fill_buffer(GLenum target, GLuint buffer, const std::vector<T>& items) {
    glBindBuffer(target, buffer);
    glBufferData(target, static_cast<GLsizeiptr>(items.size() * sizeof(T)), items.data(), GL_STATIC_DRAW);
}

}  // namespace

// A tile on the GPU. Lines are instances of a quad that read a vertex and the one after it from the same
// buffer, so that no vertex is stored twice.
struct VectorPass::Buffers {
    explicit Buffers(const VectorTile& tile)
        : bytes{tile.bytes()},
          legs{tile.line_vertices > 1 ? tile.line_vertices - 1 : 0},
          indices{tile.triangles.size()},
          dots{tile.dots.size()},
          densities{tile.density.empty() ? std::size_t{0} : 1} {
        glGenVertexArrays(4, arrays);
        glGenBuffers(3, buffers);
        glBindVertexArray(arrays[k_fill]);
        fill_buffer(GL_ARRAY_BUFFER, buffers[0], tile.vertices);
        fill_buffer(GL_ELEMENT_ARRAY_BUFFER, buffers[1], tile.triangles);
        attribute(0, 2, sizeof(VectorVertex), 0, 0);
        glBindVertexArray(arrays[k_line]);
        attribute(0, 2, sizeof(VectorVertex), 0, 1);
        attribute(1, 2, sizeof(VectorVertex), sizeof(VectorVertex), 1);
        glBindVertexArray(arrays[k_dot]);
        fill_buffer(GL_ARRAY_BUFFER, buffers[2], tile.dots);
        attribute(0, 2, sizeof(VectorDot), 0, 1);
        attribute(2, 1, sizeof(VectorDot), offsetof(VectorDot, weight), 1);
        glBindVertexArray(0);
        if (densities == 0) return;
        density.emplace(TextureDesc{media::k_vector_density_side, media::k_vector_density_side,
                                    TextureFormat::r8, Filter::nearest});
        density->upload(tile.density.data(), media::k_vector_density_side);
    }
    Buffers(const Buffers&) = delete;
    ~Buffers() {
        assert(on_gl_thread());
        glDeleteVertexArrays(4, arrays);
        glDeleteBuffers(3, buffers);
    }

    GLuint arrays[4]{};   // by u_kind; that of a density has no attributes
    GLuint buffers[3]{};  // vertices, triangles, dots
    std::optional<Texture> density;
    std::size_t bytes, legs, indices, dots, densities;
    std::uint64_t last_used = 0;
};

base::Result<VectorPass> VectorPass::create(VectorPassOptions options) {
    base::Result<Program> program =
        Program::create({"vector", limn_shaders::vector_vert, limn_shaders::vector_frag, {}, {}});
    if (!program) return std::unexpected(program.error());
    return VectorPass{std::move(*program), options};
}

VectorPass::VectorPass(Program program, VectorPassOptions options)
    : m_program{std::move(program)}, m_options{options} {}
VectorPass::VectorPass(VectorPass&& other) noexcept = default;
VectorPass::~VectorPass() = default;

void VectorPass::clear() {
    m_kept.clear();
    m_counters.tiles_kept = m_counters.bytes_kept = 0;
}

int VectorPass::choose_level(const media::VectorTiles& tiles, double scale, const base::Rect& seen) {
    for (int level = tiles.level_for(scale);; ++level) {
        m_seen.clear();
        tiles.find(level, seen, m_seen);
        std::size_t bytes = 0;
        for (const auto& tile : m_seen) bytes += tile->bytes();
        if (bytes <= m_options.budget_bytes || level + 1 >= tiles.levels()) return level;
    }
}

// m_ready from m_seen, less what has to wait for the next draw().
void VectorPass::upload_wanted() {
    std::size_t uploaded = 0;
    m_ready.clear();
    for (const auto& tile : m_seen) {
        auto found = m_kept.find(tile->id);
        if (found == m_kept.end()) {
            const std::size_t bytes = tile->bytes();
            if (uploaded > 0 && uploaded + bytes > m_options.upload_bytes) continue;
            uploaded += bytes;
            ++m_counters.uploads;
            m_counters.upload_bytes += static_cast<std::int64_t>(bytes);
            m_counters.bytes_kept += bytes;
            found = m_kept.emplace(tile->id, std::make_unique<Buffers>(*tile)).first;
        } else {
            ++m_counters.hits;
        }
        found->second->last_used = m_draws;
        m_ready.push_back({tile.get(), found->second.get()});
    }
}

// What was drawn longest ago goes first; what is drawn now stays.
void VectorPass::make_room() {
    if (m_counters.bytes_kept > m_options.budget_bytes) {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> by_age;
        for (const auto& [id, buffers] : m_kept)
            if (buffers->last_used != m_draws) by_age.emplace_back(buffers->last_used, id);
        std::ranges::sort(by_age);
        for (const auto& [last_used, id] : by_age) {
            if (m_counters.bytes_kept <= m_options.budget_bytes) break;
            const auto found = m_kept.find(id);
            m_counters.bytes_kept -= found->second->bytes;
            m_kept.erase(found);
            ++m_counters.evictions;
        }
    }
    m_counters.tiles_kept = m_kept.size();
}

void VectorPass::set_place(const VectorTile& tile, const View& view) {
    const base::Point origin = view.screen_from_media(tile.origin);
    m_program.set("u_origin_px", std::array{static_cast<float>(origin.x), static_cast<float>(origin.y)});
}

VectorDrawn VectorPass::draw(const media::VectorTiles& tiles, const View& view, Size target,
                             const VectorStyle& style) {
    VectorDrawn drawn;
    if (tiles.levels() == 0 || view.scale <= 0 || !begin_pass(target, view.screen)) return drawn;
    ++m_draws;
    const double margin_px = std::max(style.width_px, style.point_px) / 2.0 + 1;
    drawn.level = choose_level(tiles, view.scale, view.visible_media().grown(margin_px / view.scale));
    upload_wanted();
    drawn.tiles = m_ready.size();
    drawn.waiting = m_seen.size() - m_ready.size();

    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    m_program.use();
    m_program.set("u_target_px",
                  std::array{static_cast<float>(target.width), static_cast<float>(target.height)});
    m_program.set("u_scale", static_cast<float>(view.scale));
    m_program.set("u_half_px", style.width_px / 2);
    m_program.set("u_point_px", style.point_px);
    // A dot is the square it stands for, and never less than a pixel.
    m_program.set("u_density", 0);
    m_program.set("u_tile_px",
                  static_cast<float>(std::ldexp(media::k_vector_tile_px, drawn.level) * view.scale));
    m_program.set("u_dot_px", static_cast<float>(std::max(std::ldexp(2.0, drawn.level) * view.scale, 1.0)));

    const auto draw_all = [&](int kind, Rgba color, std::size_t Buffers::* count, const auto& call) {
        m_program.set("u_kind", kind);
        m_program.set("u_color", channels(color));
        for (const Ready& each : m_ready) {
            if (each.buffers->*count == 0) continue;
            set_place(*each.tile, view);
            if (kind == k_density) each.buffers->density->bind(0);
            glBindVertexArray(each.buffers->arrays[kind]);
            call(static_cast<GLsizei>(each.buffers->*count));
            ++drawn.draw_calls;
        }
    };
    const auto quads = [](GLsizei count) { glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, count); };
    if ((style.fill & 0xFF) != 0)
        draw_all(k_fill, style.fill, &Buffers::indices, [&](GLsizei count) {
            glDrawElements(GL_TRIANGLES, count, GL_UNSIGNED_INT, nullptr);
            drawn.triangles += static_cast<std::size_t>(count) / 3;
        });
    if (style.width_px > 0)
        draw_all(k_line, style.line, &Buffers::legs, [&](GLsizei count) {
            quads(count);
            drawn.line_vertices += static_cast<std::size_t>(count) + 1;
        });
    draw_all(k_density, style.line, &Buffers::densities, [&](GLsizei) {
        glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
        ++drawn.densities;
    });
    draw_all(k_dot, style.line, &Buffers::dots, [&](GLsizei count) {
        quads(count);
        drawn.dots += static_cast<std::size_t>(count);
    });
    glBindVertexArray(0);
    end_pass();
    make_room();
    return drawn;
}

}  // namespace render
