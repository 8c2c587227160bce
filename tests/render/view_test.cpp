#include "render/view.h"

#include <random>

#include <doctest/doctest.h>

using namespace render;

namespace {

constexpr MediaSize k_media{1920, 1080};
constexpr base::Rect k_screen{100, 50, 1380, 770};

bool near(base::Point a, base::Point b, double tolerance = 1e-9) {
    return std::abs(a.x - b.x) <= tolerance && std::abs(a.y - b.y) <= tolerance;
}

bool whole_number(double v) { return std::abs(v - std::round(v)) < 1e-9; }

}  // namespace

TEST_CASE("screen_to_media_and_back_is_the_same_point") {
    std::mt19937 random{1};
    std::uniform_real_distribution<double> anywhere{-3000, 3000}, log_scale{-6, 4};
    for (int i = 0; i < 1000; ++i) {
        const View view{{anywhere(random), anywhere(random)}, std::exp(log_scale(random)), k_screen};
        const base::Point p{anywhere(random), anywhere(random)};
        CHECK(near(view.screen_from_media(view.media_from_screen(p)), p, 1e-6));
        CHECK(near(view.media_from_screen(view.screen_from_media(p)), p, 1e-6));
    }
}

TEST_CASE("centre_in_media_is_shown_in_the_middle_of_the_screen_part") {
    const View view{{12, 34}, 5, k_screen};
    CHECK(near(view.screen_from_media(base::Point{12, 34}), {740, 410}));
    CHECK(near(view.screen_from_media(base::Point{13, 34}), {745, 410}));
    CHECK(view.visible_media() == base::Rect{12 - 128, 34 - 72, 12 + 128, 34 + 72});
}

TEST_CASE("zooming_keeps_the_media_point_under_the_pointer") {
    View view = fit(k_media, k_screen, 16);
    for (const double factor : {1.25, 0.5, 3.0, 1e9, 1e-9, 7.0}) {
        const base::Point pointer{333, 222};
        const base::Point before = view.media_from_screen(pointer);
        view.zoom_about(pointer, factor, k_media);
        CHECK(near(view.media_from_screen(pointer), before, 1e-6));
    }
}

TEST_CASE("zoom_stops_at_64_pixels_a_pixel_and_at_a_picture_still_in_sight") {
    View view = fit(k_media, k_screen);
    view.zoom_about({0, 0}, 1e12, k_media);
    CHECK(view.scale == 64);
    view.zoom_about({0, 0}, 1e-12, k_media);
    CHECK(view.scale * k_media.width == doctest::Approx(k_min_shown_picture_px));
    CHECK(min_scale({4, 2}) == 1);  // a tiny picture need not be shown smaller than it is
}

TEST_CASE("fit_shows_the_whole_picture_centred_with_its_margin") {
    const View view = fit(k_media, k_screen, 20);
    const base::Rect shown = view.screen_from_media(base::Rect{0, 0, 1920, 1080});
    CHECK(shown.y0 == doctest::Approx(70));  // 16:9 in 1280x720 less the margin: the height decides
    CHECK(shown.y1 == doctest::Approx(750));
    CHECK(shown.centre().x == doctest::Approx(k_screen.centre().x));
    CHECK(shown.x0 >= 120);
    CHECK(fit({2, 2}, k_screen).scale == 64);
    CHECK(fit(k_media, {0, 0, 0, 0}).scale > 0);  // a collapsed panel
}

TEST_CASE("fit_rect_centres_what_was_asked_for") {
    const View view = fit_rect({100, 100, 164, 136}, k_media, k_screen, 40);
    CHECK(view.centre_in_media == base::Point{132, 118});
    CHECK(view.scale == doctest::Approx(640.0 / 36));
}

TEST_CASE("one_to_one_puts_pixel_edges_on_pixel_edges_for_odd_and_even_screens") {
    for (const double width : {1279.0, 1280.0}) {
        for (const base::Point centre : {base::Point{960, 540}, base::Point{960.3, 540.8}}) {
            const View view = one_to_one(centre, {0, 0, width, 719});
            const base::Point corner = view.screen_from_media(base::Point{0, 0});
            CHECK(view.scale == 1);
            CHECK(whole_number(corner.x));
            CHECK(whole_number(corner.y));
            CHECK(near(view.centre_in_media, centre, 0.5));
        }
    }
}

TEST_CASE("panning_moves_the_picture_with_the_pointer_and_cannot_lose_it") {
    View view = fit(k_media, k_screen);
    const base::Point before = view.screen_from_media(base::Point{100, 100});
    view.pan_by_screen({30, -12});
    CHECK(near(view.screen_from_media(base::Point{100, 100}), before + base::Point{30, -12}));
    view.pan_by_screen({1e7, 1e7});
    view.keep_in_reach(k_media);
    CHECK(view.centre_in_media == base::Point{0, 0});
}
