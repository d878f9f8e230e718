// SPDX-License-Identifier: MIT
// The file: what is refused and stays as it was, and what a server does when it cannot write.
#include "core/server/store/sqlite_store.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/server/store/sqlite.h"
#include "core/server/store/store_writer.h"
#include "tests/support/rows_store.h"

using namespace orrery;
using server::Change;
using server::RowKind;
using server::SqliteStore;
using test::Rows;

namespace {

class Reader final : public server::StoreReader {
public:
    explicit Reader(Rows& rows) : m_rows(rows) {}
    void events(uint64_t run, int64_t first, std::string_view bytes) override {
        m_rows.events.emplace(std::pair(run, first), bytes);
    }
    void row(uint64_t run, RowKind kind, std::string_view key, std::string_view record) override {
        m_rows.rows.emplace(server::RowKey{run, kind, std::string(key)}, record);
    }

private:
    Rows& m_rows;
};

Rows contentOf(SqliteStore& store) {
    Rows rows;
    Reader reader(rows);
    store.load(reader);
    return rows;
}

Rows contentOf(const std::string& path) {
    SqliteStore store(path);
    return contentOf(store);
}

Change changeOf(uint64_t run, const std::string& text, int64_t first = 1) {
    Change change;
    change.rows[{run, RowKind::RunState, {}}] = text;
    change.rows[{run, RowKind::Timer, "t"}] = text + text;
    change.events[{run, first}] = text + "!";
    return change;
}

/// What is refused: the code's name, a colon, and the words.
QString refusal(const std::function<void()>& attempt) {
    try {
        attempt();
    } catch (const base::Error& error) {
        return QString::fromStdString(std::string(base::errorCodeName(error.code())) + ": " + error.what());
    }
    return QStringLiteral("taken");
}

/// Names and contents of all files in the folder, but for SQLite's shared memory.
QMap<QString, QByteArray> filesOf(const QString& folder) {
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
void fill(const std::string& path, int runs = 200) {
    SqliteStore store(path, {{"synchronous", "off"}});
    contentOf(store);
    for (int i = 1; i <= runs; ++i) store.commit(changeOf(uint64_t(i), "record of run number " + std::to_string(i)));
}

void flip(const QString& path, qint64 place) {
    QFile file(path);
    char byte = 0;
    if (!file.open(QIODevice::ReadWrite) || !file.seek(place) || file.read(&byte, 1) != 1) qFatal("no such byte");
    byte = char(~byte);
    file.seek(place);
    file.write(&byte, 1);
}

/// All but SQLite's shared memory. Not of files that this process has open as stores and goes on using.
void copyFiles(const Folder& from, const Folder& to) {
    for (const QString& name : QDir(from.folder.path()).entryList(QDir::Files)) {
        if (name.endsWith(QLatin1String("-shm"))) continue;
        // Unlike Qt's this one does not wait for the disk.
        std::filesystem::copy_file(from.folder.filePath(name).toStdString(), to.folder.filePath(name).toStdString());
    }
}

/// Writes so many more runs, each a group of its own, to what a crash then leaves: nothing is folded into the file.
/// Gives the size of the log.
qint64 crash(const Folder& folder, int runs, const std::string& text = "record of a run") {
    const Folder copy;
    {
        SqliteStore store(folder.path(), {{"synchronous", "off"}});
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

/// A call that says how it was answered.
class Waiter final : public server::Call {
public:
    void finish(server::Reply reply) override {
        const std::lock_guard lock(m_mutex);
        m_answer = reply.error ? std::string(base::errorCodeName(reply.error->code())) + ' ' + reply.error->what()
                               : std::string("answered");
        m_changed.notify_all();
    }
    std::string answer() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_answer.empty(); });
        return m_answer;
    }
    bool answered() {
        const std::lock_guard lock(m_mutex);
        return !m_answer.empty();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::string m_answer;
};

/// A store that stands still until it may go on, or is broken.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = true;
    bool broken = false;
    int commits = 0;

    void pass() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return open; });
        ++commits;
        if (broken) throw base::Error(base::ErrorCode::Unavailable, "the disk is full");
    }
    void set(bool nowOpen, bool nowBroken = false) {
        const std::lock_guard lock(mutex);
        open = nowOpen;
        broken = nowBroken;
        changed.notify_all();
    }
};

struct Writing {
    Rows disk;
    Gate gate;
    std::atomic<int> recovered = 0;
    server::StoreWriter writer{std::make_unique<test::RowsStore>(disk, [this](const Change&) { gate.pass(); }),
                               [this] { ++recovered; }};

    std::shared_ptr<Waiter> submit(std::optional<Change> change) {
        auto call = std::make_shared<Waiter>();
        server::StoreWriter::Replies replies;
        replies.emplace_back(call, server::Reply{});
        for (auto& [each, reply] : writer.submit(std::move(change), std::move(replies))) each->finish(std::move(reply));
        return call;
    }
    ~Writing() { gate.set(true); }
};

}  // namespace

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
    void damageIsRefused_data();
    void damageIsRefused();
    void damagedHeadersAreRefused_data();
    void damagedHeadersAreRefused();
    void negativeFormatIsRefused();
    void damagedLogsAreRefused();
    void damagedLogHeaderIsRefused();
    void tornLogsAreTaken();
    void cutFilesAreRefused();
    void newerFormatIsRefused();
    void olderFormatIsMigrated();
    void brokenMigrationLeavesTheFile();
    void pragmas();
    void fullDiskKeepsWhatWas();
    void answersWaitForTheirGroup();
    void readersWaitForWhatTheySaw();
    void refusedGroupsAreTriedAgain();
    void stopWritesWhatIsLeft();
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

void SqliteStoreTest::damageIsRefused_data() {
    QTest::addColumn<int>("place");
    // Every part of the file: header, pages of the tree, records.
    for (int percent = 0; percent < 100; percent += 2) QTest::addRow("%d %%", percent) << percent;
}

/// Whatever is changed in the file is either noticed, and then the file stays as it is, or changes nothing.
void SqliteStoreTest::damageIsRefused() {
    QFETCH(int, place);
    const Folder folder;
    fill(folder.path());
    const Rows sound = contentOf(folder.path());
    QFile file(folder.text());
    QVERIFY(file.open(QIODevice::ReadWrite));
    const qint64 at = 100 + (file.size() - 100) * place / 100;
    file.seek(at);
    QByteArray bytes = file.read(16);
    for (char& byte : bytes) byte = char(~byte);
    file.seek(at);
    file.write(bytes);
    file.close();
    const auto before = filesOf(folder.folder.path());
    const QString said = refusal([&] { QVERIFY(contentOf(folder.path()) == sound); });
    if (said == QLatin1String("taken")) return;
    QVERIFY2(said.startsWith("UNREADABLE") && said.contains("is damaged"), qPrintable(said));
    QCOMPARE(filesOf(folder.folder.path()), before);
}

void SqliteStoreTest::damagedHeadersAreRefused_data() {
    QTest::addColumn<int>("place");
    for (int place = 0; place < 100; ++place) QTest::addRow("%d", place) << place;
}

/// Each byte of SQLite's header: what is taken can be read and written as before.
void SqliteStoreTest::damagedHeadersAreRefused() {
    QFETCH(int, place);
    const Folder folder;
    fill(folder.path(), 20);
    Rows expected = contentOf(folder.path());
    flip(folder.text(), place);
    const auto before = filesOf(folder.folder.path());
    const QString said = refusal([&] {
        SqliteStore store(folder.path());
        QVERIFY(contentOf(store) == expected);
    });
    if (said != QLatin1String("taken")) {
        const bool noneOfOurs = place < 16 || (place >= 60 && place < 72);
        QVERIFY2(said.contains("is damaged") || (noneOfOurs && said.startsWith("FAILED_PRECONDITION")),
                 qPrintable(said));
        QCOMPARE(filesOf(folder.folder.path()), before);
        return;
    }
    const Change change = changeOf(21, "after");
    expected.apply(change);
    {
        SqliteStore store(folder.path());
        contentOf(store);
        store.commit(change);
    }
    QVERIFY(contentOf(folder.path()) == expected);
}

void SqliteStoreTest::negativeFormatIsRefused() {
    const Folder folder;
    fill(folder.path(), 3);
    flip(folder.text(), 60);
    const auto before = filesOf(folder.folder.path());
    const QString said = refusal([&] { contentOf(folder.path()); });
    QVERIFY2(said.startsWith("UNREADABLE") && said.contains("below zero"), qPrintable(said));
    QCOMPARE(filesOf(folder.folder.path()), before);
}

/// Whatever byte of a crashed server's log is changed: the log is refused, or all is there but for the last two groups,
/// which could have been torn.
void SqliteStoreTest::damagedLogsAreRefused() {
    constexpr int kRuns = 20;
    const Folder folder;
    const qint64 size = crash(folder, kRuns);
    int refused = 0;
    constexpr int kPlaces = 97;
    for (int i = 0; i < kPlaces; ++i) {
        const Folder copy;
        copyFiles(folder, copy);
        flip(copy.text("orrery.db-wal"), size * i / kPlaces);
        const auto before = filesOf(copy.folder.path());
        size_t runs = 0;
        const QString said = refusal([&] { runs = contentOf(copy.path()).events.size(); });
        if (said == QLatin1String("taken")) {
            QVERIFY2(runs + 2 >= kRuns, qPrintable(QStringLiteral("%1 runs at place %2").arg(runs).arg(i)));
            continue;
        }
        ++refused;
        QVERIFY2(said.startsWith("UNREADABLE") && said.contains("is damaged"), qPrintable(said));
        QVERIFY(said.contains(copy.text("orrery.db-wal")));
        QCOMPARE(filesOf(copy.folder.path()), before);
    }
    QVERIFY2(refused > kPlaces * 3 / 4, qPrintable(QString::number(refused)));
    // Where no group waits for the disk a power cut may tear any of them.
    flip(folder.text("orrery.db-wal"), size / 4);
    SqliteStore unsynced(folder.path(), {{"synchronous", "Normal"}});
    const size_t left = contentOf(unsynced).events.size();
    QVERIFY(left > 0 && left < kRuns);
}

void SqliteStoreTest::damagedLogHeaderIsRefused() {
    const Folder folder;
    crash(folder, 5);
    for (int place = 0; place < 32; ++place) {
        const Folder copy;
        copyFiles(folder, copy);
        flip(copy.text("orrery.db-wal"), place);
        const auto before = filesOf(copy.folder.path());
        const QString said = refusal([&] { contentOf(copy.path()); });
        QVERIFY2(said.contains("is damaged"), qPrintable(said + QString::number(place)));
        QCOMPARE(filesOf(copy.folder.path()), before);
    }
}

/// Cut anywhere, as by kill -9; or with any part of the last group missing, as by a power cut. Then a later crash,
/// where something of the torn group still lies behind what was written since.
void SqliteStoreTest::tornLogsAreTaken() {
    const Folder folder;
    const qint64 before = crash(folder, 6);
    QVERIFY(before > 0);
    const Folder longer;
    copyFiles(folder, longer);
    const qint64 after = crash(longer, 1, std::string(20'000, 'x'));
    QVERIFY(after > before + 5 * 4096);
    for (qint64 at = before; at < after; at += 1337) {
        const Folder cut;
        copyFiles(longer, cut);
        QVERIFY(QFile::resize(cut.text("orrery.db-wal"), at));
        QCOMPARE(contentOf(cut.path()).rows.size(), size_t(12));
        const Folder torn;
        copyFiles(longer, torn);
        QFile log(torn.text("orrery.db-wal"));
        QVERIFY(log.open(QIODevice::ReadWrite) && log.seek(at));
        log.write(QByteArray(int(std::min<qint64>(512, after - at)), '\0'));
        log.close();
        const Folder again;
        copyFiles(torn, again);
        QVERIFY(contentOf(torn.path()).rows.size() >= 12);
        crash(again, 1, "short");
        crash(again, 1, "shorter");
        QVERIFY(contentOf(again.path()).rows.size() >= 12);
    }
    // Of an earlier use of the log, all of which is in the file: its frames stay behind those of the next use.
    const Folder used;
    {
        SqliteStore store(used.path(), {{"wal_autocheckpoint", "10"}});
        contentOf(store);
        for (int i = 1; i < 60; ++i) store.commit(changeOf(uint64_t(i), "text"));
        const Folder copy;
        copyFiles(used, copy);
        QCOMPARE(contentOf(copy.path()).events.size(), size_t(59));
    }
}

void SqliteStoreTest::cutFilesAreRefused() {
    const Folder folder;
    fill(folder.path());
    QFile file(folder.text());
    const qint64 whole = file.size();
    for (int percent = 90; percent >= 10; percent -= 20) {
        QVERIFY(file.resize(whole * percent / 100));
        const auto before = filesOf(folder.folder.path());
        const QString said = refusal([&] { contentOf(folder.path()); });
        QVERIFY2(said.contains("is damaged"), qPrintable(said));
        QCOMPARE(filesOf(folder.folder.path()), before);
    }
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

void SqliteStoreTest::answersWaitForTheirGroup() {
    Writing world;
    world.gate.set(false);
    const auto first = world.submit(changeOf(1, "a"));
    const auto second = world.submit(changeOf(2, "b"));
    const auto third = world.submit(changeOf(2, "c", 2));
    QVERIFY(!first->answered() && !second->answered() && !third->answered());
    world.gate.set(true);
    QCOMPARE(third->answer(), std::string("answered"));
    QCOMPARE(second->answer(), std::string("answered"));
    QCOMPARE(first->answer(), std::string("answered"));
    world.writer.await();
    QCOMPARE(world.disk.events.size(), size_t(3));
    QVERIFY(world.gate.commits <= 2);
}

void SqliteStoreTest::readersWaitForWhatTheySaw() {
    Writing world;
    QCOMPARE(world.submit(std::nullopt)->answer(), std::string("answered"));
    world.gate.set(false);
    const auto writer = world.submit(changeOf(1, "a"));
    const auto reader = world.submit(std::nullopt);
    QVERIFY(!reader->answered());
    world.gate.set(true);
    QCOMPARE(reader->answer(), std::string("answered"));
    QVERIFY(writer->answered());
}

void SqliteStoreTest::refusedGroupsAreTriedAgain() {
    Writing world;
    world.gate.set(true, true);
    const auto refused = world.submit(changeOf(1, "a"));
    QVERIFY(QString::fromStdString(refused->answer()).startsWith("UNAVAILABLE"));
    QVERIFY(refused->answer().find("the disk is full") != std::string::npos);
    QVERIFY(world.writer.inTrouble() && world.writer.trouble().has_value());
    QVERIFY(refusal([&] { world.writer.await(); }).startsWith("UNAVAILABLE"));
    const auto alsoRefused = world.submit(changeOf(2, "b"));
    QVERIFY(alsoRefused->answer() != "answered");
    QVERIFY(world.disk.rows.empty());
    world.gate.set(true, false);
    QTRY_COMPARE(world.recovered.load(), 1);
    QVERIFY(!world.writer.inTrouble());
    QCOMPARE(world.submit(changeOf(3, "c"))->answer(), std::string("answered"));
    QCOMPARE(world.disk.events.size(), size_t(3));
}

void SqliteStoreTest::stopWritesWhatIsLeft() {
    Writing world;
    world.gate.set(false);
    const auto first = world.submit(changeOf(1, "a"));
    const auto second = world.submit(changeOf(2, "b"));
    std::thread stopping([&] { world.writer.stop(); });
    world.gate.set(true);
    stopping.join();
    QVERIFY(first->answered() && second->answered());
    QCOMPARE(world.disk.events.size(), size_t(2));
}

QTEST_GUILESS_MAIN(SqliteStoreTest)
#include "sqlite_store_test.moc"
