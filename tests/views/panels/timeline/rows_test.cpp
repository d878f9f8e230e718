// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/views/panels/made_history.h"
#include "views/panels/timeline/rows_geometry.h"
#include "views/shared/history_view.h"

using namespace orrery::ui::timeline;
using namespace std::chrono_literals;
using orrery::history::GroupKind;
using orrery::history::GroupState;
using orrery::ui::shared::HistoryView;

class RowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreInOrderOfTheirFirstEvents();
    void waitingComesBeforeRunning();
    void runningBarsAreOpen();
    void workflowTasksAreTicks();
    void hitsAreForgiving();
    void aRowForEachName();
    void idleTimeFolds();
    void busyTimeDoesNot();
    void emptyHistory();
};

namespace {

const HistoryView& order() {
    static const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    return view;
}

const Bar& barNamed(const Rows& rows, const char* name) {
    for (const Bar& bar : rows.bars()) {
        if (order().groups->list[bar.group].name == name) return bar;
    }
    qFatal("no bar %s", name);
}

}  // namespace

void RowsTest::rowsAreInOrderOfTheirFirstEvents() {
    const Rows rows(*order().history, *order().groups, false);
    QVERIFY(rows.count() >= 10);
    int64_t last = 0;
    for (int row = 0; row < rows.count(); ++row) {
        const auto [begin, end] = rows.barsOf(row);
        QCOMPARE(end - begin, 1u);
        const auto& group = order().groups->list[rows.bars()[begin].group];
        QVERIFY(group.kind != GroupKind::WorkflowTask);
        QVERIFY(group.firstEventId > last);
        last = group.firstEventId;
        QCOMPARE(rows.rowOf(rows.bars()[begin].group), row);
    }
}

void RowsTest::waitingComesBeforeRunning() {
    const Rows rows(*order().history, *order().groups, false);
    const Bar& bar = barNamed(rows, "sendReminder");
    QCOMPARE(bar.start - bar.begin, Offset(std::chrono::nanoseconds(1000ms).count()));
    QCOMPARE(bar.end - bar.start, Offset(std::chrono::nanoseconds(3400ms).count()));
    const Bar& timer = barNamed(rows, "approval time-out");
    QCOMPARE(timer.start, timer.begin);
    QVERIFY(timer.end - timer.begin > std::chrono::nanoseconds(23h).count());
    const Bar& note = barNamed(rows, "note");
    QVERIFY(note.isMark());
}

void RowsTest::runningBarsAreOpen() {
    const Rows rows(*order().history, *order().groups, false);
    QVERIFY(barNamed(rows, "packParcel").isOpen());
    QVERIFY(barNamed(rows, "packParcel").start != kOpen);
    QVERIFY(barNamed(rows, "printLabel").isOpen());
    QCOMPARE(barNamed(rows, "printLabel").start, kOpen);
    QVERIFY(!barNamed(rows, "createOrder").isOpen());
}

void RowsTest::workflowTasksAreTicks() {
    const Rows rows(*order().history, *order().groups, false);
    QVERIFY(rows.tasks().size() >= 8);
    int failed = 0;
    Offset last = -1;
    for (const TaskTick& task : rows.tasks()) {
        failed += task.failed ? 1 : 0;
        QVERIFY(task.at >= last);
        last = task.at;
    }
    QCOMPARE(failed, 1);
    const TaskTick& third = rows.tasks()[2];
    QCOMPARE(rows.hitTask(third.at + 1000, 2000), &third);
    QVERIFY(!rows.hitTask(-1'000'000'000, 10));
}

void RowsTest::hitsAreForgiving() {
    const Rows rows(*order().history, *order().groups, true);
    const Bar& bar = barNamed(rows, "createOrder");
    const int row = rows.rowOf(bar.group);
    QCOMPARE(rows.hit(row, bar.begin - 400, 500, 0), &bar);
    QCOMPARE(rows.hit(row, bar.end + 400, 500, 0), &bar);
    QVERIFY(rows.hit(-1, bar.begin, 500, 0) == nullptr);
    QVERIFY(rows.hit(rows.count(), bar.begin, 500, 0) == nullptr);
}

void RowsTest::aRowForEachName() {
    const HistoryView view = HistoryView::of(orrery::test::largeHistory(3000));
    const Rows rows(*view.history, *view.groups, true);
    QCOMPARE(rows.count(), 5);
    size_t bars = 0;
    for (int row = 0; row < rows.count(); ++row) {
        const auto [begin, end] = rows.barsOf(row);
        bars += end - begin;
        for (uint32_t i = begin + 1; i < end; ++i) QVERIFY(rows.bars()[i - 1].begin <= rows.bars()[i].begin);
        const auto [from, until] = rows.visible(row, rows.lastMoment() / 3, rows.lastMoment() / 2);
        QVERIFY(until - from < end - begin);
        for (uint32_t i = begin; i < end; ++i) {
            const Bar& bar = rows.bars()[i];
            const bool seen = bar.begin <= rows.lastMoment() / 2 && bar.end >= rows.lastMoment() / 3;
            QVERIFY2(!seen || (i >= from && i < until), "a bar that can be seen was left out");
        }
    }
    QCOMPARE(bars, rows.bars().size());
}

void RowsTest::idleTimeFolds() {
    const Rows rows(*order().history, *order().groups, false);
    const auto gaps = rows.idleGaps(rows.lastMoment());
    QCOMPARE(gaps.size(), size_t(1));
    QVERIFY(gaps[0].length() > std::chrono::nanoseconds(23h).count());
    // A clock that has gone on alone folds too, but not while an activity runs.
    const auto later = rows.idleGaps(rows.lastMoment() + std::chrono::nanoseconds(10h).count());
    QCOMPARE(later.size(), size_t(1));
}

void RowsTest::busyTimeDoesNot() {
    const HistoryView view = HistoryView::of(orrery::test::largeHistory(900));
    const Rows rows(*view.history, *view.groups, false);
    for (const Gap& gap : rows.idleGaps(rows.lastMoment())) {
        for (const Bar& bar : rows.bars()) {
            QVERIFY(bar.end <= gap.begin || bar.begin >= gap.end || bar.isOpen());
        }
    }
}

void RowsTest::emptyHistory() {
    orrery::history::HistoryBuilder builder;
    const HistoryView view = HistoryView::of(builder.snapshot());
    for (const bool byName : {false, true}) {
        const Rows rows(*view.history, *view.groups, byName);
        QCOMPARE(rows.count(), 0);
        QVERIFY(rows.idleGaps(0).empty());
    }
}

QTEST_GUILESS_MAIN(RowsTest)
#include "rows_test.moc"
