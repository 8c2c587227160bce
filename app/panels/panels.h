#pragma once
// The rooms of the window. Each draws one area and is one file.

#include "app/ui/ui.h"

namespace app {

void draw_top_bar(Ui& u, Area area);     // project › asset, facts, find anything, save state
void draw_left_panel(Ui& u, Area area);  // assets, classes, objects on this frame
[[nodiscard]] float tool_rail_width(const Ui& u, float height);  // all tools fit, in columns where it is low
void draw_tool_rail(Ui& u, Area area);
void draw_right_panel(Ui& u, Area area);      // properties, attributes, guidelines
void draw_timeline_panel(Ui& u, Area area);   // transport bar, ruler, lanes
void draw_inspection_grid(Ui& u, Area area);  // of a raster, in place of the timeline
void draw_status_line(Ui& u, Area area);
void draw_start_page(Ui& u, Area area);        // no project is open: what to do
void draw_palette(Ui& u, Area window);         // Ctrl+K
void draw_shortcut_sheet(Ui& u, Area window);  // ?, with remapping
void draw_class_picker(Ui& u, Area window);
void draw_export_dialog(Ui& u, Area window);
void draw_go_to_frame(Ui& u, Area window);
void draw_open_prompt(Ui& u, Area window);  // Popup::open_prompt and Popup::import_prompt
// The upper edge of the bottom panel: a line that is dragged to give it another height.
void resize_by_edge(Ui& u, Area area, std::string_view name);
void draw_toasts(Ui& u, Area window);

}  // namespace app
