// Wells one can write in or choose from.
#include <charconv>
#include <cmath>
#include <unordered_map>

#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include "app/ui/ui.h"

namespace app {
namespace {

struct Typing {
    std::string text;
    int seen = 0;  // frame of ImGui
};

// What is being typed, per field: ImGui drops it when another widget takes the keyboard before the field is
// drawn. Like ImGui's own context it belongs to the UI thread.
std::unordered_map<ImGuiID, Typing>& typing() {
    static std::unordered_map<ImGuiID, Typing> fields;
    return fields;
}

void draw_well(Ui& u, Area area, bool active, bool hovered, bool enabled) {
    const float line = std::max(1.0f, std::floor(u.scale));
    fill(area, enabled ? u.theme.well : u.theme.panel, u.px(5));
    const ImU32 edge = active    ? u.theme.accent
                       : hovered ? mix(u.theme.line, u.theme.quiet, 0.4f)
                                 : u.theme.line;
    outline(area, edge, u.px(5), line);
}

// The text as typed once it is finished (Enter, focus lost), else null. `shown` is what stands there
// otherwise.
std::optional<std::string> typed(Ui& u, std::string_view name, Area area, const std::string& shown,
                                 std::string_view hint, bool focus) {
    u.name_widget(visible_name(name), area);
    const std::string label = "##" + std::string{name};
    const ImGuiID id = ImGui::GetID(label.c_str());
    const auto old = typing().find(id);
    const bool was_typing = old != typing().end() && old->second.seen >= ImGui::GetFrameCount() - 1;
    std::string text = was_typing ? old->second.text : shown;
    draw_well(u, area, was_typing, ImGui::IsMouseHoveringRect(area.min(), area.max()), true);
    ImGui::PushFont(u.fonts.text);
    const float pad_y = std::max(0.0f, std::floor((area.height() - u.fonts.text->FontSize) / 2));
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {std::min(u.px(9), area.width() / 6), pad_y});
    ImGui::SetCursorScreenPos(area.min());
    ImGui::SetNextItemWidth(area.width());
    if (focus) ImGui::SetKeyboardFocusHere();
    ImGui::InputTextWithHint(label.c_str(), std::string{hint}.c_str(), &text,
                             ImGuiInputTextFlags_AutoSelectAll);
    ImGui::PopStyleVar();
    ImGui::PopFont();
    if (ImGui::IsItemActive()) {
        typing()[id] = {std::move(text), ImGui::GetFrameCount()};
        return std::nullopt;
    }
    typing().erase(id);
    return was_typing && text != shown ? std::optional{std::move(text)} : std::nullopt;
}

std::optional<double> parse_number(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        if (c != ' ') plain += c == ',' ? '.' : c;
    }
    double value = 0;
    const char* const begin = plain.data() + (plain.starts_with('+') ? 1 : 0);
    const char* const end = plain.data() + plain.size();
    const auto [rest, error] = std::from_chars(begin, end, value);
    if (error != std::errc{} || rest != end || !std::isfinite(value)) return std::nullopt;
    return value;
}

// The arrow keys take the neighbour, as in a closed list; Enter keeps what is chosen.
int choose_by_key(int index, int count) {
    if (ImGui::IsKeyPressedMap(ImGuiKey_Enter)) return index;
    const int by = ImGui::IsKeyPressedMap(ImGuiKey_DownArrow) - ImGui::IsKeyPressedMap(ImGuiKey_UpArrow);
    return by == 0 ? -1 : std::clamp(index + by, 0, count - 1);
}

// The list under a choice field. Returns the row chosen, or -1.
int choice_list(Ui& u, Area field, int index, const std::vector<std::string>& items,
                std::span<const std::uint32_t> swatches) {
    const float row_height = u.px(28), pad = u.px(4);
    const float height = std::min(u.px(320), static_cast<float>(items.size()) * row_height + 2 * pad);
    const float screen_bottom = ImGui::GetIO().DisplaySize.y;
    const bool above = field.y1 + pad + height > screen_bottom && field.y0 - pad - height > 0;
    ImGui::SetNextWindowPos({field.x0, above ? field.y0 - pad - height : field.y1 + pad});
    ImGui::SetNextWindowSize({field.width(), height});
    int chosen = -1;
    if (!ImGui::BeginPopup("list", ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoMove))
        return chosen;
    const ImVec2 at = ImGui::GetWindowPos();
    const Area inside{at.x, at.y + pad, at.x + field.width(), at.y + height - pad};
    const float content = static_cast<float>(items.size()) * row_height;
    const float offset = begin_scroll(u, "choices", inside, content);
    const int first = static_cast<int>(offset / row_height);
    const int end =
        std::min(static_cast<int>(items.size()), first + static_cast<int>(inside.height() / row_height) + 2);
    for (int i = first; i < end; ++i) {
        ImGui::PushID(i);
        const float y = inside.y0 + static_cast<float>(i) * row_height - offset;
        const Area row{inside.x0, y, inside.x1, y + row_height};
        if (list_row(u, items[static_cast<std::size_t>(i)], row, i == index)) chosen = i;
        Area line{row.x0 + u.px(10), row.y0, row.x1 - u.px(8), row.y1};
        if (static_cast<std::size_t>(i) < swatches.size()) {
            swatch(u, {line.x0 + u.px(5), (row.y0 + row.y1) / 2}, swatches[static_cast<std::size_t>(i)]);
            line.cut_left(u.px(18));
        }
        draw_text(u, line, items[static_cast<std::size_t>(i)], u.theme.text);
        ImGui::PopID();
    }
    end_scroll(u);
    if (const int by_key = choose_by_key(index, static_cast<int>(items.size())); by_key >= 0) chosen = by_key;
    if (chosen >= 0 || ImGui::IsKeyPressedMap(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
    return chosen;
}

}  // namespace

bool text_field(Ui& u, std::string_view name, Area area, std::string& text, std::string_view hint,
                bool focus) {
    std::optional<std::string> finished = typed(u, name, area, text, hint, focus);
    if (!finished) return false;
    text = std::move(*finished);
    return true;
}

bool number_field(Ui& u, std::string_view name, Area area, double& value, int decimals, bool enabled) {
    const std::string shown = fmt::format("{:.{}f}", value, decimals);
    if (!enabled) {
        click_area(u, name, area, nullptr, nullptr, false);
        draw_well(u, area, false, false, false);
        draw_text(u, {area.x0 + u.px(9), area.y0, area.x1 - u.px(4), area.y1}, shown, u.theme.quiet);
        return false;
    }
    const std::optional<std::string> finished = typed(u, name, area, shown, {}, false);
    if (!finished) return false;
    const std::optional<double> number = parse_number(*finished);
    if (!number) return false;
    value = *number;
    return true;
}

bool choice_field(Ui& u, std::string_view name, Area area, int& index, const std::vector<std::string>& items,
                  std::span<const std::uint32_t> swatches, std::string_view hint) {
    ImGui::PushID(name.data(), name.data() + name.size());
    bool hovered = false;
    if (click_area(u, name, area, &hovered, nullptr, !items.empty())) ImGui::OpenPopup("list");
    draw_well(u, area, ImGui::IsPopupOpen("list"), hovered, !items.empty());
    Area line{area.x0 + u.px(9), area.y0, area.x1 - u.px(6), area.y1};
    draw_icon(u, line.cut_right(u.px(16)), icon::chevron_down, hovered ? u.theme.text : u.theme.quiet, 16);
    const auto shown = static_cast<std::size_t>(index);
    const bool known = index >= 0 && shown < items.size();
    if (known && shown < swatches.size()) {
        swatch(u, {line.x0 + u.px(5), (area.y0 + area.y1) / 2}, swatches[shown]);
        line.cut_left(u.px(18));
    }
    draw_text(u, line, known ? std::string_view{items[shown]} : hint, known ? u.theme.text : u.theme.faint);
    const int chosen = choice_list(u, area, index, items, swatches);
    ImGui::PopID();
    if (chosen < 0 || chosen == index) return false;
    index = chosen;
    return true;
}

}  // namespace app
