#include "formats/outline.h"

#include <map>
#include <random>

#include <doctest/doctest.h>

#include "format_test.h"
#include "formats/areas.h"
#include "formats/mask_runs.h"

namespace {

labels::MaskRuns mask_of(const std::vector<std::string>& rows) {
    labels::MaskRuns mask{10, 20, static_cast<int>(rows.front().size()), static_cast<int>(rows.size()), {}};
    bool set = false;
    std::uint32_t run = 0;
    for (const std::string& row : rows)
        for (const char c : row) {
            if ((c == '#') != set) {
                mask.runs.push_back(run);
                run = 0;
                set = !set;
            }
            ++run;
        }
    mask.runs.push_back(run);
    return mask;
}

std::vector<formats::Polygon> outlines(const labels::MaskRuns& mask) {
    return formats::polygons_of(mask, labels::ShapeKind::mask);
}

// Outlines clockwise on the picture, holes the other way; no corner twice in a ring, none between its
// neighbours on one line; and the pixels inside are those of the mask.
void are_exact(const labels::MaskRuns& mask) {
    labels::Path all;
    double area = 0;
    for (const formats::Polygon& polygon : outlines(mask)) {
        for (std::size_t i = 0; i < polygon.rings.size(); ++i) {
            const formats::Ring& ring = polygon.rings[i];
            const double signed_px = formats::signed_area(ring);
            CHECK((signed_px > 0) == (i == 0));
            area += signed_px;
            std::map<std::pair<double, double>, int> seen;
            for (std::size_t k = 0; k < ring.size(); ++k) {
                CHECK(++seen[{ring[k].x, ring[k].y}] == 1);
                const base::Point next = ring[(k + 1) % ring.size()], after = ring[(k + 2) % ring.size()];
                CHECK((next.x - ring[k].x) * (after.x - next.x) + (next.y - ring[k].y) * (after.y - next.y) ==
                      0);
            }
            if (!all.points.empty()) all.ring_starts.push_back(static_cast<std::uint32_t>(all.points.size()));
            all.points.insert(all.points.end(), ring.begin(), ring.end());
        }
    }
    CHECK(area == static_cast<double>(formats::area_px(mask)));
    if (all.points.empty()) return;
    const auto back = formats::mask_from_path(all, 200, 200);
    REQUIRE(back);
    CHECK(formats::counts_from_mask(*back, 200, 200) == formats::counts_from_mask(mask, 200, 200));
}

}  // namespace

TEST_CASE("the outline of a mask runs along its pixels, in parts, with its holes") {
    const auto ring = outlines(mask_of({".....", ".###.", ".#.#.", ".###.", "....."}));
    REQUIRE(ring.size() == 1);
    REQUIRE(ring[0].rings.size() == 2);
    CHECK(ring[0].rings[0].size() == 4);
    CHECK(ring[0].rings[1].size() == 4);
    CHECK(outlines(mask_of({"#.", ".#"})).size() == 2);  // only a corner in common
    CHECK(outlines(mask_of({"##.", "#.#", "###"})).size() == 1);
    CHECK(outlines(mask_of({"##.", "#.#", "###"}))[0].rings.size() == 2);
    CHECK(outlines(mask_of({"..", ".."})).empty());
    for (const auto& rows :
         std::vector<std::vector<std::string>>{{"#"},
                                               {"##.", "#.#", "###"},
                                               {"#.#", ".#.", "#.#"},
                                               {"####", "#..#", "#.##", "####"},
                                               {"#####", "#.#.#", "##.##", "#.#.#", "#####"},
                                               {"...", "...", "..#"}})
        are_exact(mask_of(rows));
}

TEST_CASE("the outlines of random masks enclose just their pixels") {
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::string> rows(1 + random() % 12, std::string(1 + random() % 12, '.'));
        for (std::string& row : rows)
            for (char& c : row)
                if (random() % 100 < 30 + random() % 40) c = '#';
        are_exact(mask_of(rows));
    }
}

TEST_CASE("areas in pixels leave holes out") {
    const labels::Path path{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {2, 2}, {2, 4}, {4, 4}, {4, 2}}, {4}};
    CHECK(formats::area_px2(path, labels::ShapeKind::polygon) == 96);
    CHECK(formats::area_px2(path, labels::ShapeKind::polyline) == 0);
    CHECK(formats::area_px2(labels::Box{0, 0, 4, 2, 45}, labels::ShapeKind::box) == doctest::Approx(8));
    CHECK(formats::area_px2(mask_of({"##", ".#"}), labels::ShapeKind::mask) == 3);
}
