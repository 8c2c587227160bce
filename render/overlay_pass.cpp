#include "render/overlay_pass.h"

#include <cassert>
#include <cstddef>
#include <utility>

#include <epoxy/gl.h>

#include "embedded_shaders.h"
#include "render/gl_context.h"
#include "render/gl_state.h"

namespace render {
namespace {

// Gives the buffer fresh storage, so that the driver need not wait for the draw that still reads the old one.
template <class T>
std::int64_t stream_into(GLenum target, GLuint buffer, const std::vector<T>& items) {
    const auto bytes = static_cast<GLsizeiptr>(items.size() * sizeof(T));
    glBindBuffer(target, buffer);
    glBufferData(target, bytes, nullptr, GL_STREAM_DRAW);
    glBufferSubData(target, 0, bytes, items.data());
    return bytes;
}

}  // namespace

base::Result<OverlayPass> OverlayPass::create() {
    base::Result<Program> program =
        Program::create({"overlay", limn_shaders::overlay_vert, limn_shaders::overlay_frag, {}});
    if (!program) return std::unexpected(program.error());
    OverlayPass pass{std::move(*program)};
    pass.make_buffers();
    return pass;
}

void OverlayPass::make_buffers() {
    using Vertex = OverlayBatch::Vertex;
    glGenVertexArrays(1, &m_vertex_array);
    glGenBuffers(1, &m_vertex_buffer);
    glGenBuffers(1, &m_index_buffer);
    glBindVertexArray(m_vertex_array);
    glBindBuffer(GL_ARRAY_BUFFER, m_vertex_buffer);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, m_index_buffer);
    const auto attribute = [](GLuint index, GLint size, GLenum type, GLboolean normalised,
                              std::size_t offset) {
        glEnableVertexAttribArray(index);
        // NOLINTNEXTLINE(performance-no-int-to-ptr): GL takes the offset as a pointer
        const auto* start = reinterpret_cast<const void*>(offset);
        glVertexAttribPointer(index, size, type, normalised, sizeof(Vertex), start);
    };
    attribute(0, 2, GL_FLOAT, GL_FALSE, offsetof(Vertex, x));
    attribute(1, 4, GL_FLOAT, GL_FALSE, offsetof(Vertex, across));
    attribute(2, 4, GL_UNSIGNED_BYTE, GL_TRUE, offsetof(Vertex, color));
    glBindVertexArray(0);
}

OverlayPass::OverlayPass(OverlayPass&& other) noexcept
    : m_program{std::move(other.m_program)},
      m_vertex_array{std::exchange(other.m_vertex_array, 0)},
      m_vertex_buffer{std::exchange(other.m_vertex_buffer, 0)},
      m_index_buffer{std::exchange(other.m_index_buffer, 0)},
      m_counters{other.m_counters} {}

OverlayPass::~OverlayPass() {
    if (m_vertex_array == 0) return;
    assert(on_gl_thread());
    glDeleteVertexArrays(1, &m_vertex_array);
    glDeleteBuffers(1, &m_vertex_buffer);
    glDeleteBuffers(1, &m_index_buffer);
}

void OverlayPass::draw(const OverlayBatch& batch, Size target, std::optional<base::Rect> clip) {
    const base::Rect everything{0, 0, static_cast<double>(target.width), static_cast<double>(target.height)};
    if (batch.empty() || !begin_pass(target, clip.value_or(everything))) return;
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    m_program.use();
    m_program.set("u_target_px",
                  std::array{static_cast<float>(target.width), static_cast<float>(target.height)});
    glBindVertexArray(m_vertex_array);
    stream(batch);
    glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(batch.m_indices.size()), GL_UNSIGNED_INT, nullptr);
    glBindVertexArray(0);
    end_pass();
    ++m_counters.draw_calls;
    m_counters.primitives += static_cast<std::int64_t>(batch.primitive_count());
}

void OverlayPass::stream(const OverlayBatch& batch) {
    m_counters.bytes += stream_into(GL_ARRAY_BUFFER, m_vertex_buffer, batch.m_vertices);
    m_counters.bytes += stream_into(GL_ELEMENT_ARRAY_BUFFER, m_index_buffer, batch.m_indices);
    m_counters.vertices += static_cast<std::int64_t>(batch.m_vertices.size());
}

}  // namespace render
