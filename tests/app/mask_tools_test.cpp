// Painting masks by structs, without a screen: what lands in the document.

#include <cmath>
#include <thread>

#include <doctest/doctest.h>

#include "app/mask_operations.h"
#include "app/mask_suggestion.h"
#include "app/tool.h"
#include "labels/mask_geometry.h"
#include "masks/value_counts.h"

namespace {

using app::PointerEvent;
using Kind = PointerEvent::Kind;

struct Bench {
    explicit Bench(std::string_view tool_id, labels::MediaKind kind = labels::MediaKind::raster,
                   std::int64_t frames = 1)
        : tool{app::find_tool(tool_id)->make()} {
        labels::Ontology ontology;
        for (const char* name : {"water", "forest"})
            ontology.classes.push_back(labels::make_class(ontology, name));
        labels::Asset asset;
        asset.id = medium = labels::AssetId::make();
        asset.kind = kind;
        asset.frame_count = frames;
        labels::Transaction set_up(document, "Set up");
        set_up.put_ontology(ontology);
        set_up.put_asset(asset);
        set_up.commit();
        active = ontology.classes[0].id;
        other = ontology.classes[1].id;
    }
    app::ToolContext context() {
        return {.document = document,
                .asset = medium,
                .frame = frame,
                .pts = frame * 512,
                .author = "test",
                .picture = {0, 0, 900, 700},
                .active_class = active,
                .selection = selection,
                .mask_layer = layer,
                .brush = brush,
                .ask_class = {},
                .tell = [this](std::string text) { told = std::move(text); },
                .run =
                    [this](std::string name, base::JobPool::Work work) {
                        return pool.submit(std::move(name), std::move(work));
                    }};
    }
    // Until the tool's jobs are done and taken.
    void settle() {
        while (tool->busy()) {
            auto with = context();
            tool->update(with);
            std::this_thread::yield();
        }
    }
    void send(Kind kind, base::Point at, app::Modifiers modifiers = {}) {
        auto with = context();
        tool->pointer(with, {.kind = kind, .at = at, .media_per_px = 1, .modifiers = modifiers});
    }
    void drag(base::Point from, base::Point to, app::Modifiers modifiers = {}) {
        send(Kind::press, from, modifiers);
        send(Kind::drag, (from + to) * 0.5, modifiers);
        send(Kind::drag, to, modifiers);
        send(Kind::release, to, modifiers);
    }
    std::int64_t pixels(masks::Value value) {
        masks::ValueCounts counts;
        counts.follow(document.state().find(layer)->plane);
        return counts.of(value);
    }

    base::JobPool pool{1};
    labels::Document document;
    labels::AssetId medium;
    std::unique_ptr<app::Tool> tool;
    labels::ClassId active, other;
    std::vector<labels::TrackId> selection;
    labels::MaskLayerId layer;
    app::MaskBrush brush;
    std::int64_t frame = 0;
    std::string told;
};

}  // namespace

TEST_CASE("a_stroke_makes_one_undo_step_with_layer_and_value") {
    Bench bench("brush");
    bench.drag({100, 100}, {300, 100});
    REQUIRE(bench.document.history().undo.size() == 2);
    CHECK(bench.document.history().undo.back().name == "Paint water");
    const labels::MaskLayer* layer = bench.document.state().find(bench.layer);
    REQUIRE(layer != nullptr);
    CHECK(layer->info.width_px == 900);
    REQUIRE(layer->info.values.size() == 1);
    CHECK(layer->info.values[0].class_id == bench.active);
    // A capsule of 200 by 40.
    CHECK(std::abs(bench.pixels(1) - std::llround(200 * 40 + M_PI * 400)) < 40);
    REQUIRE(bench.document.undo());
    CHECK(bench.document.state().mask_layers.empty());
}

TEST_CASE("alt_takes_away_and_escape_puts_everything_back") {
    Bench bench("brush");
    bench.drag({100, 100}, {300, 100});
    const std::int64_t painted = bench.pixels(1);
    bench.drag({180, 60}, {180, 140}, {.alt = true});
    CHECK(bench.pixels(1) < painted - 1000);
    const std::string hash = labels::state_hash(bench.document.state());
    bench.send(Kind::press, {500, 500});
    bench.send(Kind::drag, {600, 600});
    CHECK(bench.tool->busy());
    bench.send(Kind::cancel, {600, 600});
    CHECK_FALSE(bench.tool->busy());
    CHECK(labels::state_hash(bench.document.state()) == hash);
}

TEST_CASE("shift_joins_a_press_to_the_end_of_the_last_stroke") {
    Bench bench("brush");
    bench.drag({100, 100}, {100, 101});
    bench.send(Kind::press, {500, 100}, {.shift = true});
    bench.send(Kind::release, {500, 100}, {.shift = true});
    CHECK(bench.document.state().find(bench.layer)->plane.at(300, 100) == 1);
}

TEST_CASE("protected_classes_are_never_painted_over_and_others_get_values_of_their_own") {
    Bench bench("mask_rectangle");
    bench.drag({0, 0}, {100, 100});
    std::swap(bench.active, bench.other);
    bench.brush.protected_classes = {bench.other};
    bench.drag({50, 0}, {150, 100});
    CHECK(bench.pixels(1) == 10000);
    CHECK(bench.pixels(2) == 5000);
    bench.brush.protected_classes.clear();
    bench.brush.only_unlabelled = true;
    bench.drag({0, 50}, {200, 200});
    CHECK(bench.pixels(1) == 10000);
    CHECK(bench.pixels(2) == 5000 + 200 * 150 - 100 * 50 - 50 * 50);
}

TEST_CASE("erasing_what_was_never_painted_makes_no_layer") {
    Bench bench("eraser");
    bench.drag({10, 10}, {100, 100});
    CHECK(bench.document.state().mask_layers.empty());
    CHECK(bench.document.history().undo.size() == 1);
}

TEST_CASE("in_a_film_the_mask_of_an_object_is_painted_on_the_frame_shown") {
    Bench bench("brush", labels::MediaKind::video, 100);
    bench.frame = 7;
    bench.drag({100, 100}, {200, 100});
    REQUIRE(bench.selection.size() == 1);
    CHECK(bench.document.state().mask_layers.empty());
    const labels::Track* track = bench.document.state().find(bench.selection[0]);
    REQUIRE(track->keyframes.size() == 1);
    CHECK(track->info.shape == labels::ShapeKind::mask);
    bench.frame = 9;
    bench.drag({300, 300}, {300, 300});
    track = bench.document.state().find(bench.selection[0]);
    REQUIRE(track->keyframes.size() == 2);
    CHECK(track->keyframes[1].frame == 9);
    // What was there before goes on.
    const auto& runs = std::get<labels::MaskRuns>(track->keyframes[1].geometry);
    const masks::Plane plane = labels::plane_of(runs, 900, 700);
    CHECK(plane.at(150, 100) == 1);
    CHECK(plane.at(300, 300) == 1);
    CHECK(std::get<labels::MaskRuns>(track->keyframes[0].geometry) ==
          labels::runs_of(
              labels::plane_of(std::get<labels::MaskRuns>(track->keyframes[0].geometry), 900, 700)));
    // Erased all: it is not on this frame.
    bench.brush.size_px = 3000;
    bench.drag({300, 300}, {300, 300}, {.alt = true});
    track = bench.document.state().find(bench.selection[0]);
    CHECK(track->keyframe_at(9)->outside);
}

TEST_CASE("an_area_is_filled_by_clicks_and_by_dragging_round_it") {
    Bench bench("area");
    for (const base::Point at : {base::Point{100, 100}, {300, 100}, {300, 300}, {100, 300}}) {
        bench.send(Kind::press, at);
        bench.send(Kind::release, at);
    }
    bench.send(Kind::finish, {100, 300});
    CHECK(bench.pixels(1) == 40000);
    bench.send(Kind::press, {500, 500});
    for (const base::Point at : {base::Point{600, 500}, {600, 600}, {500, 600}, {505, 520}})
        bench.send(Kind::drag, at);
    bench.send(Kind::release, {500, 500});
    CHECK(bench.pixels(1) > 40000 + 9000);
    CHECK_FALSE(bench.tool->busy());
}

TEST_CASE("a_part_is_moved_or_copied_with_what_hangs_together_alone") {
    Bench bench("mask_rectangle");
    bench.drag({10, 10}, {50, 30});
    bench.drag({100, 10}, {120, 30});
    bench.tool = app::find_tool("move_part")->make();
    bench.drag({20, 20}, {220.4, 319.8});
    bench.settle();
    const auto at = [&](int x, int y) { return bench.document.state().find(bench.layer)->plane.at(x, y); };
    CHECK(bench.document.history().undo.back().name == "Move a part");
    CHECK(bench.pixels(1) == 800 + 400);
    CHECK(at(20, 20) == 0);
    CHECK(at(210, 310) == 1);
    CHECK(at(249, 329) == 1);
    CHECK(at(250, 329) == 0);
    CHECK(at(110, 20) == 1);
    bench.drag({110, 20}, {60, 20}, {.alt = true});
    bench.settle();
    CHECK(bench.pixels(1) == 800 + 400 + 400);
    CHECK(at(50, 20) == 1);
    CHECK(at(110, 20) == 1);
    // What would lie outside is cut off; a part that is kept stays.
    bench.drag({50, 20}, {40 - 10, 20});
    bench.settle();
    CHECK(at(30, 20) == 1);
    const std::string before = labels::state_hash(bench.document.state());
    bench.brush.protected_classes = {bench.active};
    bench.drag({110, 20}, {300, 20});
    CHECK_FALSE(bench.tool->busy());
    CHECK(bench.told.find("Never over") != std::string::npos);
    bench.drag({800, 600}, {300, 20});
    CHECK_FALSE(bench.tool->busy());
    CHECK(labels::state_hash(bench.document.state()) == before);
}

TEST_CASE("every_operation_of_the_table_runs_and_can_be_cancelled") {
    masks::Plane plane(700, 500, masks::Depth::u8);
    masks::paint(plane, *masks::ellipse({100, 100, 400, 400}), {.value = 1});
    masks::paint(plane, *masks::rectangle({200, 200, 230, 230}), {.value = 0});
    masks::paint(plane, *masks::rectangle({600, 10, 604, 14}), {.value = 1});
    masks::paint(plane, *masks::rectangle({606, 0, 650, 60}), {.value = 2});
    std::stop_source stopped;
    stopped.request_stop();
    for (const app::MaskOperation& operation : app::mask_operations()) {
        CAPTURE(operation.id);
        app::MaskOperationInput input{.with = 1, .n = 3};
        if (operation.id == "remove-islands") input.n = 64;
        if (operation.id == "fill-holes") input.n = 0;
        if (operation.id == "snap") input.which = masks::Which::of(1);
        const auto made = operation.run(plane, input, {});
        REQUIRE(made);
        bool differs = false;
        masks::Plane::each_difference(plane, *made, [&](const auto&, const auto& a, const auto& b) {
            differs |= !masks::same_samples(a, b);
        });
        CHECK(differs);
        if (operation.id == "fill-holes") CHECK(made->at(215, 215) == 1);
        if (operation.id == "remove-islands") CHECK(made->at(602, 12) == 0);
        if (operation.id == "grow") CHECK(made->at(597, 12) == 1);
        if (operation.id == "snap") {
            CHECK(made->at(605, 12) == 1);
            CHECK(made->at(605, 30) == 0);  // far from class 1
            CHECK(made->at(597, 12) == 0);
            CHECK(made->at(606, 12) == 2);
        }
        // The bounds of all that is labelled are x 100 … 650, y 0 … 400.
        if (operation.id == "flip-horizontal") {
            CHECK(made->at(749 - 602, 12) == 1);
            CHECK(made->at(749 - 610, 12) == 2);
        }
        if (operation.id == "flip-vertical") CHECK(made->at(602, 399 - 12) == 1);
        const auto none = operation.run(plane, input, stopped.get_token());
        REQUIRE_FALSE(none);
        CHECK(none.error().kind == base::ErrorKind::cancelled);
    }
}

TEST_CASE("a_suggestion_learns_from_strokes_and_leaves_them_alone") {
    constexpr int k_side = 200;
    masks::Plane mask(k_side, k_side, masks::Depth::u8);
    masks::paint(mask, *masks::rectangle({10, 10, 30, 190}), {.value = 1});
    masks::paint(mask, *masks::rectangle({150, 10, 180, 190}), {.value = 2});
    const app::ToolContext::ReadSamples read = [](const masks::PixelRect& area, std::size_t,
                                                  const std::stop_token&) {
        assist::PixelWindow window;
        window.area = area;
        window.samples.width = window.samples.height = k_side;
        window.samples.bands = 1;
        for (int i = 0; i < k_side * k_side; ++i)
            window.samples.values.push_back(i % k_side < 100 ? 10.0f + static_cast<float>(i % 7)
                                                             : 80.0f + static_cast<float>(i % 5));
        return base::Result<assist::PixelWindow>(std::move(window));
    };
    base::Job job("suggest");
    auto made = app::make_suggestion(read, mask, {0, 0, k_side, k_side}, 0.6, job);
    REQUIRE(made);
    CHECK(made->values.at(60, 100) == 1);
    CHECK(made->values.at(130, 100) == 2);
    CHECK(made->values.at(20, 100) == 0);  // painted already
    REQUIRE(made->report.accuracy);
    CHECK(*made->report.accuracy > 0.95);
    app::set_least_confidence(*made, 1.01);
    CHECK(made->values.empty());
    masks::Plane one(k_side, k_side, masks::Depth::u8);
    masks::paint(one, *masks::rectangle({10, 10, 30, 190}), {.value = 1});
    CHECK_FALSE(app::make_suggestion(read, one, {0, 0, k_side, k_side}, 0.6, job));
}
