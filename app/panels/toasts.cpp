// What happened, at the bottom of the medium; an error stays until it is clicked.
#include <cmath>

#include <imgui_internal.h>

#include "app/panels/panels.h"
#include "app/panels/popup.h"

namespace app {

namespace {

ImU32 edge_color(const Theme& theme, ToastKind kind) {
    switch (kind) {
        case ToastKind::info:
            return theme.accent;
        case ToastKind::good:
            return theme.good;
        case ToastKind::warning:
            return theme.doubt;
        case ToastKind::error:
            return theme.wrong;
    }
    return theme.accent;
}

char32_t sign(ToastKind kind) {
    switch (kind) {
        case ToastKind::info:
            return icon::info;
        case ToastKind::good:
            return icon::check_circle;
        case ToastKind::warning:
        case ToastKind::error:
            return icon::alert;
    }
    return icon::info;
}

// Beneath it stay the timeline with its controls and the status line.
float bottom_edge(Ui& u, Area window) {
    const float status = u.px(26);
    const bool timeline = u.bench.project() && u.bench.view().bottom_shown;
    return window.y1 - status - (timeline ? u.px(u.bench.view().bottom_height) : 0) - u.px(14);
}

struct Layout {
    Area box;
    float text_width = 0;
};

Layout layout(Ui& u, Area window, float bottom, const Toast& toast) {
    const float around = u.px(12 + 18 + 10 + 14) + (toast.kind == ToastKind::error ? u.px(26) : 0);
    const float most = std::min(u.px(560), window.width() - u.px(64)) - around;
    const float whole = std::ceil(text_width(u.fonts.text, toast.text)) + 1;
    const bool one_line = whole <= most && toast.text.find('\n') == std::string::npos;
    const float width = one_line ? whole : most;
    const float height = wrapped_height(u.fonts.text, toast.text, width) + u.px(20);
    const float x0 = std::floor((window.x0 + window.x1 - width - around) / 2);
    return {{x0, std::floor(bottom - height), x0 + width + around, std::floor(bottom)}, width};
}

void draw_toast(Ui& u, const Layout& at, const Toast& toast, std::size_t index) {
    bool hovered = false;
    if (click_area(u, toast.text + "##toast", at.box, &hovered))
        u.later([index](Workbench& bench) { bench.dismiss_toast(index); });
    const ImU32 edge = edge_color(u.theme, toast.kind);
    fill(at.box, hovered ? u.theme.raised_hover : u.theme.raised, u.px(6));
    outline(at.box, mix(u.theme.line, u.theme.quiet, 0.2f), u.px(6), std::max(1.0f, std::floor(u.scale)));
    fill({at.box.x0, at.box.y0 + u.px(5), at.box.x0 + u.px(3), at.box.y1 - u.px(5)}, edge, u.px(1.5f));
    Area row{at.box.x0 + u.px(12), at.box.y0, at.box.x1 - u.px(14), at.box.y1};
    const Area first_line{row.x0, row.y0 + u.px(10), row.x0 + u.px(18),
                          row.y0 + u.px(10) + u.fonts.text->FontSize};
    draw_icon(u, first_line, sign(toast.kind), edge, 18);
    row.cut_left(u.px(28));
    if (toast.kind == ToastKind::error)
        draw_icon(u, row.cut_right(u.px(16)), icon::close, hovered ? u.theme.text : u.theme.quiet, 16);
    draw_wrapped({row.x0, row.y0 + u.px(10), row.x0 + at.text_width, row.y1}, toast.text, u.theme.text,
                 u.fonts.text);
}

void begin_toast_window(Area area) {
    ImGui::SetNextWindowPos(area.min());
    ImGui::SetNextWindowSize({area.width(), area.height()});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::Begin("toasts", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav |
                     ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar();
    // Above popups too: a failure must be seen while one is open.
    ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
}

}  // namespace

void draw_toasts(Ui& u, Area window) {
    const auto& toasts = u.bench.toasts();
    if (toasts.empty()) return;
    std::vector<Layout> places(toasts.size());
    float bottom = bottom_edge(u, window);
    Area all{window.x1, bottom, window.x0, bottom};
    for (std::size_t i = toasts.size(); i-- > 0;) {  // the newest lowest
        places[i] = layout(u, window, bottom, toasts[i]);
        const Area& box = places[i].box;
        all = {std::min(all.x0, box.x0), box.y0, std::max(all.x1, box.x1), all.y1};
        bottom = box.y0 - u.px(8);
    }
    begin_toast_window(all);
    for (std::size_t i = 0; i < toasts.size(); ++i) draw_toast(u, places[i], toasts[i], i);
    ImGui::End();
}

}  // namespace app
