#include <epoxy/gl.h>
// GLFW must not bring its own GL headers.
#define GLFW_INCLUDE_NONE
#include <array>
#include <cmath>
#include <cstdlib>

#include <GLFW/glfw3.h>

#include "app/window/host.h"
#include "render/gl_context.h"

namespace app {

namespace {

class GlfwHost final : public Host {
public:
    GlfwHost(GLFWwindow* window, double scale) : m_window{window}, m_scale{scale} {
        glfwSetWindowUserPointer(window, this);
        glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { of(w).push(InputKind::move); });
        glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int mods) {
            InputEvent& event = of(w).push(action == GLFW_PRESS ? InputKind::press : InputKind::release);
            event.button = button;
            event.modifiers = modifiers(mods);
        });
        glfwSetScrollCallback(
            window, [](GLFWwindow* w, double x, double y) { of(w).push(InputKind::scroll).scroll = {x, y}; });
        glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int, int action, int mods) {
            if (key < 0) return;
            InputEvent& event = of(w).push(action == GLFW_RELEASE ? InputKind::key_up : InputKind::key_down);
            event.key = key;
            event.repeat = action == GLFW_REPEAT;
            event.modifiers = modifiers(mods);
        });
        glfwSetCharCallback(window, [](GLFWwindow* w, unsigned character) {
            of(w).push(InputKind::text).character = character;
        });
        glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
            InputEvent& event = of(w).push(InputKind::drop);
            for (int i = 0; i < count; ++i) event.files.emplace_back(paths[i]);
        });
        glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int focused) {
            if (focused == GLFW_FALSE) of(w).push(InputKind::focus_lost);
        });
        glfwSetWindowCloseCallback(window, [](GLFWwindow* w) { of(w).push(InputKind::close); });
        // Anything that makes the old picture stale counts as input, so that it is drawn anew.
        glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { of(w).push(InputKind::move); });
        glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { of(w).push(InputKind::move); });
    }
    ~GlfwHost() override {
        for (GLFWcursor* cursor : m_cursors)
            if (cursor != nullptr) glfwDestroyCursor(cursor);
        glfwDestroyWindow(m_window);
        glfwTerminate();
    }

    render::Size framebuffer() const override {
        render::Size size;
        glfwGetFramebufferSize(m_window, &size.width, &size.height);
        return size;
    }
    double scale() const override {
        if (m_scale > 0) return m_scale;
        float x = 1, y = 1;
        glfwGetWindowContentScale(m_window, &x, &y);
        return x;
    }
    void wait(double seconds) override {
        if (seconds <= 0)
            glfwPollEvents();
        else if (seconds > 1e6)
            glfwWaitEvents();
        else
            glfwWaitEventsTimeout(seconds);
    }
    std::vector<InputEvent> take_events() override { return std::exchange(m_events, {}); }
    void bind() override {
        glBindFramebuffer(GL_FRAMEBUFFER, 0);
        const render::Size size = framebuffer();
        glViewport(0, 0, size.width, size.height);
    }
    void present() override { glfwSwapBuffers(m_window); }
    std::vector<std::uint8_t> read_rgba() override;
    void set_title(const std::string& title) override { glfwSetWindowTitle(m_window, title.c_str()); }
    void set_cursor(Cursor cursor) override;
    std::string clipboard() override {
        const char* text = glfwGetClipboardString(m_window);
        return text != nullptr ? text : "";
    }
    void set_clipboard(const std::string& text) override { glfwSetClipboardString(m_window, text.c_str()); }
    void wake() override { glfwPostEmptyEvent(); }

private:
    static GlfwHost& of(GLFWwindow* window) {
        return *static_cast<GlfwHost*>(glfwGetWindowUserPointer(window));
    }
    static Modifiers modifiers(int mods) {
        return {.shift = (mods & GLFW_MOD_SHIFT) != 0,
                .ctrl = (mods & GLFW_MOD_CONTROL) != 0,
                .alt = (mods & GLFW_MOD_ALT) != 0};
    }
    InputEvent& push(InputKind kind) {
        InputEvent& event = m_events.emplace_back();
        event.kind = kind;
        event.time_secs = monotonic_secs();
        // GLFW counts the pointer in screen coordinates, which are not framebuffer pixels on every display.
        int width = 1, height = 1;
        glfwGetWindowSize(m_window, &width, &height);
        const render::Size size = framebuffer();
        glfwGetCursorPos(m_window, &event.at.x, &event.at.y);
        event.at.x *= static_cast<double>(size.width) / std::max(width, 1);
        event.at.y *= static_cast<double>(size.height) / std::max(height, 1);
        const auto down = [&](int left, int right) {
            return glfwGetKey(m_window, left) == GLFW_PRESS || glfwGetKey(m_window, right) == GLFW_PRESS;
        };
        event.modifiers = {.shift = down(GLFW_KEY_LEFT_SHIFT, GLFW_KEY_RIGHT_SHIFT),
                           .ctrl = down(GLFW_KEY_LEFT_CONTROL, GLFW_KEY_RIGHT_CONTROL),
                           .alt = down(GLFW_KEY_LEFT_ALT, GLFW_KEY_RIGHT_ALT)};
        return event;
    }

    GLFWwindow* const m_window;
    const double m_scale;
    std::vector<InputEvent> m_events;
    std::array<GLFWcursor*, 9> m_cursors{};
};

std::vector<std::uint8_t> GlfwHost::read_rgba() {
    const render::Size size = framebuffer();
    const std::size_t row = static_cast<std::size_t>(size.width) * 4;
    std::vector<std::uint8_t> bottom_up(row * static_cast<std::size_t>(size.height)),
        pixels(bottom_up.size());
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, size.width, size.height, GL_RGBA, GL_UNSIGNED_BYTE, bottom_up.data());
    for (std::size_t y = 0; y < static_cast<std::size_t>(size.height); ++y)
        std::copy_n(bottom_up.data() + (static_cast<std::size_t>(size.height) - 1 - y) * row, row,
                    pixels.data() + y * row);
    for (std::size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
    return pixels;
}

void GlfwHost::set_cursor(Cursor cursor) {
    static constexpr std::array k_shapes{
        GLFW_ARROW_CURSOR,     GLFW_CROSSHAIR_CURSOR, GLFW_HAND_CURSOR,
        GLFW_VRESIZE_CURSOR,   GLFW_HRESIZE_CURSOR,   0x00036007 /* NWSE, GLFW 3.4 */,
        0x00036008 /* NESW */, GLFW_HAND_CURSOR,      GLFW_IBEAM_CURSOR};
    const auto index = static_cast<std::size_t>(cursor);
    if (m_cursors[index] == nullptr) {
        m_cursors[index] = glfwCreateStandardCursor(k_shapes[index]);
        if (m_cursors[index] == nullptr) m_cursors[index] = glfwCreateStandardCursor(GLFW_CROSSHAIR_CURSOR);
    }
    glfwSetCursor(m_window, m_cursors[index]);
}

std::string g_glfw_error;  // GLFW reports through a callback without context; UI thread only

}  // namespace

base::Result<std::unique_ptr<Host>> make_glfw_host(const HostDesc& desc) {
    g_glfw_error.clear();
    glfwSetErrorCallback([](int, const char* text) { g_glfw_error = text; });
    const char* advice =
        "start Limn in a desktop session, or use `limn render` and `limn --script`, which need no display";
    if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr)
        return base::fail(base::ErrorKind::unsupported, "There is no display to open a window on; {}",
                          advice);
    if (glfwInit() == GLFW_FALSE)
        return base::fail(base::ErrorKind::unsupported, "The display cannot be opened ({}); {}", g_glfw_error,
                          advice);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    const bool sized = desc.width > 0 && desc.height > 0;
    int x = 0, y = 0, width = 1600, height = 1000;  // what is left after maximising, where nobody maximises
    if (GLFWmonitor* monitor = glfwGetPrimaryMonitor()) {
        int free_width = 0, free_height = 0;
        glfwGetMonitorWorkarea(monitor, &x, &y, &free_width, &free_height);
        if (free_width > 0) width = std::min(width, free_width), height = std::min(height, free_height);
    }
    if (!sized) glfwWindowHint(GLFW_MAXIMIZED, GLFW_TRUE);
    GLFWwindow* window = glfwCreateWindow(sized ? desc.width : width, sized ? desc.height : height,
                                          desc.title.c_str(), nullptr, nullptr);
    if (window == nullptr) {
        glfwTerminate();
        return base::fail(
            base::ErrorKind::unsupported,
            "This display offers no OpenGL 3.3 ({}); install its graphics driver, or libgl1-mesa-dri",
            g_glfw_error);
    }
    glfwMakeContextCurrent(window);
    glfwSwapInterval(1);
    render::mark_gl_thread();
    return std::make_unique<GlfwHost>(window, desc.scale);
}

}  // namespace app
