// A place in time, typed: a frame number, +/- frames from here, or a time.
#include <algorithm>

#include "app/panels/panels.h"
#include "app/panels/popup.h"
#include "app/place.h"
#include "app/raster_facts.h"

namespace app {

namespace {

struct GoTo {
    Appearing appears;
    SearchField field;
};

GoTo& state() {
    static GoTo go_to;  // UI thread, like ImGui's own context
    return go_to;
}

// What Enter will do, said beforehand.
struct Answer {
    std::optional<std::int64_t> frame;
    std::optional<base::Point> pixel;  // of a raster
    std::string text;
    bool wrong = false;
};

Answer answer(const Workbench& bench, const std::string& typed) {
    const std::int64_t count = bench.frame_count();
    if (typed.empty())
        return {{}, {}, fmt::format("0 … {}, +10, -10, or 01:30.500", std::max<std::int64_t>(count - 1, 0))};
    const auto place = parse_place(typed);
    if (!place) return {{}, {}, "This is no frame and no time", true};
    const auto frame = frame_of(bench, *place);
    if (!frame) return {{}, {}, "The times of this video are not known yet", true};
    const std::int64_t there = std::clamp<std::int64_t>(*frame, 0, std::max<std::int64_t>(count - 1, 0));
    std::string text = fmt::format("frame {}", there);
    if (bench.video()) text += "  ·  " + time_text(bench.video()->secs_of(there));
    if (there != *frame) text += "  ·  the " + std::string{*frame < 0 ? "first" : "last known"} + " frame";
    return {there, {}, text};
}

Answer answer_on_raster(const RasterDisplay& raster, const std::string& typed) {
    if (typed.empty()) {
        const bool placed = raster.placement() != nullptr;
        return {{}, {}, placed ? "-8.0012, -34.8689 · E 294108 N 9115201 · 214, 187 px" : "x, y in pixels"};
    }
    const auto place = find_place(typed, raster.placement());
    if (!place) return {{}, {}, "This is no place: latitude, longitude; E … N …; or x, y px", true};
    const bool inside = place->pixel.x >= 0 && place->pixel.y >= 0 &&
                        place->pixel.x <= raster.info()->width_px &&
                        place->pixel.y <= raster.info()->height_px;
    if (!inside) return {{}, {}, place->title + "  ·  outside the raster", true};
    return {{}, place->pixel, place->title};
}

}  // namespace

void draw_go_to_frame(Ui& u, Area window) {
    GoTo& s = state();
    if (s.appears()) s.field = {};
    const Area box = centred_box(u, window, 360, 92, 0.22f);
    begin_popup(u, "go to frame", window, box, Scrim::clear);
    Area rest = box;
    const bool is_raster = u.bench.raster() != nullptr && u.bench.raster()->info();
    search_field(u, is_raster ? "Go to place" : "Go to frame", rest.cut_top(u.px(48)), s.field,
                 is_raster ? "Place" : "Frame or time", is_raster ? icon::search : icon::clock);
    fill({box.x0, rest.y0, box.x1, rest.y0 + std::max(1.0f, u.scale)}, u.theme.line);
    const Answer there =
        is_raster ? answer_on_raster(*u.bench.raster(), s.field.text) : answer(u.bench, s.field.text);
    Area line{rest.x0 + u.px(14), rest.y0, rest.x1 - u.px(14), rest.y1};
    if (there.frame || there.pixel) line.cut_right(key_cap(u, line, "Enter") + u.px(8));
    draw_text(u, line, there.text, there.wrong ? u.theme.doubt : u.theme.quiet, u.fonts.small);
    if (there.frame && key_pressed(PopupKey::enter)) {
        u.later([frame = *there.frame](Workbench& bench) { bench.go_to(frame); });
        close_popup(u);
    }
    if (there.pixel && key_pressed(PopupKey::enter)) {
        u.later([pixel = *there.pixel](Workbench& bench) { bench.go_to_pixel(pixel); });
        close_popup(u);
    }
    end_popup(u, box);
}

}  // namespace app
