#include "labels/project_lock.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <sstream>

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace labels {

namespace {

std::string user_name() {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    return fmt::format("user-{}", geteuid());
}

std::string host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "this-computer";
    return name.data();
}

std::string now_text() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &local);
    return text.data();
}

// "user pid host since", as the holder wrote it.
std::string holder_sentence(int fd, const std::filesystem::path& project) {
    std::array<char, 512> content{};
    const ssize_t size = pread(fd, content.data(), content.size() - 1, 0);
    std::istringstream words(size > 0 ? content.data() : "");
    std::string user, pid, host, since;
    if (!(words >> user >> pid >> host >> since)) {
        return fmt::format("Another program has this project open for writing; it opens read-only here: {}",
                           project.string());
    }
    if (const auto t = since.find('T'); t != std::string::npos) since[t] = ' ';
    return fmt::format(
        "{} has this project open for writing on {} (process {}, since {}); it opens read-only here: {}",
        user, host, pid, since, project.string());
}

bool same_file(int fd, const std::filesystem::path& file) {
    struct stat open_one{}, named_one{};
    return fstat(fd, &open_one) == 0 && stat(file.c_str(), &named_one) == 0 &&
           open_one.st_dev == named_one.st_dev && open_one.st_ino == named_one.st_ino;
}

}  // namespace

base::Result<ProjectLock> ProjectLock::take(const std::filesystem::path& project) {
    ProjectLock lock;
    std::error_code error;  // through symbolic links, so that a project has one lock whatever it is called
    const std::filesystem::path real = std::filesystem::canonical(project, error);
    lock.m_file = (error ? project : real).string() + ".lock";
    for (int attempt = 0; attempt < 100; ++attempt) {
        int fd = open(lock.m_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        // Another user's file, left by a crash, can be locked although it cannot be written.
        if (fd < 0 && errno == EACCES) fd = open(lock.m_file.c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            return base::fail(base::ErrorKind::io,
                              "The project's folder may not be written ({}); it opens read-only here: {}",
                              std::strerror(errno), project.string());
        }
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            base::Error held{base::ErrorKind::refused, holder_sentence(fd, project)};
            close(fd);
            return std::unexpected(std::move(held));
        }
        // Its last holder removes the file: what was locked must still be what others will find under the
        // name.
        if (!same_file(fd, lock.m_file)) {
            close(fd);
            continue;
        }
        lock.m_fd = fd;
        const std::string content =
            fmt::format("{} {} {} {}\n", user_name(), getpid(), host_name(), now_text());
        // Only to be read by people: a full disk does not weaken the lock.
        if (ftruncate(fd, 0) != 0 || pwrite(fd, content.data(), content.size(), 0) < 0) return lock;
        return lock;
    }
    return base::fail(base::ErrorKind::io, "The project's lock file changes all the time; try again: {}",
                      lock.m_file.string());
}

ProjectLock::ProjectLock(ProjectLock&& other) noexcept
    : m_file{std::move(other.m_file)}, m_fd{std::exchange(other.m_fd, -1)} {}

ProjectLock& ProjectLock::operator=(ProjectLock&& other) noexcept {
    std::swap(m_file, other.m_file);
    std::swap(m_fd, other.m_fd);
    return *this;
}

ProjectLock::~ProjectLock() {
    if (m_fd < 0) return;
    unlink(m_file.c_str());
    close(m_fd);
}

}  // namespace labels
