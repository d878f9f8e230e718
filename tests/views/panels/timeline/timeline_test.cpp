// SPDX-License-Identifier: MIT
#include "views/panels/timeline/timeline.h"

#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "tests/views/panels/made_history.h"
#include "views/panels/timeline/timeline_panel.h"

using namespace orrery::ui::timeline;
using orrery::ui::shared::HistoryView;
using orrery::ui::shared::Selection;
using orrery::ui::shared::Theme;

class TimelineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void clickSelects();
    void foldOpensOnClick();
    void wheelScrollsZoomsAndPans();
    void keysWalkEvents();
    void doubleClickZoomsAndZeroFits();
    void spaceDragPans();
    void growthKeepsTheView();
    void nothingVanishes();
    void hoverTellsFacts();
    void panelSwitches();
    void labelsLeaveTheEndsOfBars();

private:
    struct Open {
        Selection selection;
        Timeline timeline{&selection};
        HistoryView view;

        explicit Open(const HistoryView& shown) : view(shown) {
            timeline.resize(1200, 420);
            timeline.show();
            timeline.showHistory(view);
        }
        void wheel(QPointF at, int delta, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
            QWheelEvent event(at, timeline.viewport()->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, modifiers,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(timeline.viewport(), &event);
        }
        QPoint pointOf(const char* name) {
            for (const Bar& bar : timeline.rows().bars()) {
                if (view.groups->list[bar.group].name != name) continue;
                const int y = kHeadHeight + timeline.rows().rowOf(bar.group) * Theme::instance().rowHeight() + 12;
                return {static_cast<int>(timeline.scale().x(bar.begin)) + 2, y - timeline.verticalScrollBar()->value()};
            }
            qFatal("no bar %s", name);
        }
    };
};

void TimelineTest::initTestCase() { Theme::instance().apply(); }

void TimelineTest::clickSelects() {
    Open open(HistoryView::of(orrery::test::orderHistory()));
    QTest::mouseClick(open.timeline.viewport(), Qt::LeftButton, {}, open.pointOf("chargeCard"));
    const auto event = open.view.history->find(open.selection.eventId());
    QVERIFY(event.has_value());
    QCOMPARE(event->name(), std::string("chargeCard"));
    QCOMPARE(open.selection.groupId(), open.view.groupIdOf(event->id()));
    // Below the last row there is nothing to select.
    QTest::mouseClick(open.timeline.viewport(), Qt::LeftButton, {},
                      {open.timeline.viewport()->width() - 5, open.timeline.viewport()->height() - 2});
    QCOMPARE(open.selection.eventId(), 0);
}

void TimelineTest::foldOpensOnClick() {
    Open open(HistoryView::of(orrery::test::orderHistory()));
    QCOMPARE(open.timeline.scale().folds().size(), size_t(1));
    const auto fold = open.timeline.scale().folds()[0];
    const int x = static_cast<int>(open.timeline.scale().x(fold.begin) + open.timeline.scale().foldWidth() / 2);
    QTest::mouseClick(open.timeline.viewport(), Qt::LeftButton, {}, {x, kMinimapHeight + 8});
    QCOMPARE(open.timeline.scale().folds().size(), size_t(0));
    open.timeline.setFoldIdle(false);
    open.timeline.setFoldIdle(true);
    QCOMPARE(open.timeline.scale().folds().size(), size_t(1));
}

void TimelineTest::wheelScrollsZoomsAndPans() {
    Open open(HistoryView::of(orrery::test::largeHistory(2000)));
    const QPointF rows(600, kHeadHeight + 100);
    open.wheel(rows, -120);
    QVERIFY(open.timeline.verticalScrollBar()->value() > 0);
    QVERIFY(open.timeline.scale().isFitted());
    const Offset under = open.timeline.scale().timeAt(600);
    for (int i = 0; i < 8; ++i) open.wheel(rows, 120, Qt::ControlModifier);
    QVERIFY(!open.timeline.scale().isFitted());
    QVERIFY(qAbs(open.timeline.scale().x(under) - 600) < 2);
    QVERIFY(open.selection.range().has_value());
    const Offset left = open.timeline.scale().timeAt(0);
    open.wheel(rows, -120, Qt::ShiftModifier);
    QVERIFY(open.timeline.scale().timeAt(0) > left);
    const double zoom = open.timeline.scale().zoom();
    open.wheel(QPointF(600, kMinimapHeight + 5), 120);
    QVERIFY(open.timeline.scale().zoom() > zoom);
}

void TimelineTest::keysWalkEvents() {
    Open open(HistoryView::of(orrery::test::orderHistory()));
    QTest::keyClick(&open.timeline, Qt::Key_Home);
    QCOMPARE(open.selection.eventId(), 1);
    QTest::keyClick(&open.timeline, Qt::Key_Right);
    QTest::keyClick(&open.timeline, Qt::Key_Right);
    QCOMPARE(open.selection.eventId(), 3);
    QTest::keyClick(&open.timeline, Qt::Key_Left);
    QCOMPARE(open.selection.eventId(), 2);
    QTest::keyClick(&open.timeline, Qt::Key_End);
    QCOMPARE(open.selection.eventId(), int64_t(open.view.history->size()));
    QTest::keyClick(&open.timeline, Qt::Key_Up);
    const int64_t above = open.selection.groupId();
    QTest::keyClick(&open.timeline, Qt::Key_Down);
    QVERIFY(open.selection.groupId() > above);
    QTest::keyClick(&open.timeline, Qt::Key_Escape);
    QCOMPARE(open.selection.eventId(), 0);
}

void TimelineTest::doubleClickZoomsAndZeroFits() {
    Open open(HistoryView::of(orrery::test::orderHistory()));
    QTest::mouseDClick(open.timeline.viewport(), Qt::LeftButton, {}, open.pointOf("sendReminder"));
    QVERIFY(open.timeline.scale().zoom() > 2);
    QTest::keyClick(&open.timeline, Qt::Key_Plus);
    QTest::keyClick(&open.timeline, Qt::Key_0);
    QVERIFY(open.timeline.scale().isFitted());
}

void TimelineTest::spaceDragPans() {
    Open open(HistoryView::of(orrery::test::largeHistory(2000)));
    for (int i = 0; i < 6; ++i) QTest::keyClick(&open.timeline, Qt::Key_Plus);
    const Offset left = open.timeline.scale().timeAt(0);
    QTest::keyPress(&open.timeline, Qt::Key_Space);
    QWidget* port = open.timeline.viewport();
    QTest::mousePress(port, Qt::LeftButton, {}, {600, 200});
    QTest::mouseMove(port, {500, 160});
    QTest::mouseRelease(port, Qt::LeftButton, {}, {500, 160});
    QTest::keyRelease(&open.timeline, Qt::Key_Space);
    QVERIFY(open.timeline.scale().timeAt(0) > left);
    QCOMPARE(open.timeline.verticalScrollBar()->value(), 40);
    QCOMPARE(open.selection.eventId(), 0);
}

void TimelineTest::growthKeepsTheView() {
    Open open(HistoryView::of(orrery::test::orderHistory(20)));
    for (int i = 0; i < 4; ++i) QTest::keyClick(&open.timeline, Qt::Key_Plus);
    const Offset at = open.timeline.scale().timeAt(300);
    const double pixels = open.timeline.scale().pixelsPerNano();
    open.timeline.setHistory(HistoryView::of(orrery::test::orderHistory()));
    QVERIFY(qAbs(open.timeline.scale().x(at) - 300) < 2);
    QCOMPARE(open.timeline.scale().pixelsPerNano(), pixels);
    open.timeline.setNow(open.timeline.rows().time(open.timeline.rows().lastMoment()) + std::chrono::seconds(3));
    QVERIFY(qAbs(open.timeline.scale().x(at) - 300) < 2);
}

void TimelineTest::nothingVanishes() {
    Open open(HistoryView::of(orrery::test::largeHistory(20'000)));
    open.timeline.setGroupByName(true);
    open.timeline.grab();
    QCOMPARE(size_t(open.timeline.barsPainted()), open.timeline.rows().bars().size());
    open.timeline.setGroupByName(false);
    open.timeline.grab();
    QVERIFY(open.timeline.barsPainted() > 0);
    QVERIFY(open.timeline.barsPainted() < 40);
}

void TimelineTest::hoverTellsFacts() {
    Open open(HistoryView::of(orrery::test::orderHistory()));
    QTest::mouseMove(open.timeline.viewport(), open.pointOf("reserveStock"));
    QTRY_VERIFY(open.selection.hoveredGroup() != 0);
    QCOMPARE(open.view.history->find(open.selection.hoveredGroup())->name(), std::string("reserveStock"));
    QVERIFY(open.timeline.accessibleName().contains(QStringLiteral("events")));
}

void TimelineTest::panelSwitches() {
    Selection selection;
    TimelinePanel panel(&selection);
    panel.resize(1000, 400);
    panel.show();
    panel.showHistory(HistoryView::of(orrery::test::orderHistory()));
    QTest::mouseClick(panel.findChild<QPushButton*>(QStringLiteral("timelineFold")), Qt::LeftButton);
    QVERIFY(!panel.timeline()->foldsIdle());
    QTest::mouseClick(panel.findChild<QPushButton*>(QStringLiteral("timelineByName")), Qt::LeftButton);
    QVERIFY(panel.timeline()->groupsByName());
    QTest::mouseClick(panel.findChild<QPushButton*>(QStringLiteral("timelineZoomIn")), Qt::LeftButton);
    QVERIFY(!panel.timeline()->scale().isFitted());
    QTest::mouseClick(panel.findChild<QPushButton*>(QStringLiteral("timelineFit")), Qt::LeftButton);
    QVERIFY(panel.timeline()->scale().isFitted());
}

// A bar that fills the view has its name over it, but how it ended stays to be seen.
void TimelineTest::labelsLeaveTheEndsOfBars() {
    Open open(HistoryView::of(orrery::test::orderHistory()));
    open.timeline.resize(500, 420);
    QTest::mouseDClick(open.timeline.viewport(), Qt::LeftButton, {}, open.pointOf("sendReceipt"));
    const Bar* failed = nullptr;
    for (const Bar& bar : open.timeline.rows().bars()) {
        if (open.view.groups->list[bar.group].name == "sendReceipt") failed = &bar;
    }
    QVERIFY(failed != nullptr && failed->state == orrery::history::GroupState::Failed);
    open.selection.clear();
    const double end = open.timeline.scale().x(failed->end);
    QVERIFY(end > 250 && end < 500);
    const QImage shown = open.timeline.viewport()->grab().toImage();
    const int y = open.pointOf("sendReceipt").y();
    const QColor red = Theme::instance().colour(orrery::ui::shared::Role::Failed);
    const QColor found = shown.pixelColor(static_cast<int>(end) - 2, y);
    QVERIFY2(found == red, qPrintable(found.name()));
}

QTEST_MAIN(TimelineTest)
#include "timeline_test.moc"
