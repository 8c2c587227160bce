#include <doctest/doctest.h>

#include "app/keyframe_edit.h"
#include "app/tools/box_edit.h"
#include "labels/interpolate.h"

using app::PointerEvent;
using labels::Box;

namespace {

// A document with one asset of 640×360, and a tool driven by structs.
struct Bench {
    labels::Document document;
    labels::AssetId asset = labels::AssetId::make();
    std::vector<labels::TrackId> selection;
    std::optional<labels::TrackId> asked;
    std::int64_t frame = 0;
    labels::ClassId active;
    std::unique_ptr<app::Tool> tool;

    explicit Bench(std::string_view tool_id) : tool{app::find_tool(tool_id)->make()} {
        labels::Transaction add{document, "Add media"};
        labels::Asset medium;
        medium.id = asset;
        medium.name = "clip.mp4";
        medium.frame_count = 100;
        add.put_asset(medium);
        add.commit();
    }
    labels::MaskLayerId mask_layer;
    app::MaskBrush brush;
    app::ToolContext context() {
        return {.document = document,
                .asset = asset,
                .frame = frame,
                .pts = frame * 512,
                .author = "test",
                .picture = {0, 0, 640, 360},
                .active_class = active,
                .selection = selection,
                .mask_layer = mask_layer,
                .brush = brush,
                .ask_class = [this](labels::TrackId id) { asked = id; },
                .tell = {}};
    }
    void send(PointerEvent::Kind kind, double x, double y) {
        auto with = context();
        tool->pointer(with, {.kind = kind, .at = {x, y}, .media_per_px = 1, .modifiers = {}});
    }
    void drag(base::Point from, base::Point to) {
        send(PointerEvent::Kind::press, from.x, from.y);
        for (int i = 1; i <= 4; ++i)
            send(PointerEvent::Kind::drag, from.x + (to.x - from.x) * i / 4,
                 from.y + (to.y - from.y) * i / 4);
        send(PointerEvent::Kind::release, to.x, to.y);
    }
    const labels::Track& only_track() {
        REQUIRE(document.state().tracks.size() == 1);
        return *document.state().tracks.begin()->second;
    }
    Box box_at(std::int64_t at) { return std::get<Box>(labels::shape_at(only_track(), at)->geometry); }
};

}  // namespace

TEST_CASE("drag_with_box_tool_makes_one_undo_step") {
    Bench bench{"box"};
    const std::size_t before = bench.document.history().undo.size();
    bench.drag({100, 50}, {180, 120});
    CHECK(bench.document.history().undo.size() == before + 1);
    CHECK(bench.box_at(0) == Box{100, 50, 180, 120, 0});
    CHECK(bench.only_track().keyframes.front().pts == 0);
    CHECK(bench.selection == std::vector{bench.only_track().info.id});
    REQUIRE(bench.document.undo());
    CHECK(bench.document.state().tracks.empty());
    CHECK(bench.document.state().ontology.classes.empty());
}

TEST_CASE("first_box_gets_a_class_and_asks_for_its_name") {
    Bench bench{"box"};
    bench.drag({100, 50}, {180, 120});
    REQUIRE(bench.document.state().ontology.classes.size() == 1);
    CHECK(bench.document.state().ontology.classes.front().name == "object");
    CHECK(bench.asked == bench.only_track().info.id);
    bench.selection.clear();
    bench.active = bench.document.state().ontology.classes.front().id;
    bench.asked.reset();
    bench.drag({300, 50}, {380, 120});
    CHECK_FALSE(bench.asked);
    CHECK(bench.document.state().tracks.size() == 2);
}

TEST_CASE("a_click_or_a_cancelled_drag_makes_nothing") {
    Bench bench{"box"};
    const auto events = bench.document.history().last_seq;
    bench.drag({100, 50}, {101, 51});
    bench.send(PointerEvent::Kind::press, 10, 10);
    bench.send(PointerEvent::Kind::drag, 90, 90);
    CHECK(bench.tool->busy());
    CHECK(bench.document.state().tracks.size() == 1);
    bench.send(PointerEvent::Kind::cancel, 90, 90);
    CHECK_FALSE(bench.tool->busy());
    CHECK(bench.document.state().tracks.empty());
    CHECK(bench.document.history().last_seq == events);
}

TEST_CASE("moving_a_box_forty_frames_on_interpolates_between") {
    Bench bench{"box"};
    bench.drag({100, 50}, {180, 120});
    bench.frame = 40;
    bench.drag({140, 85}, {220, 85});
    CHECK(bench.only_track().keyframes.size() == 2);
    CHECK(bench.box_at(0).x0 == doctest::Approx(100));
    CHECK(bench.box_at(20).x0 == doctest::Approx(140));
    CHECK(bench.box_at(40).x0 == doctest::Approx(180));
    CHECK(bench.only_track().keyframes.back().pts == 40 * 512);
}

TEST_CASE("every_handle_moves_its_own_sides_only") {
    const Box box{100, 100, 200, 180, 0};
    const base::Rect within{0, 0, 640, 360};
    const auto handles = app::handle_points(box);
    for (int i = 0; i < 8; ++i) {
        const auto grip = static_cast<app::Grip>(static_cast<int>(app::Grip::top_left) + i);
        const base::Point from = handles[static_cast<std::size_t>(i)];
        CHECK(app::grip_at(box, from, 1) == grip);
        const Box out = app::dragged(box, grip, from, {from.x + 7, from.y + 5}, within);
        const bool left = i == 0 || i == 6 || i == 7, right = i >= 2 && i <= 4, top = i <= 2,
                   bottom = i >= 4 && i <= 6;
        CHECK(out.x0 == (left ? 107 : 100));
        CHECK(out.x1 == (right ? 207 : 200));
        CHECK(out.y0 == (top ? 105 : 100));
        CHECK(out.y1 == (bottom ? 185 : 180));
    }
    CHECK(app::grip_at(box, {150, 140}, 1) == app::Grip::body);
    CHECK(app::grip_at(box, {50, 140}, 1) == app::Grip::none);
}

TEST_CASE("sides_that_cross_swap_and_the_box_stays_in_the_picture") {
    const Box box{100, 100, 200, 180, 0};
    const base::Rect within{0, 0, 640, 360};
    const Box crossed = app::dragged(box, app::Grip::right, {200, 140}, {60, 140}, within);
    CHECK(crossed == Box{60, 100, 100, 180, 0});
    const Box at_edge = app::dragged(box, app::Grip::body, {150, 140}, {-500, 140}, within);
    CHECK(at_edge == Box{0, 100, 100, 180, 0});
    const Box clipped = app::dragged(box, app::Grip::bottom_right, {200, 180}, {900, 900}, within);
    CHECK(clipped == Box{100, 100, 640, 360, 0});
}

TEST_CASE("resizing_a_turned_box_keeps_the_opposite_corner") {
    const Box box{100, 100, 200, 160, 30};
    const base::Point kept = app::handle_points(box)[0];
    const base::Point grabbed = app::handle_points(box)[4];
    const Box out =
        app::dragged(box, app::Grip::bottom_right, grabbed, grabbed + base::Point{20, 10}, {0, 0, 640, 360});
    CHECK(app::handle_points(out)[0].x == doctest::Approx(kept.x));
    CHECK(app::handle_points(out)[0].y == doctest::Approx(kept.y));
    CHECK(app::handle_points(out)[4].x == doctest::Approx(grabbed.x + 20));
    CHECK(app::handle_points(out)[4].y == doctest::Approx(grabbed.y + 10));
}

TEST_CASE("locked_and_hidden_objects_cannot_be_grabbed") {
    Bench bench{"select"};
    labels::Transaction add{bench.document, "add"};
    labels::Ontology ontology;
    ontology.classes.push_back(labels::make_class(ontology, "car"));
    add.put_ontology(ontology);
    labels::TrackInfo info{
        .id = labels::TrackId::make(), .asset = bench.asset, .class_id = ontology.classes[0].id};
    info.locked = true;
    add.put_track(info);
    labels::Keyframe keyframe;
    keyframe.geometry = Box{100, 100, 200, 180, 0};
    add.put_keyframe(info.id, keyframe);
    add.commit();
    const auto hash = labels::state_hash(bench.document.state());
    bench.drag({150, 140}, {250, 240});
    CHECK(labels::state_hash(bench.document.state()) == hash);
    CHECK(bench.selection.empty());
}

TEST_CASE("a_keyframe_made_in_passing_keeps_what_was_in_force") {
    labels::Track track;
    labels::Keyframe first;
    first.geometry = Box{0, 0, 10, 10, 0};
    first.occluded = true;
    first.interpolate = false;
    track.keyframes = {first};
    const labels::Keyframe made = app::keyframe_for_edit(track, 30, 900);
    CHECK(made.frame == 30);
    CHECK(made.pts == 900);
    CHECK(made.occluded);
    CHECK_FALSE(made.interpolate);
    CHECK(made.geometry == first.geometry);
}

TEST_CASE("box_tool_takes_another_box_by_its_edge_and_draws_inside_it") {
    Bench bench{"box"};
    bench.drag({100, 50}, {300, 250});
    bench.active = bench.document.state().ontology.classes.front().id;
    bench.selection.clear();
    bench.drag({300, 150}, {340, 150});
    CHECK(bench.box_at(0) == Box{100, 50, 340, 250, 0});
    CHECK(bench.selection.size() == 1);
    bench.selection.clear();
    bench.drag({150, 100}, {200, 150});
    CHECK(bench.document.state().tracks.size() == 2);
}

TEST_CASE("choosing_the_box_tool_again_draws_inside_the_selected_box") {
    Bench bench{"box"};
    bench.drag({100, 50}, {400, 350});
    bench.tool = app::find_tool("box")->make();  // N
    bench.drag({150, 100}, {200, 150});
    CHECK(bench.document.state().tracks.size() == 2);
    bench.drag({175, 125}, {185, 125});  // the new one is selected: moved
    CHECK(bench.document.state().tracks.size() == 2);
}
