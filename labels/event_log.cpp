#include "labels/event_log.h"

#include <algorithm>
#include <memory>

#include <zstd.h>

#include "labels/json.h"
#include "labels/text.h"

namespace labels {

namespace {

using base::ErrorKind;

constexpr std::size_t k_compress_above = 2048;  // smaller ones stay readable in any SQLite shell
constexpr int k_zstd_level = 3;
constexpr std::size_t k_most_changes = std::size_t{4} << 30;
constexpr std::string_view k_plain = "json", k_zstd = "json+zstd";

std::string compressed(std::string_view text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    const std::size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), k_zstd_level);
    out.resize(ZSTD_isError(size) ? 0 : size);
    return out;
}

// In steps, since the size a damaged frame claims is not to be believed. Null when the bytes are no whole
// frame.
std::optional<std::string> decompressed(std::span<const std::uint8_t> bytes) {
    const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                               ZSTD_freeDStream);
    // Real changes shrink to a tenth; a frame that grows ten-thousandfold is a trap.
    const std::size_t most = std::min(k_most_changes, (std::size_t{1} << 24) + bytes.size() * 10000);
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::string out;
    for (;;) {
        const std::size_t filled = out.size();
        out.resize(std::max<std::size_t>(filled * 2, ZSTD_DStreamOutSize()));
        ZSTD_outBuffer buffer{out.data() + filled, out.size() - filled, 0};
        const std::size_t left = ZSTD_decompressStream(stream.get(), &buffer, &in);
        out.resize(filled + buffer.pos);
        if (ZSTD_isError(left) || out.size() > most) return std::nullopt;
        if (left == 0) return in.pos == in.size ? std::optional(std::move(out)) : std::nullopt;
        if (in.pos == in.size && buffer.pos < buffer.size) return std::nullopt;  // cut short
    }
}

class Canonical {
public:
    explicit Canonical(std::size_t expected) { m_bytes.reserve(expected); }
    void raw(std::span<const std::uint8_t> bytes) {
        const auto part = std::as_bytes(bytes);
        m_bytes.insert(m_bytes.end(), part.begin(), part.end());
    }
    void integer(std::int64_t value) {
        for (int shift = 0; shift < 64; shift += 8) {
            m_bytes.push_back(static_cast<std::byte>((static_cast<std::uint64_t>(value) >> shift) & 0xFF));
        }
    }
    void text(std::string_view value) {
        integer(static_cast<std::int64_t>(value.size()));
        raw({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
    }
    [[nodiscard]] base::Sha256 hash() const { return base::sha256(m_bytes); }

private:
    std::vector<std::byte> m_bytes;
};

bool read_hash(const Statement& row, int column, base::Sha256& hash) {
    const auto bytes = row.bytes(column);
    if (row.type(column) != SQLITE_BLOB || bytes.size() != hash.size()) return false;
    std::ranges::copy(bytes, hash.begin());
    return true;
}

base::Result<std::string> read_changes(const Statement& row, std::int64_t seq) {
    const std::string_view encoding = row.text(7);
    if (encoding == k_plain) return std::string(row.text(10));
    if (encoding != k_zstd) {
        return base::fail(ErrorKind::malformed, "Event {} is stored in a way Limn does not know (\"{}\")",
                          seq, to_utf8(std::string(encoding)));
    }
    auto text = decompressed(row.bytes(10));
    if (!text) return base::fail(ErrorKind::malformed, "Event {} holds changes that cannot be unpacked", seq);
    return std::move(*text);
}

base::Result<masks::BlockPtr> no_samples(const base::Sha256&) { return nullptr; }

base::Result<void> fill_in(StoredEvent& stored, const BlockSource& blocks) {
    auto edit = edit_from_json(stored.changes, blocks);
    if (!edit) return std::unexpected(edit.error());
    stored.event.edit = std::make_shared<const Edit>(std::move(*edit));
    return {};
}

}  // namespace

base::Sha256 chain_hash(const base::Sha256& prev_hash, const Event& event, std::string_view changes) {
    Canonical bytes(256 + event.author.size() + event.name.size() + changes.size());
    bytes.raw(prev_hash);
    bytes.integer(event.seq);
    bytes.raw(event.id.bytes);
    bytes.integer(event.time_us);
    bytes.text(event.author);
    bytes.text(name_of(event.kind));
    bytes.text(event.name);
    bytes.integer(event.target);
    bytes.text(changes);
    return bytes.hash();
}

StoredEvent make_stored(const Event& event, const base::Sha256& prev_hash) {
    StoredEvent stored{event, event.edit ? to_json(*event.edit) : "{}", prev_hash, {}};
    stored.event.author = to_utf8(std::move(stored.event.author));
    stored.event.name = to_utf8(std::move(stored.event.name));
    stored.hash = chain_hash(prev_hash, stored.event, stored.changes);
    return stored;
}

base::Result<Statement> EventLog::select(std::string_view columns, std::string_view where) const {
    return m_database->prepare(fmt::format("SELECT {} FROM event WHERE {} ORDER BY seq", columns, where));
}

base::Result<EventLog::Tip> EventLog::tip() {
    auto row = m_database->prepare("SELECT seq, id, hash FROM event ORDER BY seq DESC LIMIT 1");
    if (!row) return std::unexpected(row.error());
    auto there = row->step();
    if (!there) return std::unexpected(there.error());
    Tip tip;
    if (!*there) return tip;
    tip.seq = row->integer(0);
    const auto id = row->bytes(1);
    if (id.size() != tip.id.bytes.size() || !read_hash(*row, 2, tip.hash)) {
        return base::fail(ErrorKind::malformed, "Event {} has a damaged id or hash", tip.seq);
    }
    std::ranges::copy(id, tip.id.bytes.begin());
    return tip;
}

base::Result<void> EventLog::append(const StoredEvent& stored) {
    if (!m_has_insert) {
        auto insert = m_database->prepare(
            "INSERT INTO event (seq, id, time_us, author, kind, name, target, encoding, "
            "prev_hash, hash, changes) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)");
        if (!insert) return std::unexpected(insert.error());
        m_insert = std::move(*insert);
        m_has_insert = true;
    }
    const Event& event = stored.event;
    const bool large = stored.changes.size() > k_compress_above;
    const std::string packed = large ? compressed(stored.changes) : std::string{};
    m_insert.bind(1, event.seq)
        .bind(2, event.id.bytes)
        .bind(3, event.time_us)
        .bind(4, std::string_view(event.author));
    m_insert.bind(5, name_of(event.kind)).bind(6, std::string_view(event.name)).bind(7, event.target);
    m_insert.bind(9, stored.prev_hash).bind(10, stored.hash);
    if (!packed.empty()) {
        m_insert.bind(8, k_zstd);
        m_insert.bind(11, std::span(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()));
    } else {
        m_insert.bind(8, k_plain).bind(11, std::string_view(stored.changes));
    }
    if (auto done = m_insert.run(); !done || !event.edit) return done;
    return m_blocks.keep(*event.edit);
}

base::Result<Event> EventLog::read_step(const Statement& row) {
    Event event;
    event.seq = row.integer(0);
    const auto kind = event_kind_from(row.text(1));
    if (!kind) return base::fail(ErrorKind::malformed, "Event {} is of no kind that Limn knows", event.seq);
    event.kind = *kind;
    event.name = to_utf8(std::string(row.text(2)));
    event.target = row.integer(3);
    return event;
}

base::Result<StoredEvent> EventLog::read_row(const Statement& row, Edits edits) {
    StoredEvent stored;
    Event& event = stored.event;
    event.seq = row.integer(0);
    const auto id = row.bytes(1);
    const auto kind = event_kind_from(row.text(4));
    const bool whole = id.size() == event.id.bytes.size() && kind && read_hash(row, 8, stored.prev_hash) &&
                       read_hash(row, 9, stored.hash);
    if (!whole) return base::fail(ErrorKind::malformed, "Event {} has a damaged id, kind or hash", event.seq);
    std::ranges::copy(id, event.id.bytes.begin());
    event.time_us = row.integer(2);
    event.author = row.text(3);
    event.kind = *kind;
    event.name = row.text(5);
    event.target = row.integer(6);
    auto changes = read_changes(row, event.seq);
    if (!changes) return std::unexpected(changes.error());
    stored.changes = std::move(*changes);
    if (edits == Edits::none) return stored;
    auto done = edits == Edits::parsed ? parse(stored) : fill_in(stored, no_samples);
    if (!done)
        return base::fail(ErrorKind::malformed, "Event {} cannot be read: {}", event.seq,
                          done.error().message);
    return stored;
}

base::Result<void> EventLog::parse(StoredEvent& stored) {
    stored.lost.clear();
    return fill_in(stored, [&](const base::Sha256& hash) {
        auto block = m_blocks.find(hash);
        if (block && !*block) stored.lost.push_back(hash);
        return block;
    });
}

base::Result<StoredEvent> EventLog::find(std::int64_t seq) {
    auto found =
        base::Result<StoredEvent>(base::fail(ErrorKind::missing, "There is no event {} in the log", seq));
    auto read = each(seq, Edits::parsed, [&](base::Result<StoredEvent> stored) {
        if (!stored || stored->event.seq == seq) found = std::move(stored);
        return false;
    });
    if (!read) return std::unexpected(read.error());
    return found;
}

}  // namespace labels
