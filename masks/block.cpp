#include "masks/block.h"

#include <atomic>
#include <cassert>
#include <cstring>

#include <zstd.h>

#include "base/held_alone.h"
#include "base/log.h"

namespace masks {

namespace {

constexpr int k_zstd_level = 1;

std::size_t size_of(Depth depth) { return k_tile_samples * static_cast<std::size_t>(depth); }

// What is shared by all here: counts and their limits. Atomic, so that blocks of any thread may add to them.
std::atomic<std::int64_t> g_samples_bytes{0}, g_most_bytes{std::int64_t{1} << 30};
std::atomic<std::int64_t> g_packed_bytes{0}, g_most_packed_bytes{std::int64_t{256} << 20};

std::shared_ptr<std::byte[]> new_samples(Depth depth) {
    const auto size = static_cast<std::int64_t>(size_of(depth));
    g_samples_bytes.fetch_add(size, std::memory_order_relaxed);
    return {new std::byte[size_of(depth)], [size](std::byte* samples) {
                g_samples_bytes.fetch_sub(size, std::memory_order_relaxed);
                delete[] samples;
            }};
}

std::shared_ptr<const Bytes> counted(Bytes bytes) {
    const auto size = static_cast<std::int64_t>(bytes.size());
    g_packed_bytes.fetch_add(size, std::memory_order_relaxed);
    return {new Bytes(std::move(bytes)), [size](const Bytes* held) {
                g_packed_bytes.fetch_sub(size, std::memory_order_relaxed);
                delete held;
            }};
}

}  // namespace

std::shared_ptr<Block> Block::of(Depth depth, std::span<const std::byte> samples) {
    assert(samples.size() == size_of(depth));
    std::shared_ptr<Block> block(new Block(depth));
    block->m_samples = new_samples(depth);
    std::ranges::copy(samples, block->m_samples.get());
    return block;
}

std::shared_ptr<Block> Block::filled(Depth depth, Value value) {
    std::shared_ptr<Block> block(new Block(depth));
    block->m_samples = new_samples(depth);
    if (depth == Depth::u8)
        std::memset(block->m_samples.get(), value, k_tile_samples);
    else
        std::fill_n(reinterpret_cast<std::uint16_t*>(block->m_samples.get()), k_tile_samples, value);
    return block;
}

base::Result<BlockPtr> Block::of_packed(Bytes packed) {
    const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (size != size_of(Depth::u8) && size != size_of(Depth::u16)) {
        return base::fail(base::ErrorKind::malformed, "A tile of a mask holds no {} samples", k_tile_samples);
    }
    std::shared_ptr<Block> block(new Block(size == size_of(Depth::u8) ? Depth::u8 : Depth::u16));
    block->m_packed = counted(std::move(packed));
    block->spill_packed();
    return block;
}

std::shared_ptr<std::byte[]> Block::unpacked() const {
    auto samples = new_samples(m_depth);
    const auto packed = m_packed ? m_packed : m_spilled->read();
    const std::size_t size =
        packed ? ZSTD_decompress(samples.get(), size_of(m_depth), packed->data(), packed->size()) : 0;
    if (ZSTD_isError(size) || size != size_of(m_depth)) {
        base::log(base::LogLevel::error, "a tile of a mask could not be unpacked: it reads as unlabelled");
        std::memset(samples.get(), 0, size_of(m_depth));
    }
    return samples;
}

SamplesPtr Block::samples() const {
    const std::lock_guard lock{m_mutex};
    if (m_samples) return m_samples;
    auto samples = unpacked();
    if (!too_many_samples()) m_samples = samples;
    return samples;
}

Value Block::at(std::size_t place) const {
    const auto held = samples();
    if (m_depth == Depth::u8) return static_cast<Value>(held[place]);
    Value value = 0;
    std::memcpy(&value, held.get() + 2 * place, 2);
    return value;
}

std::shared_ptr<const Bytes> Block::packed() const {
    const std::lock_guard lock{m_mutex};
    if (m_packed) return m_packed;
    if (m_spilled) {
        // Where the disk fails, samples that are still here are packed anew; else it reads as unlabelled.
        if (auto read = m_spilled->read()) return read;
        if (!m_samples) m_samples = unpacked();
        m_spilled.reset();
        m_hash.reset();
    }
    m_packed = pack();
    return m_packed;
}

std::shared_ptr<const Bytes> Block::pack() const {
    Bytes packed(ZSTD_compressBound(size_of(m_depth)));
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), m_samples.get(), size_of(m_depth), k_zstd_level);
    assert(!ZSTD_isError(size));  // the bound is kept to
    packed.resize(size);
    packed.shrink_to_fit();
    return counted(std::move(packed));
}

base::Sha256 Block::hash() const {
    const auto bytes = packed();
    const std::lock_guard lock{m_mutex};
    if (!m_hash) m_hash = base::sha256(*bytes);
    return *m_hash;
}

bool Block::let_go_of_samples() const {
    const std::lock_guard lock{m_mutex};
    if (!m_packed && !m_spilled) m_packed = pack();
    const bool freed = m_samples != nullptr;
    m_samples.reset();
    return spill_packed() || freed;
}

bool Block::spill_packed() const {
    if (!m_packed || packed_in_memory_bytes() <= g_most_packed_bytes.load(std::memory_order_relaxed))
        return false;
    m_spilled = spill(*m_packed);
    if (m_spilled) m_packed.reset();
    return m_spilled != nullptr;
}

bool Block::too_many_samples() {
    return samples_in_memory_bytes() > g_most_bytes.load(std::memory_order_relaxed);
}
void Block::limit_samples(std::int64_t bytes) { g_most_bytes.store(bytes, std::memory_order_relaxed); }
void Block::limit_packed(std::int64_t bytes) { g_most_packed_bytes.store(bytes, std::memory_order_relaxed); }
std::int64_t Block::packed_in_memory_bytes() { return g_packed_bytes.load(std::memory_order_relaxed); }
std::int64_t Block::samples_in_memory_bytes() { return g_samples_bytes.load(std::memory_order_relaxed); }

std::size_t Block::bytes() const {
    const std::lock_guard lock{m_mutex};
    return sizeof(Block) + (m_samples ? size_of(m_depth) : 0) + (m_packed ? m_packed->size() : 0);
}

std::shared_ptr<Block> Block::copy() const {
    const SamplesPtr held = samples();
    return of(m_depth, {held.get(), size_of(m_depth)});
}

std::span<std::byte> Block::write() {
    const std::lock_guard lock{m_mutex};
    if (!m_samples) m_samples = unpacked();
    if (!base::held_alone(m_samples)) {
        auto copy = new_samples(m_depth);
        std::memcpy(copy.get(), m_samples.get(), size_of(m_depth));
        m_samples = std::move(copy);
    }
    m_packed.reset();
    m_spilled.reset();
    m_hash.reset();
    return {m_samples.get(), size_of(m_depth)};
}

bool same_samples(const Block& a, const Block& b) {
    if (&a == &b) return true;
    if (a.depth() != b.depth()) return false;
    return std::memcmp(a.samples().get(), b.samples().get(), size_of(a.depth())) == 0;
}

}  // namespace masks
