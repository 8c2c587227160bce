#include "render/gl_state.h"

#include <cassert>

#include <epoxy/gl.h>

#include "render/gl_context.h"

namespace render {

bool begin_pass(Size target, const base::Rect& clip) {
    assert(on_gl_thread());
    const auto pixel_edge = [](double edge, int limit) {
        return static_cast<int>(std::clamp(std::round(edge), 0.0, static_cast<double>(limit)));
    };
    const int x0 = pixel_edge(clip.x0, target.width), x1 = pixel_edge(clip.x1, target.width);
    const int y0 = pixel_edge(clip.y0, target.height), y1 = pixel_edge(clip.y1, target.height);
    if (x1 <= x0 || y1 <= y0) return false;
    glViewport(0, 0, target.width, target.height);
    glEnable(GL_SCISSOR_TEST);
    glScissor(x0, target.height - y1, x1 - x0, y1 - y0);  // GL counts rows from the bottom
    glDisable(GL_DEPTH_TEST);
    glDisable(GL_STENCIL_TEST);
    glDisable(GL_CULL_FACE);
    glDisable(GL_BLEND);
    glDisable(GL_FRAMEBUFFER_SRGB);
    glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
    return true;
}

void end_pass() {
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
}

}  // namespace render
