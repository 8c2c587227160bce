#include "assist/pixel_features.h"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist::k_feature_reach_px;
using assist::k_features_a_band;
using assist::pixels_with_data;
using assist::row_features;
using assist::WindowSamples;
using assist_test::k_nan;
using assist_test::make_window;
using assist_test::noise;

namespace {

enum Feature { raw, fine, coarse, deviation, gradient };

std::vector<float> all_features(const WindowSamples& window) {
    auto features = row_features(window, pixels_with_data(window), 0, window.height);
    REQUIRE(features);
    return std::move(*features);
}

float feature(const std::vector<float>& features, const WindowSamples& window, assist::Pixel p, int band,
              Feature which) {
    return features[window.index(p) * static_cast<std::size_t>(window.bands * k_features_a_band) +
                    static_cast<std::size_t>(band * k_features_a_band + which)];
}

// The Gaussian mean by its definition, over what has data.
double gaussian_mean(const WindowSamples& window, assist::Pixel at, double sigma, auto value) {
    const auto has_data = pixels_with_data(window);
    double sum = 0, weights = 0;
    const int radius = static_cast<int>(3 * sigma);
    for (int dy = -radius; dy <= radius; ++dy)
        for (int dx = -radius; dx <= radius; ++dx) {
            const assist::Pixel p{at.x + dx, at.y + dy};
            if (!window.contains(p) || has_data[window.index(p)] == 0) continue;
            const double weight = std::exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
            sum += weight * value(p);
            weights += weight;
        }
    return sum / weights;
}

}  // namespace

TEST_CASE("features_are_what_their_definitions_say_also_beside_no_data_and_at_the_rim") {
    auto window = make_window(40, 40, 2, [](int band, int x, int y) {
        return x == 20 && y == 20 ? k_nan : static_cast<float>(10000 + 50 * noise(band, x, y) + x);
    });
    window.valid.assign(window.pixel_count(), 1);
    for (int y = 5; y < 12; ++y) window.valid[window.index({9, y})] = 0;
    const auto features = all_features(window);
    for (const assist::Pixel p : {assist::Pixel{0, 0}, {10, 8}, {21, 20}, {39, 17}, {30, 30}}) {
        CAPTURE(p.x);
        const auto sample = [&](assist::Pixel q) { return static_cast<double>(window.at(1, q)); };
        const auto squared = [&](assist::Pixel q) {
            const double off = sample(q) - gaussian_mean(window, q, 2, sample);
            return off * off;
        };
        CHECK(feature(features, window, p, 1, raw) == window.at(1, p));
        CHECK(feature(features, window, p, 1, fine) == doctest::Approx(gaussian_mean(window, p, 1, sample)));
        CHECK(feature(features, window, p, 1, coarse) ==
              doctest::Approx(gaussian_mean(window, p, 4, sample)));
        CHECK(feature(features, window, p, 1, deviation) ==
              doctest::Approx(std::sqrt(gaussian_mean(window, p, 2, squared))).epsilon(0.001));
    }
}

TEST_CASE("gradient_of_a_ramp_is_its_slope_and_no_data_has_no_features") {
    auto window = make_window(50, 50, 1, [](int, int x, int y) { return 3 * x + 4 * y; });
    window.valid.assign(window.pixel_count(), 1);
    window.valid[window.index({7, 7})] = 0;
    const auto features = all_features(window);
    CHECK(feature(features, window, {30, 30}, 0, gradient) == doctest::Approx(5).epsilon(0.001));
    for (const auto which : {raw, fine, coarse, deviation, gradient})
        CHECK(feature(features, window, {7, 7}, 0, which) == 0);
}

TEST_CASE("features_do_not_depend_on_where_a_window_is_cut_or_which_rows_are_asked_for") {
    const auto whole = make_window(90, 80, 1, noise);
    const auto part = make_window(2 * k_feature_reach_px + 1, 2 * k_feature_reach_px + 1, 1,
                                  [](int, int x, int y) { return noise(0, x + 31, y + 22); });
    const auto of_whole = all_features(whole), of_part = all_features(part);
    const auto few = row_features(whole, pixels_with_data(whole), 22 + k_feature_reach_px, 36);
    REQUIRE(few);
    for (const auto which : {raw, fine, coarse, deviation, gradient}) {
        const float expected =
            feature(of_whole, whole, {31 + k_feature_reach_px, 22 + k_feature_reach_px}, 0, which);
        CHECK(feature(of_part, part, {k_feature_reach_px, k_feature_reach_px}, 0, which) ==
              doctest::Approx(expected));
        CHECK(feature(*few, whole, {31 + k_feature_reach_px, 0}, 0, which) == doctest::Approx(expected));
    }
}

TEST_CASE("features_of_huge_samples_stay_finite") {
    const float huge = std::numeric_limits<float>::max();
    const auto window =
        make_window(9, 9, 1, [=](int, int x, int y) { return (x + y) % 2 == 0 ? huge : -huge; });
    for (const float value : all_features(window)) REQUIRE(std::isfinite(value));
    const auto one = make_window(1, 1, 1, [](int, int, int) { return 5; });
    const auto features = all_features(one);
    for (const auto which : {raw, fine, coarse})
        CHECK(feature(features, one, {0, 0}, 0, which) == doctest::Approx(5));
    for (const auto which : {deviation, gradient})
        CHECK(feature(features, one, {0, 0}, 0, which) == doctest::Approx(0).epsilon(1e-5));
}
