#pragma once
// OpenGL 3.3 core without a display, and which thread may touch GL.

#include <cstdint>
#include <string>

#include "base/result.h"

namespace render {

// A context of its own on EGL, current on the thread that made it until destroyed there. Tries Mesa's
// surfaceless platform, then each EGL device, then the default display with a 1x1 pbuffer. There is no
// default framebuffer to draw to: bind a Framebuffer.
class HeadlessContext {
public:
    // Marks the calling thread as the GL thread. Errors: unsupported, when no OpenGL 3.3 works without a
    // display.
    [[nodiscard]] static base::Result<HeadlessContext> create();
    HeadlessContext(HeadlessContext&& other) noexcept;
    HeadlessContext& operator=(HeadlessContext&&) = delete;
    ~HeadlessContext();

private:
    HeadlessContext() = default;
    void* m_display = nullptr;  // EGLDisplay, EGLContext, EGLSurface (may stay null)
    void* m_context = nullptr;
    void* m_surface = nullptr;
};

// The window calls this once its context is current; HeadlessContext does it itself. Everything in render::
// asserts it.
void mark_gl_thread();
[[nodiscard]] bool on_gl_thread();

// "llvmpipe (LLVM 15.0.6, 256 bits), OpenGL 3.3 (Core Profile) Mesa 22.3.6". Needs a current context.
[[nodiscard]] std::string gl_description();
// The current context is OpenGL 3.3 or newer. Errors: unsupported, naming what it is and what to do.
[[nodiscard]] base::Result<void> require_gl_3_3();
// Logs what the driver reports through KHR_debug, where it has it, and counts the errors among it.
void watch_gl_errors();
// Errors reported since watch_gl_errors(), plus those glGetError still holds (which this clears).
[[nodiscard]] std::int64_t take_gl_errors();

}  // namespace render
