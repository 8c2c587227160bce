#include "assist/scissors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist::Pixel;
using assist::Scissors;
using assist_test::in_disc;
using assist_test::k_nan;
using assist_test::make_window;
using assist_test::noise;
using base::Point;

namespace {

bool is_chain(const std::vector<Point>& path, Pixel from, Pixel to) {
    if (path.empty() || path.front() != Point{from.x + 0.5, from.y + 0.5}) return false;
    for (std::size_t i = 1; i < path.size(); ++i) {
        const Point step = path[i] - path[i - 1];
        if (std::max(std::abs(step.x), std::abs(step.y)) != 1) return false;
    }
    return path.back() == Point{to.x + 0.5, to.y + 0.5};
}

// The farthest that the path gets from where distance() is 0.
template <class Distance>
double farthest(const std::vector<Point>& path, Distance distance) {
    double most = 0;
    for (const Point& p : path) most = std::max(most, std::abs(distance(p)));
    return most;
}

}  // namespace

TEST_CASE("scissors_run_round_a_noisy_disc_instead_of_across_it") {
    const auto window = make_window(160, 120, 1, [](int, int x, int y) {
        return (in_disc(x, y, 80, 60, 40) ? 100.0 : 50.0) + 20 * noise(0, x, y);
    });
    auto scissors = Scissors::from(window);
    REQUIRE(scissors);
    REQUIRE(scissors->set_anchor({40, 60}));
    const auto from_rim = [](Point p) { return std::hypot(p.x - 80, p.y - 60) - 40; };
    for (const Pixel target : {Pixel{80, 20}, Pixel{108, 32}, Pixel{80, 99}}) {
        const auto path = scissors->path_to(target);
        CHECK(is_chain(path, {40, 60}, target));
        CHECK(farthest(path, from_rim) < 3);
    }
}

TEST_CASE("scissors_follow_an_edge_round_a_bend_in_the_one_band_that_has_it") {
    const auto window = make_window(120, 120, 3, [](int band, int x, int y) {
        return 10 * noise(band, x, y) + (band == 2 && x >= 30 && y >= 30 ? 60 : 0);
    });
    auto scissors = Scissors::from(window);
    REQUIRE(scissors);
    REQUIRE(scissors->set_anchor({30, 110}));
    const auto path = scissors->path_to({110, 30});
    CHECK(is_chain(path, {30, 110}, {110, 30}));
    CHECK(farthest(path, [](Point p) { return std::min(p.x, p.y) - 30; }) < 3);
}

TEST_CASE("scissors_prefer_the_edge_whose_bright_side_is_the_same_all_along") {
    // Two bars side by side: the left rim of each is dark to bright. From one left rim, the way along it.
    const auto window = make_window(60, 90, 1, [](int, int x, int) { return (x / 6) % 2 * 100; });
    auto scissors = Scissors::from(window);
    REQUIRE(scissors);
    REQUIRE(scissors->set_anchor({30, 2}));
    CHECK(farthest(scissors->path_to({30, 88}), [](Point p) { return p.x - 30; }) <= 1);
}

TEST_CASE("scissors_go_straight_over_even_ground") {
    auto scissors = Scissors::from(make_window(50, 50, 1, [](int, int, int) { return 1; }));
    REQUIRE(scissors);
    REQUIRE(scissors->set_anchor({5, 5}));
    CHECK(scissors->path_to({45, 20}).size() == 41);
    CHECK(scissors->path_to({5, 5}) == std::vector<Point>{{5.5, 5.5}});
}

TEST_CASE("scissors_do_not_take_the_rim_of_no_data_for_an_edge") {
    auto window = make_window(60, 60, 1, [](int, int x, int y) {
        return in_disc(x, y, 30, 30, 12) ? k_nan : static_cast<float>(y >= 50 ? 10 : 0);
    });
    auto scissors = Scissors::from(window);
    REQUIRE(scissors);
    CHECK(scissors->snapped({30, 18}, 4) == Pixel{30, 18});
    REQUIRE(scissors->set_anchor({30, 30}));  // without data itself
    CHECK(is_chain(scissors->path_to({59, 50}), {30, 30}, {59, 50}));
}

TEST_CASE("scissors_snap_to_the_steepest_pixel_nearby") {
    const auto window = make_window(40, 20, 1, [](int, int x, int) { return x >= 20 ? 9 : 0; });
    const auto scissors = Scissors::from(window);
    REQUIRE(scissors);
    const Pixel snapped = scissors->snapped({17, 9}, 5);
    CHECK(snapped.y == 9);
    CHECK((snapped.x == 19 || snapped.x == 20));
    CHECK(scissors->snapped({5, 9}, 5) == Pixel{5, 9});
}

TEST_CASE("scissors_move_with_the_anchor_and_say_why_they_cannot") {
    auto scissors = Scissors::from(make_window(64, 64, 2, noise));
    REQUIRE(scissors);
    CHECK(scissors->path_to({3, 3}).empty());
    REQUIRE(scissors->set_anchor({3, 3}));
    REQUIRE(scissors->set_anchor({9, 3}));
    CHECK(is_chain(scissors->path_to({60, 60}), {9, 3}, {60, 60}));
    CHECK(scissors->path_to({64, 3}).empty());
    CHECK(scissors->set_anchor({-1, 3}).error().kind == base::ErrorKind::refused);
    CHECK_FALSE(scissors->anchor());
    CHECK(scissors->set_anchor({3, 3}, assist_test::stopped()).error().kind == base::ErrorKind::cancelled);
    CHECK(scissors->path_to({4, 4}).empty());
    CHECK(Scissors::from({}).error().kind == base::ErrorKind::refused);
    CHECK(Scissors::from(make_window(9, 9, 1, noise), assist_test::stopped()).error().kind ==
          base::ErrorKind::cancelled);
    auto one = Scissors::from(make_window(1, 1, 1, [](int, int, int) { return k_nan; }));
    REQUIRE(one);
    REQUIRE(one->set_anchor({0, 0}));
    CHECK(one->path_to({0, 0}) == std::vector<Point>{{0.5, 0.5}});
}
