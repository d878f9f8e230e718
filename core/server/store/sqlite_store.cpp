// SPDX-License-Identifier: MIT
#include "core/server/store/sqlite_store.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/server/store/log_check.h"
#include "core/server/store/sqlite.h"

namespace orrery::server {
namespace {

using base::ErrorCode;

/// "Orry", in the file's header.
constexpr int32_t kApplicationId = 0x4f727279;
constexpr int kEventBits = 24;
constexpr uint64_t kMostEvents = uint64_t(1) << kEventBits;

constexpr const char* kTables =
    "CREATE TABLE events(id INTEGER PRIMARY KEY, sum INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE TABLE rows(run INTEGER NOT NULL, kind INTEGER NOT NULL, key BLOB NOT NULL, sum INTEGER NOT NULL,"
    " record BLOB NOT NULL, PRIMARY KEY(run, kind, key)) WITHOUT ROWID;";

int64_t eventsId(uint64_t run, int64_t first) { return int64_t(run << kEventBits | uint64_t(first)); }

int64_t sumOfEvents(int64_t id, std::string_view bytes) {
    return int64_t(sumOf(bytes) ^ (uint64_t(id) * 0x9e3779b97f4a7c15ULL));
}

int64_t sumOfRow(uint64_t run, RowKind kind, std::string_view key, std::string_view record) {
    return int64_t(sumOf(record) ^ (sumOf(key) * 3) ^ ((run << 8 | uint64_t(kind)) * 0x9e3779b97f4a7c15ULL));
}

[[noreturn]] void refuse(ErrorCode code, const std::string& path, const std::string& why) {
    throw base::Error(code, fmt::format("{} {}", path, why), {{"file", path}});
}

/// What SQLite says about the file, in words for its owner.
[[noreturn]] void refuse(const std::string& path, const SqliteError& error) {
    switch (error.code()) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            refuse(ErrorCode::Unavailable, path,
                   "is in use by another process. Stop the server that has it open, or give another file.");
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_ERROR:  // what is asked of it is always the same, so it cannot be the question
            refuse(ErrorCode::Unreadable, path,
                   fmt::format("is damaged ({}). It was left as it is; give another file, or put a sound copy in its "
                               "place.",
                               error.what()));
        case SQLITE_FULL: refuse(ErrorCode::Unavailable, path, "cannot be written: the disk is full.");
        default: refuse(ErrorCode::Unavailable, path, fmt::format("cannot be opened or written: {}.", error.what()));
    }
}

[[noreturn]] void refuseAsAnothers(const std::string& path) {
    refuse(ErrorCode::FailedPrecondition, path,
           "is a SQLite file of another program, not of Orrery's server. Give another name.");
}

/// The files that this process has open as stores. To close any descriptor of a file is to lose all locks that the
/// process has on it, so such a file must not even be looked at.
class OpenFiles {
public:
    using Id = std::pair<dev_t, ino_t>;

    static std::optional<Id> idOf(const std::string& path) {
        struct stat found{};
        if (stat(path.c_str(), &found) != 0) return std::nullopt;
        return Id(found.st_dev, found.st_ino);
    }

    /// Held while a file is opened.
    std::mutex mutex;
    std::set<Id> ids;
};

OpenFiles& openFiles() {
    static OpenFiles files;
    return files;
}

/// One of them, until the end of the scope.
class OpenFile {
public:
    ~OpenFile() {
        if (!m_id) return;
        const std::lock_guard lock(openFiles().mutex);
        openFiles().ids.erase(*m_id);
    }
    /// With the mutex held.
    void add(const std::string& path) {
        m_id = OpenFiles::idOf(path);
        if (m_id) openFiles().ids.insert(*m_id);
    }

private:
    std::optional<OpenFiles::Id> m_id;
};

void checkNotOpen(const std::string& path) {
    const auto id = OpenFiles::idOf(path);
    if (!id || !openFiles().ids.contains(*id)) return;
    refuse(ErrorCode::Unavailable, path,
           "is in use by another server of this process. Stop that one, or give another file.");
}

/// Looks at the file before SQLite does, which would take some that are none of ours for its own.
void checkHeader(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        refuse(ErrorCode::InvalidArgument, path, "is a folder. Give the name of a file.");
    }
    std::ifstream file(path, std::ios::binary);
    char header[100] = {};
    file.read(header, sizeof header);
    if (!file.is_open() || file.gcount() == 0) return;
    // A first transaction that never ended is SQLite's to undo; its journal lies beside it.
    const bool blank = std::all_of(std::begin(header), std::end(header), [](char byte) { return byte == 0; });
    if (blank && std::filesystem::exists(path + "-journal", ignored)) return;
    constexpr std::string_view kMagic("SQLite format 3\0", 16);
    if (std::string_view(header, kMagic.size()) != kMagic) {
        refuse(ErrorCode::FailedPrecondition, path, "is not a file of Orrery's server. Give another name.");
    }
    int32_t application = 0;
    for (int i = 0; i < 4; ++i) application = application << 8 | uint8_t(header[68 + i]);
    if (application != kApplicationId) refuseAsAnothers(path);
}

std::string lowerCase(std::string word) {
    for (char& c : word) {
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    }
    return word;
}

bool isPragmaValue(const std::string& name, const std::string& value) {
    // SQLite itself takes any word for some setting.
    if (name == "synchronous") {
        static const std::set<std::string> kLevels = {"off", "normal", "full", "extra", "0", "1", "2", "3"};
        return kLevels.contains(lowerCase(value));
    }
    if (name == "journal_mode") return lowerCase(value) == "wal";
    static const std::set<std::string> kOthers = {"wal_autocheckpoint", "cache_size", "mmap_size", "temp_store",
                                                  "journal_size_limit"};
    constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    return kOthers.contains(name) && !value.empty() && value.size() < 20 &&
           value.find_first_not_of(kPlain) == std::string::npos;
}

std::string pragmaText(const std::string& name, const std::string& value) {
    if (!isPragmaValue(name, value)) {
        throw base::Error(
            ErrorCode::InvalidArgument,
            fmt::format("The SQLite pragma {}={} cannot be set. Those that can: synchronous (off, normal, full or "
                        "extra), wal_autocheckpoint, cache_size, mmap_size, temp_store, journal_size_limit.",
                        name, value));
    }
    return fmt::format("PRAGMA {} = {}", name, value);
}

/// Whether each group is on the disk before the next one is begun.
bool isSynced(const SqliteStore::Pragmas& pragmas) {
    const auto given = pragmas.find("synchronous");
    if (given == pragmas.end()) return true;
    const std::string level = lowerCase(given->second);
    return level != "off" && level != "normal" && level != "0" && level != "1";
}

}  // namespace

const std::vector<Migration>& storeMigrations() {
    static const std::vector<Migration> none;
    return none;
}

class SqliteStore::Impl {
public:
    Impl(std::string givenPath, const Pragmas& pragmas, int givenFormat, std::vector<Migration> givenMigrations)
        : path(std::move(givenPath)), format(givenFormat), migrations(std::move(givenMigrations)) {
        for (const auto& [name, value] : pragmas) settings.push_back(pragmaText(name, value));
        const std::lock_guard lock(openFiles().mutex);
        checkNotOpen(path);
        checkHeader(path);
        if (isSynced(pragmas)) checkLog();
        try {
            open();
            openFile.add(path);
        } catch (const SqliteError& error) {
            refuse(path, error);
        }
    }

    void checkLog() const {
        if (const auto damage = logDamage(path)) refuse(path, SqliteError(SQLITE_CORRUPT, *damage));
    }

    void open() {
        database = std::make_unique<Sqlite>(path);
        database->foldOnClose(false);
        database->run("PRAGMA locking_mode = EXCLUSIVE");
        database->run("PRAGMA trusted_schema = OFF");
        const auto found = int(database->number("PRAGMA user_version"));
        checkOwner(found);
        if (found > format) {
            refuse(ErrorCode::FailedPrecondition, path,
                   fmt::format("was written by a newer Orrery (format {}; this one knows up to {}). Use the newer "
                               "program, or give another file.",
                               found, format));
        }
        if (found == 0) create();
        // Each group is on the disk before its answers leave, so that it outlives a power cut as well.
        database->run("PRAGMA synchronous = FULL");
        for (const std::string& setting : settings) database->run(setting.c_str());
        // Takes the lock now. Rolled back, for SQLite would write a header that is wrong about the file's size anew.
        database->run("BEGIN IMMEDIATE; ROLLBACK");
    }

    /// Once more, of what SQLite makes of file, log and journal, and before anything is written.
    void checkOwner(int version) {
        const auto application = int32_t(database->number("PRAGMA application_id"));
        if (application != kApplicationId && (application != 0 || version != 0)) refuseAsAnothers(path);
        if (version < 0) throw SqliteError(SQLITE_CORRUPT, "its format has a number below zero");
        if (!database->isReadOnly()) return;
        // SQLite opens a file that asks more of writers than it knows, and then every write fails.
        if (access(path.c_str(), W_OK) == 0) throw SqliteError(SQLITE_CORRUPT, "its header forbids to write");
        throw SqliteError(SQLITE_READONLY, "it can only be read");
    }

    /// In the ordinary way with a journal, so that the file's header says at once whose it is.
    void create() {
        database->run("BEGIN EXCLUSIVE");
        if (database->number("SELECT count(*) FROM sqlite_schema") != 0) {
            refuse(ErrorCode::FailedPrecondition, path, "is not a file of Orrery's server. Give another name.");
        }
        database->run(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str());
        database->run(fmt::format("PRAGMA user_version = {}", format).c_str());
        database->run(kTables);
        database->run("COMMIT");
    }

    void migrate() {
        for (auto found = int(database->number("PRAGMA user_version")); found < format; ++found) {
            for (const Migration& migration : migrations) {
                if (migration.from == found) migration.run(*database);
            }
            database->run(fmt::format("PRAGMA user_version = {}", found + 1).c_str());
        }
    }

    void checkWhole() {
        const std::string verdict = database->text("PRAGMA quick_check(1)");
        if (verdict != "ok") throw SqliteError(SQLITE_CORRUPT, verdict);
    }

    void read(StoreReader& reader) {
        Statement events(*database, "SELECT id, sum, bytes FROM events ORDER BY id");
        while (events.step()) {
            const int64_t id = events.number(0);
            if (sumOfEvents(id, events.blob(2)) != events.number(1)) {
                throw SqliteError(SQLITE_CORRUPT, "events of run number " + std::to_string(id >> kEventBits));
            }
            reader.events(uint64_t(id) >> kEventBits, int64_t(uint64_t(id) % kMostEvents), events.blob(2));
        }
        Statement rows(*database, "SELECT run, kind, key, sum, record FROM rows ORDER BY run, kind, key");
        while (rows.step()) {
            const auto run = uint64_t(rows.number(0));
            const auto kind = RowKind(rows.number(1));
            if (sumOfRow(run, kind, rows.blob(2), rows.blob(4)) != rows.number(3)) {
                throw SqliteError(SQLITE_CORRUPT, fmt::format("row of run number {}, kind {}", run, int(kind)));
            }
            reader.row(run, kind, rows.blob(2), rows.blob(4));
        }
        reader.end();
    }

    void load(StoreReader& reader) {
        try {
            database->run("BEGIN IMMEDIATE");
            checkWhole();
            migrate();
            read(reader);
            database->run("COMMIT");
        } catch (...) {
            rollBack();
            throw;
        }
        // Not before: it would be written into a file whose header is damaged there.
        database->run("PRAGMA journal_mode = WAL");
        prepare();
        database->foldOnClose(true);
    }

    void prepare() {
        const auto statement = [this](const char* text) { return std::make_unique<Statement>(*database, text); };
        putRow = statement("INSERT OR REPLACE INTO rows(run, kind, key, sum, record) VALUES(?, ?, ?, ?, ?)");
        dropRow = statement("DELETE FROM rows WHERE run = ? AND kind = ? AND key = ?");
        putEvents = statement("INSERT OR REPLACE INTO events(id, sum, bytes) VALUES(?, ?, ?)");
        dropRows = statement("DELETE FROM rows WHERE run = ?");
        dropEvents = statement("DELETE FROM events WHERE id BETWEEN ? AND ?");
    }

    void write(const Change& change) {
        for (const auto& [where, bytes] : change.events) {
            const int64_t id = eventsId(where.first, where.second);
            putEvents->bind(1, id);
            putEvents->bind(2, sumOfEvents(id, bytes));
            putEvents->bindBlob(3, bytes);
            putEvents->run();
        }
        for (const auto& [key, record] : change.rows) {
            Statement& statement = record ? *putRow : *dropRow;
            statement.bind(1, int64_t(key.run));
            statement.bind(2, int64_t(key.kind));
            statement.bindBlob(3, key.key);
            if (record) {
                statement.bind(4, sumOfRow(key.run, key.kind, key.key, *record));
                statement.bindBlob(5, *record);
            }
            statement.run();
        }
        for (const uint64_t run : change.removedRuns) {
            dropRows->bind(1, int64_t(run));
            dropRows->run();
            dropEvents->bind(1, eventsId(run, 0));
            dropEvents->bind(2, eventsId(run + 1, 0) - 1);
            dropEvents->run();
        }
    }

    void commit(const Change& change) {
        try {
            database->run("BEGIN IMMEDIATE");
            write(change);
            database->run("COMMIT");
        } catch (...) {
            rollBack();
            throw;
        }
    }

    void rollBack() noexcept {
        if (!database->inTransaction()) return;
        try {
            database->run("ROLLBACK");
        } catch (const SqliteError&) {
            // The transaction is gone all the same when the file is opened again.
        }
    }

    const std::string path;
    const int format;
    const std::vector<Migration> migrations;
    std::vector<std::string> settings;
    OpenFile openFile;  // longer than the connection
    std::unique_ptr<Sqlite> database;
    std::unique_ptr<Statement> putRow;
    std::unique_ptr<Statement> dropRow;
    std::unique_ptr<Statement> putEvents;
    std::unique_ptr<Statement> dropRows;
    std::unique_ptr<Statement> dropEvents;
};

SqliteStore::SqliteStore(std::string path, const Pragmas& pragmas, int format, std::vector<Migration> migrations)
    : m_impl(std::make_unique<Impl>(std::move(path), pragmas, format, std::move(migrations))) {}

SqliteStore::~SqliteStore() = default;

void SqliteStore::load(StoreReader& reader) {
    try {
        m_impl->load(reader);
    } catch (const SqliteError& error) {
        refuse(m_impl->path, error);
    } catch (const base::Error& error) {
        if (error.code() != ErrorCode::Unreadable) throw;
        refuse(m_impl->path, SqliteError(SQLITE_CORRUPT, error.what()));
    }
}

void SqliteStore::commit(const Change& change) {
    try {
        m_impl->commit(change);
    } catch (const SqliteError& error) {
        refuse(m_impl->path, error);
    }
}

}  // namespace orrery::server
