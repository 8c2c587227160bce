#include <doctest/doctest.h>

#include "formats/keyhole.h"
#include "formats/mask_runs.h"
#include "mask_format_test.h"

using namespace formats_test;

namespace {

std::int64_t covered(const labels::State& state, std::string_view class_name) {
    std::int64_t pixels = 0;
    for (const auto& [id, track] : state.tracks) {
        if (state.ontology.find(track->info.class_id)->name != class_name) continue;
        const auto mask =
            formats::mask_from_path(std::get<labels::Path>(track->keyframes[0].geometry), 700, 530);
        pixels += mask ? formats::area_px(*mask) : 0;
    }
    return pixels;
}

}  // namespace

TEST_CASE("a hole is entered and left on one way, and stays a hole by either fill rule") {
    const std::vector<formats::Ring> rings = {{{0, 0}, {10, 0}, {10, 10}, {0, 10}},
                                              {{2, 2}, {4, 2}, {4, 4}, {2, 4}},
                                              {{6, 6}, {6, 8}, {8, 8}, {8, 6}}};
    const formats::Ring ring = formats::keyhole(rings);
    CHECK(ring.size() == 4 + 2 * 6);
    CHECK(formats::signed_area(ring) == 100 - 4 - 4);               // non-zero
    const auto mask = formats::mask_from_path({ring, {}}, 20, 20);  // even-odd
    REQUIRE(mask);
    CHECK(formats::area_px(*mask) == 92);
}

TEST_CASE("very many holes are joined in little time, or not when stopped") {
    constexpr int k_side = 100;
    std::vector<formats::Ring> rings = {{{0, 0}, {4 * k_side, 0}, {4 * k_side, 4 * k_side}, {0, 4 * k_side}}};
    for (double y = 1; y < 4 * k_side; y += 4)
        for (double x = 1; x < 4 * k_side; x += 4)
            rings.push_back({{x, y}, {x + 2, y}, {x + 2, y + 2}, {x, y + 2}});
    const formats::Ring ring = formats::keyhole(rings);
    CHECK(ring.size() == 4 + 6 * k_side * k_side);
    CHECK(formats::signed_area(ring) == 12 * k_side * k_side);
    const auto mask = formats::mask_from_path({ring, {}}, 4 * k_side, 4 * k_side);
    REQUIRE(mask);
    CHECK(formats::area_px(*mask) == 12 * k_side * k_side);
    std::stop_source stop;
    stop.request_stop();
    CHECK(formats::keyhole(rings, stop.get_token()).empty());
}

TEST_CASE("mask layers become YOLO segments that cover the same pixels") {
    const TempDir dir;
    const labels::State state = mask_project(false, false);
    const auto report = export_to("yolo-seg", state, dir.path() / "y");
    REQUIRE_MESSAGE(report, (report ? "" : report.error().message));
    CHECK(report->layers == 1);
    for (const auto& file : report->files) CHECK(std::filesystem::exists(file));
    CHECK(read_text(dir.path() / "y/data.yaml") ==
          "path: .\ntrain: images/train\nval: images/train\nnames:\n  0: \"field\"\n  1: \"tree (1)\"\n  2: "
          "\"water\"\n");
    const auto probed = formats::probe_format(dir.path() / "y");
    REQUIRE(probed);
    CHECK((*probed)->id == "yolo-seg");
    const Imported back = import_file("yolo-seg", dir.path() / "y", without_labels(state));
    REQUIRE_MESSAGE(back.report, back.message());
    CHECK(back.state().assets.size() == 1);
    const auto extents = formats::extents_of_values(state.mask_layers.begin()->second->plane);
    CHECK(covered(back.state(), "field") == extents.at(1).pixels);
    CHECK(covered(back.state(), "tree (1)") == extents.at(2).pixels);
    CHECK(covered(back.state(), "water") == extents.at(7).pixels);
    // The rows by the words of the format's description.
    const std::string said = run_numpy(R"(
import sys
rows = [r.split() for r in open(sys.argv[1])]
assert all(len(r) >= 7 and len(r) % 2 for r in rows)
values = [float(v) for r in rows for v in r[1:]]
print(min(values) >= 0, max(values) <= 1, sorted({r[0] for r in rows}))
)",
                                       {(dir.path() / "y/labels/train/scene.txt").string()});
    if (said != "no python") CHECK(said == "True True ['0', '1', '2']\n");
}

TEST_CASE("a film's frames have a text each, and come back on their frames") {
    const TempDir dir;
    const labels::State state = sample_project();
    const auto report = export_to("yolo-seg", state, dir.path() / "y");
    REQUIRE(report);
    CHECK(read_text(dir.path() / "y/labels/train/clip_frame_000001.txt").starts_with("0 "));
    const Imported back = import_file("yolo-seg", dir.path() / "y", empty_video_project(6));
    REQUIRE_MESSAGE(back.report, back.message());
    std::map<std::int64_t, int> frames;
    for (const auto& [id, track] : back.state().tracks) ++frames[track->keyframes[0].frame];
    CHECK(frames == std::map<std::int64_t, int>{{0, 1}, {1, 3}, {2, 1}, {3, 1}});
    const Imported stranger = import_file("yolo-seg", dir.path() / "y");
    REQUIRE(!stranger.report);
    CHECK(stranger.message().find("add it first") != std::string::npos);
}

TEST_CASE("data sets of others are read: names in brackets, boxes, pictures beside") {
    const TempDir dir;
    dir.write("d/data.yaml", "train: ../train/images\nnc: 2\nnames: ['cat', \"a dog\"]\n");
    dir.write("d/train/images/p.pgm", "");
    dir.write("d/train/labels/scene.txt", "1 0.5 0.5 0.2 0.1\r\n\n0 0 0 0.5 0 0.5 0.5\n");
    const labels::State start = without_labels(mask_project(), false);
    const Imported read = import_file("yolo-seg", dir.path() / "d/data.yaml", start);
    REQUIRE_MESSAGE(read.report, read.message());
    CHECK(read.state().ontology.find("a dog") != nullptr);
    CHECK(read.state().tracks.size() == 2);
    for (const auto& [id, track] : read.state().tracks)
        if (track->info.shape == labels::ShapeKind::box) {
            const auto& box = std::get<labels::Box>(track->keyframes[0].geometry);
            CHECK(box.x0 == doctest::Approx(280));
            CHECK(box.y1 == doctest::Approx(291.5));
        }
    for (const char* bad :
         {"2 0 0 1 0 1 1", "0 0 0 1 0 1", "0 0 0 x 0 1 1", "0.5 0 0 1 0 1 1", "0 0 0 99 0 1 1", "0"}) {
        INFO("row ", bad);
        dir.write("d/train/labels/scene.txt", bad);
        const Imported refused = import_file("yolo-seg", dir.path() / "d/data.yaml", start);
        REQUIRE(!refused.report);
        CHECK(refused.message().find("Line 1") != std::string::npos);
    }
}
