// From samples to colours, on the CPU; tests/render/raster_pass_test.cpp compares the shader with it.

#include "media/raster_style.h"

#include <cmath>

#include <doctest/doctest.h>

#include "media/color_map.h"

using media::RasterBand;
using media::RasterInfo;
using media::Stretch;

namespace {

RasterInfo info_of(std::vector<std::string> types, std::vector<std::string> colors = {}) {
    RasterInfo info{.driver = "GTiff", .width_px = 100, .height_px = 100};
    for (std::size_t i = 0; i < types.size(); ++i)
        info.bands.push_back({.number = static_cast<int>(i) + 1,
                              .type = types[i],
                              .color = i < colors.size() ? colors[i] : "Undefined"});
    return info;
}

std::array<int, 4> shaded(const media::RasterShading& shading, const std::vector<float>& samples) {
    std::vector<std::vector<float>> planes;
    for (const float sample : samples) planes.push_back({sample});
    std::array<std::uint8_t, 4> out{};
    media::shade(shading, planes, 1, out.data());
    return {out[0], out[1], out[2], out[3]};
}

media::ValueStats stats_between(float low, float high) {
    std::vector<float> values;
    for (int i = 0; i <= 1000; ++i) values.push_back(low + (high - low) * static_cast<float>(i) / 1000);
    return media::stats_of(values);
}

}  // namespace

TEST_CASE("a_photograph_is_shown_as_it_is") {
    const RasterInfo info = info_of({"Byte", "Byte", "Byte"}, {"Red", "Green", "Blue"});
    const media::RasterStyle style = media::default_style(info);
    CHECK(style.stretch == Stretch::none);
    CHECK(style.channels == std::vector<std::string>{"b1", "b2", "b3"});
    const auto shading = media::make_shading(style, info, {});
    REQUIRE(shading.has_value());
    for (int v = 0; v < 256; ++v) {
        const auto at = static_cast<float>(v);
        CHECK(shaded(*shading, {at, 255 - at, 7}) == std::array{v, 255 - v, 7, 255});
    }
}

TEST_CASE("measurements_are_stretched_to_what_most_of_them_are") {
    const RasterInfo info = info_of({"UInt16"});
    const media::RasterStyle style = media::default_style(info);
    CHECK(style.stretch == Stretch::percentile);
    const std::array stats = {stats_between(1000, 2000)};
    const auto shading = media::make_shading(style, info, stats);
    REQUIRE(shading.has_value());
    CHECK(shading->ranges[0].low == doctest::Approx(1020).epsilon(0.001));
    CHECK(shading->ranges[0].high == doctest::Approx(1980).epsilon(0.001));
    CHECK(shaded(*shading, {1000})[0] == 0);
    CHECK(shaded(*shading, {1500})[0] == doctest::Approx(127).epsilon(0.02));
    CHECK(shaded(*shading, {65535})[0] == 255);
}

TEST_CASE("a_uniform_band_is_still_shown") {
    const RasterInfo info = info_of({"UInt16"});
    const std::array stats = {media::stats_of(std::vector<float>(50, 10000.0f))};
    const auto shading = media::make_shading(media::default_style(info), info, stats);
    CHECK(shaded(*shading, {10000})[0] == doctest::Approx(128).epsilon(0.02));
}

TEST_CASE("no_data_and_masked_pixels_have_no_colour") {
    RasterInfo info = info_of({"Float32", "Float32"});
    info.bands[0].nodata = std::nan("");
    info.bands[1].nodata = -9999;
    info.mask_band = 0;
    media::RasterStyle style = media::default_style(info);
    style.channels = {"b1 + b2"};
    style.stretch = Stretch::manual;
    style.ranges = {{0, 10}};
    const auto shading = media::make_shading(style, info, {});
    REQUIRE(shading.has_value());
    CHECK(shading->bands == std::vector<int>{1, 2, 0});
    CHECK(shaded(*shading, {5, 5, 255}) == std::array{255, 255, 255, 255});
    CHECK(shaded(*shading, {std::nanf(""), 5, 255})[3] == 0);
    CHECK(shaded(*shading, {5, -9999, 255})[3] == 0);
    CHECK(shaded(*shading, {5, 5, 0})[3] == 0);
    CHECK(shaded(*shading, {5, 5, 128})[3] == 128);
    const std::vector<std::vector<float>> planes = {{1, 2, std::nanf("")}, {1, -9999, 1}, {255, 255, 255}};
    CHECK(media::channel_stats(*shading, planes, 3)[0].count == 1);
}

TEST_CASE("a_palette_gives_the_files_own_colours") {
    RasterInfo info = info_of({"Byte"}, {"Palette"});
    info.bands[0].palette = {0x000000FF, 0x11223344, 0xFFFFFFFF};
    const auto shading = media::make_shading(media::default_style(info), info, {});
    CHECK(shaded(*shading, {1}) == std::array{0x11, 0x22, 0x33, 0x44});
    CHECK(shaded(*shading, {9})[3] == 0);
    media::RasterStyle style = media::default_style(info);
    style.palette = false;
    CHECK(media::make_shading(style, info, {})->palette.empty());
}

TEST_CASE("gamma_curve_colours_and_inversion") {
    const RasterInfo info = info_of({"Float32"});
    media::RasterStyle style = media::default_style(info);
    style.stretch = Stretch::manual;
    style.ranges = {{0, 1}};
    style.gamma = {2, 2, 2};
    CHECK(shaded(*media::make_shading(style, info, {}), {0.25})[0] == doctest::Approx(127).epsilon(0.02));
    style.gamma = {1, 1, 1};
    style.inverted = true;
    CHECK(shaded(*media::make_shading(style, info, {}), {0.25})[0] == doctest::Approx(191).epsilon(0.02));
    style.inverted = false;
    style.curve[0] = {{0, 0}, {0.5, 1}, {1, 1}};
    CHECK(shaded(*media::make_shading(style, info, {}), {0.25})[0] == doctest::Approx(127).epsilon(0.02));
    style.curve[0].clear();
    style.color_map = "viridis";
    CHECK(shaded(*media::make_shading(style, info, {}), {1}) == std::array{0xFD, 0xE7, 0x25, 255});
    for (const media::ColorMap& map : media::color_maps())
        CHECK(media::find_color_map(map.name).title == map.title);
}

TEST_CASE("stretches_are_read_as_typed") {
    media::RasterStyle style;
    REQUIRE(media::set_stretch(style, "1-99").has_value());
    CHECK(style.stretch == Stretch::percentile);
    CHECK(style.high_percent == 99);
    REQUIRE(media::set_stretch(style, "2.5sd").has_value());
    CHECK(style.deviations == 2.5);
    REQUIRE(media::set_stretch(style, "-10,4000").has_value());
    CHECK(style.stretch == Stretch::manual);
    CHECK(style.ranges[2] == media::ValueRange{-10, 4000});
    REQUIRE(media::set_stretch(style, "0,1,0,2,0,3").has_value());
    CHECK(style.ranges[2].high == 3);
    for (const char* wrong :
         {"", "2-", "98-2", "1,2,3", "0-101", "sd", "1;2", "a", "1-2-3", "nan,1", "50,10"})
        CHECK_FALSE(media::set_stretch(style, wrong).has_value());
}

TEST_CASE("an_expression_that_cannot_be_is_refused") {
    const RasterInfo info = info_of({"Byte", "Byte"});
    media::RasterStyle style = media::default_style(info);
    style.channels = {"b3"};
    CHECK_FALSE(media::make_shading(style, info, {}).has_value());
    style.channels = {"b1", "b2"};
    CHECK_FALSE(media::make_shading(style, info, {}).has_value());
    style.channels = {"7"};  // a constant is shown where the raster is
    CHECK(media::make_shading(style, info, {}).has_value());
}
