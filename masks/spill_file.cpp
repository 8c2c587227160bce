#include "masks/spill_file.h"

#include <cerrno>
#include <map>
#include <mutex>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

namespace masks {

namespace {

constexpr std::size_t k_unit = 512;  // places are multiples of it, so that one is of use to the next tile

std::size_t rounded(std::size_t size) { return (size + k_unit - 1) / k_unit * k_unit; }

std::string error_text() { return std::generic_category().message(errno); }

// All of it by as many calls of pread or pwrite as it takes.
template <class Byte, class Call>
bool whole(Call call, int fd, std::span<Byte> bytes, std::int64_t offset) {
    while (!bytes.empty()) {
        const ssize_t done = call(fd, bytes.data(), bytes.size(), offset);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        offset += done;
    }
    return true;
}

class File {
public:
    File() {
        std::error_code ignored;
        std::filesystem::create_directories(base::cache_dir(), ignored);
        m_fd = ::open(base::cache_dir().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (m_fd < 0) fail();
    }
    [[nodiscard]] int fd() const { return m_fd; }

    std::int64_t take(std::size_t size) {  // -1: none
        const std::lock_guard lock{m_mutex};
        if (m_failed) return -1;
        std::vector<std::int64_t>& free = m_free[rounded(size)];
        if (free.empty()) {
            const std::int64_t offset = m_end;
            m_end += static_cast<std::int64_t>(rounded(size));
            return offset;
        }
        const std::int64_t offset = free.back();
        free.pop_back();
        return offset;
    }
    void give_back(std::int64_t offset, std::size_t size) {
        const std::lock_guard lock{m_mutex};
        m_free[rounded(size)].push_back(offset);
    }
    void fail() {
        const std::lock_guard lock{m_mutex};
        if (!m_failed)
            base::log(base::LogLevel::warning,
                      "masks stay in memory, since no room was found for them in the cache ({}): {}",
                      error_text(), base::cache_dir().string());
        m_failed = true;
    }
    std::int64_t bytes() {
        const std::lock_guard lock{m_mutex};
        return m_end;
    }

private:
    int m_fd = -1;
    std::mutex m_mutex;                                       // leaf; guards what follows
    std::map<std::size_t, std::vector<std::int64_t>> m_free;  // by size
    std::int64_t m_end = 0;
    bool m_failed = false;
};

// Made when it is first needed; never closed, since tiles of any life may still lie in it.
File& file() {
    static File* const the_file = new File;
    return *the_file;
}

}  // namespace

Spilled::~Spilled() { file().give_back(m_offset, m_size); }

std::shared_ptr<const std::vector<std::byte>> Spilled::read() const {
    auto bytes = std::make_shared<std::vector<std::byte>>(m_size);
    if (whole(::pread, file().fd(), std::span{*bytes}, m_offset)) return bytes;
    base::log(base::LogLevel::error, "a tile of a mask could not be read back from the cache ({}): {}",
              error_text(), base::cache_dir().string());
    return nullptr;
}

std::unique_ptr<Spilled> spill(std::span<const std::byte> bytes) {
    const std::int64_t offset = file().take(bytes.size());
    if (offset < 0) return nullptr;
    auto spilled = std::make_unique<Spilled>(offset, bytes.size());
    if (whole(::pwrite, file().fd(), bytes, offset)) return spilled;
    file().fail();
    return nullptr;
}

std::int64_t spilled_file_bytes() { return file().bytes(); }

}  // namespace masks
