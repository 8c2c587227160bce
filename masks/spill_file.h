#pragma once
// Where packed tiles go that are too many for memory: a file in the cache folder that has no name, so that it
// is gone with the program, however that ends.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace masks {

// A place in the file; given back when it is let go of.
class Spilled {
public:
    Spilled(std::int64_t offset, std::size_t size) : m_offset{offset}, m_size{size} {}
    Spilled(const Spilled&) = delete;
    Spilled& operator=(const Spilled&) = delete;
    ~Spilled();
    // Null when the disk fails, which is logged.
    [[nodiscard]] std::shared_ptr<const std::vector<std::byte>> read() const;

private:
    const std::int64_t m_offset;
    const std::size_t m_size;
};

// Any thread. Null when there is no room for it or no such folder, which is logged once: it then stays in
// memory.
[[nodiscard]] std::unique_ptr<Spilled> spill(std::span<const std::byte> bytes);
// Of the file, as far as it has been written to.
[[nodiscard]] std::int64_t spilled_file_bytes();

}  // namespace masks
