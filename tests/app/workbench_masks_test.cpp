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

TEST_CASE("a_fill_whose_class_is_taken_back_meanwhile_paints_nothing") {
    MaskBench it;
    it.open_raster();
    const Gate gate;
    CHECK(it.bench.fill_mask("Fill", Fill::paint, gate.finds({0, 0, 100, 100})));
    CHECK(it.bench.fill_mask("Another", Fill::paint, gate.finds({0, 0, 100, 100})));
    REQUIRE(it.bench.mask_layer() != nullptr);
    it.bench.undo();  // the mask, which was made for the fill
    *gate.open = true;
    it.wait_idle();
    CHECK(it.bench.mask_layer() == nullptr);
    CHECK(it.last_toast().contains("taken back"));
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
