#include "assist/random_forest.h"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/assist/windows.h"

using assist::ForestSamples;
using assist::RandomForest;
using assist_test::noise;

namespace {

// Two features in 0…1 that say the class together but not alone (chequered), and `idle` of noise.
ForestSamples chequered(int count, int idle, int salt) {
    ForestSamples samples{.feature_count = 2 + idle, .class_count = 2, .features = {}, .classes = {}};
    for (int i = 0; i < count; ++i) {
        for (int f = 0; f < 2 + idle; ++f) samples.features.push_back(static_cast<float>(noise(salt, i, f)));
        const float* its =
            samples.features.data() + samples.features.size() - static_cast<std::size_t>(2 + idle);
        samples.classes.push_back((its[0] < 0.5F) == (its[1] < 0.5F) ? 1 : 0);
    }
    return samples;
}

double accuracy(const RandomForest& forest, const ForestSamples& samples) {
    const auto classes = static_cast<std::size_t>(samples.class_count);
    std::vector<float> probabilities(samples.classes.size() * classes);
    forest.predict(samples.features, probabilities);
    double right = 0;
    for (std::size_t i = 0; i < samples.classes.size(); ++i) {
        const auto own = probabilities[i * classes + static_cast<std::size_t>(samples.classes[i])];
        bool best = true;
        for (std::size_t c = 0; c < classes; ++c) best = best && probabilities[i * classes + c] <= own;
        right += best ? 1 : 0;
    }
    return right / static_cast<double>(samples.classes.size());
}

}  // namespace

TEST_CASE("forest_learns_what_two_features_only_say_together") {
    const auto forest = RandomForest::train(chequered(4000, 2, 1), {}, {});
    REQUIRE(forest);
    CHECK(accuracy(*forest, chequered(2000, 2, 2)) > 0.95);
}

TEST_CASE("forest_with_few_samples_uses_all_of_their_range") {
    // 400 samples: more values than thresholds; the class changes near the upper end.
    ForestSamples samples{.feature_count = 1, .class_count = 2, .features = {}, .classes = {}};
    for (int i = 0; i < 400; ++i) {
        samples.features.push_back(static_cast<float>(i));
        samples.classes.push_back(i >= 380 ? 1 : 0);
    }
    const auto forest = RandomForest::train(samples, {}, {});
    REQUIRE(forest);
    CHECK(accuracy(*forest, samples) > 0.99);
}

TEST_CASE("forest_gives_probabilities_that_sum_to_one_and_follow_the_mixture") {
    // Feature below 0.5: class 0 or 1 by a fair coin; above: class 2 for certain.
    ForestSamples samples{.feature_count = 1, .class_count = 3, .features = {}, .classes = {}};
    for (int i = 0; i < 3000; ++i) {
        const double value = noise(3, i, 0);
        samples.features.push_back(static_cast<float>(value));
        samples.classes.push_back(value > 0.5 ? 2 : noise(4, i, 1) < 0.5 ? 0 : 1);
    }
    const auto forest = RandomForest::train(samples, {.depth = 3}, {});
    REQUIRE(forest);
    const std::vector<float> asked{0.25F, 0.75F};
    std::vector<float> p(6);
    forest->predict(asked, p);
    CHECK(p[0] + p[1] + p[2] == doctest::Approx(1).epsilon(1e-4));
    CHECK(p[0] == doctest::Approx(0.5).epsilon(0.25));
    CHECK(p[2] < 0.05F);
    CHECK(p[5] > 0.95F);
}

TEST_CASE("forest_gives_a_rare_class_its_due") {
    ForestSamples samples{.feature_count = 1, .class_count = 2, .features = {}, .classes = {}};
    for (int i = 0; i < 5000; ++i) {
        const bool rare = i % 100 == 0;
        samples.features.push_back(static_cast<float>(noise(5, i, 0) + (rare ? 0.7 : 0)));
        samples.classes.push_back(rare ? 1 : 0);
    }
    const auto forest = RandomForest::train(samples, {.depth = 4}, {});
    REQUIRE(forest);
    const std::vector<float> asked{1.2F};
    std::vector<float> p(2);
    forest->predict(asked, p);
    CHECK(p[1] > 0.9F);
}

TEST_CASE("forest_is_the_same_with_the_same_seed_and_can_be_stopped") {
    const auto samples = chequered(600, 1, 6);
    const auto probabilities = [&](std::uint64_t seed) {
        const auto forest = RandomForest::train(samples, {.trees = 5, .seed = seed}, {});
        REQUIRE(forest);
        std::vector<float> p(samples.classes.size() * 2);
        forest->predict(samples.features, p);
        return p;
    };
    CHECK(probabilities(7) == probabilities(7));
    CHECK(probabilities(7) != probabilities(8));
    CHECK(RandomForest::train(samples, {}, assist_test::stopped()).error().kind ==
          base::ErrorKind::cancelled);
}
