#include <fstream>

#include <doctest/doctest.h>

#include "cases.h"
#include "labels/interpolate.h"

using namespace formats_test;

namespace formats_test {

const FormatCase& mot_case() {
    using K = labels::ShapeKind;
    static const FormatCase each{
        .id = "mot",
        .out = "seq",
        .golden_file = "seq/gt/gt.txt",
        .golden =
            "1,1,10,20,20,20,1,1,1\n"
            "2,1,12,20.25,20,19.875,1,1,1\n"
            "2,2,1,1,4,3,1,2,1\n"
            "2,3,2,3,3,2,1,2,1\n"
            "3,1,14,20.5,20,19.75,1,1,0\n"
            "4,1,14,20.5,20,19.75,1,1,0\n",
        .lone_file = "gt.txt",
        .malformed = {{"too few columns", "1,1,2,3,4,5\n", "Line 1"},
                      {"eight columns", "1,1,2,3,4,5,1,1\n", "Line 1"},
                      {"eleven columns", "1,1,2,3,4,5,1,1,1,1,1\n", "Line 1"},
                      {"text", "1,1,2,3,4,5,1,1,1\nframe,id,x,y,w,h\n", "Line 2"},
                      {"not a number", "1,1,nan,3,4,5,1,1,1\n", "Line 1"},
                      {"a huge number", "1,1,1e11,3,4,5,1,1,1\n", "out of bounds"},
                      {"frame 0", "0,1,2,3,4,5,1,1,1\n", "counts from 1"},
                      {"half a frame", "1.5,1,2,3,4,5,1,1,1\n", "Line 1"},
                      {"a frame past all films", "99999999999,1,2,3,4,5,1,1,1\n", "frame 99999999998"},
                      {"negative width", "1,1,2,3,-4,5,1,1,1\n", "negative"},
                      {"class 0", "1,1,2,3,4,5,1,0,1\n", "class 0"}},
        .random = {{K::box, K::ellipse, K::polygon, K::mask}, true, false, false},
        .survives = {.keyframes = false, .identity = false, .attributes = false, .as_bounds = true},
    };
    return each;
}

}  // namespace formats_test

TEST_CASE("a MOT sequence has labels and a seqinfo whose keys other readers want") {
    const TempDir dir;
    REQUIRE(export_to("mot", sample_project(), dir.path() / "seq"));
    CHECK(read_text(dir.path() / "seq/gt/labels.txt") == "car\nperson\n");
    CHECK(read_text(dir.path() / "seq/seqinfo.ini") ==
          "[Sequence]\nname=clip.mp4\nimDir=img1\nframeRate=25\nseqLength=6\nimWidth=640\nimHeight="
          "360\nimExt=.png\n");
}

TEST_CASE("rows of 7, 9 and 10 columns are read, and gaps become outside keyframes") {
    const TempDir dir;
    const auto file = dir.write("seq/gt/gt.txt",
                                "1,5,10,20,30,40,1\r\n"
                                "2,5,11,20,30,40,0.5,-1,0\n"
                                "5,5,14,20,30,40,1,-1,-1,-1\n"
                                "\n"
                                "3,-1,1,1,2,2,0.25,-1,-1,-1\n"
                                "4,6,1,1,2,2,0,1,1\n");
    const Imported imported = import_file("mot", file);
    REQUIRE_MESSAGE(imported.report, imported.message());
    const labels::State& state = imported.state();
    CHECK(state.ontology.classes.size() == 1);
    CHECK(state.ontology.classes[0].name == "object");
    CHECK(state.assets[0].name == "seq");
    CHECK(imported.warns_of("not active"));
    const auto& ids = state.tracks_of(state.assets[0].id);
    REQUIRE(ids.size() == 2);
    const labels::Track& track = *state.find(ids[0]);
    REQUIRE(track.keyframes.size() == 5);
    CHECK(track.keyframes[0].frame == 0);
    CHECK(track.keyframes[1].occluded);
    CHECK(track.keyframes[1].confidence == doctest::Approx(0.5));
    CHECK(track.keyframes[2].frame == 2);
    CHECK(track.keyframes[2].outside);
    CHECK(!labels::shape_at(track, 3));
    CHECK(std::get<labels::Box>(labels::shape_at(track, 4)->geometry) == labels::Box{14, 20, 44, 60, 0});
    CHECK(!labels::shape_at(track, 5));
    const labels::Track& lone = *state.find(ids[1]);
    CHECK(lone.info.extent == labels::Extent::picture);
    CHECK(lone.keyframes[0].frame == 2);
}

TEST_CASE("classes come from labels.txt, else from the challenge's own list") {
    const TempDir dir;
    const auto bare = import_file("mot", dir.write("a/gt/gt.txt", "1,1,1,1,2,2,1,3,1\n1,2,1,1,2,2,1,40,1\n"));
    REQUIRE_MESSAGE(bare.report, bare.message());
    CHECK(bare.state().ontology.find("car") != nullptr);
    CHECK(bare.state().ontology.find("class 40") != nullptr);
    dir.write("b/gt/labels.txt", "apple\npear\n");
    const auto named = import_file("mot", dir.write("b/gt/gt.txt", "1,1,1,1,2,2,1,2,1\n"));
    REQUIRE_MESSAGE(named.report, named.message());
    CHECK(named.state().ontology.classes.size() == 2);
    CHECK(named.state().tracks.begin()->second->info.class_id == named.state().ontology.find("pear")->id);
    const auto past = import_file("mot", dir.write("b/gt/gt.txt", "1,1,1,1,2,2,1,3,1\n"));
    REQUIRE(!past.report);
    CHECK(past.message().find("labels.txt has 2 names") != std::string::npos);
}

TEST_CASE("other tools' MOT sequences are read, with and without seqinfo.ini") {
    const auto data = shared_data();
    if (data.empty()) return;
    for (const char* name : {"mot_seq", "mot_seq_with_seqinfo"}) {
        INFO("sequence ", name);
        const auto folder = data / "mot" / name;
        const auto probed = formats::probe_format(folder);
        REQUIRE(probed);
        CHECK((*probed)->id == "mot");
        for (const auto& path : {folder, folder / "gt/gt.txt"}) {
            const Imported imported = import_file("mot", path);
            REQUIRE_MESSAGE(imported.report, imported.message());
            CHECK(imported.state().ontology.classes.size() == 10);
            REQUIRE(imported.state().tracks.size() == 1);
            const labels::Track& track = *imported.state().tracks.begin()->second;
            CHECK(imported.state().ontology.find(track.info.class_id)->name == "label_2");
            CHECK(track.keyframes[0].frame == 0);
            CHECK(std::get<labels::Box>(track.keyframes[0].geometry) == labels::Box{0, 4, 4, 12, 0});
            const labels::Asset& asset = imported.state().assets[0];
            CHECK(asset.name == (std::string(name) == "mot_seq" ? "mot_seq" : "Test"));
            CHECK(asset.width_px == (std::string(name) == "mot_seq" ? 0 : 16));
            CHECK(asset.frame_count == (std::string(name) == "mot_seq" ? 0 : 1));
        }
    }
}

TEST_CASE("the rows of a long export are sorted by frame, then id") {
    const labels::State state = random_project(9, mot_case().random);
    const TempDir dir;
    REQUIRE(export_to("mot", state, dir.path() / "seq"));
    std::ifstream in(dir.path() / "seq/gt/gt.txt");
    std::pair<int, int> last{0, 0};
    int rows = 0;
    for (std::string line; std::getline(in, line); ++rows) {
        int frame = 0, id = 0;
        REQUIRE(std::sscanf(line.c_str(), "%d,%d", &frame, &id) == 2);
        CHECK(std::pair(frame, id) > last);
        last = {frame, id};
    }
    CHECK(rows > 10);
}

TEST_CASE("MOT pictures are the labelled frames, counted from 1") {
    const labels::State state = sample_project();
    formats::WriteContext context = write_context(state);
    context.pictures = formats::Pictures::png;
    std::vector<std::int64_t> frames;
    context.write_picture = [&](labels::AssetId, std::int64_t frame,
                                const std::filesystem::path& png) -> base::Result<void> {
        frames.push_back(frame);
        CHECK(png.filename() == fmt::format("{:06}.png", frame + 1));
        return {};
    };
    const TempDir dir;
    REQUIRE(formats::find_format("mot")->write(state, dir.path() / "seq", context));
    CHECK(frames == std::vector<std::int64_t>{0, 1, 2, 3});
}
