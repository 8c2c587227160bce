#include "masks/paint.h"

#include <cmath>
#include <random>

#include <doctest/doctest.h>

#include "masks/pyramid.h"
#include "masks/value_counts.h"

namespace masks {
namespace {

void paint_all(Plane& plane, Region& region, Value value) { paint(plane, region, {.value = value}); }

// Pixel by pixel, as slow as can be.
template <class Inside>
void check_pixels(const Plane& plane, const Inside& value_at) {
    std::int64_t wrong = 0;
    for (std::int64_t y = 0; y < plane.height_px(); ++y) {
        for (std::int64_t x = 0; x < plane.width_px(); ++x)
            wrong += plane.at(x, y) != value_at(static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5);
    }
    CHECK(wrong == 0);
}

std::int64_t blocks(const Plane& plane) {
    std::int64_t found = 0;
    plane.each([&](const TileRect&, const Slot& slot) { found += slot.block ? 1 : 0; });
    return found;
}

TEST_CASE("a_disc_covers_the_pixels_whose_centres_lie_in_it") {
    Plane plane(1000, 700, Depth::u8);
    paint_all(plane, *stroke({400.3, 310.7}, {400.3, 310.7}, 250), 7);
    check_pixels(plane, [](double x, double y) { return std::hypot(x - 400.3, y - 310.7) <= 250 ? 7 : 0; });
}

TEST_CASE("a_stroke_has_no_steps_between_its_samples") {
    Plane plane(600, 600, Depth::u16);
    const base::Point a{50.25, 80.5}, b{520.75, 430.125};
    paint_all(plane, *stroke(a, b, 20.5), 300);
    check_pixels(plane, [&](double x, double y) {
        const base::Point way = b - a;
        const double t = ((x - a.x) * way.x + (y - a.y) * way.y) / (way.x * way.x + way.y * way.y);
        const base::Point near = a + way * std::clamp(t, 0.0, 1.0);
        return std::hypot(x - near.x, y - near.y) <= 20.5 ? 300 : 0;
    });
}

TEST_CASE("a_square_nib_sweeps_its_corners_along") {
    for (const base::Point b : {base::Point{420, 300}, {90, 500}, {420, 100}, {100, 480}, {300, 100}}) {
        Plane plane(512, 600, Depth::u8);
        const base::Point a{100, 100};
        paint_all(plane, *stroke(a, b, 30, Nib::square), 1);
        check_pixels(plane, [&](double x, double y) {
            // Whether some place on the way is within 30 in both directions.
            double t0 = 0, t1 = 1;
            const auto narrow = [&](double from, double step, double at) {
                if (step == 0) {
                    if (at < from - 30 || at >= from + 30) t1 = -1;
                    return;
                }
                const double u = (at - 30 - from) / step, v = (at + 30 - from) / step;
                t0 = std::max(t0, std::min(u, v));
                t1 = std::min(t1, std::max(u, v));
            };
            narrow(a.x, b.x - a.x, x);
            narrow(a.y, b.y - a.y, y);
            return t0 <= t1 ? 1 : 0;
        });
    }
}

TEST_CASE("the_smallest_brush_paints_the_pixel_it_is_in") {
    Plane plane(10, 10, Depth::u8);
    paint_all(plane, *stroke({3.1, 4.9}, {3.1, 4.9}, 0.2), 1);
    check_pixels(plane, [](double x, double y) { return x == 3.5 && y == 4.5 ? 1 : 0; });
}

TEST_CASE("a_polygon_has_holes_where_rings_lie_in_rings") {
    Plane plane(900, 900, Depth::u8);
    const std::vector<base::Point> outline{{20, 20}, {870, 20}, {870, 870}, {20, 870}};
    const std::vector<base::Point> hole{{300, 300}, {300, 600}, {600, 600}, {600, 300}};
    paint_all(plane, *polygon({outline, hole}), 3);
    check_pixels(plane, [](double x, double y) {
        const bool outer = x > 20 && x < 870 && y > 20 && y < 870,
                   inner = x > 300 && x < 600 && y > 300 && y < 600;
        return outer && !inner ? 3 : 0;
    });
}

TEST_CASE("polygons_that_share_an_edge_leave_no_gap_and_do_not_overlap") {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> place(0, 500);
    for (int round = 0; round < 20; ++round) {
        const base::Point a{place(random), place(random)}, b{place(random), place(random)};
        Plane one(500, 500, Depth::u8), other(500, 500, Depth::u8), both(500, 500, Depth::u8);
        const std::vector<base::Point> left{{-10, -10}, a, b, {-10, 510}},
            right{a, {510, -10}, {510, 510}, b};
        paint_all(one, *polygon({left}), 1);
        paint_all(other, *polygon({right}), 1);
        std::int64_t shared = 0;
        for (std::int64_t y = 0; y < 500; ++y) {
            for (std::int64_t x = 0; x < 500; ++x) shared += one.at(x, y) != 0 && other.at(x, y) != 0;
        }
        // The two meet along a–b alone; elsewhere a fold may cover both.
        const bool folds = a.y > b.y || a.x < 0 || b.x < 0;
        if (!folds) CHECK(shared == 0);
    }
}

TEST_CASE("shapes_beyond_the_medium_are_cut_and_wild_numbers_are_harmless") {
    Plane plane(300, 300, Depth::u8);
    const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
    paint_all(plane, *stroke({-500, -500}, {-400, -400}, 50), 1);
    const std::vector<base::Point> wild{{nan, 0}, {inf, inf}, {-inf, 1e300}};
    paint_all(plane, *polygon({wild}), 0);
    paint_all(plane, *ellipse({nan, nan, nan, nan}), 1);
    paint_all(plane, *rectangle({280, 280, 1e12, 1e12}), 2);
    CHECK(plane.at(299, 299) == 2);
    CHECK(plane.at(279, 279) == 0);
    paint_all(plane, *stroke({150, 150}, {150, 150}, 1e30), 4);
    CHECK(plane.at(0, 0) == 4);
    CHECK(blocks(plane) == 0);
}

TEST_CASE("whole_tiles_take_no_memory_and_edges_at_the_border_become_whole") {
    Plane plane(100000, 100000, Depth::u8);
    paint_all(plane, *rectangle({0, 0, 100000, 100000}), 5);
    CHECK(blocks(plane) == 0);
    paint_all(plane, *stroke({50000, 50000}, {50000, 50000}, 8000), 2);
    CHECK(blocks(plane) > 100);
    CHECK(blocks(plane) < 400);
    paint_all(plane, *rectangle({0, 0, 100000, 100000}), 0);
    CHECK(plane.empty());
}

TEST_CASE("a_copy_stays_as_it_was") {
    Plane plane(2000, 2000, Depth::u8);
    paint_all(plane, *ellipse({100, 100, 1500, 1500}), 1);
    const Plane before = plane;
    paint_all(plane, *stroke({300, 300}, {900, 900}, 40), 2);
    CHECK(before.at(600, 600) == 1);
    CHECK(plane.at(600, 600) == 2);
    std::int64_t differing = 0, tiles = 0;
    Plane::each_difference(before, plane, [&](const TileRect& at, const Slot& a, const Slot& b) {
        tiles += at.columns * at.rows;
        differing += same_samples(a, b) ? 0 : 1;
    });
    CHECK(differing > 0);
    CHECK(tiles < 20);
}

TEST_CASE("only_allowed_values_are_painted_over") {
    Plane plane(800, 800, Depth::u8);
    paint_all(plane, *rectangle({0, 0, 400, 800}), 1);
    paint_all(plane, *rectangle({400, 0, 600, 800}), 2);
    auto over = std::make_shared<std::bitset<65536>>();
    over->set(0).set(2);
    paint(plane, *rectangle({0, 100, 800, 700}), {.value = 9, .over = over});
    check_pixels(plane, [](double x, double y) {
        const int old = x < 400 ? 1 : x < 600 ? 2 : 0;
        return y > 100 && y < 700 && old != 1 ? 9 : old;
    });
}

TEST_CASE("painting_keeps_to_where_another_plane_says") {
    Plane where(800, 800, Depth::u8), plane(800, 800, Depth::u16);
    paint_all(where, *ellipse({0, 0, 800, 800}), 1);
    paint(plane, *rectangle({100, 100, 780, 780}), {.value = 400, .where = &where});
    check_pixels(plane, [](double x, double y) {
        const bool in_disc = std::hypot(x - 400, y - 400) <= 400;
        return in_disc && x > 100 && x < 780 && y > 100 && y < 780 ? 400 : 0;
    });
}

TEST_CASE("what_is_labelled_can_be_painted_into_another_plane") {
    Plane from(700, 600, Depth::u8), to(700, 600, Depth::u8);
    paint_all(from, *ellipse({30, 40, 650, 580}), 2);
    paint_all(from, *stroke({300, 300}, {350, 320}, 33), 0);
    paint_all(to, *labelled(from), 1);
    std::int64_t wrong = 0;
    for (std::int64_t y = 0; y < 600; ++y) {
        for (std::int64_t x = 0; x < 700; ++x) wrong += (from.at(x, y) != 0) != (to.at(x, y) != 0);
    }
    CHECK(wrong == 0);
}

TEST_CASE("samples_survive_packing") {
    Plane plane(256, 256, Depth::u16);
    paint_all(plane, *ellipse({3, 5, 200, 240}), 4000);
    const Slot slot = plane.slot({0, 0});
    const auto packed = *slot.block->packed();
    CHECK(packed.size() < 4000);
    const auto hash = slot.block->hash();
    CHECK(slot.block->let_go_of_samples());
    CHECK(plane.at(100, 100) == 4000);
    CHECK(plane.at(0, 0) == 0);
    const auto again = Block::of_packed(packed);
    REQUIRE(again);
    CHECK(same_samples(**again, *slot.block));
    CHECK((*again)->hash() == hash);
    CHECK((*again)->depth() == Depth::u16);
    CHECK_FALSE(Block::of_packed(Bytes(10)));
}

TEST_CASE("samples_are_let_go_of_and_come_back") {
    const std::int64_t before = Block::samples_in_memory_bytes();
    Plane plane(20000, 20000, Depth::u8);
    paint_all(plane, *ellipse({10, 10, 19000, 15000}), 3);
    const std::int64_t held = blocks(plane) * 65536;
    CHECK(Block::samples_in_memory_bytes() - before == held);
    plane.let_go_of_samples();
    CHECK(Block::samples_in_memory_bytes() == before);
    CHECK(plane.at(9500, 7500) == 3);
    CHECK(plane.at(10, 10) == 0);
    CHECK(Block::samples_in_memory_bytes() - before <= 65536);
}

TEST_CASE("a_pyramid_follows_only_what_changed_and_invents_nothing") {
    Plane plane(5000, 3000, Depth::u8);
    paint_all(plane, *ellipse({100, 100, 4000, 2900}), 2);
    paint_all(plane, *stroke({0, 0}, {4999, 2999}, 3), 9);
    Pyramid pyramid;
    pyramid.follow(plane);
    CHECK(pyramid.levels().size() == 6);
    CHECK(pyramid.levels().back().width_px() == 157);
    paint_all(plane, *stroke({700, 700}, {760, 720}, 90), 5);
    CHECK(pyramid.work_to_follow(plane) < 10);
    pyramid.follow(plane);
    CHECK(pyramid.work_to_follow(plane) == -1);
    Pyramid anew;
    anew.follow(plane);
    for (std::size_t level = 0; level < anew.levels().size(); ++level) {
        Plane::each_difference(
            anew.levels()[level], pyramid.levels()[level],
            [](const TileRect&, const Slot& a, const Slot& b) { CHECK(same_samples(a, b)); });
        for (const Value value : [&] {
                 ValueCounts counts;
                 counts.follow(anew.levels()[level]);
                 return counts.values();
             }())
            CHECK((value == 0 || value == 2 || value == 5 || value == 9));
    }
    CHECK(pyramid.levels()[4].at(300, 180) == 9);  // a line of six pixels is still there at a sixteenth
}

TEST_CASE("counts_follow_what_is_painted") {
    Plane plane(1000, 1001, Depth::u16);
    ValueCounts counts;
    counts.follow(plane);
    CHECK(counts.of(0) == 1001000);
    paint_all(plane, *rectangle({0, 0, 1000, 500}), 700);
    paint_all(plane, *rectangle({990, 990, 1000, 1001}), 3);
    counts.follow(plane);
    CHECK(counts.of(700) == 500000);
    CHECK(counts.of(3) == 110);
    CHECK(counts.of(0) == 1001000 - 500000 - 110);
    CHECK(counts.labelled() == 500110);
    CHECK(counts.values() == std::vector<Value>{0, 3, 700});
}

TEST_CASE("areas_are_read_across_tiles_and_beyond_the_edge") {
    Plane plane(600, 300, Depth::u8);
    paint_all(plane, *rectangle({250, 250, 260, 260}), 6);
    std::vector<Value> area(20 * 20);
    plane.read({245, 245, 265, 265}, area);
    for (int y = 0; y < 20; ++y) {
        for (int x = 0; x < 20; ++x)
            CHECK(area[static_cast<std::size_t>(20 * y + x)] ==
                  (x >= 5 && x < 15 && y >= 5 && y < 15 ? 6 : 0));
    }
    std::vector<Value> corner(4 * 4, 99);
    plane.read({598, 298, 602, 302}, corner);
    CHECK(std::ranges::all_of(corner, [](Value value) { return value == 0; }));
}

}  // namespace
}  // namespace masks
