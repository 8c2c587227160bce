#include "app/window/window.h"

#include <cmath>
#include <deque>

#include "app/window/script.h"
#include "app/window/window_frame.h"
#include "base/file_sequence.h"
#include "media/raster_file.h"

namespace app {

// Frames drawn after anything happened: hover, layout and a widget's new state need one more each.
constexpr int k_frames_after_change = 3;

static base::Result<std::unique_ptr<Host>> make_host(const WindowArguments& arguments) {
    const HostDesc desc{.width = arguments.width, .height = arguments.height, .scale = arguments.scale};
    const bool has_display = std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
    if (arguments.script && !has_display) return make_headless_host(desc);
    return make_glfw_host(desc);
}

namespace {

class Window {
public:
    Window(Host& host, Workbench& bench, WindowFrame& frame, Script* script)
        : m_host{host}, m_bench{bench}, m_frame{frame}, m_script{script} {}

    base::Result<void> run() {
        while (!m_bench.quit) {
            if (m_frames_due > 0) m_host.wait(0);  // input is asked for also while every turn draws
            m_frame.clock().begin();
            const double now = monotonic_secs();
            for (InputEvent& event : m_host.take_events()) m_queue.push_back(std::move(event));
            if (m_script != nullptr)
                if (auto going = drive(); !going) return going;
            if (take_input()) m_frames_due = k_frames_after_change;
            // While playing the next picture brings the second frame: drawing each twice takes the cores from
            // the decoder where no graphics card draws.
            if (m_bench.update(now)) m_frames_due = std::max(m_frames_due, m_bench.playing() ? 1 : 2);
            if (now >= m_redraw_at) m_frames_due = std::max(m_frames_due, 1);
            if (m_frames_due > 0)
                draw(now);
            else
                m_host.wait(wait_secs(now));
        }
        return {};
    }

private:
    // The next step of the script, once all input of the one before was taken and seen by a frame.
    base::Result<void> drive() {
        if (!m_queue.empty() || m_frames_due > 1) return {};
        ScriptWorld world{m_host, m_bench, m_frame, m_queue, [this](double now) { draw(now); }};
        auto more = m_script->step(world);
        if (!more) return std::unexpected(more.error());
        if (!*more) m_bench.quit = true;
        // A step that waits changes nothing: redrawing would take the cores from what it waits for.
        if (!m_script->waiting()) m_frames_due = std::max(m_frames_due, 1);
        return {};
    }

    // Every move up to and including one change of a button or key: that change must be seen by a frame of
    // its own.
    bool take_input() {
        bool took = false;
        while (!m_queue.empty() && !m_frame.must_hold(m_queue.front())) {
            // Where the pointer has come to is seen before the button there changes.
            const bool is_button =
                m_queue.front().kind == InputKind::press || m_queue.front().kind == InputKind::release;
            if (took && is_button) break;
            const InputEvent event = std::move(m_queue.front());
            m_queue.pop_front();
            m_frame.handle(event);
            took = true;
            if (event.kind != InputKind::move && event.kind != InputKind::text) break;
        }
        return took;
    }

    void draw(double now) {
        m_frame.draw(now);
        m_redraw_at = now + m_frame.redraw_in_secs();
        m_host.present();
        --m_frames_due;
    }

    double wait_secs(double now) const {
        if (!m_queue.empty()) return 0.005;  // held input waits for the disk or the picture
        const double wait = std::max(0.0, std::min(m_redraw_at - now, m_bench.next_deadline_secs(now)));
        if (m_script != nullptr) return m_script->waiting() ? std::min(0.02, wait) : 0;
        return wait;
    }

    Host& m_host;
    Workbench& m_bench;
    WindowFrame& m_frame;
    Script* const m_script;
    std::deque<InputEvent> m_queue;
    int m_frames_due = k_frames_after_change;
    double m_redraw_at = 1e18;
};

}  // namespace

base::Result<void> run_window(const WindowArguments& arguments) {
    std::optional<Script> script;
    if (arguments.script) {
        auto parsed = Script::load(*arguments.script);
        if (!parsed) return std::unexpected(parsed.error());
        script = std::move(*parsed);
    }
    for (const std::filesystem::path& file : arguments.files)
        if (std::error_code ignored; !std::filesystem::exists(file, ignored) && !base::find_sequence(file) &&
                                     !media::is_gdal_name(file))
            return base::fail(base::ErrorKind::missing, "There is no such file; check the name: {}",
                              file.string());
    auto host = make_host(arguments);
    if (!host) return std::unexpected(host.error());

    auto settings = load_settings();
    Workbench bench{settings.value_or(Settings{}), [&host] { (*host)->wake(); }};
    if (!settings) bench.toast(ToastKind::warning, settings.error().message);
    auto frame = WindowFrame::create(**host, bench);
    if (!frame) return std::unexpected(frame.error());
    bench.open(arguments.files);
    const auto result = Window{**host, bench, **frame, script ? &*script : nullptr}.run();
    if (result && bench.project() != nullptr)
        if (auto saved = bench.project()->flush(); !saved) return saved;
    bench.close_project();
    return result;
}

}  // namespace app
