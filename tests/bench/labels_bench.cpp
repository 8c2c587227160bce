// Ten thousand tracks of a hundred keyframes: brought in, opened, edited, undone; and what one edit costs on
// disk.

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "app/project.h"
#include "bench.h"
#include "fixtures.h"
#include "labels/json.h"

namespace bench {

namespace {

constexpr double k_frame_budget_secs = 8e-3;

// What SQLite alone takes to hand out every stored keyframe.
double secs_of_bare_rows(const fs::path& project) {
    return secs_of(wall_secs, [&] {
        sqlite3* db = nullptr;
        sqlite3_stmt* rows = nullptr;
        if (sqlite3_open_v2(project.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
            sqlite3_prepare_v2(db, "SELECT * FROM keyframe", -1, &rows, nullptr) != SQLITE_OK)
            give_up("SQLite cannot read it: " + project.string());
        std::int64_t count = 0;
        double sum = 0;
        for (; sqlite3_step(rows) == SQLITE_ROW; ++count)
            for (int i = 0; i < sqlite3_column_count(rows); ++i) sum += sqlite3_column_double(rows, i);
        sqlite3_finalize(rows);
        sqlite3_close(db);
        if (count != std::int64_t{k_million.tracks} * k_million.keyframes || sum == 0)
            give_up(fmt::format("It holds {} keyframes: {}", count, project.string()));
    });
}

double secs_to_open(const fs::path& project) {
    return secs_of(wall_secs, [&] {
        auto file = must(labels::ProjectFile::open(project, labels::Access::read_write));
        if (must(file.load()).state.tracks.size() != k_million.tracks)
            give_up("Tracks are missing after a load.");
    });
}

// The limit of any edit that is to survive a power cut.
double secs_of_one_sync(int file) {
    const std::string page(4096, 'x');
    return secs_of(wall_secs, [&] {
        if (write(file, page.data(), page.size()) < 0 || fdatasync(file) != 0)
            give_up("The disk takes nothing.");
    });
}

void move_one_box(labels::Document& document, labels::TrackId id, int i) {
    labels::Transaction move(document, "Move box");
    labels::Keyframe keyframe = document.state().find(id)->keyframes.front();
    std::get<labels::Box>(keyframe.geometry) = {i + 0.25, 10, i + 30.5, 40, 0};
    move.put_keyframe(id, keyframe);
    move.commit();
}

struct EditTimes {
    std::vector<double> ui, ui_undo, disk, disk_undo, sync, tracks_at;
};

EditTimes edit_and_undo(const fs::path& folder, app::Project& project) {
    EditTimes secs;
    labels::Document& document = project.document();
    const labels::AssetId asset = document.state().assets.front().id;
    const std::vector<labels::TrackId> ids = document.state().tracks_of(asset);
    const int file = open((folder / "sync").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (int i = 0; i < 60; ++i) {
        secs.sync.push_back(secs_of_one_sync(file));
        const labels::TrackId id = ids[static_cast<std::size_t>(i) * 97 % ids.size()];
        secs.disk.push_back(secs_of(wall_secs, [&] {
            secs.ui.push_back(secs_of(thread_cpu_secs, [&] { move_one_box(document, id, i); }));
            must(project.flush());
        }));
        secs.tracks_at.push_back(secs_of(thread_cpu_secs, [&] {
            if (document.tracks_at(asset, i * 500).size() > ids.size())
                give_up("More tracks than there are.");
        }));
        if (i % 2 == 0) continue;
        secs.disk_undo.push_back(secs_of(wall_secs, [&] {
            secs.ui_undo.push_back(secs_of(thread_cpu_secs, [&] { must(document.undo()); }));
            must(project.flush());
        }));
    }
    close(file);
    return secs;
}

void add_edit_rows(Part& part, const fs::path& path) {
    const auto project = must(app::Project::open(path, labels::Access::read_write));
    EditTimes secs = edit_and_undo(part.folder(), *project);
    const auto on_ui_thread = [&](const char* what, std::vector<double>& samples) {
        const double p99 = percentile(samples, 0.99);
        part.add({what, in_ms(median(samples)) + ", p99 " + in_ms(p99), "one frame, 8 ms", "", "≤ 8 ms",
                  met_if(p99 <= k_frame_budget_secs)});
    };
    const double sync = median(secs.sync);
    const auto on_disk = [&](const char* what, const std::vector<double>& samples) {
        part.add({what, in_ms(median(samples)), in_ms(sync) + " one write and sync",
                  times(median(samples) / sync), "", Verdict::none});
    };
    on_ui_thread("10k x 100: an edit, CPU of the UI thread", secs.ui);
    on_ui_thread("10k x 100: its undo, CPU of the UI thread", secs.ui_undo);
    on_ui_thread("10k x 100: who is on a frame, after an edit, CPU", secs.tracks_at);
    on_disk("10k x 100: an edit, until on disk", secs.disk);
    on_disk("10k x 100: its undo, until on disk", secs.disk_undo);
}

void add_open_rows(Part& part, const fs::path& project) {
    const Duel duel =
        alternate(5, [&] { return secs_to_open(project); }, [&] { return secs_of_bare_rows(project); });
    const double own = median(duel.own), peer = median(duel.peer);
    part.add({"10k x 100: open the project", in_secs(own), in_secs(peer) + " SQLite reads the rows",
              times(own / peer), "≤ 1.5 s", met_if(own <= 1.5)});
}

// 200 boxes moved in a small project, and the file closed.
void add_size_row(Part& part) {
    constexpr int k_edits = 200;
    const fs::path path = part.folder() / "small.limn";
    {
        const auto project = must(app::Project::create(path));
        add_asset_and_class(project->document(), must(app::probe_asset(wide_film(part.folder()), path)));
        add_tracks(project->document(), {20, 10, 0, 54});
        must(project->flush());
    }
    const auto before = fs::file_size(path);
    std::size_t json_bytes = 0;
    {
        const auto project = must(app::Project::open(path, labels::Access::read_write));
        labels::Document& document = project->document();
        const auto ids = document.state().tracks_of(document.state().assets.front().id);
        for (int i = 0; i < k_edits; ++i) {
            move_one_box(document, ids[static_cast<std::size_t>(i) % ids.size()], i);
            must(project->flush());
        }
        labels::Track one = *document.state().find(ids.front());
        one.keyframes.resize(1);
        json_bytes = labels::to_json(one).size();
    }
    const double each = static_cast<double>(fs::file_size(path) - before) / k_edits;
    part.add({"bytes on disk for an edit, mean of 200", fmt::format("{:.0f} B", each),
              fmt::format("{} B one box as JSON", json_bytes), times(each / static_cast<double>(json_bytes)),
              "", Verdict::none});
}

}  // namespace

void bench_labels(Part& part) {
    double import_secs = 0;
    const fs::path project =
        labelled_project(part.folder(), "million", ten_hours_mp4(part.folder()), k_million, &import_secs);
    const double json_mb = static_cast<double>(fs::file_size(part.folder() / "million.json")) / 1e6;
    part.add({"10k x 100: import of Limn JSON, whole program", in_secs(import_secs),
              fmt::format("{:.0f} MB of JSON", json_mb), fmt::format("{:.0f} MB/s", json_mb / import_secs),
              "", Verdict::none});
    part.add({"10k x 100: size of the project", in_mb(static_cast<double>(fs::file_size(project))),
              fmt::format("{:.0f} MB of JSON", json_mb),
              times(static_cast<double>(fs::file_size(project)) / 1e6 / json_mb), "", Verdict::none});
    add_open_rows(part, project);
    add_edit_rows(part, project);
    add_size_row(part);
}

}  // namespace bench
