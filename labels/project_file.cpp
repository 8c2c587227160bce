#include "labels/project_file.h"

#include <unordered_map>

#include "labels/event_log.h"
#include "labels/project_check.h"
#include "labels/project_lock.h"
#include "labels/project_open.h"
#include "labels/projection.h"

namespace labels {

namespace {

using base::ErrorKind;

constexpr int k_most_recent_edits = 1000;

// Errors about events say which; which file, and what to do, is added here.
base::Error with_advice(base::Error error, const std::filesystem::path& path) {
    if (error.message.ends_with(path.string())) return error;
    const std::string_view advice =
        error.kind == ErrorKind::malformed ? "; recover the project with limn check --repair" : "";
    error.message = fmt::format("{}{}: {}", error.message, advice, path.string());
    return error;
}

bool is_moved(const Database& database) {
    int moved = 0;
    sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

// The first event of the newest ones that fit the budget; zstd packs JSON about tenfold.
base::Result<std::int64_t> first_recent(const Database& database, std::size_t edit_bytes) {
    auto rows = database.prepare(
        "SELECT seq, length(changes) * CASE encoding WHEN 'json' THEN 1 ELSE 10 END FROM event "
        "ORDER BY seq DESC LIMIT ?1");
    if (!rows) return std::unexpected(rows.error());
    rows->bind(1, std::int64_t{k_most_recent_edits});
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::size_t sum = 0;
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
        sum += static_cast<std::size_t>(rows->integer(1));
        if (sum > edit_bytes) break;
        first = rows->integer(0);
    }
    if (!row) return std::unexpected(row.error());
    return first;
}

}  // namespace

struct ProjectFile::Impl {
    Impl(std::filesystem::path at, Access how, ProjectLock held, OpenDatabase opened)
        : path{std::move(at)}, access{how}, lock{std::move(held)}, open{std::move(opened)} {}
    ~Impl() {
        if (access != Access::read_write) return;
        // At rest a project is one file without a WAL: read-only openers then leave no -wal and -shm beside
        // it. Somebody reading it just now keeps that from happening, and the next writer's close does it.
        (void)open.database.run(
            "PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(PASSIVE); PRAGMA journal_mode = DELETE");
    }

    base::Result<void> append(std::span<const Event> events);
    base::Result<History> load_history(std::size_t edit_bytes);
    base::Result<LoadedProject> load(std::size_t edit_bytes);

    const std::filesystem::path path;
    const Access access;
    ProjectLock lock;  // let go last
    OpenDatabase open;
    EventLog log{open.database};
    ProjectionWriter projection{open.database};
    std::optional<EventLog::Tip> tip;  // none: to be read from the file
};

ProjectFile::ProjectFile(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {}
ProjectFile::ProjectFile(ProjectFile&&) noexcept = default;
ProjectFile& ProjectFile::operator=(ProjectFile&&) noexcept = default;
ProjectFile::~ProjectFile() = default;
const std::filesystem::path& ProjectFile::path() const { return m_impl->path; }
Access ProjectFile::access() const { return m_impl->access; }

base::Result<ProjectFile> ProjectFile::create(const std::filesystem::path& path) {
    if (auto created = create_project_file(path); !created) return std::unexpected(created.error());
    return open(path, Access::read_write);
}

base::Result<ProjectFile> ProjectFile::open(const std::filesystem::path& path, Access access) {
    if (auto looks = looks_like_project(path); !looks) return std::unexpected(looks.error());
    ProjectLock lock;
    if (access == Access::read_write) {
        auto taken = ProjectLock::take(path);
        if (!taken) return std::unexpected(taken.error());
        lock = std::move(*taken);
    }
    auto opened = open_project(path, access);
    if (!opened) return std::unexpected(opened.error());
    return ProjectFile(std::make_unique<Impl>(path, access, std::move(lock), std::move(*opened)));
}

base::Result<void> ProjectFile::Impl::append(std::span<const Event> events) {
    if (is_moved(open.database)) {
        return base::fail(ErrorKind::io, "The project file was moved or deleted while open; put it back: {}",
                          path.string());
    }
    auto transaction = SqlTransaction::begin(open.database);
    if (!transaction) return std::unexpected(transaction.error());
    if (!tip) {
        auto read = log.tip();
        if (!read) return std::unexpected(with_advice(read.error(), path));
        tip = *read;
    }
    EventLog::Tip next = *tip;
    for (const Event& event : events) {
        // Given again because an earlier answer was a failure although the disk had taken it.
        if (event.seq < next.seq || (event.seq == next.seq && event.id == next.id)) continue;
        if (event.seq != next.seq + 1) {
            return base::fail(ErrorKind::refused,
                              "Event {} does not follow the file's last, {}; reopen the project: {}",
                              event.seq, next.seq, path.string());
        }
        const StoredEvent stored = make_stored(event, next.hash);
        if (auto done = log.append(stored); !done) return done;
        if (event.edit) {
            if (auto done = projection.write(*event.edit); !done) return done;
        }
        next = {event.seq, event.id, stored.hash};
    }
    if (auto done = transaction->commit(); !done) return done;
    tip = next;
    return {};
}

base::Result<void> ProjectFile::append(std::span<const Event> events) {
    if (m_impl->access == Access::read_only) {
        return base::fail(ErrorKind::refused, "The project is open read-only, so nothing is saved: {}",
                          path().string());
    }
    auto done = m_impl->append(events);
    if (done) return done;
    m_impl->tip.reset();
    m_impl->projection.forget();
    if (done.error().message.starts_with("The disk is full")) {
        return base::fail(
            ErrorKind::io,
            "The disk is full, so the last {} are kept in memory only; make room and they are saved: {}",
            events.size() == 1 ? "edit" : fmt::format("{} edits", events.size()), path().string());
    }
    return done;
}

base::Result<History> ProjectFile::Impl::load_history(std::size_t edit_bytes) {
    History history;
    auto read = log.each_step([&](const Event& event) {
        follow(history, event.kind, event.target, {event.seq, event.name, nullptr});
    });
    if (!read) return std::unexpected(read.error());
    auto first = first_recent(open.database, edit_bytes);
    if (!first) return std::unexpected(first.error());
    std::unordered_map<std::int64_t, Step*> recent;
    for (std::vector<Step>* steps : {&history.undo, &history.redo}) {
        for (auto step = steps->rbegin(); step != steps->rend() && recent.size() < k_most_recent_edits;
             ++step) {
            if (step->seq >= *first) recent[step->seq] = &*step;
        }
    }
    if (recent.empty()) return history;
    // One that cannot be read whole stays on disk; whoever wants it back then gets the error.
    read = log.each(*first, EventLog::Edits::parsed, [&](const base::Result<StoredEvent>& stored) {
        const auto step = stored && stored->lost.empty() ? recent.find(stored->event.seq) : recent.end();
        if (step != recent.end()) step->second->edit = stored->event.edit;
        return true;
    });
    if (!read) return std::unexpected(read.error());
    return history;
}

base::Result<LoadedProject> ProjectFile::Impl::load(std::size_t edit_bytes) {
    auto snapshot = SqlTransaction::begin(open.database, "BEGIN");  // all of it from one moment
    if (!snapshot) return std::unexpected(snapshot.error());
    auto state = read_projection(open.database, path);
    if (!state) return std::unexpected(state.error());
    auto history = load_history(edit_bytes);
    if (!history) return std::unexpected(with_advice(history.error(), path));
    return LoadedProject{std::move(*state), std::move(*history)};
}

base::Result<LoadedProject> ProjectFile::load(std::size_t edit_bytes) { return m_impl->load(edit_bytes); }

base::Result<std::shared_ptr<const Edit>> ProjectFile::edit_of(std::int64_t seq) {
    auto stored = m_impl->log.find(seq);
    if (!stored) return std::unexpected(with_advice(stored.error(), path()));
    if (!stored->lost.empty()) {
        return base::fail(ErrorKind::refused,
                          "\"{}\" cannot be undone or redone, since tiles of a mask that it changed are "
                          "damaged and have no copy left; paint over them instead: {}",
                          stored->event.name, path().string());
    }
    return std::move(stored->event.edit);
}

base::Result<std::vector<Event>> ProjectFile::log(std::int64_t first_seq, std::int64_t count) {
    std::vector<Event> events;
    std::optional<base::Error> bad;
    const auto take = [&](base::Result<StoredEvent> stored) {
        if (!stored) {
            bad = stored.error();
            return false;
        }
        events.push_back(std::move(stored->event));
        return count <= 0 || static_cast<std::int64_t>(events.size()) < count;
    };
    auto read = m_impl->log.each(first_seq, EventLog::Edits::without_samples, take);
    if (!read) bad = read.error();
    if (bad) return std::unexpected(with_advice(*bad, path()));
    return events;
}

base::Result<CheckReport> ProjectFile::check() {
    auto snapshot = SqlTransaction::begin(m_impl->open.database, "BEGIN");
    if (!snapshot) return std::unexpected(snapshot.error());
    return check_project(m_impl->open.database, path());
}

}  // namespace labels
