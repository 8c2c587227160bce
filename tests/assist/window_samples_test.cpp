#include "assist/window_samples.h"

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist_test::k_nan;
using assist_test::make_window;

TEST_CASE("a_pixel_has_data_when_it_is_valid_and_every_chosen_band_is_finite") {
    auto window = make_window(4, 1, 2, [](int band, int x, int) {
        return band == 1 && x == 1 ? k_nan : band == 0 && x == 2 ? INFINITY : 1.0F;
    });
    CHECK(assist::pixels_with_data(window) == std::vector<std::uint8_t>{1, 0, 0, 1});
    CHECK(assist::pixels_with_data(window, std::vector{1}) == std::vector<std::uint8_t>{1, 0, 1, 1});
    window.valid = {0, 255, 255, 255};
    CHECK(assist::pixels_with_data(window) == std::vector<std::uint8_t>{0, 0, 0, 1});
}

TEST_CASE("robust_range_leaves_out_the_outermost_hundredths_and_no_data") {
    auto window = make_window(100, 101, 1, [](int, int x, int y) { return x == 0 ? 1e9 : y; });
    window.valid.assign(window.pixel_count(), 1);
    for (int y = 0; y < 101; ++y) window.valid[window.index({0, y})] = 0;
    const auto range = assist::robust_range(window, 0, assist::pixels_with_data(window));
    CHECK(range.low == doctest::Approx(2));
    CHECK(range.high == doctest::Approx(98));
}

TEST_CASE("robust_range_of_a_mostly_flat_band_spans_what_little_there_is") {
    const auto window = make_window(20, 20, 1, [](int, int x, int y) { return x == 3 && y == 4 ? 9 : 1; });
    const auto range = assist::robust_range(window, 0, assist::pixels_with_data(window));
    CHECK(range.low == 1);
    CHECK(range.high == 9);
    CHECK(assist::robust_range(window, 0, std::vector<std::uint8_t>(400, 0)).high == 0);
}

TEST_CASE("normalised_interleaves_the_bands_and_is_zero_without_data") {
    const auto window = make_window(200, 2, 2, [](int band, int x, int y) {
        return x == 7 && y == 1 ? k_nan : band == 0 ? 10.0F + static_cast<float>(x) : 5.0F;
    });
    const auto scaled = assist::normalised(window, {}, assist::pixels_with_data(window));
    REQUIRE(scaled.size() == 800);
    CHECK(scaled[2 * (200 + 7)] == 0);
    CHECK(scaled[2 * 100] == doctest::Approx(0.5).epsilon(0.05));
    CHECK(scaled[2 * 100 + 1] == 0);  // a flat band
    CHECK(scaled[0] < 0);             // beyond the robust range, not clipped at it
}
