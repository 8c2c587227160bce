#include "masks/combine.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "masks/tile_set.h"

namespace masks {

namespace {

std::unexpected<base::Error> cancelled() {
    return base::fail(base::ErrorKind::cancelled, "Combining masks was cancelled");
}
std::unexpected<base::Error> does_not_fit(Value value) {
    return base::fail(base::ErrorKind::refused,
                      "The value {} does not fit into a mask of 8 bits; make it one of 16", value);
}

template <class T>
Slot recoded_block(const Slot& slot, const std::vector<Value>& table) {
    const auto held = slot.block->samples();
    const T* const samples = reinterpret_cast<const T*>(held.get());
    std::vector<T> now(k_tile_samples);
    for (std::size_t i = 0; i < k_tile_samples; ++i) now[i] = static_cast<T>(table[samples[i]]);
    if (std::memcmp(now.data(), samples, k_tile_samples * sizeof(T)) == 0) return slot;
    return {Block::of(slot.block->depth(), std::as_bytes(std::span{now})), 0};
}

// Beyond the edge of the medium samples are 0, whatever unlabelled pixels become.
void clear_beyond(Plane& plane, TileIndex tile) {
    const PixelRect pixels = plane.pixels_of(tile);
    if (pixels.width() == k_tile_px && pixels.height() == k_tile_px) return;
    const auto bytes = plane.write(tile);
    const auto sample = static_cast<std::size_t>(plane.depth());
    for (std::int64_t y = 0; y < k_tile_px; ++y) {
        const std::int64_t from = y < pixels.height() ? pixels.width() : 0;
        std::memset(bytes.data() + static_cast<std::size_t>(y * k_tile_px + from) * sample, 0,
                    static_cast<std::size_t>(k_tile_px - from) * sample);
    }
}

bool may_change(const Over& over, Value value) { return !over || over->test(value); }

TileBits both(TileBits bits, const TileBits& others) {
    for (std::size_t i = 0; i < bits.words.size(); ++i) bits.words[i] &= others.words[i];
    return bits;
}
TileBits without(TileBits bits, const TileBits& others) {
    for (std::size_t i = 0; i < bits.words.size(); ++i) bits.words[i] &= ~others.words[i];
    return bits;
}

// A value of the slot, among the bits, that 8 bits cannot hold.
std::optional<Value> too_large(const Plane& onto, const Slot& slot, const TileBits& bits) {
    if (onto.largest_value() == 65535) return std::nullopt;
    if (slot.uniform()) return slot.value > 255 && !bits.none() ? std::optional{slot.value} : std::nullopt;
    if (slot.block->depth() == Depth::u8) return std::nullopt;
    const auto held = slot.block->samples();
    const auto* const samples = reinterpret_cast<const Value*>(held.get());
    for (std::int64_t i = 0; i < std::ssize(bits.words) * 64; ++i) {
        if (samples[i] > 255 && bits.test(i % k_tile_px, i / k_tile_px)) return samples[i];
    }
    return std::nullopt;
}

// One tile; what is too large, if anything is.
std::optional<Value> combine_tile(Plane& a, const Plane& b, TileIndex tile, Combine how, const Over& over) {
    Slot old = a.slot(tile);
    const Slot other = b.slot(tile);
    const bool adds = how == Combine::unite || how == Combine::paste || how == Combine::exclude;
    if (old.uniform() && other.uniform()) {
        const bool in_a = old.value != 0, in_b = other.value != 0;
        const bool goes =
            in_a &&
            (how == Combine::intersect ? !in_b : how != Combine::unite && how != Combine::paste && in_b);
        const bool comes = in_b && adds && (!in_a || how == Combine::paste);
        if (!may_change(over, old.value) || (!goes && !comes)) return std::nullopt;
        if (comes && other.value > a.largest_value()) return other.value;
        const Slot now{nullptr, comes ? other.value : Value{0}};
        if (now != old) a.put({tile.x, tile.y}, now);
        return std::nullopt;
    }
    if (old == Slot{} && adds && a.depth() == b.depth() && may_change(over, 0)) {
        a.put({tile.x, tile.y}, other);  // the very block
        return std::nullopt;
    }
    old = {};  // held by the plane alone, where it is: then it is written to in place
    const TileBits in_a = bits_of(a, tile, Which::labelled()), in_b = bits_of(b, tile, Which::labelled());
    if (how == Combine::intersect) {
        put_bits(a, tile, without(in_a, in_b), 0, over.get());
    } else if (how == Combine::subtract || how == Combine::exclude) {
        put_bits(a, tile, both(in_a, in_b), 0, over.get());
    }
    if (!adds) return std::nullopt;
    const TileBits coming = how == Combine::paste ? in_b : without(in_b, in_a);
    if (const auto value = too_large(a, other, coming)) return value;
    copy_bits(a, tile, coming, other, over.get());
    return std::nullopt;
}

// u = ux x + uy y + u0 and the like, with the first four 0, 1 or -1: pixels of a part to where they go.
struct Way {
    std::int64_t ux = 1, uy = 0, u0 = 0, vx = 0, vy = 1, v0 = 0;
    std::int64_t width = 0, height = 0;  // of what comes out

    explicit Way(const Placement& placement) {
        const PixelRect& area = placement.area;
        width = area.width();
        height = area.height();
        // To (0, 0), mirrored, turned, to where it goes.
        u0 = -area.x0;
        v0 = -area.y0;
        if (placement.mirror == Mirror::left_right) flip(ux, uy, u0, width);
        if (placement.mirror == Mirror::top_bottom) flip(vx, vy, v0, height);
        if (placement.turn == Turn::half) {
            flip(ux, uy, u0, width);
            flip(vx, vy, v0, height);
        } else if (placement.turn != Turn::none) {
            std::swap(ux, vx);
            std::swap(uy, vy);
            std::swap(u0, v0);
            std::swap(width, height);
            // The old x is v now. To the right: the old y, seen from below, is u.
            if (placement.turn == Turn::right)
                flip(ux, uy, u0, width);
            else
                flip(vx, vy, v0, height);
        }
        u0 += placement.to_x;
        v0 += placement.to_y;
    }
    [[nodiscard]] PixelRect there(const PixelRect& area) const {
        return rect(ux * area.x0 + uy * area.y0 + u0, vx * area.x0 + vy * area.y0 + v0,
                    ux * (area.x1 - 1) + uy * (area.y1 - 1) + u0,
                    vx * (area.x1 - 1) + vy * (area.y1 - 1) + v0);
    }
    [[nodiscard]] std::int64_t x_of(std::int64_t u, std::int64_t v) const {
        return ux * (u - u0) + vx * (v - v0);
    }
    [[nodiscard]] std::int64_t y_of(std::int64_t u, std::int64_t v) const {
        return uy * (u - u0) + vy * (v - v0);
    }
    [[nodiscard]] PixelRect back(const PixelRect& area) const {
        return rect(x_of(area.x0, area.y0), y_of(area.x0, area.y0), x_of(area.x1 - 1, area.y1 - 1),
                    y_of(area.x1 - 1, area.y1 - 1));
    }

private:
    static void flip(std::int64_t& by_x, std::int64_t& by_y, std::int64_t& by_one, std::int64_t size) {
        by_x = -by_x;
        by_y = -by_y;
        by_one = size - 1 - by_one;
    }
    static PixelRect rect(std::int64_t xa, std::int64_t ya, std::int64_t xb, std::int64_t yb) {
        return {std::min(xa, xb), std::min(ya, yb), std::max(xa, xb) + 1, std::max(ya, yb) + 1};
    }
};

TileRect tiles_of(const PixelRect& area) {
    const auto x = static_cast<std::int32_t>(area.x0 / k_tile_px),
               y = static_cast<std::int32_t>(area.y0 / k_tile_px);
    return {x, y, static_cast<std::int32_t>((area.x1 - 1) / k_tile_px) - x + 1,
            static_cast<std::int32_t>((area.y1 - 1) / k_tile_px) - y + 1};
}

// The value of a whole area, where its tiles are of one.
std::optional<Value> only_value(const Plane& plane, const PixelRect& area) {
    const TileRect tiles = tiles_of(area);
    const Slot first = plane.slot({tiles.x, tiles.y});
    for (std::int32_t y = tiles.y; y < tiles.y + tiles.rows; ++y) {
        for (std::int32_t x = tiles.x; x < tiles.x + tiles.columns; ++x) {
            const Slot slot = plane.slot({x, y});
            if (!slot.uniform() || slot != first) return std::nullopt;
        }
    }
    return first.value;
}

PixelRect pixels_of(const Plane& plane, const TileRect& tiles) {
    const PixelRect first = plane.pixels_of({tiles.x, tiles.y}),
                    last = plane.pixels_of({tiles.x + tiles.columns - 1, tiles.y + tiles.rows - 1});
    return {first.x0, first.y0, last.x1, last.y1};
}

}  // namespace

base::Result<Plane> recoded(Plane plane, std::span<const std::pair<Value, Value>> table,
                            std::stop_token stop) {
    std::vector<Value> all(65536);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Value>(i);
    for (const auto& [from, to] : table) {
        if (to > plane.largest_value()) return does_not_fit(to);
        all[from] = to;
    }
    Plane now = plane;
    if (all[0] != 0 && plane.columns() > 0 && plane.rows() > 0) {
        now = Plane(plane.width_px(), plane.height_px(), plane.depth());
        now.put({0, 0, now.columns(), now.rows()}, {nullptr, all[0]});
    }
    bool is_stopped = false;
    plane.each([&](const TileRect& tiles, const Slot& slot) {
        if (is_stopped || (is_stopped = stop.stop_requested())) return;
        const TileIndex tile{tiles.x, tiles.y};
        if (slot.uniform()) {
            const Slot recoded_slot{nullptr, all[slot.value]};
            if (all[0] != 0 || recoded_slot != slot) now.put(tiles, recoded_slot);
            return;
        }
        const Slot recoded_slot = plane.depth() == Depth::u8 ? recoded_block<std::uint8_t>(slot, all)
                                                             : recoded_block<std::uint16_t>(slot, all);
        if (all[0] == 0 && recoded_slot == slot) return;
        now.put(tiles, recoded_slot);
        if (all[0] != 0) clear_beyond(now, tile);
        if (recoded_slot != slot) now.tidy(tile);
    });
    if (is_stopped) return cancelled();
    return now;
}

base::Result<Plane> combined(Plane a, const Plane& b, Combine how, const Over& over, std::stop_token stop) {
    if (a.bounds() != b.bounds()) {
        return base::fail(
            base::ErrorKind::refused,
            "A mask of {} × {} cannot be combined with one of {} × {}: they belong to different media",
            a.width_px(), a.height_px(), b.width_px(), b.height_px());
    }
    TileSet tiles(a);
    (how == Combine::intersect ? a : b).each([&](const TileRect& at, const Slot&) { tiles.add(at); });
    std::optional<Value> wrong;
    const bool is_done = tiles.each([&](TileIndex tile) {
        if (stop.stop_requested()) return false;
        wrong = combine_tile(a, b, tile, how, over);
        return !wrong;
    });
    if (wrong) return does_not_fit(*wrong);
    if (!is_done) return cancelled();
    return a;
}

base::Result<Plane> pasted(Plane onto, const Plane& from, const Placement& placement, const Over& over,
                           std::stop_token stop) {
    const PixelRect inside = intersection(placement.area, from.bounds());
    if (inside.empty()) return onto;
    const Way way(placement);
    const PixelRect target = intersection(way.there(inside), onto.bounds());
    if (target.empty()) return onto;
    TileSet tiles(onto);
    from.each([&](const TileRect& at, const Slot& slot) {
        if (slot.uniform() && !placement.which.has(slot.value)) return;
        const PixelRect part = intersection(pixels_of(from, at), inside);
        if (part.empty()) return;
        const PixelRect there = intersection(way.there(part), onto.bounds());
        if (!there.empty()) tiles.add(tiles_of(there));
    });
    std::vector<Value> taken, samples(k_tile_samples);
    std::optional<Value> wrong;
    const bool is_done = tiles.each([&](TileIndex tile) {
        if (stop.stop_requested()) return false;
        const PixelRect there = intersection(onto.pixels_of(tile), target);
        const PixelRect here = way.back(there), in_tile = within_tile(there, tile);
        Slot slot;
        if (const auto value = only_value(from, here)) {
            if (*value == 0 || !placement.which.has(*value)) return true;
            slot.value = *value;
        } else {
            taken.resize(static_cast<std::size_t>(here.width() * here.height()));
            from.read(here, taken);
            for (std::int64_t v = there.y0; v < there.y1; ++v) {
                Value* const row = samples.data() + (v % k_tile_px) * k_tile_px + in_tile.x0;
                const Value* at = taken.data() + (way.y_of(there.x0, v) - here.y0) * here.width() +
                                  way.x_of(there.x0, v) - here.x0;
                const std::int64_t step = way.ux + way.uy * here.width();
                for (std::int64_t u = 0; u < there.width(); ++u) row[u] = at[u * step];
            }
            slot.block = Block::of(Depth::u16, std::as_bytes(std::span{samples}));
        }
        const TileBits bits =
            both(bits_of(slot, placement.which, in_tile), bits_of(slot, Which::labelled(), in_tile));
        wrong = too_large(onto, slot, bits);
        if (!wrong) copy_bits(onto, tile, bits, slot, over.get());
        return !wrong;
    });
    if (wrong) return does_not_fit(*wrong);
    if (!is_done) return cancelled();
    return onto;
}

base::Result<Plane> moved(Plane plane, const Placement& placement, const Over& over, std::stop_token stop) {
    const Plane before = plane;
    TileSet tiles(before);
    before.each([&](const TileRect& at, const Slot& slot) {
        const PixelRect part = intersection(pixels_of(before, at), placement.area);
        if (!part.empty() && (!slot.uniform() || placement.which.has(slot.value))) tiles.add(tiles_of(part));
    });
    const bool is_done = tiles.each([&](TileIndex tile) {
        const PixelRect area = within_tile(intersection(placement.area, before.bounds()), tile);
        put_bits(plane, tile, bits_of(before.slot(tile), placement.which, area), 0);
        return !stop.stop_requested();
    });
    if (!is_done) return cancelled();
    return pasted(std::move(plane), before, placement, over, std::move(stop));
}

}  // namespace masks
