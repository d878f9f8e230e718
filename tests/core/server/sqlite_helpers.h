// SPDX-License-Identifier: MIT
// What the tests of the store's file have in common.
#pragma once

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMap>
#include <QTemporaryDir>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/server/store/sqlite_store.h"
#include "tests/core/server/refusal.h"
#include "tests/support/rows_store.h"

namespace orrery::test {

/// Collects what a store loads.
class Reader final : public server::StoreReader {
public:
    explicit Reader(Rows& rows) : m_rows(rows) {}
    void events(uint64_t run, int64_t first, std::string_view bytes) override {
        m_rows.events.emplace(std::pair(run, first), bytes);
    }
    void row(uint64_t run, server::RowKind kind, std::string_view key, std::string_view record) override {
        m_rows.rows.emplace(server::RowKey{run, kind, std::string(key)}, record);
    }

private:
    Rows& m_rows;
};

inline Rows contentOf(server::SqliteStore& store) {
    Rows rows;
    Reader reader(rows);
    store.load(reader);
    return rows;
}

inline Rows contentOf(const std::string& path) {
    server::SqliteStore store(path);
    return contentOf(store);
}

/// Two rows and an event of a run.
inline server::Change changeOf(uint64_t run, const std::string& text, int64_t first = 1) {
    server::Change change;
    change.rows[{run, server::RowKind::RunState, {}}] = text;
    change.rows[{run, server::RowKind::Timer, "t"}] = text + text;
    change.events[{run, first}] = text + "!";
    return change;
}

/// Names and contents of all files in the folder, but for SQLite's shared memory.
inline QMap<QString, QByteArray> filesOf(const QString& folder) {
    QMap<QString, QByteArray> files;
    for (const QString& name : QDir(folder).entryList(QDir::Files)) {
        QFile file(QDir(folder).filePath(name));
        if (name.endsWith(QLatin1String("-shm")) || !file.open(QIODevice::ReadOnly)) continue;
        if (name.endsWith(QLatin1String("-wal")) && file.size() == 0) continue;
        files.insert(name, QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256));
    }
    return files;
}

struct Folder {
    QTemporaryDir folder;
    QString text(const char* name = "orrery.db") const { return folder.filePath(QString::fromLatin1(name)); }
    std::string path(const char* name = "orrery.db") const { return text(name).toStdString(); }
};

/// A file with some runs in it, closed in order.
inline void fill(const std::string& path, int runs = 200) {
    server::SqliteStore store(path, {{"synchronous", "off"}});
    contentOf(store);
    for (int i = 1; i <= runs; ++i) store.commit(changeOf(uint64_t(i), "record of run number " + std::to_string(i)));
}

/// Turns every bit of one byte round.
inline void flip(const QString& path, qint64 place) {
    QFile file(path);
    char byte = 0;
    if (!file.open(QIODevice::ReadWrite) || !file.seek(place) || file.read(&byte, 1) != 1) qFatal("no such byte");
    byte = char(~byte);
    file.seek(place);
    file.write(&byte, 1);
}

/// All but SQLite's shared memory. Not of files that this process has open as stores and goes on using.
inline void copyFiles(const Folder& from, const Folder& to) {
    for (const QString& name : QDir(from.folder.path()).entryList(QDir::Files)) {
        if (name.endsWith(QLatin1String("-shm"))) continue;
        // Unlike Qt's this one does not wait for the disk.
        std::filesystem::copy_file(from.folder.filePath(name).toStdString(), to.folder.filePath(name).toStdString());
    }
}

/// Writes so many more runs, each a group of its own, to what a crash then leaves: nothing is folded into the file.
/// Gives the size of the log.
inline qint64 crash(const Folder& folder, int runs, const std::string& text = "record of a run") {
    const Folder copy;
    {
        server::SqliteStore store(folder.path(), {{"synchronous", "off"}});
        const Rows rows = contentOf(store);
        const uint64_t last = rows.events.empty() ? 0 : rows.events.rbegin()->first.first;
        for (int i = 1; i <= runs; ++i) store.commit(changeOf(last + uint64_t(i), text));
        copyFiles(folder, copy);
    }
    for (const QString& name : QDir(folder.folder.path()).entryList(QDir::Files))
        QFile::remove(folder.folder.filePath(name));
    copyFiles(copy, folder);
    return QFileInfo(folder.text("orrery.db-wal")).size();
}

}  // namespace orrery::test
