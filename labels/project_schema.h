#pragma once
// The tables of a project file, and how older ones become today's. docs/project-file.md describes them for
// everybody.

#include <cstdint>

#include "labels/sqlite.h"

namespace labels {

constexpr std::int64_t k_schema_version = 5;           // PRAGMA user_version
constexpr std::int64_t k_application_id = 0x4C494D4E;  // "LIMN", PRAGMA application_id

// In an empty database.
[[nodiscard]] base::Result<void> create_schema(Database& database);

// The schema version of a project. Errors: malformed when it is none; unsupported when a newer Limn wrote it.
[[nodiscard]] base::Result<std::int64_t> schema_version_of(const Database& database,
                                                           const std::filesystem::path& shown);

// Step by step up to today's version, all in one SQLite transaction.
[[nodiscard]] base::Result<void> migrate_schema(Database& database, std::int64_t from);

}  // namespace labels
