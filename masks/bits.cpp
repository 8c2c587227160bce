#include "masks/bits.h"

#include <algorithm>
#include <cstring>

namespace masks {

namespace {

// Bit i from byte i, which is 0 or 1.
std::uint64_t packed(const std::uint8_t* flags) {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, flags + 8 * i, 8);
        if constexpr (std::endian::native == std::endian::big) eight = __builtin_bswap64(eight);
        word |= (eight * 0x0102040810204080U >> 56) << 8 * i;
    }
    return word;
}

template <class T>
void compare(const std::byte* bytes, const Which& which, TileBits& bits, std::int64_t y0, std::int64_t y1) {
    const T* const samples = reinterpret_cast<const T*>(bytes);
    const T value = static_cast<T>(which.value);
    if (value != which.value) {  // no sample can hold it
        if (!which.is_it) bits = TileBits::of({0, y0, k_tile_px, y1});
        return;
    }
    const std::uint8_t flip = which.is_it ? 0 : 1;
    std::array<std::uint8_t, k_tile_px> flags;
    for (std::int64_t y = y0; y < y1; ++y) {
        const T* const row = samples + y * k_tile_px;
        for (std::size_t x = 0; x < k_tile_px; ++x)
            flags[x] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(row[x] == value) ^ flip);
        for (std::int64_t word = 0; word < 4; ++word) bits.row(y)[word] = packed(flags.data() + 64 * word);
    }
}

// Rows and columns of 64 × 64 bits change places, by halves: Warren, Hacker's Delight, 7-3.
void transpose(std::array<std::uint64_t, 64>& rows) {
    std::uint64_t mask = 0x00000000FFFFFFFFU;
    for (std::size_t half = 32; half != 0; half >>= 1, mask ^= mask << half) {
        for (std::size_t k = 0; k < 64; k = (k + half + 1) & ~half) {
            const std::uint64_t swapped = (rows[k] >> half ^ rows[k + half]) & mask;
            rows[k + half] ^= swapped;
            rows[k] ^= swapped << half;
        }
    }
}

// Bits [x0, x1) of one word, of which x may lie on either side.
std::uint64_t word_between(std::int64_t x0, std::int64_t x1) {
    x0 = std::clamp<std::int64_t>(x0, 0, 64);
    x1 = std::clamp<std::int64_t>(x1, 0, 64);
    if (x1 <= x0) return 0;
    return ~std::uint64_t{0} >> (64 - (x1 - x0)) << x0;
}

// `wanted(place)` is the sample that a place gets.
template <class T, class Wanted>
std::int64_t put_samples(Plane& plane, TileIndex tile, const TileBits& bits, const Wanted& wanted,
                         const std::bitset<65536>* over) {
    Slot old = plane.slot(tile);
    auto held = old.block ? old.block->samples() : nullptr;
    const T* const before = reinterpret_cast<const T*>(held.get());
    TileBits changing;
    std::int64_t changed = 0;
    for (std::int64_t y = 0; y < k_tile_px; ++y) {
        each_run_of(bits.row(y), [&](std::int64_t x0, std::int64_t x1) {
            for (std::int64_t x = x0; x < x1; ++x) {
                const std::int64_t place = y * k_tile_px + x;
                const T there = before != nullptr ? before[place] : static_cast<T>(old.value);
                if (there == wanted(place) || (over != nullptr && !over->test(there))) continue;
                changing.row(y)[x / 64] |= std::uint64_t{1} << x % 64;
                ++changed;
            }
        });
    }
    if (changed == 0) return 0;
    held.reset();
    old = {};  // held by the plane alone, where it is: then it is written to in place
    T* const samples = reinterpret_cast<T*>(plane.write(tile).data());
    for (std::int64_t y = 0; y < k_tile_px; ++y) {
        each_run_of(changing.row(y), [&](std::int64_t x0, std::int64_t x1) {
            for (std::int64_t place = y * k_tile_px + x0; place < y * k_tile_px + x1; ++place)
                samples[place] = wanted(place);
        });
    }
    plane.tidy(tile);
    return changed;
}

template <class T>
std::int64_t copy_samples(Plane& plane, TileIndex tile, const TileBits& bits, const Block& from,
                          const std::bitset<65536>* over) {
    const auto held = from.samples();
    if (from.depth() == Depth::u8) {
        const auto* const samples = reinterpret_cast<const std::uint8_t*>(held.get());
        return put_samples<T>(plane, tile, bits, [&](std::int64_t place) { return T{samples[place]}; }, over);
    }
    const auto* const samples = reinterpret_cast<const std::uint16_t*>(held.get());
    return put_samples<T>(
        plane, tile, bits, [&](std::int64_t place) { return static_cast<T>(samples[place]); }, over);
}

// The quick way: a tile of one value, all of which may change.
template <class T>
std::int64_t put_over_one_value(Plane& plane, TileIndex tile, const TileBits& bits, T value) {
    T* const samples = reinterpret_cast<T*>(plane.write(tile).data());
    std::int64_t changed = 0;
    for (std::int64_t y = 0; y < k_tile_px; ++y) {
        each_run_of(bits.row(y), [&](std::int64_t x0, std::int64_t x1) {
            std::fill(samples + y * k_tile_px + x0, samples + y * k_tile_px + x1, value);
            changed += x1 - x0;
        });
    }
    plane.tidy(tile);
    return changed;
}

}  // namespace

std::int64_t TileBits::count() const {
    std::int64_t set_bits = 0;
    for (const std::uint64_t word : words) set_bits += std::popcount(word);
    return set_bits;
}

bool TileBits::none() const {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words) any |= word;
    return any == 0;
}

void TileBits::set(std::int64_t y, std::int64_t x0, std::int64_t x1) {
    for (std::int64_t word = x0 / 64; 64 * word < x1; ++word)
        row(y)[word] |= word_between(x0 - 64 * word, x1 - 64 * word);
}

void TileBits::keep(const PixelRect& area) {
    if (area.x0 <= 0 && area.y0 <= 0 && area.x1 >= k_tile_px && area.y1 >= k_tile_px) return;
    std::array<std::uint64_t, 4> kept{};
    for (std::size_t word = 0; word < 4; ++word) {
        const std::int64_t left = 64 * static_cast<std::int64_t>(word);
        kept[word] = word_between(area.x0 - left, area.x1 - left);
    }
    for (std::int64_t y = 0; y < k_tile_px; ++y) {
        const bool is_in = y >= area.y0 && y < area.y1;
        for (std::size_t word = 0; word < 4; ++word) row(y)[word] &= is_in ? kept[word] : 0;
    }
}

TileBits TileBits::transposed() const {
    TileBits turned;
    std::array<std::uint64_t, 64> square;
    for (std::size_t v = 0; v < 4; ++v) {
        for (std::size_t h = 0; h < 4; ++h) {
            for (std::size_t i = 0; i < 64; ++i) square[i] = words[4 * (64 * v + i) + h];
            transpose(square);
            for (std::size_t i = 0; i < 64; ++i) turned.words[4 * (64 * h + i) + v] = square[i];
        }
    }
    return turned;
}

TileBits TileBits::of(const PixelRect& area) {
    TileBits bits;
    bits.words.fill(~std::uint64_t{0});
    bits.keep(area);
    return bits;
}

PixelRect within_tile(const PixelRect& area, TileIndex tile) {
    const std::int64_t x = std::int64_t{tile.x} * k_tile_px, y = std::int64_t{tile.y} * k_tile_px;
    return intersection({area.x0 - x, area.y0 - y, area.x1 - x, area.y1 - y}, {0, 0, k_tile_px, k_tile_px});
}

TileBits bits_of(const Slot& slot, const Which& which, const PixelRect& area) {
    if (area.empty()) return {};
    if (slot.uniform()) return which.has(slot.value) ? TileBits::of(area) : TileBits{};
    TileBits bits;
    const auto samples = slot.block->samples();
    const std::int64_t y0 = std::max<std::int64_t>(area.y0, 0),
                       y1 = std::min<std::int64_t>(area.y1, k_tile_px);
    if (slot.block->depth() == Depth::u8)
        compare<std::uint8_t>(samples.get(), which, bits, y0, y1);
    else
        compare<std::uint16_t>(samples.get(), which, bits, y0, y1);
    bits.keep(area);
    return bits;
}

TileBits bits_of(const Plane& plane, TileIndex tile, const Which& which) {
    if (!plane.has(tile)) return {};
    return bits_of(plane.slot(tile), which, within_tile(plane.bounds(), tile));
}

std::int64_t put_bits(Plane& plane, TileIndex tile, const TileBits& bits, Value value,
                      const std::bitset<65536>* over) {
    if (bits.none()) return 0;
    if (const Slot old = plane.slot(tile); old.uniform()) {
        if (old.value == value || (over != nullptr && !over->test(old.value))) return 0;
        const PixelRect pixels = plane.pixels_of(tile);
        if (bits.count() == pixels.width() * pixels.height()) {
            plane.put({tile.x, tile.y}, {nullptr, value});
            return pixels.width() * pixels.height();
        }
        return plane.depth() == Depth::u8
                   ? put_over_one_value<std::uint8_t>(plane, tile, bits, static_cast<std::uint8_t>(value))
                   : put_over_one_value<std::uint16_t>(plane, tile, bits, value);
    }
    if (plane.depth() == Depth::u8)
        return put_samples<std::uint8_t>(
            plane, tile, bits, [&](std::int64_t) { return static_cast<std::uint8_t>(value); }, over);
    return put_samples<std::uint16_t>(plane, tile, bits, [&](std::int64_t) { return value; }, over);
}

std::int64_t copy_bits(Plane& plane, TileIndex tile, const TileBits& bits, const Slot& from,
                       const std::bitset<65536>* over) {
    if (from.uniform()) return put_bits(plane, tile, bits, from.value, over);
    return plane.depth() == Depth::u8 ? copy_samples<std::uint8_t>(plane, tile, bits, *from.block, over)
                                      : copy_samples<std::uint16_t>(plane, tile, bits, *from.block, over);
}

}  // namespace masks
