#include "assist/superpixels.h"

#include <map>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist::Segments;
using assist::superpixels;
using assist_test::in_disc;
using assist_test::k_nan;
using assist_test::make_window;
using assist_test::noise;

namespace {

// How many joined pieces (by edges) the segments have in all.
int joined_pieces(const Segments& segments) {
    int pieces = 0;
    std::vector<bool> seen(segments.of_pixel.size());
    std::vector<std::size_t> open;
    const auto width = static_cast<std::size_t>(segments.width);
    for (std::size_t first = 0; first < seen.size(); ++first) {
        if (seen[first] || segments.of_pixel[first] < 0) continue;
        ++pieces;
        seen[first] = true;
        open.push_back(first);
        while (!open.empty()) {
            const auto i = open.back();
            open.pop_back();
            const auto visit = [&](bool there, std::size_t j) {
                if (!there || seen[j] || segments.of_pixel[j] != segments.of_pixel[first]) return;
                seen[j] = true;
                open.push_back(j);
            };
            visit(i % width > 0, i - 1);
            visit(i % width + 1 < width, i + 1);
            visit(i >= width, i - width);
            visit(i + width < seen.size(), i + width);
        }
    }
    return pieces;
}

std::map<std::int32_t, int> areas(const Segments& segments) {
    std::map<std::int32_t, int> areas;
    for (const auto segment : segments.of_pixel)
        if (segment >= 0) ++areas[segment];
    return areas;
}

// The share of pixels that would be wrong if each segment took the truth that most of its pixels have.
template <class Truth>
double undersegmentation(const Segments& segments, Truth truth) {
    std::map<std::int32_t, std::array<int, 2>> counts;
    for (int y = 0; y < segments.height; ++y)
        for (int x = 0; x < segments.width; ++x) {
            const int i = y * segments.width + x;
            ++counts[segments.of_pixel[static_cast<std::size_t>(i)]][truth(x, y) ? 1 : 0];
        }
    int wrong = 0;
    for (const auto& [segment, count] : counts) wrong += std::min(count[0], count[1]);
    return static_cast<double>(wrong) / static_cast<double>(segments.of_pixel.size());
}

}  // namespace

TEST_CASE("superpixels_follow_a_disc_in_noise_are_joined_and_about_as_large_as_asked") {
    const auto truth = [](int x, int y) { return in_disc(x, y, 90, 70, 41.3); };
    const auto window = make_window(200, 150, 3, [&](int band, int x, int y) {
        return (truth(x, y) ? 2000.0 - 300 * band : 1000.0) + 300 * noise(band, x, y);
    });
    const auto cut = superpixels(window, {.area_px = 100});
    REQUIRE(cut);
    CHECK(undersegmentation(*cut, truth) < 0.005);
    CHECK(joined_pieces(*cut) == cut->count);
    CHECK(cut->count > 200);
    CHECK(cut->count < 400);
    for (const auto& [segment, area] : areas(*cut)) CHECK(area >= 25);
    CHECK(areas(*cut).rbegin()->first == cut->count - 1);
}

TEST_CASE("superpixels_are_the_same_however_a_band_is_scaled") {
    const auto value = [](int, int x, int y) { return std::floor(64 * noise(0, x / 7, y / 5)); };
    const auto plain = superpixels(make_window(90, 70, 1, value), {.area_px = 60});
    const auto scaled = superpixels(
        make_window(90, 70, 1, [&](int, int x, int y) { return 1024 * value(0, x, y); }), {.area_px = 60});
    REQUIRE(plain);
    REQUIRE(scaled);
    CHECK(plain->of_pixel == scaled->of_pixel);
    CHECK(superpixels(make_window(90, 70, 1, value), {.area_px = 60})->of_pixel == plain->of_pixel);
}

TEST_CASE("superpixels_of_even_ground_are_squares") {
    const auto cut = superpixels(make_window(60, 40, 1, [](int, int, int) { return 3; }), {.area_px = 100});
    REQUIRE(cut);
    CHECK(cut->count == 24);
    for (const auto& [segment, area] : areas(*cut)) CHECK(area == doctest::Approx(100).epsilon(0.35));
}

TEST_CASE("superpixels_leave_out_no_data_and_keep_islands_in_it") {
    auto window = make_window(
        80, 60, 1, [](int, int x, int y) { return x == 70 && y == 50 ? k_nan : static_cast<float>(x); });
    window.valid.assign(window.pixel_count(), 1);
    for (int y = 0; y < 60; ++y)
        for (int x = 30; x < 40; ++x) window.valid[window.index({x, y})] = x == 35 && y == 31 ? 1 : 0;
    const auto cut = superpixels(window, {.area_px = 50});
    REQUIRE(cut);
    const auto has_data = assist::pixels_with_data(window);
    for (std::size_t i = 0; i < has_data.size(); ++i) {
        CAPTURE(i);
        REQUIRE((cut->of_pixel[i] >= 0) == (has_data[i] != 0));
    }
    CHECK(joined_pieces(*cut) == cut->count);
    const auto island = cut->of_pixel[window.index({35, 31})];
    CHECK(assist::segment_runs(*cut, island) == std::vector<assist::RowRun>{{.y = 31, .x0 = 35, .x1 = 36}});
}

TEST_CASE("segment_runs_give_back_exactly_the_segment") {
    const auto cut = superpixels(make_window(64, 48, 2, noise), {.area_px = 40});
    REQUIRE(cut);
    std::vector<std::int32_t> again(cut->of_pixel.size(), -1);
    const assist::Bitmap place{64, 48};
    for (std::int32_t segment = 0; segment < cut->count; ++segment)
        for (const auto& run : assist::segment_runs(*cut, segment))
            for (int x = run.x0; x < run.x1; ++x) again[place.index({x, run.y})] = segment;
    CHECK(again == cut->of_pixel);
    CHECK(assist::segment_runs(*cut, cut->count).empty());
}

TEST_CASE("superpixels_of_one_pixel_and_why_they_cannot") {
    const auto one = make_window(1, 1, 1, [](int, int, int) { return 3; });
    const auto nothing = make_window(5, 5, 1, [](int, int, int) { return k_nan; });
    const auto large = make_window(64, 64, 1, noise);
    CHECK(superpixels(one, {})->of_pixel == std::vector<std::int32_t>{0});
    CHECK(superpixels(large, {.area_px = 1e9})->count == 1);
    CHECK(superpixels(one, {.area_px = 3}).error().kind == base::ErrorKind::refused);
    CHECK(superpixels(nothing, {}).error().message ==
          "There is no data here; choose another part of the raster.");
    CHECK(superpixels({}, {}).error().kind == base::ErrorKind::refused);
    CHECK(superpixels(large, {}, assist_test::stopped()).error().kind == base::ErrorKind::cancelled);
}
