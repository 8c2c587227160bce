// Overlays by their pixels, where lines and fills that fall on pixel edges must be exact.

#include <chrono>
#include <cmath>
#include <numbers>

#include "gl_test.h"
#include "picture.h"
#include "render/overlay_pass.h"
#include "render/polygon_fill.h"

using namespace render;
using namespace render::testing;

namespace {

constexpr Pixel k_black{0, 0, 0, 255}, k_orange{0xE6, 0x9F, 0x00, 255}, k_white{255, 255, 255, 255};
constexpr Rgba k_orange_rgba = 0xE69F00FF;

class Canvas {
public:
    explicit Canvas(Size size)
        : m_target{must(Framebuffer::create(size))}, pass{must(OverlayPass::create())} {}
    Picture draw(const OverlayBatch& batch, std::optional<base::Rect> clip = std::nullopt) {
        m_target.clear(0x000000FF);
        pass.draw(batch, m_target.size(), clip);
        return {m_target.size().width, m_target.size().height, m_target.read_rgba()};
    }

private:
    Framebuffer m_target;

public:
    OverlayPass pass;
};

Picture drawn(Size size, const auto& fill) {
    OverlayBatch batch;
    fill(batch);
    return Canvas{size}.draw(batch);
}

// Pixels for which `inside` gives `color`, black elsewhere.
Picture painted(Size size, const Pixel& color, const auto& inside) {
    Picture picture = blank(size.width, size.height);
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) picture.set(x, y, inside(x, y) ? color : k_black);
    return picture;
}

bool in_box(int x, int y, int x0, int y0, int x1, int y1) { return x >= x0 && x < x1 && y >= y0 && y < y1; }

// How much of the target is lit, in whole pixels.
double lit_area(const Picture& picture) {
    double sum = 0;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) sum += picture.at(x, y)[0] / 255.0;
    return sum;
}

int count_of(const Picture& picture, const Pixel& color) {
    int count = 0;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) count += picture.at(x, y) == color;
    return count;
}

std::vector<base::Point> circle_of(base::Point centre, double radius, int points) {
    std::vector<base::Point> ring;
    for (int i = 0; i < points; ++i) {
        const double angle = 2 * std::numbers::pi * i / points;
        ring.push_back(centre + base::Point{std::cos(angle), std::sin(angle)} * radius);
    }
    return ring;
}

double area_of(const std::vector<Trapezoid>& trapezoids) {
    double area = 0;
    for (const Trapezoid& t : trapezoids)
        area += (t.right0 - t.left0 + t.right1 - t.left1) / 2 * (t.y1 - t.y0);
    return area;
}

}  // namespace

TEST_CASE("a_two_pixel_outline_on_pixel_edges_is_exact") {
    const GlTest gl;
    if (!gl) return;
    const Size size{60, 40};
    const Picture wanted = painted(size, k_orange, [](int x, int y) {
        return in_box(x, y, 9, 4, 41, 31) &&
               !in_box(x, y, 11, 6, 39, 29);  // one pixel on each side of 10…40 x 5…30
    });
    const auto outline = [&](base::Rect rect) {
        return drawn(size, [rect](OverlayBatch& b) { b.add_rect_outline(rect, {k_orange_rgba, 2}); });
    };
    CHECK(largest_difference(outline({10, 5, 40, 30}), wanted) <= 1);
    CHECK(largest_difference(outline({11, 5, 41, 30}), wanted) > 3);  // a pixel off is noticed
    CHECK(largest_difference(outline({10, 5, 40, 30.5}), wanted) > 3);
}

TEST_CASE("sharp_outline_makes_any_box_exact_for_odd_and_even_thickness") {
    const GlTest gl;
    if (!gl) return;
    for (const float thickness : {1.f, 2.f, 3.f, 4.f}) {
        const base::Rect rect = sharp_outline({10.3, 5.8, 40.6, 30.2}, thickness);
        const Picture picture =
            drawn({60, 40}, [&](OverlayBatch& b) { b.add_rect_outline(rect, {0xFFFFFFFF, thickness}); });
        const int lit = count_of(picture, k_white);
        CHECK(lit + count_of(picture, k_black) == 60 * 40);  // nothing in between
        const double w = rect.width(), h = rect.height(), t = thickness;
        CHECK(lit == static_cast<int>((w + t) * (h + t) - (w - t) * (h - t)));
    }
}

TEST_CASE("a_translucent_outline_blends_every_pixel_once_corners_included") {
    const GlTest gl;
    if (!gl) return;
    const Picture picture = drawn({60, 40}, [](OverlayBatch& b) {
        b.add_rect_outline(base::Rect{10, 5, 40, 30}, {0xFFFFFF80, 4});
        b.add_rect_outline(Corners{base::Point{50, 10}, {55, 20}, {50, 30}, {45, 20}}, {0xFFFFFF80, 3});
    });
    int brightest = 0;
    for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 60; ++x) brightest = std::max(brightest, picture.at(x, y)[0]);
    CHECK(brightest == 128);
}

TEST_CASE("outlines_smaller_than_their_line_become_a_dot_and_degenerate_ones_a_line") {
    const GlTest gl;
    if (!gl) return;
    const auto area = [](base::Rect rect) {
        return lit_area(
            drawn({40, 40}, [rect](OverlayBatch& b) { b.add_rect_outline(rect, {0xFFFFFFFF, 2}); }));
    };
    CHECK(area({10, 10, 11, 11}) == doctest::Approx(9));
    CHECK(area({10, 10, 20, 11}) == doctest::Approx(36));
    CHECK(area({10, 10, 20, 10}) == doctest::Approx(20));
    CHECK(area({10, 10, 10, 10}) == doctest::Approx(4));
}

TEST_CASE("a_rotated_outline_covers_its_length_times_its_width") {
    const GlTest gl;
    if (!gl) return;
    for (const double degrees : {10.0, 33.0, 45.0, 71.0}) {
        const double c = std::cos(degrees * std::numbers::pi / 180),
                     s = std::sin(degrees * std::numbers::pi / 180);
        const auto corner = [&](double x, double y) {
            return base::Point{80 + x * c - y * s, 80 + x * s + y * c};
        };
        const Corners corners{corner(-40, -20), corner(40, -20), corner(40, 20), corner(-40, 20)};
        const Picture picture =
            drawn({160, 160}, [&](OverlayBatch& b) { b.add_rect_outline(corners, {0xFFFFFFFF, 3}); });
        const double wanted = 83 * 43 - 77 * 37;
        CHECK(std::abs(lit_area(picture) - wanted) < 0.02 * wanted);
    }
}

TEST_CASE("dashes_are_as_long_as_their_gaps_and_begin_at_the_start") {
    const GlTest gl;
    if (!gl) return;
    const Size size{80, 20};
    const Picture picture =
        drawn(size, [](OverlayBatch& b) { b.add_line({10, 8}, {70, 8}, {k_orange_rgba, 2, 5}); });
    const Picture wanted = painted(
        size, k_orange, [](int x, int y) { return in_box(x, y, 10, 7, 70, 9) && (x - 10) / 5 % 2 == 0; });
    CHECK(largest_difference(picture, wanted) <= 1);
    const Picture solid =
        drawn(size, [](OverlayBatch& b) { b.add_line({10, 8}, {70, 8}, {k_orange_rgba, 2}); });
    CHECK(largest_difference(solid, wanted) > 100);
    const double dashed_box = lit_area(drawn({80, 60}, [](OverlayBatch& b) {
        b.add_rect_outline(base::Rect{10, 10, 70, 50}, {0xFFFFFFFF, 2, 5});
    }));
    CHECK(dashed_box == doctest::Approx(200).epsilon(0.03));  // half of a perimeter of 200, 2 wide
}

TEST_CASE("dashes_stay_in_place_when_the_line_is_cut_at_the_bounds") {
    const GlTest gl;
    if (!gl) return;
    const Size size{80, 20};
    OverlayBatch whole_line, cut_line;
    cut_line.set_bounds(whole(size));
    for (OverlayBatch* batch : {&whole_line, &cut_line})
        batch->add_line({-5003, 8}, {4000, 8}, {k_orange_rgba, 2, 5});
    Canvas canvas{size};
    const Picture cut = canvas.draw(cut_line);
    CHECK(largest_difference(canvas.draw(whole_line), cut) <= 4);
    CHECK(count_of(cut, k_black) > 80 * 18);
}

TEST_CASE("thin_lines_keep_their_weight_at_any_place_and_slope") {
    const GlTest gl;
    if (!gl) return;
    for (const double shift : {0.0, 0.25, 0.5, 0.9}) {
        for (const double slope : {0.0, 0.3, 1.0}) {
            for (const float thickness : {0.5f, 1.f, 2.5f}) {
                const base::Point from{10, 20 + shift}, to{90, 20 + shift + 80 * slope};
                const double wanted = std::hypot(80, 80 * slope) * thickness;
                const double area = lit_area(drawn(
                    {100, 120}, [&](OverlayBatch& b) { b.add_line(from, to, {0xFFFFFFFF, thickness}); }));
                CHECK(std::abs(area - wanted) < 0.2 * wanted);
            }
        }
    }
}

TEST_CASE("a_bent_line_leaves_no_gap_and_blends_no_pixel_twice") {
    const GlTest gl;
    if (!gl) return;
    const std::vector<base::Point> bent{{10, 10}, {50, 12}, {70, 50}, {20, 60}};
    const auto drawn_with = [&](Rgba color) {
        return drawn({90, 80}, [&](OverlayBatch& b) { b.add_polyline(bent, {color, 6}); });
    };
    const Picture translucent = drawn_with(0xFFFFFF80);
    int brightest = 0;
    for (int y = 0; y < 80; ++y)
        for (int x = 0; x < 90; ++x) brightest = std::max(brightest, translucent.at(x, y)[0]);
    CHECK(brightest <= 129);
    const Picture solid = drawn_with(0xFFFFFFFF);
    for (const base::Point& joint : {bent[1], bent[2]})
        CHECK(solid.at(static_cast<int>(joint.x), static_cast<int>(joint.y)) == k_white);
    const double length = std::hypot(40, 2) + std::hypot(20, 38) + std::hypot(50, 10);
    CHECK(lit_area(solid) == doctest::Approx(6 * length).epsilon(0.03));
}

TEST_CASE("fills_cover_exactly_the_pixels_whose_centres_lie_inside") {
    const GlTest gl;
    if (!gl) return;
    const Size size{40, 30};
    const Picture picture =
        drawn(size, [](OverlayBatch& b) { b.add_rect_fill(base::Rect{5, 6, 20, 16}, k_orange_rgba); });
    CHECK(largest_difference(picture, painted(size, k_orange,
                                              [](int x, int y) { return in_box(x, y, 5, 6, 20, 16); })) == 0);
}

TEST_CASE("a_translucent_fill_over_an_opaque_ground_keeps_it_opaque") {
    const GlTest gl;
    if (!gl) return;
    const Picture picture =
        drawn({10, 10}, [](OverlayBatch& b) { b.add_rect_fill(base::Rect{0, 0, 10, 10}, 0xFFFFFF40); });
    CHECK(picture.at(5, 5) == Pixel{64, 64, 64, 255});
}

TEST_CASE("a_concave_polygon_with_a_hole_fills_its_inside_once") {
    const GlTest gl;
    if (!gl) return;
    const std::vector<std::vector<base::Point>> rings{
        {{5, 5}, {45, 5}, {45, 35}, {35, 35}, {35, 15}, {15, 15}, {15, 35}, {5, 35}},  // an upturned U
        {{20, 7}, {20, 12}, {30, 12}, {30, 7}},  // a hole, the other way round
    };
    const Size size{50, 40};
    const Picture picture = drawn(size, [&](OverlayBatch& b) { b.add_polygon_fill(rings, 0xFFFFFF80); });
    const auto inside = [](int x, int y) {
        return in_box(x, y, 5, 5, 45, 35) && !in_box(x, y, 15, 15, 35, 35) && !in_box(x, y, 20, 7, 30, 12);
    };
    CHECK(largest_difference(picture, painted(size, Pixel{128, 128, 128, 255}, inside)) == 0);
}

TEST_CASE("slanted_polygons_leave_no_cracks_between_their_pieces") {
    const GlTest gl;
    if (!gl) return;
    const std::vector<std::vector<base::Point>> rings{circle_of({100, 100}, 90.3, 257),
                                                      circle_of({110, 95}, 30.7, 101)};
    const Picture picture =
        drawn({200, 200}, [&](OverlayBatch& b) { b.add_polygon_fill(rings, 0xFFFFFF80); });
    int wrong = 0;
    for (int y = 0; y < 200; ++y) {
        for (int x = 0; x < 200; ++x) {
            const double outer = std::hypot(x + 0.5 - 100, y + 0.5 - 100),
                         inner = std::hypot(x + 0.5 - 110, y + 0.5 - 95);
            if (std::abs(outer - 90.3) < 0.1 || std::abs(inner - 30.7) < 0.1) continue;
            wrong += picture.at(x, y)[0] != (outer < 90.3 && inner > 30.7 ? 128 : 0);
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("self_crossing_rings_are_filled_by_the_even_odd_rule") {
    const std::vector<std::vector<base::Point>> bow_tie{{{0, 0}, {10, 10}, {10, 0}, {0, 10}}};
    CHECK(area_of(trapezoids_of(bow_tie)) == doctest::Approx(50).epsilon(0.001));
    std::vector<base::Point> star;
    for (int i = 0; i < 5; ++i) {
        const double angle = 4 * std::numbers::pi * i / 5;
        star.push_back({std::sin(angle) * 100, -std::cos(angle) * 100});
    }
    // A pentagram's five points: ten triangles' worth without the pentagon in the middle.
    const double inner = 100 * std::cos(2 * std::numbers::pi / 5) / std::cos(std::numbers::pi / 5);
    const double all = 5 * 100 * inner * std::sin(std::numbers::pi / 5);
    const double pentagon = 2.5 * inner * inner * std::sin(2 * std::numbers::pi / 5);
    CHECK(area_of(trapezoids_of(std::vector<std::vector<base::Point>>{star})) ==
          doctest::Approx(all - pentagon).epsilon(0.001));
    CHECK(trapezoids_of({}).empty());
    CHECK(trapezoids_of(std::vector<std::vector<base::Point>>{{{1, 1}, {5, 1}}}).empty());
}

TEST_CASE("handles_are_sharp_squares_with_a_border_wherever_their_centre_is") {
    const GlTest gl;
    if (!gl) return;
    for (const base::Point centre : {base::Point{20, 15}, base::Point{20.3, 14.8}}) {
        const Picture picture =
            drawn({40, 30}, [&](OverlayBatch& b) { b.add_handle(centre, 8, 0xFFFFFFFF, k_orange_rgba, 1); });
        CHECK(count_of(picture, k_white) == 36);
        CHECK(count_of(picture, k_orange) == 28);
        CHECK(picture.at(16, 11) == k_orange);
        CHECK(picture.at(23, 18) == k_orange);
        CHECK(picture.at(20, 15) == k_white);
        CHECK(picture.at(24, 15) == k_black);
    }
}

TEST_CASE("diamonds_and_circles_have_their_area_their_border_and_smooth_edges") {
    const GlTest gl;
    if (!gl) return;
    const Picture diamond = drawn({40, 40}, [](OverlayBatch& b) { b.add_diamond({20, 20}, 20, 0xFFFFFFFF); });
    CHECK(lit_area(diamond) == doctest::Approx(200).epsilon(0.04));
    const Picture circle = drawn({40, 40}, [](OverlayBatch& b) { b.add_circle({20, 20}, 10, 0xFFFFFFFF); });
    CHECK(lit_area(circle) == doctest::Approx(std::numbers::pi * 100).epsilon(0.02));
    const Picture rimmed =
        drawn({40, 40}, [](OverlayBatch& b) { b.add_circle({20, 20}, 10, 0xFFFFFFFF, k_orange_rgba, 3); });
    CHECK(rimmed.at(20, 20) == k_white);
    CHECK(rimmed.at(11, 20) == k_orange);
    CHECK(rimmed.at(8, 20) == k_black);
    const Picture tiny = drawn({10, 10}, [](OverlayBatch& b) {
        b.add_diamond({5, 5}, 0.5f, 0xFFFFFFFF, k_orange_rgba, 2);
        b.add_handle({5, 5}, 1, 0xFFFFFFFF, k_orange_rgba, 4);
    });
    CHECK(lit_area(tiny) > 0);
}

TEST_CASE("what_lies_outside_the_bounds_or_the_clip_is_not_drawn") {
    const GlTest gl;
    if (!gl) return;
    const Size size{40, 40};
    OverlayBatch batch;
    batch.set_bounds(whole(size));
    batch.add_rect_outline(base::Rect{100, 100, 200, 200}, {});
    batch.add_line({-50, -50}, {-10, 80}, {});
    batch.add_handle({60, 20}, 8, 0xFFFFFFFF, 0xFFFFFFFF);
    batch.add_circle({-20, -20}, 10, 0xFFFFFFFF);
    CHECK(batch.primitive_count() == 0);
    CHECK(batch.empty());
    batch.add_rect_outline(base::Rect{-1e6, 10, 1e6, 20},
                           {0xFFFFFFFF, 2});  // seen from within at a high zoom
    Canvas canvas{size};
    const Picture picture = canvas.draw(batch, base::Rect{5, 0, 40, 40});
    CHECK(picture.at(4, 10) == k_black);
    CHECK(picture.at(5, 10) == k_white);
    CHECK(picture.at(39, 20) == k_white);
    CHECK(picture.at(20, 15) == k_black);
    CHECK(count_of(picture, k_white) == 35 * 4);
}

TEST_CASE("later_primitives_lie_on_top") {
    const GlTest gl;
    if (!gl) return;
    const Picture picture = drawn({20, 20}, [](OverlayBatch& b) {
        b.add_rect_outline(base::Rect{5, 5, 15, 15}, {k_orange_rgba, 4});
        b.add_rect_fill(base::Rect{0, 0, 10, 20}, 0xFFFFFFFF);
    });
    CHECK(picture.at(5, 10) == k_white);
    CHECK(picture.at(15, 10) == k_orange);
}

TEST_CASE("an_empty_batch_makes_no_draw_call") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas{{8, 8}};
    static_cast<void>(canvas.draw(OverlayBatch{}));
    CHECK(canvas.pass.counters().draw_calls == 0);
}
