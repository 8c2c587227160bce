#include "masks/morphology.h"

#include <doctest/doctest.h>

#include "brute.h"
#include "masks/paint.h"
#include "masks/smooth.h"

namespace masks {
namespace {

using brute::Image;
using Mask = std::vector<bool>;

Mask mask_of(const Image& image, const Which& which) {
    Mask mask;
    for (const Value value : image.pixels) mask.push_back(which.has(value));
    return mask;
}

// The square of the distance to the nearest that is set, or more than the radius allows.
std::vector<int> plain_distances(const Image& size, const Mask& mask, int radius) {
    std::vector<int> found(mask.size(), 1 << 30);
    for (std::int64_t y = 0; y < size.height; ++y) {
        for (std::int64_t x = 0; x < size.width; ++x) {
            int& least = found[static_cast<std::size_t>(y * size.width + x)];
            for (int dy = -radius; dy <= radius; ++dy) {
                for (int dx = -radius; dx <= radius; ++dx) {
                    if (dx * dx + dy * dy >= least || !size.has(x + dx, y + dy)) continue;
                    if (mask[static_cast<std::size_t>((y + dy) * size.width + x + dx)])
                        least = dx * dx + dy * dy;
                }
            }
        }
    }
    return found;
}

Mask plain_grown(const Image& size, const Mask& mask, int radius) {
    Mask result;
    for (const int distance : plain_distances(size, mask, radius))
        result.push_back(distance <= radius * radius);
    return result;
}
Mask plain_shrunk(const Image& size, Mask mask, int radius) {
    mask.flip();
    Mask result = plain_grown(size, mask, radius);
    result.flip();
    return result;
}

std::int64_t tiles_that_differ(const Plane& a, const Plane& b) {
    std::int64_t tiles = 0;
    Plane::each_difference(
        a, b, [&](const TileRect& at, const Slot&, const Slot&) { tiles += at.columns * at.rows; });
    return tiles;
}

TEST_CASE("margins_of_a_value_are_exact_discs") {
    std::mt19937 random(17);
    for (int round = 0; round < 9; ++round) {
        const std::int64_t width = round == 0 ? 1 : 180 + 31 * round, height = round == 0 ? 1
                                                                               : round == 7
                                                                                   ? 60
                                                                                   : 420 - 17 * round;
        const int radius = round == 7 ? 33 : round % 4 == 3 ? 9 : 1 + round % 5;
        const Image image = brute::random_image(random, width, height, 2, round % 3 * 0.01);
        const Plane plane = brute::plane_of(image, round % 2 == 0 ? Depth::u8 : Depth::u16);
        MarginRule rule{.which = Which::of(round % 6 == 5 ? 0 : 1), .radius_px = radius, .with = 2};
        if (round % 3 == 0) {
            auto over = std::make_shared<std::bitset<65536>>();
            over->set(0).set(rule.which.value);
            rule.over = over;
        }
        const Mask mask = mask_of(image, rule.which);
        const auto check = [&](const base::Result<Plane>& result, const Mask& wanted) {
            REQUIRE(result);
            const Image now = brute::image_of(*result);
            std::int64_t wrong = 0;
            for (std::size_t i = 0; i < mask.size(); ++i) {
                Value value = image.pixels[i];
                if (!rule.over || rule.over->test(value)) {
                    if (wanted[i] && !mask[i]) value = rule.which.value;
                    if (!wanted[i] && mask[i]) value = 2;
                }
                wrong += now.pixels[i] != value;
            }
            CHECK(wrong == 0);
        };
        const Mask grown_mask = plain_grown(image, mask, radius),
                   shrunk_mask = plain_shrunk(image, mask, radius);
        check(grown(plane, rule), grown_mask);
        check(shrunk(plane, rule), shrunk_mask);
        check(opened(plane, rule), plain_grown(image, shrunk_mask, radius));
        check(closed(plane, rule), plain_shrunk(image, grown_mask, radius));
    }
}

TEST_CASE("all_labels_grow_at_once_each_to_where_it_is_the_nearest") {
    std::mt19937 random(23);
    for (int round = 0; round < 4; ++round) {
        const int radius = 2 + 3 * round;
        Image image = brute::random_image(random, 300, 270, 0, 0);
        for (int i = 0; i < 120; ++i) {
            image.at(static_cast<std::int64_t>(random() % 300), static_cast<std::int64_t>(random() % 270)) =
                static_cast<Value>(1 + random() % 4);
        }
        const Plane plane = brute::plane_of(image);
        const auto result = grown(plane, {.radius_px = radius});
        const auto close = closed(plane, {.radius_px = radius});
        REQUIRE(result);
        REQUIRE(close);
        const Image now = brute::image_of(*result), now_closed = brute::image_of(*close);
        const Mask all = mask_of(image, Which::labelled());
        const auto nearest = plain_distances(image, all, radius);
        const Mask closed_mask = plain_shrunk(image, plain_grown(image, all, radius), radius);
        std::int64_t wrong = 0;
        for (int value = 1; value <= 4; ++value) {
            const auto of_value =
                plain_distances(image, mask_of(image, Which::of(static_cast<Value>(value))), radius);
            for (std::size_t i = 0; i < nearest.size(); ++i) {
                if (now.pixels[i] == value)
                    wrong += of_value[i] != nearest[i] || nearest[i] > radius * radius;
                if (now_closed.pixels[i] == value) wrong += of_value[i] != nearest[i];
            }
        }
        for (std::size_t i = 0; i < nearest.size(); ++i) {
            wrong += (now.pixels[i] != 0) != (nearest[i] <= radius * radius);
            wrong += (now_closed.pixels[i] != 0) != closed_mask[i];
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("the_widest_margin_reaches_a_tile_far") {
    Plane plane(1000, 900, Depth::u8);
    paint(plane, *rectangle({511, 300, 512, 301}), {.value = 6});
    const auto disc = grown(plane, {.which = Which::of(6), .radius_px = 256});
    REQUIRE(disc);
    std::int64_t wrong = 0;
    for (std::int64_t y = 0; y < 900; ++y) {
        for (std::int64_t x = 0; x < 1000; ++x)
            wrong += disc->at(x, y) != ((x - 511) * (x - 511) + (y - 300) * (y - 300) <= 256 * 256 ? 6 : 0);
    }
    CHECK(wrong == 0);
    const auto back = shrunk(*disc, {.which = Which::of(6), .radius_px = 256});
    REQUIRE(back);
    CHECK(back->at(511, 300) == 6);
    CHECK(back->at(513, 300) == 0);
    const auto kind_of = [](const auto& result) {
        return result ? base::ErrorKind::io : result.error().kind;
    };
    CHECK(kind_of(grown(plane, {.radius_px = 257})) == base::ErrorKind::refused);
    CHECK(kind_of(closed(plane, {.radius_px = -1})) == base::ErrorKind::refused);
    CHECK(kind_of(smoothed(plane, 300)) == base::ErrorKind::refused);
    CHECK(brute::image_of(*grown(plane, {.radius_px = 0})) == brute::image_of(plane));
}

TEST_CASE("smoothing_takes_the_majority_of_the_window") {
    std::mt19937 random(29);
    for (int round = 0; round < 8; ++round) {
        const std::int64_t width = round == 0 ? 1 : 210 + 41 * round,
                           height = round == 0 ? 1 : 330 - 11 * round;
        const int radius = 1 + round % 4 * 2;
        const Image image = brute::random_image(random, width, height, 3, round % 3 * 0.3);
        auto over = std::make_shared<std::bitset<65536>>();
        over->set(0).set(2);
        const bool is_limited = round % 4 == 3;
        const auto result = smoothed(brute::plane_of(image, round % 2 == 0 ? Depth::u8 : Depth::u16), radius,
                                     is_limited ? over : Over{});
        REQUIRE(result);
        Image wanted = image;
        for (std::int64_t y = 0; y < height; ++y) {
            for (std::int64_t x = 0; x < width; ++x) {
                std::array<int, 4> counts{};
                for (int dy = -radius; dy <= radius; ++dy) {
                    for (int dx = -radius; dx <= radius; ++dx) {
                        if (image.has(x + dx, y + dy)) ++counts[image.at(x + dx, y + dy)];
                    }
                }
                const auto most = std::ranges::max_element(counts);
                const Value own = image.at(x, y);
                if (counts[own] < *most && (!is_limited || over->test(own)))
                    wanted.at(x, y) = static_cast<Value>(most - counts.begin());
            }
        }
        CHECK(brute::image_of(*result) == wanted);
    }
}

TEST_CASE("margins_of_a_huge_mask_touch_its_border_alone") {
    Plane plane(100000, 100000, Depth::u8);
    paint(plane, *rectangle({10000, 10000, 30000, 30000}), {.value = 1});
    const auto more = grown(plane, {.which = Which::of(1), .radius_px = 10});
    REQUIRE(more);
    CHECK(more->at(9990, 20000) == 1);
    CHECK(more->at(9989, 20000) == 0);
    const std::int64_t border = 4 * (20000 / 256 + 3);
    CHECK(tiles_that_differ(plane, *more) < border);
    const auto less = opened(plane, {.which = Which::of(1), .radius_px = 10});
    REQUIRE(less);
    CHECK(less->at(10000, 10000) == 0);
    CHECK(tiles_that_differ(plane, *less) == 4);
    CHECK(tiles_that_differ(plane, *smoothed(plane, 3)) == 4);
    std::stop_source stop;
    stop.request_stop();
    const auto kind_of = [](const auto& result) {
        return result ? base::ErrorKind::io : result.error().kind;
    };
    CHECK(kind_of(grown(plane, {}, stop.get_token())) == base::ErrorKind::cancelled);
    CHECK(kind_of(opened(plane, {}, stop.get_token())) == base::ErrorKind::cancelled);
    CHECK(kind_of(smoothed(plane, 1, {}, stop.get_token())) == base::ErrorKind::cancelled);
}

}  // namespace
}  // namespace masks
