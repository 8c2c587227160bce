#pragma once
// Draws OverlayBatch lists.

#include <cstdint>
#include <optional>

#include "base/geometry.h"
#include "base/result.h"
#include "render/framebuffer.h"
#include "render/overlay.h"
#include "render/program.h"

namespace render {

struct OverlayCounters {
    std::int64_t draw_calls = 0, primitives = 0, vertices = 0, bytes = 0;
};

// Lives and dies on the GL thread. Leaves blending, depth and scissor tests off, and its program and vertex
// array bound.
class OverlayPass {
public:
    [[nodiscard]] static base::Result<OverlayPass> create();
    OverlayPass(OverlayPass&& other) noexcept;
    OverlayPass& operator=(OverlayPass&& other) = delete;
    ~OverlayPass();

    // Into the framebuffer bound now, whose whole size is `target`, over what is there; one GL draw call,
    // none when the batch is empty. `clip`: the part of the framebuffer that may be touched, all of it when
    // not given.
    void draw(const OverlayBatch& batch, Size target, std::optional<base::Rect> clip = std::nullopt);
    [[nodiscard]] const OverlayCounters& counters() const { return m_counters; }  // since create()
    Reload reload_if_changed() { return m_program.reload_if_changed(); }

private:
    explicit OverlayPass(Program program) : m_program{std::move(program)} {}
    void make_buffers();
    void stream(const OverlayBatch& batch);
    Program m_program;
    std::uint32_t m_vertex_array = 0, m_vertex_buffer = 0, m_index_buffer = 0;
    OverlayCounters m_counters;
};

}  // namespace render
