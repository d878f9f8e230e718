// SPDX-License-Identifier: MIT
// Files and logs with wrong bytes in them: noticed and left as they are, or of no consequence.
#include <QTest>

#include "tests/core/server/sqlite_helpers.h"

using namespace orrery;
using server::Change;
using server::SqliteStore;
using test::changeOf;
using test::contentOf;
using test::copyFiles;
using test::crash;
using test::filesOf;
using test::fill;
using test::flip;
using test::Folder;
using test::refusal;
using test::Rows;

class SqliteDamageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void damageIsRefused_data();
    void damageIsRefused();
    void aWrongSizeIsNotMendedInADamagedFile();
    void damagedHeadersAreRefused_data();
    void damagedHeadersAreRefused();
    void negativeFormatIsRefused();
    void damagedLogsAreRefused();
    void damagedLogHeaderIsRefused();
    void tornLogsAreTaken();
    void cutFilesAreRefused();
};

void SqliteDamageTest::damageIsRefused_data() {
    QTest::addColumn<int>("place");
    // Every part of the file: header, pages of the tree, records.
    for (int percent = 0; percent < 100; percent += 2) QTest::addRow("%d %%", percent) << percent;
}

/// Whatever is changed in the file is either noticed, and then the file stays as it is, or changes nothing.
void SqliteDamageTest::damageIsRefused() {
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

void SqliteDamageTest::damagedHeadersAreRefused_data() {
    QTest::addColumn<int>("place");
    for (int place = 0; place < 100; ++place) QTest::addRow("%d", place) << place;
}

/// Each byte of SQLite's header: what is taken can be read and written as before.
void SqliteDamageTest::damagedHeadersAreRefused() {
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

/// SQLite writes the number of pages anew where the header has none.
void SqliteDamageTest::aWrongSizeIsNotMendedInADamagedFile() {
    constexpr qint64 kPages = 28;
    const Folder folder;
    fill(folder.path());
    QFile file(folder.text());
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(kPages));
    file.write(QByteArray(4, '\0'));
    file.close();
    flip(folder.text(), file.size() - 20);
    const auto before = filesOf(folder.folder.path());
    const QString said = refusal([&] { contentOf(folder.path()); });
    QVERIFY2(said.startsWith("UNREADABLE") && said.contains("is damaged"), qPrintable(said));
    QCOMPARE(filesOf(folder.folder.path()), before);
}

void SqliteDamageTest::negativeFormatIsRefused() {
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
void SqliteDamageTest::damagedLogsAreRefused() {
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

void SqliteDamageTest::damagedLogHeaderIsRefused() {
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
void SqliteDamageTest::tornLogsAreTaken() {
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

void SqliteDamageTest::cutFilesAreRefused() {
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

QTEST_GUILESS_MAIN(SqliteDamageTest)
#include "sqlite_damage_test.moc"
