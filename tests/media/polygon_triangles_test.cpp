#include "media/polygon_triangles.h"

#include <cmath>
#include <ctime>
#include <numbers>
#include <random>

#include <doctest/doctest.h>

using base::Point;
using media::Ring;

namespace {

std::vector<Point> corners_of(const std::vector<Ring>& rings, const media::Triangles& made) {
    std::vector<Point> all;
    for (const Ring& ring : rings) all.insert(all.end(), ring.begin(), ring.end());
    all.insert(all.end(), made.added.begin(), made.added.end());
    std::vector<Point> corners;
    for (const std::uint32_t index : made.indices) {
        corners.push_back(all.at(index));
    }
    REQUIRE(corners.size() % 3 == 0);
    return corners;
}

double covered(const std::vector<Ring>& rings) {
    media::Triangles made;
    media::triangulate(rings, made);
    const std::vector<Point> corners = corners_of(rings, made);
    double area = 0;
    for (std::size_t i = 0; i < corners.size(); i += 3)
        area += std::abs(media::twice_area(std::span{corners}.subspan(i, 3))) / 2;
    return area;
}

// How often a point lies in a triangle.
int times_covered(const std::vector<Ring>& rings, Point p) {
    media::Triangles made;
    media::triangulate(rings, made);
    const std::vector<Point> corners = corners_of(rings, made);
    int times = 0;
    for (std::size_t i = 0; i < corners.size(); i += 3) {
        int left = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            const Point a = corners[i + k], b = corners[i + (k + 1) % 3];
            left += (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0;
        }
        times += left == 0 || left == 3;
    }
    return times;
}

bool is_inside(const std::vector<Ring>& rings, Point p) {
    bool inside = false;
    for (const Ring& ring : rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Point a = ring[i], b = ring[(i + 1) % ring.size()];
            if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
                inside = !inside;
        }
    return inside;
}

Ring star(int points, double inner, double outer, Point centre) {
    Ring ring;
    for (int i = 0; i < points * 2; ++i) {
        const double angle = std::numbers::pi * i / points, r = i % 2 == 0 ? outer : inner;
        ring.push_back({centre.x + r * std::cos(angle), centre.y + r * std::sin(angle)});
    }
    return ring;
}

const Ring k_square{{0, 0}, {10, 0}, {10, 10}, {0, 10}};

}  // namespace

TEST_SUITE("polygon_triangles") {
    TEST_CASE("the_area_is_that_of_the_polygon") {
        CHECK(covered({k_square}) == doctest::Approx(100));
        Ring reversed{k_square.rbegin(), k_square.rend()};
        CHECK(covered({reversed}) == doctest::Approx(100));
        CHECK(covered({{{0, 0}, {4, 0}, {4, 4}, {3, 4}, {3, 1}, {1, 1}, {1, 4}, {0, 4}}}) ==
              doctest::Approx(10));
        CHECK(covered({k_square, {{2, 2}, {2, 8}, {8, 8}, {8, 2}}}) == doctest::Approx(64));
        CHECK(covered({k_square, {{2, 2}, {2, 8}, {8, 8}, {8, 2}}, {{4, 4}, {6, 4}, {6, 6}, {4, 6}}}) ==
              doctest::Approx(68));
        for (const int points : {5, 20, 500}) {
            const Ring ring = star(points, 3, 10, {1e5, 2e5});
            CHECK(covered({ring}) == doctest::Approx(std::abs(media::twice_area(ring)) / 2).epsilon(1e-6));
        }
    }

    TEST_CASE("what_has_no_area_gives_no_triangles") {
        CHECK(covered({}) == 0);
        CHECK(covered({{}}) == 0);
        CHECK(covered({{{1, 1}}}) == 0);
        CHECK(covered({{{1, 1}, {2, 2}}}) == 0);
        CHECK(covered({{{1, 1}, {2, 2}, {3, 3}}}) == 0);
        CHECK(covered({{{1, 1}, {1, 1}, {1, 1}, {1, 1}}}) == 0);
        CHECK(covered({{{0, 0}, {5, 0}, {9, 0}, {5, 0}}}) == 0);
    }

    TEST_CASE("points_twice_and_on_straight_lines_do_no_harm") {
        CHECK(covered({{{0, 0}, {5, 0}, {10, 0}, {10, 0}, {10, 10}, {10, 5}, {10, 10}, {0, 10}}}) ==
              doctest::Approx(100));
        // Two squares that touch in a corner.
        CHECK(covered({{{0, 0}, {5, 0}, {5, 5}, {10, 5}, {10, 10}, {5, 10}, {5, 5}, {0, 5}}}) ==
              doctest::Approx(50));
    }

    TEST_CASE("inside_is_covered_once_and_outside_never") {
        std::mt19937 random{3};
        std::uniform_real_distribution<double> any{-12, 12};
        const std::vector<std::vector<Ring>> shapes = {
            {star(7, 4, 11, {0, 0})},
            {star(60, 8, 11, {0, 0}), star(9, 2, 5, {0, 0})},
            {star(200, 9, 11, {0, 0}), star(100, 3, 6, {1, 1}), star(5, 0.5, 1.5, {1, 1})},
        };
        for (const auto& rings : shapes)
            for (int i = 0; i < 400; ++i) {
                const Point p{any(random), any(random)};
                CHECK(times_covered(rings, p) == is_inside(rings, p));
            }
    }

    TEST_CASE("a_ring_that_crosses_itself_is_filled_by_the_even_odd_rule") {
        CHECK(covered({{{0, 0}, {10, 10}, {10, 0}, {0, 10}}}) == doctest::Approx(50));
        const Ring pentagram = {{0, -10}, {5.9, 8.1}, {-9.5, -3.1}, {9.5, -3.1}, {-5.9, 8.1}};
        CHECK(times_covered({pentagram}, {0, -7}) == 1);
        CHECK(times_covered({pentagram}, {-7, -2.5}) == 1);
        CHECK(times_covered({pentagram}, {0, 0}) == 0);
    }

    TEST_CASE("a_scribble_is_filled_or_given_up_in_bounded_time") {
        std::mt19937 random{5};
        std::uniform_real_distribution<double> any{0, 1000};
        for (const int points : {50, 200, 20'000}) {
            Ring ring;
            for (int i = 0; i < points; ++i) ring.push_back({any(random), any(random)});
            const std::clock_t begin = std::clock();  // CPU time: the machine may be busy
            if (points < 1000)
                for (int i = 0; i < 20; ++i) {
                    const Point p{any(random), any(random)};
                    CHECK(times_covered({ring}, p) == is_inside({ring}, p));
                }
            else
                CHECK(covered({ring}) == 0);
            CHECK(std::clock() - begin < 20 * CLOCKS_PER_SEC);
        }
    }
}
