#include "assist/pixel_forest.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist::ForestReport;
using assist::PixelForestOptions;
using assist::train_pixel_forest;
using assist::TrainingWindow;
using assist::WindowSamples;
using assist_test::k_nan;
using assist_test::make_window;
using assist_test::noise;

namespace {

// Left: fine noise; right: the same values in blobs. No single sample tells them apart, only their texture.
WindowSamples textures() {
    return make_window(240, 160, 1, [](int, int x, int y) {
        return 100 * (x < 120 ? noise(0, x, y) : noise(0, x / 6 + 500, y / 6));
    });
}

template <class Class>
TrainingWindow painted(WindowSamples samples, Class class_of) {
    TrainingWindow window{.samples = std::move(samples), .strokes = {}};
    for (int y = 0; y < window.samples.height; ++y)
        for (int x = 0; x < window.samples.width; ++x)
            window.strokes.push_back(static_cast<std::uint16_t>(class_of(x, y)));
    return window;
}

// Two strokes a side.
int texture_strokes(int x, int y) {
    const bool on_stroke = (y >= 20 && y < 28) || (y >= 100 && y < 108);
    if (!on_stroke) return 0;
    return x >= 15 && x < 105 ? 7 : x >= 135 && x < 225 ? 300 : 0;
}

}  // namespace

TEST_CASE("pixel_forest_tells_two_textures_apart_from_two_strokes_each") {
    const std::vector windows{painted(textures(), texture_strokes)};
    const auto trained = train_pixel_forest(windows, {});
    REQUIRE(trained);
    CHECK(trained->forest.class_values() == std::vector<std::uint16_t>{7, 300});
    const auto predicted = trained->forest.predict(windows[0].samples);
    REQUIRE(predicted);
    int wrong = 0, unsure_wrong = 0;
    for (int y = 0; y < 160; ++y)
        for (int x = 0; x < 240; ++x) {
            const auto i = windows[0].samples.index({x, y});
            if (predicted->value[i] == (x < 120 ? 7 : 300)) continue;
            ++wrong;
            if (predicted->confidence[i] < 240) ++unsure_wrong;
        }
    CHECK(wrong < 0.05 * 240 * 160);
    CHECK(unsure_wrong > 0.8 * wrong);
    const auto& report = trained->report;
    REQUIRE(report.accuracy);
    CHECK(*report.accuracy > 0.9);
}

TEST_CASE("pixel_forest_report_adds_up") {
    const std::vector windows{painted(textures(), texture_strokes)};
    const auto trained = train_pixel_forest(windows, {.trees = 10, .held_out = 0.3});
    REQUIRE(trained);
    const ForestReport& report = trained->report;
    REQUIRE(report.classes.size() == 2);
    std::size_t held_out = 0, right = 0;
    for (std::size_t c = 0; c < 2; ++c) {
        const auto& its = report.classes[c];
        CHECK(its.painted_px == 2 * 8 * 90);
        CHECK(its.learned_px + its.held_out_px == its.painted_px);
        CHECK(its.held_out_px > 0);
        CHECK(report.confused(c, 0) + report.confused(c, 1) == its.held_out_px);
        REQUIRE(its.recall);
        CHECK(*its.recall == doctest::Approx(static_cast<double>(report.confused(c, c)) /
                                             static_cast<double>(its.held_out_px)));
        REQUIRE(its.precision);
        CHECK(*its.precision ==
              doctest::Approx(static_cast<double>(report.confused(c, c)) /
                              static_cast<double>(report.confused(0, c) + report.confused(1, c))));
        held_out += its.held_out_px;
        right += report.confused(c, c);
    }
    CHECK(*report.accuracy == doctest::Approx(static_cast<double>(right) / static_cast<double>(held_out)));
}

TEST_CASE("pixel_forest_accuracy_of_what_cannot_be_told_apart_is_a_coin_toss") {
    // The same smooth noise on both sides. Held-out pixels of the same stroke would be known from their
    // neighbours and give an accuracy near 1; whole blocks must not.
    const auto smooth = make_window(
        256, 256, 1, [](int, int x, int y) { return noise(9, x / 8, y / 8) + 0.001 * noise(8, x, y); });
    const std::vector windows{
        painted(smooth, [](int x, int y) { return (y / 16) % 2 == 0 ? x / 16 % 2 + 1 : 0; })};
    const auto trained = train_pixel_forest(windows, {.trees = 20});
    REQUIRE(trained);
    REQUIRE(trained->report.accuracy);
    CHECK(*trained->report.accuracy < 0.7);
    CHECK(*trained->report.accuracy > 0.3);
}

TEST_CASE("pixel_forest_learns_from_all_strokes_though_some_were_held_out") {
    // A third class in two blocks, one of which is held out: both must come out right.
    auto samples = make_window(96, 32, 1, [](int, int x, int) { return x < 32 ? 0 : x < 64 ? 50 : 100; });
    const std::vector windows{painted(samples, [](int x, int) { return x / 32 + 1; })};
    const auto trained = train_pixel_forest(windows, {.trees = 10, .held_out = 0.9});
    REQUIRE(trained);
    const auto predicted = trained->forest.predict(samples);
    REQUIRE(predicted);
    CHECK(predicted->value == windows[0].strokes);
    CHECK(predicted->confidence[samples.index({5, 5})] > 250);
}

TEST_CASE("pixel_forest_holds_nothing_out_of_a_class_in_one_block") {
    auto samples = make_window(64, 16, 2, [](int, int x, int) { return x < 16 ? 0 : 9; });
    const std::vector windows{painted(samples, [](int x, int) { return x < 16 ? 1 : 2; })};
    const auto trained = train_pixel_forest(windows, {.trees = 5});
    REQUIRE(trained);
    CHECK(trained->report.classes[0].held_out_px == 0);
    CHECK_FALSE(trained->report.classes[0].recall);
    CHECK(trained->report.classes[1].held_out_px == 256);
    const auto none = train_pixel_forest(windows, {.trees = 5, .held_out = 0});
    REQUIRE(none);
    CHECK_FALSE(none->report.accuracy);
}

TEST_CASE("pixel_forest_learns_from_several_windows_and_thins_large_strokes") {
    const auto even = [](double value) {
        return make_window(200, 150, 1, [=](int, int x, int y) { return value + noise(0, x, y); });
    };
    const std::vector windows{painted(even(0), [](int, int) { return 4; }),
                              painted(even(5), [](int, int) { return 2; })};
    const auto trained = train_pixel_forest(windows, {.trees = 5, .most_samples_a_class = 1000});
    REQUIRE(trained);
    CHECK(trained->report.classes[0].value == 2);
    CHECK(trained->report.classes[0].painted_px == 30000);
    CHECK(trained->report.classes[0].learned_px == 1000);
    CHECK(trained->report.classes[0].held_out_px == 1000);
    CHECK(*trained->report.accuracy == 1);
    CHECK(trained->forest.predict(even(5))->value == std::vector<std::uint16_t>(30000, 2));
}

TEST_CASE("pixel_forest_says_nothing_about_no_data") {
    auto samples = textures();
    for (int y = 0; y < 160; ++y) samples.values[samples.index({50, y})] = k_nan;
    samples.valid.assign(samples.pixel_count(), 1);
    for (int x = 0; x < 240; ++x) samples.valid[samples.index({x, 24})] = 0;
    const std::vector windows{painted(samples, texture_strokes)};
    const auto trained = train_pixel_forest(windows, {.trees = 5});
    REQUIRE(trained);
    CHECK(trained->report.classes[0].painted_px == (8 + 7) * 89);
    const auto predicted = trained->forest.predict(samples);
    REQUIRE(predicted);
    const auto has_data = assist::pixels_with_data(samples);
    for (std::size_t i = 0; i < has_data.size(); ++i) {
        REQUIRE((predicted->value[i] != assist::k_unpainted) == (has_data[i] != 0));
        REQUIRE((predicted->confidence[i] != 0) == (has_data[i] != 0));
    }
}

TEST_CASE("pixel_forest_is_the_same_with_the_same_seed") {
    const std::vector windows{painted(textures(), texture_strokes)};
    const auto confidence = [&](std::uint64_t seed) {
        const auto trained =
            train_pixel_forest(windows, {.trees = 4, .seed = seed, .most_samples_a_class = 300});
        REQUIRE(trained);
        return std::pair{trained->forest.predict(windows[0].samples)->confidence, trained->report.confusion};
    };
    CHECK(confidence(3) == confidence(3));
    CHECK(confidence(3) != confidence(4));
}

TEST_CASE("pixel_forest_says_why_it_cannot") {
    const auto refusal = [](const TrainingWindow& window, PixelForestOptions options = {}) {
        const auto trained = train_pixel_forest({&window, 1}, options);
        CHECK((trained || trained.error().kind == base::ErrorKind::refused));
        return trained ? "" : trained.error().message;
    };
    const auto samples = make_window(20, 20, 1, noise);
    const auto halves = painted(samples, [](int x, int) { return x < 10 ? 1 : 2; });
    CHECK(refusal(painted(samples, [](int, int) { return 0; })).starts_with("Nothing is painted"));
    CHECK(refusal(painted(samples, [](int, int) { return 5; })) ==
          "Only the class 5 is painted; paint over at least two classes.");
    CHECK(refusal(painted(samples, [](int x, int y) { return x == 0 && y < 9 ? 1 : 2; })) ==
          "The class 1 has 9 painted pixels with data; paint at least 10.");
    CHECK(refusal(painted(make_window(20, 20, 1, [](int, int, int) { return k_nan; }), [](int x, int) {
              return x < 10 ? 1 : 2;
          })).starts_with("Nothing is painted where there is data"));
    CHECK(refusal(halves, {.held_out = 1}).starts_with("The share held out"));
    CHECK(refusal({}).starts_with("There are no pixels here"));
    CHECK(train_pixel_forest({}, {}).error().kind == base::ErrorKind::refused);
    const std::vector unequal{halves, painted(make_window(20, 20, 2, noise), [](int, int) { return 3; })};
    CHECK(
        train_pixel_forest(unequal, {}).error().message.starts_with("The parts to learn from have 1 and 2"));
    CHECK(train_pixel_forest({&halves, 1}, {}, assist_test::stopped()).error().kind ==
          base::ErrorKind::cancelled);
    const auto trained = train_pixel_forest({&halves, 1}, {.trees = 2});
    REQUIRE(trained);
    CHECK(trained->forest.predict(make_window(4, 4, 2, noise)).error().message ==
          "The classifier learned from 1 bands and here are 2; train it again with these.");
    CHECK(trained->forest.predict({}).error().kind == base::ErrorKind::refused);
    CHECK(trained->forest.predict(samples, assist_test::stopped()).error().kind ==
          base::ErrorKind::cancelled);
    CHECK(trained->forest.predict(make_window(1, 1, 1, noise))->value.size() == 1);
}
