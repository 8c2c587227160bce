#include "render/gl_context.h"

#include <array>
#include <atomic>
#include <cassert>
#include <vector>

#include <epoxy/egl.h>
#include <epoxy/gl.h>

#include "base/log.h"

namespace render {
namespace {

thread_local bool t_is_gl_thread = false;
std::atomic<std::int64_t> g_reported_errors{0};

bool has_client_extension(const char* name) {
    const char* all =
        eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);  // null without EGL_EXT_client_extensions
    return all != nullptr && epoxy_extension_in_string(all, name);
}

std::vector<EGLDisplay> device_displays() {
    std::vector<EGLDisplay> displays;
    if (!has_client_extension("EGL_EXT_platform_device") ||
        !has_client_extension("EGL_EXT_device_enumeration"))
        return displays;
    std::array<EGLDeviceEXT, 16> devices{};
    EGLint count = 0;
    if (!eglQueryDevicesEXT(static_cast<EGLint>(devices.size()), devices.data(), &count)) return displays;
    for (EGLint i = 0; i < count; ++i)
        displays.push_back(
            eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, devices[static_cast<std::size_t>(i)], nullptr));
    return displays;
}

// In the order of trying. None of them talks to a display server but the last.
std::vector<EGLDisplay> candidate_displays() {
    std::vector<EGLDisplay> displays;
    if (has_client_extension("EGL_EXT_platform_base")) {
        if (has_client_extension("EGL_MESA_platform_surfaceless"))
            displays.push_back(
                eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr));
        const std::vector<EGLDisplay> devices = device_displays();
        displays.insert(displays.end(), devices.begin(), devices.end());
    }
    displays.push_back(eglGetDisplay(EGL_DEFAULT_DISPLAY));
    std::erase(displays, EGL_NO_DISPLAY);
    return displays;
}

EGLConfig choose_config(EGLDisplay display, EGLint surface_type) {
    const std::array<EGLint, 5> wanted{EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_SURFACE_TYPE, surface_type,
                                       EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    if (!eglChooseConfig(display, wanted.data(), &config, 1, &count) || count == 0) return nullptr;
    return config;
}

EGLContext create_core_context(EGLDisplay display, EGLConfig config) {
    const std::array<EGLint, 7> wanted{EGL_CONTEXT_MAJOR_VERSION_KHR,
                                       3,
                                       EGL_CONTEXT_MINOR_VERSION_KHR,
                                       3,
                                       EGL_CONTEXT_OPENGL_PROFILE_MASK_KHR,
                                       EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT_KHR,
                                       EGL_NONE};
    return eglCreateContext(display, config, EGL_NO_CONTEXT, wanted.data());
}

struct Made {
    EGLContext context = EGL_NO_CONTEXT;
    EGLSurface surface = EGL_NO_SURFACE;
};

// A context made current on `display`, or none.
Made make_current_on(EGLDisplay display) {
    if (!eglInitialize(display, nullptr, nullptr) || !eglBindAPI(EGL_OPENGL_API)) return {};
    const bool surfaceless = epoxy_has_egl_extension(display, "EGL_KHR_surfaceless_context");
    const EGLConfig config = choose_config(display, surfaceless ? 0 : EGL_PBUFFER_BIT);
    if (config == nullptr) return {};
    Made made{create_core_context(display, config), EGL_NO_SURFACE};
    if (made.context == EGL_NO_CONTEXT) return {};
    if (!surfaceless) {
        const std::array<EGLint, 5> one_pixel{EGL_WIDTH, 1, EGL_HEIGHT, 1, EGL_NONE};
        made.surface = eglCreatePbufferSurface(display, config, one_pixel.data());
    }
    if (eglMakeCurrent(display, made.surface, made.surface, made.context) && require_gl_3_3()) return made;
    eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (made.surface != EGL_NO_SURFACE) eglDestroySurface(display, made.surface);
    eglDestroyContext(display, made.context);
    return {};
}

const char* gl_string(GLenum name) {
    const GLubyte* text = glGetString(name);
    return text == nullptr ? "?" : reinterpret_cast<const char*>(text);
}

void GLAPIENTRY on_debug_message(GLenum source, GLenum type, GLuint, GLenum severity, GLsizei length,
                                 const GLchar* text, const void*) {
    const std::string_view message{
        text, length < 0 ? std::char_traits<char>::length(text) : static_cast<std::size_t>(length)};
    if (source == GL_DEBUG_SOURCE_SHADER_COMPILER) return;  // Program hands these on with its own error
    if (type == GL_DEBUG_TYPE_ERROR) {
        g_reported_errors.fetch_add(1, std::memory_order_relaxed);
        base::log(base::LogLevel::error, "OpenGL: {}", message);
    } else if (severity == GL_DEBUG_SEVERITY_HIGH) {
        base::log(base::LogLevel::warning, "OpenGL: {}", message);
    }
}

}  // namespace

base::Result<HeadlessContext> HeadlessContext::create() {
    // Without this question libepoxy ends the process when there is no libEGL.
    if (epoxy_has_egl()) {
        for (const EGLDisplay display : candidate_displays()) {
            const Made made = make_current_on(display);
            if (made.context == EGL_NO_CONTEXT) continue;
            HeadlessContext context;
            context.m_display = display;
            context.m_context = made.context;
            context.m_surface = made.surface;
            mark_gl_thread();
            return context;
        }
    }
    return base::fail(base::ErrorKind::unsupported,
                      "This machine has no OpenGL 3.3 that works without a display; install libgl1-mesa-dri");
}

HeadlessContext::HeadlessContext(HeadlessContext&& other) noexcept
    : m_display{std::exchange(other.m_display, nullptr)},
      m_context{std::exchange(other.m_context, nullptr)},
      m_surface{std::exchange(other.m_surface, nullptr)} {}

HeadlessContext::~HeadlessContext() {
    if (m_context == nullptr) return;
    assert(on_gl_thread());
    eglMakeCurrent(m_display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (m_surface != nullptr) eglDestroySurface(m_display, m_surface);
    eglDestroyContext(m_display, m_context);
    eglReleaseThread();  // no eglTerminate: the display belongs to the whole process, and starting it again
                         // is slow
    t_is_gl_thread = false;  // a texture that outlives its context is found by its assert
}

void mark_gl_thread() { t_is_gl_thread = true; }
bool on_gl_thread() { return t_is_gl_thread; }

std::string gl_description() {
    return fmt::format("{}, OpenGL {}", gl_string(GL_RENDERER), gl_string(GL_VERSION));
}

base::Result<void> require_gl_3_3() {
    const int version = epoxy_gl_version();  // 33 for 3.3
    if (epoxy_is_desktop_gl() && version >= 33) return {};
    return base::fail(base::ErrorKind::unsupported,
                      "Limn needs OpenGL 3.3 and this graphics driver gives {}.{}; update it or set "
                      "LIBGL_ALWAYS_SOFTWARE=1: {}",
                      version / 10, version % 10, gl_string(GL_RENDERER));
}

void watch_gl_errors() {
    assert(on_gl_thread());
    g_reported_errors = 0;
    if (!epoxy_has_gl_extension("GL_KHR_debug")) return;
    glEnable(GL_DEBUG_OUTPUT);
    glEnable(GL_DEBUG_OUTPUT_SYNCHRONOUS);
    glDebugMessageCallback(on_debug_message, nullptr);
}

std::int64_t take_gl_errors() {
    assert(on_gl_thread());
    std::int64_t errors = g_reported_errors.exchange(0);
    while (glGetError() != GL_NO_ERROR) ++errors;
    return errors;
}

}  // namespace render
