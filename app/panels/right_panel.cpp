// Properties of what is selected; of the medium when nothing is.
#include <algorithm>

#include "app/panels/mask_fields.h"
#include "app/panels/panels.h"
#include "app/panels/properties.h"
#include "app/panels/track_list.h"
#include "app/ui/keys.h"

namespace app {
namespace {

using labels::Track;

// -- several selected
// ----------------------------------------------------------------------------------------------------------

void draw_several(Properties& p, std::size_t count) {
    Ui& u = p.u;
    p.head(fmt::format("{} objects", count));
    p.choose_class();
    p.chips({{"Keyframe", "track.keyframe", false, true},
             {"Occluded", "track.occluded", false, false},
             {"Outside", "track.outside", false, false}});
    p.buttons({{"Lock", "track.lock"}, {"Hide", "track.hide"}, {"Delete", "edit.delete"}});
    p.head("Selected");
    constexpr std::size_t k_most = 12;
    const auto& selection = u.bench.view().selection;
    for (std::size_t i = 0; i < std::min(count, k_most); ++i) {
        const Track* track = u.bench.document()->state().find(selection[count - 1 - i]);
        if (track) p.name_line(*track);
    }
    if (count > k_most) p.paragraph(fmt::format("and {} more", count - k_most));
}

}  // namespace

void draw_right_panel(Ui& u, Area area) {
    begin_panel(u, "right", area, u.theme.panel);
    const float line = std::max(1.0f, std::floor(u.scale));
    Area inside = area;
    fill(inside.cut_left(line), u.theme.line);
    if (u.bench.document()) {
        Properties p{u, inside};
        const Track* track = u.bench.selected();
        const std::size_t count = u.bench.view().selection.size();
        if (!track) {
            draw_medium(p);
        } else if (count > 1) {
            draw_several(p, count);
        } else {
            draw_brush_fields(p);
            draw_track_properties(p, *track);
        }
        p.finish();
    }
    end_panel();
}

}  // namespace app
