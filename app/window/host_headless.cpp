#include <chrono>
#include <condition_variable>
#include <mutex>

#include <epoxy/gl.h>

#include "app/window/host.h"
#include "render/gl_context.h"

namespace app {

double monotonic_secs() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

namespace {

class HeadlessHost final : public Host {
public:
    HeadlessHost(render::HeadlessContext context, render::Framebuffer target, double scale)
        : m_context{std::move(context)}, m_target{std::move(target)}, m_scale{scale} {}

    render::Size framebuffer() const override { return m_target.size(); }
    double scale() const override { return m_scale; }
    void wait(double seconds) override {
        std::unique_lock lock{m_mutex};
        const auto woken = [this] { return m_woken; };
        if (seconds > 1e6)
            m_changed.wait(lock, woken);
        else
            m_changed.wait_for(lock, std::chrono::duration<double>(seconds), woken);
        m_woken = false;
    }
    std::vector<InputEvent> take_events() override { return {}; }
    void bind() override { m_target.bind(); }
    // Nothing paces an off-screen window: without this a software renderer queues frames faster than it draws
    // them.
    void present() override { glFinish(); }
    std::vector<std::uint8_t> read_rgba() override { return m_target.read_rgba(); }
    void set_title(const std::string&) override {}
    void set_cursor(Cursor) override {}
    std::string clipboard() override { return m_clipboard; }
    void set_clipboard(const std::string& text) override { m_clipboard = text; }
    void wake() override {
        {
            const std::scoped_lock lock{m_mutex};
            m_woken = true;
        }
        m_changed.notify_one();
    }

private:
    render::HeadlessContext m_context;
    render::Framebuffer m_target;
    const double m_scale;
    std::string m_clipboard;
    std::mutex m_mutex;  // leaf; guards m_woken
    std::condition_variable m_changed;
    bool m_woken = false;
};

}  // namespace

base::Result<std::unique_ptr<Host>> make_headless_host(const HostDesc& desc) {
    auto context = render::HeadlessContext::create();
    if (!context) return std::unexpected(context.error());
    const double scale = desc.scale > 0 ? desc.scale : 1;
    const render::Size size{desc.width > 0 ? desc.width : 1280, desc.height > 0 ? desc.height : 800};
    auto target = render::Framebuffer::create(size);
    if (!target) return std::unexpected(target.error());
    return std::make_unique<HeadlessHost>(std::move(*context), std::move(*target), scale);
}

}  // namespace app
