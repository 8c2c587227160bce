#include <cstdlib>

#include "app/action.h"
#include "app/panels/grid_cells.h"
#include "app_fixture.h"
#include "labels/json.h"

using labels::Mark;

namespace {

class GridBench : public BenchFixture {
public:
    void open_raster(int width, int height) {
        const std::string file = (folder() / "scene.tif").string();
        const std::string made =
            fmt::format("gdal_create -q -of GTiff -outsize {} {} -bands 1 -burn 9 {}", width, height, file);
        REQUIRE(std::system(made.c_str()) == 0);
        bench.open({file});
        wait_idle();
        REQUIRE(bench.raster() != nullptr);
    }
    void cut(int tile, int overlap = 0) {
        const auto layout = bench.grid_layout(app::Workbench::GridArea::whole, tile, overlap);
        REQUIRE(layout.has_value());
        bench.make_grid(*layout);
        wait_idle();
    }
    void press(std::string_view chord) {
        app::run_chord(bench, app::parse_chord(chord));
        wait_idle();
    }
    [[nodiscard]] std::size_t undo_steps() const { return bench.document()->history().undo.size(); }
    [[nodiscard]] std::int64_t current() const { return bench.current_cell().value_or(-1); }
};

app::CellLayout laid_out(std::int64_t columns, std::int64_t rows, float width, float height,
                         float scale = 1) {
    const labels::GridLayout grid{{0, 0, static_cast<double>(columns), static_cast<double>(rows)}, 1, 0};
    return app::lay_out_cells(grid, {10, 20, 10 + width, 20 + height}, scale);
}

}  // namespace

TEST_CASE("one_key_a_tile_looks_through_the_raster_there_and_back") {
    GridBench it;
    it.open_raster(1000, 600);
    CHECK(it.bench.grid() == nullptr);
    CHECK_FALSE(it.bench.current_cell());
    it.cut(200);
    REQUIRE(it.bench.grid() != nullptr);
    const std::size_t before = it.undo_steps();
    const std::vector<std::int64_t> walk = {0, 1, 2, 3, 4, 9, 8, 7, 6, 5, 10, 11, 12, 13, 14};
    for (const std::int64_t cell : walk) {
        CHECK(it.current() == cell);
        it.press("Enter");
    }
    CHECK(it.bench.grid_counts() == labels::MarkCounts{0, 15, 0});
    CHECK(it.undo_steps() == before + walk.size());
    CHECK(it.bench.toasts().back().text == "Every tile is done");
}

TEST_CASE("doubtful_tiles_are_passed_over_and_found_again") {
    GridBench it;
    it.open_raster(1000, 600);
    it.cut(200);
    it.press("Enter");
    it.press("Shift+Enter");
    it.press("Enter");
    CHECK(it.current() == 3);
    CHECK(it.bench.grid_counts() == labels::MarkCounts{12, 2, 1});
    it.press("Shift+N");
    CHECK(it.current() == 1);
    it.press("N");
    CHECK(it.current() == 3);
    it.press("D");
    CHECK(it.current() == 2);
    it.press("U");
    CHECK(it.current() == 2);
    CHECK(it.bench.grid_counts().done == 1);
    it.press("F");
    it.press("F");
    CHECK(it.current() == 4);
    it.press("F");
    CHECK(it.current() == 9);
}

TEST_CASE("undo_of_a_mark_shows_the_tile_it_was_of") {
    GridBench it;
    it.open_raster(1000, 600);
    it.cut(200);
    it.press("Enter");
    it.press("Enter");
    it.bench.go_to_cell(12);
    it.press("Ctrl+Z");
    CHECK(it.current() == 1);
    CHECK(it.bench.grid_counts().done == 1);
    it.bench.go_to_cell(12);
    it.press("Ctrl+Shift+Z");
    CHECK(it.current() == 1);
    CHECK(it.bench.grid_counts().done == 2);
}

TEST_CASE("the_view_shows_the_whole_tile_and_its_overlap_and_all_tiles_alike") {
    GridBench it;
    it.open_raster(1000, 500);
    it.cut(400, 50);
    CHECK(it.bench.asset_view().show == base::Rect{-50, -50, 450, 450});
    it.bench.go_to_cell(5);  // 200 by 100 pixels
    CHECK(it.bench.asset_view().show == base::Rect{650, 200, 1150, 700});
    it.bench.go_to_cell(99);
    CHECK(it.current() == 5);
}

TEST_CASE("another_overlap_keeps_the_marks_and_another_tile_begins_anew") {
    GridBench it;
    it.open_raster(1000, 600);
    it.cut(200);
    it.press("Enter");
    it.cut(200, 20);
    CHECK(it.bench.grid_counts().done == 1);
    CHECK(it.current() == 1);
    it.cut(100, 20);
    CHECK(it.bench.grid_counts() == labels::MarkCounts{60, 0, 0});
    CHECK(it.current() == 0);
    it.bench.undo();
    CHECK(it.bench.grid_counts() == labels::MarkCounts{14, 1, 0});
    it.bench.remove_grid();
    CHECK(it.bench.grid() == nullptr);
    it.press("Enter");  // nothing to mark, nothing happens
    it.bench.undo();
    CHECK(it.bench.grid_counts().done == 1);
}

TEST_CASE("the_current_tile_is_kept_with_the_view") {
    GridBench it;
    it.open_raster(1000, 600);
    it.cut(200);
    it.bench.go_to_cell(7);
    const auto project = it.bench.project()->path();
    it.bench.close_project();
    CHECK(it.bench.grid() == nullptr);
    it.bench.open({project});
    it.wait_idle();
    CHECK(it.current() == 7);
}

TEST_CASE("a_grid_can_be_of_the_selected_object_and_of_nothing_impossible") {
    GridBench it;
    it.open_raster(1000, 600);
    using A = app::Workbench::GridArea;
    CHECK(it.bench.grid_layout(A::selection, 64, 0).error().message == "Select an object first");
    CHECK(it.bench.grid_layout(A::whole, 0, 0).error().message == "A tile must be at least one pixel wide");
    CHECK(it.bench.grid_layout(A::whole, 64, 65).error().message ==
          "The overlap must be between 0 and the tile's 64 px");
    CHECK(it.bench.grid_layout(A::view, 64, 0).error().message == "The area of a grid must not be empty");
    CHECK(it.bench.grid_layout(A::whole, 1, 0)->cells() == 600000);
}

TEST_CASE("few_tiles_lie_as_on_the_ground_more_run_on_and_very_many_are_a_picture") {
    const app::CellLayout few = laid_out(6, 6, 1000, 150);
    CHECK(few.kind == app::CellKind::ground);
    CHECK(few.columns == 6);
    const app::CellLayout more = laid_out(24, 30, 1572, 150);
    CHECK(more.kind == app::CellKind::text);
    CHECK(more.pitch >= 14);
    const app::CellLayout many = laid_out(800, 600, 1572, 150);
    CHECK(many.kind == app::CellKind::picture);
    CHECK(std::abs(many.area.width() / many.area.height() - 800.0f / 600) < 0.02f);
    for (const app::CellLayout& layout :
         {few, more, laid_out(24, 30, 1572, 150, 2), laid_out(200, 100, 1572, 150)}) {
        CHECK(layout.area.x1 <= 10 + 1572);
        CHECK(layout.area.y1 <= 20 + 150.5f);
        for (std::int64_t cell = 0; cell < layout.grid.cells(); ++cell) {
            const app::Area box = layout.area_of(cell);
            REQUIRE(layout.cell_at({(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2}) == cell);
        }
        CHECK_FALSE(layout.cell_at({9, 20}));
    }
}

TEST_CASE("the_picture_of_many_tiles_shows_every_doubtful_one") {
    app::CellLayout layout = laid_out(1000, 1000, 100, 100);
    labels::InspectionGrid grid = labels::make_grid({}, layout.grid);
    for (std::size_t i = 0; i < 500'000; ++i) grid.marks[i] = Mark::done;
    grid.marks[999'999] = Mark::doubtful;
    const app::MarkColors colors{0xFF000000, 0xFF00FF00, 0xFF0000FF, 0};
    const auto pixels = app::picture_of_marks(grid, layout, 100, 100, colors);
    CHECK(pixels.front() == colors.done);
    CHECK(pixels[9998] == colors.todo);
    CHECK(pixels[9999] == colors.doubtful);
    CHECK(std::ranges::count(pixels, colors.done) == 5000);
}
