// SPDX-License-Identifier: MIT
#include "views/panels/history/history_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QTest>

#include "tests/views/panels/made_history.h"
#include "views/shared/theme.h"

using namespace orrery::ui;
using history_table::HistoryModel;
using history_table::HistoryPanel;
using shared::HistoryView;
using shared::Selection;

class HistoryPanelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void clickSelectsTheGroup();
    void followsTheSelection();
    void searchWalksTheHits();
    void copiesRows();
    void growthDoesNotMoveWhatIsRead();
};

void HistoryPanelTest::clickSelectsTheGroup() {
    Selection selection;
    HistoryPanel panel(&selection);
    panel.resize(1000, 500);
    panel.show();
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    panel.showHistory(view);
    const QRect cell = panel.table()->visualRect(panel.model()->index(6, HistoryModel::Event));
    QTest::mouseClick(panel.table()->viewport(), Qt::LeftButton, {}, cell.center());
    QCOMPARE(selection.eventId(), 7);
    QCOMPARE(selection.groupId(), view.groupIdOf(7));
    QTest::keyClick(panel.table(), Qt::Key_Down);
    QCOMPARE(selection.eventId(), 8);
    QTest::keyClick(panel.table(), Qt::Key_End);
    QCOMPARE(selection.eventId(), int64_t(view.history->size()));
}

void HistoryPanelTest::followsTheSelection() {
    Selection selection;
    HistoryPanel panel(&selection);
    panel.resize(1000, 300);
    panel.show();
    const HistoryView view = HistoryView::of(orrery::test::largeHistory(3000));
    panel.showHistory(view);
    selection.select(2000, view.groupIdOf(2000));
    QCOMPARE(panel.table()->currentIndex().row(), 1999);
    QVERIFY(panel.table()->viewport()->rect().contains(panel.table()->visualRect(panel.model()->index(1999, 0))));
    panel.setMode(HistoryModel::Mode::Compact);
    QCOMPARE(panel.model()->groupIdOf(panel.table()->currentIndex().row()), selection.groupId());
    QCOMPARE(selection.eventId(), 2000);
    selection.clear();
    QVERIFY(!panel.table()->currentIndex().isValid());
}

void HistoryPanelTest::searchWalksTheHits() {
    Selection selection;
    HistoryPanel panel(&selection);
    panel.resize(1000, 300);
    panel.show();
    panel.showHistory(HistoryView::of(orrery::test::orderHistory()));
    panel.focusSearch();
    QTest::keyClicks(panel.searchField(), QStringLiteral("reminder"));
    // The search runs in slices from the event loop.
    QTRY_VERIFY((QTest::keyClick(panel.searchField(), Qt::Key_Return), selection.eventId() != 0));
    const int64_t first = selection.eventId();
    QVERIFY(panel.model()->matches(panel.model()->rowOf(first), QStringLiteral("reminder")));
    QTest::keyClick(panel.searchField(), Qt::Key_Return, Qt::ShiftModifier);
    QVERIFY(panel.model()->matches(panel.model()->rowOf(selection.eventId()), QStringLiteral("reminder")));
}

void HistoryPanelTest::copiesRows() {
    Selection selection;
    HistoryPanel panel(&selection);
    panel.resize(1000, 300);
    panel.show();
    panel.showHistory(HistoryView::of(orrery::test::orderHistory()));
    selection.select(5, 5);
    QCOMPARE(panel.table()->selectionModel()->selectedRows().size(), 1);
    QTest::keyClick(panel.table(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), panel.model()->rowText(4));
    QCOMPARE(panel.model()->rowText(4).count(QLatin1Char('\t')), qsizetype(HistoryModel::ColumnCount - 1));
}

void HistoryPanelTest::growthDoesNotMoveWhatIsRead() {
    Selection selection;
    HistoryPanel panel(&selection);
    panel.resize(1000, 260);
    panel.show();
    panel.showHistory(HistoryView::of(orrery::test::orderHistory(40)));
    QCoreApplication::processEvents();
    panel.table()->verticalScrollBar()->setValue(12);
    panel.setHistory(HistoryView::of(orrery::test::orderHistory()));
    QCOMPARE(panel.table()->verticalScrollBar()->value(), 12);
    QCOMPARE(panel.model()->rowCount(), int(orrery::test::orderHistory()->size()));
}

QTEST_MAIN(HistoryPanelTest)
#include "history_panel_test.moc"
