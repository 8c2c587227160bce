// Vector layers by what is drawn of them, by the vertices that takes, and by what is kept on the GPU.

#include "render/vector_pass.h"

#include <cmath>
#include <numbers>

#include <epoxy/gl.h>

#include "gl_test.h"
#include "picture.h"

using namespace render;
using namespace render::testing;
using media::Ring;
using media::VectorTilesBuilder;
using media::VectorTilesPtr;

namespace {

constexpr Pixel k_black{0, 0, 0, 255}, k_white{255, 255, 255, 255};
constexpr Size k_size{200, 150};

Ring box_at(double x, double y, double width, double height) {
    return {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
}

VectorTilesPtr tiles_of(const std::vector<std::vector<Ring>>& polygons) {
    VectorTilesBuilder builder{media::VectorFills::made};
    for (const auto& rings : polygons) builder.add_polygon(rings);
    return builder.finish();
}

View view_of(Size size, base::Point centre, double scale) { return {centre, scale, whole(size)}; }

class Canvas {
public:
    explicit Canvas(Size size, VectorPassOptions options = {})
        : m_target{must(Framebuffer::create(size))}, pass{must(VectorPass::create(options))} {}
    Picture draw(const VectorTilesPtr& tiles, const View& view, const VectorStyle& style) {
        m_target.clear(0x000000FF);
        drawn = pass.draw(*tiles, view, m_target.size(), style);
        return {m_target.size().width, m_target.size().height, m_target.read_rgba()};
    }

private:
    Framebuffer m_target;

public:
    VectorPass pass;
    VectorDrawn drawn;
};

int lit(const Picture& picture) {
    int count = 0;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) count += picture.at(x, y)[0] > 0;
    return count;
}

}  // namespace

TEST_SUITE("vector_pass") {
    TEST_CASE("a_fill_covers_exactly_the_pixels_whose_centres_lie_in_it") {
        const GlTest gl;
        if (!gl) return;
        Canvas canvas{k_size};
        const auto tiles = tiles_of({{box_at(20, 30, 100, 60), box_at(40, 50, 20, 20)}});
        const Picture picture =
            canvas.draw(tiles, view_of(k_size, {100, 75}, 1), {.width_px = 0, .fill = 0xFFFFFF80});
        int wrong = 0;
        for (int y = 0; y < k_size.height; ++y)
            for (int x = 0; x < k_size.width; ++x) {
                const bool inside =
                    x >= 20 && x < 120 && y >= 30 && y < 90 && !(x >= 40 && x < 60 && y >= 50 && y < 70);
                wrong += picture.at(x, y)[0] != (inside ? 128 : 0);
            }
        CHECK(wrong == 0);
        CHECK(canvas.drawn.draw_calls == 1);
    }

    TEST_CASE("an_outline_has_its_width_at_every_zoom_and_its_corners") {
        const GlTest gl;
        if (!gl) return;
        Canvas canvas{k_size};
        for (const double scale : {0.25, 1.0, 8.0, 64.0}) {
            const double side = 64 / scale;
            const auto tiles = tiles_of({{box_at(1000, 1000, side, side)}, {box_at(40'000, 40'000, 50, 50)}});
            const View view = view_of(k_size, {1000 + side / 2, 1000 + side / 2}, scale);
            const Picture picture = canvas.draw(tiles, view, {.width_px = 2});
            int wrong = 0;
            for (int y = 0; y < k_size.height; ++y)
                for (int x = 0; x < k_size.width; ++x) {
                    const double far = std::max(std::abs(x + 0.5 - 100), std::abs(y + 0.5 - 75));
                    wrong += picture.at(x, y) != (far > 31 && far < 33 ? k_white : k_black);
                }
            CHECK_MESSAGE(wrong == 0, "scale " << scale);
        }
    }

    TEST_CASE("far_from_the_origin_and_magnified_lines_are_where_they_belong") {
        const GlTest gl;
        if (!gl) return;
        Canvas canvas{k_size};
        const auto tiles =
            tiles_of({{box_at(299'999.5, 300'000.25, 1, 1)}, {box_at(-400'000, 299'999, 700'000.5, 5000)}});
        const Picture picture = canvas.draw(tiles, view_of(k_size, {300'000, 300'000}, 64), {.width_px = 1});
        // The small one's left edge at x 68, its top at y 91; the large one's right edge at x 132, top at
        // y 11.
        for (const int x : {68, 132}) CHECK(picture.at(x, 110)[0] + picture.at(x - 1, 110)[0] >= 250);
        CHECK(picture.at(100, 91)[0] + picture.at(100, 90)[0] >= 250);
        CHECK(picture.at(20, 11)[0] + picture.at(20, 10)[0] >= 240);
        CHECK(picture.at(100, 110) == k_black);
    }

    TEST_CASE("shapes_of_a_pixel_are_drawn_whole_when_magnified_and_as_dots_when_small") {
        const GlTest gl;
        if (!gl) return;
        Canvas canvas{k_size};
        const auto tiles = tiles_of({{box_at(50, 50, 1, 1)}, {box_at(5000, 5000, 3, 3)}});
        const Picture large =
            canvas.draw(tiles, view_of(k_size, {50.5, 50.5}, 64), {.width_px = 0, .fill = 0xFFFFFFFF});
        CHECK(lit(large) == 64 * 64);
        CHECK(canvas.drawn.dots == 0);
        const Picture small = canvas.draw(tiles, view_of(k_size, {2500, 2500}, 1 / 50.0), {});
        CHECK(lit(small) >= 2);
        CHECK(lit(small) <= 8);
        CHECK(canvas.drawn.dots == 2);
        CHECK(canvas.drawn.line_vertices == 0);
    }

    TEST_CASE("points_are_squares_of_one_size_at_every_zoom") {
        const GlTest gl;
        if (!gl) return;
        Canvas canvas{k_size};
        VectorTilesBuilder builder{media::VectorFills::none};
        builder.add_point({2048, 2048});
        builder.add_point({9000, 100});
        const auto tiles = builder.finish();
        for (const double scale : {1 / 16.0, 1.0, 32.0})
            CHECK(lit(canvas.draw(tiles, view_of(k_size, {2048, 2048}, scale), {.point_px = 6})) == 36);
    }

    TEST_CASE("work_follows_what_is_in_view_at_every_zoom") {
        const GlTest gl;
        if (!gl) return;
        constexpr Size k_window{1280, 800};
        Canvas canvas{k_window};
        std::vector<std::vector<Ring>> polygons;
        for (int y = 0; y < 300; ++y)
            for (int x = 0; x < 300; ++x) polygons.push_back({box_at(x * 64, y * 64, 40, 40)});
        const auto tiles = tiles_of(polygons);
        const VectorStyle style{.fill = 0x40A0FF60};
        std::size_t most = 0;
        for (double scale = 8; scale > 1.0 / 64; scale /= 2) {
            canvas.draw(tiles, view_of(k_window, {9600, 9600}, scale), style);
            const VectorDrawn& drawn = canvas.drawn;
            CHECK(drawn.waiting == 0);
            // In the view and a tile round it, and never more than its pixels allow.
            const double around = 2.0 * media::k_vector_tile_px * std::exp2(drawn.level) / 64;
            const double squares = (1280 / scale / 64 + around) * (800 / scale / 64 + around);
            CHECK(static_cast<double>(drawn.line_vertices) <= squares * 6);
            CHECK(drawn.tiles <= 60);
            CHECK(drawn.draw_calls <= 100);
            most = std::max(most, drawn.line_vertices + drawn.triangles * 3 + drawn.dots);
            MESSAGE(fmt::format(
                "scale {:.3f}: level {}, {} tiles, {} line vertices, {} triangles, {} dots, {} densities",
                scale, drawn.level, drawn.tiles, drawn.line_vertices, drawn.triangles, drawn.dots,
                drawn.densities));
        }
        CHECK(most < 350'000);
        canvas.draw(tiles, view_of(k_window, {9600, 9600}, 1 / 64.0), style);
        CHECK(canvas.drawn.line_vertices == 0);
        CHECK(canvas.drawn.dots < 4000);
        CHECK(canvas.drawn.densities > 0);
    }

    TEST_CASE("a_density_lies_where_its_features_are") {
        const GlTest gl;
        if (!gl) return;
        Canvas canvas{k_size};
        std::vector<std::vector<Ring>> polygons;
        for (int y = 0; y < 64; ++y)
            for (int x = 0; x < 64; ++x) polygons.push_back({box_at(1024 + x * 8, 2048 + y * 8, 8, 8)});
        polygons.push_back({box_at(0, 0, 8, 8)});
        polygons.push_back({box_at(9000, 9000, 8, 8)});
        const auto tiles = tiles_of(polygons);
        const double scale = 1 / 16.0;
        const View view = view_of(k_size, {1024 + 256, 2048 + 256}, scale);
        const Picture picture = canvas.draw(tiles, view, {});
        REQUIRE(canvas.drawn.densities > 0);
        int wrong = 0;  // 512 pixels are 32 on the screen
        for (int y = 0; y < k_size.height; ++y)
            for (int x = 0; x < k_size.width; ++x)
                wrong += (picture.at(x, y)[0] > 200) != (x >= 84 && x < 116 && y >= 59 && y < 91);
        CHECK(wrong == 0);
    }

    TEST_CASE("nothing_outside_the_view_is_touched_or_drawn") {
        const GlTest gl;
        if (!gl) return;
        Canvas canvas{k_size};
        const auto tiles = tiles_of({{box_at(-1000, -1000, 5000, 5000)}});
        View view = view_of(k_size, {100, 75}, 1);
        view.screen = {50, 20, 90, 60};
        CHECK(lit(canvas.draw(tiles, view, {.width_px = 0, .fill = 0xFFFFFFFF})) == 40 * 40);
        view.centre_in_media = {90'000, 90'000};
        CHECK(lit(canvas.draw(tiles, view, {.width_px = 3, .fill = 0xFFFFFFFF})) == 0);
        CHECK(canvas.drawn.draw_calls == 0);
        view.screen = {};
        CHECK(lit(canvas.draw(tiles, view, {.width_px = 3})) == 0);
        CHECK(lit(canvas.draw(tiles_of({}), view_of(k_size, {0, 0}, 1), {.width_px = 3})) == 0);
    }

    TEST_CASE("buffers_stay_within_their_budget_and_come_a_few_at_a_time") {
        const GlTest gl;
        if (!gl) return;
        std::vector<std::vector<Ring>> polygons;
        for (int y = 0; y < 100; ++y)
            for (int x = 0; x < 100; ++x) polygons.push_back({box_at(x * 32, y * 32, 20, 20)});
        const auto tiles = tiles_of(polygons);
        const std::size_t whole_level = tiles->facts(0).bytes;
        Canvas canvas{k_size, {.budget_bytes = whole_level / 20, .upload_bytes = 5000}};
        bool has_waited = false;
        for (int i = 0; i < 40; ++i) {
            canvas.draw(tiles, view_of(k_size, {200.0 + i * 70, 200.0 + i * 70}, 1), {});
            has_waited |= canvas.drawn.waiting > 0;
            CHECK(canvas.pass.counters().bytes_kept <= whole_level / 20);
            CHECK(canvas.drawn.level == 0);
        }
        CHECK(has_waited);
        CHECK(canvas.pass.counters().evictions > 0);
        CHECK(canvas.pass.counters().tiles_kept > 0);
        // A view of everything does not fit at level 0: a coarser one is drawn.
        Canvas wide{{3200, 3200}, {.budget_bytes = whole_level / 2, .upload_bytes = std::size_t{1} << 30}};
        wide.draw(tiles, view_of({3200, 3200}, {1600, 1600}, 1), {});
        CHECK(wide.drawn.level > 0);
        CHECK(wide.drawn.waiting == 0);
        const auto uploads = wide.pass.counters().uploads;
        wide.draw(tiles, view_of({3200, 3200}, {1600, 1600}, 1), {});
        CHECK(wide.pass.counters().uploads == uploads);  // the second time it is there
        CHECK(wide.pass.counters().hits > 0);
        wide.pass.clear();
        CHECK(wide.pass.counters().bytes_kept == 0);
    }
}
