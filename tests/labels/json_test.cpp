#include <cmath>
#include <random>

#include <doctest/doctest.h>

#include "fixture.h"
#include "labels/text.h"

using namespace labels;

namespace {

std::string error_of(std::string_view text) {
    const auto ontology = ontology_from_json(text);
    return ontology ? "" : ontology.error().message;
}

bool says(const std::string& message, std::string_view part) {
    return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an_ontology_goes_through_json_unchanged") {
    Ontology ontology;
    ontology.revision = 7;
    ontology.classes.push_back(make_class(ontology, "ball \"round\" ⚽\n"));
    ontology.classes.push_back(make_class(ontology, "child"));
    ontology.classes[1].parent = ontology.classes[0].id;
    ontology.classes[1].shapes = {ShapeKind::box, ShapeKind::mask};
    ontology.classes[1].guidelines = "Box the whole child.";
    ontology.classes[1].attributes = {
        {AttributeId::make(), "age", AttributeKind::number, Timing::fixed, {"0", "120", "1"}, "3"},
        {AttributeId::make(), "mood", AttributeKind::select, Timing::changing, {"glad", "sad"}, "glad"}};
    const auto back = ontology_from_json(to_json(ontology));
    REQUIRE(back.has_value());
    CHECK(*back == ontology);
    CHECK(to_json(*back) == to_json(ontology));
    CHECK(says(to_json(ontology), "\"color\": \"#E69F00\""));
}

TEST_CASE("an_ontology_written_by_hand_needs_only_names") {
    const auto ontology = ontology_from_json(R"({"classes": ["car", {"name": "person", "color": "#ff0000"},
        {"name": "face", "parent": "person", "attributes": ["who", {"name": "mood", "values": ["glad", "sad"]}]}]})");
    REQUIRE(ontology.has_value());
    REQUIRE(ontology->classes.size() == 3);
    CHECK(ontology->classes[0].name == "car");
    CHECK_FALSE(ontology->classes[0].id.is_nil());
    CHECK(ontology->classes[0].color_rgb == default_class_color(0));
    CHECK(ontology->classes[0].shortcut == "1");
    CHECK(ontology->classes[1].color_rgb == 0xFF0000);
    CHECK(ontology->classes[1].shortcut == "2");
    CHECK(ontology->classes[2].parent == ontology->classes[1].id);
    CHECK(ontology->classes[2].attributes[0].kind == AttributeKind::text);
    CHECK(ontology->classes[2].attributes[1].kind == AttributeKind::select);
    const auto again = ontology_from_json(
        R"({"classes": ["person", {"name": "face", "attributes": ["mood"]}]})", &*ontology);
    REQUIRE(again.has_value());
    CHECK(again->classes[0].id == ontology->classes[1].id);
    CHECK(again->classes[1].attributes[0].id == ontology->classes[2].attributes[1].id);
}

TEST_CASE("a_wrong_ontology_is_refused_with_the_place") {
    CHECK(
        says(error_of(R"({"classes":["a",{"name":"b"},"a"]})"), "classes[2] is a second class named \"a\""));
    CHECK(says(error_of(R"({"classes":[{"name":"a","color":"red"}]})"), "classes[0].color is \"red\""));
    CHECK(says(error_of(R"({"classes":[{"name":"a","color":"#12345"}]})"), "classes[0].color"));
    CHECK(says(error_of(R"({"classes":[{"name":"a","shapes":["circle"]}]})"),
               "classes[0].shapes[0] is \"circle\""));
    CHECK(says(error_of(R"({"classes":[{"name":"a","attributes":[{"name":"x","kind":"slider"}]}]})"),
               "classes[0].attributes[0].kind is \"slider\""));
    CHECK(says(error_of(R"({"classes":[{"name":"a","attributes":[{"name":"x","timing":"now"}]}]})"),
               "timing must be"));
    CHECK(
        says(error_of(R"({"classes":[{"name":"a","attributes":["x","x"]}]})"), "two attributes named \"x\""));
    CHECK(says(error_of(R"({"classes":[{"name":"a","attributes":[{"name":"x","kind":"radio"}]}]})"),
               "without values"));
    CHECK(says(error_of(R"({"classes":[{"name":""}]})"), "classes[0] has no name"));
    CHECK(says(error_of(R"({"classes":[{"color":"#123456"}]})"), "classes[0].name is missing"));
    CHECK(
        says(error_of(R"({"classes":[{"name":"a","parent":"zoo"}]})"), "is \"zoo\", which is no class here"));
    CHECK(says(error_of(R"({"classes":[{"name":"a","parent":"b"},{"name":"b","parent":"a"}]})"),
               "its own parent"));
    CHECK(says(error_of(R"({"classes":[{"name":"a","id":"42"}]})"), "classes[0].id must be an id"));
    CHECK(says(error_of(R"({"classes":[{"name":7}]})"), "classes[0].name must be a text"));
    CHECK(says(error_of(R"({"classes":{}})"), "classes must be a list"));
    CHECK(says(error_of("{}"), "classes is missing"));
    CHECK(says(error_of("[]"), "classes is missing"));
    CHECK(says(error_of("{\"classes\":[\n\"a\",]}"), "line 2"));
    CHECK(says(error_of(""), "This is no JSON"));
    CHECK(says(error_of("{\"classes\":[\"a\xff\"]}"), "UTF-8"));
    const std::string id = base::to_string(base::new_uuid());
    CHECK(says(
        error_of(fmt::format(R"({{"classes":[{{"name":"a","id":"{0}"}},{{"name":"b","id":"{0}"}}]}})", id)),
        "an id that occurs twice"));
}

TEST_CASE("deep_nesting_does_not_exhaust_the_stack") {
    const std::string deep = std::string(2'000'000, '[');
    CHECK_FALSE(edit_from_json(deep).has_value());
    CHECK_FALSE(ontology_from_json(deep + std::string(2'000'000, ']')).has_value());
    std::string nested = R"({"tracks":)";
    for (int i = 0; i < 100'000; ++i) nested += R"({"a":)";
    CHECK_FALSE(edit_from_json(nested).has_value());
}

TEST_CASE("coordinates_survive_bit_for_bit_and_whole_ones_are_short") {
    std::mt19937_64 random(5);
    Track track;
    track.info = fixture::make_info(AssetId::make(), ClassId::make());
    for (int i = 0; i < 2000; ++i) {
        double values[4];
        for (double& value : values) {
            do {
                const std::uint64_t bits = random();
                std::memcpy(&value, &bits, sizeof value);
            } while (!std::isfinite(value));
        }
        Keyframe keyframe = fixture::make_keyframe(i);
        keyframe.geometry = Box{values[0], values[1], values[2], values[3], 0};
        keyframe.confidence = static_cast<float>(random() % 100000) / 99999.0f;
        track.keyframes.push_back(keyframe);
    }
    const auto back = track_from_json(to_json(track));
    REQUIRE(back.has_value());
    CHECK(*back == track);
    Keyframe whole;
    whole.geometry = Box{1, 2, 300, -4, 0};
    whole.confidence = 0.9f;
    track.keyframes = {whole};
    CHECK(says(to_json(track), "\"box\":[1,2,300,-4],\"confidence\":0.9}"));
}

TEST_CASE("an_assets_place_on_the_ground_survives_bit_for_bit") {
    std::mt19937_64 random(8);
    const auto any = [&] {
        double value = 0;
        do {
            const std::uint64_t bits = random();
            std::memcpy(&value, &bits, sizeof value);
        } while (!std::isfinite(value));
        return value;
    };
    Asset asset = fixture::make_asset("scene.tif");
    asset.kind = MediaKind::raster;
    CHECK_FALSE(says(to_json(asset), "georeference"));
    for (int i = 0; i < 500; ++i) {
        asset.georeference = fixture::make_georeference(i);
        if (i % 2 == 0) asset.georeference.geotransform = {any(), any(), any(), any(), any(), any()};
        asset.georeference.gcps.push_back({{any(), any()}, any(), any(), any()});
        const auto back = asset_from_json(to_json(asset));
        REQUIRE(back.has_value());
        CHECK(*back == asset);
        CHECK(to_json(*back) == to_json(asset));
    }
    CHECK(says(to_json(asset), R"("kind":"raster")"));
}

TEST_CASE("a_wrong_place_on_the_ground_is_refused_with_the_place") {
    const auto refused = [](std::string_view georeference, std::string_view part) {
        std::string text = to_json(fixture::make_asset("a.tif"));
        text.insert(text.size() - 1, fmt::format(",\"georeference\":{}", georeference));
        const auto asset = asset_from_json(text);
        REQUIRE_FALSE(asset.has_value());
        CHECK(says(asset.error().message, part));
    };
    refused("7", "georeference must be an object");
    refused("[]", "georeference must be an object");
    refused(R"({"crs":4326})", "georeference.crs must be a text");
    refused(R"({"geotransform":[1,2,3,4,5]})", "georeference.geotransform must be six numbers");
    refused(R"({"geotransform":[1,2,3,4,5,6,7]})", "six numbers");
    refused(R"({"geotransform":[1,2,3,4,5,"6"]})", "georeference.geotransform[5] must be a number");
    refused(R"({"geotransform":[1,2,3,4,5,1e999]})", "");
    refused(R"({"gcps":[[1,2,3,4,5],[1,2]]})", "georeference.gcps[1] must be [column, row, x, y, z]");
    refused(R"({"rpc":{"LINE_OFF":1}})", "georeference.rpc must be a list");
    refused(R"({"rpc":[1]})", "georeference.rpc[0] must be a text");
}

TEST_CASE("every_sort_of_track_goes_through_json_unchanged") {
    Document document;
    fixture::Editor editor(document, 4);
    for (int i = 0; i < 300; ++i) editor.edit();
    CHECK(document.state().tracks.size() > 10);
    for (const auto& [id, track] : document.state().tracks) {
        const auto back = track_from_json(to_json(*track));
        REQUIRE(back.has_value());
        CHECK(*back == *track);
    }
    for (const Asset& asset : document.state().assets)
        CHECK(asset_from_json(to_json(asset)).value() == asset);
}

TEST_CASE("wrong_tracks_and_edits_are_refused_with_the_place") {
    const std::string id = base::to_string(base::new_uuid());
    const auto track = [&](std::string_view keyframes, std::string_view shape = "box") {
        const auto read = track_from_json(fmt::format(
            R"({{"id":"{0}","asset":"{0}","class":"{0}","number":1,"shape":"{1}","keyframes":{2}}})", id,
            shape, keyframes));
        return read ? "" : read.error().message;
    };
    CHECK(track(R"([{"frame":1,"box":[0,0,1,1],"future":{}}])").empty());
    CHECK(says(track(R"([{"frame":1}])"), "keyframes[0] has no shape"));
    CHECK(says(track(R"([{"box":[0,0,1,1]}])"), "keyframes[0].frame is missing"));
    CHECK(says(track(R"([{"frame":1.5,"box":[0,0,1,1]}])"), "keyframes[0].frame must be a whole number"));
    CHECK(says(track(R"([{"frame":1,"box":[0,0,1]}])"), "keyframes[0].box must be [x0, y0, x1, y1]"));
    CHECK(says(track(R"([{"frame":1,"box":[0,0,1,"1"]}])"), "keyframes[0].box[3] must be a number"));
    CHECK(says(track(R"([{"frame":1,"box":[0,0,1,1e999]}])"), "no JSON"));
    CHECK(says(track(R"([{"frame":1,"points":[[1,2,3]]}])", "points"), "points[0] must be [x, y]"));
    CHECK(
        says(track(R"([{"frame":1,"rings":[[[1,2]],[]]}])", "polygon"), "rings[1] is a ring without points"));
    CHECK(says(track(R"([{"frame":1,"mask":{"left":0,"top":0,"width":2,"height":2,"runs":[3,2]}}])", "mask"),
               "longer than"));
    CHECK(says(track(R"([{"frame":1,"mask":{"left":0,"top":0,"width":2,"height":2,"runs":[-3]}}])", "mask"),
               "must be from 0"));
    CHECK(says(track(R"([{"frame":1,"points":[[1,2]]}])"), "has not the shape of its track"));
    CHECK(says(track(R"([{"frame":1,"box":[0,0,1,1]},{"frame":1,"box":[0,0,1,1]}])"),
               "two keyframes on one frame"));
    CHECK(says(track(R"([{"frame":1,"box":[0,0,1,1],"confidence":1.5}])"), "from 0 to 1"));
    CHECK(says(track(R"([{"frame":1,"box":[0,0,1,1],"source":"dream"}])"), "Limn does not know"));
    CHECK(says(track(R"([{"frame":1,"box":[0,0,1,1],"attributes":{"colour":"red"}}])"),
               "by the id of an attribute"));
    CHECK(says(track("[]", "blob"), "shape is \"blob\""));
    CHECK_FALSE(edit_from_json("[]").has_value());
    CHECK_FALSE(edit_from_json(R"({"tracks":{"x":{}}})").has_value());
    CHECK_FALSE(edit_from_json(fmt::format(R"({{"tracks":{{"{}":{{"keyframes":{{"1x":{{}}}}}}}}}})", id))
                    .has_value());
    CHECK_FALSE(edit_from_json(fmt::format(R"({{"assets":{{"{}":{{}}}}}})", id)).has_value());
    CHECK(edit_from_json("{}").value().empty());
}

TEST_CASE("a_change_in_json_is_what_a_person_would_write") {
    Edit edit;
    const TrackId id = TrackId::make();
    Keyframe before = fixture::make_keyframe(120), after = fixture::make_keyframe(120, 2.5);
    after.occluded = true;
    edit.tracks[id].keyframes[120] = {before, after};
    CHECK(to_json(edit) ==
          fmt::format(
              R"({{"tracks":{{"{}":{{"keyframes":{{"120":{{"before":{{"pts":360360,"box":[0,10,20,40.25]}},)"
              R"("after":{{"pts":360360,"box":[2.5,10,22.5,40.25],"occluded":true}}}}}}}}}}}})",
              base::to_string(id.uuid)));
}

TEST_CASE("damaged_json_never_crashes_a_reader") {
    Document document;
    std::string longest;
    document.set_event_sink([&](Event event) {
        std::string text = to_json(*event.edit);
        if (text.size() > longest.size()) longest = text;
    });
    fixture::Editor editor(document, 11);
    for (int i = 0; i < 100; ++i) editor.edit();
    REQUIRE(edit_from_json(longest).has_value());
    std::mt19937 random(3);
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
        std::string damaged = longest;
        damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        if (i % 3 == 0) damaged.resize(random() % damaged.size());
        const auto edit = edit_from_json(damaged);
        if (!edit) {
            ++refused;
            CHECK(is_utf8(edit.error().message));
            continue;
        }
        State state;
        apply(*edit, state);  // whatever is read can be applied and written
        CHECK(edit_from_json(to_json(*edit)).value() == *edit);
    }
    CHECK(refused > 1000);
}

TEST_CASE("names_lead_back_to_their_enumerators") {
    for (const ShapeKind kind : {ShapeKind::box, ShapeKind::ellipse, ShapeKind::polygon, ShapeKind::polyline,
                                 ShapeKind::points, ShapeKind::mask}) {
        CHECK(shape_kind_from(name_of(kind)) == kind);
    }
    for (const AttributeKind kind : {AttributeKind::select, AttributeKind::radio, AttributeKind::checkbox,
                                     AttributeKind::number, AttributeKind::text}) {
        CHECK(attribute_kind_from(name_of(kind)) == kind);
    }
    CHECK_FALSE(shape_kind_from("Box").has_value());
}

TEST_CASE("invalid_utf8_is_replaced") {
    CHECK(to_utf8("grüße ⚽ 𝄞") == "grüße ⚽ 𝄞");
    CHECK(to_utf8("a\xc3") == "a\xEF\xBF\xBD");
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));      // a surrogate
    CHECK_FALSE(is_utf8("\xc0\x80"));          // overlong
    CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
    CHECK(is_utf8(to_utf8("\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80\xff")));
}
