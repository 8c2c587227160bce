#pragma once
// One drawn frame of the window: where everything lies, and the panels in it.

#include <functional>
#include <memory>
#include <vector>

#include "app/panels/grid_cells.h"
#include "app/ui/ui.h"
#include "app/window/canvas.h"
#include "app/window/frame_clock.h"
#include "app/window/host.h"
#include "app/window/imgui_platform.h"
#include "render/picture_atlas.h"

namespace app {

// The parts of a running window, for the loop and for the script driver.
class WindowFrame {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<WindowFrame>> create(Host& host, Workbench& bench);

    void handle(const InputEvent& event);  // to ImGui, the canvas or the keyboard's actions
    // True when the event must stay in the queue for now: a gesture may not begin before the last one is on
    // disk and the wanted picture is shown; and a button or key is seen by one drawn frame before the next
    // one comes.
    [[nodiscard]] bool must_hold(const InputEvent& event) const;
    void draw(double now_secs);
    [[nodiscard]] const std::vector<Ui::Named>& widgets() const { return m_widgets; }
    [[nodiscard]] Canvas& canvas() { return m_canvas; }
    [[nodiscard]] FrameClock& clock() { return m_clock; }
    [[nodiscard]] bool wants_text() const { return m_imgui.wants_text(); }
    [[nodiscard]] double redraw_in_secs() const {
        return m_redraw_in_secs;
    }  // what a widget of the last frame asked for
    [[nodiscard]] float scale() const { return m_scale; }

private:
    WindowFrame(Host& host, Workbench& bench, Canvas canvas);
    void use_scale(float scale);
    void lay_out_and_draw(Ui& u);
    void draw_popups(Ui& u, Area window);
    void key_down(const InputEvent& event);

    Host& m_host;
    Workbench& m_bench;
    ImguiPlatform m_imgui;
    Canvas m_canvas;
    render::PictureAtlas m_atlas;
    GridPicture m_grid_picture;
    FrameClock m_clock;
    Fonts m_fonts;
    double m_redraw_in_secs = 1e9;
    float m_scale = 0;
    bool m_light = false;
    std::vector<Ui::Named> m_widgets;
};

[[nodiscard]] std::filesystem::path font_dir();  // beside the binary

}  // namespace app
