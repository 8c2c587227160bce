// The picture on the screen against the standards' formulas, computed here in double precision.

#include "render/video_pass.h"

#include <fmt/format.h>

#include "gl_test.h"
#include "media/video_source.h"
#include "picture.h"

using namespace render;
using namespace render::testing;
using media::ColorMatrix;
using media::ColorRange;
using media::PixelLayout;

namespace {

constexpr std::uint32_t k_ground = 0x123456FF;
constexpr Pixel k_ground_pixel{0x12, 0x34, 0x56, 0xFF};

class Screen {
public:
    explicit Screen(Size size)
        : m_target{must(Framebuffer::create(size))}, m_pass{must(VideoPass::create())} {}

    Picture draw(const media::VideoFrame& frame, const View& view, const VideoPassOptions& options = {}) {
        REQUIRE(textures.upload(frame).has_value());
        return draw(view, options);
    }
    Picture draw(const View& view, const VideoPassOptions& options = {}) {
        m_target.clear(k_ground);
        m_pass.draw(textures, view, m_target.size(), options);
        return {m_target.size().width, m_target.size().height, m_target.read_rgba()};
    }

    VideoTextures textures;

private:
    Framebuffer m_target;
    VideoPass m_pass;
};

Size shown_size(const media::VideoFrame& frame) { return {frame.shown_width(), frame.shown_height()}; }

// The picture at 1:1 fills the target exactly.
Picture drawn_one_to_one(const TestFrame& test) {
    const Size size = shown_size(test.frame);
    Screen screen{size};
    return screen.draw(test.frame, one_to_one(whole(size).centre(), whole(size)));
}

std::string describe(const FrameSpec& s) {
    return fmt::format("layout {} {}x{} {} bit chroma {}{} matrix {} range {} rotation {} flip {}",
                       static_cast<int>(s.layout), s.width, s.height, s.bit_depth, s.log2_chroma_w,
                       s.log2_chroma_h, static_cast<int>(s.matrix), static_cast<int>(s.range), s.rotation_deg,
                       s.flip);
}

void check_one_to_one(const FrameSpec& spec) {
    const TestFrame test{spec};
    CAPTURE(describe(spec));
    CHECK(largest_difference(drawn_one_to_one(test), Reference{test}.shown()) <= 1);
}

constexpr std::array k_matrices{ColorMatrix::bt601, ColorMatrix::bt709, ColorMatrix::bt2020};
constexpr std::array k_ranges{ColorRange::limited, ColorRange::full};

// Every media pixel a square of `n` screen pixels, its corner at (left, top).
Picture magnified(const Picture& picture, int n, Size target, int left, int top) {
    Picture out = blank(target.width, target.height);
    for (int y = 0; y < target.height; ++y) {
        for (int x = 0; x < target.width; ++x) {
            const int mx = (x - left) / n, my = (y - top) / n;
            const bool inside = x >= left && y >= top && mx < picture.width && my < picture.height;
            out.set(x, y, inside ? picture.at(mx, my) : k_ground_pixel);
        }
    }
    return out;
}

}  // namespace

TEST_CASE("one_to_one_equals_the_standards_formulas_for_every_yuv_kind") {
    const GlTest gl;
    if (!gl) return;
    for (const ColorMatrix matrix : k_matrices)
        for (const ColorRange range : k_ranges)
            for (const int depth : {8, 10, 12, 16})
                for (const auto& [cw, ch] : {std::pair{1, 1}, {1, 0}, {0, 0}, {2, 0}})
                    check_one_to_one({PixelLayout::yuv, 37, 23, depth, cw, ch, matrix, range, 0, false});
}

TEST_CASE("one_to_one_equals_the_standards_formulas_for_nv12_gray_and_rgba") {
    const GlTest gl;
    if (!gl) return;
    for (const PixelLayout layout : {PixelLayout::nv12, PixelLayout::gray, PixelLayout::rgba})
        for (const ColorRange range : k_ranges)
            for (const int depth : {8, 10})
                check_one_to_one({layout, 37, 23, depth, 1, 1, ColorMatrix::bt709, range, 0, false});
}

TEST_CASE("one_to_one_turns_and_flips_pictures_of_even_and_odd_sizes") {
    const GlTest gl;
    if (!gl) return;
    for (const int rotation : {0, 90, 180, 270})
        for (const bool flip : {false, true})
            for (const auto& [width, height] : {std::pair{37, 23}, {16, 9}, {1, 5}, {64, 1}})
                for (const PixelLayout layout : {PixelLayout::yuv, PixelLayout::nv12, PixelLayout::rgba})
                    check_one_to_one({layout, width, height, 8, 1, 1, ColorMatrix::bt601, ColorRange::limited,
                                      rotation, flip});
}

TEST_CASE("one_to_one_is_what_the_command_line_writes") {
    const GlTest gl;
    if (!gl) return;
    std::vector<FrameSpec> specs;
    for (const int rotation : {0, 90, 180, 270})
        for (const PixelLayout layout :
             {PixelLayout::yuv, PixelLayout::nv12, PixelLayout::gray, PixelLayout::rgba})
            specs.push_back({.layout = layout, .rotation_deg = rotation, .flip = rotation == 90});
    specs.push_back(
        {.bit_depth = 10, .log2_chroma_h = 0, .matrix = ColorMatrix::bt2020, .range = ColorRange::full});
    for (const FrameSpec& spec : specs) {
        const TestFrame test{spec};
        const Size size = shown_size(test.frame);
        CAPTURE(describe(spec));
        CHECK(largest_difference(drawn_one_to_one(test),
                                 {size.width, size.height, media::to_rgba(test.frame)}) <= 1);
    }
}

TEST_CASE("one_to_one_comparison_notices_a_wrong_matrix_range_shift_turn_and_chroma_swap") {
    const GlTest gl;
    if (!gl) return;
    const TestFrame test{{}};
    const Picture right = Reference{test}.shown();
    const auto difference_with = [&](auto&& spoil) {
        TestFrame spoiled{{}};
        spoil(spoiled.frame);
        return largest_difference(drawn_one_to_one(spoiled), right);
    };
    CHECK(difference_with([](media::VideoFrame&) {}) <= 1);
    CHECK(difference_with([](media::VideoFrame& f) { f.matrix = ColorMatrix::bt601; }) > 3);
    CHECK(difference_with([](media::VideoFrame& f) { f.matrix = ColorMatrix::bt2020; }) > 3);
    CHECK(difference_with([](media::VideoFrame& f) { f.range = ColorRange::full; }) > 3);
    CHECK(difference_with([](media::VideoFrame& f) { f.rotation_deg = 180; }) > 3);
    CHECK(difference_with([](media::VideoFrame& f) { f.flip_horizontal = true; }) > 3);
    CHECK(difference_with([](media::VideoFrame& f) { std::swap(f.planes[1], f.planes[2]); }) > 3);
    CHECK(difference_with([](media::VideoFrame& f) { f.planes[0].data += 1; }) > 3);  // one pixel to the left
}

TEST_CASE("ten_bit_samples_read_as_if_in_the_high_bits_are_noticed") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.bit_depth = 10;
    const TestFrame test{spec};
    TestFrame spoiled{spec};
    spoiled.frame.bit_depth = 16;
    CHECK(largest_difference(drawn_one_to_one(spoiled), Reference{test}.shown()) > 100);
}

TEST_CASE("bottom_up_pictures_are_uploaded_right_way_up") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.layout = PixelLayout::rgba;
    TestFrame test{spec};
    const Picture right = Reference{test}.shown();
    media::Plane& plane = test.frame.planes[0];
    plane.data += plane.stride_bytes * (plane.height - 1);
    plane.stride_bytes = -plane.stride_bytes;
    const Picture turned = drawn_one_to_one(test);
    Picture mirrored = blank(right.width, right.height);
    for (int y = 0; y < right.height; ++y)
        for (int x = 0; x < right.width; ++x) mirrored.set(x, y, right.at(x, right.height - 1 - y));
    CHECK(largest_difference(turned, mirrored) == 0);
}

TEST_CASE("magnified_seven_times_every_pixel_is_an_exact_square_and_the_ground_stays") {
    const GlTest gl;
    if (!gl) return;
    for (const int rotation : {0, 90}) {
        FrameSpec spec;
        spec.rotation_deg = rotation;
        const TestFrame test{spec};
        const Size target{300, 280};
        View view{{0, 0}, 7, whole(target)};
        view.centre_in_media = {view.screen.centre().x / 7 - 3,
                                view.screen.centre().y / 7 - 2};  // corner at (21, 14)
        Screen screen{target};
        const Picture drawn = screen.draw(test.frame, view);
        const Picture right = Reference{test}.shown();
        CHECK(largest_difference(drawn, magnified(right, 7, target, 21, 14)) <= 1);
        CHECK(largest_difference(drawn, magnified(right, 7, target, 22, 14)) > 3);  // one pixel off must show
        CHECK(largest_difference(drawn, magnified(right, 7, target, 21, 13)) > 3);
        CHECK(drawn.at(20, 14) == k_ground_pixel);
    }
}

TEST_CASE("panned_by_a_fraction_of_a_pixel_edges_fall_where_the_view_says") {
    const GlTest gl;
    if (!gl) return;
    const TestFrame test{{}};
    const Picture right = Reference{test}.shown();
    const Size target{120, 90};
    Screen screen{target};
    for (const double scale : {1.0, 1.5, 2.7, 5.0, 33.3}) {
        for (const double shift : {0.1, 0.37, 0.8}) {
            View view = fit({37, 23}, whole(target));
            view.scale = scale;
            view.pan_by_screen({shift, -shift / 2});
            const Picture drawn = screen.draw(test.frame, view);
            int wrong = 0;
            for (int y = 0; y < target.height; ++y) {
                for (int x = 0; x < target.width; ++x) {
                    const base::Point at = view.media_from_screen(base::Point{x + 0.5, y + 0.5});
                    const double edge =
                        std::min(std::abs(at.x - std::round(at.x)), std::abs(at.y - std::round(at.y)));
                    if (edge < 1e-4) continue;  // within float rounding of an edge either side is right
                    const int mx = static_cast<int>(std::floor(at.x)),
                              my = static_cast<int>(std::floor(at.y));
                    const bool inside = mx >= 0 && my >= 0 && mx < 37 && my < 23;
                    const Pixel wanted = inside ? right.at(mx, my) : k_ground_pixel;
                    const Pixel got = drawn.at(x, y);
                    for (std::size_t c = 0; c < 4; ++c) wrong += std::abs(got[c] - wanted[c]) > 1;
                }
            }
            CAPTURE(scale);
            CAPTURE(shift);
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("single_pixels_at_the_far_corner_of_a_large_picture_stay_exact_at_64_times") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.layout = PixelLayout::gray;
    spec.width = 8192;
    spec.height = 64;
    spec.range = ColorRange::full;
    const TestFrame test{spec};
    const Size target{256, 128};
    Screen screen{target};
    const View view{{8190, 63}, 64, whole(target)};  // corner pixel (8191, 63) covers (192, 64)-(256, 128)
    const Picture drawn = screen.draw(test.frame, view);
    int wrong = 0;
    for (int y = 0; y < target.height; ++y)
        for (int x = 0; x < target.width; ++x)
            wrong += drawn.at(x, y)[0] != test.sample(0, 8188 + x / 64, 62 + y / 64);
    CHECK(wrong == 0);
}

TEST_CASE("nothing_is_drawn_outside_the_views_part_of_the_screen") {
    const GlTest gl;
    if (!gl) return;
    const TestFrame test{{}};
    const Size target{60, 50};
    Screen screen{target};
    const Picture drawn = screen.draw(test.frame, View{{18, 11}, 3, {10, 5, 40, 30}});
    int touched_outside = 0, left_inside = 0;
    for (int y = 0; y < target.height; ++y) {
        for (int x = 0; x < target.width; ++x) {
            const bool inside = x >= 10 && x < 40 && y >= 5 && y < 30;
            if (inside) left_inside += drawn.at(x, y) == k_ground_pixel;
            if (!inside) touched_outside += drawn.at(x, y) != k_ground_pixel;
        }
    }
    CHECK(touched_outside == 0);
    CHECK(left_inside == 0);
}

TEST_CASE("minified_pixels_are_the_mean_of_the_texels_they_cover") {
    const GlTest gl;
    if (!gl) return;
    // Gray in full range: what is shown is what was averaged. Blocks of n texels to one pixel, aligned.
    for (const int n : {2, 3, 4, 8}) {
        FrameSpec spec;
        spec.layout = PixelLayout::gray;
        spec.range = ColorRange::full;
        spec.width = 24 * n;
        spec.height = 16 * n;
        const TestFrame test{spec};
        const Size target{24, 16};
        Screen screen{target};
        const Picture drawn =
            screen.draw(test.frame, fit({1.0 * spec.width, 1.0 * spec.height}, whole(target)));
        double squared_error = 0, squared_nearest = 0;
        for (int y = 0; y < target.height; ++y) {
            for (int x = 0; x < target.width; ++x) {
                double sum = 0;
                for (int j = 0; j < n; ++j)
                    for (int i = 0; i < n; ++i) sum += test.sample(0, x * n + i, y * n + j);
                squared_error += std::pow(drawn.at(x, y)[0] - sum / (n * n), 2);
                squared_nearest += std::pow(test.sample(0, x * n + n / 2, y * n + n / 2) - sum / (n * n), 2);
            }
        }
        const double error = std::sqrt(squared_error / (24 * 16)),
                     nearest = std::sqrt(squared_nearest / (24 * 16));
        CAPTURE(n);
        CHECK(error < 16);           // white noise, whose samples spread by 74
        CHECK(nearest > 2 * error);  // picking one texel of each block would be noticed
    }
}

TEST_CASE("stripes_too_fine_to_show_turn_gray_and_do_not_shimmer_while_panning") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.layout = PixelLayout::gray;
    spec.range = ColorRange::full;
    spec.width = 640;
    spec.height = 480;
    TestFrame test{spec};
    for (int y = 0; y < spec.height; ++y)
        for (int x = 0; x < spec.width; ++x) test.set_sample(0, x, y, 0, (x + y) % 2 == 0 ? 0 : 255);
    const Size target{64, 48};
    Screen screen{target};
    for (const double scale : {0.5, 0.35, 0.25, 0.17, 0.1}) {
        for (const double shift : {0.0, 0.23, 0.5, 0.77}) {
            View view{{320, 240}, scale, whole(target)};
            view.pan_by_screen({shift, shift});
            const Picture drawn = screen.draw(test.frame, view);
            int farthest = 0;
            for (int y = 2; y < target.height - 2; ++y)
                for (int x = 2; x < target.width - 2; ++x)
                    farthest = std::max(farthest, std::abs(drawn.at(x, y)[0] - 128));
            CAPTURE(scale);
            CAPTURE(shift);
            CHECK(farthest <= 16);
        }
    }
    const Picture sharp = screen.draw(View{{320, 240}, 1, whole(target)});
    CHECK(std::abs(sharp.at(10, 10)[0] - 128) > 100);  // the same measure does see stripes at 1:1
}

TEST_CASE("a_flat_color_stays_itself_at_every_scale_and_kind") {
    const GlTest gl;
    if (!gl) return;
    for (const int depth : {8, 10}) {
        for (const PixelLayout layout : {PixelLayout::yuv, PixelLayout::nv12, PixelLayout::rgba}) {
            FrameSpec spec;
            spec.layout = layout;
            spec.bit_depth = depth;
            spec.width = 201;
            spec.height = 133;
            TestFrame test{spec};
            const int unit = 1 << (depth - 8);
            for (int plane = 0; plane < 3; ++plane) {
                const media::Plane& p = test.frame.planes[static_cast<std::size_t>(plane)];
                const int channels =
                    layout == PixelLayout::rgba ? 3 : (layout == PixelLayout::nv12 && plane == 1 ? 2 : 1);
                for (int y = 0; y < p.height; ++y)
                    for (int x = 0; x < p.width; ++x)
                        for (int c = 0; c < channels; ++c)
                            test.set_sample(plane, x, y, c, (100 + 20 * (plane + c)) * unit);
            }
            const Pixel wanted = Reference{test}.pixel(0, 0);
            const Size target{90, 70};
            Screen screen{target};
            for (const double scale : {0.09, 0.2, 0.3, 0.77, 1.0, 3.3}) {
                const Picture drawn = screen.draw(test.frame, View{{100.5, 66.5}, scale, whole(target)});
                const Pixel got = drawn.at(45, 35);
                CAPTURE(describe(spec));
                CAPTURE(scale);
                for (std::size_t c = 0; c < 4; ++c) CHECK(std::abs(got[c] - wanted[c]) <= 1);
            }
        }
    }
}

TEST_CASE("transparent_pixels_show_a_dark_checker") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.layout = PixelLayout::rgba;
    spec.width = 32;
    spec.height = 32;
    TestFrame test{spec};
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 32; ++x) {
            const std::array<int, 4> color =
                x < 16 ? std::array{255, 0, 0, 0} : std::array{200, 100, 50, 128};
            for (int c = 0; c < 4; ++c) test.set_sample(0, x, y, c, color[static_cast<std::size_t>(c)]);
        }
    }
    const Picture drawn = drawn_one_to_one(test);
    CHECK(drawn.at(3, 3) == Pixel{0x16, 0x19, 0x1E, 255});
    CHECK(drawn.at(11, 3) == Pixel{0x1F, 0x23, 0x2A, 255});
    CHECK(drawn.at(11, 11) == Pixel{0x16, 0x19, 0x1E, 255});
    CHECK(std::abs(drawn.at(17, 3)[0] - (0x16 * 127 + 200 * 128) / 255) <= 1);
    CHECK(drawn.at(17, 3)[3] == 255);
}

TEST_CASE("pixel_grid_is_one_pixel_wide_and_only_when_far_magnified") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.layout = PixelLayout::gray;
    spec.range = ColorRange::full;
    const TestFrame test{spec};
    const Size target{160, 160};
    Screen screen{target};
    const View view{{8, 8}, 10, whole(target)};  // pixel edges at multiples of ten
    const Picture plain = screen.draw(test.frame, view);
    const Picture grid = screen.draw(view, {PixelGrid::on, 8});
    for (int x = 41; x < 50; ++x) CHECK(grid.at(x, 45) == plain.at(x, 45));
    CHECK(grid.at(40, 45) != plain.at(40, 45));
    CHECK(grid.at(50, 45) != plain.at(50, 45));
    View farther = view;
    farther.scale = 5;
    CHECK(largest_difference(screen.draw(farther), screen.draw(farther, {PixelGrid::on, 8})) == 0);
}

TEST_CASE("textures_are_kept_for_frames_of_one_size_and_counted") {
    const GlTest gl;
    if (!gl) return;
    const TestFrame first{{}};
    FrameSpec nv12;
    nv12.layout = PixelLayout::nv12;
    const TestFrame second{nv12};
    VideoTextures textures;
    CHECK(textures.empty());
    CHECK(textures.shown_size() == MediaSize{});
    REQUIRE(textures.upload(first.frame).has_value());
    REQUIRE(textures.upload(first.frame).has_value());
    CHECK(textures.counters().uploads == 2);
    CHECK(textures.counters().textures_made == 3);
    CHECK(textures.counters().bytes == 2 * (37 * 23 + 2 * 19 * 12));
    CHECK(textures.frame_index() == 7);
    REQUIRE(textures.upload(second.frame).has_value());
    CHECK(textures.counters().textures_made == 4);  // luma is the same, chroma is not
    textures.clear();
    CHECK(textures.empty());
}

TEST_CASE("frames_that_cannot_be_shown_are_refused_and_the_old_picture_stays") {
    const GlTest gl;
    if (!gl) return;
    TestFrame good{{}}, bad{{}}, huge{{}};
    bad.frame.planes[2].data = nullptr;
    huge.frame.width_px = 1 << 20;
    VideoTextures textures;
    REQUIRE(textures.upload(good.frame).has_value());
    const base::Result<void> no_plane = textures.upload(bad.frame);
    REQUIRE(!no_plane.has_value());
    CHECK(no_plane.error().kind == base::ErrorKind::malformed);
    const base::Result<void> too_large = textures.upload(huge.frame);
    REQUIRE(!too_large.has_value());
    CHECK(too_large.error().kind == base::ErrorKind::refused);
    CHECK(textures.counters().uploads == 1);
    CHECK(!textures.empty());
}

TEST_CASE("mipmaps_are_made_once_a_frame_and_only_when_far_minified") {
    const GlTest gl;
    if (!gl) return;
    FrameSpec spec;
    spec.width = 640;
    spec.height = 480;
    const TestFrame test{spec};
    const Size target{64, 48};
    Screen screen{target};
    static_cast<void>(screen.draw(test.frame, View{{320, 240}, 0.3, whole(target)}));
    CHECK(screen.textures.counters().mipmaps_made == 0);
    static_cast<void>(screen.draw(View{{320, 240}, 0.1, whole(target)}));
    static_cast<void>(screen.draw(View{{320, 240}, 0.1, whole(target)}));
    CHECK(screen.textures.counters().mipmaps_made == 1);
}

TEST_CASE("a_stand_ins_smaller_planes_cover_the_whole_picture_turned_as_it_is") {
    const GlTest gl;
    if (!gl) return;
    std::vector<std::uint8_t> luma(20 * 10, 16);
    for (std::size_t i = 0; i < luma.size(); ++i)
        if (i % 20 >= 10) luma[i] = 235;
    media::VideoFrame frame;
    frame.width_px = 200;
    frame.height_px = 100;
    frame.layout = PixelLayout::gray;
    frame.log2_chroma_w = frame.log2_chroma_h = 0;
    frame.stand_in = true;
    frame.planes[0] = {luma.data(), 20, 20, 10};
    for (const int rotation : {0, 90}) {
        CAPTURE(rotation);
        frame.rotation_deg = rotation;
        for (const double scale : {0.5, 1.0, 2.0}) {
            CAPTURE(scale);
            const Size size{static_cast<int>(frame.shown_width() * scale),
                            static_cast<int>(frame.shown_height() * scale)};
            Screen screen{size};
            const Picture drawn = screen.draw(
                frame, fit({frame.shown_width() * 1.0, frame.shown_height() * 1.0}, whole(size), 0));
            // A quarter turn clockwise brings the left side to the top.
            const auto at = [&](double along, double across) {
                const double x = rotation == 0 ? along : across, y = rotation == 0 ? across : along;
                return drawn.at(static_cast<int>(x * size.width), static_cast<int>(y * size.height))[0];
            };
            for (const double across : {0.02, 0.5, 0.98}) {
                CHECK(at(0.02, across) <= 1);
                CHECK(at(0.44, across) <= 1);
                CHECK(at(0.56, across) >= 254);
                CHECK(at(0.98, across) >= 254);
            }
        }
    }
}
