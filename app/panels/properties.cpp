#include "app/panels/properties.h"

#include <cmath>

#include "app/ui/keys.h"

namespace app {
namespace {

constexpr float k_side = 14, k_row = 35, k_field = 28, k_label = 92, k_chip = 28, k_line = 19;

float& content_height() { return *ImGui::GetStateStorage()->GetFloatRef(ImGui::GetID("content")); }

}  // namespace

Properties::Properties(Ui& ui, Area area) : u{ui}, m_area{area} {
    const float offset = begin_scroll(u, "properties", area, content_height());
    m_top = m_y = area.y0 - offset;
    m_area.x0 += std::round(u.px(k_side));
    m_area.x1 -= std::round(u.px(k_side));
    space(2);
}

void Properties::finish() {
    content_height() = m_y - m_top + u.px(16);
    end_scroll(u);
}

Area Properties::take(float logical_height) {
    const float height = std::round(u.px(logical_height));
    const Area out{m_area.x0, m_y, m_area.x1, m_y + height};
    m_y += height;
    return out;
}

void Properties::head(std::string_view title) {
    if (m_y > m_top + u.px(8)) space(8);
    m_head = take(34);
    section_head(u, m_head, title);
}

Area Properties::head_right(float width) const {
    return {m_head.x1 - width, m_head.y0, m_head.x1, m_head.y1};
}

Area Properties::row(std::string_view label, std::string_view label_tip) {
    const Area whole = take(k_row);
    const float gap = std::floor((whole.height() - u.px(k_field)) / 2);
    const Area label_area{whole.x0, whole.y0, whole.x0 + u.px(k_label), whole.y1};
    draw_text(u, label_area, label, u.theme.quiet);
    if (!label_tip.empty() && ImGui::IsMouseHoveringRect(label_area.min(), label_area.max()) &&
        ImGui::IsWindowHovered()) {
        show_tooltip(u, label_tip);
    }
    return {label_area.x1 + u.px(8), whole.y0 + gap, whole.x1, whole.y0 + gap + std::round(u.px(k_field))};
}

void Properties::fact(std::string_view label, std::string_view value, ImU32 ink) {
    const Area whole = take(26);
    const Area left{whole.x0, whole.y0, whole.x0 + u.px(k_label), whole.y1};
    draw_text(u, left, label, u.theme.quiet);
    const Area right{left.x1 + u.px(8), whole.y0, whole.x1, whole.y1};
    draw_text(u, right, value, ink ? ink : u.theme.text);
    const bool cut = text_width(u.fonts.text, value) > right.width();
    if (cut && ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(right.min(), right.max())) {
        show_tooltip(u, value);
    }
}

// Word by word with lines further apart than ImGui's, which sets them solid.
void Properties::paragraph(std::string_view text, ImU32 ink) {
    ImFont* font = u.fonts.text;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
        const char* stop = font->CalcWordWrapPositionA(1, at, end, m_area.width());
        if (stop == at) ++stop;
        draw_text(u, take(k_line), {at, static_cast<std::size_t>(stop - at)}, ink ? ink : u.theme.text, font);
        at = stop;
        while (at < end && *at == ' ') ++at;
        if (at < end && *at == '\n') ++at;
    }
    space(4);
}

void Properties::name_line(const labels::Track& track) {
    Area line = take(26);
    const labels::Ontology& ontology = u.bench.document()->state().ontology;
    const labels::LabelClass* of_class = ontology.find(track.info.class_id);
    swatch(u, {line.x0 + u.px(5), (line.y0 + line.y1) / 2}, of_class ? of_class->color_rgb : 0x8B94A1);
    line.cut_left(u.px(20));
    draw_text(u, line, display_name(track.info, ontology), u.theme.text);
}

// In two columns of equal width; one alone takes the first.
void Properties::chips(std::initializer_list<Chip> chips) {
    space(3);
    const float gap = std::round(u.px(8)), height = std::round(u.px(k_chip));
    const float columns = chips.size() == 3 ? 3 : 2;
    const float width = std::floor((m_area.width() - gap * (columns - 1)) / columns);
    float x = m_area.x0;
    for (const Chip& chip : chips) {
        if (x > m_area.x0 && x + width > m_area.x1 + 1) {
            x = m_area.x0;
            m_y += height + gap;
        }
        const Area area{x, m_y, x + width, m_y + height};
        const bool enabled = chip.enabled && can_run(u, chip.action_id);
        if (toggle_chip(u, chip.name, area, chip.on, key_of(u, chip.action_id), enabled,
                        chip.diamond ? ChipMark::diamond : ChipMark::none, chip.tip)) {
            u.later_action(chip.action_id);
        }
        x += width + gap;
    }
    m_y += height;
    space(5);
}

void Properties::buttons(std::initializer_list<Button> buttons) {
    space(3);
    const float gap = std::round(u.px(8)), height = std::round(u.px(k_chip));
    const auto count = static_cast<float>(buttons.size());
    const float width = std::floor((m_area.width() - gap * (count - 1)) / count);
    float x = m_area.x0;
    for (const Button& one : buttons) {
        const Area area{x, m_y, x + width, m_y + height};
        const std::string key = key_of(u, one.action_id);
        const float with_key = text_width(u.fonts.text, one.name) + key_cap_width(u, key) + u.px(22);
        const std::string_view shown_key = with_key <= width ? std::string_view{key} : std::string_view{};
        if (button(u, one.name, area, ButtonKind::plain, shown_key, can_run(u, one.action_id))) {
            u.later_action(one.action_id);
        }
        tooltip(u, one.name, key);
        x += width + gap;
    }
    m_y += height;
    space(4);
}

void Properties::choose_class() {
    const labels::Document& document = *u.bench.document();
    const auto& classes = document.state().ontology.classes;
    std::vector<std::string> names;
    std::vector<std::uint32_t> colors;
    int index = -1;
    const labels::Track* primary = u.bench.selected();
    for (const labels::LabelClass& one : classes) {
        if (primary && one.id == primary->info.class_id) index = static_cast<int>(names.size());
        names.push_back(one.name);
        colors.push_back(one.color_rgb);
    }
    for (const labels::TrackId id : u.bench.view().selection) {
        const labels::Track* track = document.state().find(id);
        if (track && primary && track->info.class_id != primary->info.class_id) index = -1;
    }
    const Area field = row("Class");
    if (primary && primary->info.locked) {
        std::string_view shown = index >= 0 ? std::string_view{names[static_cast<std::size_t>(index)]} : "";
        draw_text(u, field, shown, u.theme.quiet);
        return;
    }
    if (!choice_field(u, "Class", field, index, names, colors, "several")) return;
    u.later(
        [id = classes[static_cast<std::size_t>(index)].id](Workbench& bench) { bench.set_active_class(id); });
}

}  // namespace app
