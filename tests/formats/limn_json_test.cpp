#include <doctest/doctest.h>

#include "cases.h"
#include "labels/json.h"

using namespace formats_test;

namespace formats_test {

const FormatCase& limn_case() {
    using K = labels::ShapeKind;
    static const std::string golden = R"({"limn":1,
"ontology":{
  "revision": 1,
  "classes": [
    {
      "id": "00000000-0000-7000-8000-000000000201",
      "name": "car",
      "color": "#0072B2",
      "shortcut": "1",
      "shapes": [],
      "guidelines": "",
      "attributes": [
        {
          "id": "00000000-0000-7000-8000-000000000301",
          "name": "colour",
          "kind": "select",
          "timing": "fixed",
          "values": [
            "red",
            "blue"
          ],
          "default": "red"
        },
        {
          "id": "00000000-0000-7000-8000-000000000302",
          "name": "lights",
          "kind": "checkbox",
          "timing": "changing",
          "values": [],
          "default": "false"
        }
      ]
    },
    {
      "id": "00000000-0000-7000-8000-000000000202",
      "name": "person",
      "color": "#E69F00",
      "shortcut": "2",
      "shapes": [],
      "guidelines": "",
      "attributes": []
    }
  ]
},
"assets":[
{"id":"00000000-0000-7000-8000-000000000401","name":"clip.mp4","kind":"video","relative_path":"","absolute_path":"","fingerprint":"","size_bytes":0,"width":640,"height":360,"frame_count":6,"time_base":[1,12800],"frame_rate":[25,1],"rotation":0,"stream":0,"position":0}],
"tracks":[
{"id":"00000000-0000-7000-8000-000000000101","asset":"00000000-0000-7000-8000-000000000401","class":"00000000-0000-7000-8000-000000000201","number":1,"shape":"box","attributes":{"00000000-0000-7000-8000-000000000301":"blue"},"keyframes":[{"frame":0,"pts":0,"box":[10,20,30,40],"attributes":{"00000000-0000-7000-8000-000000000302":"false"}},{"frame":2,"pts":1024,"box":[14,20.5,34,40.25],"occluded":true,"attributes":{"00000000-0000-7000-8000-000000000302":"true"}},{"frame":4,"pts":2048,"box":[14,20.5,34,40.25],"outside":true}]},
{"id":"00000000-0000-7000-8000-000000000102","asset":"00000000-0000-7000-8000-000000000401","class":"00000000-0000-7000-8000-000000000202","number":1,"shape":"polygon","extent":"picture","group":3,"keyframes":[{"frame":1,"pts":512,"points":[[1,1],[5,1],[5,4]]}]},
{"id":"00000000-0000-7000-8000-000000000103","asset":"00000000-0000-7000-8000-000000000401","class":"00000000-0000-7000-8000-000000000202","number":2,"shape":"mask","extent":"picture","keyframes":[{"frame":1,"pts":512,"mask":{"left":2,"top":3,"width":3,"height":2,"runs":[1,2,1,2]}}]}]}
)";
    static const FormatCase each{
        .id = "limn",
        .out = "out.json",
        .golden_file = "out.json",
        .golden = golden,
        .lone_file = "in.json",
        .malformed = {{"not an object", "[1,2]", "byte 0"},
                      {"no version", "{\"ontology\":{\"classes\":[]}}", "Limn's JSON"},
                      {"newer", "{\"limn\":99,\"ontology\":{}}", "newer than this Limn"},
                      {"no ontology", "{\"limn\":1,\"tracks\":[]}", "no ontology"},
                      {"wrong type", "{\"limn\":1,\"ontology\":[1],\"tracks\":[]}", "\"ontology\""},
                      {"track of nothing",
                       "{\"limn\":1,\"ontology\":{\"classes\":[]},\"assets\":[],\"tracks\":[{}]}", ""},
                      {"something after", "{\"limn\":1} {}", "byte 11"}},
        .random = {{K::box, K::ellipse, K::polygon, K::polyline, K::points, K::mask}, true, true, true},
        .survives = {},
    };
    return each;
}

}  // namespace formats_test

TEST_CASE("Limn's JSON gives every track back to the byte, with ids, numbers and pts") {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        const labels::State state = random_project(seed, limn_case().random);
        const TempDir dir;
        REQUIRE(export_to("limn", state, dir.path() / "out.json"));
        const Imported back = import_file("limn", dir.path() / "out.json");
        REQUIRE_MESSAGE(back.report, back.message());
        CHECK(back.report->warnings.empty());
        REQUIRE(back.state().tracks.size() == state.tracks.size());
        for (const auto& [id, track] : state.tracks) {
            REQUIRE(back.state().find(id) != nullptr);
            CHECK(labels::to_json(*back.state().find(id)) == labels::to_json(*track));
        }
        CHECK(back.state().ontology.classes == state.ontology.classes);
        CHECK(back.state().assets == state.assets);
    }
}

TEST_CASE("importing Limn's JSON twice keeps the medium and gives the second labels new ids and numbers") {
    const TempDir dir;
    REQUIRE(export_to("limn", sample_project(), dir.path() / "out.json"));
    const Imported twice = import_file("limn", dir.path() / "out.json", sample_project());
    REQUIRE_MESSAGE(twice.report, twice.message());
    CHECK(twice.state().assets.size() == 1);
    CHECK(twice.state().ontology.classes.size() == 2);
    CHECK(twice.state().tracks.size() == 6);
    CHECK(twice.warns_of("new ids (3)"));
    std::map<std::pair<labels::ClassId, std::int64_t>, int> numbers;
    for (const auto& [id, track] : twice.state().tracks)
        ++numbers[{track->info.class_id, track->info.number}];
    CHECK(numbers.size() == 6);
}

TEST_CASE("classes are matched by name, with their attributes, when the ids differ") {
    const TempDir dir;
    REQUIRE(export_to("limn", sample_project(), dir.path() / "out.json"));
    labels::State other = empty_video_project(6);
    for (auto& each : other.ontology.classes) {
        each.id = labels::ClassId::make();
        for (auto& attr : each.attributes) attr.id = labels::AttributeId::make();
    }
    const Imported merged = import_file("limn", dir.path() / "out.json", other);
    REQUIRE_MESSAGE(merged.report, merged.message());
    CHECK(merged.state().ontology.classes == other.ontology.classes);
    CHECK(describe(merged.state()) == describe(sample_project()));
    other.ontology.classes[0].attributes.pop_back();
    const Imported refused = import_file("limn", dir.path() / "out.json", other);
    REQUIRE(!refused.report);
    CHECK(refused.message().find("\"car.lights\"") != std::string::npos);
}

TEST_CASE("the labels of two media cannot go onto one") {
    labels::State state = sample_project();
    state.assets.push_back(state.assets.front());
    state.assets.back().id = labels::AssetId::make();
    const TempDir dir;
    REQUIRE(export_to("limn", state, dir.path() / "out.json"));
    const Imported refused =
        import_file("limn", dir.path() / "out.json", sample_project(), {.onto_first_asset = true});
    REQUIRE(!refused.report);
    CHECK(refused.report.error().kind == base::ErrorKind::refused);
}

TEST_CASE("an inspection grid goes with its medium, and one that is there already stays") {
    labels::State state = sample_project();
    const labels::AssetId asset = state.assets.front().id;
    labels::InspectionGrid grid = labels::make_grid(asset, {{0, 0, 640, 360}, 64, 8});
    grid.marks[7] = labels::Mark::done;
    grid.marks[8] = labels::Mark::doubtful;
    state.grids[asset] = std::make_shared<labels::InspectionGrid>(grid);
    const TempDir dir;
    REQUIRE(export_to("limn", state, dir.path() / "out.json"));
    const Imported back = import_file("limn", dir.path() / "out.json");
    REQUIRE_MESSAGE(back.report, back.message());
    REQUIRE(back.state().grid_of(asset) != nullptr);
    CHECK(*back.state().grid_of(asset) == grid);
    CHECK(labels::state_hash(back.state()).size() == 64);

    labels::State marked = sample_project();
    const labels::InspectionGrid own = labels::make_grid(asset, {{0, 0, 640, 360}, 512, 0});
    marked.grids[asset] = std::make_shared<labels::InspectionGrid>(own);
    const Imported kept = import_file("limn", dir.path() / "out.json", marked);
    REQUIRE_MESSAGE(kept.report, kept.message());
    CHECK(*kept.state().grid_of(asset) == own);
    CHECK(kept.warns_of("have one already"));
}
