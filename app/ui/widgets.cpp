// Panels, buttons, rows, key caps and tooltips.
#include <cmath>

#include <imgui_internal.h>

#include "app/ui/ui.h"

namespace app {
namespace {

constexpr double k_tooltip_after_secs = 0.45;

Area within_clip(Area area) {
    const ImRect& clip = ImGui::GetCurrentWindowRead()->ClipRect;
    return {std::max(area.x0, clip.Min.x), std::max(area.y0, clip.Min.y), std::min(area.x1, clip.Max.x),
            std::min(area.y1, clip.Max.y)};
}

ImU32 button_ground(const Theme& theme, ButtonKind kind, bool hovered, bool held, bool enabled) {
    const bool lit = enabled && (hovered || held);
    if (kind == ButtonKind::filled) {
        if (!enabled) return mix(theme.filled, theme.panel, 0.6f);
        return held ? mix(theme.filled, theme.ground, 0.15f) : lit ? theme.filled_hover : theme.filled;
    }
    if (kind == ButtonKind::plain) return held ? theme.line : lit ? theme.raised_hover : theme.raised;
    return lit ? theme.hover : ImU32{0};
}

ImU32 button_ink(const Theme& theme, ButtonKind kind, bool enabled) {
    if (!enabled) return kind == ButtonKind::filled ? with_alpha(theme.accent_text, 0.6f) : theme.faint;
    return kind == ButtonKind::filled ? theme.accent_text : theme.text;
}

// How long the cursor has been on the item. ImGui's own timer starts anew every frame where items overlap.
double hovered_for(const Ui& u, ImGuiID id) {
    static struct {
        ImGuiID id = 0;
        int frame = 0;
        double since_secs = 0;
    } last;  // of the UI thread, as ImGui's context
    const int frame = ImGui::GetFrameCount();
    if (last.id != id || last.frame < frame - 1) last = {id, frame, u.bench.now_secs()};
    last.frame = frame;
    return u.bench.now_secs() - last.since_secs;
}

struct Touch {
    bool hovered, held, enabled;
};

// Only the marked chip is filled when on, so that one thing stands out among many that are on.
void draw_chip_ground(Ui& u, Area area, bool on, ChipMark mark, Touch touch) {
    const float radius = u.px(5), line = std::max(1.0f, std::floor(u.scale));
    const bool filled = on && mark == ChipMark::diamond;
    if (on && !filled) {
        fill(area, touch.hovered ? mix(u.theme.selection, u.theme.accent, 0.12f) : u.theme.selection, radius);
        return outline(area, with_alpha(u.theme.accent, touch.enabled ? 0.75f : 0.3f), radius, line);
    }
    const ButtonKind kind = filled ? ButtonKind::filled : ButtonKind::plain;
    fill(area, button_ground(u.theme, kind, touch.hovered, touch.held, touch.enabled), radius);
    if (!filled) outline(area, mix(u.theme.line, u.theme.quiet, 0.12f), radius, line);
}

}  // namespace

void begin_panel(Ui&, const char* id, Area area, ImU32 ground) {
    ImGui::SetNextWindowPos(area.min());
    ImGui::SetNextWindowSize({std::max(1.0f, area.width()), std::max(1.0f, area.height())});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::Begin(id, nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoBackground);
    ImGui::PopStyleVar();
    fill(area, ground);
}

void end_panel() { ImGui::End(); }

bool click_area(Ui& u, std::string_view name, Area area, bool* hovered, bool* held, bool enabled) {
    if (hovered) *hovered = false;
    if (held) *held = false;
    if (area.width() <= 0 || area.height() <= 0) return false;
    const Area seen = within_clip(area);
    const std::string_view shown = visible_name(name);
    if (!shown.empty() && seen.width() > 0 && seen.height() > 0) u.name_widget(shown, seen, enabled);
    char id[160];
    const std::size_t length = std::min(name.size(), sizeof id - 1);
    name.copy(id, length);
    id[length] = 0;
    if (!enabled) ImGui::BeginDisabled();
    ImGui::SetCursorScreenPos(area.min());
    const bool clicked = ImGui::InvisibleButton(id, {area.width(), area.height()});
    if (hovered) *hovered = ImGui::IsItemHovered();
    if (held) *held = ImGui::IsItemActive();
    if (!enabled) ImGui::EndDisabled();
    return clicked && enabled;
}

bool button(Ui& u, std::string_view name, Area area, ButtonKind kind, std::string_view key, bool enabled,
            char32_t icon) {
    bool hovered = false, held = false;
    const bool clicked = click_area(u, name, area, &hovered, &held, enabled);
    fill(area, button_ground(u.theme, kind, hovered, held, enabled), u.px(5));
    if (kind == ButtonKind::plain) outline(area, u.theme.line, u.px(5), std::max(1.0f, std::floor(u.scale)));
    const ImU32 ink = button_ink(u.theme, kind, enabled);
    const std::string_view label = visible_name(name);
    const float icon_width = icon ? u.px(18) + (label.empty() ? 0 : u.px(4)) : 0;
    const float key_width = key.empty() ? 0 : key_cap_width(u, key) + u.px(10);
    const float wanted = icon_width + text_width(u.fonts.text, label) + key_width;
    Area line = area.inset(0);
    const float pad = std::max(u.px(6), (area.width() - wanted) / 2);
    line.x0 += std::floor(pad);
    line.x1 -= std::floor(pad);
    if (icon) {
        draw_icon(u, line.cut_left(u.px(18)), icon, ink, 18);
        line.cut_left(u.px(4));
    }
    if (key_width > 0) {
        key_cap(u, line.cut_right(key_width), key, kind == ButtonKind::filled ? ink : u.theme.quiet);
    }
    draw_text(u, line, label, ink);
    return clicked;
}

bool icon_button(Ui& u, std::string_view name, Area area, char32_t icon, std::string_view tooltip_key,
                 bool on, bool enabled) {
    bool hovered = false, held = false;
    const bool clicked = click_area(u, name, area, &hovered, &held, enabled);
    if (on || (hovered && enabled)) {
        const ImU32 ground = on ? u.theme.selection : held ? u.theme.line : u.theme.hover;
        fill(area, ground, u.px(5));
    }
    const ImU32 ink = !enabled ? with_alpha(u.theme.faint, 0.7f)
                      : on     ? u.theme.accent
                               : mix(u.theme.quiet, u.theme.text, hovered ? 1 : 0.55f);
    draw_icon(u, area, icon, ink, std::clamp(area.height() / u.scale * 0.7f, 14.0f, 20.0f));
    tooltip(u, visible_name(name), tooltip_key);
    return clicked;
}

bool toggle_chip(Ui& u, std::string_view name, Area area, bool on, std::string_view tooltip_key, bool enabled,
                 ChipMark mark, std::string_view tip) {
    bool hovered = false, held = false;
    const bool clicked = click_area(u, name, area, &hovered, &held, enabled);
    draw_chip_ground(u, area, on, mark, {hovered, held, enabled});
    const bool filled = on && mark == ChipMark::diamond;
    const ImU32 ink = !enabled ? u.theme.faint : filled ? u.theme.accent_text : u.theme.text;
    const std::string_view label = visible_name(name);
    const float mark_width = mark == ChipMark::none ? 0 : u.px(14);
    const float pad = std::max(u.px(4), (area.width() - mark_width - text_width(u.fonts.small, label)) / 2);
    Area line{area.x0 + std::floor(pad), area.y0, area.x1 - std::floor(u.px(4)), area.y1};
    if (mark == ChipMark::diamond) {
        const Area at = line.cut_left(mark_width);
        diamond({at.x0 + u.px(4), (at.y0 + at.y1) / 2}, u.px(4.5f), on ? ink : 0, on ? 0 : ink);
    }
    draw_text(u, line, label, ink, u.fonts.small);
    tooltip(u, tip.empty() ? label : tip, tooltip_key);
    return clicked;
}

bool list_row(Ui& u, std::string_view name, Area area, bool selected, bool* hovered) {
    bool over = false;
    const bool clicked = click_area(u, name, area, &over);
    ImGui::SetItemAllowOverlap();
    if (selected || over) fill(area, selected ? u.theme.selection : u.theme.hover);
    if (selected) fill({area.x0, area.y0, area.x0 + std::round(u.px(2)), area.y1}, u.theme.accent);
    if (hovered) *hovered = over;
    return clicked;
}

float key_cap_width(Ui& u, std::string_view key) {
    return std::max(u.px(18), std::ceil(text_width(u.fonts.caps, key) + u.px(10)));
}

float key_cap(Ui& u, Area area, std::string_view key, ImU32 ink) {
    if (key.empty()) return 0;
    const float width = key_cap_width(u, key), height = std::round(u.px(17));
    const float y0 = std::round((area.y0 + area.y1 - height) / 2);
    const float x1 = std::floor(area.x1);
    const Area cap{x1 - width, y0, x1, y0 + height};
    if (!ink) ink = u.theme.quiet;
    outline(cap, with_alpha(ink, 0.38f), u.px(4), std::max(1.0f, std::floor(u.scale)));
    draw_text(u, cap, key, ink, u.fonts.caps, Align::centre);
    return width;
}

void show_tooltip(Ui& u, std::string_view text, std::string_view key) {
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {u.px(9), u.px(6)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, u.px(5));
    ImGui::PushFont(u.fonts.small);
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(u.px(320));
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    if (!key.empty()) {
        ImGui::SameLine(0, u.px(10));
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = key_cap_width(u, key), height = ImGui::GetTextLineHeight();
        ImGui::Dummy({width, height});
        key_cap(u, {at.x, at.y, at.x + width, at.y + height}, key);
    }
    ImGui::EndTooltip();
    ImGui::PopFont();
    ImGui::PopStyleVar(2);
}

void tooltip(Ui& u, std::string_view text, std::string_view key) {
    if (text.empty() || !ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
    if (ImGui::GetCurrentContext()->ActiveId != 0 || ImGui::IsMouseDown(0)) return;
    const double wait = k_tooltip_after_secs - hovered_for(u, ImGui::GetItemID());
    if (wait > 0) return u.redraw_in(wait + 0.01);
    show_tooltip(u, text, key);
}

}  // namespace app
