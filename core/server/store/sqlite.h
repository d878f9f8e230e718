// SPDX-License-Identifier: MIT
// SQLite's C interface with owners. Private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace orrery::server {

/// SQLite refused something.
class SqliteError : public std::runtime_error {
public:
    SqliteError(int code, const std::string& message) : std::runtime_error(message), m_code(code) {}
    /// SQLITE_BUSY, SQLITE_CORRUPT ..., without the extended part.
    int code() const { return m_code; }

private:
    int m_code;
};

class Sqlite;

/// A prepared statement. Bound texts and blobs must outlive the step.
class Statement {
public:
    Statement(Sqlite& database, const char* text);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    void bind(int place, int64_t value);
    void bindBlob(int place, std::string_view value);
    /// True for a row, false at the end; then the statement is ready for the next use.
    bool step();
    void run() {
        while (step()) {
        }
    }
    void reset();

    int64_t number(int column) const;
    /// Valid until the next step.
    std::string_view blob(int column) const;

private:
    Sqlite& m_database;
    sqlite3_stmt* m_statement = nullptr;
};

class Sqlite {
public:
    explicit Sqlite(const std::string& path);
    ~Sqlite();
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    void run(const char* text);
    int64_t number(const char* query);
    std::string text(const char* query);
    /// Whether the last one to close folds the log into the file; otherwise both are left as they are.
    void foldOnClose(bool fold);
    bool inTransaction() const;
    bool isReadOnly() const;
    [[noreturn]] void fail() const;

    sqlite3* handle() { return m_handle; }

private:
    sqlite3* m_handle = nullptr;
};

}  // namespace orrery::server
