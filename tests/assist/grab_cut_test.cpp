#include "assist/grab_cut.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist::Bitmap;
using assist::grab_cut;
using assist::GrabHint;
using assist::PixelBox;
using assist::WindowSamples;
using assist_test::in_disc;
using assist_test::k_nan;
using assist_test::make_window;
using assist_test::noise;

namespace {

constexpr PixelBox k_box{25, 15, 95, 85};

bool in_thing(int x, int y) { return in_disc(x, y, 60, 50, 25); }

// Intersection over union of the bitmap and what belongs().
template <class Belongs>
double overlap(const Bitmap& bitmap, Belongs belongs) {
    int both = 0, either = 0;
    for (int y = 0; y < bitmap.height; ++y)
        for (int x = 0; x < bitmap.width; ++x) {
            both += bitmap.has({x, y}) && belongs(x, y) ? 1 : 0;
            either += bitmap.has({x, y}) || belongs(x, y) ? 1 : 0;
        }
    return either == 0 ? 0 : static_cast<double>(both) / either;
}

// A disc of a colour of its own on a ground of two colours; noise everywhere.
WindowSamples scene(int bands) {
    return make_window(130, 100, bands, [](int band, int x, int y) {
        const double ground = (x / 20 + y / 20) % 2 == 0 ? 100 + 40 * (band % 3) : 220 - 30 * (band % 2);
        return (in_thing(x, y) ? 500.0 - 60 * band : ground) + 60 * noise(band, x, y);
    });
}

}  // namespace

TEST_CASE("grab_cut_finds_the_disc_in_the_box_with_one_to_seven_bands") {
    for (const int bands : {1, 2, 3, 4, 7}) {
        CAPTURE(bands);
        const auto cut = grab_cut(scene(bands), k_box, {}, {});
        REQUIRE(cut);
        CHECK(overlap(*cut, in_thing) > 0.97);
    }
}

TEST_CASE("grab_cut_sees_only_the_chosen_bands") {
    const auto window = make_window(130, 100, 5, [](int band, int x, int y) {
        const bool shows = band == 3 ? in_thing(x, y) : in_disc(x, y, 45, 40, 12);
        return (shows ? 9.0 : 1.0) + noise(band, x, y);
    });
    const auto cut = grab_cut(window, k_box, {}, {.bands = {3}});
    REQUIRE(cut);
    CHECK(overlap(*cut, in_thing) > 0.97);
}

TEST_CASE("grab_cut_finds_what_only_a_weak_band_of_many_shows") {
    // Band 5 alone tells the disc; the components must keep it beside five bands that vary together.
    const auto window = make_window(130, 100, 6, [](int band, int x, int y) {
        return band == 5 ? (in_thing(x, y) ? 9.0 : 1.0) + noise(5, x, y) : 100 * noise(0, x / 3, y / 3);
    });
    const auto cut = grab_cut(window, k_box, {}, {});
    REQUIRE(cut);
    CHECK(overlap(*cut, in_thing) > 0.95);
}

TEST_CASE("grab_cut_obeys_hints") {
    // Two equal discs in the box, one of which is marked as background.
    const auto left = [](int x, int y) { return in_disc(x, y, 45, 50, 14); };
    const auto right = [](int x, int y) { return in_disc(x, y, 78, 50, 14); };
    const auto window = make_window(130, 100, 3, [&](int band, int x, int y) {
        return (left(x, y) || right(x, y) ? 200.0 : 50.0) + 20 * noise(band, x, y);
    });
    std::vector<GrabHint> hints(window.pixel_count(), GrabHint::none);
    CHECK(overlap(*grab_cut(window, k_box, hints, {}),
                  [&](int x, int y) { return left(x, y) || right(x, y); }) > 0.97);
    for (int y = 0; y < 100; ++y)
        for (int x = 0; x < 130; ++x) {
            if (right(x, y)) hints[window.index({x, y})] = GrabHint::background;
            if (in_disc(x, y, 45, 50, 5)) hints[window.index({x, y})] = GrabHint::foreground;
        }
    const auto cut = grab_cut(window, k_box, hints, {});
    REQUIRE(cut);
    for (std::size_t i = 0; i < hints.size(); ++i) {
        if (hints[i] == GrabHint::background) REQUIRE(cut->of_pixel[i] == 0);
        if (hints[i] == GrabHint::foreground) REQUIRE(cut->of_pixel[i] == 1);
    }
}

TEST_CASE("grab_cut_leaves_out_no_data_and_what_is_outside_the_box") {
    auto window = scene(3);
    for (int y = 0; y < 100; ++y) window.values[window.index({60, y})] = k_nan;
    window.valid.assign(window.pixel_count(), 1);
    for (int x = 0; x < 130; ++x) window.valid[window.index({x, 50})] = 0;
    const PixelBox half{25, 15, 60, 85};
    const auto whole = grab_cut(window, k_box, {}, {});
    REQUIRE(whole);
    CHECK(overlap(*whole, [](int x, int y) { return in_thing(x, y) && x != 60 && y != 50; }) > 0.97);
    const auto cut = grab_cut(window, half, {}, {});
    REQUIRE(cut);
    for (int y = 0; y < 100; ++y)
        for (int x = 0; x < 130; ++x)
            if (!half.contains({x, y}) || y == 50) REQUIRE_FALSE(cut->has({x, y}));
}

TEST_CASE("grab_cut_of_a_large_part_is_as_exact_along_the_outline_and_obeys_hints") {
    const auto disc = [](int x, int y) { return in_disc(x, y, 331, 250, 141.5); };
    const auto window = make_window(701, 523, 3, [&](int band, int x, int y) {
        return (disc(x, y) ? 400.0 : 200.0) + 150 * noise(band, x, y) + 40 * std::sin(x / 30.0 + band);
    });
    std::vector<GrabHint> hints(window.pixel_count(), GrabHint::none);
    const auto corner = [](int x, int y) { return x >= 560 && x < 565 && y >= 430 && y < 435; };
    const auto hole = [](int x, int y) { return in_disc(x, y, 331, 250, 3); };
    for (int y = 0; y < 523; ++y)
        for (int x = 0; x < 701; ++x)
            hints[window.index({x, y})] = corner(x, y) ? GrabHint::foreground
                                          : hole(x, y) ? GrabHint::background
                                                       : GrabHint::none;
    const auto cut = grab_cut(window, {60, 40, 630, 480}, hints, {});
    REQUIRE(cut);
    CHECK(overlap(*cut, disc) > 0.995);
    for (int y = 0; y < 523; ++y)
        for (int x = 0; x < 701; ++x) {
            if (corner(x, y)) REQUIRE(cut->has({x, y}));
            if (hole(x, y)) REQUIRE_FALSE(cut->has({x, y}));
        }
}

TEST_CASE("grab_cut_gives_the_same_twice") {
    const auto window = make_window(80, 80, 4, noise);
    const auto once = grab_cut(window, {20, 20, 60, 60}, {}, {.iterations = 2});
    const auto again = grab_cut(window, {20, 20, 60, 60}, {}, {.iterations = 2});
    REQUIRE(once.has_value() == again.has_value());
    if (once) CHECK(*once == *again);
}

TEST_CASE("grab_cut_says_why_it_cannot") {
    const auto window = scene(3);
    const auto refusal = [&](const PixelBox& box) {
        const auto cut = grab_cut(window, box, {}, {});
        return cut ? "" : cut.error().message;
    };
    CHECK(refusal({200, 0, 300, 50}) == "The box is outside the raster; draw it over a part of it.");
    CHECK(refusal({0, 0, 130, 100}).starts_with("There is nothing around the box"));
    CHECK(refusal({10, 10, 12, 12}).starts_with("There are hardly any pixels"));
    const auto even = make_window(60, 60, 2, [](int, int, int) { return 1; });
    const auto nothing = grab_cut(even, {20, 20, 40, 40}, {}, {});
    if (!nothing) CHECK(nothing.error().kind == base::ErrorKind::refused);
    const auto no_data = make_window(60, 60, 2, [](int, int, int) { return k_nan; });
    CHECK(grab_cut(no_data, {20, 20, 40, 40}, {}, {}).error().kind == base::ErrorKind::refused);
    const auto one = make_window(1, 1, 1, [](int, int, int) { return 1; });
    CHECK(grab_cut(one, {0, 0, 1, 1}, {}, {}).error().kind == base::ErrorKind::refused);
    CHECK(grab_cut(window, k_box, {}, {.bands = {7}}).error().kind == base::ErrorKind::refused);
    CHECK(grab_cut(window, k_box, {}, {}, assist_test::stopped()).error().kind == base::ErrorKind::cancelled);
}
