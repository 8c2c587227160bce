#include "labels/interpolate.h"

#include <cmath>

#include <doctest/doctest.h>

#include "fixture.h"

using namespace labels;

namespace {

Track box_track() {
    Track track;
    track.keyframes = {fixture::make_keyframe(10, 0), fixture::make_keyframe(20, 100),
                       fixture::make_keyframe(30, 200)};
    return track;
}

Path square(double x, double y, double side) {
    return {{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}, {}};
}

double x0(const std::optional<ShapeAt>& shape) { return std::get<Box>(shape->geometry).x0; }

}  // namespace

TEST_CASE("a_box_moves_linearly_between_keyframes_and_stays_after_the_last") {
    const Track track = box_track();
    CHECK_FALSE(shape_at(track, 9).has_value());
    CHECK(x0(shape_at(track, 10)) == 0);
    CHECK(shape_at(track, 10)->is_keyframe);
    CHECK(shape_at(track, 10)->source == Source::human);
    CHECK(x0(shape_at(track, 13)) == doctest::Approx(30));
    CHECK_FALSE(shape_at(track, 13)->is_keyframe);
    CHECK(shape_at(track, 13)->source == Source::interpolated);
    CHECK(x0(shape_at(track, 1'000'000)) == 200);
    CHECK(track.first_frame() == 10);
    CHECK(track.end_frame() == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("outside_hides_from_its_frame_to_the_next_keyframe_that_is_not") {
    Track track = box_track();
    track.keyframes[1].outside = true;
    CHECK(x0(shape_at(track, 19)) == doctest::Approx(90));  // moves towards where it vanished
    CHECK_FALSE(shape_at(track, 20).has_value());
    CHECK_FALSE(shape_at(track, 29).has_value());
    CHECK(shape_at(track, 30).has_value());
    track.keyframes[2].outside = true;
    CHECK(track.end_frame() == 20);
    CHECK(track.first_frame() == 10);
    track.keyframes[0].outside = true;
    CHECK(track.first_frame() == track.end_frame());
}

TEST_CASE("a_span_without_interpolation_holds_still") {
    Track track = box_track();
    track.keyframes[0].interpolate = false;
    CHECK(x0(shape_at(track, 19)) == 0);
    CHECK(x0(shape_at(track, 25)) == doctest::Approx(150));
}

TEST_CASE("occlusion_and_confidence_hold_from_their_keyframe") {
    Track track = box_track();
    track.keyframes[1].occluded = true;
    track.keyframes[1].confidence = 0.5f;
    CHECK_FALSE(shape_at(track, 19)->occluded);
    CHECK(shape_at(track, 25)->occluded);
    CHECK(shape_at(track, 25)->confidence == 0.5f);
}

TEST_CASE("rotation_takes_the_shortest_arc") {
    const auto turned = [](double a, double b, double fraction) {
        const Geometry g = interpolate(Box{0, 0, 1, 1, a}, Box{0, 0, 1, 1, b}, fraction, ShapeKind::box);
        return std::get<Box>(g).rotation_deg;
    };
    CHECK(turned(10, 50, 0.5) == doctest::Approx(30));
    CHECK(turned(350, 10, 0.75) == doctest::Approx(5));
    CHECK(turned(10, 350, 0.75) == doctest::Approx(355));
    CHECK(turned(0, 180, 0.5) == doctest::Approx(90));
    CHECK(turned(0, 720, 0.5) == doctest::Approx(0));
    CHECK(turned(-90, 90, 0) == -90);  // the ends are the keyframes themselves
}

TEST_CASE("equal_polygons_move_vertex_by_vertex") {
    const Path a = square(0, 0, 10), b = square(100, 50, 10);
    const Path half = std::get<Path>(interpolate(a, b, 0.5, ShapeKind::polygon));
    REQUIRE(half.points.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(half.points[i].x == doctest::Approx(a.points[i].x + 50));
        CHECK(half.points[i].y == doctest::Approx(a.points[i].y + 25));
    }
}

TEST_CASE("polygons_with_different_vertices_are_matched_by_arc_length") {
    const Path a = square(0, 0, 10);
    Path b = square(0, 0, 10);
    b.points.insert(b.points.begin() + 1, {5, 0});  // a vertex in the middle of the first side
    b.points.insert(b.points.begin() + 4, {5, 10});
    for (const double fraction : {0.25, 0.5, 0.75}) {
        const Path path = std::get<Path>(interpolate(a, b, fraction, ShapeKind::polygon));
        CHECK(path.points.size() >= 4);
        CHECK(bounds(path) == base::Rect{0, 0, 10, 10});
        CHECK(path.points.front() == base::Point{0, 0});
    }
}

namespace {

using Points = std::vector<base::Point>;

void check_polygon(const Points& a, const Points& b, double fraction, const Points& expected) {
    const Path path = std::get<Path>(interpolate(Path{a, {}}, Path{b, {}}, fraction, ShapeKind::polygon));
    REQUIRE(path.points.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(path.points[i].x == doctest::Approx(expected[i].x));
        CHECK(path.points[i].y == doctest::Approx(expected[i].y));
    }
}

}  // namespace

// Expected values: CVAT's algorithm (annotation.py of CVAT 2) carried out in Python.
TEST_CASE("polygons_that_gain_or_lose_vertices_are_what_cvat_makes_of_them") {
    check_polygon({{0.0, 0.0}, {9.0, 0.0}, {0.0, 12.0}},
                  {{0.0, 0.0}, {6.0, -3.0}, {12.0, 3.0}, {6.0, 12.0}, {-3.0, 9.0}}, 1.0 / 3,
                  {{0.0, 0.0}, {8.0, -1.0}, {10.0, 1.0}, {2.0, 12.0}, {-1.0, 11.0}});
    const Points many = {{78.096, 50.0},   {83.824, 57.879}, {74.681, 69.633}, {59.561, 79.259},
                         {51.932, 80.71},  {44.049, 71.418}, {31.552, 82.456}, {30.364, 63.467},
                         {14.922, 58.029}, {16.159, 44.503}, {12.245, 38.858}, {25.014, 28.262},
                         {43.54, 27.931},  {52.557, 9.769},  {60.929, 19.081}, {76.584, 30.254},
                         {81.418, 42.208}};
    const Points few = {{71.49, 50.0},   {73.075, 73.994}, {43.802, 83.771}, {21.773, 61.929},
                        {14.088, 33.74}, {44.192, 16.501}, {70.656, 17.258}};
    check_polygon(many, few, 0.4,
                  {{75.4536, 50.0},
                   {78.8904, 54.7274},
                   {74.0386, 71.3774},
                   {64.9666, 77.153},
                   {48.68, 81.9344},
                   {43.9502, 76.3592},
                   {36.452, 82.982},
                   {26.9276, 62.8518},
                   {17.6624, 59.589},
                   {15.3306, 40.1978},
                   {12.9822, 36.8108},
                   {20.6436, 30.4532},
                   {43.8008, 23.359},
                   {59.7966, 12.7646},
                   {64.8198, 18.3518},
                   {74.2128, 25.0556},
                   {77.4468, 45.3248}});
    check_polygon(few, many, 0.4,
                  {{74.1324, 50.0},
                   {76.4236, 53.1516},
                   {73.7174, 72.2496},
                   {67.6694, 76.1},
                   {47.054, 82.5466},
                   {43.9008, 78.8298},
                   {38.902, 83.245},
                   {25.2094, 62.5442},
                   {19.0326, 60.369},
                   {14.9164, 38.0452},
                   {18.4584, 31.5488},
                   {43.9312, 21.073},
                   {63.4164, 14.2624},
                   {73.0272, 22.4564},
                   {75.4612, 46.8832}});
}

TEST_CASE("polylines_keep_their_ends") {
    const Path a{{{0, 0}, {10, 0}}, {}};
    const Path b{{{0, 10}, {2, 12}, {5, 10}, {10, 10}}, {}};
    const Path half = std::get<Path>(interpolate(a, b, 0.5, ShapeKind::polyline));
    CHECK(half.points.front() == base::Point{0, 5});
    CHECK(half.points.back() == base::Point{10, 5});
}

TEST_CASE("holes_move_with_their_own_ring_and_lost_ones_stay") {
    Path a = square(0, 0, 20), b = square(40, 0, 20);
    const Path hole_a = square(5, 5, 4), hole_b = square(45, 5, 4);
    a.ring_starts = {4};
    a.points.insert(a.points.end(), hole_a.points.begin(), hole_a.points.end());
    Path without = b;
    b.ring_starts = {4};
    b.points.insert(b.points.end(), hole_b.points.begin(), hole_b.points.end());
    const Path half = std::get<Path>(interpolate(a, b, 0.5, ShapeKind::polygon));
    REQUIRE(half.ring_starts == std::vector<std::uint32_t>{4});
    CHECK(half.points[4] == base::Point{25, 5});
    const Path lost = std::get<Path>(interpolate(a, without, 0.5, ShapeKind::polygon));
    REQUIRE(lost.ring_starts == std::vector<std::uint32_t>{4});
    CHECK(lost.points[4] == base::Point{5, 5});
    CHECK(lost.points[0] == base::Point{20, 0});
}

TEST_CASE("degenerate_paths_do_no_harm") {
    const Path none, one{{{3, 3}}, {}}, same{{{1, 1}, {1, 1}, {1, 1}}, {}};
    for (const ShapeKind shape : {ShapeKind::polygon, ShapeKind::polyline, ShapeKind::points}) {
        for (const Path& a : {none, one, same, square(0, 0, 9)}) {
            for (const Path& b : {none, one, same, square(5, 5, 1)}) {
                const Path path = std::get<Path>(interpolate(a, b, 0.3, shape));
                CHECK(is_sound(path));
                CHECK(path.points.empty() == a.points.empty());
            }
        }
    }
}

TEST_CASE("points_move_when_their_counts_agree_and_masks_hold") {
    const Path a{{{0, 0}, {1, 1}}, {}}, b{{{10, 0}, {11, 1}}, {}}, c{{{9, 9}}, {}};
    CHECK(std::get<Path>(interpolate(a, b, 0.5, ShapeKind::points)).points[1] == base::Point{6, 1});
    CHECK(std::get<Path>(interpolate(a, c, 0.5, ShapeKind::points)) == a);
    const MaskRuns m{0, 0, 2, 2, {0, 4}}, n{5, 5, 2, 2, {0, 4}};
    CHECK(std::get<MaskRuns>(interpolate(m, n, 0.9, ShapeKind::mask)) == m);
    CHECK(std::get<Path>(interpolate(a, m, 0.9, ShapeKind::points)) == a);
}

TEST_CASE("changing_attributes_hold_until_set_again") {
    Track track = box_track();
    const AttributeId fixed = AttributeId::make(), changing = AttributeId::make();
    track.info.attributes = {{fixed, "red"}};
    set_value(track.keyframes[1].attributes, changing, "flying");
    CHECK(find_value(attributes_at(track, 15), changing) == nullptr);
    CHECK(*find_value(attributes_at(track, 20), changing) == "flying");
    CHECK(*find_value(attributes_at(track, 999), changing) == "flying");
    CHECK(*find_value(attributes_at(track, 999), fixed) == "red");
}

TEST_CASE("bounds_of_a_turned_box_hold_its_corners") {
    const base::Rect r = bounds(Box{0, 0, 10, 20, 90});
    CHECK(r.x0 == doctest::Approx(-5));
    CHECK(r.y0 == doctest::Approx(5));
    CHECK(r.x1 == doctest::Approx(15));
    CHECK(r.y1 == doctest::Approx(15));
    CHECK(bounds(MaskRuns{3, 4, 10, 20, {}}) == base::Rect{3, 4, 13, 24});
}
