#include "assist/wand.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist::Bitmap;
using assist::Connectivity;
using assist::Pixel;
using assist::Spread;
using assist::wand;
using assist::WindowSamples;
using assist_test::in_disc;
using assist_test::k_nan;
using assist_test::make_window;
using assist_test::noise;

namespace {

Bitmap truth(int width, int height, auto belongs) {
    Bitmap out{width, height};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) out.of_pixel[out.index({x, y})] = belongs(x, y) ? 1 : 0;
    return out;
}

// What the wand should take, by the definition: a flood pixel by pixel.
Bitmap flood(const WindowSamples& window, Pixel seed, double tolerance, Connectivity connectivity) {
    const float mean = window.at(0, seed);
    Bitmap out{window.width, window.height};
    std::vector<Pixel> open{seed};
    out.of_pixel[out.index(seed)] = 1;
    while (!open.empty()) {
        const Pixel p = open.back();
        open.pop_back();
        for (int dy = -1; dy <= 1; ++dy)
            for (int dx = -1; dx <= 1; ++dx) {
                const Pixel q{p.x + dx, p.y + dy};
                if (connectivity == Connectivity::four && dx * dy != 0) continue;
                if (!window.contains(q) || out.has(q)) continue;
                if (std::abs(static_cast<double>(window.at(0, q) - mean)) > tolerance) continue;
                out.of_pixel[out.index(q)] = 1;
                open.push_back(q);
            }
    }
    return out;
}

}  // namespace

TEST_CASE("wand_takes_a_noisy_disc_and_nothing_else") {
    const auto value = [](int band, int x, int y) {
        return (in_disc(x, y, 60, 50, 30) ? 100.0 : 40.0) + 10 * noise(band, x, y);
    };
    const auto window = make_window(128, 100, 2, value);
    const auto picked = wand(window, {60, 50}, {.tolerance = 20});
    REQUIRE(picked);
    CHECK(*picked == truth(128, 100, [](int x, int y) { return in_disc(x, y, 60, 50, 30); }));
}

TEST_CASE("wand_takes_the_other_disc_only_when_not_contiguous") {
    const auto in_a = [](int x, int y) { return in_disc(x, y, 20, 20, 10); };
    const auto in_b = [](int x, int y) { return in_disc(x, y, 60, 20, 10); };
    const auto window =
        make_window(80, 40, 1, [&](int, int x, int y) { return in_a(x, y) || in_b(x, y) ? 5 : 1; });
    const auto near = wand(window, {20, 20}, {.tolerance = 1});
    const auto all = wand(window, {20, 20}, {.tolerance = 1, .spread = Spread::everywhere});
    REQUIRE(near);
    REQUIRE(all);
    CHECK(*near == truth(80, 40, in_a));
    CHECK(*all == truth(80, 40, [&](int x, int y) { return in_a(x, y) || in_b(x, y); }));
}

TEST_CASE("wand_agrees_with_a_flood_pixel_by_pixel_on_mazes_of_noise") {
    for (const auto connectivity : {Connectivity::four, Connectivity::eight})
        for (int maze = 0; maze < 20; ++maze) {
            // Around the share of open pixels where a maze just holds together, paths are as bent as they
            // get.
            const double open = connectivity == Connectivity::four ? 0.6 : 0.42;
            const auto window = make_window(97, 61, 1, [&](int, int x, int y) {
                return noise(maze, x, y) < open || (x == 48 && y == 30);
            });
            const Pixel seed{48, 30};
            const auto picked =
                wand(window, seed, {.tolerance = 0.5, .patch_radius = 0, .connectivity = connectivity});
            REQUIRE(picked);
            CHECK(*picked == flood(window, seed, 0.5, connectivity));
        }
}

TEST_CASE("wand_goes_over_a_corner_only_with_eight_neighbours") {
    const auto window = make_window(10, 10, 1, [](int, int x, int y) { return x == y ? 1 : 0; });
    const assist::WandOptions four{.tolerance = 0.1, .patch_radius = 0};
    auto eight = four;
    eight.connectivity = Connectivity::eight;
    CHECK(wand(window, {4, 4}, four)->count() == 1);
    CHECK(wand(window, {4, 4}, eight)->count() == 10);
}

TEST_CASE("wand_measures_over_the_chosen_bands_with_their_scales") {
    // Left and right differ by 3 in band 0 and by 4 in band 2; band 1 is noise.
    const auto window = make_window(20, 10, 3, [](int band, int x, int y) {
        if (band == 1) return 1000 * noise(1, x, y);
        return x < 10 ? 0.0 : band == 0 ? 3.0 : 4.0;
    });
    const auto count = [&](double tolerance, std::vector<int> bands, std::vector<double> scales = {}) {
        return wand(window, {2, 5},
                    {.tolerance = tolerance, .bands = std::move(bands), .band_scales = std::move(scales)})
            ->count();
    };
    CHECK(count(4.99, {0, 2}) == 100);
    CHECK(count(5, {0, 2}) == 200);
    CHECK(count(3, {0}) == 200);
    CHECK(count(9.9, {0, 2}, {2, 2}) == 100);
    CHECK(count(10, {0, 2}, {2, 2}) == 200);
}

TEST_CASE("wand_stops_at_no_data_and_at_nan") {
    auto window = make_window(30, 10, 1, [](int, int x, int) { return x == 20 ? k_nan : 7.0F; });
    window.valid.assign(window.pixel_count(), 1);
    for (int y = 0; y < 10; ++y) window.valid[window.index({10, y})] = 0;
    const auto picked = wand(window, {15, 5}, {.tolerance = 1e9});
    REQUIRE(picked);
    CHECK(*picked == truth(30, 10, [](int x, int) { return x > 10 && x < 20; }));
    CHECK(wand(window, {15, 5}, {.tolerance = 1e9, .spread = Spread::everywhere})->count() == 280);
    CHECK(wand(window, {20, 5}, {.tolerance = 1}).error().kind == base::ErrorKind::refused);
    CHECK(wand(window, {10, 5}, {.tolerance = 1}).error().kind == base::ErrorKind::refused);
}

TEST_CASE("wand_keeps_the_seed_even_where_its_patch_is_unlike_it") {
    const auto window = make_window(9, 9, 1, [](int, int x, int y) { return x == 4 && y == 4 ? 100 : 0; });
    const auto picked = wand(window, {4, 4}, {.tolerance = 0});
    REQUIRE(picked);
    CHECK(*picked == truth(9, 9, [](int x, int y) { return x == 4 && y == 4; }));
}

TEST_CASE("wand_says_why_it_cannot") {
    const auto window = make_window(1, 1, 1, [](int, int, int) { return 3; });
    CHECK(wand(window, {0, 0}, {})->count() == 1);
    CHECK(wand(window, {1, 0}, {}).error().kind == base::ErrorKind::refused);
    CHECK(wand(window, {0, 0}, {.bands = {1}}).error().message ==
          "There is no band 2 here; choose one from 1 to 1.");
    CHECK(wand(window, {0, 0}, {.tolerance = -1}).error().kind == base::ErrorKind::refused);
    CHECK(wand({}, {0, 0}, {}).error().kind == base::ErrorKind::refused);
    CHECK(wand(window, {0, 0}, {}, assist_test::stopped()).error().kind == base::ErrorKind::cancelled);
}
