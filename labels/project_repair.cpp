#include <set>

#include "labels/event_log.h"
#include "labels/json.h"
#include "labels/project_check.h"
#include "labels/project_open.h"
#include "labels/project_schema.h"
#include "labels/projection.h"

namespace labels {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

struct Copied {
    std::int64_t events = 0, lost_tiles = 0;
    std::string stopped;  // why; empty: all of them
};

// Carries sound events over, as they are, until one is not.
class Carrier {
public:
    explicit Carrier(Database& to) : m_log{to}, m_projection{to} {}

    base::Result<Copied> carry(Database& from) {
        EventLog source(from);
        m_source = &source;
        Copied copied;
        std::optional<base::Error> failed;
        auto read = source.each(std::numeric_limits<std::int64_t>::min(), EventLog::Edits::none,
                                [&](base::Result<StoredEvent> stored) {
                                    copied.stopped = stored ? unsound(*stored) : stored.error().message;
                                    if (!copied.stopped.empty()) return false;
                                    if (auto done = take(*stored); !done) failed = done.error();
                                    ++copied.events;
                                    return !failed;
                                });
        if (failed) return std::unexpected(*failed);
        if (!read) copied.stopped = "the rest of the log cannot be read";
        for (const base::Sha256& block : m_lost) {
            if (auto done = m_log.mark_lost(block); !done) return std::unexpected(done.error());
        }
        copied.lost_tiles = std::ssize(m_lost);
        return copied;
    }

private:
    std::string unsound(StoredEvent& stored) {
        if (std::string fault = m_chain.fault(stored); !fault.empty()) return fault;
        if (!m_source->parse(stored)) return fmt::format("Event {} cannot be read", stored.event.seq);
        return {};
    }
    base::Result<void> take(const StoredEvent& stored) {
        m_lost.insert(stored.lost.begin(), stored.lost.end());
        if (auto done = m_log.append(stored); !done) return done;
        return m_projection.write(*stored.event.edit);
    }

    EventLog* m_source = nullptr;  // while it is carried over
    EventLog m_log;
    ProjectionWriter m_projection;
    ChainCheck m_chain;
    std::set<base::Sha256> m_lost;  // blocks that the log names and nobody has
};

// A private copy, opened even where its pages are fewer than its header says.
base::Result<Database> open_damaged(const fs::path& copy, const fs::path& shown) {
    auto database = Database::open(copy, Database::Mode::read_write, shown);
    if (!database) return database;
    if (auto done = database->run("PRAGMA writable_schema = ON"); !done) return std::unexpected(done.error());
    auto version = schema_version_of(*database, shown);
    if (!version) return std::unexpected(version.error());
    return database;  // the log's table is the same in every version so far
}

base::Result<Copied> rebuild(Database& damaged, const fs::path& to, const fs::path& shown) {
    auto fresh = Database::open(to, Database::Mode::read_write, shown);
    if (!fresh) return std::unexpected(fresh.error());
    auto transaction = SqlTransaction::begin(*fresh);
    if (!transaction) return std::unexpected(transaction.error());
    auto copied = Carrier(*fresh).carry(damaged);
    if (!copied) return copied;
    if (auto done = transaction->commit(); !done) return std::unexpected(done.error());
    return copied;
}

std::string sentence(const Copied& copied, std::int64_t total, const fs::path& out) {
    const std::string tiles =
        copied.lost_tiles > 0
            ? fmt::format("; tiles of masks that have no copy left are unlabelled ({})", copied.lost_tiles)
            : "";
    if (copied.stopped.empty()) {
        return fmt::format("All {} events were sound{}; the project was rebuilt from them: {}", copied.events,
                           tiles, out.string());
    }
    std::string why = copied.stopped;
    while (why.ends_with('.')) why.pop_back();
    const std::string lost =
        total > copied.events ? fmt::format("{} were lost", total - copied.events) : "the rest was lost";
    return fmt::format("{} events were kept and {}, because of this: {}{}; the project was rebuilt: {}",
                       copied.events, lost, why, tiles, out.string());
}

}  // namespace

base::Result<std::string> repair(const fs::path& damaged, const fs::path& out) {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(out, ignored))) {
        return base::fail(ErrorKind::refused, "There is a file of this name already; choose another: {}",
                          out.string());
    }
    if (auto looks = looks_like_project(damaged); !looks) return std::unexpected(looks.error());
    auto scratch = ScratchFolder::create(out.parent_path().empty() ? fs::path(".") : out.parent_path());
    if (!scratch) return std::unexpected(scratch.error());
    auto copy = copy_project(damaged, scratch->path());
    if (!copy) return std::unexpected(copy.error());
    const fs::path fresh = scratch->path() / "rebuilt.limn";
    if (auto created = create_project_file(fresh); !created) return std::unexpected(created.error());
    auto database = open_damaged(*copy, damaged);
    if (!database) return std::unexpected(database.error());
    auto copied = rebuild(*database, fresh, out);
    if (!copied) return std::unexpected(copied.error());
    if (copied->events == 0 && !copied->stopped.empty()) {
        return base::fail(ErrorKind::malformed,
                          "Nothing of the project's log can be kept; take a backup instead: {}",
                          damaged.string());
    }
    const auto total = database->integer("SELECT max(seq) FROM event");
    if (auto named = rename_new(fresh, out); !named) return std::unexpected(named.error());
    return sentence(*copied, total.value_or(0), out);
}

}  // namespace labels
