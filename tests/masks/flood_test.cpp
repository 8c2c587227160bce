#include "masks/flood.h"

#include <set>

#include <doctest/doctest.h>

#include "brute.h"
#include "masks/paint.h"
#include "masks/value_counts.h"

namespace masks {
namespace {

using brute::Image;

TEST_CASE("bits_of_a_tile_say_where_values_are_and_turn_over") {
    std::mt19937 random(3);
    const Image image = brute::random_image(random, 200, 230, 3, 0.3);
    for (const Depth depth : {Depth::u8, Depth::u16}) {
        const Plane plane = brute::plane_of(image, depth);
        for (const Which which :
             {Which::of(2), Which::all_but(2), Which::of(0), Which::labelled(), Which::of(777)}) {
            const TileBits bits = bits_of(plane, {0, 0}, which), turned = bits.transposed();
            std::int64_t wrong = 0;
            for (std::int64_t y = 0; y < 256; ++y) {
                for (std::int64_t x = 0; x < 256; ++x) {
                    const bool wanted = image.has(x, y) && which.has(image.at(x, y));
                    wrong += bits.test(x, y) != wanted || turned.test(y, x) != wanted;
                }
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("filling_takes_the_region_of_the_seed_and_no_more") {
    std::mt19937 random(11);
    for (int round = 0; round < 24; ++round) {
        const std::int64_t width = 300 + 37 * (round % 12), height = 530 - 20 * (round % 11);
        const double noise = round % 3 == 0 ? 0.45 : 0.02 * (round % 3);
        const Image image = brute::random_image(random, width, height, 2, noise);
        const Plane plane = brute::plane_of(image, round % 2 == 0 ? Depth::u8 : Depth::u16);
        const bool eight = round % 4 < 2;
        FloodRule rule{.width_px = width, .height_px = height};
        rule.seed_x = std::uniform_int_distribution<std::int64_t>{0, width - 1}(random);
        rule.seed_y = std::uniform_int_distribution<std::int64_t>{0, height - 1}(random);
        rule.connectivity = eight ? Connectivity::eight : Connectivity::four;
        if (round % 5 == 4)
            rule.bounds = {rule.seed_x - 130, rule.seed_y - 111, rule.seed_x + 140, rule.seed_y + 99};
        const Value value = image.at(rule.seed_x, rule.seed_y);
        // What is out of bounds is of no value.
        Image bounded = image;
        for (std::int64_t y = 0; y < height; ++y) {
            for (std::int64_t x = 0; x < width; ++x) {
                const bool is_in =
                    x >= rule.bounds.x0 && x < rule.bounds.x1 && y >= rule.bounds.y0 && y < rule.bounds.y1;
                if (!is_in) bounded.at(x, y) = 99;
            }
        }
        const auto found = brute::regions(bounded, [](Value v) { return v == 99 ? -1 : int{v}; }, eight);
        const int wanted = found[static_cast<std::size_t>(rule.seed_y * width + rule.seed_x)];
        std::set<std::pair<int, int>> asked;
        const auto passes = same_value(plane, value);
        const auto flooded = flood(rule, [&](TileIndex tile) {
            CHECK(asked.emplace(tile.x, tile.y).second);
            return passes(tile);
        });
        REQUIRE(flooded);
        std::int64_t wrong = 0, pixels = 0;
        const Image filled = brute::image_of(flooded->filled);
        for (std::size_t i = 0; i < found.size(); ++i) {
            wrong += (filled.pixels[i] == 1) != (found[i] == wanted);
            pixels += found[i] == wanted ? 1 : 0;
        }
        CHECK(wrong == 0);
        CHECK(flooded->pixels == pixels);
    }
}

TEST_CASE("filling_everywhere_takes_what_passes_within_the_bounds") {
    std::mt19937 random(5);
    const Image image = brute::random_image(random, 700, 520, 3, 0.05);
    const PixelRect bounds{100, 50, 650, 500};
    const auto flooded =
        flood({.width_px = 700, .height_px = 520, .bounds = bounds, .reach = Reach::everywhere},
              same_value(brute::plane_of(image), 2));
    REQUIRE(flooded);
    std::int64_t wrong = 0;
    for (std::int64_t y = 0; y < 520; ++y) {
        for (std::int64_t x = 0; x < 700; ++x) {
            const bool is_in = x >= 100 && x < 650 && y >= 50 && y < 500;
            wrong += (flooded->filled.at(x, y) == 1) != (is_in && image.at(x, y) == 2);
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("a_huge_medium_is_filled_without_samples") {
    Plane plane(100000, 100000, Depth::u8);
    paint(plane, *stroke({50000, 50000}, {50000, 50000}, 9000), {.value = 3});
    const auto outside =
        flood({.width_px = 100000, .height_px = 100000, .seed_x = 7, .seed_y = 99999}, same_value(plane, 0));
    REQUIRE(outside);
    ValueCounts counts;
    counts.follow(plane);
    CHECK(outside->pixels == counts.of(0));
    CHECK(outside->filled.at(50000, 50000) == 0);
    CHECK(outside->filled.at(50000, 100) == 1);
    const auto inside = flood({.width_px = 100000, .height_px = 100000, .seed_x = 50000, .seed_y = 50000},
                              same_value(plane, 3));
    REQUIRE(inside);
    CHECK(inside->pixels == counts.of(3));
}

TEST_CASE("at_the_corner_of_four_tiles_only_the_diagonal_pixel_is_a_neighbour") {
    for (const auto& [x, y] : {std::pair{254, 255}, {255, 254}, {255, 255}}) {
        Plane plane(512, 512, Depth::u8);
        for (const auto& [at_x, at_y] : {std::pair{256, 256}, {x, y}})
            paint(plane, *rectangle({at_x + 0.0, at_y + 0.0, at_x + 1.0, at_y + 1.0}), {.value = 1});
        const auto flooded = flood({.width_px = 512,
                                    .height_px = 512,
                                    .seed_x = 256,
                                    .seed_y = 256,
                                    .connectivity = Connectivity::eight},
                                   same_value(plane, 1));
        REQUIRE(flooded);
        CHECK(flooded->pixels == (x == 255 && y == 255 ? 2 : 1));
    }
}

TEST_CASE("beyond_the_limit_what_is_gone_through_stays_packed") {
    Plane noise(4096, 2048, Depth::u8);
    for (int y = 0; y < noise.rows(); ++y) {
        for (int x = 0; x < noise.columns(); ++x) {
            const auto bytes = noise.write({x, y});
            for (std::size_t i = 0; i < bytes.size(); ++i)
                bytes[i] = static_cast<std::byte>(1 + (i * i + i / 7) % 3 % 2);
        }
    }
    const std::int64_t whole = std::int64_t{4096} * 2048;
    const auto expected =
        flood({.width_px = 4096, .height_px = 2048, .reach = Reach::everywhere}, same_value(noise, 1));
    REQUIRE(expected);
    noise.let_go_of_samples();
    expected->filled.let_go_of_samples();
    const std::int64_t before = Block::samples_in_memory_bytes();
    Block::limit_samples(before + whole / 8);
    const auto packed =
        flood({.width_px = 4096, .height_px = 2048, .reach = Reach::everywhere}, same_value(noise, 1));
    const std::int64_t after = Block::samples_in_memory_bytes();
    Block::limit_samples(std::int64_t{1} << 30);
    REQUIRE(packed);
    CHECK(after < before + whole / 4);
    CHECK(packed->pixels == expected->pixels);
    bool differs = false;
    Plane::each_difference(expected->filled, packed->filled, [&](const auto&, const Slot& a, const Slot& b) {
        differs |= !same_samples(a, b);
    });
    CHECK_FALSE(differs);
}

TEST_CASE("a_plane_that_was_filled_and_emptied_tile_by_tile_is_empty") {
    Plane plane(300, 300, Depth::u8);
    plane.put({0, 0, 2, 2}, {nullptr, 5});
    for (const auto& [x, y] : {std::pair{1, 1}, {0, 1}, {1, 0}, {0, 0}}) {
        CHECK_FALSE(plane.empty());
        plane.put({x, y}, {});
    }
    CHECK(plane.empty());
}

TEST_CASE("seeds_that_do_not_pass_fill_nothing_and_failures_are_passed_on") {
    const Plane plane(1, 1, Depth::u8);
    CHECK(flood({.width_px = 1, .height_px = 1}, same_value(plane, 0))->pixels == 1);
    CHECK(flood({.width_px = 1, .height_px = 1}, same_value(plane, 4))->pixels == 0);
    CHECK(flood({.width_px = 1, .height_px = 1, .seed_x = 1}, same_value(plane, 0))->pixels == 0);
    CHECK(flood({.width_px = 1, .height_px = 1, .seed_y = -1}, same_value(plane, 0))->filled.empty());
    const auto failed = flood({.width_px = 1, .height_px = 1}, [](TileIndex) -> base::Result<Slot> {
        return base::fail(base::ErrorKind::io, "The disk is gone");
    });
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == base::ErrorKind::io);
    std::stop_source stop;
    stop.request_stop();
    const auto cancelled = flood({.width_px = 1000, .height_px = 1000, .reach = Reach::everywhere},
                                 same_value(Plane(1000, 1000, Depth::u8), 0), stop.get_token());
    REQUIRE_FALSE(cancelled);
    CHECK(cancelled.error().kind == base::ErrorKind::cancelled);
}

}  // namespace
}  // namespace masks
