// SPDX-License-Identifier: MIT
// The file: what it keeps, what is refused and stays as it was.
#include "core/server/store/sqlite_store.h"

#include <QTest>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/server/store/sqlite.h"
#include "tests/core/server/sqlite_helpers.h"

using namespace orrery;
using server::Change;
using server::RowKind;
using server::SqliteStore;
using test::changeOf;
using test::contentOf;
using test::filesOf;
using test::fill;
using test::Folder;
using test::refusal;
using test::Rows;

class SqliteStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsRowsAndEvents();
    void takesBackAnUnfinishedGroup();
    void lockedFileIsRefused();
    void refusedSecondStoreLeavesTheLock();
    void foreignFilesAreRefused_data();
    void foreignFilesAreRefused();
    void foreignFilesWithAJournalAreRefused();
    void newerFormatIsRefused();
    void olderFormatIsMigrated();
    void brokenMigrationLeavesTheFile();
    void pragmas();
    void fullDiskKeepsWhatWas();
};

void SqliteStoreTest::keepsRowsAndEvents() {
    const Folder folder;
    Rows expected;
    {
        SqliteStore store(folder.path());
        QVERIFY(contentOf(store) == expected);
        for (int i = 1; i < 50; ++i) {
            Change change = changeOf(uint64_t(i), "text " + std::to_string(i));
            change.add(changeOf(uint64_t(i), "more", 2));
            change.rows[{0, RowKind::Namespace, std::string("with a \0 in it", 14)}] = std::string("\0\1", 2);
            change.rows[{0, RowKind::World, {}}] = "";
            if (i % 3 == 0) change.rows[{uint64_t(i), RowKind::Timer, "t"}].reset();
            if (i % 7 == 0) change.removedRuns.insert(uint64_t(i) - 1);
            store.commit(change);
            // Twice is the same as once.
            store.commit(change);
            expected.apply(change);
        }
    }
    QVERIFY(contentOf(folder.path()) == expected);
    QVERIFY(!expected.rows.empty() && expected.rows.lower_bound({6, RowKind(0), {}})->first.run != 6);
}

void SqliteStoreTest::takesBackAnUnfinishedGroup() {
    Change group = changeOf(1, "a");
    group.add(changeOf(2, "b"));
    Change later;
    later.removedRuns.insert(1);
    later.rows[{2, RowKind::Timer, "t"}].reset();
    group.add(later);
    QCOMPARE(group.events.size(), size_t(1));
    QCOMPARE(group.rows.size(), size_t(2));
    QVERIFY(!group.rows.at({2, RowKind::Timer, "t"}).has_value());
}

void SqliteStoreTest::lockedFileIsRefused() {
    const Folder folder;
    fill(folder.path(), 3);
    SqliteStore first(folder.path());
    const QString said = refusal([&] { SqliteStore second(folder.path()); });
    QVERIFY2(said.startsWith("UNAVAILABLE") && said.contains("in use by another"), qPrintable(said));
    QVERIFY(said.contains(folder.text()));
    QCOMPARE(contentOf(first).events.size(), size_t(3));
}

/// Whoever closes any descriptor of a file gives up all locks that the process has on it.
void SqliteStoreTest::refusedSecondStoreLeavesTheLock() {
    const Folder folder;
    const QString link = folder.text("link.db");
    std::optional<SqliteStore> first(folder.path());
    QVERIFY(QFile::link(folder.text(), link));
    // Only another process sees what this one has locked.
    const auto locked = [&] {
        const pid_t child = fork();
        if (child == 0) {
            struct flock bytes{};
            bytes.l_type = F_WRLCK;
            bytes.l_start = 0x40000000;  // where SQLite's locks are
            bytes.l_len = 512;
            const bool asked = fcntl(open(folder.path().c_str(), O_RDWR), F_GETLK, &bytes) == 0;
            _exit(!asked ? 2 : bytes.l_type == F_UNLCK ? 0 : 1);
        }
        int status = 0;
        return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    QCOMPARE(locked(), 1);
    for (const std::string& path : {folder.path(), link.toStdString()}) {
        const QString said = refusal([&] { SqliteStore second(path); });
        QVERIFY2(said.startsWith("UNAVAILABLE") && said.contains("another server of this process"), qPrintable(said));
        QCOMPARE(locked(), 1);
    }
    first.reset();
    QCOMPARE(locked(), 0);
    SqliteStore again(folder.path());
    QCOMPARE(locked(), 1);
}

void SqliteStoreTest::foreignFilesAreRefused_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("says");
    QTest::newRow("text") << QByteArray("not a database\n") << "not a file of Orrery's server";
    QTest::newRow("long text") << QByteArray(5000, 'x') << "not a file of Orrery's server";
    QTest::newRow("another database") << QByteArray() << "another program";
}

void SqliteStoreTest::foreignFilesAreRefused() {
    QFETCH(QByteArray, content);
    QFETCH(QString, says);
    const Folder folder;
    if (content.isEmpty()) {
        server::Sqlite other(folder.path());
        other.run("CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1)");
    } else {
        QFile file(folder.text());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    const auto before = filesOf(folder.folder.path());
    const QString said = refusal([&] { SqliteStore store(folder.path()); });
    QVERIFY2(said.startsWith("FAILED_PRECONDITION") && said.contains(says), qPrintable(said));
    QCOMPARE(filesOf(folder.folder.path()), before);
    QVERIFY(refusal([&] { SqliteStore store(folder.folder.path().toStdString()); }).contains("is a folder"));
    QVERIFY(refusal([&] { SqliteStore store(folder.path("no/such/folder.db")); }).contains("cannot be opened"));
}

/// Their journal is theirs to undo, and how they keep one theirs to choose.
void SqliteStoreTest::foreignFilesWithAJournalAreRefused() {
    const Folder folder;
    {
        server::Sqlite other(folder.path("theirs.db"));
        other.run("PRAGMA user_version = 7; PRAGMA cache_size = 2; CREATE TABLE theirs(a); BEGIN");
        other.run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
            "INSERT INTO theirs SELECT zeroblob(4000) FROM n");
        // As after a crash in the middle of it.
        for (const char* end : {"", "-journal"}) {
            QVERIFY(QFile::copy(folder.text("theirs.db") + end, folder.text("copy.db") + end));
        }
        other.run("ROLLBACK; DROP TABLE theirs");
    }
    const auto before = filesOf(folder.folder.path());
    QVERIFY(before.contains(QStringLiteral("copy.db-journal")));
    QVERIFY(refusal([&] { SqliteStore store(folder.path("copy.db")); }).contains("another program"));
    QCOMPARE(filesOf(folder.folder.path()), before);
    // A journal that holds nothing, and no table.
    QFile journal(folder.text("theirs.db-journal"));
    QVERIFY(journal.open(QIODevice::WriteOnly));
    journal.write("x");
    journal.close();
    const auto later = filesOf(folder.folder.path());
    QVERIFY(refusal([&] { SqliteStore store(folder.path("theirs.db")); }).contains("another program"));
    QCOMPARE(filesOf(folder.folder.path()), later);
}

void SqliteStoreTest::newerFormatIsRefused() {
    const Folder folder;
    {
        SqliteStore newer(folder.path(), {}, server::kStoreFormat + 1);
    }
    const auto before = filesOf(folder.folder.path());
    const QString said = refusal([&] { SqliteStore store(folder.path()); });
    QVERIFY2(said.startsWith("FAILED_PRECONDITION") && said.contains("newer Orrery"), qPrintable(said));
    QCOMPARE(filesOf(folder.folder.path()), before);
}

void SqliteStoreTest::olderFormatIsMigrated() {
    const Folder folder;
    fill(folder.path(), 5);
    constexpr int kNow = server::kStoreFormat;
    const std::vector<server::Migration> migrations = {
        {kNow, [](server::Sqlite& file) { file.run("DELETE FROM rows WHERE run = 1"); }},
        {kNow + 1, [](server::Sqlite& file) { file.run("DELETE FROM rows WHERE run = 2"); }}};
    {
        SqliteStore store(folder.path(), {}, kNow + 2, migrations);
        const Rows rows = contentOf(store);
        QCOMPARE(rows.rows.begin()->first.run, uint64_t(3));
    }
    QVERIFY(refusal([&] { SqliteStore store(folder.path()); }).contains("newer Orrery"));
    SqliteStore again(folder.path(), {}, kNow + 2);
    QCOMPARE(contentOf(again).rows.begin()->first.run, uint64_t(3));
}

void SqliteStoreTest::brokenMigrationLeavesTheFile() {
    const Folder folder;
    fill(folder.path(), 5);
    const auto before = filesOf(folder.folder.path());
    const std::vector<server::Migration> migrations = {
        {server::kStoreFormat, [](server::Sqlite& file) { file.run("DELETE FROM rows; SELECT nonsense"); }}};
    const QString said = refusal([&] {
        SqliteStore store(folder.path(), {}, server::kStoreFormat + 1, migrations);
        contentOf(store);
    });
    QVERIFY2(said.contains(folder.text()), qPrintable(said));
    QCOMPARE(filesOf(folder.folder.path()), before);
    QCOMPARE(contentOf(folder.path()).rows.size(), size_t(10));
}

void SqliteStoreTest::pragmas() {
    const Folder folder;
    {
        SqliteStore store(folder.path(), {{"synchronous", "off"}, {"cache_size", "-2000"}, {"journal_mode", "wal"}});
    }
    for (const char* level : {"FULL", "Extra", "0", "3"}) SqliteStore(folder.path(), {{"synchronous", level}});
    for (const auto& [name, value] : SqliteStore::Pragmas{{"locking_mode", "normal"},
                                                          {"synchronous", "off; DROP TABLE rows"},
                                                          {"journal_mode", "delete"},
                                                          {"synchronous", "fulll"},
                                                          {"synchronous", "4"},
                                                          {"synchronous", ""}}) {
        const Folder other;
        const QString said = refusal([&] { SqliteStore store(other.path(), {{name, value}}); });
        QVERIFY2(said.startsWith("INVALID_ARGUMENT"), qPrintable(said));
        QVERIFY(filesOf(other.folder.path()).isEmpty());
    }
}

/// A limit on how large a file may grow stands for a full disk.
void SqliteStoreTest::fullDiskKeepsWhatWas() {
    const Folder folder;
    {
        SqliteStore store(folder.path());
        contentOf(store);
        store.commit(changeOf(1, "small"));
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        rlimit small = before;
        small.rlim_cur = 256 * 1024;
        std::signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const QString said = refusal([&] { store.commit(changeOf(2, std::string(1'000'000, 'x'))); });
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY2(said.startsWith("UNAVAILABLE") && said.contains(folder.text()), qPrintable(said));
        // There is room again.
        store.commit(changeOf(3, "after"));
    }
    const Rows rows = contentOf(folder.path());
    QCOMPARE(rows.events.size(), size_t(2));
    QVERIFY(rows.events.contains({1, 1}) && rows.events.contains({3, 1}));
}

QTEST_GUILESS_MAIN(SqliteStoreTest)
#include "sqlite_store_test.moc"
