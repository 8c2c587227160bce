#include "masks/combine.h"

#include <doctest/doctest.h>

#include "brute.h"
#include "masks/paint.h"
#include "masks/run_lengths.h"

namespace masks {
namespace {

using brute::Image;

std::int64_t tiles_that_differ(const Plane& a, const Plane& b) {
    std::int64_t tiles = 0;
    Plane::each_difference(
        a, b, [&](const TileRect& at, const Slot&, const Slot&) { tiles += at.columns * at.rows; });
    return tiles;
}
Over only(std::initializer_list<Value> values) {
    auto over = std::make_shared<std::bitset<65536>>();
    for (const Value value : values) over->set(value);
    return over;
}
const auto kind_of = [](const auto& result) { return result ? base::ErrorKind::io : result.error().kind; };

TEST_CASE("values_are_recoded_all_at_once") {
    std::mt19937 random(41);
    for (int round = 0; round < 8; ++round) {
        const Image image = brute::random_image(random, 1 + 120 * round, 700 - 61 * round, 4, 0.05);
        const Plane plane = brute::plane_of(image, round % 2 == 0 ? Depth::u8 : Depth::u16);
        std::vector<std::pair<Value, Value>> table{{1, 2}, {2, 1}, {4, 0}};
        if (round % 3 == 0) table.emplace_back(0, 9);
        const auto result = recoded(plane, table);
        REQUIRE(result);
        Image wanted = image;
        for (Value& pixel : wanted.pixels) {
            for (const auto& [from, to] : table) {
                if (pixel != from) continue;
                pixel = to;
                break;
            }
        }
        CHECK(brute::image_of(*result) == wanted);
        // Equal masks have equal tiles, beyond the edge of the medium too.
        std::int64_t different = 0;
        Plane::each_difference(
            *result, brute::plane_of(wanted, plane.depth()),
            [&](const TileRect&, const Slot& a, const Slot& b) { different += !same_samples(a, b); });
        CHECK(different == 0);
        CHECK(tiles_that_differ(plane, *recoded(plane, {})) == 0);
    }
    CHECK(kind_of(recoded(Plane(9, 9, Depth::u8), {{{1, 256}}})) == base::ErrorKind::refused);
    Plane huge(100000, 100000, Depth::u8);
    paint(huge, *stroke({50000, 50000}, {50000, 50000}, 20000), {.value = 3});
    const auto inverse = recoded(huge, {{{0, 3}, {3, 0}}});
    REQUIRE(inverse);
    CHECK(inverse->at(0, 0) == 3);
    CHECK(inverse->at(50000, 50000) == 0);
}

TEST_CASE("planes_are_combined_as_sets") {
    std::mt19937 random(43);
    for (int round = 0; round < 20; ++round) {
        const std::int64_t width = 1 + 45 * round, height = 900 - 40 * round;
        const Image a = brute::random_image(random, width, height, 3, 0.02),
                    b = brute::random_image(random, width, height, 3, 0.02);
        const auto how = static_cast<Combine>(round % 5);
        const Over over = round % 3 == 2 ? only({0, 1}) : Over{};
        const auto result = combined(brute::plane_of(a, round % 2 == 0 ? Depth::u8 : Depth::u16),
                                     brute::plane_of(b, round % 4 < 2 ? Depth::u8 : Depth::u16), how, over);
        REQUIRE(result);
        Image wanted = a;
        for (std::size_t i = 0; i < a.pixels.size(); ++i) {
            const Value x = a.pixels[i], y = b.pixels[i];
            Value value = x;
            if (how == Combine::unite) value = x != 0 ? x : y;
            if (how == Combine::paste) value = y != 0 ? y : x;
            if (how == Combine::intersect) value = y != 0 ? x : Value{0};
            if (how == Combine::subtract) value = y == 0 ? x : Value{0};
            if (how == Combine::exclude) value = x == 0 ? y : y == 0 ? x : Value{0};
            if (!over || over->test(x)) wanted.pixels[i] = value;
        }
        CHECK(brute::image_of(*result) == wanted);
    }
    Plane wide(500, 500, Depth::u16);
    paint(wide, *ellipse({10, 10, 400, 400}), {.value = 300});
    CHECK(kind_of(combined(Plane(500, 500, Depth::u8), wide, Combine::unite)) == base::ErrorKind::refused);
    CHECK(kind_of(combined(Plane(500, 501, Depth::u16), wide, Combine::unite)) == base::ErrorKind::refused);
    Plane big(100000, 100000, Depth::u8), stamp = big;
    paint(big, *rectangle({0, 0, 100000, 90000}), {.value = 1});
    paint(stamp, *rectangle({3000, 3000, 3100, 3100}), {.value = 2});
    CHECK(tiles_that_differ(*combined(big, stamp, Combine::subtract), big) == 4);
    CHECK(tiles_that_differ(*combined(big, stamp, Combine::unite), big) == 0);
    CHECK(tiles_that_differ(*combined(big, big, Combine::exclude), Plane(100000, 100000, Depth::u8)) == 0);
    std::stop_source stop;
    stop.request_stop();
    CHECK(kind_of(combined(big, stamp, Combine::paste, {}, stop.get_token())) == base::ErrorKind::cancelled);
}

TEST_CASE("parts_are_copied_moved_mirrored_and_turned") {
    std::mt19937 random(47);
    const auto between = [&](std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>{low, high}(random);
    };
    for (int round = 0; round < 60; ++round) {
        const std::int64_t width = between(1, 700), height = between(1, 700);
        const Image image = brute::random_image(random, width, height, 3, round % 2 * 0.02);
        const Plane plane = brute::plane_of(image, round % 4 < 2 ? Depth::u8 : Depth::u16);
        Placement placement{.mirror = static_cast<Mirror>(round % 3),
                            .turn = static_cast<Turn>(round / 3 % 4)};
        const std::int64_t x0 = between(-20, width), y0 = between(-20, height);
        placement.area = {x0, y0, x0 + between(1, 500), y0 + between(1, 500)};
        placement.to_x = between(-100, width);
        placement.to_y = between(-100, height);
        if (round % 5 == 0) placement.to_x = x0, placement.to_y = y0;
        if (round % 3 == 0) placement.which = Which::of(2);
        const Over over = round % 7 == 3 ? only({0, 3}) : Over{};
        const bool moves = round % 2 == 0;
        const auto result = moves ? moved(plane, placement, over) : pasted(plane, plane, placement, over);
        REQUIRE(result);
        Image wanted = image;
        const PixelRect& area = placement.area;
        const auto each_taken = [&](const auto& visit) {
            for (std::int64_t y = area.y0; y < area.y1; ++y) {
                for (std::int64_t x = area.x0; x < area.x1; ++x) {
                    if (image.has(x, y) && image.at(x, y) != 0 && placement.which.has(image.at(x, y)))
                        visit(x, y);
                }
            }
        };
        if (moves) each_taken([&](std::int64_t x, std::int64_t y) { wanted.at(x, y) = 0; });
        each_taken([&](std::int64_t x, std::int64_t y) {
            std::int64_t u = x - area.x0, v = y - area.y0;
            if (placement.mirror == Mirror::left_right) u = area.width() - 1 - u;
            if (placement.mirror == Mirror::top_bottom) v = area.height() - 1 - v;
            if (placement.turn == Turn::right) std::tie(u, v) = std::tuple{area.height() - 1 - v, u};
            if (placement.turn == Turn::half)
                std::tie(u, v) = std::tuple{area.width() - 1 - u, area.height() - 1 - v};
            if (placement.turn == Turn::left) std::tie(u, v) = std::tuple{v, area.width() - 1 - u};
            u += placement.to_x;
            v += placement.to_y;
            if (wanted.has(u, v) && (!over || over->test(wanted.at(u, v)))) wanted.at(u, v) = image.at(x, y);
        });
        CHECK(brute::image_of(*result) == wanted);
    }
}

TEST_CASE("a_huge_part_is_moved_by_its_tiles") {
    Plane plane(100000, 100000, Depth::u8);
    paint(plane, *rectangle({1000, 2000, 31000, 42000}), {.value = 4});
    paint(plane, *rectangle({90000, 90000, 90001, 90001}), {.value = 5});
    const PixelRect area = tight_bounds(plane, Which::of(4));
    const auto turned =
        moved(plane, {.area = area, .to_x = 50001, .to_y = 1003, .turn = Turn::right, .which = Which::of(4)});
    REQUIRE(turned);
    CHECK(tight_bounds(*turned, Which::of(4)) == PixelRect{50001, 1003, 90001, 31003});
    CHECK(turned->at(90000, 90000) == 5);
    std::int64_t blocks = 0;
    turned->each([&](const TileRect&, const Slot& slot) { blocks += slot.uniform() ? 0 : 1; });
    CHECK(blocks < 700);
    std::stop_source stop;
    stop.request_stop();
    CHECK(kind_of(moved(plane, {.area = area}, {}, stop.get_token())) == base::ErrorKind::cancelled);
    Plane wide(300, 300, Depth::u16);
    paint(wide, *rectangle({0, 0, 300, 300}), {.value = 999});
    CHECK(kind_of(pasted(Plane(300, 300, Depth::u8), wide, {.area = {0, 0, 10, 10}})) ==
          base::ErrorKind::refused);
}

}  // namespace
}  // namespace masks
