// SPDX-License-Identifier: MIT
#include <QAbstractItemModelTester>
#include <QTemporaryDir>
#include <QTest>

#include "views/shell/command_set.h"
#include "views/shell/palette_model.h"
#include "views/shell/settings.h"

using namespace orrery::ui::shell;

class CommandsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesAreAskedAgainAfterACommand();
    void paletteRanks_data();
    void paletteRanks();
    void paletteModelIsSound();
    void settingsComeBack();
};

void CommandsTest::rulesAreAskedAgainAfterACommand() {
    CommandSet commands;
    bool open = false;
    QAction* close = commands.add(
        {"tab.close", "Close tab", "", QKeySequence("Ctrl+W"), [&] { open = false; }, [&] { return open; }});
    QAction* make = commands.add({"tab.open", "Open tab", "", {}, [&] { open = true; }, {}});
    commands.refresh();
    QVERIFY(!close->isEnabled());
    make->trigger();
    QVERIFY(close->isEnabled());
    close->trigger();
    QVERIFY(!close->isEnabled());
    QCOMPARE(commands.action("tab.close"), close);
    QCOMPARE(commands.action("nothing"), nullptr);
}

void CommandsTest::paletteRanks_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("empty keeps the order, disabled last")
        << "" << QStringList{"Skip time", "Start workflow", "Stop worker", "Kill worker"};
    QTest::newRow("starts of words") << "sw" << QStringList{"Start workflow", "Stop worker"};
    QTest::newRow("a word") << "worker" << QStringList{"Stop worker", "Kill worker"};
    QTest::newRow("nothing") << "zzz" << QStringList{};
}

void CommandsTest::paletteRanks() {
    QFETCH(QString, query);
    QFETCH(QStringList, expected);
    PaletteModel model;
    std::vector<PaletteEntry> entries;
    for (const char* text : {"Skip time", "Kill worker", "Start workflow", "Stop worker"}) {
        entries.push_back({QString::fromLatin1(text), {}, {}, QLatin1String(text) != QLatin1String("Kill worker"), {}});
    }
    model.setEntries(std::move(entries));
    model.setQuery(query);
    QStringList shown;
    for (int row = 0; row < model.rowCount(); ++row) shown << model.index(row, 0).data().toString();
    QCOMPARE(shown, expected);
}

void CommandsTest::paletteModelIsSound() {
    PaletteModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    std::vector<PaletteEntry> entries(3);
    for (int i = 0; i < 3; ++i) entries[static_cast<size_t>(i)].text = QStringLiteral("entry %1").arg(i);
    model.setEntries(std::move(entries));
    model.setQuery("1");
    QCOMPARE(model.rowCount(), 1);
    model.setQuery("");
    QCOMPARE(model.rowCount(), 3);
}

void CommandsTest::settingsComeBack() {
    const QTemporaryDir dir;
    const QString path = dir.filePath("workbench.ini");
    {
        Settings settings(path);
        QCOMPARE(settings.appearance(), Appearance::System);
        settings.setAppearance(Appearance::Dark);
        for (int i = 0; i < 12; ++i) settings.addRecentFile(QString::number(i));
        settings.addRecentFile("5");
        settings.setSkipBy("2h");
    }
    const Settings again(path);
    QCOMPARE(again.appearance(), Appearance::Dark);
    QCOMPARE(again.recentFiles().size(), 10);
    QCOMPARE(again.recentFiles().first(), QStringLiteral("5"));
    QCOMPARE(again.recentFiles().count("5"), 1);
    QCOMPARE(again.skipBy(), QStringLiteral("2h"));
}

QTEST_MAIN(CommandsTest)
#include "commands_test.moc"
