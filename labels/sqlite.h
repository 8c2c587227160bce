#pragma once
// SQLite with owners and Results. Used only inside the project file.

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "base/result.h"

namespace labels {

// What SQLite's answer means to the user: a full disk, a damaged file, a file that may not be written, …
[[nodiscard]] base::Error sqlite_error(sqlite3* db, int code, const std::filesystem::path& path);

// A prepared statement. Values are bound from 1 and read from 0, as in SQLite.
class Statement {
public:
    Statement() = default;
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement() { sqlite3_finalize(m_statement); }

    // The text and the bytes must live until the next step or reset.
    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, double value);
    Statement& bind(int at, std::string_view text);
    Statement& bind(int at, std::span<const std::uint8_t> bytes);
    Statement& bind_null(int at);

    // True: a row is there. False: done, and reset for the next use. Errors: as sqlite_error.
    [[nodiscard]] base::Result<bool> step();
    [[nodiscard]] base::Result<void> run();  // for statements without rows
    void reset();

    [[nodiscard]] int type(int column) const { return sqlite3_column_type(m_statement, column); }
    [[nodiscard]] bool is_null(int column) const { return type(column) == SQLITE_NULL; }
    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(m_statement, column); }
    [[nodiscard]] double real(int column) const { return sqlite3_column_double(m_statement, column); }
    [[nodiscard]] std::string_view text(int column) const;  // until the next step
    [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const;

private:
    friend class Database;
    sqlite3_stmt* m_statement = nullptr;
    const std::filesystem::path* m_path = nullptr;  // the database's
};

class Database {
public:
    enum class Mode { read_only, read_write, create, immutable };

    // `shown` is the path errors speak of, when it is not the one that is opened.
    [[nodiscard]] static base::Result<Database> open(const std::filesystem::path& path, Mode mode,
                                                     const std::filesystem::path& shown = {});
    [[nodiscard]] static base::Result<Database> in_memory(const std::filesystem::path& shown);
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    [[nodiscard]] base::Result<void> run(const char* sql);  // one statement or several
    [[nodiscard]] base::Result<Statement> prepare(std::string_view sql) const;
    [[nodiscard]] base::Result<std::int64_t> integer(
        std::string_view sql) const;  // the first value of the first row
    [[nodiscard]] base::Result<void> copy_to(Database& other) const;
    [[nodiscard]] sqlite3* handle() const { return m_db; }

private:
    Database(sqlite3* db, std::filesystem::path shown);
    sqlite3* m_db = nullptr;
    std::unique_ptr<std::filesystem::path> m_shown;  // statements point to it
};

// Rolls back unless committed.
class SqlTransaction {
public:
    [[nodiscard]] static base::Result<SqlTransaction> begin(Database& database,
                                                            const char* how = "BEGIN IMMEDIATE");
    SqlTransaction(SqlTransaction&& other) noexcept : m_database{std::exchange(other.m_database, nullptr)} {}
    SqlTransaction& operator=(SqlTransaction&&) = delete;
    ~SqlTransaction();
    [[nodiscard]] base::Result<void> commit();

private:
    explicit SqlTransaction(Database& database) : m_database{&database} {}
    Database* m_database;
};

}  // namespace labels
