#include "labels/inspection_grid.h"

#include "fixture.h"

using namespace labels;
using fixture::Folder;

namespace {

GridLayout layout_of(double width, double height, int tile, int overlap = 0) {
    return {{0, 0, width, height}, tile, overlap};
}

// A project file with a document that saves into it.
struct Saved {
    explicit Saved(const std::filesystem::path& path) {
        auto opened = ProjectFile::open(path, Access::read_write);
        REQUIRE(opened.has_value());
        file.emplace(std::move(*opened));
        auto loaded = file->load();
        REQUIRE(loaded.has_value());
        document.emplace(std::move(loaded->state), std::move(loaded->history));
        document->set_event_sink([this](Event event) { REQUIRE(file->append({&event, 1}).has_value()); });
        document->set_edit_loader([this](std::int64_t seq) { return file->edit_of(seq); });
    }
    std::optional<ProjectFile> file;
    std::optional<Document> document;
};

void mark(Document& document, AssetId asset, std::int64_t cell, Mark value) {
    Transaction transaction(document, "Mark");
    transaction.put_mark(asset, cell, value);
    transaction.commit();
}

void put(Document& document, const InspectionGrid& grid) {
    Transaction transaction(document, "Inspection grid");
    transaction.put_grid(grid);
    transaction.commit();
}

}  // namespace

TEST_CASE("cells_cover_the_area_once_and_those_at_the_far_edges_are_smaller") {
    const GridLayout layout{{10, 20, 1110, 720}, 512, 32};
    CHECK(layout.columns() == 3);
    CHECK(layout.rows() == 2);
    CHECK(layout.cell(0) == base::Rect{10, 20, 522, 532});
    CHECK(layout.cell(5) == base::Rect{1034, 532, 1110, 720});
    CHECK(layout.reach(0) == base::Rect{-22, -12, 554, 564});
    double covered = 0;
    for (std::int64_t i = 0; i < layout.cells(); ++i) {
        const base::Rect cell = layout.cell(i);
        covered += cell.width() * cell.height();
        CHECK(layout.cell_at({cell.x0, cell.y0}) == i);
        CHECK(layout.cell_at({cell.x1 - 0.01, cell.y1 - 0.01}) == i);
    }
    CHECK(covered == 1100 * 700);
    CHECK_FALSE(layout.cell_at({9.9, 20}));
    CHECK_FALSE(layout.cell_at({1110, 20}));
}

TEST_CASE("only_layouts_that_can_be_counted_are_sound") {
    CHECK(is_sound(layout_of(1, 1, 512)));
    CHECK(is_sound(layout_of(2048, 2048, 1, 1)));
    CHECK_FALSE(is_sound(layout_of(2048, 2049, 1)));
    CHECK_FALSE(is_sound(layout_of(2147483648.0, 2147483648.0, 1)));
    CHECK_FALSE(is_sound(layout_of(0, 10, 512)));
    CHECK_FALSE(is_sound(layout_of(10.5, 10, 512)));
    CHECK_FALSE(is_sound(layout_of(10, INFINITY, 512)));
    CHECK_FALSE(is_sound(layout_of(10, std::nan(""), 512)));
    CHECK_FALSE(is_sound(layout_of(10, 10, 0)));
    CHECK_FALSE(is_sound(layout_of(10, 10, 5, 6)));
    CHECK_FALSE(is_sound(layout_of(10, 10, 5, -1)));
}

TEST_CASE("marks_go_through_text_and_wrong_text_is_no_marks") {
    std::mt19937 random(3);
    for (int i = 0; i < 200; ++i) {
        std::vector<Mark> marks(random() % 60);
        for (Mark& each : marks) each = static_cast<Mark>(random() % 5 % 3);
        CHECK(marks_from_text(marks_to_text(marks), std::ssize(marks)) == marks);
    }
    CHECK(marks_to_text(std::vector{Mark::done, Mark::done, Mark::todo, Mark::doubtful}) == "2+1-1?");
    for (const char* wrong :
         {"", "3", "+", "3+", "5+", "2+2", "0+4-", "-4+", "2+2x", "4 +", "99999999999999999999+"})
        CHECK_FALSE(marks_from_text(wrong, 4));
    CHECK_FALSE(marks_from_text("1-", k_most_cells + 1));
}

TEST_CASE("one_mark_is_one_small_event_also_in_the_largest_grid") {
    const Folder folder;
    REQUIRE(ProjectFile::create(folder / "p.limn").has_value());
    fixture::Small small;
    std::string hash;
    const std::int64_t last = k_most_cells - 1;
    {
        Saved saved(folder / "p.limn");
        small.fill(*saved.document);
        put(*saved.document, make_grid(small.asset.id, layout_of(2048, 2048, 1)));
        mark(*saved.document, small.asset.id, last, Mark::doubtful);
        mark(*saved.document, small.asset.id, 2048 * 7 + 3, Mark::done);
        hash = state_hash(saved.document->state());
        CHECK(saved.document->history().undo.size() == 5);
        fixture::check_clean(*saved.file);
    }
    const std::string changes =
        fixture::sql_text(folder / "p.limn", "SELECT changes FROM event WHERE seq = 4");
    CHECK(changes == "{\"grids\":{\"" + base::to_string(small.asset.id.uuid) +
                         "\":{\"marks\":{\"4194303\":[\"todo\",\"doubtful\"]}}}}");
    CHECK(fixture::sql_text(folder / "p.limn", "SELECT max(length(changes)) FROM event WHERE seq > 2") <
          "400");
    CHECK(fixture::sql_text(folder / "p.limn", "SELECT group_concat(\"row\" || marks) FROM inspection_row") ==
          "73-1+2044-,20472047-1?");
    Saved again(folder / "p.limn");
    CHECK(state_hash(again.document->state()) == hash);
    CHECK(again.document->state().grid_of(small.asset.id)->counts() == MarkCounts{k_most_cells - 2, 1, 1});
}

TEST_CASE("marks_are_undone_one_by_one_also_after_the_project_was_opened_again") {
    const Folder folder;
    REQUIRE(ProjectFile::create(folder / "p.limn").has_value());
    fixture::Small small;
    {
        Saved saved(folder / "p.limn");
        small.fill(*saved.document);
        put(*saved.document, make_grid(small.asset.id, layout_of(640, 480, 64)));
        for (int cell = 0; cell < 10; ++cell)
            mark(*saved.document, small.asset.id, cell * 7, cell % 3 == 2 ? Mark::doubtful : Mark::done);
        InspectionGrid coarse = make_grid(small.asset.id, layout_of(640, 480, 320, 16));
        coarse.marks[1] = Mark::done;
        put(*saved.document, coarse);
    }
    Saved saved(folder / "p.limn");
    const State& state = saved.document->state();
    CHECK(state.grid_of(small.asset.id)->counts() == MarkCounts{3, 1, 0});
    REQUIRE(saved.document->undo().has_value());
    CHECK(state.grid_of(small.asset.id)->counts() == MarkCounts{70, 7, 3});
    CHECK(state.grid_of(small.asset.id)->layout == layout_of(640, 480, 64));
    REQUIRE(saved.document->undo().has_value());
    CHECK(state.grid_of(small.asset.id)->counts() == MarkCounts{71, 6, 3});
    for (int i = 0; i < 9; ++i) REQUIRE(saved.document->undo().has_value());
    CHECK(state.grid_of(small.asset.id)->counts() == MarkCounts{80, 0, 0});
    REQUIRE(saved.document->undo().has_value());
    CHECK(state.grid_of(small.asset.id) == nullptr);
    for (int i = 0; i < 12; ++i) REQUIRE(saved.document->redo().has_value());
    CHECK(state.grid_of(small.asset.id)->counts() == MarkCounts{3, 1, 0});
    fixture::check_clean(*saved.file);
}

TEST_CASE("random_grids_and_marks_replay_to_what_is_stored_and_undo_to_nothing") {
    for (unsigned seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        const Folder folder;
        REQUIRE(ProjectFile::create(folder / "p.limn").has_value());
        Saved saved(folder / "p.limn");
        Document& document = *saved.document;
        State replayed;
        document.set_event_sink([&](Event event) {
            const auto back = edit_from_json(to_json(*event.edit), fixture::blocks_of(*event.edit));
            REQUIRE(back.has_value());
            CHECK(*back == *event.edit);
            CHECK(starts_from(*back, replayed));
            apply(*back, replayed);
            REQUIRE(saved.file->append({&event, 1}).has_value());
        });
        fixture::Editor editor(document, seed);
        std::vector<std::string> hashes;
        std::size_t with_grid = 0;
        for (int i = 0; i < 120; ++i) {
            editor.edit();
            with_grid += document.state().grids.empty() ? 0 : 1;
        }
        CHECK(with_grid > 0);
        const std::string hash = state_hash(document.state());
        CHECK(state_hash(replayed) == hash);
        CHECK(state_hash(saved.file->load()->state) == hash);
        fixture::check_clean(*saved.file);
        std::size_t steps = 0;
        for (; !document.history().undo.empty(); ++steps) REQUIRE(document.undo().has_value());
        CHECK(document.state().grids.empty());
        CHECK(state_hash(replayed) == state_hash(document.state()));
        for (; steps > 0; --steps) REQUIRE(document.redo().has_value());
        CHECK(state_hash(document.state()).size() == hash.size());
        CHECK(document.state().grids.size() == saved.file->load()->state.grids.size());
        CHECK(state_hash(saved.file->load()->state) == state_hash(document.state()));
        fixture::check_clean(*saved.file);
    }
}

TEST_CASE("what_ends_as_it_began_is_no_event_and_a_cancelled_mark_is_none") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const InspectionGrid grid = make_grid(small.asset.id, layout_of(640, 480, 64));
    put(document, grid);
    const std::int64_t seq = document.history().last_seq;
    put(document, grid);
    mark(document, small.asset.id, 5, Mark::todo);
    {
        Transaction transaction(document, "Mark");
        transaction.put_mark(small.asset.id, 5, Mark::done);
        CHECK(document.state().grid_of(small.asset.id)->counts().done == 1);
    }
    CHECK(document.state().grid_of(small.asset.id)->counts().done == 0);
    CHECK(document.history().last_seq == seq);
    InspectionGrid marked = grid;
    marked.marks[3] = Mark::done;
    put(document, marked);
    REQUIRE(document.history().undo.back().edit != nullptr);
    const GridEdit& edit = document.history().undo.back().edit->grids.at(small.asset.id);
    CHECK_FALSE(edit.grid);  // the same cells: only the mark is told
    CHECK(edit.marks.size() == 1);
    InspectionGrid unsound = grid;
    unsound.marks.pop_back();
    put(document, unsound);
    CHECK(*document.state().grid_of(small.asset.id) == marked);
}

TEST_CASE("a_snapshot_keeps_the_marks_it_was_taken_with") {
    Document document;
    fixture::Small small;
    small.fill(document);
    put(document, make_grid(small.asset.id, layout_of(640, 480, 64)));
    const Snapshot snapshot = document.snapshot();
    mark(document, small.asset.id, 0, Mark::done);
    CHECK(snapshot->grid_of(small.asset.id)->counts().done == 0);
    CHECK(document.state().grid_of(small.asset.id)->counts().done == 1);
}

TEST_CASE("a_medium_goes_with_its_grid_and_comes_back_with_it") {
    Document document;
    fixture::Small small;
    small.fill(document);
    put(document, make_grid(small.asset.id, layout_of(640, 480, 64)));
    mark(document, small.asset.id, 7, Mark::doubtful);
    Transaction remove(document, "Remove medium");
    remove.put_mark(small.asset.id, 8, Mark::done);  // within the gesture: gone with the rest
    remove.erase_asset(small.asset.id);
    REQUIRE(remove.commit());
    CHECK(document.state().grids.empty());
    REQUIRE(document.undo().has_value());
    CHECK(document.state().grid_of(small.asset.id)->counts() == MarkCounts{79, 0, 1});
}

TEST_CASE("a_grid_in_json_is_short_and_a_wrong_one_is_refused_with_the_place") {
    const AssetId id = AssetId::make();
    const std::string head = "{\"asset\":\"" + base::to_string(id.uuid) + "\",";
    InspectionGrid grid = make_grid(id, {{8, 16, 72, 48}, 16, 0});
    CHECK(to_json(grid) == head + "\"area\":[8,16,64,32],\"tile\":16}");
    grid.layout.overlap_px = 4;
    grid.marks[2] = Mark::doubtful;
    CHECK(to_json(grid) == head + "\"area\":[8,16,64,32],\"tile\":16,\"overlap\":4,\"marks\":\"2-1?5-\"}");
    CHECK(*grid_from_json(to_json(grid)) == grid);
    const auto refused = [&](const std::string& rest, std::string_view part) {
        const auto read = grid_from_json(head + rest);
        REQUIRE_FALSE(read.has_value());
        INFO(read.error().message);
        CHECK(read.error().message.find(part) != std::string::npos);
    };
    refused("\"tile\":16}", "area");
    refused("\"area\":[0,0,64],\"tile\":16}", "area must be [x, y, width, height]");
    refused("\"area\":[0,0,64,64]}", "tile");
    refused("\"area\":[0,0,64,64],\"tile\":0}", "tile");
    refused("\"area\":[0,0,64.5,64],\"tile\":16}", "is no grid");
    refused("\"area\":[0,0,64000,64000],\"tile\":1}", "is no grid");
    refused("\"area\":[0,0,64,64],\"tile\":16,\"overlap\":17}", "is no grid");
    refused("\"area\":[0,0,64,64],\"tile\":16,\"marks\":\"15-\"}", "marks must be runs of 16 marks");
}

TEST_CASE("an_edit_of_a_grid_that_makes_no_sense_is_refused") {
    const std::string id = base::to_string(AssetId::make().uuid);
    const auto refused = [&](const std::string& change, std::string_view part) {
        const auto read = edit_from_json("{\"grids\":{\"" + id + "\":" + change + "}}");
        REQUIRE_FALSE(read.has_value());
        INFO(read.error().message);
        CHECK(read.error().message.find(part) != std::string::npos);
    };
    refused("{}", "must hold either grid or marks");
    refused("{\"marks\":{}}", "must name a cell");
    refused("{\"marks\":{\"x\":[\"todo\",\"done\"]}}", "is not named by the number of a cell");
    refused("{\"marks\":{\"-1\":[\"todo\",\"done\"]}}", "is not named by the number of a cell");
    refused("{\"marks\":{\"1\":[\"todo\"]}}", "must be [mark before, mark after]");
    refused("{\"marks\":{\"1\":[\"todo\",\"seen\"]}}", "does not know");
    refused("{\"grid\":{\"after\":{\"asset\":\"" + base::to_string(AssetId::make().uuid) +
                "\",\"area\":[0,0,4,4],\"tile\":2}}}",
            "is of another asset");
}

TEST_CASE("a_project_without_grids_still_opens_and_then_holds_one") {
    const Folder folder;
    REQUIRE(ProjectFile::create(folder / "p.limn").has_value());
    fixture::Small small;
    std::string hash;
    {
        Saved saved(folder / "p.limn");
        small.fill(*saved.document);
        hash = state_hash(saved.document->state());
    }
    fixture::run_sql(
        folder / "p.limn",
        "DROP TABLE mask_layer; DROP TABLE mask_page; DROP TABLE mask_tile; DROP TABLE mask_block; DROP "
        "TABLE inspection_grid; DROP TABLE inspection_row; PRAGMA user_version = 3;");
    {
        const auto file = ProjectFile::open(folder / "p.limn", Access::read_only);
        REQUIRE(file.has_value());
    }
    {
        Saved saved(folder / "p.limn");
        CHECK(state_hash(saved.document->state()) == hash);
        put(*saved.document, make_grid(small.asset.id, layout_of(640, 480, 64)));
        mark(*saved.document, small.asset.id, 11, Mark::done);
        fixture::check_clean(*saved.file);
    }
    CHECK(fixture::sql_text(folder / "p.limn", "PRAGMA user_version") == "5");
    CHECK(fixture::sql_text(folder / "p.limn.schema-3.backup", "PRAGMA user_version") == "3");
    CHECK(fixture::sql_text(folder / "p.limn", "SELECT marks FROM inspection_row WHERE \"row\" = 1") ==
          "1-1+8-");
}

TEST_CASE("a_grid_changed_behind_the_log_is_found") {
    const Folder folder;
    REQUIRE(ProjectFile::create(folder / "p.limn").has_value());
    fixture::Small small;
    {
        Saved saved(folder / "p.limn");
        small.fill(*saved.document);
        put(*saved.document, make_grid(small.asset.id, layout_of(640, 480, 64)));
        mark(*saved.document, small.asset.id, 11, Mark::done);
    }
    const auto finds = [&](const char* sql, std::string_view part) {
        fixture::run_sql(folder / "p.limn", sql);
        auto file = ProjectFile::open(folder / "p.limn", Access::read_only);
        REQUIRE(file.has_value());
        const auto report = file->check();
        REQUIRE(report.has_value());
        const bool found = std::ranges::any_of(
            report->faults, [&](const std::string& fault) { return fault.find(part) != std::string::npos; });
        for (const std::string& fault : report->faults) INFO(fault);
        CHECK(found);
    };
    finds("UPDATE inspection_row SET marks = '2+8-'",
          "The inspection grid of the medium \"clip.mp4\" is not what");
    finds("UPDATE inspection_row SET marks = '2+'", "no 10 marks");
    finds("UPDATE inspection_row SET marks = '10+', \"row\" = 99", "a row of no grid");
    finds("DELETE FROM inspection_row; UPDATE inspection_grid SET tile = 0", "what is no grid");
    finds("DELETE FROM inspection_grid", "in the log is gone");
}
