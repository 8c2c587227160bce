#include "masks/flood.h"

#include <algorithm>
#include <deque>
#include <memory>

namespace masks {

namespace {

using SideBits = std::array<std::uint64_t, 4>;  // of the pixels along a side, from left or top
enum class Side : std::uint8_t { left, top, right, bottom };

constexpr SideBits k_all{~0ULL, ~0ULL, ~0ULL, ~0ULL};

bool any(const SideBits& bits) { return (bits[0] | bits[1] | bits[2] | bits[3]) != 0; }
bool first(const SideBits& bits) { return (bits[0] & 1) != 0; }
bool last(const SideBits& bits) { return bits[3] >> 63 != 0; }

void set(SideBits& bits, std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) bits[static_cast<std::size_t>(i / 64)] |= 1ULL << i % 64;
}
bool meets(const SideBits& bits, std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to;) {
        const std::uint64_t rest = bits[static_cast<std::size_t>(i / 64)] >> i % 64;
        if (rest != 0) return i + std::countr_zero(rest) < to;
        i = (i / 64 + 1) * 64;
    }
    return false;
}
SideBits widened(const SideBits& bits) {
    SideBits wide;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::uint64_t left = i > 0 ? bits[i - 1] >> 63 : 0, right = i < 3 ? bits[i + 1] << 63 : 0;
        wide[i] = bits[i] | bits[i] << 1 | bits[i] >> 1 | left | right;
    }
    return wide;
}

// A tile that filling has reached.
struct Reached {
    bool done = false;  // nothing more can be filled in it
    Slot passes;        // while nothing is filled in it, and when its samples are what filling it would give
    TileParts parts;
    std::array<std::vector<PartRun>, 4> sides;  // the runs that touch each, as Side numbers them
    std::vector<bool> filled;                   // by part
    std::size_t waiting = 0;                    // parts that are not filled
};

class Flood {
public:
    Flood(const FloodRule& rule, const TilePredicate& passes, std::stop_token stop)
        : m_rule{rule}, m_passes{passes}, m_stop{std::move(stop)} {
        m_result.filled = Plane(rule.width_px, rule.height_px, Depth::u8);
        m_bounds = intersection(rule.bounds, m_result.filled.bounds());
    }

    base::Result<Flooded> run() {
        if (m_bounds.empty()) return std::move(m_result);
        const auto done = m_rule.reach == Reach::everywhere ? fill_everywhere() : fill_from_seed();
        if (!done) return std::unexpected(done.error());
        return std::move(m_result);
    }

private:
    struct Entry {
        TileIndex tile;
        Side side;  // of the tile, that it is reached through
        SideBits bits;
    };

    [[nodiscard]] base::Result<void> check_stop() const {
        if (m_stop.stop_requested()) return base::fail(base::ErrorKind::cancelled, "Filling was cancelled");
        return {};
    }
    [[nodiscard]] std::int64_t pixels_of(TileIndex tile) const {
        const PixelRect pixels = m_result.filled.pixels_of(tile);
        return pixels.width() * pixels.height();
    }
    void count(std::int64_t pixels) { m_result.pixels += pixels; }
    // Whether all pixels of the tile lie within the bounds.
    [[nodiscard]] bool is_inside(TileIndex tile) const {
        const PixelRect pixels = m_result.filled.pixels_of(tile);
        return intersection(pixels, m_bounds) == pixels;
    }
    [[nodiscard]] PixelRect area_of(TileIndex tile) const { return within_tile(m_bounds, tile); }

    base::Result<void> fill_everywhere() {
        for (auto y = static_cast<std::int32_t>(m_bounds.y0 / k_tile_px);
             y * std::int64_t{k_tile_px} < m_bounds.y1; ++y) {
            for (auto x = static_cast<std::int32_t>(m_bounds.x0 / k_tile_px);
                 x * std::int64_t{k_tile_px} < m_bounds.x1; ++x) {
                if (auto go_on = check_stop(); !go_on) return go_on;
                const TileIndex tile{x, y};
                const auto slot = m_passes(tile);
                if (!slot) return std::unexpected(slot.error());
                if (slot->uniform() && slot->value == 0) continue;
                count(put_bits(m_result.filled, tile, bits_of(*slot, Which::labelled(), area_of(tile)), 1));
            }
        }
        return {};
    }

    base::Result<void> fill_from_seed() {
        const std::int64_t x = m_rule.seed_x, y = m_rule.seed_y;
        if (x < m_bounds.x0 || y < m_bounds.y0 || x >= m_bounds.x1 || y >= m_bounds.y1) return {};
        const TileIndex tile{static_cast<std::int32_t>(x / k_tile_px),
                             static_cast<std::int32_t>(y / k_tile_px)};
        auto reached = reach(tile);
        if (!reached) return std::unexpected(reached.error());
        // When all of its tile passes, that is filled by now and there are no runs.
        for (const PartRun& run : (*reached)->parts.runs) {
            const bool is_met = run.y == y % k_tile_px && run.x0 <= x % k_tile_px && run.x1 > x % k_tile_px;
            if (!is_met) continue;
            fill(tile, **reached, {{run.part}});
            break;  // filled as a whole, the tile keeps no runs
        }
        while (!m_queue.empty()) {
            if (auto go_on = check_stop(); !go_on) return go_on;
            const Entry entry = m_queue.front();
            m_queue.pop_front();
            if (auto done = enter(entry); !done) return done;
        }
        return {};
    }

    base::Result<void> enter(const Entry& entry) {
        auto reached = reach(entry.tile);
        if (!reached) return std::unexpected(reached.error());
        if ((*reached)->done) return {};
        const bool is_upright = entry.side == Side::left || entry.side == Side::right;
        std::vector<std::uint16_t> met;
        for (const PartRun& run : (*reached)->sides[static_cast<std::size_t>(entry.side)]) {
            const bool is_met =
                is_upright ? meets(entry.bits, run.y, run.y + 1) : meets(entry.bits, run.x0, run.x1);
            if (is_met) met.push_back(run.part);
        }
        fill(entry.tile, **reached, met);
        return {};
    }

    // The tile as it is known; asked for when it is not, which fills it when all of it passes.
    base::Result<Reached*> reach(TileIndex tile) {
        const auto key =
            std::uint64_t{static_cast<std::uint32_t>(tile.y)} << 32 | static_cast<std::uint32_t>(tile.x);
        const auto [it, is_new] = m_tiles.try_emplace(key);
        if (!is_new) return &it->second;
        auto slot = m_passes(tile);
        if (!slot) return std::unexpected(std::move(slot.error()));
        Reached& reached = it->second;
        if (slot->uniform() && slot->value == 0) {
            reached.done = true;
            return &reached;
        }
        const TileBits bits = slot->uniform() && is_inside(tile)
                                  ? TileBits{}
                                  : bits_of(*slot, Which::labelled(), area_of(tile));
        if (is_inside(tile) && (slot->uniform() || bits.count() == pixels_of(tile))) {
            reached.done = true;
            fill_whole(tile);  // whichever of its pixels it was entered by
            return &reached;
        }
        reached.parts = parts_of(bits, m_rule.connectivity);
        reached.waiting = reached.parts.count;
        if (is_as_filled(*slot, tile)) reached.passes = std::move(*slot);
        for (const PartRun& run : reached.parts.runs) {
            if (run.x0 == 0) reached.sides[0].push_back(run);
            if (run.y == 0) reached.sides[1].push_back(run);
            if (run.x1 == k_tile_px) reached.sides[2].push_back(run);
            if (run.y == k_tile_px - 1) reached.sides[3].push_back(run);
        }
        reached.filled.assign(reached.parts.count, false);
        reached.done = reached.parts.count == 0;
        return &reached;
    }

    // Whether the samples given are 1 where they pass, within a whole tile.
    [[nodiscard]] bool is_as_filled(const Slot& slot, TileIndex tile) const {
        if (slot.uniform() || slot.block->depth() != Depth::u8 || !is_inside(tile)) return false;
        if (pixels_of(tile) != std::int64_t{k_tile_samples}) return false;
        const auto held = slot.block->samples();
        std::byte most{0};
        for (std::size_t i = 0; i < k_tile_samples; ++i) most = std::max(most, held[i]);
        return most <= std::byte{1};
    }

    void fill_whole(TileIndex tile) {
        m_result.filled.put({tile.x, tile.y}, {nullptr, 1});
        count(pixels_of(tile));
        spread(tile, {k_all, k_all, k_all, k_all});
    }

    // Fills the parts that are not yet, and goes on from where they touch the sides.
    void fill(TileIndex tile, Reached& reached, const std::vector<std::uint16_t>& parts) {
        std::vector<bool> now;
        for (const std::uint16_t part : parts) {
            if (reached.filled[part]) continue;
            if (now.empty()) now.resize(reached.parts.count);
            reached.filled[part] = now[part] = true;
            --reached.waiting;
        }
        if (now.empty()) return;
        // All of it at once: then what was given for it is the result.
        const Slot given = std::exchange(reached.passes, {});
        const bool is_given = reached.waiting == 0 && given.block;
        if (is_given) m_result.filled.put({tile.x, tile.y}, given);
        auto* const samples =
            is_given ? nullptr : reinterpret_cast<std::uint8_t*>(m_result.filled.write(tile).data());
        std::array<SideBits, 4> sides{};
        std::int64_t pixels = 0;
        for (const PartRun& run : reached.parts.runs) {
            if (!now[run.part]) continue;
            if (!is_given) {
                std::fill(samples + run.y * k_tile_px + run.x0, samples + run.y * k_tile_px + run.x1,
                          std::uint8_t{1});
            }
            pixels += run.x1 - run.x0;
        }
        for (std::size_t side = 0; side < 4; ++side) {
            for (const PartRun& run : reached.sides[side]) {
                if (!now[run.part]) continue;
                if (side % 2 == 0)
                    set(sides[side], run.y, run.y + 1);
                else
                    set(sides[side], run.x0, run.x1);
            }
        }
        if (reached.waiting == 0) {
            reached = {.done = true};
            m_result.filled.tidy(tile);
        }
        count(pixels);
        spread(tile, sides);
    }

    void spread(TileIndex tile, const std::array<SideBits, 4>& sides) {
        const bool is_eight = m_rule.connectivity == Connectivity::eight;
        const auto beside = [&](TileIndex next, Side side, const SideBits& bits) {
            push(next, side, is_eight ? widened(bits) : bits);
        };
        const auto &left = sides[0], &top = sides[1], &right = sides[2], &bottom = sides[3];
        beside({tile.x - 1, tile.y}, Side::right, left);
        beside({tile.x, tile.y - 1}, Side::bottom, top);
        beside({tile.x + 1, tile.y}, Side::left, right);
        beside({tile.x, tile.y + 1}, Side::top, bottom);
        if (!is_eight) return;
        constexpr SideBits k_first{1, 0, 0, 0}, k_last{0, 0, 0, 1ULL << 63};
        if (first(top)) push({tile.x - 1, tile.y - 1}, Side::bottom, k_last);
        if (last(top)) push({tile.x + 1, tile.y - 1}, Side::bottom, k_first);
        if (first(bottom)) push({tile.x - 1, tile.y + 1}, Side::top, k_last);
        if (last(bottom)) push({tile.x + 1, tile.y + 1}, Side::top, k_first);
    }

    void push(TileIndex tile, Side side, const SideBits& bits) {
        if (!any(bits) || !m_result.filled.has(tile) || area_of(tile).empty()) return;
        const auto key =
            std::uint64_t{static_cast<std::uint32_t>(tile.y)} << 32 | static_cast<std::uint32_t>(tile.x);
        if (const auto it = m_tiles.find(key); it != m_tiles.end() && it->second.done) return;
        m_queue.push_back({tile, side, bits});
    }

    const FloodRule& m_rule;
    const TilePredicate& m_passes;
    const std::stop_token m_stop;
    PixelRect m_bounds;
    Flooded m_result;
    std::unordered_map<std::uint64_t, Reached> m_tiles;
    std::deque<Entry> m_queue;
};

}  // namespace

base::Result<Flooded> flood(const FloodRule& rule, const TilePredicate& passes, std::stop_token stop) {
    return Flood{rule, passes, std::move(stop)}.run();
}

TilePredicate same_value(Plane mask, Value value) {
    return [mask = std::move(mask), value](TileIndex tile) -> base::Result<Slot> {
        const Slot slot = mask.slot(tile);
        if (slot.uniform()) return Slot{nullptr, static_cast<Value>(slot.value == value)};
        const TileBits bits = bits_of(mask, tile, Which::of(value));
        if (bits.none()) return Slot{};
        const auto block = Block::filled(Depth::u8, 0);
        auto* const samples = reinterpret_cast<std::uint8_t*>(block->write().data());
        for (std::int64_t y = 0; y < k_tile_px; ++y) {
            each_run_of(bits.row(y), [&](std::int64_t x0, std::int64_t x1) {
                std::fill(samples + y * k_tile_px + x0, samples + y * k_tile_px + x1, std::uint8_t{1});
            });
        }
        return Slot{block, 0};
    };
}

}  // namespace masks
