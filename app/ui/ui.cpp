#include "app/ui/ui.h"

#include <cmath>

#include "app/action.h"

namespace app {
namespace {

constexpr std::string_view k_ellipsis = "…";

ImDrawList& list() { return *ImGui::GetWindowDrawList(); }

// The longest prefix no wider than `width`, at a character's boundary.
std::string_view prefix_within(ImFont* font, std::string_view text, float width) {
    const char* rest = nullptr;
    font->CalcTextSizeA(font->FontSize, width, 0, text.data(), text.data() + text.size(), &rest);
    return text.substr(0, static_cast<std::size_t>(rest - text.data()));
}

void put_text(ImFont* font, float x, float centre_y, ImU32 ink, std::string_view text) {
    const float y = std::floor(centre_y - font->FontSize / 2);
    list().AddText(font, font->FontSize, {x, y}, ink, text.data(), text.data() + text.size());
}

}  // namespace

Area Area::cut_left(float width) {
    const Area out{x0, y0, std::min(x0 + width, x1), y1};
    x0 = out.x1;
    return out;
}

Area Area::cut_right(float width) {
    const Area out{std::max(x1 - width, x0), y0, x1, y1};
    x1 = out.x0;
    return out;
}

Area Area::cut_top(float height) {
    const Area out{x0, y0, x1, std::min(y0 + height, y1)};
    y0 = out.y1;
    return out;
}

Area Area::cut_bottom(float height) {
    const Area out{x0, std::max(y1 - height, y0), x1, y1};
    y1 = out.y0;
    return out;
}

void Ui::later_action(std::string_view action_id) {
    later([id = std::string{action_id}](Workbench& workbench) {
        const Action* action = find_action(id);
        if (action && (!action->enabled || action->enabled(workbench))) action->run(workbench);
    });
}

std::string_view visible_name(std::string_view name) { return name.substr(0, name.find("##")); }

float text_width(ImFont* font, std::string_view text) {
    return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

float draw_text(Ui& u, Area area, std::string_view text, ImU32 ink, ImFont* font, Align align) {
    if (!font) font = u.fonts.text;
    if (text.empty() || area.width() <= 0) return 0;
    const float whole = text_width(font, text), centre_y = (area.y0 + area.y1) / 2;
    if (whole <= area.width() + 0.5f) {
        const float slack = area.width() - whole;
        const float x = area.x0 + (align == Align::left ? 0 : align == Align::right ? slack : slack / 2);
        put_text(font, std::floor(x), centre_y, ink, text);
        return whole;
    }
    const float dots = text_width(font, k_ellipsis);
    if (dots > area.width()) return 0;
    const std::string_view kept = prefix_within(font, text, area.width() - dots);
    const float width = text_width(font, kept);
    put_text(font, std::floor(area.x0), centre_y, ink, kept);
    put_text(font, std::floor(area.x0 + width), centre_y, ink, k_ellipsis);
    return width + dots;
}

void draw_icon(Ui& u, Area area, char32_t icon, ImU32 ink, float logical_size) {
    ImFont* font = u.fonts.icons;
    const float size = std::round(u.px(logical_size));
    const ImVec2 at{std::round((area.x0 + area.x1 - size) / 2), std::round((area.y0 + area.y1 - size) / 2)};
    list().AddText(font, size, at, ink, utf8(icon));
}

void fill(Area area, ImU32 ink, float radius) {
    if (area.x1 > area.x0 && area.y1 > area.y0) list().AddRectFilled(area.min(), area.max(), ink, radius);
}

// ImGui's AddRect centres its line half a pixel inside, which blurs lines of two pixels.
void outline(Area area, ImU32 ink, float radius, float thickness) {
    const float half = thickness / 2;
    list().PathRect({area.x0 + half, area.y0 + half}, {area.x1 - half, area.y1 - half},
                    std::max(0.0f, radius - half));
    list().PathStroke(ink, ImDrawFlags_Closed, thickness);
}

void section_head(Ui& u, Area area, std::string_view title, std::string_view right) {
    std::string capitals{title};
    for (char& c : capitals) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    const float used = right.empty() ? 0 : text_width(u.fonts.caps, right);
    if (used > 0) draw_text(u, area, right, u.theme.quiet, u.fonts.caps, Align::right);
    area.x1 -= used > 0 ? used + u.px(8) : 0;
    draw_text(u, area, capitals, u.theme.quiet, u.fonts.caps);
}

void swatch(Ui& u, ImVec2 centre, std::uint32_t rgb, float logical_size) {
    const float half = std::round(u.px(logical_size)) / 2;
    const float x0 = std::round(centre.x - half), y0 = std::round(centre.y - half);
    fill({x0, y0, x0 + 2 * half, y0 + 2 * half}, color(rgb), u.px(logical_size * 0.22f));
}

void diamond(ImVec2 centre, float radius, ImU32 fill_color, ImU32 line_color) {
    const auto path = [&](float r) {
        list().PathLineTo({centre.x, centre.y - r});
        list().PathLineTo({centre.x + r, centre.y});
        list().PathLineTo({centre.x, centre.y + r});
        list().PathLineTo({centre.x - r, centre.y});
    };
    path(radius);
    list().PathFillConvex(fill_color);
    if ((line_color & IM_COL32_A_MASK) == 0) return;
    path(radius);
    list().PathStroke(line_color, ImDrawFlags_Closed, std::max(1.0f, radius / 5));
}

void hatch(Area area, ImU32 ink, float spacing) {
    const ImVec2 clip_min = list().GetClipRectMin(), clip_max = list().GetClipRectMax();
    const float height = area.height();
    const float x0 = std::max(area.x0, clip_min.x), x1 = std::min(area.x1, clip_max.x);
    if (x1 <= x0 || height <= 0 || spacing <= 1) return;
    ImGui::PushClipRect({x0, area.y0}, {x1, area.y1}, true);
    // Lines keep their place when the area is cut by the view's edge.
    const float first = area.x0 + std::floor((x0 - height - area.x0) / spacing) * spacing;
    for (float x = first; x < x1; x += spacing) {
        list().AddLine({x, area.y1}, {x + height, area.y0}, ink, spacing * 0.3f);
    }
    ImGui::PopClipRect();
}

}  // namespace app
