#pragma once
// Events as rows of the append-only log: their JSON, its compression, and the hash that chains each to the
// one before.

#include <vector>

#include "base/digest.h"
#include "labels/edit.h"
#include "labels/json.h"
#include "labels/mask_tables.h"
#include "labels/sqlite.h"

namespace labels {

// An event as it is stored. `changes` is the JSON of its edit, uncompressed.
struct StoredEvent {
    Event event;  // event.edit may be null
    std::string changes;
    base::Sha256 prev_hash{}, hash{};
    std::vector<base::Sha256> lost;  // blocks that its edit names and nobody has: unlabelled in event.edit
};

// SHA-256 over prev_hash and the fields of the event (docs/project-file.md gives the bytes).
[[nodiscard]] base::Sha256 chain_hash(const base::Sha256& prev_hash, const Event& event,
                                      std::string_view changes);

// Serialises event.edit and chains it.
[[nodiscard]] StoredEvent make_stored(const Event& event, const base::Sha256& prev_hash);

class EventLog {
public:
    explicit EventLog(Database& database) : m_database{&database}, m_blocks{database} {}

    struct Tip {
        std::int64_t seq = 0;
        base::Uuid id;
        base::Sha256 hash{};  // zeros before the first event
    };
    [[nodiscard]] base::Result<Tip> tip();
    // With the blocks of its edit.
    [[nodiscard]] base::Result<void> append(const StoredEvent& stored);
    // Fills in the edit of an event that was read without, and `lost`.
    [[nodiscard]] base::Result<void> parse(StoredEvent& stored);
    [[nodiscard]] base::Result<void> mark_lost(const base::Sha256& block) {
        return m_blocks.mark_lost(block);
    }

    // Calls visit(Result<StoredEvent>) for each event from `first` on, in order, until it returns false. A
    // row that cannot be read as an event is an Error naming it; the edit is parsed when `edits` says so.
    enum class Edits {
        none,
        without_samples,  // tiles that are not of one value are unlabelled
        parsed,
    };
    template <class Visit>
    base::Result<void> each(std::int64_t first, Edits edits, const Visit& visit);
    // Only seq, kind, name and target, which is all the history needs. visit(const Event&).
    template <class Visit>
    base::Result<void> each_step(const Visit& visit);
    [[nodiscard]] base::Result<StoredEvent> find(
        std::int64_t seq);  // with its edit; missing when there is none

private:
    [[nodiscard]] base::Result<StoredEvent> read_row(const Statement& row, Edits edits);
    [[nodiscard]] static base::Result<Event> read_step(const Statement& row);
    [[nodiscard]] base::Result<Statement> select(std::string_view columns, std::string_view where) const;

    Database* m_database;
    BlockTable m_blocks;
    Statement m_insert;
    bool m_has_insert = false;
};

template <class Visit>
base::Result<void> EventLog::each(std::int64_t first, Edits edits, const Visit& visit) {
    auto rows = select("seq, id, time_us, author, kind, name, target, encoding, prev_hash, hash, changes",
                       "seq >= ?1");
    if (!rows) return std::unexpected(rows.error());
    rows->bind(1, first);
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
        if (!visit(read_row(*rows, edits))) return {};
    }
    if (!row) return std::unexpected(row.error());
    return {};
}

template <class Visit>
base::Result<void> EventLog::each_step(const Visit& visit) {
    auto rows = select("seq, kind, name, target", "seq >= ?1");
    if (!rows) return std::unexpected(rows.error());
    rows->bind(1, std::numeric_limits<std::int64_t>::min());
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
        auto event = read_step(*rows);
        if (!event) return std::unexpected(event.error());
        visit(*event);
    }
    if (!row) return std::unexpected(row.error());
    return {};
}

}  // namespace labels
