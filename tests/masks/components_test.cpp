#include "masks/components.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "brute.h"
#include "masks/paint.h"

namespace masks {
namespace {

using brute::Image;

struct Regions {
    std::vector<int> of_pixel;
    std::vector<Component> found;
};

Regions plain_regions(const Image& image, const Which& which, bool eight) {
    Regions regions{brute::regions(image, [&](Value v) { return which.has(v) ? 1 : -1; }, eight), {}};
    for (std::int64_t y = 0; y < image.height; ++y) {
        for (std::int64_t x = 0; x < image.width; ++x) {
            const int region = regions.of_pixel[static_cast<std::size_t>(y * image.width + x)];
            if (region < 0) continue;
            if (region == std::ssize(regions.found)) regions.found.push_back({0, {x, y, x + 1, y + 1}});
            Component& component = regions.found[static_cast<std::size_t>(region)];
            ++component.area_px;
            component.bounds = {std::min(component.bounds.x0, x), component.bounds.y0,
                                std::max(component.bounds.x1, x + 1), y + 1};
        }
    }
    return regions;
}

auto sorted(std::vector<Component> found) {
    std::ranges::sort(found, {}, [](const Component& c) {
        return std::tuple{c.bounds.x0, c.bounds.y0, c.bounds.x1, c.bounds.y1, c.area_px};
    });
    return found;
}

std::int64_t tiles_that_differ(const Plane& a, const Plane& b) {
    std::int64_t tiles = 0;
    Plane::each_difference(
        a, b, [&](const TileRect& at, const Slot&, const Slot&) { tiles += at.columns * at.rows; });
    return tiles;
}

TEST_CASE("components_islands_and_holes_are_those_of_plain_labelling") {
    std::mt19937 random(31);
    for (int round = 0; round < 24; ++round) {
        const std::int64_t width = round == 0 ? 1 : 200 + 31 * round,
                           height = round == 0 ? 1 : 850 - 29 * round;
        const Image image = brute::random_image(random, width, height, 2, round % 4 * 0.12);
        const Plane plane = brute::plane_of(image, round % 2 == 0 ? Depth::u8 : Depth::u16);
        const Which which = round % 3 == 0 ? Which::labelled() : round % 3 == 1 ? Which::of(1) : Which::of(0);
        const bool eight = round % 4 < 2;
        const auto connectivity = eight ? Connectivity::eight : Connectivity::four;
        const Regions regions = plain_regions(image, which, eight);
        const auto found = components(plane, which, connectivity);
        REQUIRE(found);
        CHECK(sorted(*found) == sorted(regions.found));

        auto only_two = std::make_shared<std::bitset<65536>>();
        only_two->set(2);
        const bool is_kept = round % 5 == 0;
        const auto without = without_islands(plane, which, 40, connectivity, is_kept ? only_two : nullptr);
        REQUIRE(without);
        Image wanted = image;
        for (std::size_t i = 0; i < wanted.pixels.size(); ++i) {
            const int region = regions.of_pixel[i];
            if (region >= 0 && regions.found[static_cast<std::size_t>(region)].area_px < 40 &&
                (!is_kept || image.pixels[i] == 2))
                wanted.pixels[i] = 0;
        }
        CHECK(brute::image_of(*without) == wanted);

        auto over = std::make_shared<std::bitset<65536>>();
        over->set(0);
        const std::int64_t less_than = round % 2 == 0 ? 1'000'000 : 30;
        const auto filled = with_holes_filled(plane, {.wall = which,
                                                      .less_than_px = less_than,
                                                      .connectivity = connectivity,
                                                      .with = 7,
                                                      .over = round % 5 == 0 ? over : nullptr});
        REQUIRE(filled);
        const Regions rest = plain_regions(image, which.others(), !eight);
        wanted = image;
        for (std::size_t i = 0; i < wanted.pixels.size(); ++i) {
            if (rest.of_pixel[i] < 0) continue;
            const Component& component = rest.found[static_cast<std::size_t>(rest.of_pixel[i])];
            const PixelRect& b = component.bounds;
            const bool is_hole = b.x0 > 0 && b.y0 > 0 && b.x1 < width && b.y1 < height;
            if (is_hole && component.area_px < less_than && (round % 5 != 0 || wanted.pixels[i] == 0))
                wanted.pixels[i] = 7;
        }
        CHECK(brute::image_of(*filled) == wanted);
    }
}

TEST_CASE("a_huge_mask_has_components_and_loses_an_island_in_one_tile") {
    Plane plane(100000, 100000, Depth::u8);
    paint(plane, *rectangle({10000, 10000, 90000, 90000}), {.value = 1});
    paint(plane, *rectangle({30000, 30000, 60000, 60000}), {.value = 0});
    paint(plane, *rectangle({40000, 40000, 40003, 40003}), {.value = 1});
    const auto found = components(plane, Which::of(1), Connectivity::eight);
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK((*found)[0].area_px == std::int64_t{80000} * 80000 - std::int64_t{30000} * 30000);
    CHECK((*found)[1] == Component{9, {40000, 40000, 40003, 40003}});
    const auto without = without_islands(plane, Which::of(1), 10, Connectivity::eight);
    REQUIRE(without);
    CHECK(tiles_that_differ(plane, *without) == 1);
    CHECK(without->at(40001, 40001) == 0);
    const auto filled = with_holes_filled(plane, {.wall = Which::of(1), .with = 1});
    REQUIRE(filled);
    CHECK(filled->at(45000, 45000) == 1);
    CHECK(filled->at(5000, 45000) == 0);
    CHECK(components(*filled, Which::of(1), Connectivity::four)->at(0).area_px ==
          std::int64_t{80000} * 80000);

    std::stop_source stop;
    stop.request_stop();
    const auto kind_of = [](const auto& result) {
        return result ? base::ErrorKind::io : result.error().kind;
    };
    CHECK(kind_of(components(plane, Which::of(1), Connectivity::eight, stop.get_token())) ==
          base::ErrorKind::cancelled);
    CHECK(kind_of(with_holes_filled(plane, {.wall = Which::of(1)}, stop.get_token())) ==
          base::ErrorKind::cancelled);
    CHECK(components(Plane(10, 10, Depth::u8), Which::labelled(), Connectivity::four)->empty());
    CHECK(components(Plane(0, 0, Depth::u8), Which::of(0), Connectivity::four)->empty());
}

}  // namespace
}  // namespace masks
