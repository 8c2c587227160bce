#include "app/window/window_frame.h"

#include <cmath>

#include <epoxy/gl.h>

#include "app/action.h"
#include "app/panels/panels.h"
#include "app/ui/fonts.h"
#include "render/gl_context.h"

namespace app {

std::filesystem::path font_dir() {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "fonts";
}

// Some 180 thumbnails, 14 MB: a wide screen shows about half of that.
static constexpr render::AtlasDesc k_atlas{.cell_width_px = media::k_thumbnail_box.width_px,
                                           .cell_height_px = media::k_thumbnail_box.height_px,
                                           .columns = 12,
                                           .rows = 15};

WindowFrame::WindowFrame(Host& host, Workbench& bench, Canvas canvas)
    : m_host{host}, m_bench{bench}, m_imgui{host}, m_canvas{std::move(canvas)}, m_atlas{k_atlas} {}

base::Result<std::unique_ptr<WindowFrame>> WindowFrame::create(Host& host, Workbench& bench) {
    if (auto enough = render::require_gl_3_3(); !enough) return std::unexpected(enough.error());
    auto canvas = Canvas::create();
    if (!canvas) return std::unexpected(canvas.error());
    return std::unique_ptr<WindowFrame>(new WindowFrame(host, bench, std::move(*canvas)));
}

void WindowFrame::use_scale(float scale) {
    const bool light = m_bench.settings().light_theme;
    if (scale != m_scale) {
        m_fonts = load_fonts(font_dir(), scale);
        m_imgui.rebuild_fonts_texture();
    }
    if (scale != m_scale || light != m_light) apply_style(light ? light_theme() : dark_theme(), scale);
    m_scale = scale;
    m_light = light;
}

// -- input
// -----------------------------------------------------------------------------------------------------------

bool WindowFrame::must_hold(const InputEvent& event) const {
    if (event.kind == InputKind::press)
        return event.button == 0 && m_canvas.contains(event.at) && !m_imgui.wants_pointer() &&
               m_bench.must_wait();
    if (event.kind == InputKind::key_down) return !m_imgui.wants_text() && m_bench.saving();
    return false;
}

void WindowFrame::handle(const InputEvent& event) {
    if (event.kind == InputKind::close) m_bench.quit = m_bench.may_leave();
    if (event.kind == InputKind::drop) m_bench.open(event.files);
    const bool over_canvas = m_canvas.contains(event.at) && !m_imgui.wants_pointer() &&
                             m_bench.document() != nullptr && m_bench.popup == Popup::none;
    const bool is_pointer = event.kind == InputKind::move || event.kind == InputKind::press ||
                            event.kind == InputKind::release || event.kind == InputKind::scroll ||
                            event.kind == InputKind::focus_lost;
    if (is_pointer && (m_canvas.in_gesture() || over_canvas)) {
        m_canvas.pointer(m_bench, event);
        if (event.kind == InputKind::move) m_imgui.feed(event);  // so that hover ends where it should
        if (event.kind != InputKind::focus_lost && (m_canvas.in_gesture() || event.kind != InputKind::press))
            return;
    } else if (event.kind == InputKind::move) {
        m_canvas.leave();
    }
    if (event.kind == InputKind::key_down) key_down(event);
    m_imgui.feed(event);
}

void WindowFrame::key_down(const InputEvent& event) {
    if (m_canvas.in_gesture()) {
        InputEvent cancel = event;
        cancel.kind = InputKind::focus_lost;
        if (event.key == key::escape) m_canvas.pointer(m_bench, cancel);
        return;
    }
    const bool typing = m_imgui.wants_text() || m_imgui.list_is_open() || m_bench.popup != Popup::none;
    if (!typing && m_canvas.key(m_bench, event.key)) return;
    // run_chord knows what a popup leaves free, and gives the shortcut sheet the chord it waits for.
    if (m_imgui.wants_text() || m_imgui.list_is_open()) return;
    const Chord chord{event.key, event.modifiers};
    const Action* action = event.repeat ? action_of_chord(m_bench, to_string(chord)) : nullptr;
    if (action == nullptr || !action->once) run_chord(m_bench, chord);
}

// -- drawing
// -----------------------------------------------------------------------------------------------------------

void WindowFrame::draw(double now_secs) {
    const double wanted = m_bench.settings().scale > 0 ? m_bench.settings().scale : m_host.scale();
    use_scale(static_cast<float>(std::clamp(wanted, 0.5, 4.0)));
    const Theme& theme = m_light ? light_theme() : dark_theme();
    m_imgui.begin_frame(now_secs);
    m_atlas.begin_frame();
    Ui u{.bench = m_bench,
         .theme = theme,
         .fonts = m_fonts,
         .scale = m_scale,
         .atlas = &m_atlas,
         .grid_picture = &m_grid_picture,
         .changes = {},
         .widgets = {}};

    m_host.bind();
    const ImVec4 ground =
        ImGui::ColorConvertU32ToFloat4(m_bench.document() != nullptr ? color(0x0B0C0F) : theme.ground);
    glClearColor(ground.x, ground.y, ground.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    lay_out_and_draw(u);
    if (!m_imgui.wants_pointer() || m_canvas.in_gesture())
        m_host.set_cursor(m_bench.document() != nullptr ? m_canvas.cursor(m_bench) : Cursor::arrow);
    else
        m_host.set_cursor(m_imgui.cursor());
    m_imgui.end_frame();
    m_redraw_in_secs = m_canvas.wants_another_frame() ? 0 : u.redraw_in_secs;
    m_widgets = std::move(u.widgets);
    for (const auto& change : u.changes) change(m_bench);
    if (const auto text = m_bench.take_clipboard()) m_host.set_clipboard(*text);
    m_clock.end();
}

void WindowFrame::lay_out_and_draw(Ui& u) {
    const render::Size size = m_host.framebuffer();
    const Area window{0, 0, static_cast<float>(size.width), static_cast<float>(size.height)};
    if (m_bench.document() == nullptr) {
        draw_start_page(u, window);
        draw_popups(u, window);
        return;
    }
    Area rest = window;
    const ViewState& view = m_bench.view();
    const Area top = rest.cut_top(u.px(40)), status = rest.cut_bottom(u.px(26));
    // A grid that nobody has cut yet needs room for the question alone.
    const bool only_asks = m_bench.raster() != nullptr && m_bench.grid() == nullptr;
    const float wanted = only_asks ? std::min(view.bottom_height, 132.0f) : view.bottom_height;
    const float bottom_height = std::clamp(u.px(wanted), u.px(96), rest.height() * 0.7f);
    const Area bottom = view.bottom_shown ? rest.cut_bottom(std::floor(bottom_height)) : Area{};
    // A narrow window keeps the medium: the right panel goes first, then the left one.
    const bool left_shown = view.left_shown && rest.width() >= u.px(720);
    const bool right_shown = view.right_shown && rest.width() >= u.px(940);
    const Area left = left_shown ? rest.cut_left(u.px(268)) : Area{};
    const Area right = right_shown ? rest.cut_right(u.px(300)) : Area{};
    const Area rail = rest.cut_left(std::round(tool_rail_width(u, rest.height())));

    m_canvas.place(m_bench, rest);
    m_canvas.draw_media(m_bench, size, m_scale);
    m_canvas.draw_text_over(u);
    draw_top_bar(u, top);
    if (left_shown) draw_left_panel(u, left);
    draw_tool_rail(u, rail);
    if (right_shown) draw_right_panel(u, right);
    if (view.bottom_shown)
        m_bench.raster() != nullptr ? draw_inspection_grid(u, bottom) : draw_timeline_panel(u, bottom);
    draw_status_line(u, status);
    draw_popups(u, window);
}

void WindowFrame::draw_popups(Ui& u, Area window) {
    switch (m_bench.popup) {
        case Popup::none:
            break;
        case Popup::palette:
            draw_palette(u, window);
            break;
        case Popup::shortcuts:
            draw_shortcut_sheet(u, window);
            break;
        case Popup::class_picker:
            draw_class_picker(u, window);
            break;
        case Popup::export_dialog:
            draw_export_dialog(u, window);
            break;
        case Popup::go_to_frame:
            draw_go_to_frame(u, window);
            break;
        case Popup::open_prompt:
        case Popup::import_prompt:
        case Popup::layer_prompt:
            draw_open_prompt(u, window);
            break;
    }
    draw_toasts(u, window);
}

}  // namespace app
