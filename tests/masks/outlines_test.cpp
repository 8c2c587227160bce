#include "masks/outlines.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <doctest/doctest.h>

#include "brute.h"
#include "masks/paint.h"
#include "masks/simplify.h"

namespace masks {
namespace {

using brute::Image;

double area_of(const Ring& ring) {
    double sum = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const base::Point a = ring[i], b = ring[(i + 1) % ring.size()];
        sum += a.x * b.y - b.x * a.y;
    }
    return -sum / 2;  // counter-clockwise with y down
}

bool has_twice(Ring ring) {
    std::ranges::sort(ring, {}, [](const base::Point& p) { return std::pair{p.x, p.y}; });
    return std::ranges::adjacent_find(ring) != ring.end();
}

bool has_straight_corner(const Ring& ring) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const base::Point a = ring[i], b = ring[(i + 1) % ring.size()], c = ring[(i + 2) % ring.size()];
        if ((a.x == b.x) == (b.x == c.x)) return true;
    }
    return false;
}

std::vector<Outline> all_outlines(const Plane& plane, const Which& which) {
    std::vector<Outline> found;
    REQUIRE(outlines(plane, which, [&](Outline&& outline) { found.push_back(std::move(outline)); }));
    return found;
}

TEST_CASE("painting_the_outlines_gives_the_mask_back") {
    std::mt19937 random(8);
    for (int round = 0; round < 30; ++round) {
        const std::int64_t width = round == 0 ? 1 : 40 + 23 * round,
                           height = round == 0 ? 1 : 600 - 19 * round;
        const double noise = round % 5 == 4 ? 1 : round % 5 * 0.07;
        const Image image = brute::random_image(random, width, height, 1 + round % 3, noise);
        const Depth depth = round % 2 == 0 ? Depth::u8 : Depth::u16;
        const Plane plane = brute::plane_of(image, depth);
        const Which which = round % 4 == 3 ? Which::of(1) : Which::labelled();
        const auto key = [&](Value v) { return v != 0 && which.has(v) ? int{v} : -1; };
        const auto regions = brute::regions(image, key, false);
        const int components = *std::ranges::max_element(regions) + 1;
        std::vector<std::int64_t> areas(static_cast<std::size_t>(components)), outlined;
        for (const int region : regions) {
            if (region >= 0) ++areas[static_cast<std::size_t>(region)];
        }
        Plane back(width, height, depth);
        bool is_sound = true;
        const auto found = all_outlines(plane, which);
        for (const Outline& outline : found) {
            double area = 0;
            for (std::size_t i = 0; i < outline.rings.size(); ++i) {
                const Ring& ring = outline.rings[i];
                is_sound = is_sound && (area_of(ring) > 0) == (i == 0) && !has_twice(ring) &&
                           !has_straight_corner(ring);
                area += area_of(ring);
            }
            is_sound = is_sound && area == static_cast<double>(outline.area_px);
            outlined.push_back(outline.area_px);
            paint(back, *polygon(outline.rings), {.value = outline.value});
        }
        CHECK(is_sound);
        CHECK(std::ssize(found) == components);
        std::ranges::sort(areas);
        std::ranges::sort(outlined);
        CHECK(areas == outlined);
        Image wanted = image;
        for (Value& pixel : wanted.pixels) pixel = key(pixel) < 0 ? Value{0} : pixel;
        CHECK(brute::image_of(back) == wanted);
    }
}

TEST_CASE("corners_that_touch_part_components_and_cut_rings_apart") {
    // Two that touch by a corner; a ring around a pixel, pinched at its upper left; two holes that touch.
    const std::vector<std::string> rows{"#..####.", ".#.#.##.", "...###.#", ".#####..",
                                        ".#.###..", ".##.##..", ".#####.."};
    Image image{8, 7};
    for (std::int64_t y = 0; y < 7; ++y) {
        for (std::int64_t x = 0; x < 8; ++x)
            image.at(x, y) = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == '#';
    }
    auto found = all_outlines(brute::plane_of(image), Which::labelled());
    std::ranges::sort(found, {}, &Outline::area_px);
    REQUIRE(found.size() == 4);
    CHECK(found[0].rings.size() == 1);
    CHECK(found[3].rings.size() == 4);
    CHECK(found[3].area_px == 7 + 3 + 5 + 4 + 4 + 5);
    for (const Outline& outline : found) {
        for (const Ring& ring : outline.rings) CHECK(is_simple(ring));
    }
    // Counter-clockwise as seen.
    const auto pixel = all_outlines(brute::plane_of({1, 1, {5}}), Which::labelled());
    REQUIRE(pixel.size() == 1);
    CHECK(pixel[0].value == 5);
    Ring ring = pixel[0].rings[0];
    std::ranges::rotate(ring, std::ranges::find(ring, base::Point{0, 0}));
    CHECK(ring == Ring{{0, 0}, {0, 1}, {1, 1}, {1, 0}});
}

TEST_CASE("huge_sparse_masks_are_outlined_by_their_corners") {
    Plane plane(100000, 100000, Depth::u8);
    paint(plane, *rectangle({5000, 5000, 99999, 100000}), {.value = 2});
    paint(plane, *rectangle({20000, 7000, 20010, 90000}), {.value = 0});
    paint(plane, *rectangle({300, 99000, 301, 99001}), {.value = 7});
    const auto found = all_outlines(plane, Which::labelled());
    REQUIRE(found.size() == 2);
    CHECK(found[0].value == 7);
    CHECK(found[1].rings.size() == 2);
    CHECK(found[1].rings[0].size() == 4);
    CHECK(found[1].area_px == std::int64_t{94999} * 95000 - 10 * 83000);
    std::stop_source stop;
    stop.request_stop();
    const auto cancelled = outlines(plane, Which::labelled(), [](Outline&&) {}, stop.get_token());
    REQUIRE_FALSE(cancelled);
    CHECK(cancelled.error().kind == base::ErrorKind::cancelled);
    CHECK(all_outlines(Plane(0, 0, Depth::u8), Which::labelled()).empty());
    Plane full(2000, 1500, Depth::u16);
    paint(full, *rectangle({0, 0, 2000, 1500}), {.value = 700});
    CHECK(all_outlines(full, Which::labelled())[0].area_px == 3'000'000);
}

TEST_CASE("simplified_rings_stay_near_and_simple") {
    std::mt19937 random(12);
    for (int round = 0; round < 12; ++round) {
        const Image image = brute::random_image(random, 300, 280, 2, round % 3 * 0.02);
        for (const Outline& outline : all_outlines(brute::plane_of(image), Which::labelled())) {
            for (const Ring& ring : outline.rings) {
                CHECK(simplify(ring, 0).size() == ring.size());
                const double tolerance = 0.5 + round * 0.6;
                const Ring fewer = simplify(ring, tolerance);
                CHECK(fewer.size() >= 3);
                CHECK(fewer.size() <= ring.size());
                CHECK(is_simple(fewer));
                CHECK((area_of(fewer) > 0) == (area_of(ring) > 0));
                for (const base::Point& p : ring) {
                    double nearest = 1e9;
                    for (std::size_t i = 0; i < fewer.size(); ++i) {
                        const base::Point a = fewer[i], way = fewer[(i + 1) % fewer.size()] - a, to = p - a;
                        const double t = std::clamp(
                            (to.x * way.x + to.y * way.y) / (way.x * way.x + way.y * way.y), 0.0, 1.0);
                        nearest = std::min(nearest, std::hypot(to.x - way.x * t, to.y - way.y * t));
                    }
                    if (!(nearest <= tolerance + 1e-9)) CHECK(nearest <= tolerance);
                }
            }
        }
    }
    Plane disc(600, 600, Depth::u8);
    paint(disc, *ellipse({20, 20, 580, 580}), {.value = 1});
    const Ring ring = all_outlines(disc, Which::labelled())[0].rings[0];
    CHECK(ring.size() > 1000);
    CHECK(simplify(ring, 1.5).size() < 50);
    CHECK_FALSE(is_simple({{0, 0}, {2, 2}, {2, 0}, {0, 2}}));
    CHECK_FALSE(is_simple({{0, 0}, {2, 0}, {1, 0}}));
    CHECK(is_simple({{0, 0}, {2, 0}, {1, 1}}));
}

}  // namespace
}  // namespace masks
