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
