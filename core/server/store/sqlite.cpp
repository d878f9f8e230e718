// SPDX-License-Identifier: MIT
#include "core/server/store/sqlite.h"

#include <sqlite3.h>

namespace orrery::server {

Statement::Statement(Sqlite& database, const char* text) : m_database(database) {
    if (sqlite3_prepare_v3(database.handle(), text, -1, SQLITE_PREPARE_PERSISTENT, &m_statement, nullptr) !=
        SQLITE_OK) {
        database.fail();
    }
}

Statement::~Statement() { sqlite3_finalize(m_statement); }

void Statement::bind(int place, int64_t value) { sqlite3_bind_int64(m_statement, place, value); }

void Statement::bindBlob(int place, std::string_view value) {
    // A null pointer would be NULL instead of an empty blob.
    const char* data = value.data() == nullptr ? "" : value.data();
    sqlite3_bind_blob64(m_statement, place, data, value.size(), SQLITE_STATIC);
}

bool Statement::step() {
    const int result = sqlite3_step(m_statement);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) {
        reset();
        return false;
    }
    // The message is gone once the statement is reset.
    const SqliteError error(sqlite3_errcode(m_database.handle()) & 0xff, sqlite3_errmsg(m_database.handle()));
    reset();
    throw error;
}

void Statement::reset() { sqlite3_reset(m_statement); }

int64_t Statement::number(int column) const { return sqlite3_column_int64(m_statement, column); }

std::string_view Statement::blob(int column) const {
    const void* data = sqlite3_column_blob(m_statement, column);
    const int size = sqlite3_column_bytes(m_statement, column);
    return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), size_t(size));
}

Sqlite::Sqlite(const std::string& path) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &m_handle, flags, nullptr) == SQLITE_OK) return;
    const SqliteError error(sqlite3_errcode(m_handle) & 0xff, sqlite3_errmsg(m_handle));
    sqlite3_close(m_handle);
    throw error;
}

Sqlite::~Sqlite() { sqlite3_close(m_handle); }

void Sqlite::run(const char* text) {
    if (sqlite3_exec(m_handle, text, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

int64_t Sqlite::number(const char* query) {
    Statement statement(*this, query);
    return statement.step() ? statement.number(0) : 0;
}

std::string Sqlite::text(const char* query) {
    Statement statement(*this, query);
    return statement.step() ? std::string(statement.blob(0)) : std::string();
}

void Sqlite::foldOnClose(bool fold) {
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, fold ? 0 : 1, nullptr);
}

bool Sqlite::inTransaction() const { return sqlite3_get_autocommit(m_handle) == 0; }

bool Sqlite::isReadOnly() const { return sqlite3_db_readonly(m_handle, "main") == 1; }

void Sqlite::fail() const { throw SqliteError(sqlite3_errcode(m_handle) & 0xff, sqlite3_errmsg(m_handle)); }

}  // namespace orrery::server
