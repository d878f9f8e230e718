// SPDX-License-Identifier: MIT
#include "views/panels/history/history_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/views/panels/made_history.h"

using orrery::ui::history_table::HistoryModel;
using orrery::ui::shared::HistoryView;
using Mode = HistoryModel::Mode;

class HistoryModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allShowsEveryEvent();
    void compactShowsEachThingOnce();
    void growsAtTheEndOnly_data();
    void growsAtTheEndOnly();
    void finds();
    void anotherHistoryResets();
};

void HistoryModelTest::allShowsEveryEvent() {
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    HistoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.showHistory(view);
    QCOMPARE(model.rowCount(), int(view.history->size()));
    QCOMPARE(model.index(0, HistoryModel::Event).data().toString(), QStringLiteral("Workflow started"));
    for (int row = 0; row < model.rowCount(); ++row) {
        QCOMPARE(model.rowOf(model.eventIdOf(row)), row);
        QVERIFY(!model.index(row, HistoryModel::Time).data().toString().isEmpty());
    }
    QCOMPARE(model.rowOf(0), -1);
    QCOMPARE(model.rowOf(100'000), -1);
}

void HistoryModelTest::compactShowsEachThingOnce() {
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    HistoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setMode(Mode::Compact);
    model.showHistory(view);
    int alone = 0;
    for (const int32_t group : view.groups->ofEvent) alone += group < 0 ? 1 : 0;
    QCOMPARE(model.rowCount(), int(view.groups->list.size()) + alone);
    for (size_t i = 0; i < view.history->size(); ++i) {
        const int64_t id = (*view.history)[i].id();
        const int row = model.rowOf(id);
        QVERIFY(row >= 0);
        QCOMPARE(model.groupIdOf(row), view.groupIdOf(id));
    }
    int64_t last = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
        QVERIFY(model.eventIdOf(row) > last);
        last = model.eventIdOf(row);
    }
}

void HistoryModelTest::growsAtTheEndOnly_data() {
    QTest::addColumn<bool>("compact");
    QTest::newRow("all") << false;
    QTest::newRow("compact") << true;
}

void HistoryModelTest::growsAtTheEndOnly() {
    QFETCH(bool, compact);
    HistoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setMode(compact ? Mode::Compact : Mode::All);
    model.showHistory(HistoryView::of(orrery::test::orderHistory(1)));
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    for (size_t events = 2; events < 58; events += 3) {
        const HistoryView view = HistoryView::of(orrery::test::orderHistory(events));
        model.setHistory(view);
        HistoryModel fresh;
        fresh.setMode(model.mode());
        fresh.showHistory(view);
        QCOMPARE(model.rowCount(), fresh.rowCount());
        for (int row = 0; row < model.rowCount(); ++row) QCOMPARE(model.rowText(row), fresh.rowText(row));
    }
    QCOMPARE(resets.size(), 0);
}

void HistoryModelTest::finds() {
    HistoryModel model;
    model.showHistory(HistoryView::of(orrery::test::orderHistory()));
    int hits = 0;
    for (int row = 0; row < model.rowCount(); ++row) hits += model.matches(row, QStringLiteral("CHARGECARD")) ? 1 : 0;
    QVERIFY(hits >= 1);
    QVERIFY(hits < model.rowCount());
    QVERIFY(!model.matches(0, QStringLiteral("no such text")));
}

void HistoryModelTest::anotherHistoryResets() {
    HistoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.showHistory(HistoryView::of(orrery::test::orderHistory()));
    model.setMode(Mode::Compact);
    model.showHistory(HistoryView::of(orrery::test::largeHistory(200)));
    QVERIFY(model.rowCount() > 20);
    model.showHistory({});
    QCOMPARE(model.rowCount(), 0);
}

QTEST_MAIN(HistoryModelTest)
#include "history_model_test.moc"
