// A place in time, typed: a frame number, +/- frames from here, or a time.
#include <algorithm>

#include "app/panels/panels.h"
#include "app/panels/popup.h"
#include "app/place.h"

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
    std::string text;
    bool wrong = false;
};

Answer answer(const Workbench& bench, const std::string& typed) {
    const std::int64_t count = bench.frame_count();
    if (typed.empty())
        return {{}, fmt::format("0 … {}, +10, -10, or 01:30.500", std::max<std::int64_t>(count - 1, 0))};
    const auto place = parse_place(typed);
    if (!place) return {{}, "This is no frame and no time", true};
    const auto frame = frame_of(bench, *place);
    if (!frame) return {{}, "The times of this video are not known yet", true};
    const std::int64_t there = std::clamp<std::int64_t>(*frame, 0, std::max<std::int64_t>(count - 1, 0));
    std::string text = fmt::format("frame {}", there);
    if (bench.video()) text += "  ·  " + time_text(bench.video()->secs_of(there));
    if (there != *frame) text += "  ·  the " + std::string{*frame < 0 ? "first" : "last known"} + " frame";
    return {there, text};
}

}  // namespace

void draw_go_to_frame(Ui& u, Area window) {
    GoTo& s = state();
    if (s.appears()) s.field = {};
    const Area box = centred_box(u, window, 360, 92, 0.22f);
    begin_popup(u, "go to frame", window, box, Scrim::clear);
    Area rest = box;
    search_field(u, "Go to frame", rest.cut_top(u.px(48)), s.field, "Frame or time", icon::clock);
    fill({box.x0, rest.y0, box.x1, rest.y0 + std::max(1.0f, u.scale)}, u.theme.line);
    const Answer there = answer(u.bench, s.field.text);
    Area line{rest.x0 + u.px(14), rest.y0, rest.x1 - u.px(14), rest.y1};
    if (there.frame) line.cut_right(key_cap(u, line, "Enter") + u.px(8));
    draw_text(u, line, there.text, there.wrong ? u.theme.doubt : u.theme.quiet, u.fonts.small);
    if (there.frame && key_pressed(PopupKey::enter)) {
        u.later([frame = *there.frame](Workbench& bench) { bench.go_to(frame); });
        close_popup(u);
    }
    end_popup(u, box);
}

}  // namespace app
