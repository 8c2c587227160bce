// The strip of tools between the left panel and the picture, undo and redo at its foot.
#include <cmath>

#include "app/action.h"
#include "app/panels/panels.h"
#include "app/ui/keys.h"

namespace app {
namespace {

constexpr float k_row_height = 40, k_low_row_height = 34, k_width = 44, k_margin = 5;

// Tools in columns of so many rows, with undo and redo at the foot.
struct Grid {
    float row_height = 0;
    std::size_t rows = 1, columns = 1;
};
Grid grid_of(const Ui& u, float height) {
    const std::size_t tools = all_tools().size();
    const auto of = [&](float logical) {
        const float row = std::round(u.px(logical));
        const float rows = std::floor((height - 2 * u.px(k_margin)) / row) - 2;
        return Grid{row, static_cast<std::size_t>(std::max(rows, 1.0f))};
    };
    Grid grid = of(k_row_height);
    if (grid.rows < tools) grid = of(k_low_row_height);
    grid.columns = (tools + grid.rows - 1) / grid.rows;
    grid.rows = (tools + grid.columns - 1) / grid.columns;
    return grid;
}

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

float tool_rail_width(const Ui& u, float height) {
    return u.px(k_width) * static_cast<float>(grid_of(u, height).columns);
}

void draw_tool_rail(Ui& u, Area area) {
    begin_panel(u, "tool rail", area, u.theme.panel);
    const float line = std::max(1.0f, std::floor(u.scale));
    const Grid grid = grid_of(u, area.height());
    fill({area.x1 - line, area.y0, area.x1, area.y1}, u.theme.line);
    Area rest{area.x0, area.y0 + u.px(k_margin), area.x1 - line, area.y1 - u.px(k_margin)};
    Area foot = rest.cut_bottom(2 * grid.row_height);
    foot.x1 = std::min(foot.x1, foot.x0 + u.px(k_width));
    draw_action(u, foot.cut_top(grid.row_height), icon::undo, "edit.undo");
    draw_action(u, foot, icon::redo, "edit.redo");
    const std::span<const ToolInfo> tools = all_tools();
    const float width = rest.width() / static_cast<float>(grid.columns);
    for (std::size_t i = 0; i < tools.size(); ++i) {
        const float x0 = std::round(rest.x0 + width * static_cast<float>(i / grid.rows));
        const float y0 = rest.y0 + grid.row_height * static_cast<float>(i % grid.rows);
        draw_tool(u, {x0, y0, std::round(x0 + width), y0 + grid.row_height}, tools[i],
                  tools[i].id == u.bench.view().tool);
    }
    end_panel();
}

}  // namespace app
