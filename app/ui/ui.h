#pragma once
// What a panel's draw function gets, and Limn's own widgets. All measures in framebuffer pixels; u.px(8) is 8
// logical pixels. A widget registers its visible name, so that the script driver can click it.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>

#include "app/ui/theme.h"
#include "app/workbench.h"

namespace render {
class PictureAtlas;
}

namespace app {

class GridPicture;

struct Area {  // framebuffer pixels, half-open
    float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    [[nodiscard]] float width() const { return x1 - x0; }
    [[nodiscard]] float height() const { return y1 - y0; }
    [[nodiscard]] bool contains(ImVec2 p) const { return p.x >= x0 && p.x < x1 && p.y >= y0 && p.y < y1; }
    [[nodiscard]] ImVec2 min() const { return {x0, y0}; }
    [[nodiscard]] ImVec2 max() const { return {x1, y1}; }
    Area cut_left(float width);  // takes the strip off this area and returns it
    Area cut_right(float width);
    Area cut_top(float height);
    Area cut_bottom(float height);
    [[nodiscard]] Area inset(float by) const { return {x0 + by, y0 + by, x1 - by, y1 - by}; }
};

struct Ui {
    Workbench& bench;  // read it; change it through later()
    const Theme& theme;
    const Fonts& fonts;
    float scale = 1;                        // framebuffer pixels per logical pixel
    render::PictureAtlas* atlas = nullptr;  // where thumbnails are drawn from
    GridPicture* grid_picture = nullptr;    // of an inspection grid too large to be drawn cell by cell

    [[nodiscard]] float px(float logical) const { return logical * scale; }
    // Runs after the frame is drawn, in order. Nothing changes while being drawn.
    void later(std::function<void(Workbench&)> change) { changes.push_back(std::move(change)); }
    void later_action(std::string_view action_id);
    // Asks for a frame after that time even when nothing happens, e.g. for a tooltip that is due. The loop
    // reads redraw_in_secs after the frame.
    void redraw_in(double secs) { redraw_in_secs = std::min(redraw_in_secs, secs); }

    struct Named {  // a widget drawn in this frame
        std::string name;
        Area area;
        bool enabled = true;
    };
    void name_widget(std::string_view name, Area area, bool enabled = true) {
        widgets.push_back({std::string{name}, area, enabled});
    }

    std::vector<std::function<void(Workbench&)>> changes;
    std::vector<Named> widgets;
    double redraw_in_secs = std::numeric_limits<double>::infinity();
};

// -- drawing
// -----------------------------------------------------------------------------------------------------------
enum class Align : std::uint8_t { left, centre, right };
// One line, vertically centred in the area, cut with "…" when too long. Returns the width drawn.
float draw_text(Ui& u, Area area, std::string_view text, ImU32 color, ImFont* font = nullptr,
                Align align = Align::left);
void draw_icon(Ui& u, Area area, char32_t icon, ImU32 color, float logical_size = 20);
void fill(Area area, ImU32 color, float radius = 0);
void outline(Area area, ImU32 color, float radius = 0, float thickness = 1);
[[nodiscard]] float text_width(ImFont* font, std::string_view text);

// -- widgets: each takes the area it fills and is named by `name`; text after "##" in a name is not shown
// ---------------------------------------------------------------------------------------------------------
// A borderless window at the area, with the panel's ground; content is drawn by absolute areas. Call
// end_panel() always.
void begin_panel(Ui& u, const char* id, Area area, ImU32 ground);
void end_panel();
// The bare clickable area the others are made of; a name of only "##…" is not registered. `hovered`/`held`
// may be null.
bool click_area(Ui& u, std::string_view name, Area area, bool* hovered = nullptr, bool* held = nullptr,
                bool enabled = true);
enum class ButtonKind : std::uint8_t { filled, plain, ghost };
bool button(Ui& u, std::string_view name, Area area, ButtonKind kind = ButtonKind::plain,
            std::string_view key = {}, bool enabled = true, char32_t icon = 0);
bool icon_button(Ui& u, std::string_view name, Area area, char32_t icon, std::string_view tooltip_key = {},
                 bool on = false, bool enabled = true);
enum class ChipMark : std::uint8_t { none, diamond };
// `tip` replaces the name in the tooltip.
bool toggle_chip(Ui& u, std::string_view name, Area area, bool on, std::string_view tooltip_key = {},
                 bool enabled = true, ChipMark mark = ChipMark::none, std::string_view tip = {});
// A list row: selection ground with a 2 px accent edge, hover ground. The caller draws its content over it.
bool list_row(Ui& u, std::string_view name, Area area, bool selected, bool* hovered = nullptr);
// An editable line in a well; true when the text was changed and finished (Enter or focus lost). Esc puts the
// old text back.
bool text_field(Ui& u, std::string_view name, Area area, std::string& text, std::string_view hint = {},
                bool focus = false);
// As text_field, for a number; drag left-right on it is not offered (a label must never change by accident).
bool number_field(Ui& u, std::string_view name, Area area, double& value, int decimals, bool enabled = true);
// A field that opens a list; true when another item was chosen (index changed). An index outside the list
// shows `hint`. `swatches` are 0xRRGGBB, one an item, or empty.
bool choice_field(Ui& u, std::string_view name, Area area, int& index, const std::vector<std::string>& items,
                  std::span<const std::uint32_t> swatches = {}, std::string_view hint = {});
void section_head(Ui& u, Area area, std::string_view title, std::string_view right = {});
// A small framed key name at the right edge of the area, vertically centred. Returns its width.
float key_cap(Ui& u, Area area, std::string_view key, ImU32 ink = 0);
[[nodiscard]] float key_cap_width(Ui& u, std::string_view key);
void swatch(Ui& u, ImVec2 centre, std::uint32_t rgb, float logical_size = 10);
void diamond(ImVec2 centre, float radius, ImU32 fill_color, ImU32 line_color);
void hatch(Area area, ImU32 color,
           float spacing);  // diagonal lines: doubt (wrong), or data not there (quiet)
void tooltip(Ui& u, std::string_view text, std::string_view key = {});  // when the last widget is hovered
// A tooltip at once, for things that are no widgets (the caller has tested the hover).
void show_tooltip(Ui& u, std::string_view text, std::string_view key = {});

// A clipped area whose content is taller: draw content at y0 - offset between the two calls. The wheel and a
// thin bar move it. Returns the offset in whole framebuffer pixels.
float begin_scroll(Ui& u, const char* id, Area area, float content_height);
void end_scroll(Ui& u);
// Makes [top, bottom) of the content of that scroll visible from the next frame on. Same panel, same id.
void scroll_to(const char* id, Area area, float top, float bottom);

// The part of a name that is shown: without "##" and what follows.
[[nodiscard]] std::string_view visible_name(std::string_view name);

}  // namespace app
