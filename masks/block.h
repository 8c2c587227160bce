#pragma once
// The samples of one tile of a mask: 256 × 256, immutable once shared, in memory as samples, packed with
// zstd, or both; packed alone also in a file, where there are many.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "masks/spill_file.h"

namespace masks {

constexpr int k_tile_px = 256;                        // a side
constexpr std::size_t k_tile_samples = 256 * 256;     // row by row
enum class Depth : std::uint8_t { u8 = 1, u16 = 2 };  // the value is the bytes a sample
using Value = std::uint16_t;                          // 0: unlabelled

class Block;
using BlockPtr = std::shared_ptr<const Block>;
using Bytes = std::vector<std::byte>;
using SamplesPtr = std::shared_ptr<const std::byte[]>;  // k_tile_samples of the block's depth

// Safe to read from several threads at once. Written to only through Plane, and only while nobody else holds
// it.
class Block {
public:
    static std::shared_ptr<Block> filled(Depth depth, Value value);
    // Samples of the depth, k_tile_samples of them.
    static std::shared_ptr<Block> of(Depth depth, std::span<const std::byte> samples);
    // One zstd frame of k_tile_samples samples of either depth, as `packed` gives it; not unpacked yet.
    // Errors: malformed when its header says that it holds anything else.
    static base::Result<BlockPtr> of_packed(Bytes packed);
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;

    [[nodiscard]] Depth depth() const { return m_depth; }
    // Unpacked when need be, and then kept unless there are too many already. What is damaged inside reads as
    // 0.
    [[nodiscard]] SamplesPtr samples() const;
    [[nodiscard]] Value at(std::size_t place) const;
    // Packed when need be, and then kept; read back where it was spilled.
    [[nodiscard]] std::shared_ptr<const Bytes> packed() const;
    [[nodiscard]] base::Sha256 hash() const;  // of packed()
    // Keeps the packed form alone: memory of a hundredth, or none where all blocks together have more of it
    // than they should (256 MiB). True when it freed something.
    bool let_go_of_samples() const;
    [[nodiscard]] std::size_t bytes() const;  // of memory, now
    // Of the samples of all blocks there are: what a budget is for.
    [[nodiscard]] static std::int64_t samples_in_memory_bytes();
    // Whether that is more than the limit (1 GiB): what goes through a whole medium then keeps samples packed
    // that it is done with.
    [[nodiscard]] static bool too_many_samples();
    [[nodiscard]] static std::int64_t packed_in_memory_bytes();  // likewise, of what is packed
    static void limit_samples(std::int64_t bytes);               // for tests
    static void limit_packed(std::int64_t bytes);                // for tests

    [[nodiscard]] std::shared_ptr<Block> copy() const;
    [[nodiscard]] std::span<std::byte> write();  // forgets the packed form; only while nobody else holds it

private:
    explicit Block(Depth depth) : m_depth{depth} {}
    // While m_mutex is held:
    [[nodiscard]] std::shared_ptr<std::byte[]> unpacked() const;
    [[nodiscard]] std::shared_ptr<const Bytes> pack() const;
    bool spill_packed() const;
    const Depth m_depth;
    mutable std::mutex m_mutex;  // leaf; guards what follows
    mutable std::shared_ptr<std::byte[]> m_samples;
    mutable std::shared_ptr<const Bytes> m_packed;
    mutable std::unique_ptr<Spilled> m_spilled;  // in place of m_packed
    mutable std::optional<base::Sha256> m_hash;
};

// Whether they hold the same samples.
[[nodiscard]] bool same_samples(const Block& a, const Block& b);

}  // namespace masks
