#include "app/panels/popup.h"

#include <cmath>

#include <imgui_internal.h>
#include <imgui_stdlib.h>

namespace app {

namespace {

// Soft edge below and around a raised box: a few outlines that fade.
void draw_shadow(Ui& u, Area box) {
    const ImU32 ink = IM_COL32(0, 0, 0, u.theme.light ? 5 : 11);
    for (int ring = 0; ring < 10; ++ring) {
        const float grow = u.px(static_cast<float>(ring) * 2);
        fill({box.x0 - grow, box.y0 - grow + u.px(4), box.x1 + grow, box.y1 + grow + u.px(4)}, ink,
             u.px(10) + grow);
    }
}

int on_edit(ImGuiInputTextCallbackData* data) {
    auto& field = *static_cast<SearchField*>(data->UserData);
    if (data->EventFlag == ImGuiInputTextFlags_CallbackCompletion) field.completed = true;
    if (field.caret_to_end) data->SelectionStart = data->SelectionEnd = data->CursorPos = data->BufTextLen;
    field.caret_to_end = false;
    if (!field.replacement) return 0;
    data->DeleteChars(0, data->BufTextLen);
    data->InsertChars(0, field.replacement->c_str());
    data->SelectionStart = data->SelectionEnd = data->CursorPos = data->BufTextLen;
    field.replacement.reset();
    return 0;
}

bool edit_line(Ui& u, std::string_view name, Area area, SearchField& field, std::string_view hint) {
    const std::string label = "##" + std::string{name};
    ImGui::PushFont(u.fonts.text);
    const float pad_y = std::max(0.0f, std::floor((area.height() - u.fonts.text->FontSize) / 2));
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0, pad_y});
    ImGui::SetCursorScreenPos(area.min());
    ImGui::SetNextItemWidth(area.width());
    const bool ours = ImGui::GetActiveID() == ImGui::GetID(label.c_str());
    if (!ours && !ImGui::IsMouseDown(0)) {
        ImGui::SetKeyboardFocusHere();
        field.caret_to_end = true;  // else all of it is selected, and the next letter replaces it
        u.redraw_in(0);
    }
    if (!ours && field.replacement) field.text = *std::exchange(field.replacement, std::nullopt);
    const std::string before = field.text;
    ImGui::InputTextWithHint(label.c_str(), std::string{hint}.c_str(), &field.text,
                             ImGuiInputTextFlags_CallbackAlways | ImGuiInputTextFlags_CallbackCompletion,
                             on_edit, &field);
    if (field.replacement) u.redraw_in(0);
    // Esc makes ImGui put the old text back; whoever uses the field decides what Esc means.
    ImGui::PopStyleVar();
    ImGui::PopFont();
    return field.text != before;
}

}  // namespace

bool Appearing::operator()() {
    const int now = ImGui::GetFrameCount();
    const bool appears = now > m_seen + 1;
    m_seen = now;
    return appears;
}

void begin_popup(Ui& u, const char* id, Area window, Area box, Scrim scrim) {
    ImGui::SetNextWindowPos(window.min());
    ImGui::SetNextWindowSize({std::max(1.0f, window.width()), std::max(1.0f, window.height())});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::Begin(id, nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
    ImGui::PopStyleVar();
    if (ImGui::IsWindowAppearing()) {
        ImGui::SetWindowFocus();
        u.redraw_in(0);
    }
    if (scrim == Scrim::dim) fill(window, IM_COL32(0, 0, 0, u.theme.light ? 60 : 120));
    draw_shadow(u, box);
    fill(box, u.theme.panel, u.px(8));
    outline(box, mix(u.theme.line, u.theme.quiet, 0.25f), u.px(8), std::max(1.0f, std::floor(u.scale)));
}

void end_popup(Ui& u, Area box, Escape escape) {
    const bool beside = ImGui::IsWindowHovered() && ImGui::IsMouseClicked(0) &&
                        !box.contains(ImGui::GetIO().MousePos) && !ImGui::IsWindowAppearing();
    const bool list_open = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
    const bool left = escape == Escape::closes && key_pressed(PopupKey::escape) && !list_open;
    ImGui::End();
    if (beside || left) close_popup(u);
}

void close_popup(Ui& u) {
    u.later([](Workbench& bench) {
        bench.popup = Popup::none;
        bench.picking_class_for.reset();
        bench.rebinding.clear();
    });
}

Area centred_box(Ui& u, Area window, float logical_width, float logical_height, float top) {
    const float width = std::min(u.px(logical_width), window.width() - u.px(32));
    const float height = std::min(u.px(logical_height), window.height() - u.px(32));
    const float x0 = std::floor(window.x0 + (window.width() - width) / 2);
    const float free = window.height() - height;
    const float y0 = std::floor(window.y0 + std::clamp(free * top, u.px(16), free - u.px(16)));
    return {x0, y0, x0 + width, y0 + height};
}

bool key_pressed(PopupKey key) {
    const auto pressed = [](ImGuiKey which) {
        const int index = ImGui::GetKeyIndex(which);
        const bool repeats = which != ImGuiKey_Enter && which != ImGuiKey_Escape;
        return index >= 0 && ImGui::IsKeyPressed(index, repeats);
    };
    switch (key) {
        case PopupKey::up:
            return pressed(ImGuiKey_UpArrow);
        case PopupKey::down:
            return pressed(ImGuiKey_DownArrow);
        case PopupKey::page_up:
            return pressed(ImGuiKey_PageUp);
        case PopupKey::page_down:
            return pressed(ImGuiKey_PageDown);
        case PopupKey::enter:
            return pressed(ImGuiKey_Enter) || pressed(ImGuiKey_KeyPadEnter);
        case PopupKey::escape:
            return pressed(ImGuiKey_Escape);
    }
    return false;
}

bool move_by_keys(int& index, int count, int page) {
    if (count <= 0) return false;
    const int before = index;
    if (key_pressed(PopupKey::up)) index = (index + count - 1) % count;
    if (key_pressed(PopupKey::down)) index = (index + 1) % count;
    if (key_pressed(PopupKey::page_up)) index = std::max(0, index - page);
    if (key_pressed(PopupKey::page_down)) index = std::min(count - 1, index + page);
    index = std::clamp(index, 0, count - 1);
    return index != before;
}

bool search_field(Ui& u, std::string_view name, Area area, SearchField& field, std::string_view hint,
                  char32_t icon) {
    field.completed = false;
    u.name_widget(visible_name(name), area);
    area.cut_left(u.px(14));
    if (icon != 0) {
        draw_icon(u, area.cut_left(u.px(18)), icon, u.theme.quiet, 18);
        area.cut_left(u.px(8));
    }
    area.cut_right(u.px(14));
    return edit_line(u, name, area, field, hint);
}

float wrapped_height(ImFont* font, std::string_view text, float width) {
    return std::ceil(
        font->CalcTextSizeA(font->FontSize, FLT_MAX, width, text.data(), text.data() + text.size()).y);
}

float draw_wrapped(Area area, std::string_view text, ImU32 color, ImFont* font) {
    ImGui::GetWindowDrawList()->AddText(font, font->FontSize, {std::floor(area.x0), std::floor(area.y0)},
                                        color, text.data(), text.data() + text.size(), area.width());
    return wrapped_height(font, text, area.width());
}

}  // namespace app
