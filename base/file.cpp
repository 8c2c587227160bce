#include "base/file.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace base {

namespace fs = std::filesystem;

static std::unexpected<Error> io_error(const char* what, int error, const fs::path& file) {
    const ErrorKind kind = error == ENOENT ? ErrorKind::missing : ErrorKind::io;
    const char* advice = error == ENOENT   ? "check the name"
                         : error == ENOSPC ? "make room on the disk and try again"
                         : error == EACCES || error == EROFS
                             ? "choose a place you may write to, or ask for the right"
                             : "check the disk";
    return fail(kind, "{} ({}); {}: {}", what, std::strerror(error), advice, file.string());
}

Result<std::string> read_file(const fs::path& file, std::uint64_t max_bytes) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_error("This file cannot be opened", errno, file);
    struct stat status{};
    if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        ::close(fd);
        return fail(ErrorKind::malformed, "This is a folder where a file is needed; name a file: {}",
                    file.string());
    }
    std::string bytes;
    for (;;) {
        constexpr std::size_t k_chunk = 1 << 20;
        const std::size_t old_size = bytes.size();
        bytes.resize(old_size + k_chunk);
        const ssize_t count = ::read(fd, bytes.data() + old_size, k_chunk);
        const int error = errno;
        bytes.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count < 0 && error == EINTR) continue;
        if (count < 0 || bytes.size() > max_bytes) {
            ::close(fd);
            if (count < 0) return io_error("This file cannot be read", error, file);
            return fail(ErrorKind::refused, "This file is larger than the {} bytes such a file may have: {}",
                        max_bytes, file.string());
        }
        if (count == 0) break;
    }
    ::close(fd);
    return bytes;
}

Result<AtomicFile> AtomicFile::create(const fs::path& file) {
    static std::atomic<int> count{0};
    std::error_code ignored;
    AtomicFile atomic{file};
    atomic.m_number = count++;
    if (fs::is_directory(file, ignored))
        return fail(ErrorKind::refused, "There is a folder of this name; name a file: {}", file.string());
    atomic.m_fd = ::open(atomic.temporary().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (atomic.m_fd < 0) return io_error("This file cannot be written", errno, file);
    return atomic;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_file{std::move(other.m_file)},
      m_buffer{std::move(other.m_buffer)},
      m_fd{std::exchange(other.m_fd, -1)},
      m_number{other.m_number},
      m_errno{other.m_errno} {}

AtomicFile::~AtomicFile() {
    if (m_fd < 0) return;
    ::close(m_fd);
    ::unlink(temporary().c_str());
}

fs::path AtomicFile::temporary() const {
    fs::path name = m_file;
    name += "." + std::to_string(::getpid()) + "-" + std::to_string(m_number) + ".part";
    return name;
}

void AtomicFile::write(std::string_view bytes) {
    m_buffer += bytes;
    if (m_buffer.size() >= (1u << 20)) flush();
}

void AtomicFile::flush() {
    std::string_view left = m_buffer;
    while (!left.empty() && m_errno == 0) {
        const ssize_t count = ::write(m_fd, left.data(), left.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) m_errno = errno;
        left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    m_buffer.clear();
}

Result<void> AtomicFile::commit() {
    flush();
    if (m_errno == 0 && ::fsync(m_fd) != 0) m_errno = errno;
    if (m_errno != 0)
        return io_error("This file could not be written whole, so nothing was kept of it", m_errno, m_file);
    if (::rename(temporary().c_str(), m_file.c_str()) != 0)
        return io_error("This file cannot be put in its place", errno, m_file);
    ::close(std::exchange(m_fd, -1));
    return {};
}

static fs::path xdg(const char* variable, const char* below_home) {
    if (const char* set = std::getenv(variable); set != nullptr && *set == '/') return fs::path{set} / "limn";
    const char* home = std::getenv("HOME");
    return fs::path{home != nullptr && *home != 0 ? home : "/tmp"} / below_home / "limn";
}

fs::path cache_dir() { return xdg("XDG_CACHE_HOME", ".cache"); }
fs::path config_dir() { return xdg("XDG_CONFIG_HOME", ".config"); }
fs::path state_dir() { return xdg("XDG_STATE_HOME", ".local/state"); }

}  // namespace base
