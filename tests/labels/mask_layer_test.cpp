#include "labels/mask_layer.h"

#include <zstd.h>

#include "fixture.h"
#include "labels/mask_tables.h"
#include "labels/state_write.h"
#include "masks/paint.h"

using namespace labels;
using fixture::Folder;

namespace {

// A project file with a document that saves into it.
struct Saved {
    explicit Saved(const std::filesystem::path& path) {
        auto opened = std::filesystem::exists(path) ? ProjectFile::open(path, Access::read_write)
                                                    : ProjectFile::create(path);
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

MaskLayerInfo make_layer(AssetId asset, ClassId class_id, std::int64_t side = 5000,
                         masks::Depth depth = masks::Depth::u8) {
    MaskLayerInfo info;
    info.id = MaskLayerId::make();
    info.asset = asset;
    info.name = "land cover";
    info.width_px = side;
    info.height_px = side - 123;
    info.depth = depth;
    info.values = {{1, class_id, ""}, {2, class_id, "second"}};
    return info;
}

void stamp(Document& document, MaskLayerId id, base::Point at, double radius, masks::Value value) {
    Transaction gesture(document, "Paint");
    for (int i = 0; i < 3; ++i) {
        gesture.change_mask(id, [&](masks::Plane& plane) {
            masks::paint(plane, *masks::stroke(at, {at.x + 10.0 * i, at.y}, radius), {.value = value});
        });
    }
    gesture.commit();
}

MaskLayerId add_layer(Document& document, const MaskLayerInfo& info) {
    Transaction add(document, "Add mask");
    add.put_mask_layer(info);
    REQUIRE(add.commit());
    return info.id;
}

masks::Value at(const Document& document, MaskLayerId id, std::int64_t x, std::int64_t y) {
    return document.state().find(id)->plane.at(x, y);
}

}  // namespace

TEST_CASE("a_stroke_is_one_undo_step_and_undo_puts_the_old_tiles_back") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const MaskLayerId id = add_layer(document, make_layer(small.asset.id, small.ball.id));
    stamp(document, id, {1000, 1000}, 400, 1);
    const std::string painted = state_hash(document.state());
    const masks::Plane before = document.state().find(id)->plane;
    stamp(document, id, {1300, 1000}, 300, 2);
    CHECK(at(document, id, 1400, 1000) == 2);
    CHECK(document.history().undo.size() == 5);
    REQUIRE(document.undo().has_value());
    CHECK(state_hash(document.state()) == painted);
    masks::Plane::each_difference(before, document.state().find(id)->plane,
                                  [](const auto&, const auto&, const auto&) { FAIL("not the same blocks"); });
    REQUIRE(document.redo().has_value());
    CHECK(at(document, id, 1400, 1000) == 2);
    CHECK(at(document, id, 700, 1000) == 1);
}

TEST_CASE("a_cancelled_stroke_leaves_nothing") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const MaskLayerId id = add_layer(document, make_layer(small.asset.id, small.ball.id));
    stamp(document, id, {1000, 1000}, 400, 1);
    const std::string painted = state_hash(document.state());
    {
        Transaction gesture(document, "Paint");
        gesture.change_mask(id, [](masks::Plane& plane) {
            masks::paint(plane, *masks::rectangle({0, 0, 3000, 3000}), {.value = 2});
        });
        gesture.erase_mask_layer(id);
    }
    CHECK(state_hash(document.state()) == painted);
    Transaction nothing(document, "Paint");
    nothing.change_mask(id, [](masks::Plane& plane) {
        masks::paint(plane, *masks::stroke({1000, 1000}, {1000, 1000}, 100), {.value = 1});
    });
    CHECK_FALSE(nothing.commit());  // it was so before
}

TEST_CASE("masks_come_back_from_the_file_with_their_history") {
    const Folder folder;
    std::string painted, erased;
    MaskLayerId id, wide;
    {
        Saved saved(folder / "p.limn");
        fixture::Small small;
        small.fill(*saved.document);
        id = add_layer(*saved.document, make_layer(small.asset.id, small.ball.id));
        wide =
            add_layer(*saved.document, make_layer(small.asset.id, small.ball.id, 100000, masks::Depth::u16));
        stamp(*saved.document, id, {1000, 1000}, 400, 1);
        stamp(*saved.document, id, {1300, 1000}, 300, 2);
        stamp(*saved.document, wide, {50000, 50000}, 20000, 60000);
        stamp(*saved.document, id, {1300, 1000}, 250, 0);
        painted = state_hash(saved.document->state());
        {
            Transaction erase(*saved.document, "Remove mask");
            erase.erase_mask_layer(wide);
            erase.commit();
        }
        erased = state_hash(saved.document->state());
        fixture::check_clean(*saved.file);
    }
    CHECK(std::filesystem::file_size(folder / "p.limn") < 4000000);
    Saved saved(folder / "p.limn");
    CHECK(state_hash(saved.document->state()) == erased);
    REQUIRE(saved.document->undo().has_value());
    CHECK(state_hash(saved.document->state()) == painted);
    CHECK(at(*saved.document, wide, 50000, 69999) == 60000);
    CHECK(at(*saved.document, id, 1300, 1000) == 0);
    REQUIRE(saved.document->undo().has_value());
    CHECK(at(*saved.document, id, 1300, 1000) == 2);
    while (!saved.document->history().undo.empty()) REQUIRE(saved.document->undo().has_value());
    CHECK(saved.document->state().mask_layers.empty());
    while (!saved.document->history().redo.empty()) REQUIRE(saved.document->redo().has_value());
    CHECK(state_hash(saved.document->state()) == erased);
    fixture::check_clean(*saved.file);
}

TEST_CASE("a_damaged_tile_is_taken_from_the_log_and_a_damaged_log_from_the_tiles") {
    const Folder folder;
    std::string painted;
    {
        Saved saved(folder / "p.limn");
        fixture::Small small;
        small.fill(*saved.document);
        const MaskLayerId id = add_layer(*saved.document, make_layer(small.asset.id, small.ball.id));
        stamp(*saved.document, id, {1000, 1000}, 400, 1);
        painted = state_hash(saved.document->state());
    }
    const auto damage = [&](const std::string& sql) {
        const std::filesystem::path copy = folder / "damaged.limn";
        std::filesystem::copy_file(folder / "p.limn", copy,
                                   std::filesystem::copy_options::overwrite_existing);
        fixture::run_sql(copy, sql);
        return copy;
    };
    for (const char* sql : {"UPDATE mask_tile SET data = x'00112233' WHERE n % 2 = 0",
                            "UPDATE mask_tile SET data = zeroblob(length(data))",
                            "UPDATE mask_block SET data = zeroblob(length(data))"}) {
        const auto copy = damage(sql);
        Saved saved(copy);
        CHECK(state_hash(saved.document->state()) == painted);
        const auto report = saved.file->check();
        REQUIRE(report.has_value());
        REQUIRE(report->faults.size() == 1);
        CHECK(report->faults[0].find("tiles of masks are damaged") != std::string::npos);
    }
    for (const char* sql : {"UPDATE mask_page SET slots = '256x7'", "UPDATE mask_page SET slots = '1x*'",
                            "DELETE FROM mask_tile WHERE n = 1", "UPDATE mask_layer SET info = '{}'",
                            "UPDATE mask_tile SET x = 100000 WHERE n = 1"}) {
        auto damaged = ProjectFile::open(damage(sql), Access::read_only);
        REQUIRE(damaged.has_value());
        const bool is_refused = !damaged->load().has_value();
        const auto report = damaged->check();
        REQUIRE(report.has_value());
        CHECK((is_refused || !report->faults.empty()));
    }
    REQUIRE(repair(damage("UPDATE mask_page SET slots = 'x'; UPDATE mask_tile SET data = x'00'"),
                   folder / "again.limn")
                .has_value());
    Saved repaired(folder / "again.limn");
    CHECK(state_hash(repaired.document->state()) == painted);
    fixture::check_clean(*repaired.file);
}

namespace {

// A stroke in one tile, which another stroke then covers; boxes come after them.
struct Covered {
    explicit Covered(const std::filesystem::path& path) {
        Saved saved(path);
        fixture::Small small;
        small.fill(*saved.document);
        mask = add_layer(*saved.document, make_layer(small.asset.id, small.ball.id));
        stamp(*saved.document, mask, {100, 100}, 20, 1);
        stamp(*saved.document, mask, {100, 100}, 30, 2);
        for (int i = 0; i < 20; ++i) small.add_track(*saved.document, i);
        hash = state_hash(saved.document->state());
        events = saved.document->history().last_seq;
    }
    MaskLayerId mask;
    std::string hash;
    std::int64_t events = 0;
};

bool says(const std::vector<std::string>& sentences, std::string_view part) {
    return std::ranges::any_of(
        sentences, [&](const std::string& sentence) { return sentence.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("repair_keeps_what_follows_a_lost_tile_that_was_painted_over") {
    const Folder folder;
    const Covered covered(folder / "p.limn");
    const auto copies_left = [&] {
        return fixture::sql_text(folder / "p.limn", "SELECT count(*) FROM mask_block");
    };
    REQUIRE(copies_left() == "2");
    fixture::run_sql(folder / "p.limn", "UPDATE mask_block SET data = zeroblob(length(data)) WHERE n = 1");
    {
        auto file = ProjectFile::open(folder / "p.limn", Access::read_only);
        REQUIRE(file.has_value());
        const auto report = file->check();
        REQUIRE(report.has_value());
        CHECK(report->faults.size() == 2);
        CHECK(says(report->faults, "have no copy left (1)"));
        const auto log = file->log();
        REQUIRE(log.has_value());
        CHECK(std::ssize(*log) == covered.events);
        CHECK(log->at(4).edit->masks.at(covered.mask).tiles.size() == 1);
    }
    const auto sentence = repair(folder / "p.limn", folder / "again.limn");
    REQUIRE(sentence.has_value());
    CHECK(sentence->find("no copy left are unlabelled (1)") != std::string::npos);
    Saved repaired(folder / "again.limn");
    CHECK(state_hash(repaired.document->state()) == covered.hash);
    CHECK(repaired.document->history().last_seq == covered.events);
    fixture::check_clean(*repaired.file);
    CHECK(says(repaired.file->check()->warnings, "were lost before"));
    for (int i = 0; i < 20; ++i) REQUIRE(repaired.document->undo().has_value());
    const auto refused = repaired.document->undo();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == base::ErrorKind::refused);
    CHECK(refused.error().message.starts_with("\"Paint\" cannot be undone or redone"));
    CHECK(at(*repaired.document, covered.mask, 100, 100) == 2);
    stamp(*repaired.document, covered.mask, {100, 100}, 40, 1);
    fixture::check_clean(*repaired.file);
    fixture::run_sql(folder / "again.limn", "DELETE FROM mask_block WHERE length(data) = 0");
    CHECK(says(repaired.file->check()->faults, "have no copy left (1)"));
}

TEST_CASE("a_tile_without_a_copy_is_unlabelled_and_work_goes_on") {
    const Folder folder;
    const Covered covered(folder / "p.limn");
    fixture::run_sql(folder / "p.limn",
                     "UPDATE mask_tile SET data = x'00'; UPDATE mask_block SET data = x'00' WHERE n = 2");
    {
        Saved saved(folder / "p.limn");
        CHECK(at(*saved.document, covered.mask, 100, 100) == 0);
        CHECK(saved.document->history().last_seq == covered.events);
        CHECK(saved.document->state().tracks.size() == 20);
        CHECK(says(saved.file->check()->faults, "have no copy left (1)"));
        stamp(*saved.document, covered.mask, {100, 100}, 10, 1);
        CHECK(saved.file->check()->faults.size() == 2);
    }
    REQUIRE(repair(folder / "p.limn", folder / "again.limn").has_value());
    Saved repaired(folder / "again.limn");
    fixture::check_clean(*repaired.file);
    CHECK(at(*repaired.document, covered.mask, 100, 100) == 1);
    CHECK(at(*repaired.document, covered.mask, 120, 120) == 0);
    CHECK(repaired.document->history().last_seq == covered.events + 1);
}

TEST_CASE("a_damaged_block_is_made_good_when_it_comes_by_again") {
    const Folder folder;
    Saved saved(folder / "p.limn");
    fixture::Small small;
    small.fill(*saved.document);
    const MaskLayerId id = add_layer(*saved.document, make_layer(small.asset.id, small.ball.id));
    stamp(*saved.document, id, {100, 100}, 20, 1);
    REQUIRE(saved.document->undo().has_value());
    fixture::run_sql(folder / "p.limn", "UPDATE mask_block SET data = x'00'");
    CHECK_FALSE(saved.file->check()->faults.empty());
    REQUIRE(saved.document->redo().has_value());
    fixture::check_clean(*saved.file);
}

TEST_CASE("edits_of_masks_go_through_json") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const MaskLayerId id = add_layer(document, make_layer(small.asset.id, small.ball.id));
    stamp(document, id, {1000, 1000}, 400, 1);
    const auto edit = document.history().undo.back().edit;
    const std::string json = to_json(*edit);
    CHECK_FALSE(edit_from_json(json).has_value());  // nobody has the blocks
    std::map<base::Sha256, masks::BlockPtr> blocks;
    for (const TileChange& tile : edit->masks.at(id).tiles) {
        if (tile.after.block) blocks[tile.after.block->hash()] = tile.after.block;
    }
    const BlockSource source = [&](const base::Sha256& hash) -> base::Result<masks::BlockPtr> {
        if (blocks.contains(hash)) return blocks.at(hash);
        return base::fail(base::ErrorKind::missing, "gone");
    };
    const auto again = edit_from_json(json, source);
    REQUIRE(again.has_value());
    CHECK(*again == *edit);
    const std::string uuid = base::to_string(id.uuid);
    for (const std::string tiles :
         {"[[0,0,1,1,0]]", "[[0,0,1,1,0,70000]]", "[[0,0,1,1,0,\"ab\"]]", "[[-1,0,1,1,0,1]]", "[3]"})
        CHECK_FALSE(
            edit_from_json("{\"masks\":{\"" + uuid + "\":{\"tiles\":" + tiles + "}}}", source).has_value());
    // Tiles beyond the mask (a log of somebody else's making) are passed over.
    const auto wild = edit_from_json(
        "{\"masks\":{\"" + uuid + "\":{\"tiles\":[[2000000000,0,2000000000,9,0,1]]}}}", source);
    REQUIRE(wild.has_value());
    State state = document.state();
    apply(*wild, state);
    CHECK(state_hash(state) == state_hash(document.state()));
    CHECK_FALSE(starts_from(*wild, state));
}

TEST_CASE("a_log_of_somebody_elses_making_is_written_as_it_is_replayed") {
    const Folder folder;
    const auto append_wild = [&](const std::string& changes) {
        std::filesystem::remove(folder / "p.limn");
        Saved saved(folder / "p.limn");
        fixture::Small small;
        small.fill(*saved.document);
        MaskLayerInfo info = make_layer(small.asset.id, small.ball.id);
        add_layer(*saved.document, info);
        stamp(*saved.document, info.id, {1000, 1000}, 400, 1);
        info.width_px = info.height_px = masks::Plane::k_most_px;
        info.id = MaskLayerId::make();
        add_layer(*saved.document, info);
        Edit edit;
        for (const auto& [id, layer] : saved.document->state().mask_layers) {
            const std::string text =
                "{\"masks\":{\"" + base::to_string(id.uuid) + "\":{\"tiles\":" + changes + "}}}";
            const auto read = edit_from_json(text);
            REQUIRE(read.has_value());
            edit.masks.insert(*read->masks.begin());
        }
        CHECK_FALSE(starts_from(edit, saved.document->state()));
        const Event event{
            saved.document->history().last_seq + 1, base::new_uuid(), 1, "", EventKind::edit, "Wild", 0,
            std::make_shared<const Edit>(edit)};
        REQUIRE(saved.file->append({&event, 1}).has_value());
        return state_hash(saved.document->state());
    };
    for (const char* changes :
         {"[[2000000000,0,2000000000,9,0,1]]", "[[0,0,65536,65536,0,1]]", "[[2147483647,2147483647,1,1,0,1]]",
          "[[0,0,8388608,8388608,0,1]]", "[[8388600,8388600,9,9,0,1]]", "[[8388608,0,1,1,0,1]]",
          "[[0,0,0,5,0,1]]", "[[3,3,1,1,0,300]]"}) {
        CAPTURE(changes);
        const std::string hash = append_wild(changes);
        REQUIRE(repair(folder / "p.limn", folder / "again.limn").has_value());
        for (const char* name : {"p.limn", "again.limn"}) {
            auto file = ProjectFile::open(folder / name, Access::read_only);
            REQUIRE(file.has_value());
            const auto loaded = file->load();
            REQUIRE(loaded.has_value());
            CHECK(state_hash(loaded->state) == hash);
            CHECK_FALSE(says(file->check()->faults, "is not what the log says"));
        }
        std::filesystem::remove(folder / "again.limn");
    }
    for (const char* sql : {"UPDATE mask_page SET x = 1152921504606846976", "UPDATE mask_page SET x = 2"}) {
        append_wild("[[0,0,0,5,0,1]]");
        fixture::run_sql(folder / "p.limn", sql);
        auto file = ProjectFile::open(folder / "p.limn", Access::read_only);
        REQUIRE(file.has_value());
        CHECK_FALSE(file->load().has_value());
    }
}

TEST_CASE("a_mask_that_changes_its_size_begins_anew_in_the_file_too") {
    const Folder folder;
    MaskLayerInfo info;
    {
        Saved saved(folder / "p.limn");
        fixture::Small small;
        small.fill(*saved.document);
        info = make_layer(small.asset.id, small.ball.id);
        add_layer(*saved.document, info);
        stamp(*saved.document, info.id, {4000, 1000}, 400, 1);
        Edit edit;
        edit.masks[info.id].info = Change<MaskLayerInfo>{info, info};
        edit.masks[info.id].info->after->width_px = 1000;
        const Event event{
            saved.document->history().last_seq + 1, base::new_uuid(), 1, "", EventKind::edit, "Cut", 0,
            std::make_shared<const Edit>(edit)};
        REQUIRE(saved.file->append({&event, 1}).has_value());
    }
    Saved saved(folder / "p.limn");
    CHECK(saved.document->state().find(info.id)->plane.empty());
    fixture::check_clean(*saved.file);
}

TEST_CASE("the_hash_of_a_state_does_not_depend_on_how_its_tiles_are_packed") {
    Document document;
    fixture::Small small;
    small.fill(document);
    const MaskLayerId id = add_layer(document, make_layer(small.asset.id, small.ball.id));
    stamp(document, id, {100, 100}, 40, 1);
    const masks::Slot slot = document.state().find(id)->plane.slot({0, 0});
    REQUIRE(slot.block);
    masks::Bytes packed(ZSTD_compressBound(masks::k_tile_samples));
    packed.resize(
        ZSTD_compress(packed.data(), packed.size(), slot.block->samples().get(), masks::k_tile_samples, 19));
    REQUIRE(packed != *slot.block->packed());
    State other = document.state();
    writable_plane(other, id)->put({0, 0}, {masks::Block::of_packed(packed).value(), 0});
    CHECK(state_hash(other) == state_hash(document.state()));
    writable_plane(other, id)->write({0, 0})[7] = std::byte{2};
    CHECK(state_hash(other) != state_hash(document.state()));
}

TEST_CASE("pages_go_through_text_and_wrong_text_is_none") {
    std::mt19937 random(3);
    for (int i = 0; i < 100; ++i) {
        PageCodes codes(256);
        for (std::int32_t& code : codes)
            code = random() % 4 != 0 ? 7 : static_cast<std::int32_t>(random() % 65537) - 1;
        CHECK(codes_from_text(codes_to_text(codes)) == codes);
    }
    for (const char* text :
         {"", "255x0", "257x0", "256x", "256x-1", "256x65536", "256x*x", "0x1 256x0", "256x0 "})
        CHECK_FALSE(codes_from_text(text));
}

TEST_CASE("unsound_masks_are_refused") {
    MaskLayerInfo info = make_layer(AssetId::make(), ClassId::make());
    CHECK(is_sound(info));
    CHECK(info.free_value() == 3);
    info.values.push_back({2, {}, ""});
    CHECK_FALSE(is_sound(info));
    info.values = {{300, {}, ""}};
    CHECK_FALSE(is_sound(info));
    info.depth = masks::Depth::u16;
    CHECK(is_sound(info));
    info.width_px = masks::Plane::k_most_px + 1;
    CHECK_FALSE(is_sound(info));
    info.values.clear();
    for (masks::Value value = 1; value < 256; ++value) info.values.push_back({value, {}, ""});
    info.depth = masks::Depth::u8;
    CHECK(info.free_value() == 0);
}
