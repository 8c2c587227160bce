// A clipped area with a thin bar. Offsets live in the panel's ImGui storage: where a list stands is not
// saved.
#include <cmath>

#include <imgui_internal.h>

#include "app/ui/ui.h"

namespace app {
namespace {

struct Bar {
    Area track;
    float thumb_y0 = 0, thumb_y1 = 0;
    bool hovered = false, held = false;
};

struct OpenScroll {
    Bar bar;
    bool shown = false;
};

// begin_scroll() and end_scroll() may nest.
std::vector<OpenScroll>& open_scrolls() {
    static std::vector<OpenScroll> stack;
    return stack;
}

float& offset_of(const char* id) { return *ImGui::GetStateStorage()->GetFloatRef(ImGui::GetID(id)); }

Bar bar_of(Ui& u, Area area, float content, float offset) {
    Bar bar;
    bar.track = {area.x1 - u.px(8), area.y0, area.x1, area.y1};
    const float height = std::max(u.px(24), area.height() * area.height() / content);
    const float free = std::max(1.0f, content - area.height());
    bar.thumb_y0 = area.y0 + (area.height() - height) * offset / free;
    bar.thumb_y1 = bar.thumb_y0 + height;
    return bar;
}

void drag_bar(const char* id, Bar& bar, Area area, float content, float& offset) {
    ImGui::SetCursorScreenPos(bar.track.min());
    ImGui::PushID(id);
    ImGui::InvisibleButton("bar", {bar.track.width(), bar.track.height()});
    bar.hovered = ImGui::IsItemHovered();
    bar.held = ImGui::IsItemActive();
    ImGui::PopID();
    const float free_track = area.height() - (bar.thumb_y1 - bar.thumb_y0);
    if (bar.held && free_track > 0) {
        offset += ImGui::GetIO().MouseDelta.y * (content - area.height()) / free_track;
    }
}

}  // namespace

float begin_scroll(Ui& u, const char* id, Area area, float content_height) {
    float& offset = offset_of(id);
    const float most = std::max(0.0f, content_height - area.height());
    OpenScroll open;
    open.shown = most > 0 && area.height() > u.px(16);
    const ImGuiIO& io = ImGui::GetIO();
    const bool over = ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(area.min(), area.max());
    if (over && !io.KeyCtrl && !io.KeyAlt && !io.KeyShift) offset -= io.MouseWheel * u.px(60);
    if (open.shown) {
        open.bar = bar_of(u, area, content_height, std::clamp(offset, 0.0f, most));
        drag_bar(id, open.bar, area, content_height, offset);
    }
    offset = std::clamp(offset, 0.0f, most);
    open_scrolls().push_back(open);
    ImGui::PushClipRect(area.min(), area.max(), true);
    return std::floor(offset);
}

void end_scroll(Ui& u) {
    ImGui::PopClipRect();
    const OpenScroll open = open_scrolls().back();
    open_scrolls().pop_back();
    if (!open.shown) return;
    const Bar& bar = open.bar;
    const bool lit = bar.hovered || bar.held;
    const float width = std::round(u.px(lit ? 5 : 3)), x1 = bar.track.x1 - std::round(u.px(2));
    const ImU32 ink = with_alpha(u.theme.quiet, bar.held ? 0.8f : lit ? 0.6f : 0.3f);
    fill({x1 - width, bar.thumb_y0 + u.px(2), x1, bar.thumb_y1 - u.px(2)}, ink, width / 2);
}

void scroll_to(const char* id, Area area, float top, float bottom) {
    float& offset = offset_of(id);
    if (top < offset) offset = top;
    if (bottom > offset + area.height()) offset = bottom - area.height();
}

}  // namespace app
