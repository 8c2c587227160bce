#pragma once
// The camera over one picture: which part of media space is shown where on the screen.

#include <cstdint>

#include "base/geometry.h"

namespace render {

inline constexpr double k_max_scale = 64;             // framebuffer pixels per media pixel
inline constexpr double k_min_shown_picture_px = 16;  // the longer side never gets smaller than this

enum class PixelGrid : std::uint8_t { off, on };  // thin lines between media pixels

struct MediaSize {
    double width = 0, height = 0;  // as shown, level 0
    bool operator==(const MediaSize&) const = default;
};

// Screen points are framebuffer pixels, x right, y down, origin at the framebuffer's top-left corner. Pixel
// (i, j) covers [i, i+1) x [j, j+1). A plain value: copy it, compare it, keep it in ViewState.
struct View {
    base::Point centre_in_media;  // what lies at the centre of `screen`
    double scale = 1;             // framebuffer pixels per media pixel
    base::Rect screen;            // the part of the framebuffer that shows media
    bool operator==(const View&) const = default;

    [[nodiscard]] base::Point media_from_screen(base::Point on_screen) const;
    [[nodiscard]] base::Point screen_from_media(base::Point in_media) const;
    [[nodiscard]] base::Rect media_from_screen(const base::Rect& on_screen) const;
    [[nodiscard]] base::Rect screen_from_media(const base::Rect& in_media) const;
    [[nodiscard]] base::Rect visible_media() const { return media_from_screen(screen); }

    // Multiplies the scale, within the limits for `media`, keeping the media point under `on_screen` where it
    // is.
    void zoom_about(base::Point on_screen, double factor, MediaSize media);
    void pan_by_screen(base::Point delta);  // the picture follows the pointer
    // Keeps part of the picture under the middle of the screen, so that it cannot be lost by panning.
    void keep_in_reach(MediaSize media);
    // Moves the picture by less than a pixel so that its pixel edges fall on the screen's; at whole-number
    // scales every media pixel then is the same square of screen pixels.
    void snap_to_pixels();
};

// The whole picture, centred, with `margin_px` free on every side; magnified at most to k_max_scale.
[[nodiscard]] View fit(MediaSize media, const base::Rect& screen, double margin_px = 0);
// One media pixel is one framebuffer pixel, pixel edges on pixel edges, `centre_in_media` as near the middle
// as that allows.
[[nodiscard]] View one_to_one(base::Point centre_in_media, const base::Rect& screen);
// Shows `in_media` as large as fits, `margin_px` free; for "zoom to selection".
[[nodiscard]] View fit_rect(const base::Rect& in_media, MediaSize media, const base::Rect& screen,
                            double margin_px = 0);
[[nodiscard]] double min_scale(MediaSize media);
[[nodiscard]] double clamp_scale(double scale, MediaSize media);

}  // namespace render
