#include "labels/store.h"

#include <atomic>
#include <csignal>
#include <fstream>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "fixture.h"

using namespace labels;
using fixture::Folder;

namespace {

Event empty_event(std::int64_t seq) {
    return {seq, base::new_uuid(), 1, "anna", EventKind::edit, "Edit", 0, std::make_shared<Edit>()};
}

// The document and its store, as the window holds them.
struct Session {
    explicit Session(ProjectFile file) {
        auto loaded = file.load();
        REQUIRE(loaded.has_value());
        store.emplace(std::move(file), loaded->history.last_seq);
        document.emplace(std::move(loaded->state), std::move(loaded->history));
        document->set_event_sink([this](Event event) { store->append(std::move(event)); });
        document->set_edit_loader([this](std::int64_t seq) { return store->edit_of(seq); });
    }
    std::optional<Store> store;
    std::optional<Document> document;
};

}  // namespace

TEST_CASE("events_are_on_disk_after_flush_and_after_the_store_is_gone") {
    const Folder folder;
    std::string hash;
    {
        std::atomic<int> wakeups{0};
        Store store(ProjectFile::create(folder / "p.limn").value(), 0, [&] { ++wakeups; });
        for (int seq = 1; seq <= 50; ++seq) store.append(empty_event(seq));
        CHECK(store.flush().has_value());
        CHECK(store.status().idle());
        CHECK(store.status().saved_seq == 50);
        CHECK(wakeups > 0);
        auto reader = ProjectFile::open(folder / "p.limn", Access::read_only);
        CHECK(reader->log()->size() == 50);
        for (int seq = 51; seq <= 80; ++seq) store.append(empty_event(seq));
    }
    CHECK(ProjectFile::open(folder / "p.limn", Access::read_write)->log()->size() == 80);
}

TEST_CASE("old_edits_come_from_the_store_thread_and_queued_ones_from_memory") {
    const Folder folder;
    {
        Session session(ProjectFile::create(folder / "p.limn").value());
        fixture::Editor editor(*session.document, 6);
        for (int i = 0; i < 60; ++i) editor.edit();
        CHECK(session.store->flush().has_value());
    }
    auto file = ProjectFile::open(folder / "p.limn", Access::read_write);
    auto loaded = file->load(0);
    Store store(std::move(*file), loaded->history.last_seq);
    Document document(std::move(loaded->state), std::move(loaded->history));
    document.set_event_sink([&](Event event) { store.append(std::move(event)); });
    document.set_edit_loader([&](std::int64_t seq) { return store.edit_of(seq); });
    while (!document.history().undo.empty()) REQUIRE(document.undo().has_value());
    CHECK(document.state().tracks.empty());
    CHECK(store.edit_of(100000).error().kind == base::ErrorKind::missing);
    CHECK(store.flush().has_value());
}

// The limit on file sizes stands in for a disk without room: writes beyond it fail as they do there.
TEST_CASE("a_full_disk_keeps_the_edits_in_memory_and_the_file_sound_until_there_is_room") {
    const Folder folder;
    {
        auto file = ProjectFile::create(folder / "p.limn");
    }
    const int ended = fixture::in_child([&] {
        signal(SIGXFSZ, SIG_IGN);
        auto file = ProjectFile::open(folder / "p.limn", Access::read_write);
        if (!file) return 1;
        auto loaded = file->load();
        Store store(std::move(*file), 0);
        Document document(std::move(loaded->state), std::move(loaded->history));
        document.set_event_sink([&](Event event) { store.append(std::move(event)); });
        const rlimit full{200'000, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &full);
        fixture::Editor editor(document, 3);
        base::Result<void> flushed;
        for (int i = 0; i < 3000 && flushed; ++i) {
            editor.edit();
            flushed = store.flush();
        }
        if (flushed) return 2;
        if (!flushed.error().message.starts_with("The disk is full, so the last ")) {
            fmt::print(stderr, "{}\n", flushed.error().message);
            return 3;
        }
        for (int i = 0; i < 5; ++i) editor.edit();
        const StoreStatus status = store.status();
        if (status.idle() || !status.error) return 4;
        {
            auto reader = ProjectFile::open(folder / "p.limn", Access::read_only);
            if (!reader || reader->load()->history.last_seq < status.saved_seq) return 5;
            if (!reader->check()->faults.empty()) return 6;
        }
        const rlimit room{RLIM_INFINITY, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &room);
        if (!store.flush()) return 7;
        auto reader = ProjectFile::open(folder / "p.limn", Access::read_only);
        if (state_hash(reader->load()->state) != state_hash(document.state())) return 8;
        return reader->check()->faults.empty() ? 0 : 9;
    });
    CHECK(ended == 0);
}

TEST_CASE("a_full_file_system_says_so_and_saving_goes_on_by_itself_when_there_is_room") {
    const Folder folder;
    const auto disk = folder / "disk";
    std::filesystem::create_directory(disk);
    if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) {
        MESSAGE("skipped: no file system can be mounted here");
        return;
    }
    {
        Session session(ProjectFile::create(disk / "p.limn").value());
        fixture::Editor editor(*session.document, 12);
        for (int i = 0; i < 30; ++i) editor.edit();
        CHECK(session.store->flush().has_value());
        {
            std::ofstream filler(disk / "filler", std::ios::binary);
            while (filler.write(std::string(4096, 'x').data(), 4096).flush()) {
            }
        }
        base::Result<void> flushed;
        for (int i = 0; i < 500 && flushed; ++i) {
            editor.edit();
            flushed = session.store->flush();
        }
        REQUIRE_FALSE(flushed.has_value());
        CHECK(flushed.error().message.starts_with("The disk is full, so the last "));
        CHECK(flushed.error().message.ends_with((disk / "p.limn").string()));
        for (int i = 0; i < 20; ++i) editor.edit();
        std::filesystem::remove(disk / "filler");
        for (int tries = 0; !session.store->status().idle() && tries < 1000; ++tries) poll(nullptr, 0, 10);
        CHECK(session.store->status().idle());
        CHECK_FALSE(session.store->status().error.has_value());
        auto reader = ProjectFile::open(disk / "p.limn", Access::read_only);
        CHECK(state_hash(reader->load()->state) == state_hash(session.document->state()));
        CHECK(reader->check()->faults.empty());
    }
    CHECK(umount(disk.c_str()) == 0);
}

TEST_CASE("kill_at_random_points_loses_nothing_that_was_acknowledged") {
    const Folder folder;
    const auto project = folder / "p.limn";
    {
        auto file = ProjectFile::create(project);
    }
    std::mt19937 random(17);
    std::int64_t acknowledged = 0;
    for (int round = 0; round < 120; ++round) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        const pid_t pid = fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            auto file = ProjectFile::open(project, Access::read_write);
            if (!file) _exit(3);
            auto loaded = file->load();
            if (!loaded) _exit(4);
            Store store(std::move(*file), loaded->history.last_seq);
            Document document(std::move(loaded->state), std::move(loaded->history));
            document.set_event_sink([&](Event event) { store.append(std::move(event)); });
            document.set_edit_loader([&](std::int64_t seq) { return store.edit_of(seq); });
            fixture::Editor editor(document, static_cast<unsigned>(round));
            for (int i = 0;; ++i) {
                editor.edit();
                if (i % 5 == 4) (void)document.undo();
                if (!store.flush()) _exit(5);
                const std::int64_t saved = store.status().saved_seq;
                if (write(ends[1], &saved, sizeof saved) != sizeof saved) _exit(6);
            }
        }
        close(ends[1]);
        const int acks =
            static_cast<int>(random() % 6);  // so many answers, then death at some point soon after
        std::int64_t saved = 0;
        for (int i = 0; i < acks; ++i) REQUIRE(read(ends[0], &saved, sizeof saved) == sizeof saved);
        poll(nullptr, 0, static_cast<int>(random() % 4));
        kill(pid, SIGKILL);
        while (read(ends[0], &saved, sizeof saved) == sizeof saved) {
        }
        close(ends[0]);
        int status = 0;
        REQUIRE(waitpid(pid, &status, 0) == pid);
        REQUIRE(WIFSIGNALED(status));
        acknowledged = std::max(acknowledged, saved);
        auto file = ProjectFile::open(project, Access::read_write);
        REQUIRE(file.has_value());
        auto loaded = file->load();
        REQUIRE(loaded.has_value());
        CHECK(loaded->history.last_seq >= acknowledged);
        if (round % 20 == 19) fixture::check_clean(*file);
    }
    CHECK(acknowledged > 200);
}
