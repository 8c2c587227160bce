#include <doctest/doctest.h>

#include "cases.h"
#include "labels/interpolate.h"

using namespace formats_test;

namespace formats_test {

const FormatCase& cvat_video_case() {
    using K = labels::ShapeKind;
    static const std::string golden = R"(<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <name>clip.mp4</name>
      <size>6</size>
      <mode>interpolation</mode>
      <start_frame>0</start_frame>
      <stop_frame>5</stop_frame>
      <frame_filter></frame_filter>
      <labels>
        <label>
          <name>car</name>
          <color>#0072b2</color>
          <type>any</type>
          <attributes>
            <attribute>
              <name>colour</name>
              <mutable>False</mutable>
              <input_type>select</input_type>
              <default_value>red</default_value>
              <values>red
blue</values>
            </attribute>
            <attribute>
              <name>lights</name>
              <mutable>True</mutable>
              <input_type>checkbox</input_type>
              <default_value>false</default_value>
              <values></values>
            </attribute>
          </attributes>
        </label>
        <label>
          <name>person</name>
          <color>#e69f00</color>
          <type>any</type>
          <attributes>
          </attributes>
        </label>
      </labels>
      <original_size>
        <width>640</width>
        <height>360</height>
      </original_size>
      <source>clip.mp4</source>
    </task>
    <source>clip.mp4</source>
  </meta>
  <track id="0" label="car" source="manual">
    <box frame="0" keyframe="1" outside="0" occluded="0" xtl="10.00" ytl="20.00" xbr="30.00" ybr="40.00" z_order="0">
      <attribute name="colour">blue</attribute>
      <attribute name="lights">false</attribute>
    </box>
    <box frame="1" keyframe="0" outside="0" occluded="0" xtl="12.00" ytl="20.25" xbr="32.00" ybr="40.125" z_order="0">
      <attribute name="colour">blue</attribute>
      <attribute name="lights">false</attribute>
    </box>
    <box frame="2" keyframe="1" outside="0" occluded="1" xtl="14.00" ytl="20.50" xbr="34.00" ybr="40.25" z_order="0">
      <attribute name="colour">blue</attribute>
      <attribute name="lights">true</attribute>
    </box>
    <box frame="3" keyframe="0" outside="0" occluded="1" xtl="14.00" ytl="20.50" xbr="34.00" ybr="40.25" z_order="0">
      <attribute name="colour">blue</attribute>
      <attribute name="lights">true</attribute>
    </box>
    <box frame="4" keyframe="1" outside="1" occluded="0" xtl="14.00" ytl="20.50" xbr="34.00" ybr="40.25" z_order="0">
      <attribute name="colour">blue</attribute>
      <attribute name="lights">true</attribute>
    </box>
  </track>
  <track id="1" label="person" source="manual" group_id="3" limn_extent="picture">
    <polygon frame="1" keyframe="1" outside="0" occluded="0" points="1.00,1.00;5.00,1.00;5.00,4.00" z_order="0">
    </polygon>
    <polygon frame="2" keyframe="1" outside="1" occluded="0" points="1.00,1.00;5.00,1.00;5.00,4.00" z_order="0">
    </polygon>
  </track>
  <track id="2" label="person" source="manual" limn_extent="picture">
    <mask frame="1" keyframe="1" outside="0" occluded="0" rle="1, 2, 1, 2" left="2" top="3" width="3" height="2" z_order="0">
    </mask>
    <mask frame="2" keyframe="1" outside="1" occluded="0" rle="1, 2, 1, 2" left="2" top="3" width="3" height="2" z_order="0">
    </mask>
  </track>
</annotations>
)";
    static const FormatCase each{
        .id = "cvat-video",
        .out = "out.xml",
        .golden_file = "out.xml",
        .golden = golden,
        .lone_file = "in.xml",
        .malformed =
            {{"not xml", "<annotations><track", "not sound XML"},
             {"another root", "<html></html>", "no <annotations>"},
             {"images", "<annotations><image id=\"0\" name=\"a.jpg\"></image></annotations>",
              "CVAT for images"},
             {"no frame",
              "<annotations><track label=\"a\"><box xtl=\"1\" ytl=\"1\" xbr=\"2\" "
              "ybr=\"2\"/></track></annotations>",
              "its frame"},
             {"a huge frame",
              "<annotations><track label=\"a\"><box frame=\"99999999999\" xtl=\"1\" ytl=\"1\" xbr=\"2\" "
              "ybr=\"2\"/></track></annotations>",
              "frame 99999999999"},
             {"not a number",
              "<annotations>\n<track label=\"a\"><box frame=\"1\" xtl=\"nan\" ytl=\"1\" xbr=\"2\" "
              "ybr=\"2\"/></track></annotations>",
              "line 2"},
             {"a huge number",
              "<annotations><track label=\"a\"><box frame=\"1\" xtl=\"1e300\" ytl=\"1\" xbr=\"2\" "
              "ybr=\"2\"/></track></annotations>",
              "coordinates"},
             {"points",
              "<annotations><track label=\"a\"><points frame=\"1\" points=\"1,2;3\"/></track></annotations>",
              "coordinates"},
             {"a mask that does not fill its box",
              "<annotations><track label=\"a\"><mask frame=\"1\" rle=\"3, 4\" left=\"0\" top=\"0\" "
              "width=\"3\" height=\"3\"/></track></annotations>",
              "coordinates"},
             {"a mask of a billion pixels",
              "<annotations><track label=\"a\"><mask frame=\"1\" rle=\"1000000000\" left=\"0\" top=\"0\" "
              "width=\"100000\" height=\"10000\"/></track></annotations>",
              "coordinates"},
             {"no label",
              "<annotations><track label=\"\"><box frame=\"1\" xtl=\"1\" ytl=\"1\" xbr=\"2\" "
              "ybr=\"2\"/></track></annotations>",
              "does not know \"\""}},
        .random = {{K::box, K::ellipse, K::polygon, K::polyline, K::points, K::mask}, true, false, true},
        .survives = {},
    };
    return each;
}

}  // namespace formats_test

namespace {

std::string one_track(std::string_view rows, std::string_view attributes = "") {
    return fmt::format(
        "<annotations><version>1.1</version><track id=\"0\" label=\"car\"{}>{}</track></annotations>",
        attributes, rows);
}

std::string box_row(int frame, std::string_view more) {
    return fmt::format("<box frame=\"{}\" xtl=\"{}\" ytl=\"2.00\" xbr=\"30.50\" ybr=\"40.00\" {}></box>",
                       frame, frame, more);
}

const labels::Track& only_track(const Imported& imported) {
    REQUIRE_MESSAGE(imported.report, imported.message());
    REQUIRE(imported.state().tracks.size() == 1);
    return *imported.state().tracks.begin()->second;
}

}  // namespace

TEST_CASE("only rows marked as keyframes are read, since CVAT interpolated the others") {
    const TempDir dir;
    const auto file =
        dir.write("a.xml", one_track(box_row(0, "keyframe=\"1\"") + box_row(1, "keyframe=\"0\"") +
                                     box_row(2, "keyframe=\"1\" occluded=\"1\"") +
                                     box_row(3, "keyframe=\"1\" outside=\"1\"")));
    const Imported imported = import_file("cvat-video", file);
    const labels::Track& track = only_track(imported);
    REQUIRE(track.keyframes.size() == 3);
    CHECK(track.keyframes[1].frame == 2);
    CHECK(track.keyframes[1].occluded);
    CHECK(track.end_frame() == 3);
    CHECK(!labels::shape_at(track, 3));
    CHECK(track.info.source == labels::Source::import);
    CHECK(track.info.source_detail == "cvat-video");
}

TEST_CASE("a track whose rows are all interpolated is read frame by frame and said so") {
    const TempDir dir;
    const auto file = dir.write(
        "a.xml", one_track(box_row(4, "keyframe=\"0\" outside=\"0\"") + box_row(5, "keyframe=\"0\"")));
    const Imported imported = import_file("cvat-video", file);
    CHECK(only_track(imported).keyframes.size() == 2);
    CHECK(imported.warns_of("without any keyframe"));
}

TEST_CASE("a stretch that holds still is written as keyframes and read back as it was") {
    labels::State state = sample_project();
    labels::Document document(state);
    const labels::TrackId id = state.tracks_of(state.assets.front().id).front();
    {
        labels::Transaction transaction(document, "test");
        labels::Keyframe still = state.find(id)->keyframes[0];
        still.interpolate = false;
        transaction.put_keyframe(id, still);
        transaction.commit();
    }
    const TempDir dir;
    const auto report = export_to("cvat-video", document.state(), dir.path() / "out.xml");
    REQUIRE(report);
    const std::string text = read_text(dir.path() / "out.xml");
    CHECK(text.find("frame=\"1\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"10.00\"") !=
          std::string::npos);
    CHECK(std::any_of(report->warnings.begin(), report->warnings.end(),
                      [](const auto& each) { return each.find("interpolation off") != std::string::npos; }));
    const Imported back = import_file("cvat-video", dir.path() / "out.xml", empty_video_project(6));
    REQUIRE_MESSAGE(back.report, back.message());
    CHECK(describe(back.state()) == describe(document.state()));
}

TEST_CASE("the outline of a polygon with a hole is written, and the loss is said") {
    const labels::State state = random_project(5, {{labels::ShapeKind::polygon}, false, true, false});
    const TempDir dir;
    const auto report = export_to("cvat-video", state, dir.path() / "out.xml");
    REQUIRE(report);
    CHECK(std::any_of(report->warnings.begin(), report->warnings.end(),
                      [](const auto& each) { return each.find("no holes") != std::string::npos; }));
}

TEST_CASE("skeletons and cuboids are skipped and counted") {
    const TempDir dir;
    const auto file = dir.write("a.xml",
                                "<annotations><track label=\"a\"><skeleton frame=\"0\" "
                                "keyframe=\"1\"><points points=\"1,1\"/></skeleton>"
                                "</track><track label=\"a\"><cuboid frame=\"0\"/></track></annotations>");
    const Imported imported = import_file("cvat-video", file);
    REQUIRE_MESSAGE(imported.report, imported.message());
    CHECK(imported.report->tracks == 0);
    CHECK(imported.warns_of("<skeleton>"));
    CHECK(imported.warns_of("<cuboid>"));
}

TEST_CASE("a label that the file itself does not declare is refused even where the ontology is empty") {
    const TempDir dir;
    const auto file =
        dir.write("a.xml",
                  "<annotations><meta><task><labels><label><name>car</name></label></labels></task></meta>"
                  "<track label=\"cat\">" +
                      box_row(0, "") + "</track></annotations>");
    const Imported refused = import_file("cvat-video", file);
    REQUIRE(!refused.report);
    CHECK(refused.message().find("\"cat\"") != std::string::npos);
    CHECK(import_file("cvat-video", file, {}, {.unknown_classes = formats::UnknownClasses::add}).report);
}

TEST_CASE("an object that is gone just past the last frame is read without a word") {
    const TempDir dir;
    labels::State start = empty_video_project(3);
    const auto file = dir.write(
        "a.xml", one_track(box_row(2, "keyframe=\"1\"") + box_row(3, "keyframe=\"1\" outside=\"1\"")));
    const Imported imported = import_file("cvat-video", file, start, {.onto_first_asset = true});
    CHECK(only_track(imported).keyframes.size() == 1);
}

TEST_CASE("CVAT's own file for a video is read whole") {
    const auto data = shared_data();
    if (data.empty()) return;
    const auto file = data / "cvat/for_video/annotations.xml";
    const auto probed = formats::probe_format(file);
    REQUIRE(probed);
    CHECK((*probed)->id == "cvat-video");
    const Imported imported = import_file("cvat-video", file);
    REQUIRE_MESSAGE(imported.report, imported.message());
    CHECK(imported.report->warnings.empty());
    CHECK(imported.report->tracks == 3);
    CHECK(imported.report->keyframes == 7);
    const labels::State& state = imported.state();
    REQUIRE(state.ontology.classes.size() == 3);
    CHECK(state.ontology.classes[1].name == "z U k");
    REQUIRE(state.ontology.classes[0].attributes.size() == 1);
    const labels::Attribute& attr = state.ontology.classes[0].attributes[0];
    CHECK(attr.timing == labels::Timing::changing);
    CHECK(attr.kind == labels::AttributeKind::select);
    CHECK(attr.values == std::vector<std::string>{"jk", "hgkf"});
    REQUIRE(state.assets.size() == 1);
    CHECK(state.assets[0].name == "t.mp4");
    CHECK(state.assets[0].width_px == 25);
    const auto& ids = state.tracks_of(state.assets[0].id);
    REQUIRE(ids.size() == 3);
    const labels::Track& box = *state.find(ids[0]);
    REQUIRE(box.keyframes.size() == 3);
    CHECK(box.keyframes[0].occluded);
    CHECK(std::get<labels::Box>(box.keyframes[0].geometry) == labels::Box{3, 4, 10, 5, 0});
    CHECK(box.keyframes[2].frame == 16);
    const labels::Track& points = *state.find(ids[1]);
    CHECK(points.info.shape == labels::ShapeKind::points);
    CHECK(std::get<labels::Path>(points.keyframes[0].geometry).points[1] == base::Point{2.55, 15.09});
    CHECK(*labels::find_value(points.keyframes[0].attributes, attr.id) == "hgkf");
    CHECK(state.find(ids[2])->info.shape == labels::ShapeKind::polyline);
    // Onto a clip that is too short: refused.
    CHECK(!import_file("cvat-video", file, empty_video_project(15),
                       {.unknown_classes = formats::UnknownClasses::add, .onto_first_asset = true})
               .report);
}

TEST_CASE("CVAT's files for images are told apart and refused") {
    const auto data = shared_data();
    if (data.empty()) return;
    const auto file = data / "cvat/for_images/export_task/train.xml";
    CHECK(!formats::probe_format(file));
    const Imported refused = import_file("cvat-video", file);
    REQUIRE(!refused.report);
    CHECK(refused.report.error().kind == base::ErrorKind::unsupported);
    CHECK(refused.message().find("CVAT for images") != std::string::npos);
}

TEST_CASE("another XML reader finds in our file what CVAT's importer takes from it") {
    const TempDir dir;
    REQUIRE(export_to("cvat-video", sample_project(), dir.path() / "out.xml"));
    const std::string out = run_python(R"(
import sys, xml.etree.ElementTree as E
root = E.parse(sys.argv[1]).getroot()
print(root.find('meta/task/size').text, [l.find('name').text for l in root.findall('meta/task/labels/label')])
for t in root.findall('track'):
    for s in t:
        if s.attrib['keyframe'] != '1': continue
        a = {x.attrib['name']: x.text for x in s.findall('attribute')}
        print(t.attrib['id'], t.attrib['label'], s.tag, s.attrib['frame'], s.attrib['outside'], s.attrib['occluded'], a.get('lights'))
)",
                                       {(dir.path() / "out.xml").string()});
    if (out == "no python") return;
    CHECK(out ==
          "6 ['car', 'person']\n"
          "0 car box 0 0 0 false\n"
          "0 car box 2 0 1 true\n"
          "0 car box 4 1 0 true\n"
          "1 person polygon 1 0 0 None\n"
          "1 person polygon 2 1 0 None\n"
          "2 person mask 1 0 0 None\n"
          "2 person mask 2 1 0 None\n");
}
