#include "labels/sqlite.h"

#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

namespace labels {

namespace {

using base::ErrorKind;

bool is_no_room(int code, int system_errno) {
    if (code == SQLITE_FULL) return true;
    return code == SQLITE_IOERR &&
           (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG);
}

// Why the operating system refused. SQLite forgets it on the way out of some calls; the files themselves
// remember.
int last_system_errno(sqlite3* db) {
    if (db == nullptr) return 0;
    int error = sqlite3_system_errno(db);
    for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
        sqlite3_file* file = nullptr;
        if (error != 0 || sqlite3_file_control(db, "main", which, &file) != SQLITE_OK) continue;
        if (file == nullptr || file->pMethods == nullptr) continue;
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
    }
    return error;
}

std::string percent_encoded(const std::string& path) {
    std::string encoded;
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            encoded += c;
        }
    }
    return encoded;
}

std::string uri_of(const std::filesystem::path& path, Database::Mode mode) {
    const std::string_view query = mode == Database::Mode::immutable ? "?immutable=1" : "";
    return fmt::format("file:{}{}", percent_encoded(std::filesystem::absolute(path).string()), query);
}

int flags_of(Database::Mode mode) {
    constexpr int k_common = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    switch (mode) {
        case Database::Mode::create:
            return k_common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        case Database::Mode::read_write:
            return k_common | SQLITE_OPEN_READWRITE;
        default:
            return k_common | SQLITE_OPEN_READONLY;
    }
}

}  // namespace

base::Error sqlite_error(sqlite3* db, int code, const std::filesystem::path& path) {
    const int primary = code & 0xFF;
    const int system_errno =
        primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN ? last_system_errno(db) : 0;
    const std::string shown = path.string();
    if (is_no_room(primary, system_errno)) {
        return {ErrorKind::io, fmt::format("The disk is full; make room and try again: {}", shown)};
    }
    switch (primary) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {ErrorKind::malformed,
                    fmt::format("The project file is damaged ({}); recover it with limn check --repair: {}",
                                sqlite3_errstr(code), shown)};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorKind::io,
                    fmt::format("Another program keeps the file locked; close it and try again: {}", shown)};
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return {
                ErrorKind::io,
                fmt::format("The file or its folder may not be written; change its permissions: {}", shown)};
        case SQLITE_CANTOPEN:
            return {ErrorKind::io,
                    fmt::format("The file could not be opened ({}): {}",
                                system_errno != 0 ? std::strerror(system_errno) : "no reason given", shown)};
        case SQLITE_IOERR:
            return {
                ErrorKind::io,
                fmt::format("The disk could not be read or written ({}); check it: {}",
                            system_errno != 0 ? std::strerror(system_errno) : sqlite3_errstr(code), shown)};
        case SQLITE_NOMEM:
            return {ErrorKind::io, fmt::format("There is not enough memory for this project: {}", shown)};
        default:
            break;
    }
    // What is left is a table or a column that is not as it should be.
    return {
        ErrorKind::malformed,
        fmt::format("The project file is not as Limn writes it ({}); recover it with limn check --repair: {}",
                    db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code), shown)};
}

Statement::Statement(Statement&& other) noexcept
    : m_statement{std::exchange(other.m_statement, nullptr)}, m_path{other.m_path} {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(m_statement, other.m_statement);
    std::swap(m_path, other.m_path);
    return *this;
}

// Binding fails only for our own mistakes and for values beyond SQLite's limit of a billion bytes; a
// parameter that could not be bound would be NULL, which the tables' NOT NULL refuse.
Statement& Statement::bind(int at, std::int64_t value) {
    sqlite3_bind_int64(m_statement, at, value);
    return *this;
}
Statement& Statement::bind(int at, double value) {
    sqlite3_bind_double(m_statement, at, value);
    return *this;
}
Statement& Statement::bind(int at, std::string_view text) {
    sqlite3_bind_text64(m_statement, at, text.data() != nullptr ? text.data() : "", text.size(),
                        SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}
Statement& Statement::bind(int at, std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) {
        sqlite3_bind_zeroblob(m_statement, at, 0);
    } else {
        sqlite3_bind_blob64(m_statement, at, bytes.data(), bytes.size(), SQLITE_STATIC);
    }
    return *this;
}
Statement& Statement::bind_null(int at) {
    sqlite3_bind_null(m_statement, at);
    return *this;
}

base::Result<bool> Statement::step() {
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        sqlite3_reset(m_statement);
        return false;
    }
    base::Error error = sqlite_error(sqlite3_db_handle(m_statement), code, *m_path);
    sqlite3_reset(m_statement);
    return std::unexpected(std::move(error));
}

base::Result<void> Statement::run() {
    auto row = step();
    while (row && *row) row = step();
    if (!row) return std::unexpected(row.error());
    return {};
}

void Statement::reset() { sqlite3_reset(m_statement); }

std::string_view Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

std::span<const std::uint8_t> Statement::bytes(int column) const {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(m_statement, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

Database::Database(sqlite3* db, std::filesystem::path shown)
    : m_db{db}, m_shown{std::make_unique<std::filesystem::path>(std::move(shown))} {}

Database::Database(Database&& other) noexcept
    : m_db{std::exchange(other.m_db, nullptr)}, m_shown{std::move(other.m_shown)} {}

Database& Database::operator=(Database&& other) noexcept {
    std::swap(m_db, other.m_db);
    std::swap(m_shown, other.m_shown);
    return *this;
}

Database::~Database() { sqlite3_close_v2(m_db); }

base::Result<Database> Database::open(const std::filesystem::path& path, Mode mode,
                                      const std::filesystem::path& shown) {
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(uri_of(path, mode).c_str(), &db, flags_of(mode), nullptr);
    Database database(db, shown.empty() ? path : shown);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(db, code, *database.m_shown));
    sqlite3_busy_timeout(db, 5000);
    // The file may come from anybody: nothing in its schema is trusted to run.
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    return database;
}

base::Result<Database> Database::in_memory(const std::filesystem::path& shown) {
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(db, shown);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(db, code, shown));
    return database;
}

base::Result<void> Database::run(const char* sql) {
    const int code = sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(m_db, code, *m_shown));
    return {};
}

base::Result<Statement> Database::prepare(std::string_view sql) const {
    Statement statement;
    statement.m_path = m_shown.get();
    const int code = sqlite3_prepare_v3(m_db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement.m_statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(m_db, code, *m_shown));
    return statement;
}

base::Result<std::int64_t> Database::integer(std::string_view sql) const {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    return *row ? statement->integer(0) : 0;
}

base::Result<void> Database::copy_to(Database& other) const {
    sqlite3_backup* backup = sqlite3_backup_init(other.m_db, "main", m_db, "main");
    if (backup == nullptr)
        return std::unexpected(sqlite_error(other.m_db, sqlite3_errcode(other.m_db), *other.m_shown));
    sqlite3_backup_step(backup, -1);
    const int code = sqlite3_backup_finish(backup);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(other.m_db, code, *other.m_shown));
    return {};
}

base::Result<SqlTransaction> SqlTransaction::begin(Database& database, const char* how) {
    if (auto begun = database.run(how); !begun) return std::unexpected(begun.error());
    return SqlTransaction(database);
}

base::Result<void> SqlTransaction::commit() {
    if (auto done = m_database->run("COMMIT"); !done) return done;
    m_database = nullptr;
    return {};
}

SqlTransaction::~SqlTransaction() {
    // Some errors have rolled back already.
    if (m_database != nullptr && sqlite3_get_autocommit(m_database->handle()) == 0)
        (void)m_database->run("ROLLBACK");
}

}  // namespace labels
