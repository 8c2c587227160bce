#include <fstream>

#include <doctest/doctest.h>

#include "fixture.h"
#include "labels/text.h"

using namespace labels;
using fixture::Folder;
using fixture::run_sql;

namespace {

void append_all(ProjectFile& file, std::vector<Event>& events) {
    REQUIRE(file.append(events).has_value());
    events.clear();
}

// A project of some sixty events and the hash of its state after each.
struct Victim {
    explicit Victim(const std::filesystem::path& path, unsigned seed = 8) : file{path} {
        auto project = ProjectFile::create(path);
        REQUIRE(project.has_value());
        Document document;
        std::vector<Event> events;
        document.set_event_sink([&](Event event) { events.push_back(std::move(event)); });
        fixture::Small small;
        small.fill(document);
        hashes = {state_hash(State{}), "", ""};
        fixture::Editor editor(document, seed);
        while (hashes.size() < 59) {
            editor.edit();
            if (static_cast<std::size_t>(document.history().last_seq) == hashes.size()) {
                hashes.push_back(state_hash(document.state()));
            }
        }
        add_boxes(document);
        hashes.push_back(state_hash(document.state()));
        append_all(*project, events);
    }
    // So that there is something of every sort to damage.
    static void add_boxes(Document& document) {
        Transaction add(document, "Add boxes");
        const Asset asset = fixture::make_asset("last.mp4", 9);
        add.put_asset(asset);
        const TrackInfo info = fixture::make_info(asset.id, document.state().ontology.classes.front().id, 99);
        add.put_track(info);
        for (int frame = 0; frame < 5; ++frame)
            add.put_keyframe(info.id, fixture::make_keyframe(frame, frame));
        add.commit();
    }

    std::filesystem::path file;
    std::vector<std::string> hashes;  // by seq
};

std::vector<std::string> faults_of(const std::filesystem::path& path) {
    auto file = ProjectFile::open(path, Access::read_only);
    if (!file) return {file.error().message};
    auto report = file->check();
    if (!report) return {report.error().message};
    return report->faults;
}

bool names(const std::vector<std::string>& faults, std::string_view part) {
    return std::ranges::any_of(
        faults, [&](const std::string& fault) { return fault.find(part) != std::string::npos; });
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("any_change_to_a_stored_event_is_named") {
    const Folder folder;
    const Victim victim(folder / "p.limn");
    CHECK(faults_of(victim.file).empty());
    const std::string original = content(victim.file);
    const auto tampered = [&](const std::string& sql) {
        write(victim.file, original);
        run_sql(victim.file, sql);
        return faults_of(victim.file);
    };
    CHECK(
        names(tampered("UPDATE event SET author = 'eve' WHERE seq = 12"), "Event 12 (\"Edit\") was changed"));
    CHECK(names(tampered("UPDATE event SET time_us = time_us + 1 WHERE seq = 13"), "Event 13"));
    CHECK(names(tampered("UPDATE event SET name = 'Idea' WHERE seq = 14"), "Event 14"));
    CHECK(names(tampered("UPDATE event SET target = 3 WHERE seq = 15"), "Event 15"));
    CHECK(names(tampered("UPDATE event SET kind = 'undo' WHERE seq = 16"), "Event 16"));
    CHECK(names(tampered("UPDATE event SET kind = 'dream' WHERE seq = 16"), "Event 16"));
    CHECK(names(tampered("UPDATE event SET id = randomblob(16) WHERE seq = 17"), "Event 17"));
    CHECK(names(tampered("UPDATE event SET changes = replace(changes, '1', '2') WHERE seq = 1"), "Event 1 "));
    CHECK(names(tampered("UPDATE event SET changes = x'00' WHERE seq = 18"), "Event 18"));
    CHECK(names(tampered("UPDATE event SET changes = zeroblob(9), encoding = 'json+zstd' WHERE seq = 19"),
                "Event 19"));
    CHECK(names(tampered("UPDATE event SET encoding = 'rot13' WHERE seq = 19"), "Event 19"));
    CHECK(names(tampered("UPDATE event SET hash = randomblob(32) WHERE seq = 20"), "Event 20"));
    CHECK(names(tampered("UPDATE event SET prev_hash = randomblob(32) WHERE seq = 21"), "Event 21"));
    CHECK(names(tampered("UPDATE event SET hash = 'x' WHERE seq = 22"), "Event 22"));
    CHECK(names(tampered("DELETE FROM event WHERE seq = 23"), "Event 24 follows event 22"));
    CHECK_FALSE(tampered("DELETE FROM event WHERE seq > 40")
                    .empty());  // the end cut off: the labels say more than the log
    CHECK_FALSE(tampered("DELETE FROM event").empty());
}

TEST_CASE("one_byte_flipped_in_an_events_changes_is_found") {
    const Folder folder;
    const Victim victim(folder / "p.limn");
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(victim.file.c_str(), &db) == SQLITE_OK);
    sqlite3_blob* blob = nullptr;
    REQUIRE(sqlite3_blob_open(db, "main", "event", "changes", 30, 1, &blob) == SQLITE_OK);
    const int at = sqlite3_blob_bytes(blob) / 2;
    unsigned char byte = 0;
    sqlite3_blob_read(blob, &byte, 1, at);
    byte ^= 1;
    CHECK(sqlite3_blob_write(blob, &byte, 1, at) == SQLITE_OK);
    sqlite3_blob_close(blob);
    sqlite3_close(db);
    CHECK(names(faults_of(victim.file), "Event 30"));
}

TEST_CASE("any_change_to_the_stored_labels_is_found") {
    const Folder folder;
    const Victim victim(folder / "p.limn");
    const std::string original = content(victim.file);
    for (const std::string& sql : {
             std::string("UPDATE keyframe SET frame = frame + 1000 WHERE track_n = (SELECT max(track_n) FROM "
                         "keyframe)"),
             std::string("UPDATE track SET number = number + 1 WHERE n = (SELECT max(n) FROM track)"),
             std::string("UPDATE track SET class = randomblob(16) WHERE n = (SELECT max(n) FROM track)"),
             std::string("UPDATE track SET asset = randomblob(16) WHERE n = (SELECT max(n) FROM track)"),
             std::string("DELETE FROM track WHERE n = (SELECT max(track_n) FROM keyframe)"),
             std::string("DELETE FROM keyframe WHERE track_n = (SELECT max(track_n) FROM keyframe)"),
             std::string("UPDATE keyframe SET outside = 1 - outside WHERE track_n = (SELECT max(track_n) "
                         "FROM keyframe)"),
             std::string("UPDATE keyframe SET source = 77"),
             std::string("UPDATE keyframe SET x0 = 9e999 WHERE x0 IS NOT NULL"),
             std::string("UPDATE keyframe SET x0 = 'far left', geometry = NULL"),
             std::string("UPDATE keyframe SET geometry = '{\"points\":[[1]]}'"),
             std::string("UPDATE keyframe SET attributes = 'none'"),
             std::string("UPDATE asset SET name = 'other' WHERE n = (SELECT max(n) FROM asset)"),
             std::string("UPDATE asset SET width = 'wide'"),
             std::string("UPDATE asset SET time_base_den = 0"),
             std::string("UPDATE asset SET id = x'01' WHERE n = (SELECT max(n) FROM asset)"),
             std::string("DELETE FROM asset"),
             std::string("UPDATE ontology SET json = replace(json, 'ball', 'bell')"),
             std::string("UPDATE ontology SET json = '{'"),
             std::string("DELETE FROM ontology"),
             std::string("DROP TABLE keyframe"),
             std::string("DROP TABLE event"),
         }) {
        CAPTURE(sql);
        write(victim.file, original);
        run_sql(victim.file, sql);
        const auto faults = faults_of(victim.file);
        CHECK_FALSE(faults.empty());
        for (const std::string& fault : faults) CHECK(is_utf8(fault));
        auto file = ProjectFile::open(victim.file, Access::read_only);
        REQUIRE(file.has_value());
        if (auto loaded = file->load(); !loaded) {
            CHECK(loaded.error().kind == base::ErrorKind::malformed);
            CHECK(loaded.error().message.find("limn check --repair") != std::string::npos);
            CHECK(loaded.error().message.ends_with(victim.file.string()));
        }
    }
    write(victim.file, original);
    run_sql(victim.file, "UPDATE keyframe SET x0 = 'far left', geometry = NULL");
    auto file = ProjectFile::open(victim.file, Access::read_only);
    CHECK(file->load().error().message.find("keyframe at frame ") != std::string::npos);
}

TEST_CASE("repair_keeps_the_sound_beginning_and_leaves_the_damaged_file_alone") {
    const Folder folder;
    const Victim victim(folder / "p.limn");
    run_sql(victim.file, "UPDATE event SET changes = '{}' WHERE seq = 41");
    const std::string damaged = content(victim.file);
    const auto sentence = repair(victim.file, folder / "repaired.limn");
    REQUIRE(sentence.has_value());
    CHECK(sentence->starts_with("40 events were kept and 19 were lost, because of this: Event 41"));
    CHECK(sentence->ends_with((folder / "repaired.limn").string()));
    CHECK(content(victim.file) == damaged);
    CHECK(faults_of(folder / "repaired.limn").empty());
    auto file = ProjectFile::open(folder / "repaired.limn", Access::read_write);
    REQUIRE(file.has_value());
    CHECK(state_hash(file->load()->state) == victim.hashes[40]);
    CHECK(file->load()->history.last_seq == 40);
    CHECK(repair(victim.file, folder / "repaired.limn").error().kind == base::ErrorKind::refused);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        CHECK(!entry.path().filename().string().starts_with("limn-"));  // no scratch folder left
    }
}

TEST_CASE("repair_of_a_project_with_lost_labels_brings_back_all_of_them") {
    const Folder folder;
    const Victim victim(folder / "p.limn");
    run_sql(victim.file, "DELETE FROM keyframe; DELETE FROM track; UPDATE ontology SET json = '?'");
    CHECK(repair(victim.file, folder / "repaired.limn")->starts_with("All 59 events were sound"));
    auto file = ProjectFile::open(folder / "repaired.limn", Access::read_only);
    CHECK(state_hash(file->load()->state) == victim.hashes.back());
    run_sql(victim.file, "UPDATE event SET hash = x'00' WHERE seq = 1");
    CHECK(repair(victim.file, folder / "none.limn").error().kind == base::ErrorKind::malformed);
    CHECK_FALSE(std::filesystem::exists(folder / "none.limn"));
}

namespace {

// Opens, loads, checks, logs and repairs whatever is there: each gives values or a sentence.
bool survives(const std::filesystem::path& path, const std::filesystem::path& out, const Victim& victim) {
    bool clean = false;
    for (const Access access : {Access::read_only, Access::read_write}) {
        auto file = ProjectFile::open(path, access);
        if (!file) {
            CHECK(file.error().message.ends_with(path.string()));
            continue;
        }
        if (auto loaded = file->load(); loaded) {
            Document document(std::move(loaded->state), std::move(loaded->history));
            document.set_edit_loader([&](std::int64_t seq) { return file->edit_of(seq); });
            (void)document.undo();
        } else {
            CHECK_FALSE(loaded.error().message.empty());
        }
        (void)file->log();
        const auto report = file->check();
        clean = report && report->faults.empty();
    }
    std::filesystem::remove(out);
    if (auto repaired = repair(path, out)) {
        auto file = ProjectFile::open(out, Access::read_only);
        REQUIRE(file.has_value());
        auto loaded = file->load();
        REQUIRE(loaded.has_value());
        const auto seq = static_cast<std::size_t>(loaded->history.last_seq);
        CHECK(seq < victim.hashes.size());
        const bool lost_tiles = repaired->find("no copy left") != std::string::npos;
        if (seq > 2 && !lost_tiles) CHECK(state_hash(loaded->state) == victim.hashes[seq]);
        CHECK(file->check()->faults.empty());
    } else {
        CHECK_FALSE(repaired.error().message.empty());
    }
    return clean;
}

}  // namespace

TEST_CASE("a_torn_file_gives_a_sentence_and_what_is_left_of_its_log") {
    const Folder folder;
    const Victim victim(folder / "p.limn");
    const std::string original = content(victim.file);
    std::mt19937 random(1);
    for (int i = 0; i < 60; ++i) {
        const std::size_t size = i == 0 ? original.size() - 1 : random() % original.size();
        CAPTURE(size);
        write(folder / "torn.limn", original.substr(0, size));
        CHECK_FALSE(survives(folder / "torn.limn", folder / "out.limn", victim));
    }
}

TEST_CASE("random_damage_never_crashes") {
    const Folder folder;
    const Victim victim(folder / "p.limn");
    const std::string original = content(victim.file);
    std::mt19937 random(2);
    int clean = 0;
    for (int i = 0; i < 150; ++i) {
        std::string damaged = original;
        const int bytes = 1 << (i % 8);
        for (int b = 0; b < bytes; ++b) damaged[random() % damaged.size()] = static_cast<char>(random());
        if (i % 10 == 9) {  // a lost page
            const std::size_t page = random() % (damaged.size() / 4096);
            std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, '\0');
        }
        write(folder / "damaged.limn", damaged);
        CAPTURE(i);
        clean += survives(folder / "damaged.limn", folder / "out.limn", victim) ? 1 : 0;
    }
    CHECK(clean < 60);  // some bytes lie in free space
}
