#pragma once
// From a path to an open database of today's schema.

#include <filesystem>

#include "labels/project_file.h"
#include "labels/sqlite.h"

namespace labels {

// A folder of our own for the time being; removed with its files.
class ScratchFolder {
public:
    ScratchFolder() = default;
    [[nodiscard]] static base::Result<ScratchFolder> create(const std::filesystem::path& parent);
    ScratchFolder(ScratchFolder&& other) noexcept : m_path{std::exchange(other.m_path, {})} {}
    ScratchFolder& operator=(ScratchFolder&& other) noexcept {
        std::swap(m_path, other.m_path);
        return *this;
    }
    ~ScratchFolder();
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

struct OpenDatabase {
    ScratchFolder scratch;  // holds the copy that is read when the original's folder may not be written
    Database database;      // closed before the folder goes
};

// Appears whole or not at all, and never over something else. Errors: refused, io.
[[nodiscard]] base::Result<void> create_project_file(const std::filesystem::path& path);

// The caller holds the lock when it wants to write. Errors: as ProjectFile::open.
[[nodiscard]] base::Result<OpenDatabase> open_project(const std::filesystem::path& path, Access access);

// Says early and clearly that a file is missing, empty or of another kind.
[[nodiscard]] base::Result<void> looks_like_project(const std::filesystem::path& path);

// The database and its write-ahead log, into `folder`. Returns the copy.
[[nodiscard]] base::Result<std::filesystem::path> copy_project(const std::filesystem::path& path,
                                                               const std::filesystem::path& folder);

// Gives `from` the name `to` unless something has it already; flushed to disk. Errors: refused, io.
[[nodiscard]] base::Result<void> rename_new(const std::filesystem::path& from,
                                            const std::filesystem::path& to);

}  // namespace labels
