#include "render/view.h"

namespace render {
namespace {

// Whole pictures smaller than a screen pixel each way still get a sane scale.
double scale_to_fit(MediaSize media, const base::Rect& screen, double margin_px) {
    const double free_width = std::max(screen.width() - 2 * margin_px, 1.0);
    const double free_height = std::max(screen.height() - 2 * margin_px, 1.0);
    return std::min(free_width / std::max(media.width, 1e-9), free_height / std::max(media.height, 1e-9));
}

}  // namespace

base::Point View::media_from_screen(base::Point on_screen) const {
    return centre_in_media + (on_screen - screen.centre()) * (1 / scale);
}

base::Point View::screen_from_media(base::Point in_media) const {
    return screen.centre() + (in_media - centre_in_media) * scale;
}

base::Rect View::media_from_screen(const base::Rect& on_screen) const {
    const base::Point low = media_from_screen(base::Point{on_screen.x0, on_screen.y0});
    const base::Point high = media_from_screen(base::Point{on_screen.x1, on_screen.y1});
    return {low.x, low.y, high.x, high.y};
}

base::Rect View::screen_from_media(const base::Rect& in_media) const {
    const base::Point low = screen_from_media(base::Point{in_media.x0, in_media.y0});
    const base::Point high = screen_from_media(base::Point{in_media.x1, in_media.y1});
    return {low.x, low.y, high.x, high.y};
}

void View::zoom_about(base::Point on_screen, double factor, MediaSize media) {
    const base::Point kept = media_from_screen(on_screen);
    scale = clamp_scale(scale * factor, media);
    centre_in_media = kept - (on_screen - screen.centre()) * (1 / scale);
}

void View::pan_by_screen(base::Point delta) { centre_in_media = centre_in_media - delta * (1 / scale); }

void View::keep_in_reach(MediaSize media) {
    centre_in_media.x = std::clamp(centre_in_media.x, 0.0, std::max(media.width, 0.0));
    centre_in_media.y = std::clamp(centre_in_media.y, 0.0, std::max(media.height, 0.0));
}

void View::snap_to_pixels() {
    const base::Point corner = screen_from_media(base::Point{0, 0});
    pan_by_screen({std::round(corner.x) - corner.x, std::round(corner.y) - corner.y});
}

View fit(MediaSize media, const base::Rect& screen, double margin_px) {
    return {{media.width / 2, media.height / 2},
            clamp_scale(scale_to_fit(media, screen, margin_px), media),
            screen};
}

View one_to_one(base::Point centre_in_media, const base::Rect& screen) {
    View view{centre_in_media, 1, screen};
    view.snap_to_pixels();
    return view;
}

View fit_rect(const base::Rect& in_media, MediaSize media, const base::Rect& screen, double margin_px) {
    const MediaSize size{in_media.width(), in_media.height()};
    return {in_media.centre(), clamp_scale(scale_to_fit(size, screen, margin_px), media), screen};
}

double min_scale(MediaSize media) {
    const double longer = std::max({media.width, media.height, 1e-9});
    return std::min(k_min_shown_picture_px / longer, 1.0);
}

double clamp_scale(double scale, MediaSize media) { return std::clamp(scale, min_scale(media), k_max_scale); }

}  // namespace render
