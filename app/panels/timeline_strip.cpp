// The film strip of the timeline: thumbnails, shot edges, and the picture under the cursor.
#include <algorithm>
#include <cmath>

#include "app/panels/strip_layout.h"
#include "app/panels/timeline.h"
#include "app/ui/thumbnail.h"

namespace app {
namespace {

constexpr float k_strip_height = 44, k_strip_margin = 2, k_least_lanes = 48;
constexpr float k_hover_width = 192, k_hover_height = 144, k_hover_above = 8;

struct Strip {
    const media::VideoSource& video;
    media::Thumbnails& thumbnails;
    std::int64_t pixels = 0;     // of a picture
    float aspect = 1;            // width to height, as shown
    float height = 0, slot = 0;  // of a thumbnail in the strip; slot: its width with the gap after it
    double slot_frames = 1;
};

std::optional<Strip> strip_of(const Ui& u, const TimeView& view) {
    const auto info = u.bench.video_info();
    if (!u.bench.survey() || !u.bench.video() || !info) return std::nullopt;
    Strip strip{*u.bench.video(), u.bench.survey()->thumbnails(),
                std::int64_t{info->coded_width_px} * info->coded_height_px};
    if (info->width_px > 0 && info->height_px > 0)
        strip.aspect =
            std::clamp(static_cast<float>(info->width_px) / static_cast<float>(info->height_px), 0.4f, 4.0f);
    strip.height = std::round(u.px(k_strip_height)) - 2 * std::round(u.px(k_strip_margin));
    strip.slot = std::round(strip.height * strip.aspect);
    strip.slot_frames = frames_per_slot(view, strip.slot);
    return strip;
}

// The thumbnail for a wish, else the last one before it that is no farther away than the view is wide: it
// shows roughly what is there until the right one comes.
struct Found {
    media::ThumbnailPtr picture;
    bool exact = false;
};

Found find(const Strip& strip, const media::ThumbnailWish& wish, std::int64_t reach) {
    if (auto exact = strip.thumbnails.find(wish.frame, wish.pts)) return {std::move(exact), true};
    const media::ThumbnailPtr near = strip.thumbnails.before(wish.frame, reach);
    if (near && strip.video.pts_of(near->frame) == near->pts) return {near, false};
    return {};
}

void request(Ui& u, std::vector<media::ThumbnailWish> wishes) {
    u.later([wishes = std::move(wishes)](Workbench& bench) {
        if (bench.survey()) bench.survey()->thumbnails().request(wishes);
    });
}

void draw_slot(Ui& u, const Strip& strip, Area at, const std::optional<media::ThumbnailWish>& wish,
               std::int64_t reach) {
    draw_no_thumbnail(u, at);
    const Found found = wish ? find(strip, *wish, reach) : Found{};
    at.x1 = std::min(at.x1, at.x0 + strip.slot);
    if (found.picture) draw_thumbnail(u, at, *found.picture, found.exact ? 1 : 0.45f);
}

void draw_slots(Ui& u, Area film, const Timeline& timeline, const Strip& strip,
                std::optional<std::int64_t> hovered) {
    const std::vector<StripSlot> slots = strip_slots(timeline.view, timeline.known, strip.slot);
    const float gap = std::max(1.0f, std::floor(u.scale));
    const auto reach = static_cast<std::int64_t>(timeline.view.shown);
    const float film_end = timeline.view.x_of_edge(static_cast<double>(timeline.total));
    std::vector<std::optional<media::ThumbnailWish>> wish_of;
    wish_of.reserve(slots.size());
    ImGui::PushClipRect(film.min(), {std::min(film.x1, film_end), film.y1}, true);
    for (const StripSlot& slot : slots) {
        wish_of.push_back(wish_for(strip.video, slot.frame, strip.slot_frames, strip.pixels));
        const Area at{std::round(slot.x0), film.y0, std::round(slot.x1) - gap, film.y1};
        draw_slot(u, strip, at, wish_of.back(), reach);
    }
    ImGui::PopClipRect();
    std::vector<media::ThumbnailWish> wishes;
    const auto add = [&](const std::optional<media::ThumbnailWish>& wish) {
        if (wish && std::ranges::find(wishes, *wish) == wishes.end()) wishes.push_back(*wish);
    };
    if (hovered) add(wish_for(strip.video, *hovered, strip.slot_frames, strip.pixels));
    for (const std::size_t i : coarse_first(slots.size())) add(wish_of[i]);
    request(u, std::move(wishes));
}

void draw_shots_text(Ui& u, Area names) {
    const FilmSurvey& survey = *u.bench.survey();
    Area line{names.x0 + u.px(14), names.y0, names.x1 - u.px(14), names.y1};
    if (survey.may_find_shots()) {
        const float width = std::ceil(text_width(u.fonts.small, "Find shots")) + u.px(20);
        const float middle = (names.y0 + names.y1) / 2;
        const Area at{line.x1 - width, middle - u.px(12), line.x1, middle + u.px(12)};
        if (button(u, "Find shots", at)) u.later_action("shot.find");
        line.x1 = at.x0 - u.px(8);
    }
    const std::size_t count = survey.shots().size();
    const std::string text = count == 0 ? "Film" : count == 1 ? "1 shot" : fmt::format("{} shots", count);
    draw_text(u, line, survey.shots_complete() || count < 2 ? text : text + " so far", u.theme.quiet);
}

}  // namespace

float strip_height(const Ui& u, float room) {
    const bool is_film = u.bench.survey() && u.bench.frame_count() > 1;
    if (!u.bench.view().strip_shown || !is_film) return 0;
    const float height = std::round(u.px(k_strip_height));
    return room >= height + u.px(k_least_lanes) ? height : 0;
}

void draw_strip(Ui& u, Area names, Area strip_area, const Timeline& timeline,
                std::optional<std::int64_t> hovered) {
    const auto strip = strip_of(u, timeline.view);
    if (!strip) return;
    const float y0 = strip_area.y0 + std::round(u.px(k_strip_margin));
    const Area film{strip_area.x0, y0, strip_area.x1, y0 + strip->height};
    draw_slots(u, film, timeline, *strip, hovered);
    draw_shot_edges(u, strip_area, timeline);
    draw_shots_text(u, names);
    const float line = std::max(1.0f, std::floor(u.scale));
    fill({names.x0, strip_area.y1 - line, strip_area.x1, strip_area.y1}, u.theme.line);
}

// No more edges than there is room for, whatever their number.
void draw_shot_edges(Ui& u, Area area, const Timeline& timeline) {
    const FilmSurvey* survey = u.bench.survey();
    if (!survey) return;
    const std::vector<std::int64_t>& shots = survey->shots();
    const TimeView& view = timeline.view;
    const float width = std::round(u.px(2)), least_gap = u.px(4);
    ImGui::PushClipRect(area.min(), area.max(), true);
    auto shot = std::ranges::lower_bound(shots, view.frame_at(area.x0));
    while (shot != shots.end()) {
        const float x = std::round(view.x_of_edge(static_cast<double>(*shot)));
        if (x > area.x1) break;
        if (*shot > 0) {
            fill({x - width, area.y0, x + width, area.y1}, with_alpha(u.theme.well, 0.75f));
            fill({x - std::floor(width / 2), area.y0, x - std::floor(width / 2) + width, area.y1},
                 u.theme.doubt);
        }
        const std::int64_t next = view.frame_at(x + least_gap);
        shot = std::lower_bound(shot + 1, shots.end(), std::max(next, *shot + 1));
    }
    ImGui::PopClipRect();
}

void draw_hover_picture(Ui& u, Area ruler, const Timeline& timeline, std::int64_t frame) {
    const auto strip = strip_of(u, timeline.view);
    if (!strip) return;
    const auto wish = wish_for(strip->video, frame, strip->slot_frames, strip->pixels);
    if (!wish) return;
    const float width = std::round(std::min(u.px(k_hover_width), u.px(k_hover_height) * strip->aspect));
    const float height = std::round(width / strip->aspect), pad = u.px(5), text = u.px(22);
    const float least = ruler.x0 + u.px(4), most = ruler.x1 - u.px(4) - width - 2 * pad;
    const float x =
        std::round(std::clamp(timeline.view.x_of(frame) - width / 2 - pad, least, std::max(least, most)));
    const float y1 = std::round(ruler.y0 - u.px(k_transport_height + k_hover_above));  // clear of the buttons
    const Area box{x, std::round(y1 - height - text - 2 * pad), x + width + 2 * pad, y1};
    const Area picture{x + pad, box.y0 + pad, x + pad + width, box.y0 + pad + height};

    ImGui::SetNextWindowPos(box.min());
    ImGui::SetNextWindowSize({box.width(), box.height()});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
    ImGui::Begin("##hover picture", nullptr,
                 ImGuiWindowFlags_Tooltip | ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoDecoration |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground);
    fill(box, u.theme.raised, u.px(6));
    outline(box, mix(u.theme.line, u.theme.quiet, 0.35f), u.px(6), std::max(1.0f, std::floor(u.scale)));
    const Found found = find(*strip, *wish, static_cast<std::int64_t>(strip->slot_frames));
    if (!found.picture || !draw_thumbnail(u, picture, *found.picture, found.exact ? 1 : 0.45f, u.px(3)))
        draw_no_thumbnail(u, picture);
    const Area line{picture.x0 + u.px(2), picture.y1, picture.x1 - u.px(2), box.y1};
    if (const auto secs = secs_of_frame(u.bench, frame))
        draw_text(u, line, timecode(*secs), u.theme.quiet, u.fonts.small, Align::right);
    // A keyframe stands in where the exact frame would take long.
    const bool other = found.picture && found.picture->frame != frame;
    draw_text(u, line, fmt::format("{} {}", other ? "near" : "frame", frame), u.theme.text, u.fonts.small);
    ImGui::End();
    ImGui::PopStyleVar(2);
}

}  // namespace app
