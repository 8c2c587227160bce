#pragma once
// The project on disk: one SQLite file (docs/project-file.md gives its tables). Used by one thread at a time:
// the store's, or a command's. Nothing here is called by the UI thread.

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "labels/document.h"

struct sqlite3;

namespace labels {

enum class Access { read_only, read_write };

struct LoadedProject {
    State state;
    History history;
};

struct CheckReport {
    std::int64_t events = 0;
    std::vector<std::string> faults;    // empty: clean
    std::vector<std::string> warnings;  // e.g. a medium that is not found
};

class ProjectFile {
public:
    // Errors: refused when something is there already; io.
    [[nodiscard]] static base::Result<ProjectFile> create(const std::filesystem::path& path);
    // Migrates an older schema (read_write: in place after a backup copy beside it; read_only: in memory).
    // Errors: missing, malformed (not a project), unsupported (a newer schema), refused (another window
    // writes it; the sentence says who).
    [[nodiscard]] static base::Result<ProjectFile> open(const std::filesystem::path& path, Access access);
    ProjectFile(ProjectFile&&) noexcept;
    ProjectFile& operator=(ProjectFile&&) noexcept;
    ~ProjectFile();  // checkpoints the WAL, releases the lock

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] Access access() const;

    // The projection, and the history with as many recent edits as fit `edit_bytes`.
    [[nodiscard]] base::Result<LoadedProject> load(std::size_t edit_bytes = 16u << 20);
    // Events and what they change in the projection, in one SQLite transaction: all or nothing, on disk on
    // return.
    [[nodiscard]] base::Result<void> append(std::span<const Event> events);
    // Errors: missing, malformed, refused when tiles of masks that it changed are lost.
    [[nodiscard]] base::Result<std::shared_ptr<const Edit>> edit_of(std::int64_t seq);
    // Newest last. count 0: all. Tiles of masks are without their samples: those that are not of one value
    // are unlabelled.
    [[nodiscard]] base::Result<std::vector<Event>> log(std::int64_t first_seq = 1, std::int64_t count = 0);
    // SQLite's own integrity check, the hash chain, and the projection against a replay of the log.
    [[nodiscard]] base::Result<CheckReport> check();

private:
    struct Impl;
    explicit ProjectFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// Rebuilds a project at `out` from the longest sound prefix of the log of `damaged`, which is not changed.
// Tiles of masks that are lost end nothing: they are unlabelled.
// The sentence says how many events were kept and lost. Errors: refused when `out` exists; malformed when
// nothing can be kept.
[[nodiscard]] base::Result<std::string> repair(const std::filesystem::path& damaged,
                                               const std::filesystem::path& out);

// Where the medium is now: the path relative to the project, the absolute path, then any file beside the
// project (its folder, the folders in it, and the folder the medium was in) whose size and fingerprint agree.
// Errors: missing, with where it looked.
[[nodiscard]] base::Result<std::filesystem::path> locate_media(const Asset& asset,
                                                               const std::filesystem::path& project);
// Of a medium that is no file of its own but a name (of a part of a file, of something on a network).
[[nodiscard]] std::string fingerprint_of_name(const std::string& name);

}  // namespace labels
