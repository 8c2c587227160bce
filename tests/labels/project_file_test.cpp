#include <fstream>

#include <doctest/doctest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "fixture.h"
#include "labels/event_log.h"

using namespace labels;
using fixture::Folder;
using fixture::run_sql;
using fixture::sql_text;

namespace {

// A document whose events go straight into a file.
struct Saved {
    explicit Saved(ProjectFile opened) : file{std::move(opened)} {
        auto loaded = file.load();
        REQUIRE(loaded.has_value());
        document.emplace(std::move(loaded->state), std::move(loaded->history));
        document->set_author("anna");
        document->set_event_sink([this](const Event& event) { CHECK(file.append({&event, 1}).has_value()); });
        document->set_edit_loader([this](std::int64_t seq) { return file.edit_of(seq); });
    }
    ProjectFile file;
    std::optional<Document> document;
};

ProjectFile open(const std::filesystem::path& path, Access access = Access::read_write) {
    auto file = ProjectFile::open(path, access);
    INFO((file ? "" : file.error().message));
    REQUIRE(file.has_value());
    return std::move(*file);
}

std::string refused(const base::Result<ProjectFile>& result, base::ErrorKind kind) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().kind == kind);
    return result.error().message;
}

bool says(const std::string& message, std::string_view part) {
    return message.find(part) != std::string::npos;
}

void fill_with_edits(const std::filesystem::path& path, unsigned seed, int edits) {
    Saved saved(ProjectFile::create(path).value());
    fixture::Editor editor(*saved.document, seed);
    for (int i = 0; i < edits; ++i) editor.edit();
}

}  // namespace

TEST_CASE("a_new_project_is_empty_clean_and_nobodys_to_overwrite") {
    const Folder folder;
    {
        auto file = ProjectFile::create(folder / "new.limn");
        REQUIRE(file.has_value());
        CHECK(file->load()->state.assets.empty());
        CHECK(file->load()->history.last_seq == 0);
        CHECK(file->check()->faults.empty());
    }
    CHECK(says(refused(ProjectFile::create(folder / "new.limn"), base::ErrorKind::refused),
               (folder / "new.limn").string()));
    CHECK(says(refused(ProjectFile::create(folder / "no" / "new.limn"), base::ErrorKind::missing),
               "no such folder"));
    std::ofstream(folder / "old.limn-wal") << "of another project";
    CHECK(says(refused(ProjectFile::create(folder / "old.limn"), base::ErrorKind::refused), "old.limn-wal"));
    CHECK_FALSE(std::filesystem::exists(folder / "old.limn"));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) ==
          2);  // no temporary left, no lock
}

TEST_CASE("the_projection_is_the_state_and_the_log_replays_to_it") {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        const Folder folder;
        std::string hash;
        std::vector<Asset> assets;
        {
            Saved saved(ProjectFile::create(folder / "p.limn").value());
            fixture::Editor editor(*saved.document, seed);
            for (int i = 0; i < 120; ++i) {
                editor.edit();
                if (i % 7 == 0) (void)saved.document->undo();
                if (i % 21 == 0) (void)saved.document->redo();
            }
            hash = state_hash(saved.document->state());
            assets = saved.document->state().assets;
            const auto report = saved.file.check();
            REQUIRE(report.has_value());
            for (const std::string& fault : report->faults) FAIL_CHECK(fault);
            CHECK(report->events == saved.document->history().last_seq);
        }
        ProjectFile file = open(folder / "p.limn", Access::read_only);
        const auto loaded = file.load();
        REQUIRE(loaded.has_value());
        CHECK(state_hash(loaded->state) == hash);
        CHECK(loaded->state.assets == assets);
        State replayed;
        const auto events = file.log();
        REQUIRE(events.has_value());
        for (const Event& event : *events) apply(**file.edit_of(event.seq), replayed);
        CHECK(state_hash(replayed) == hash);
        CHECK(replayed.tracks_of_asset == loaded->state.tracks_of_asset);
        CHECK(replayed.mask_layers_of_asset == loaded->state.mask_layers_of_asset);
    }
}

TEST_CASE("undo_and_redo_work_across_restarts") {
    const Folder folder;
    std::vector<std::string> hashes;
    {
        Saved saved(ProjectFile::create(folder / "p.limn").value());
        fixture::Editor editor(*saved.document, 9);
        hashes.push_back(state_hash(saved.document->state()));
        while (hashes.size() < 40) {
            const auto before = saved.document->history().undo.size();
            editor.edit();
            if (saved.document->history().undo.size() > before)
                hashes.push_back(state_hash(saved.document->state()));
        }
    }
    for (const std::size_t edit_bytes : {std::size_t{0}, std::size_t{16} << 20}) {
        std::size_t at = hashes.size() - 1;
        while (at > 0) {
            ProjectFile file = open(folder / "p.limn");
            auto loaded = file.load(edit_bytes);
            REQUIRE(loaded.has_value());
            CHECK(state_hash(loaded->state) == hashes[at]);
            CHECK(loaded->history.undo.size() == at);
            CHECK((loaded->history.undo.back().edit == nullptr) == (edit_bytes == 0));
            Saved saved(std::move(file));
            for (int i = 0; i < 6 && at > 0; ++i) {
                REQUIRE(saved.document->undo().has_value());
                CHECK(state_hash(saved.document->state()) == hashes[--at]);
            }
        }
        while (at + 1 < hashes.size()) {
            Saved saved(open(folder / "p.limn"));
            CHECK(saved.document->history().redo.size() == hashes.size() - 1 - at);
            for (int i = 0; i < 7 && at + 1 < hashes.size(); ++i) {
                REQUIRE(saved.document->redo().has_value());
                CHECK(state_hash(saved.document->state()) == hashes[++at]);
            }
        }
    }
    CHECK(open(folder / "p.limn").check()->faults.empty());
}

TEST_CASE("a_second_writer_is_refused_and_told_who_it_is") {
    const Folder folder;
    {
        auto first = ProjectFile::create(folder / "p.limn");
        REQUIRE(first.has_value());
        const std::string message =
            refused(ProjectFile::open(folder / "p.limn", Access::read_write), base::ErrorKind::refused);
        CHECK(says(message, "has this project open for writing on "));
        CHECK(says(message, fmt::format("(process {}, since 2", getpid())));
        CHECK(says(message, "it opens read-only here: " + (folder / "p.limn").string()));
        std::filesystem::create_symlink(folder / "p.limn", folder / "alias.limn");
        CHECK(says(
            refused(ProjectFile::open(folder / "alias.limn", Access::read_write), base::ErrorKind::refused),
            "has this project open for writing"));
        ProjectFile reader = open(folder / "alias.limn", Access::read_only);
        CHECK(reader.load().has_value());
        const Event event{1, base::new_uuid(), 1, "", EventKind::edit, "x", 0, std::make_shared<Edit>()};
        CHECK(first->append({&event, 1}).has_value());
        CHECK(reader.load()->history.last_seq == 1);  // a reader sees what is written meanwhile
        CHECK(reader.append({&event, 1}).error().kind == base::ErrorKind::refused);
    }
    CHECK(ProjectFile::open(folder / "p.limn", Access::read_write).has_value());
    CHECK_FALSE(std::filesystem::exists(folder / "p.limn.lock"));
}

TEST_CASE("a_killed_writer_holds_nothing") {
    const Folder folder;
    {
        auto file = ProjectFile::create(folder / "p.limn");
    }
    const int ended = fixture::in_child([&] {
        auto file = ProjectFile::open(folder / "p.limn", Access::read_write);
        kill(getpid(), SIGKILL);
        return 0;
    });
    CHECK(ended == -SIGKILL);
    CHECK(std::filesystem::exists(folder / "p.limn.lock"));
    CHECK(ProjectFile::open(folder / "p.limn", Access::read_write).has_value());
}

TEST_CASE("what_is_no_project_is_refused_in_one_sentence_and_left_alone") {
    const Folder folder;
    for (const Access access : {Access::read_only, Access::read_write}) {
        CHECK(says(refused(ProjectFile::open(folder / "none.limn", access), base::ErrorKind::missing),
                   "no project here"));
        CHECK(says(refused(ProjectFile::open(folder.path(), access), base::ErrorKind::malformed), "no file"));
        std::ofstream(folder / "empty.limn").close();
        CHECK(says(refused(ProjectFile::open(folder / "empty.limn", access), base::ErrorKind::malformed),
                   "is empty"));
        std::ofstream(folder / "text.limn") << "this is a text and nothing else";
        CHECK(says(refused(ProjectFile::open(folder / "text.limn", access), base::ErrorKind::malformed),
                   "no Limn project"));
        std::ofstream(folder / "short.limn") << "SQLite format 3";
        CHECK_FALSE(ProjectFile::open(folder / "short.limn", access).has_value());
        run_sql(folder / "other.limn", "CREATE TABLE IF NOT EXISTS t (a)");
        CHECK(says(refused(ProjectFile::open(folder / "other.limn", access), base::ErrorKind::malformed),
                   "another program"));
    }
    CHECK(std::filesystem::file_size(folder / "empty.limn") == 0);
    CHECK_FALSE(std::filesystem::exists(folder / "none.limn.lock"));
}

TEST_CASE("a_newer_project_is_refused") {
    const Folder folder;
    {
        auto file = ProjectFile::create(folder / "p.limn");
    }
    run_sql(folder / "p.limn", "PRAGMA user_version = 99");
    for (const Access access : {Access::read_only, Access::read_write}) {
        const std::string message =
            refused(ProjectFile::open(folder / "p.limn", access), base::ErrorKind::unsupported);
        CHECK(says(message, "A newer Limn wrote this project"));
        CHECK(says(message, "99"));
    }
    CHECK(repair(folder / "p.limn", folder / "out.limn").error().kind == base::ErrorKind::unsupported);
    CHECK_FALSE(std::filesystem::exists(folder / "out.limn"));
}

namespace {

// As the first version of Limn left it: keyframes without pts and confidence, no views.
void make_version_1(const std::filesystem::path& path) {
    fill_with_edits(path, 21, 60);
    run_sql(
        path,
        "DROP VIEW keyframe_readable; DROP VIEW track_readable; DROP VIEW class_readable; DROP VIEW "
        "event_readable;"
        "CREATE TABLE old (track_n INTEGER NOT NULL, frame INTEGER NOT NULL, outside INTEGER NOT NULL,"
        "occluded INTEGER NOT NULL, interpolate INTEGER NOT NULL, source INTEGER NOT NULL, x0 REAL, y0 REAL, "
        "x1 REAL,"
        "y1 REAL, rotation REAL, geometry TEXT, attributes TEXT, PRIMARY KEY (track_n, frame)) WITHOUT ROWID;"
        "INSERT INTO old SELECT track_n, frame, outside, occluded, interpolate, source, x0, y0, x1, y1, "
        "rotation,"
        "geometry, attributes FROM keyframe; DROP TABLE keyframe; ALTER TABLE old RENAME TO keyframe;"
        "ALTER TABLE asset DROP COLUMN georeference; DROP TABLE mask_layer; DROP TABLE mask_page; DROP TABLE "
        "mask_tile; DROP TABLE mask_block; DROP TABLE inspection_grid; DROP TABLE inspection_row;"
        "PRAGMA user_version = 1;");
}

// As the second version left it: an asset lies nowhere on the ground.
void make_version_2(const std::filesystem::path& path) {
    fill_with_edits(path, 22, 60);
    run_sql(path,
            "ALTER TABLE asset DROP COLUMN georeference; DROP TABLE mask_layer; DROP TABLE mask_page; DROP "
            "TABLE mask_tile; DROP TABLE mask_block; DROP TABLE inspection_grid; DROP TABLE inspection_row;"
            "PRAGMA user_version = 2;");
}

}  // namespace

TEST_CASE("an_older_project_is_migrated_in_place_after_a_backup") {
    const Folder folder;
    make_version_1(folder / "p.limn");
    const std::string count = sql_text(folder / "p.limn", "SELECT count(*) FROM keyframe");
    {
        ProjectFile file = open(folder / "p.limn", Access::read_only);
        const auto loaded = file.load();
        REQUIRE(loaded.has_value());
        std::size_t keyframes = 0;
        for (const auto& [id, track] : loaded->state.tracks) keyframes += track->keyframes.size();
        CHECK(std::to_string(keyframes) == count);
    }
    CHECK(sql_text(folder / "p.limn", "PRAGMA user_version") == "1");  // reading changes nothing
    CHECK_FALSE(std::filesystem::exists(folder / "p.limn.schema-1.backup"));
    {
        ProjectFile file = open(folder / "p.limn");
        const auto loaded = file.load();
        REQUIRE(loaded.has_value());
        for (const auto& [id, track] : loaded->state.tracks) {
            for (const Keyframe& keyframe : track->keyframes) CHECK(keyframe.pts == k_no_pts);
        }
    }
    CHECK(sql_text(folder / "p.limn", "PRAGMA user_version") == "5");
    CHECK(sql_text(folder / "p.limn", "SELECT count(*) FROM keyframe_readable") == count);
    CHECK(sql_text(folder / "p.limn.schema-1.backup", "PRAGMA user_version") == "1");
    CHECK(sql_text(folder / "p.limn.schema-1.backup", "SELECT count(*) FROM keyframe") == count);
    Saved saved(open(folder / "p.limn"));  // and it can be edited
    fixture::Editor editor(*saved.document, 5);
    for (int i = 0; i < 20; ++i) editor.edit();
    CHECK(saved.file.load().has_value());
}

TEST_CASE("a_project_that_knows_no_places_on_the_ground_still_opens_and_learns_them") {
    const Folder folder;
    make_version_2(folder / "p.limn");
    Asset asset = fixture::make_asset("scene.tif", 7);
    asset.kind = MediaKind::raster;
    asset.georeference = fixture::make_georeference(0);
    {
        Saved saved(open(folder / "p.limn"));
        for (const Asset& each : saved.document->state().assets)
            CHECK(each.georeference == base::Georeference{});
        Transaction transaction(*saved.document, "Add raster");
        transaction.put_asset(asset);
        REQUIRE(transaction.commit());
    }
    CHECK(sql_text(folder / "p.limn", "PRAGMA user_version") == "5");
    CHECK(sql_text(folder / "p.limn.schema-2.backup", "PRAGMA user_version") == "2");
    ProjectFile file = open(folder / "p.limn");
    const auto loaded = file.load();
    REQUIRE(loaded.has_value());
    REQUIRE(loaded->state.find(asset.id) != nullptr);
    CHECK(*loaded->state.find(asset.id) == asset);
    State moved = loaded->state;
    const std::string before = state_hash(moved);
    for (Asset& each : moved.assets)
        if (each.id == asset.id) each.georeference.geotransform->at(0) += 1e-9;
    CHECK(state_hash(moved) != before);
    run_sql(folder / "p.limn", "UPDATE asset SET georeference = '{\"geotransform\":[1]}'");
    CHECK(says(file.load().error().message, "geotransform must be six numbers"));
}

TEST_CASE("what_no_file_can_hold_of_a_place_is_left_out_of_the_document") {
    Document document;
    Asset asset = fixture::make_asset("scene.tif");
    asset.georeference.geotransform = {0, 1, std::nan(""), 0, 0, 1};
    asset.georeference.gcps = {{{0, 0}, 1, 2, INFINITY}, {{1, 1}, -0.0, 2, 3}};
    asset.georeference.rpc = {"a\xff"};
    Transaction transaction(document, "Add");
    transaction.put_asset(asset);
    REQUIRE(transaction.commit());
    const Asset& kept = *document.state().find(asset.id);
    CHECK_FALSE(kept.georeference.geotransform);
    REQUIRE(kept.georeference.gcps.size() == 1);
    CHECK_FALSE(std::signbit(kept.georeference.gcps[0].x));
    CHECK(*asset_from_json(to_json(kept)) == kept);
}

TEST_CASE("a_read_only_folder_still_opens_also_with_an_unfinished_write_ahead_log") {
    for (const bool with_wal : {false, true}) {
        CAPTURE(with_wal);
        const Folder folder;
        const auto project = folder / "p.limn";
        fill_with_edits(project, 2, 40);
        if (with_wal) {
            CHECK(fixture::in_child([&] {
                      auto file = ProjectFile::open(project, Access::read_write);
                      const auto last = file->load()->history.last_seq;
                      const Event event{last + 1, base::new_uuid(),        1, "", EventKind::edit, "x",
                                        0,        std::make_shared<Edit>()};
                      if (!file->append({&event, 1})) return 1;
                      kill(getpid(), SIGKILL);
                      return 0;
                  }) == -SIGKILL);
            std::filesystem::remove(project.string() + "-shm");
            REQUIRE(std::filesystem::file_size(project.string() + "-wal") > 0);
        }
        std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
        for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
            std::filesystem::permissions(entry.path(), std::filesystem::perms(0444));
        }
        const int ended = fixture::in_child([&] {
            if (getuid() == 0 && setuid(65534) != 0) return 10;  // permissions do not bind root
            auto writer = ProjectFile::open(project, Access::read_write);
            if (writer || writer.error().kind != base::ErrorKind::io) return 11;
            auto reader = ProjectFile::open(project, Access::read_only);
            if (!reader) return 12;
            auto loaded = reader->load();
            if (!loaded) return 13;
            if (with_wal != (loaded->history.undo.back().name == "x")) return 14;
            return reader->check()->faults.empty() ? 0 : 15;
        });
        CHECK(ended == 0);
        std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    }
}

TEST_CASE("a_moved_or_deleted_file_is_noticed_before_more_is_written_to_nowhere") {
    const Folder folder;
    auto file = ProjectFile::create(folder / "p.limn");
    REQUIRE(file.has_value());
    std::filesystem::rename(folder / "p.limn", folder / "q.limn");
    const Event event{1, base::new_uuid(), 1, "", EventKind::edit, "x", 0, std::make_shared<Edit>()};
    CHECK(says(file->append({&event, 1}).error().message, "was moved or deleted"));
    std::filesystem::rename(folder / "q.limn", folder / "p.limn");
    CHECK(file->append({&event, 1}).has_value());
    CHECK(file->append({&event, 1}).has_value());  // given again: already there
    CHECK(file->log()->size() == 1);
    const Event gap{5, base::new_uuid(), 1, "", EventKind::edit, "x", 0, std::make_shared<Edit>()};
    CHECK(file->append({&gap, 1}).error().kind == base::ErrorKind::refused);
}

TEST_CASE("a_small_edit_is_small_on_disk_and_a_large_one_is_packed") {
    const Folder folder;
    fixture::Small small;
    {
        Saved saved(ProjectFile::create(folder / "p.limn").value());
        small.fill(*saved.document);
        const TrackId id = small.add_track(*saved.document, 1);
        Transaction move(*saved.document, "Move box");
        move.put_keyframe(id, fixture::make_keyframe(1, 17));
        move.commit();
        Transaction many(*saved.document, "Track");
        for (int i = 2; i < 2000; ++i) many.put_keyframe(id, fixture::make_keyframe(i, i));
        many.commit();
    }
    CHECK(sql_text(folder / "p.limn", "SELECT group_concat(encoding) FROM event") ==
          "json,json,json,json,json+zstd");
    CHECK(std::stoi(sql_text(folder / "p.limn", "SELECT max(length(changes)) FROM event WHERE seq < 5")) <
          1024);
    CHECK(std::stoi(sql_text(folder / "p.limn", "SELECT length(changes) FROM event WHERE seq = 5")) <
          2000 * 30);
    CHECK(sql_text(folder / "p.limn", "SELECT class || ' ' || number FROM track_readable") == "ball 1");
    CHECK(sql_text(folder / "p.limn", "SELECT asset || ' ' || x0 FROM keyframe_readable WHERE frame = 1") ==
          "clip.mp4 17.0");
    CHECK(open(folder / "p.limn").check()->faults.empty());
}

// The recipe of docs/project-file.md, carried out by another program.
TEST_CASE("the_hash_chain_can_be_verified_with_python_and_sqlite") {
    const Folder folder;
    fill_with_edits(folder / "p.limn", 33, 40);
    if (std::system("python3 -c 'import sqlite3' 2>/dev/null") != 0) {
        MESSAGE("skipped: there is no python3");
        return;
    }
    std::ifstream page(LIMN_SOURCE_DIR "/docs/project-file.md");
    const std::string text((std::istreambuf_iterator<char>(page)), {});
    const auto begin = text.find("```python\n");
    REQUIRE(begin != std::string::npos);
    std::ofstream(folder / "verify.py") << text.substr(begin + 10, text.find("```", begin + 10) - begin - 10);
    const std::string command =
        fmt::format("cd '{}' && python3 verify.py p.limn > out.txt 2>&1", folder.path().string());
    CHECK(std::system(command.c_str()) == 0);
    run_sql(folder / "p.limn", "UPDATE event SET author = 'eve' WHERE seq = 3");
    CHECK(std::system(command.c_str()) != 0);
}

TEST_CASE("log_gives_a_stretch_of_events") {
    const Folder folder;
    fill_with_edits(folder / "p.limn", 3, 40);
    ProjectFile file = open(folder / "p.limn", Access::read_only);
    const auto all = file.log();
    REQUIRE(all.has_value());
    REQUIRE(all->size() > 10);
    const auto some = file.log(4, 3);
    REQUIRE(some->size() == 3);
    CHECK(some->front().seq == 4);
    CHECK(some->back().seq == 6);
    CHECK(*some->front().edit == *all->at(3).edit);
    CHECK(all->front().author == "anna");
    CHECK(file.edit_of(999).error().kind == base::ErrorKind::missing);
}

TEST_CASE("media_are_found_again_when_they_moved") {
    const Folder folder;
    const auto project = folder / "work" / "p.limn";
    std::filesystem::create_directories(folder / "work" / "media");
    std::filesystem::create_directories(folder / "elsewhere");
    std::ofstream(folder / "work" / "media" / "clip.mp4") << std::string(100'000, 'v');
    Asset asset = fixture::make_asset("clip.mp4");
    asset.relative_path = "media/clip.mp4";
    asset.absolute_path = (folder / "gone" / "clip.mp4").string();
    asset.size_bytes = 100'000;
    asset.fingerprint = base::fingerprint(folder / "work" / "media" / "clip.mp4").value();
    CHECK(locate_media(asset, project).value() == folder / "work" / "media" / "clip.mp4");
    std::filesystem::rename(folder / "work" / "media" / "clip.mp4", folder / "work" / "renamed.mp4");
    CHECK(locate_media(asset, project).value() == folder / "work" / "renamed.mp4");
    std::filesystem::rename(folder / "work" / "renamed.mp4", folder / "elsewhere" / "clip.mp4");
    const auto missing = locate_media(asset, project);
    CHECK(missing.error().kind == base::ErrorKind::missing);
    CHECK(says(missing.error().message, (folder / "work" / "media").string()));
    asset.absolute_path = (folder / "elsewhere" / "clip.mp4").string();
    CHECK(locate_media(asset, project).value() == folder / "elsewhere" / "clip.mp4");
    std::ofstream(folder / "work" / "media" / "clip.mp4")
        << std::string(100'000, 'w');  // same name and size, other content
    CHECK(locate_media(asset, project).value() == folder / "elsewhere" / "clip.mp4");
    std::filesystem::remove(folder / "elsewhere" / "clip.mp4");
    CHECK(says(locate_media(asset, project).error().message, "other content"));
    asset.fingerprint.clear();  // an import that never saw the medium: the name is all there is
    CHECK(locate_media(asset, project).has_value());
}
