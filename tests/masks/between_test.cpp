#include "masks/between.h"

#include <cmath>

#include <doctest/doctest.h>

#include "brute.h"
#include "masks/paint.h"
#include "masks/run_lengths.h"

namespace masks {
namespace {

using brute::Image;

std::vector<double> plain_signed_distances(const Image& image, Value value) {
    std::vector<double> found;
    for (std::int64_t y = 0; y < image.height; ++y) {
        for (std::int64_t x = 0; x < image.width; ++x) {
            const bool is_in = image.at(x, y) == value;
            std::int64_t least = std::int64_t{1} << 40;
            for (std::int64_t v = 0; v < image.height; ++v) {
                for (std::int64_t u = 0; u < image.width; ++u) {
                    if ((image.at(u, v) == value) != is_in)
                        least = std::min(least, (u - x) * (u - x) + (v - y) * (v - y));
                }
            }
            const double distance = std::sqrt(static_cast<double>(least)) - 0.5;
            found.push_back(is_in ? distance : -distance);
        }
    }
    return found;
}

TEST_CASE("a_mask_between_two_follows_their_signed_distances") {
    std::mt19937 random(53);
    for (int round = 0; round < 12; ++round) {
        const std::int64_t width = 20 + 5 * round, height = 90 - 4 * round;
        const Image a = brute::random_image(random, width, height, 1, 0.004),
                    b = brute::random_image(random, width, height, 1, 0.004);
        const Plane plane_a = brute::plane_of(a), plane_b = brute::plane_of(b);
        if (tight_bounds(plane_a, Which::of(1)).empty() || tight_bounds(plane_b, Which::of(1)).empty())
            continue;
        const auto from = plain_signed_distances(a, 1), to = plain_signed_distances(b, 1);
        for (const double t : {0.0, 0.25, 0.4, 1.0}) {
            const auto result = between(plane_a, plane_b, 1, t);
            REQUIRE(result);
            std::int64_t wrong = 0;
            const Image now = brute::image_of(*result);
            for (std::size_t i = 0; i < now.pixels.size(); ++i) {
                const double sum = (1 - t) * from[i] + t * to[i];
                wrong += std::abs(sum) > 1e-9 && (now.pixels[i] == 1) != (sum >= 0);
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("a_disc_between_two_discs_has_the_radius_between_theirs") {
    Plane a(100000, 100000, Depth::u8), b(100000, 100000, Depth::u8);
    paint(a, *stroke({50000, 50000}, {50000, 50000}, 300), {.value = 8});
    paint(b, *stroke({50000, 50000}, {50000, 50000}, 900), {.value = 8});
    paint(b, *stroke({50000, 50000}, {50000, 50000}, 20), {.value = 7});
    paint(a, *stroke({50000, 50000}, {50000, 50000}, 20), {.value = 7});
    const auto half = between(a, b, 8, 0.5);
    REQUIRE(half);
    const PixelRect bounds = tight_bounds(*half, Which::of(8));
    CHECK(std::abs(static_cast<double>(bounds.width()) - 1200) <= 2);
    CHECK(half->at(50000, 50000) == 0);
    CHECK(half->at(50000, 50030) == 8);

    const auto kind_of = [](const auto& result) {
        return result ? base::ErrorKind::io : result.error().kind;
    };
    std::stop_source stop;
    stop.request_stop();
    CHECK(kind_of(between(a, b, 8, 0.5, stop.get_token())) == base::ErrorKind::cancelled);
    CHECK(kind_of(between(a, b, 9, 0.5)) == base::ErrorKind::refused);
    CHECK(kind_of(between(a, b, 8, std::nan(""))) == base::ErrorKind::refused);
    CHECK(kind_of(between(a, Plane(9, 9, Depth::u8), 8, 0.5)) == base::ErrorKind::refused);
}

TEST_CASE("masks_that_fill_the_medium_have_no_border") {
    Plane all(300, 260, Depth::u16), part = all;
    paint(all, *rectangle({0, 0, 300, 260}), {.value = 1000});
    paint(part, *rectangle({100, 100, 101, 101}), {.value = 1000});
    CHECK(between(all, all, 1000, 0.5)->at(0, 0) == 1000);
    CHECK(between(all, part, 1000, 0.9)->at(299, 0) == 1000);
    CHECK(between(all, part, 1000, 1)->at(299, 0) == 0);
    const Plane pixel = brute::plane_of({1, 1, {3}});
    CHECK(between(pixel, pixel, 3, 0.5)->at(0, 0) == 3);
}

}  // namespace
}  // namespace masks
