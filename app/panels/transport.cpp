// The bar over the lanes: play, step, the exact time and frame, speed, and how much of the film is in view.
#include <array>
#include <cmath>

#include "app/action.h"
#include "app/panels/timeline.h"
#include "app/ui/keys.h"

namespace app {
namespace {

struct Strip {  // hands out areas from left to right
    Area left;
    float gap;
    Area take(float width) {
        const Area out = left.cut_left(width);
        left.cut_left(gap);
        return out;
    }
};

void action_icon(Ui& u, Area area, char32_t icon, std::string_view action_id) {
    const Action* action = find_action(action_id);
    if (!action) return;
    if (icon_button(u, action->title, area, icon, key_of(u, action_id), false, can_run(u, action_id))) {
        u.later_action(action_id);
    }
}

void draw_play(Ui& u, Area area) {
    const bool playing = u.bench.playing();
    const std::string_view name = playing ? "Pause" : "Play";
    if (button(u, name, area, ButtonKind::filled, {}, can_run(u, "play"),
               playing ? icon::pause : icon::play)) {
        u.later_action("play");
    }
    tooltip(u, playing ? "Pause" : "Play", key_of(u, "play"));
}

void draw_time_field(Ui& u, Area area, const Timeline& timeline) {
    const auto secs = secs_of_frame(u.bench, timeline.frame);
    if (!secs) return;
    std::string text = timecode(*secs);
    const bool entered = text_field(u, "Time", area, text);
    tooltip(u, "The time of the shown frame; type another");
    if (!entered) return;
    const auto wanted = parse_timecode(text);
    // Half a millisecond on: what is shown is rounded and must lead back to the same frame.
    const auto frame = wanted ? frame_of_secs(u.bench, *wanted + 0.0005) : std::nullopt;
    u.later([frame](Workbench& bench) {
        if (frame) return bench.go_to(*frame);
        bench.toast(ToastKind::warning, "That is no time in this film; write it as 1:02.5 or 00:01:02.500");
    });
}

void draw_frame_field(Ui& u, Area area, const Timeline& timeline) {
    auto frame = static_cast<double>(timeline.frame);
    const bool entered = number_field(u, "Frame", area, frame, 0);
    tooltip(u, "The shown frame, counted from 0", key_of(u, "frame.go_to"));
    if (!entered) return;
    u.later([frame](Workbench& bench) { bench.go_to(static_cast<std::int64_t>(std::llround(frame))); });
}

void draw_speed(Ui& u, Area area) {
    static constexpr const auto& k_speeds = Workbench::k_speeds;
    static const std::vector<std::string> k_names = {"0.1×", "0.25×", "0.5×", "1.0×", "2.0×", "4.0×", "8.0×"};
    int index = -1;
    for (std::size_t i = 0; i < k_speeds.size(); ++i) {
        if (k_speeds[i] == u.bench.speed()) index = static_cast<int>(i);
    }
    const std::string other = fmt::format("{:.2f}×", u.bench.speed());
    if (!choice_field(u, "Speed", area, index, k_names, {}, other)) return;
    const double speed = k_speeds[static_cast<std::size_t>(index)];
    u.later([speed](Workbench& bench) { bench.set_speed(speed); });
}

void draw_loop(Ui& u, Area area) {
    const FrameSpan range = u.bench.loop_range();
    const bool on = u.bench.loop_on();
    if (icon_button(u, "##loop", area, icon::loop, "", on, can_run(u, "loop.flip")))
        u.later_action("loop.flip");
    u.name_widget("Loop", area, can_run(u, "loop.flip"));
    const std::string tip = range.empty() ? "Loop the film"
                                          : fmt::format("{}: frames {} to {}", on ? "Loop" : "Loop off",
                                                        range.begin, range.end - 1);
    tooltip(u, tip, key_of(u, "loop.flip"));
}

bool is_there(SoundState state) { return state == SoundState::ready || state == SoundState::opening; }

// Why nothing is heard, or what the button does.
std::string_view sound_tip(SoundState state, bool muted) {
    switch (state) {
        case SoundState::no_sound:
            return "This film has no sound";
        case SoundState::no_device:
            return "No sound device";
        case SoundState::none:
        case SoundState::opening:
        case SoundState::ready:
            break;
    }
    return muted ? "Sound is off" : "Sound off";
}

void draw_volume(Ui& u, Area area) {
    bool hovered = false, held = false;
    click_area(u, "Volume", area, &hovered, &held);
    const Settings& settings = u.bench.settings();
    const float middle = std::floor((area.y0 + area.y1) / 2), half = u.px(1.5f);
    const Area well{area.x0 + u.px(5), middle - half, area.x1 - u.px(5), middle + half};
    const double level = settings.muted ? 0 : settings.volume;
    const float x = well.x0 + well.width() * static_cast<float>(level);
    fill(well, u.theme.line, half);
    fill({well.x0, well.y0, x, well.y1}, hovered || held ? u.theme.accent : u.theme.quiet, half);
    const float knob = u.px(hovered || held ? 5 : 4);
    ImGui::GetWindowDrawList()->AddCircleFilled({x, middle}, knob,
                                                hovered || held ? u.theme.text : u.theme.quiet);
    tooltip(u, fmt::format("Volume {:.0f} %", level * 100));
    if (held) {
        const double wanted = std::clamp<double>((ImGui::GetIO().MousePos.x - well.x0) / well.width(), 0, 1);
        if (wanted != level) u.later([wanted](Workbench& bench) { bench.set_volume(wanted); });
    }
    if (ImGui::IsItemDeactivated()) u.later([](Workbench& bench) { bench.keep_volume(); });
}

void draw_sound(Ui& u, Area area) {
    const SoundState state = u.bench.sound_state();
    const bool there = is_there(state);
    const bool off = u.bench.settings().muted || !there;
    const Area button = area.cut_left(u.px(28));
    if (icon_button(u, "##sound", button, off ? icon::sound_off : icon::sound, "", false, there))
        u.later_action("sound.mute");
    u.name_widget("Sound", button, there);
    tooltip(u, sound_tip(state, u.bench.settings().muted), there ? key_of(u, "sound.mute") : "");
    if (there) draw_volume(u, area);
}

// Only when something went wrong: frames that were due in this run of playing and never on screen.
void draw_dropped(Ui& u, Area& bar) {
    const std::int64_t dropped = u.bench.playback().stats().dropped;
    if (!u.bench.playing() || dropped == 0) return;
    const std::string text = fmt::format("{} dropped", dropped);
    const float wanted = std::ceil(text_width(u.fonts.small, text)) + 1;
    if (bar.width() < wanted) return;
    const Area area = bar.cut_left(wanted);
    bar.cut_left(u.px(10));
    draw_text(u, area, text, u.theme.doubt, u.fonts.small);
    if (ImGui::IsMouseHoveringRect(area.min(), area.max()))
        show_tooltip(u, "Frames that were due and not shown since playing began");
}

std::string in_view(const Timeline& timeline) {
    if (timeline.span.shown <= 0) return "whole film";
    return fmt::format("{} f in view", static_cast<std::int64_t>(std::llround(timeline.span.shown)));
}

void draw_zoom(Ui& u, Area& bar, const Timeline& timeline) {
    const std::string text = in_view(timeline);
    const bool whole = timeline.span.shown <= 0;
    const Area area = bar.cut_right(text_width(u.fonts.small, text) + u.px(16));
    bool hovered = false;
    const Area pill = {area.x0, area.y0, area.x1, area.y1};
    if (click_area(u, "Whole film", pill, &hovered)) set_time_span(u, {});
    if (hovered && !whole) fill(pill, u.theme.hover, u.px(5));
    draw_text(u, pill, text, hovered && !whole ? u.theme.text : u.theme.quiet, u.fonts.small, Align::centre);
    tooltip(
        u, whole ? "Zoom with Ctrl or Alt and the wheel, move with Shift and the wheel"
                 : "Show the whole film. Zoom with Ctrl or Alt and the wheel, move with Shift and the wheel");
}

// From right to left, as far as there is room.
void draw_keyframe_button(Ui& u, Area& bar, std::string_view name, std::string_view action_id) {
    const std::string key = key_of(u, action_id);
    const float wanted =
        text_width(u.fonts.text, name) + u.px(24) + (key.empty() ? 0 : key_cap_width(u, key) + u.px(10));
    if (bar.width() < wanted + u.px(8)) return;
    const Area area = bar.cut_right(std::ceil(wanted));
    bar.cut_right(u.px(8));
    if (button(u, name, area, ButtonKind::plain, key, can_run(u, action_id))) u.later_action(action_id);
    tooltip(u, find_action(action_id)->title, key);
}

}  // namespace

void draw_transport(Ui& u, Area area, const Timeline& timeline) {
    const float pad = std::floor((area.height() - u.px(26)) / 2);
    Area bar{area.x0 + u.px(8), area.y0 + pad, area.x1 - u.px(10),
             area.y1 - (area.height() - u.px(26) - pad)};
    Strip at{bar, u.px(2)};
    action_icon(u, at.take(u.px(28)), icon::first, "frame.first");
    action_icon(u, at.take(u.px(28)), icon::step_back, "frame.previous");
    at.left.cut_left(u.px(4));
    draw_play(u, at.take(u.px(82)));
    at.left.cut_left(u.px(4));
    action_icon(u, at.take(u.px(28)), icon::step_forward, "frame.next");
    action_icon(u, at.take(u.px(28)), icon::last, "frame.last");
    at.gap = u.px(10);
    at.left.cut_left(u.px(8));
    if (secs_of_frame(u.bench, timeline.frame)) draw_time_field(u, at.take(u.px(116)), timeline);
    draw_text(u, at.take(text_width(u.fonts.text, "frame")), "frame", u.theme.quiet);
    draw_frame_field(u, at.take(u.px(timeline.total >= 100000 ? 88 : 70)), timeline);
    const std::string of = timeline.known > 0 ? fmt::format("of {}", timeline.known) : "of unknown";
    draw_text(u, at.take(text_width(u.fonts.text, of) + 1), of, u.theme.quiet);
    draw_speed(u, at.take(u.px(76)));
    at.gap = u.px(2);
    draw_loop(u, at.take(u.px(28)));
    draw_sound(u, at.take(u.px(is_there(u.bench.sound_state()) ? 28 + 62 : 28)));
    at.left.cut_left(u.px(8));
    Area right = at.left;
    draw_dropped(u, right);
    draw_zoom(u, right, timeline);
    right.cut_right(u.px(8));
    draw_keyframe_button(u, right, "Next keyframe", "keyframe.next");
    draw_keyframe_button(u, right, "Previous", "keyframe.previous");
}

}  // namespace app
