#include "labels/mask_tables.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "base/log.h"
#include "labels/json.h"
#include "labels/state_write.h"

namespace labels {

namespace {

using base::ErrorKind;
using masks::BlockPtr;
using masks::Slot;

constexpr std::size_t k_codes = std::size_t{k_page_tiles} * k_page_tiles;
constexpr std::int32_t k_block = -1;

std::span<const std::uint8_t> as_bytes(const masks::Bytes& bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

masks::Bytes to_bytes(std::span<const std::uint8_t> bytes) {
    masks::Bytes copy(bytes.size());
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    return copy;
}

// Null when the bytes are not what the hash says, or no block.
BlockPtr sound_block(std::span<const std::uint8_t> bytes, const base::Sha256& hash) {
    if (bytes.empty() || base::sha256(std::as_bytes(bytes)) != hash) return nullptr;
    auto block = masks::Block::of_packed(to_bytes(bytes));
    return block ? std::move(*block) : nullptr;
}

}  // namespace

std::string codes_to_text(const PageCodes& codes) {
    std::string text;
    for (std::size_t i = 0; i < codes.size();) {
        std::size_t end = i + 1;
        while (end < codes.size() && codes[end] == codes[i]) ++end;
        if (!text.empty()) text += ' ';
        text += codes[i] == k_block ? fmt::format("{}x*", end - i) : fmt::format("{}x{}", end - i, codes[i]);
        i = end;
    }
    return text;
}

std::optional<PageCodes> codes_from_text(std::string_view text) {
    PageCodes codes;
    const char *at = text.data(), *const end = at + text.size();
    while (at < end) {
        std::size_t count = 0;
        std::int32_t value = k_block;
        const auto counted = std::from_chars(at, end, count);
        if (counted.ec != std::errc{} || counted.ptr == end || *counted.ptr != 'x') return std::nullopt;
        at = counted.ptr + 1;
        if (at < end && *at == '*') {
            ++at;
        } else {
            const auto read = std::from_chars(at, end, value);
            if (read.ec != std::errc{} || value < 0 || value > 65535) return std::nullopt;
            at = read.ptr;
        }
        if (count == 0 || count > k_codes - codes.size() || (at < end && (*at++ != ' ' || at == end)))
            return std::nullopt;
        codes.insert(codes.end(), count, value);
    }
    return codes.size() == k_codes ? std::optional(std::move(codes)) : std::nullopt;
}

base::Result<void> BlockTable::keep(const Edit& edit) {
    if (edit.masks.empty()) return {};
    auto put = m_database->prepare(
        "INSERT INTO mask_block (hash, data) VALUES (?1, ?2) "
        "ON CONFLICT (hash) DO UPDATE SET data = ?2 WHERE data IS NOT ?2");
    if (!put) return std::unexpected(put.error());
    for (const auto& [id, mask] : edit.masks) {
        for (const TileChange& tile : mask.tiles) {
            if (!tile.after.block) continue;
            const auto packed = tile.after.block->packed();
            const base::Sha256 hash = tile.after.block->hash();
            put->bind(1, hash).bind(2, as_bytes(*packed));
            if (auto done = put->run(); !done) return done;
        }
    }
    return {};
}

base::Result<BlockPtr> BlockTable::find(const base::Sha256& hash) {
    if (m_known.size() > m_known_at_most) {
        std::erase_if(m_known, [](const auto& each) { return each.second.expired(); });
        m_known_at_most = std::max<std::size_t>(4096, 2 * m_known.size());
    }
    auto& known = m_known[std::string(reinterpret_cast<const char*>(hash.data()), hash.size())];
    if (BlockPtr block = known.lock()) return block;
    for (const std::string_view sql :
         {"SELECT data FROM mask_block WHERE hash = ?1", "SELECT data FROM mask_tile WHERE hash = ?1"}) {
        auto rows = m_database->prepare(sql);
        if (!rows && rows.error().kind != ErrorKind::malformed) return std::unexpected(rows.error());
        if (!rows) continue;  // a table that is damaged holds nothing
        rows->bind(1, hash);
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            if (BlockPtr block = sound_block(rows->bytes(0), hash)) {
                known = block;
                return block;
            }
        }
        if (!there && there.error().kind != ErrorKind::malformed) return std::unexpected(there.error());
    }
    return nullptr;
}

base::Result<void> BlockTable::mark_lost(const base::Sha256& hash) {
    auto put = m_database->prepare("INSERT OR IGNORE INTO mask_block (hash, data) VALUES (?1, x'')");
    if (!put) return std::unexpected(put.error());
    put->bind(1, hash);
    return put->run();
}

namespace {

class Writer {
public:
    Writer(Database& database, MaskLayerId id) : m_database{database}, m_id{id} {}

    base::Result<void> write(const MaskEdit& edit) {
        if (edit.info) {
            auto done = edit.info->after ? put_info(*edit.info->after) : erase();
            if (!done || !edit.info->after) return done;
        }
        if (edit.tiles.empty()) return {};
        auto plane = size_of_mask();
        if (!plane) return std::unexpected(plane.error());
        return write_tiles(edit.tiles, *plane);
    }

private:
    // A plane of the mask's size with nothing in it; of no tiles when there is no such mask.
    base::Result<masks::Plane> size_of_mask() {
        auto row = m_database.prepare("SELECT info FROM mask_layer WHERE id = ?1");
        if (!row) return std::unexpected(row.error());
        row->bind(1, m_id.uuid.bytes);
        auto there = row->step();
        if (!there) return std::unexpected(there.error());
        if (!*there) return masks::Plane{};
        auto info = mask_layer_from_json(row->text(0));
        if (!info) return std::unexpected(info.error());
        return masks::Plane(info->width_px, info->height_px, info->depth);
    }

    base::Result<void> put_info(const MaskLayerInfo& info) {
        const masks::Plane plane(info.width_px, info.height_px, info.depth);
        const auto before = size_of_mask();
        if (!before) return std::unexpected(before.error());
        if (before->bounds() != plane.bounds() || before->depth() != plane.depth()) {  // as set_mask_info
            if (auto done = erase(); !done) return done;
        }
        auto put = m_database.prepare("INSERT OR REPLACE INTO mask_layer (id, info) VALUES (?1, ?2)");
        if (!put) return std::unexpected(put.error());
        const std::string json = to_json(info);
        put->bind(1, m_id.uuid.bytes).bind(2, std::string_view(json));
        return put->run();
    }

    base::Result<void> erase() {
        for (const std::string_view sql :
             {"DELETE FROM mask_tile WHERE layer = ?1", "DELETE FROM mask_page WHERE layer = ?1",
              "DELETE FROM mask_layer WHERE id = ?1"}) {
            auto drop = m_database.prepare(sql);
            if (!drop) return std::unexpected(drop.error());
            drop->bind(1, m_id.uuid.bytes);
            if (auto done = drop->run(); !done) return done;
        }
        return {};
    }

    // As in a replay, what does not fit the plane is passed over.
    base::Result<void> write_tiles(std::span<const TileChange> tiles, const masks::Plane& plane) {
        auto put = m_database.prepare(
            "INSERT INTO mask_tile (layer, y, x, hash, data) VALUES (?1,?2,?3,?4,?5) ON CONFLICT (layer, y, "
            "x) "
            "DO UPDATE SET hash = ?4, data = ?5");
        auto drop = m_database.prepare("DELETE FROM mask_tile WHERE layer = ?1 AND y = ?2 AND x = ?3");
        if (!put) return std::unexpected(put.error());
        if (!drop) return std::unexpected(drop.error());
        for (const TileChange& tile : tiles) {
            if (!fits(tile.at, tile.after, plane)) continue;
            for (std::int32_t i = 0; i < tile.at.columns * tile.at.rows; ++i) {
                const std::int32_t x = tile.at.x + i % tile.at.columns, y = tile.at.y + i / tile.at.columns;
                auto codes = page_of(x, y);
                if (!codes) return std::unexpected(codes.error());
                std::int32_t& code =
                    (**codes)[static_cast<std::size_t>(y % k_page_tiles * k_page_tiles + x % k_page_tiles)];
                const bool had_block = code == k_block;
                code = tile.after.block ? k_block : tile.after.value;
                if (!tile.after.block && !had_block) continue;
                Statement& sql = tile.after.block ? *put : *drop;
                sql.bind(1, m_id.uuid.bytes).bind(2, std::int64_t{y}).bind(3, std::int64_t{x});
                if (!tile.after.block) {
                    if (auto done = sql.run(); !done) return done;
                    continue;
                }
                const auto packed = tile.after.block->packed();
                const base::Sha256 hash = tile.after.block->hash();
                sql.bind(4, hash).bind(5, as_bytes(*packed));
                if (auto done = sql.run(); !done) return done;
            }
        }
        return write_pages();
    }

    // The page of a tile, to be written to; those that are touched are held until the end.
    base::Result<PageCodes*> page_of(std::int32_t x, std::int32_t y) {
        const std::pair key(y / k_page_tiles, x / k_page_tiles);
        if (const auto it = m_pages.find(key); it != m_pages.end()) return &it->second;
        auto find = m_database.prepare("SELECT slots FROM mask_page WHERE layer = ?1 AND y = ?2 AND x = ?3");
        if (!find) return std::unexpected(find.error());
        find->bind(1, m_id.uuid.bytes).bind(2, std::int64_t{key.first}).bind(3, std::int64_t{key.second});
        auto row = find->step();
        if (!row) return std::unexpected(row.error());
        std::optional<PageCodes> codes;
        if (*row) codes = codes_from_text(find->text(0));  // somebody else's damage: a check finds it
        return &m_pages.emplace(key, std::move(codes).value_or(PageCodes(k_codes, 0))).first->second;
    }

    base::Result<void> write_pages() {
        auto put =
            m_database.prepare("INSERT OR REPLACE INTO mask_page (layer, y, x, slots) VALUES (?1,?2,?3,?4)");
        auto drop = m_database.prepare("DELETE FROM mask_page WHERE layer = ?1 AND y = ?2 AND x = ?3");
        if (!put) return std::unexpected(put.error());
        if (!drop) return std::unexpected(drop.error());
        for (const auto& [key, codes] : m_pages) {
            const bool is_empty = std::ranges::all_of(codes, [](std::int32_t code) { return code == 0; });
            Statement& sql = is_empty ? *drop : *put;
            sql.bind(1, m_id.uuid.bytes).bind(2, std::int64_t{key.first}).bind(3, std::int64_t{key.second});
            const std::string text = codes_to_text(codes);
            if (!is_empty) sql.bind(4, std::string_view(text));
            if (auto done = sql.run(); !done) return done;
        }
        return {};
    }

    Database& m_database;
    const MaskLayerId m_id;
    std::map<std::pair<std::int32_t, std::int32_t>, PageCodes> m_pages;
};

class Reader {
public:
    Reader(Database& database, State& state, const std::filesystem::path& shown)
        : m_database{database}, m_state{state}, m_shown{shown}, m_blocks{database} {}

    base::Result<void> read() {
        if (auto done = read_layers(); !done) return done;
        if (auto done = read_pages(); !done) return done;
        return read_tiles();
    }

private:
    std::unexpected<base::Error> bad(std::string_view what) const {
        return base::fail(ErrorKind::malformed, "A mask is damaged ({}); run limn check --repair: {}", what,
                          m_shown.string());
    }

    base::Result<void> read_layers() {
        auto rows = m_database.prepare("SELECT id, info FROM mask_layer ORDER BY id");
        if (!rows) return std::unexpected(rows.error());
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            auto info = mask_layer_from_json(rows->text(1));
            if (!info) return bad(info.error().message);
            if (!std::ranges::equal(rows->bytes(0), info->id.uuid.bytes))
                return bad("it is filed under another id");
            set_mask_info(m_state, info->id, *info);
        }
        if (!there) return std::unexpected(there.error());
        return {};
    }

    // The plane that column 0 names, and the place in columns 1 (y) and 2 (x); null when there is none.
    masks::Plane* plane_of(const Statement& row, masks::TileIndex& place, std::int32_t step) {
        MaskLayerId id;
        const auto bytes = row.bytes(0);
        if (bytes.size() != id.uuid.bytes.size()) return nullptr;
        std::ranges::copy(bytes, id.uuid.bytes.begin());
        masks::Plane* plane = writable_plane(m_state, id);
        const std::int64_t y = row.integer(1), x = row.integer(2);
        if (plane == nullptr || x < 0 || y < 0 || x > (plane->columns() - 1) / step ||
            y > (plane->rows() - 1) / step)
            return nullptr;
        place = {static_cast<std::int32_t>(x * step), static_cast<std::int32_t>(y * step)};
        return plane;
    }

    base::Result<void> read_pages() {
        auto rows = m_database.prepare("SELECT layer, y, x, slots FROM mask_page ORDER BY layer, y, x");
        if (!rows) return std::unexpected(rows.error());
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            masks::TileIndex first;
            masks::Plane* plane = plane_of(*rows, first, k_page_tiles);
            const auto codes = codes_from_text(rows->text(3));
            if (plane == nullptr || !codes) return bad("a page of no tiles");
            for (std::int32_t y = 0; y < std::min(k_page_tiles, plane->rows() - first.y); ++y) {
                const std::int32_t columns = std::min(k_page_tiles, plane->columns() - first.x);
                for (std::int32_t x = 0; x < columns;) {
                    const auto code_at = [&](std::int32_t column) {
                        return (*codes)[static_cast<std::size_t>(y * k_page_tiles + column)];
                    };
                    const std::int32_t code = code_at(x), from = x;
                    while (x < columns && code_at(x) == code) ++x;
                    m_tiles += code == k_block ? x - from : 0;
                    if (code > plane->largest_value()) return bad("a value that does not fit it");
                    if (code > 0)
                        plane->put({first.x + from, first.y + y, x - from, 1},
                                   Slot{nullptr, static_cast<masks::Value>(code)});
                }
            }
        }
        if (!there) return std::unexpected(there.error());
        return {};
    }

    base::Result<void> read_tiles() {
        auto rows = m_database.prepare("SELECT layer, y, x, hash, data FROM mask_tile ORDER BY layer, y, x");
        if (!rows) return std::unexpected(rows.error());
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            masks::TileIndex place;
            masks::Plane* plane = plane_of(*rows, place, 1);
            base::Sha256 hash{};
            if (plane == nullptr || rows->bytes(3).size() != hash.size()) return bad("a tile of no mask");
            std::ranges::copy(rows->bytes(3), hash.begin());
            BlockPtr block = sound_block(rows->bytes(4), hash);
            if (!block) {
                auto from_log = m_blocks.find(hash);
                if (!from_log) return std::unexpected(from_log.error());
                block = std::move(*from_log);
                ++(block ? m_restored : m_lost);
            }
            --m_tiles;
            if (!block) continue;
            if (block->depth() != plane->depth()) return bad("a tile of another depth");
            plane->put({place.x, place.y}, Slot{std::move(block), 0});
        }
        if (!there) return std::unexpected(there.error());
        if (m_restored > 0) {
            base::log(base::LogLevel::warning, "{} damaged tiles of masks were taken from the log: {}",
                      m_restored, m_shown.string());
        }
        if (m_lost > 0) {
            base::log(base::LogLevel::warning,
                      "{} damaged tiles of masks have no copy left and are unlabelled: {}", m_lost,
                      m_shown.string());
        }
        if (m_tiles != 0) return bad("its tiles are not those that its pages speak of");
        return {};
    }

    Database& m_database;
    State& m_state;
    const std::filesystem::path& m_shown;
    BlockTable m_blocks;
    std::int64_t m_restored = 0, m_lost = 0;
    std::int64_t m_tiles = 0;  // those that pages speak of and that have not come yet
};

}  // namespace

base::Result<BlockDamage> block_damage(Database& database) {
    auto rows = database.prepare(
        "SELECT hash, data, 0 FROM mask_tile UNION ALL SELECT hash, data, length(data) = 0 FROM mask_block");
    if (!rows) return std::unexpected(rows.error());
    BlockDamage found;
    auto there = rows->step();
    for (; there && *there; there = rows->step()) {
        base::Sha256 hash{};
        const bool has_hash = rows->bytes(0).size() == hash.size();
        if (has_hash) std::ranges::copy(rows->bytes(0), hash.begin());
        if (rows->integer(2) != 0)
            ++found.known_lost;
        else if (!has_hash || !sound_block(rows->bytes(1), hash))
            ++found.damaged;
    }
    if (!there) return std::unexpected(there.error());
    return found;
}

base::Result<void> write_mask(Database& database, MaskLayerId id, const MaskEdit& edit) {
    return Writer(database, id).write(edit);
}

base::Result<void> read_masks(Database& database, State& state, const std::filesystem::path& shown) {
    return Reader(database, state, shown).read();
}

}  // namespace labels
