#pragma once
// A scrolled column of heads, rows and text: what the right panel is made of.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "app/ui/ui.h"
#include "labels/track.h"

namespace app {

// Rows are put one under the other. Call finish() always.
class Properties {
public:
    Properties(Ui& ui, Area area);
    void finish();

    Ui& u;

    void head(std::string_view title);
    // The right end of the last head, for small buttons.
    [[nodiscard]] Area head_right(float width) const;
    // A row with its label on the left; returns the area of the field.
    Area row(std::string_view label, std::string_view label_tip = {});
    void fact(std::string_view label, std::string_view value, ImU32 ink = 0);
    void paragraph(std::string_view text, ImU32 ink = 0);
    void name_line(const labels::Track& track);
    void space(float logical) { m_y += u.px(logical); }

    struct Chip {
        std::string_view name, action_id;
        bool on = false, diamond = false;
        std::string_view tip = {};
        bool enabled = true;
    };
    void chips(std::initializer_list<Chip> chips);
    struct Button {
        std::string_view name, action_id;
    };
    void buttons(std::initializer_list<Button> buttons);
    // An area over the whole width, for what is no row.
    [[nodiscard]] Area block(float logical_height) { return take(logical_height); }
    // The class of the selection, to be changed.
    void choose_class();

private:
    Area take(float logical_height);
    Area m_area;
    Area m_head;
    float m_y = 0, m_top = 0;
};

void draw_medium(Properties& p);                               // medium_facts.cpp
void draw_raster_style(Properties& p, RasterDisplay& raster);  // raster_style_fields.cpp
void draw_track_properties(Properties& p, const labels::Track& track);
void draw_attributes(Properties& p, const labels::Track& track, const labels::LabelClass& label_class);

}  // namespace app
