#pragma once
// What carries the window: a GLFW window on a display, or an off-screen picture without one. Everything above
// is the same.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/input.h"
#include "app/overlay.h"
#include "base/result.h"
#include "render/framebuffer.h"

namespace app {

struct HostDesc {
    int width = 0, height = 0;  // framebuffer pixels; 0: the host's choice
    double scale = 0;           // framebuffer pixels per logical pixel; 0: the display's
    std::string title = "Limn";
};

class Host {
public:
    virtual ~Host() = default;
    [[nodiscard]] virtual render::Size framebuffer() const = 0;
    [[nodiscard]] virtual double scale() const = 0;
    // Returns at input, at wake(), or after `seconds` (infinity: no limit).
    virtual void wait(double seconds) = 0;
    [[nodiscard]] virtual std::vector<InputEvent> take_events() = 0;
    virtual void bind() = 0;  // as the target to draw to
    virtual void present() = 0;
    [[nodiscard]] virtual std::vector<std::uint8_t>
    read_rgba() = 0;  // what was drawn, top to bottom; before present()
    virtual void set_title(const std::string& title) = 0;
    virtual void set_cursor(Cursor cursor) = 0;
    [[nodiscard]] virtual std::string clipboard() = 0;
    virtual void set_clipboard(const std::string& text) = 0;
    virtual void wake() = 0;  // from any thread
};

[[nodiscard]] double monotonic_secs();

// Errors: unsupported (no display, no OpenGL 3.3), with what to do.
[[nodiscard]] base::Result<std::unique_ptr<Host>> make_glfw_host(const HostDesc& desc);
[[nodiscard]] base::Result<std::unique_ptr<Host>> make_headless_host(const HostDesc& desc);

}  // namespace app
