// What is on the screen against what the mask holds, pixel by pixel; what is uploaded, and when.

#include "render/mask_pass.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "gl_test.h"
#include "masks/paint.h"
#include "picture.h"
#include "raster_fixtures.h"
#include "render/raster_pass.h"

using namespace render;
using namespace render::testing;
using masks::Depth;
using masks::Plane;
using masks::Value;

namespace {

constexpr std::uint32_t k_ground = 0x406080FF;
constexpr Pixel k_ground_pixel{0x40, 0x60, 0x80, 0xFF};

// Another colour for each value.
std::uint32_t color_of(Value value) { return (value * 0x9E3779u & 0xFFFFFFu) << 8 | 0xFF; }
Pixel pixel_of(std::uint32_t rgba) {
    return {int(rgba >> 24), int(rgba >> 16 & 255), int(rgba >> 8 & 255), int(rgba & 255)};
}

MaskStyle opaque(std::size_t values) {
    MaskStyle style{.opacity = 1};
    for (std::size_t i = 0; i < values; ++i) style.palette.push_back(color_of(static_cast<Value>(i)));
    return style;
}

void set(Plane& plane, std::int64_t x, std::int64_t y, Value value) {
    const masks::TileIndex tile{static_cast<std::int32_t>(x / 256), static_cast<std::int32_t>(y / 256)};
    const auto place = static_cast<std::size_t>(y % 256 * 256 + x % 256);
    const auto samples = plane.write(tile);
    if (plane.depth() == Depth::u8)
        samples[place] = std::byte(value);
    else
        std::memcpy(samples.data() + 2 * place, &value, 2);
}

// Patches of 2 to 5 pixels of any value, and some whole tiles.
Plane patches(std::int64_t width, std::int64_t height, Depth depth) {
    Plane plane{width, height, depth};
    std::mt19937 random{7};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            const auto patch = static_cast<std::uint32_t>(x / 3 * 131 + y / 2 * 7919);
            set(plane, x, y, static_cast<Value>(patch * 2654435761u >> 13 & plane.largest_value()));
        }
    if (width > 700 && height > 600) plane.put({1, 1, 2, 1}, {nullptr, 3});
    return plane;
}

masks::Pyramid pyramid_of(const Plane& plane) {
    masks::Pyramid pyramid;
    pyramid.follow(plane);
    return pyramid;
}

class Canvas {
public:
    explicit Canvas(Size size = {300, 200})
        : m_target{must(Framebuffer::create(size))}, m_pass{must(MaskPass::create())} {}

    Picture draw(const masks::Pyramid& mask, const MaskStyle& style, const View& view,
                 const base::Rect& only = {}) {
        m_target.clear(k_ground);
        drawn = m_pass.draw(mask, style, textures, view, m_target.size(), only);
        return {m_target.size().width, m_target.size().height, m_target.read_rgba()};
    }
    [[nodiscard]] const Framebuffer& target() const { return m_target; }

    MaskTextures textures;
    MaskDrawn drawn;

private:
    Framebuffer m_target;
    MaskPass m_pass;
};

struct Texel {
    std::int64_t x, y;
};
Texel texel_under(const View& view, int level, int x, int y) {
    const base::Point at = view.media_from_screen(base::Point{x + 0.5, y + 0.5}) * std::ldexp(1.0, -level);
    return {static_cast<std::int64_t>(std::floor(at.x)), static_cast<std::int64_t>(std::floor(at.y))};
}
bool is_on(const Plane& mask, const View& view, int x, int y) {
    const Texel texel = texel_under(view, 0, x, y);
    return texel.x >= 0 && texel.y >= 0 && texel.x < mask.width_px() && texel.y < mask.height_px();
}

// How many pixels are not what the mask holds under them, in a style of opaque fills.
int disagreements(const Picture& picture, const masks::Pyramid& mask, int level, const View& view) {
    int count = 0;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) {
            const Texel texel = texel_under(view, level, x, y);
            const Plane& plane = mask.levels()[static_cast<std::size_t>(level)];
            const Pixel wanted = is_on(mask.levels()[0], view, x, y)
                                     ? pixel_of(color_of(plane.at(texel.x, texel.y)))
                                     : k_ground_pixel;
            count += picture.at(x, y) == wanted ? 0 : 1;
        }
    return count;
}

}  // namespace

TEST_CASE("mask_every_pixel_is_what_the_mask_holds_there") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    for (const Depth depth : {Depth::u8, Depth::u16}) {
        const masks::Pyramid mask = pyramid_of(patches(1111, 700, depth));
        const MaskStyle style = opaque(depth == Depth::u8 ? 256 : 65536);
        struct Case {
            double scale;
            base::Point centre;
            int level;
        };
        const std::vector<Case> cases = {
            {1, {512, 256}, 0},        {1, {20, 10}, 0},         {1, {1100, 690}, 0},
            {7, {511.37, 255.81}, 0},  {7.31, {1.2, 699.3}, 0},  {64, {256.01, 512.02}, 0},
            {0.7, {500.3, 400.4}, 0},  {0.5, {555, 350}, 1},     {0.3713, {600.2, 300.1}, 1},
            {0.25, {555.3, 350.1}, 2}, {0.1, {555.1, 350.7}, 3},
        };
        for (const Case& one : cases) {
            CAPTURE(static_cast<int>(depth));
            CAPTURE(one.scale);
            const View view{one.centre, one.scale, whole({300, 200})};
            const Picture picture = canvas.draw(mask, style, view);
            CHECK(canvas.drawn.level == one.level);
            CHECK(disagreements(picture, mask, one.level, view) == 0);
        }
    }
}

TEST_CASE("mask_that_is_one_pixel_off_is_noticed") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    const masks::Pyramid mask = pyramid_of(patches(800, 700, Depth::u8));
    const View view = one_to_one({400, 300}, whole({300, 200}));
    View off = view;
    off.centre_in_media.x += 1;
    CHECK(disagreements(canvas.draw(mask, opaque(256), off), mask, 0, view) > 1000);
}

TEST_CASE("mask_pixels_lie_on_the_raster_s_far_from_the_corner") {
    const GlTest gl;
    if (!gl) return;
    const raster_fixtures::Folder folder;
    constexpr std::int64_t k_far = std::int64_t{1} << 30, k_extent = 2048;
    const auto value_at = [](std::int64_t x, std::int64_t y) {
        return static_cast<Value>((x * 37 + y * 91) % 251 + 1);
    };
    raster_fixtures::make(folder.path / "part.tif",
                          {.width = k_extent, .height = 600, .value = [&](int x, int y, int) {
                               return double(value_at(k_far + x, y));
                           }});
    std::ofstream{folder.path / "far.vrt"} << fmt::format(
        "<VRTDataset rasterXSize=\"{0}\" rasterYSize=\"600\"><VRTRasterBand dataType=\"Byte\" band=\"1\">"
        "<SimpleSource><SourceFilename relativeToVRT=\"1\">part.tif</SourceFilename>"
        "<SourceBand>1</SourceBand><SrcRect xOff=\"0\" yOff=\"0\" xSize=\"{2}\" ySize=\"600\"/>"
        "<DstRect xOff=\"{1}\" yOff=\"0\" xSize=\"{2}\" ySize=\"600\"/></SimpleSource></VRTRasterBand>"
        "</VRTDataset>",
        k_far + k_extent, k_far, k_extent);
    media::RasterSource source{folder.path / "far.vrt", {}};
    const auto until = [](const auto& condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!condition()) {
            REQUIRE(std::chrono::steady_clock::now() < end);
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    };
    until([&] { return source.info().has_value(); });
    const media::RasterInfo info = must(*source.info());
    const media::RasterStyle gray{
        .channels = {"b1"}, .stretch = media::Stretch::manual, .ranges = {{0, 255}}};
    const auto shading = std::make_shared<media::RasterShading>(must(media::make_shading(gray, info, {})));
    RasterPass raster_pass = must(RasterPass::create());
    RasterTextures raster_textures;

    Plane plane{k_far + k_extent, 600, Depth::u8};
    for (std::int64_t y = 0; y < 600; ++y)
        for (std::int64_t x = k_far; x < k_far + k_extent; ++x) set(plane, x, y, value_at(x, y));
    const masks::Pyramid mask = pyramid_of(plane);
    MaskStyle style{.opacity = 1};
    for (std::uint32_t i = 0; i < 256; ++i) style.palette.push_back(i << 24 | i << 16 | i << 8 | 0xFF);
    style.palette[0] = 0;

    Canvas canvas;
    for (const double scale : {1.0, 3.0, 7.0, 7.31, 33.3}) {
        CAPTURE(scale);
        const View view{{k_far + 512.37, 255.81}, scale, whole({300, 200})};
        Picture below;
        until([&] {
            canvas.target().clear(k_ground);
            raster_textures.begin_frame();
            const RasterDrawn drawn =
                raster_pass.draw(source, info, shading, raster_textures, view, {300, 200});
            REQUIRE(raster_pass.failure() == "");
            source.want({drawn.plan.in_sight, shading->bands});
            below = {300, 200, canvas.target().read_rgba()};
            return drawn.missing == 0;
        });
        CHECK(largest_difference(canvas.draw(mask, style, view), below) == 0);
    }
}

TEST_CASE("mask_ends_where_the_medium_does") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    Plane plane{300, 260, Depth::u8};
    plane.put({0, 0, 2, 2}, {nullptr, 1});
    const masks::Pyramid mask = pyramid_of(plane);
    MaskStyle style = opaque(2);
    style.hatch_unlabelled = true;
    for (const double scale : {0.2, 1.0, 5.3}) {
        const View view{{300, 260}, scale, whole({300, 200})};
        CHECK(disagreements(canvas.draw(mask, style, view), mask, canvas.drawn.level, view) == 0);
    }
    const View view = one_to_one({300, 260}, whole({300, 200}));
    const Picture part = canvas.draw(mask, style, view, {10, 20, 60, 50});
    for (int y = 0; y < 200; ++y)
        for (int x = 0; x < 300; ++x) {
            const bool in = x >= 10 && x < 60 && y >= 20 && y < 50;
            REQUIRE(part.at(x, y) == (in ? pixel_of(color_of(1)) : k_ground_pixel));
        }
}

TEST_CASE("mask_of_one_value_is_a_rectangle_without_tiles") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    Plane plane{100000, 100000, Depth::u16};
    plane.put({0, 0, 391, 391}, {nullptr, 500});
    masks::Pyramid mask = pyramid_of(plane);
    const MaskStyle style = opaque(501);
    const View far = fit({100000, 100000}, whole({300, 200})), near = one_to_one({50000, 50000}, far.screen);
    for (const View& view : {far, near}) {
        CHECK(disagreements(canvas.draw(mask, style, view), mask, canvas.drawn.level, view) == 0);
        CHECK(canvas.drawn.quads == 1);
        CHECK(canvas.drawn.tiles == 0);
        CHECK(canvas.textures.counters().bytes == 0);
    }
    plane.put({194, 194, 2, 1}, {nullptr, 499});  // in sight of `near`
    set(plane, 50000, 50000, 7);
    mask.follow(plane);
    CHECK(disagreements(canvas.draw(mask, style, near), mask, 0, near) == 0);
    CHECK(canvas.drawn.tiles == 1);
    CHECK(canvas.drawn.uploads == 1);
}

TEST_CASE("mask_is_blended_by_opacity_and_the_palette_s_alpha") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    Plane plane{300, 200, Depth::u8};
    for (std::int64_t y = 0; y < 200; ++y)
        for (std::int64_t x = 0; x < 300; ++x) set(plane, x, y, static_cast<Value>(x / 50));
    const masks::Pyramid mask = pyramid_of(plane);
    // Value 4 is hidden, value 5 lies beyond the palette.
    MaskStyle style{.palette = {0, 0xFF8000FF, 0x20C040FF, 0xFFFFFF80, 0xFF000000}};
    const View view = one_to_one({150, 100}, whole({300, 200}));
    const auto is_blended = [](Pixel got, std::uint32_t rgba, double opacity) {
        const Pixel color = pixel_of(rgba);
        const double alpha = color[3] / 255.0 * opacity;
        for (std::size_t c = 0; c < 3; ++c)
            if (std::abs(got[c] - (color[c] * alpha + k_ground_pixel[c] * (1 - alpha))) > 1) return false;
        return got[3] == 255;
    };
    for (const float opacity : {0.0f, 0.25f, 0.5f, 0.77f, 1.0f}) {
        style.opacity = opacity;
        const Picture picture = canvas.draw(mask, style, view);
        for (int x = 0; x < 300; ++x) {
            const auto value = static_cast<std::size_t>(x / 50);
            CHECK(is_blended(picture.at(x, 100), value < 5 ? style.palette[value] : 0, opacity));
        }
    }
    style.opacity = 0.5f;
    style.highlight = {.value = 1, .phase = -1};
    CHECK(canvas.draw(mask, style, view).at(75, 100) == k_ground_pixel);
    style.highlight->phase = 0;
    CHECK(is_blended(canvas.draw(mask, style, view).at(75, 100), style.palette[1], 0.5));
    style.highlight->phase = 1;
    const Picture bright = canvas.draw(mask, style, view);
    CHECK(is_blended(bright.at(75, 100), 0xFFB973FF, 1));
    CHECK(is_blended(bright.at(125, 100), style.palette[2], 0.5));
    style.highlight->value = 4;
    CHECK(canvas.draw(mask, style, view).at(225, 100) == k_ground_pixel);
}

TEST_CASE("mask_outlines_run_inside_the_class_and_across_tiles") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    // Tiles of one value beside tiles with samples; shapes that end at a tile's edge, and at the medium's.
    Plane plane{900, 700, Depth::u8};
    plane.put({1, 1, 1, 1}, {nullptr, 2});
    for (const auto& [rect, value] : {std::pair<base::Rect, Value>{{100, 100, 300, 256}, 1},
                                      {{512, 256, 600, 400}, 2},
                                      {{300, 512, 400, 560}, 2},
                                      {{850, 650, 900, 700}, 3},
                                      {{255, 512, 256, 513}, 4}}) {
        const auto region = masks::rectangle(rect);
        masks::paint(plane, *region, {.value = value});
    }
    const masks::Pyramid mask = pyramid_of(plane);
    MaskStyle style = opaque(5);
    style.palette[0] = 0;
    for (const MaskFill fill : {MaskFill::outlines, MaskFill::filled_with_outlines}) {
        style.fill = fill;
        style.opacity = 0;  // what is filled does not show: lines alone
        struct Case {
            double scale;
            base::Point centre;
            std::uint32_t width_px;
        };
        for (const Case& one : std::vector<Case>{{1, {256, 256}, 1},
                                                 {1, {500, 400}, 2},
                                                 {0.5, {500, 400}, 1},
                                                 {0.25, {500, 400}, 3},
                                                 {8, {256, 256}, 2},
                                                 {8, {256.3, 512.4}, 3},
                                                 {8, {512.1, 400.4}, 1},
                                                 {3, {890, 690}, 2},
                                                 {20, {256, 512}, 7}}) {
            CAPTURE(one.scale);
            CAPTURE(one.centre.x);
            style.outline_width_px = one.width_px;
            const View view{one.centre, one.scale, whole({300, 200})};
            const Picture picture = canvas.draw(mask, style, view);
            const int level = canvas.drawn.level;
            const Plane& plane_seen = mask.levels()[static_cast<std::size_t>(level)];
            int wrong = 0, lines = 0;
            for (int y = 0; y < 200; ++y)
                for (int x = 0; x < 300; ++x) {
                    const base::Point at =
                        view.media_from_screen(base::Point{x + 0.5, y + 0.5}) * std::ldexp(1.0, -level);
                    const Texel texel = texel_under(view, level, x, y);
                    const Value here = is_on(plane, view, x, y) ? plane_seen.at(texel.x, texel.y) : Value{0};
                    const double width = one.width_px / (one.scale * std::ldexp(1.0, level));
                    const double in_x = at.x - double(texel.x), in_y = at.y - double(texel.y);
                    const bool with_corners = width <= 0.5;
                    bool line = false;
                    for (int dy = -1; dy <= 1; ++dy)
                        for (int dx = -1; dx <= 1; ++dx) {
                            if (dx != 0 && dy != 0 && !with_corners) continue;
                            const bool near = (dx == 0 || (dx < 0 ? in_x : 1 - in_x) < width) &&
                                              (dy == 0 || (dy < 0 ? in_y : 1 - in_y) < width);
                            line = line || (near && plane_seen.at(texel.x + dx, texel.y + dy) != here);
                        }
                    line = line && here != 0;
                    lines += line ? 1 : 0;
                    wrong += picture.at(x, y) == (line ? pixel_of(color_of(here)) : k_ground_pixel) ? 0 : 1;
                }
            CHECK(wrong == 0);
            CHECK(lines > 0);
        }
    }
}

TEST_CASE("mask_change_of_a_neighbour_moves_the_outline") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    Plane plane{512, 256, Depth::u16};
    plane.put({0, 0, 2, 1}, {nullptr, 9});
    set(plane, 10, 10, 8);  // a tile with samples beside one without
    masks::Pyramid mask = pyramid_of(plane);
    MaskStyle style = opaque(1000);
    style.fill = MaskFill::outlines;
    const View view = one_to_one({256, 128}, whole({300, 200}));
    const auto at = [&](std::int64_t x, std::int64_t y) {
        const base::Point on_screen = view.screen_from_media(base::Point{double(x) + 0.5, double(y) + 0.5});
        return canvas.draw(mask, style, view)
            .at(static_cast<int>(on_screen.x), static_cast<int>(on_screen.y));
    };
    CHECK(at(255, 100) == k_ground_pixel);
    set(plane, 256, 100, 700);
    mask.follow(plane);
    const auto before = canvas.textures.counters();
    CHECK(at(255, 100) == pixel_of(color_of(9)));
    CHECK(at(256, 100) == pixel_of(color_of(700)));
    CHECK(at(255, 102) == k_ground_pixel);
    const auto after = canvas.textures.counters();
    CHECK(after.uploads - before.uploads == 1);
    CHECK(after.borders_mended - before.borders_mended == 1);
}

TEST_CASE("mask_change_in_one_tile_uploads_one_tile") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    Plane plane = patches(1024, 768, Depth::u8);
    masks::Pyramid mask = pyramid_of(plane);
    const MaskStyle style = opaque(256);
    const View view = one_to_one({256, 512}, whole({300, 200}));
    (void)canvas.draw(mask, style, view);
    CHECK(canvas.drawn.uploads == 3);  // the fourth is of one value
    (void)canvas.draw(mask, style, view);
    CHECK(canvas.drawn.uploads == 0);
    CHECK(canvas.textures.counters().hits == 3);
    const Plane old = plane;
    set(plane, 200, 500, 77);
    set(plane, 1000, 10, 77);  // out of sight
    mask.follow(plane);
    CHECK(disagreements(canvas.draw(mask, style, view), mask, 0, view) == 0);
    CHECK(canvas.drawn.uploads == 1);
    mask.follow(old);  // undone
    CHECK(disagreements(canvas.draw(mask, style, view), mask, 0, view) == 0);
    CHECK(canvas.drawn.uploads == 1);
}

TEST_CASE("mask_textures_stay_within_their_budget") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    constexpr std::size_t k_budget = 9u << 20;  // two rows of 63 tiles
    canvas.textures = MaskTextures{k_budget};
    Plane plane{40000, 1024, Depth::u8};
    for (std::int32_t y = 0; y < plane.rows(); ++y)
        for (std::int32_t x = 0; x < plane.columns(); ++x)
            plane.write({x, y})[7] = std::byte(1 + (x + y) % 250);
    const masks::Pyramid mask = pyramid_of(plane);
    const MaskStyle style = opaque(256);
    for (int round = 0; round < 2; ++round)
        for (int x = 150; x < 39900; x += 300) {
            const View view = one_to_one({double(x), 512}, whole({300, 200}));
            REQUIRE(disagreements(canvas.draw(mask, style, view), mask, 0, view) == 0);
            REQUIRE(canvas.textures.counters().bytes <= k_budget);
        }
    const MaskTextureCounters counters = canvas.textures.counters();
    CHECK(counters.evictions > 300);
    CHECK(counters.hits > 200);
    CHECK(counters.uploaded_bytes == counters.uploads * 65536);
    canvas.textures.clear();
    CHECK(canvas.textures.counters().bytes == 0);
    // What one draw needs is held whatever the budget, and given back by the next that needs less.
    Canvas large{{2000, 600}};
    large.textures = MaskTextures{1};
    const View wide{{20000, 512}, 0.51, whole({2000, 600})}, close{{20000, 512}, 8, wide.screen};
    CHECK(disagreements(large.draw(mask, style, wide), mask, 0, wide) == 0);
    CHECK(large.drawn.tiles > 63);
    const std::size_t most = large.textures.counters().bytes;
    CHECK(disagreements(large.draw(mask, style, close), mask, 0, close) == 0);
    CHECK(large.textures.counters().bytes < most);
}

TEST_CASE("mask_hatches_what_is_unlabelled_within_the_medium") {
    const GlTest gl;
    if (!gl) return;
    Canvas canvas;
    Plane plane{200, 150, Depth::u8};
    for (std::int64_t y = 0; y < 50; ++y)
        for (std::int64_t x = 0; x < 200; ++x) set(plane, x, y, 1);
    MaskStyle style = opaque(2);
    style.palette[0] = 0;
    style.hatch_unlabelled = true;
    const View view = one_to_one({150, 100}, whole({300, 200}));
    for (const bool sampled : {true, false}) {
        if (!sampled) plane.put({0, 0, 1, 1}, {nullptr, 0});
        const Picture picture = canvas.draw(pyramid_of(plane), style, view);
        int light = 0, dark = 0, same = 0;
        for (int x = 0; x < 200; ++x) {
            const Pixel pixel = picture.at(x, 100);
            light += pixel[0] > k_ground_pixel[0] ? 1 : 0;
            dark += pixel[0] < k_ground_pixel[0] ? 1 : 0;
            same += pixel == k_ground_pixel ? 1 : 0;
            CHECK(std::abs(pixel[0] - k_ground_pixel[0]) < 48);
        }
        CHECK(light == 25);
        CHECK(dark == 25);
        CHECK(same == 150);
        if (sampled) CHECK(picture.at(100, 30) == pixel_of(color_of(1)));
        for (int i = 0; i < 100; ++i) {
            CHECK(picture.at(200 + i, 100) == k_ground_pixel);
            CHECK(picture.at(i, 150 + i % 50) == k_ground_pixel);
        }
    }
}
