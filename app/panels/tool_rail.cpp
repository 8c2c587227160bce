// The strip of tools between the left panel and the picture, undo and redo at its foot.
#include <cmath>

#include "app/action.h"
#include "app/panels/panels.h"
#include "app/ui/keys.h"

namespace app {
namespace {

constexpr float k_row_height = 40;

// The action that chooses the tool carries the shortcut in force; a tool without one still has its own.
std::string key_of_tool(const Ui& u, const ToolInfo& tool) {
    const std::string action = "tool." + std::string{tool.id};
    return find_action(action) ? key_of(u, action) : std::string{tool.shortcut};
}

void draw_tool(Ui& u, Area row, const ToolInfo& tool, bool active) {
    bool hovered = false;
    if (click_area(u, tool.title, row, &hovered)) {
        u.later([id = std::string{tool.id}](Workbench& bench) { bench.set_tool(id); });
    }
    if (active || hovered) fill(row, active ? u.theme.selection : u.theme.hover);
    if (active) fill({row.x0, row.y0, row.x0 + std::round(u.px(2)), row.y1}, u.theme.accent);
    const ImU32 ink = active ? u.theme.accent : mix(u.theme.quiet, u.theme.text, hovered ? 1 : 0.6f);
    draw_icon(u, row, tool.icon, ink, 20);
    if (hovered) tooltip(u, tool.title, key_of_tool(u, tool));
}

void draw_action(Ui& u, Area row, char32_t icon, std::string_view action_id) {
    const Action* action = find_action(action_id);
    if (!action) return;
    const Area area{row.x0 + u.px(6), row.y0 + u.px(4), row.x1 - u.px(6), row.y1 - u.px(4)};
    if (icon_button(u, action->title, area, icon, key_of(u, action_id), false, can_run(u, action_id))) {
        u.later_action(action_id);
    }
}

}  // namespace

void draw_tool_rail(Ui& u, Area area) {
    begin_panel(u, "tool rail", area, u.theme.panel);
    const float line = std::max(1.0f, std::floor(u.scale)), row_height = std::round(u.px(k_row_height));
    fill({area.x1 - line, area.y0, area.x1, area.y1}, u.theme.line);
    Area rest{area.x0, area.y0 + u.px(5), area.x1 - line, area.y1 - u.px(5)};
    Area foot = rest.cut_bottom(2 * row_height);
    draw_action(u, foot.cut_top(row_height), icon::undo, "edit.undo");
    draw_action(u, foot, icon::redo, "edit.redo");
    for (const ToolInfo& tool : all_tools()) {
        if (rest.height() < row_height) break;
        draw_tool(u, rest.cut_top(row_height), tool, tool.id == u.bench.view().tool);
    }
    end_panel();
}

}  // namespace app
