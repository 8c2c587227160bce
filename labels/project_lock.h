#pragma once
// One writer at a time: PROJECT.limn.lock beside the project, held with flock(2) while a process writes. The
// kernel lets go of it when the process dies, however it dies.

#include <filesystem>

#include "base/result.h"

namespace labels {

class ProjectLock {
public:
    ProjectLock() = default;
    // Errors: refused, saying who holds it; io when the lock file cannot be made.
    [[nodiscard]] static base::Result<ProjectLock> take(const std::filesystem::path& project);
    ProjectLock(ProjectLock&& other) noexcept;
    ProjectLock& operator=(ProjectLock&& other) noexcept;
    ~ProjectLock();  // removes the file and lets go

private:
    std::filesystem::path m_file;
    int m_fd = -1;
};

}  // namespace labels
