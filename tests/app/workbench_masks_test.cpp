// Fills that are worked out in jobs while somebody goes on working.

#include <atomic>

#include "app_fixture.h"
#include "labels/mask_geometry.h"
#include "masks/value_counts.h"

namespace {

using Fill = app::ToolContext::Fill;

// A fill that waits until it is let go, then finds a rectangle.
struct Gate {
    std::shared_ptr<std::atomic<bool>> open = std::make_shared<std::atomic<bool>>(false);
    [[nodiscard]] app::ToolContext::FindRegion finds(const base::Rect& rect) const {
        return [open = open, rect](base::Job&, const masks::Plane& mask) -> base::Result<masks::Plane> {
            while (!*open) std::this_thread::yield();
            masks::Plane found(mask.width_px(), mask.height_px(), masks::Depth::u8);
            masks::paint(found, *masks::rectangle(rect), {.value = 1});
            return found;
        };
    }
};

struct MaskBench : BenchFixture {
    void open_raster() {
        const std::string file = (folder() / "scene.tif").string();
        const std::string made = "gdal_create -q -of GTiff -outsize 600 400 -bands 1 -burn 9 " + file;
        REQUIRE(std::system(made.c_str()) == 0);
        bench.open({file});
        wait_idle();
    }
    std::int64_t labelled_px() {
        const labels::MaskLayer* layer = bench.mask_layer();
        if (layer == nullptr) return -1;
        masks::ValueCounts counts;
        counts.follow(layer->plane);
        return layer->plane.width_px() * layer->plane.height_px() - counts.of(0);
    }
    std::string last_toast() { return bench.toasts().empty() ? "" : bench.toasts().back().text; }
};

}  // namespace

TEST_CASE("a_fill_that_is_asked_for_during_another_lands_after_it") {
    MaskBench it;
    it.open_raster();
    const Gate gate;
    CHECK(it.bench.fill_mask("First", Fill::paint, gate.finds({0, 0, 100, 100})));
    CHECK(it.bench.fill_mask("Second", Fill::paint, gate.finds({200, 0, 300, 100})));
    CHECK(it.bench.fill_mask("Third", Fill::erase, gate.finds({0, 0, 100, 50})));
    CHECK_FALSE(it.bench.idle());
    *gate.open = true;
    it.wait_idle();
    CHECK(it.labelled_px() == 100 * 50 + 100 * 100);
    const auto names = it.bench.document()->history().undo;
    REQUIRE(names.size() >= 3);
    it.bench.undo();
    it.bench.undo();
    CHECK(it.labelled_px() == 100 * 100);
}

TEST_CASE("a_fill_is_one_undo_step_with_the_mask_it_makes") {
    MaskBench it;
    it.open_raster();
    const std::size_t steps = it.bench.document()->history().undo.size();
    const Gate gate;
    *gate.open = true;
    CHECK(it.bench.fill_mask("Fill", Fill::paint, gate.finds({0, 0, 100, 100})));
    it.wait_idle();
    // The project had no class: it got one before.
    CHECK(it.bench.document()->history().undo.size() == steps + 2);
    CHECK(it.bench.fill_mask("Fill", Fill::paint, gate.finds({0, 0, 100, 200})));
    it.wait_idle();
    CHECK(it.bench.document()->history().undo.size() == steps + 3);
    it.bench.undo();
    it.bench.undo();
    CHECK(it.bench.mask_layer() == nullptr);
}

TEST_CASE("a_fill_keeps_the_class_it_was_asked_for") {
    MaskBench it;
    it.open_raster();
    it.bench.add_class("water");
    it.bench.add_class("road");
    const labels::ClassId road = it.bench.view().active_class;
    const labels::ClassId water = it.bench.document()->state().ontology.classes[0].id;
    const Gate gate;
    CHECK(it.bench.fill_mask("Fill", Fill::paint, gate.finds({0, 0, 100, 100})));
    it.bench.set_active_class(water);
    *gate.open = true;
    it.wait_idle();
    REQUIRE(it.bench.mask_layer() != nullptr);
    const labels::MaskLayer& layer = *it.bench.mask_layer();
    // Its number is its place among the classes, whichever was painted first.
    CHECK(layer.plane.at(50, 50) == 2);
    REQUIRE(layer.info.find(2) != nullptr);
    CHECK(layer.info.find(2)->class_id == road);
}

TEST_CASE("a_fill_whose_mask_is_removed_meanwhile_paints_nothing") {
    MaskBench it;
    it.open_raster();
    it.bench.add_mask_layer(labels::MaskKind::classes);
    const Gate gate;
    CHECK(it.bench.fill_mask("Fill", Fill::paint, gate.finds({0, 0, 100, 100})));
    it.bench.remove_mask_layer();
    *gate.open = true;
    it.wait_idle();
    CHECK(it.bench.mask_layer() == nullptr);
    CHECK(it.last_toast().contains("changed meanwhile"));
}

TEST_CASE("objects_of_a_selection_are_painted_each_with_its_own_value") {
    MaskBench it;
    it.open_raster();
    it.bench.add_class("car");
    it.bench.add_mask_layer(labels::MaskKind::instances);
    it.bench.set_tool("box");
    for (const double x : {10.0, 110.0, 210.0}) {
        using Kind = app::PointerEvent::Kind;
        for (const auto& [kind, at] :
             {std::pair{Kind::press, base::Point{x, 10}}, std::pair{Kind::drag, base::Point{x + 40, 30}},
              std::pair{Kind::release, base::Point{x + 40, 30}}})
            it.bench.pointer({.kind = kind, .at = at, .modifiers = {}});
    }
    const auto tracks = it.bench.document()->state().tracks_of(it.bench.asset()->id);
    REQUIRE(tracks.size() == 3);
    it.bench.view().selection.assign(tracks.begin(), tracks.end());
    it.bench.paint_selection();
    const labels::MaskLayer* layer = it.bench.mask_layer();
    REQUIRE(layer != nullptr);
    CHECK(layer->info.values.size() == 3);
    CHECK(layer->plane.at(20, 20) != layer->plane.at(120, 20));
    CHECK(layer->plane.at(220, 20) != layer->plane.at(120, 20));
}

TEST_CASE("a_fill_in_a_film_becomes_the_object_on_the_frame_it_was_begun_on") {
    MaskBench it;
    it.open_demo();
    it.bench.view().selection.clear();
    it.bench.go_to(5);
    it.wait_idle();
    const Gate gate;
    CHECK(it.bench.fill_mask("Cut out", Fill::paint, gate.finds({10, 10, 30, 20})));
    it.bench.go_to(9);
    *gate.open = true;
    it.wait_idle();
    REQUIRE(it.bench.view().selection.size() == 1);
    const labels::Track* object = it.bench.selected();
    REQUIRE(object != nullptr);
    REQUIRE(object->keyframes.size() == 1);
    CHECK(object->keyframes[0].frame == 5);
    const auto& runs = std::get<labels::MaskRuns>(object->keyframes[0].geometry);
    const masks::Plane plane = labels::plane_of(runs, 640, 360);
    CHECK(plane.at(10, 10) == 1);
    CHECK(plane.at(29, 19) == 1);
    CHECK(plane.at(30, 19) == 0);
    // From that object alone, and not from another that is chosen meanwhile.
    const Gate again;
    CHECK(it.bench.fill_mask("Cut out", Fill::paint, again.finds({50, 50, 60, 60})));
    it.bench.view().selection.clear();
    *again.open = true;
    it.wait_idle();
    CHECK(it.last_toast().contains("Another object"));
}
