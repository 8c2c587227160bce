#include "labels/project_open.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"
#include "labels/project_schema.h"

namespace labels {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

fs::path with_suffix(const fs::path& path, std::string_view suffix) {
    return path.string() + std::string(suffix);
}

void flush_to_disk(const fs::path& path, int flags) {
    const int fd = open(path.c_str(), flags | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

fs::path folder_of(const fs::path& path) {
    const fs::path parent = path.parent_path();
    return parent.empty() ? fs::path(".") : parent;
}

base::Result<void> write_meta(Database& database) {
    auto insert = database.prepare("INSERT INTO meta VALUES (?1, ?2)");
    if (!insert) return std::unexpected(insert.error());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::string created =
        fmt::format("{}", std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    const std::string id = base::to_string(base::new_uuid());
    using Pair = std::pair<std::string_view, std::string_view>;
    for (const auto& [key, value] :
         {Pair{"project_id", id}, Pair{"created_us", created}, Pair{"created_by", "limn"}}) {
        insert->bind(1, key).bind(2, value);
        if (auto done = insert->run(); !done) return done;
    }
    return {};
}

base::Result<void> fill_new(const fs::path& temporary, const fs::path& shown) {
    auto database = Database::open(temporary, Database::Mode::create, shown);
    if (!database) return std::unexpected(database.error());
    if (auto done = create_schema(*database); !done) return done;
    if (auto done = write_meta(*database); !done) return done;
    return database->run("PRAGMA journal_mode = WAL");
}

base::Result<void> prepare_for_writing(Database& database, const fs::path& path) {
    if (sqlite3_db_readonly(database.handle(), "main") != 0) {
        return base::fail(ErrorKind::io, "The project file may not be written; it opens read-only here: {}",
                          path.string());
    }
    // FULL: what is committed survives a power cut. The WAL lets other programs read meanwhile.
    return database.run(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;"
        "PRAGMA cache_size = -65536; PRAGMA cell_size_check = ON;");
}

// A copy of the project as it was, which a migration leaves beside it.
base::Result<void> keep_backup(const Database& database, const fs::path& path, std::int64_t version) {
    fs::path backup = with_suffix(path, fmt::format(".schema-{}.backup", version));
    for (int n = 2; fs::exists(backup); ++n)
        backup = with_suffix(path, fmt::format(".schema-{}.backup-{}", version, n));
    const fs::path temporary = with_suffix(backup, ".part");
    std::error_code ignored;
    fs::remove(temporary, ignored);
    {
        auto copy = Database::open(temporary, Database::Mode::create, backup);
        if (!copy) return std::unexpected(copy.error());
        if (auto done = database.copy_to(*copy); !done) return done;
    }
    return rename_new(temporary, backup);
}

base::Result<OpenDatabase> open_for_writing(const fs::path& path) {
    auto database = Database::open(path, Database::Mode::read_write);
    if (!database) return std::unexpected(database.error());
    auto version = schema_version_of(*database, path);
    if (!version) return std::unexpected(version.error());
    if (auto ready = prepare_for_writing(*database, path); !ready) return std::unexpected(ready.error());
    if (*version < k_schema_version) {
        if (auto kept = keep_backup(*database, path, *version); !kept) return std::unexpected(kept.error());
        if (auto done = migrate_schema(*database, *version); !done) return std::unexpected(done.error());
    }
    return OpenDatabase{{}, std::move(*database)};
}

base::Result<Database> open_and_look(const fs::path& path, Database::Mode mode, const fs::path& shown) {
    auto database = Database::open(path, mode, shown);
    if (!database) return database;
    if (auto tables = database->integer("SELECT count(*) FROM sqlite_master"); !tables) {
        return std::unexpected(tables.error());
    }
    return database;
}

// SQLite wants to write its shared-memory file even to read. Where it may not, a file without a write-ahead
// log can be taken as it is, since nobody can be writing it; one with a log is read in a copy.
base::Result<OpenDatabase> open_where_nothing_may_be_written(const fs::path& path) {
    std::error_code missing;
    const auto wal_size = fs::file_size(with_suffix(path, "-wal"), missing);
    if (missing || wal_size == 0) {
        auto database = open_and_look(path, Database::Mode::immutable, path);
        if (!database) return std::unexpected(database.error());
        return OpenDatabase{{}, std::move(*database)};
    }
    auto scratch = ScratchFolder::create(fs::temp_directory_path());
    if (!scratch) return std::unexpected(scratch.error());
    auto copy = copy_project(path, scratch->path());
    if (!copy) return std::unexpected(copy.error());
    auto database = open_and_look(*copy, Database::Mode::read_write, path);
    if (!database) return std::unexpected(database.error());
    return OpenDatabase{std::move(*scratch), std::move(*database)};
}

base::Result<OpenDatabase> open_for_reading(const fs::path& path) {
    auto live = open_and_look(path, Database::Mode::read_only, path);
    auto opened = live ? base::Result<OpenDatabase>(OpenDatabase{{}, std::move(*live)})
                  : live.error().kind == ErrorKind::io
                      ? open_where_nothing_may_be_written(path)
                      : base::Result<OpenDatabase>(std::unexpected(live.error()));
    if (!opened) return opened;
    auto version = schema_version_of(opened->database, path);
    if (!version) return std::unexpected(version.error());
    if (*version == k_schema_version) return opened;
    auto today = Database::in_memory(path);
    if (!today) return std::unexpected(today.error());
    if (auto done = opened->database.copy_to(*today); !done) return std::unexpected(done.error());
    if (auto done = migrate_schema(*today, *version); !done) return std::unexpected(done.error());
    return OpenDatabase{{}, std::move(*today)};
}

}  // namespace

base::Result<ScratchFolder> ScratchFolder::create(const fs::path& parent) {
    std::string pattern = (parent / "limn-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        return base::fail(ErrorKind::io, "No temporary folder could be made ({}): {}", std::strerror(errno),
                          parent.string());
    }
    ScratchFolder folder;
    folder.m_path = pattern;
    return folder;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!m_path.empty()) fs::remove_all(m_path, ignored);
}

base::Result<void> rename_new(const fs::path& from, const fs::path& to) {
    flush_to_disk(from, O_RDWR);
    // link refuses to replace; the few file systems without hard links get a rename after a look.
    if (link(from.c_str(), to.c_str()) == 0) {
        unlink(from.c_str());
    } else if (errno == EEXIST || fs::exists(to)) {
        unlink(from.c_str());
        return base::fail(ErrorKind::refused, "There is a file of this name already; choose another: {}",
                          to.string());
    } else if (std::rename(from.c_str(), to.c_str()) != 0) {
        const int error = errno;
        unlink(from.c_str());
        return base::fail(ErrorKind::io, "The file could not be made ({}): {}", std::strerror(error),
                          to.string());
    }
    flush_to_disk(folder_of(to), O_RDONLY | O_DIRECTORY);
    return {};
}

base::Result<void> create_project_file(const fs::path& path) {
    std::error_code ignored;
    // A write-ahead log that waits under this name would be played into the new file.
    for (const std::string_view suffix : {"", "-wal", "-journal"}) {
        const fs::path there = with_suffix(path, suffix);
        if (!fs::exists(fs::symlink_status(there, ignored))) continue;
        return base::fail(ErrorKind::refused, "There is a file of this name already; choose another: {}",
                          there.string());
    }
    if (!fs::is_directory(folder_of(path), ignored)) {
        return base::fail(ErrorKind::missing, "There is no such folder; make it first: {}",
                          folder_of(path).string());
    }
    const fs::path temporary = with_suffix(path, fmt::format(".new-{}", getpid()));
    fs::remove(temporary, ignored);
    if (auto done = fill_new(temporary, path); !done) {
        for (const std::string_view suffix : {"", "-wal", "-shm", "-journal"})
            fs::remove(with_suffix(temporary, suffix), ignored);
        return done;
    }
    return rename_new(temporary, path);
}

base::Result<void> looks_like_project(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        return base::fail(ErrorKind::missing, "There is no project here; check the name: {}", path.string());
    if (!fs::is_regular_file(status))
        return base::fail(ErrorKind::malformed, "This is no file and so no project: {}", path.string());
    std::ifstream file(path, std::ios::binary);
    std::array<char, 16> magic{};
    file.read(magic.data(), magic.size());
    if (!file.is_open())
        return base::fail(ErrorKind::io, "The file may not be read; change its permissions: {}",
                          path.string());
    if (file.gcount() == 0)
        return base::fail(ErrorKind::malformed, "The file is empty and so no project: {}", path.string());
    if (std::memcmp(magic.data(), "SQLite format 3", 16) != 0) {
        return base::fail(ErrorKind::malformed, "This is no Limn project: {}", path.string());
    }
    return {};
}

base::Result<fs::path> copy_project(const fs::path& path, const fs::path& folder) {
    const fs::path copy = folder / "project.limn";
    std::error_code error;
    fs::copy_file(path, copy, error);
    const fs::path wal = with_suffix(path, "-wal");
    if (std::error_code ignored; !error && fs::exists(wal, ignored))
        fs::copy_file(wal, with_suffix(copy, "-wal"), error);
    if (error)
        return base::fail(ErrorKind::io, "The project could not be copied ({}): {}", error.message(),
                          path.string());
    fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write, error);
    fs::permissions(with_suffix(copy, "-wal"), fs::perms::owner_read | fs::perms::owner_write, error);
    return copy;
}

base::Result<OpenDatabase> open_project(const fs::path& path, Access access) {
    if (auto looks = looks_like_project(path); !looks) return std::unexpected(looks.error());
    return access == Access::read_write ? open_for_writing(path) : open_for_reading(path);
}

}  // namespace labels
