#include "masks/run_lengths.h"

#include <doctest/doctest.h>

#include "brute.h"
#include "masks/paint.h"

namespace masks {
namespace {

using brute::Image;

// As the formats define it.
Counts plain_counts(const Image& image, const Which& which, const PixelRect& area, Order order) {
    Counts counts{0};
    bool is_meant = false;
    const std::int64_t lines = order == Order::rows ? area.height() : area.width(),
                       length = order == Order::rows ? area.width() : area.height();
    for (std::int64_t line = 0; line < lines; ++line) {
        for (std::int64_t i = 0; i < length; ++i) {
            const std::int64_t x = area.x0 + (order == Order::rows ? i : line),
                               y = area.y0 + (order == Order::rows ? line : i);
            const bool here = image.has(x, y) && which.has(image.at(x, y));
            if (here != is_meant) counts.push_back(0);
            is_meant = here;
            ++counts.back();
        }
    }
    return counts;
}

TEST_CASE("run_lengths_are_those_of_plain_counting_and_give_the_mask_back") {
    std::mt19937 random(21);
    for (int round = 0; round < 16; ++round) {
        const std::int64_t width = 1 + 41 * round, height = 700 - 43 * round;
        const Image image = brute::random_image(random, width, height, 3, round % 4 * 0.1);
        const Depth depth = round % 2 == 0 ? Depth::u8 : Depth::u16;
        const Plane plane = brute::plane_of(image, depth);
        const Which which = round % 3 == 0 ? Which::labelled() : round % 3 == 1 ? Which::of(2) : Which::of(0);
        const PixelRect area =
            round % 4 == 3 ? PixelRect{width / 3 - 20, -5, width + 7, height / 2 + 1} : plane.bounds();
        for (const Order order : {Order::rows, Order::columns}) {
            const auto counts = run_lengths(plane, which, area, order);
            REQUIRE(counts);
            CHECK(*counts == plain_counts(image, which, area, order));
            const auto again = counts_of_coco_string(coco_string(*counts));
            REQUIRE(again);
            CHECK(*again == *counts);
            const auto back = with_run_lengths(Plane(width, height, depth), *counts, area, order, 9);
            REQUIRE(back);
            std::int64_t wrong = 0;
            for (std::int64_t y = 0; y < height; ++y) {
                for (std::int64_t x = 0; x < width; ++x) {
                    const bool is_in = x >= area.x0 && y >= area.y0 && x < area.x1 && y < area.y1;
                    wrong += back->at(x, y) != (is_in && which.has(image.at(x, y)) ? 9 : 0);
                }
            }
            CHECK(wrong == 0);
        }
        const PixelRect bounds = tight_bounds(plane, which);
        PixelRect wanted;
        for (std::int64_t y = 0; y < height; ++y) {
            for (std::int64_t x = 0; x < width; ++x) {
                if (!which.has(image.at(x, y))) continue;
                wanted = wanted.empty() ? PixelRect{x, y, x + 1, y + 1}
                                        : PixelRect{std::min(wanted.x0, x), wanted.y0,
                                                    std::max(wanted.x1, x + 1), y + 1};
            }
        }
        CHECK(bounds == wanted);
    }
}

TEST_CASE("the_compressed_string_is_cocos") {
    // As maskApi.c writes them.
    CHECK(coco_string({{7, 3, 3, 3, 3, 3, 8}}) == "7330005");
    CHECK(coco_string({{0, 30}}) == "0n0");
    Plane disc(26, 30, Depth::u8);
    paint(disc, *stroke({10.5, 15.5}, {10.5, 15.5}, 9.01), {.value = 1});
    CHECK(coco_string(*run_lengths(disc, Which::of(1), disc.bounds(), Order::columns)) ==
          "]11i08K2N2N2N2O00000O20N1000001N2N2N2N5HY5");
    CHECK(*counts_of_coco_string("0n0") == Counts{0, 30});
    CHECK(*counts_of_coco_string("") == Counts{});
    const Counts wild{4294967295U, 0, 0, 4294967295U, 4294967295U, 0, 0, 1};
    CHECK(*counts_of_coco_string(coco_string(wild)) == wild);
}

TEST_CASE("what_is_no_run_length_code_is_refused_in_one_sentence") {
    const auto kind_of = [](const auto& result) {
        return result ? base::ErrorKind::io : result.error().kind;
    };
    for (const char* text : {"P", "0P", "~", "0 1", "\xff", "PPPPPPPPPPPPP0", "o", "ooooooo0", "@"})
        CHECK_MESSAGE(kind_of(counts_of_coco_string(text)) == base::ErrorKind::malformed, text);
    const Plane plane(10, 10, Depth::u8);
    const auto painted = [&](const Counts& counts, PixelRect area, Value value = 1) {
        return kind_of(with_run_lengths(plane, counts, area, Order::columns, value));
    };
    CHECK(painted({99}, {0, 0, 10, 10}) == base::ErrorKind::malformed);
    CHECK(painted({4294967295U, 4294967295U}, {0, 0, 10, 10}) == base::ErrorKind::malformed);
    CHECK(painted({1}, {5, 5, 5, 5}) == base::ErrorKind::malformed);
    CHECK(painted({100}, {0, 0, 10, 10}, 256) == base::ErrorKind::refused);
    CHECK(with_run_lengths(plane, Counts{}, {}, Order::rows, 1));

    std::mt19937 random(4);
    const auto below = [&](int end) { return std::uniform_int_distribution<int>{0, end - 1}(random); };
    for (int round = 0; round < 20000; ++round) {
        std::string text(static_cast<std::size_t>(below(20)), '0');
        for (char& c : text) c = static_cast<char>(below(8) == 0 ? below(256) : 48 + below(64));
        const auto counts = counts_of_coco_string(text);
        if (!counts) continue;
        CHECK(*counts_of_coco_string(coco_string(*counts)) == *counts);
        (void)with_run_lengths(plane, *counts, {0, 0, 10, 10}, Order::columns, 1);
    }
}

TEST_CASE("huge_masks_have_run_lengths_as_far_as_32_bits_go") {
    Plane plane(100000, 100000, Depth::u8);
    paint(plane, *rectangle({70000, 30000, 70300, 30500}), {.value = 2});
    const auto all = run_lengths(plane, Which::of(2), plane.bounds(), Order::columns);
    REQUIRE_FALSE(all);
    CHECK(all.error().kind == base::ErrorKind::unsupported);
    const PixelRect area = tight_bounds(plane, Which::labelled());
    CHECK(area == PixelRect{70000, 30000, 70300, 30500});
    CHECK(*run_lengths(plane, Which::of(2), area, Order::columns) == Counts{0, 150000});
    CHECK(*run_lengths(plane, Which::of(2), {69999, 30000, 70300, 30500}, Order::rows)->begin() == 1);
    const auto big = with_run_lengths(Plane(60000, 60000, Depth::u8), Counts{0, 3600000000U},
                                      {0, 0, 60000, 60000}, Order::columns, 1);
    REQUIRE(big);
    std::int64_t blocks = 0;
    big->each([&](const TileRect&, const Slot& slot) { blocks += slot.uniform() ? 0 : 1; });
    CHECK(blocks == 0);
    CHECK(*run_lengths(*big, Which::of(1), big->bounds(), Order::rows) == Counts{0, 3600000000U});

    std::stop_source stop;
    stop.request_stop();
    CHECK(run_lengths(plane, Which::of(2), area, Order::rows, stop.get_token()).error().kind ==
          base::ErrorKind::cancelled);
    CHECK(with_run_lengths(plane, Counts{0, 100}, {0, 0, 10, 10}, Order::rows, 1, stop.get_token())
              .error()
              .kind == base::ErrorKind::cancelled);
}

}  // namespace
}  // namespace masks
