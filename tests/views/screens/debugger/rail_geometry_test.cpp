// SPDX-License-Identifier: MIT
#include "views/screens/debugger/rail_geometry.h"

#include <QSignalSpy>
#include <QTest>

#include "views/screens/debugger/task_rail.h"
#include "views/shared/theme.h"

using namespace orrery::ui;
using debugger::RailGeometry;
using debugger::TaskRail;

class RailGeometryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void everyPlaceFindsItsTask_data();
    void everyPlaceFindsItsTask();
    void ends();
    void densityFollowsTheRoom();
    void keysAndClicksChoose();
    void showsManyTasksWithoutAWidgetEach();
};

void RailGeometryTest::everyPlaceFindsItsTask_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("width");
    QTest::newRow("one") << 1 << 400;
    QTest::newRow("two") << 2 << 400;
    QTest::newRow("eight") << 8 << 900;
    QTest::newRow("as many as pixels") << 384 << 400;
}

void RailGeometryTest::everyPlaceFindsItsTask() {
    QFETCH(int, count);
    QFETCH(int, width);
    const RailGeometry rail(count, width);
    for (int task = 0; task < count; ++task) {
        QCOMPARE(rail.taskAt(rail.x(task)), task);
        QVERIFY(rail.x(task) >= rail.left() && rail.x(task) <= rail.right());
    }
}

void RailGeometryTest::ends() {
    const RailGeometry rail(5, 500);
    QCOMPARE(rail.taskAt(-100), 0);
    QCOMPARE(rail.taskAt(1000), 4);
    QCOMPARE(rail.x(0), rail.left());
    QCOMPARE(rail.x(4), rail.right());
    QCOMPARE(RailGeometry(0, 500).taskAt(100), -1);
    QCOMPARE(RailGeometry(3, 0).taskAt(10), 0);
}

void RailGeometryTest::densityFollowsTheRoom() {
    QCOMPARE(RailGeometry(8, 900).density(), RailGeometry::Density::Dots);
    QCOMPARE(RailGeometry(100, 900).density(), RailGeometry::Density::Points);
    QCOMPARE(RailGeometry(3000, 900).density(), RailGeometry::Density::Line);
    QCOMPARE(RailGeometry(1, 10).density(), RailGeometry::Density::Dots);
}

void RailGeometryTest::keysAndClicksChoose() {
    TaskRail rail;
    rail.resize(400, rail.sizeHint().height());
    rail.setTasks(std::vector<TaskRail::Mark>(5));
    rail.setCurrent(2);
    QSignalSpy chosen(&rail, &TaskRail::chosen);
    const auto last = [&] { return chosen.isEmpty() ? -1 : chosen.takeLast().first().toInt(); };
    QTest::keyClick(&rail, Qt::Key_Right);
    QCOMPARE(last(), 3);
    QTest::keyClick(&rail, Qt::Key_Left);
    QCOMPARE(last(), 1);
    QTest::keyClick(&rail, Qt::Key_Home);
    QCOMPARE(last(), 0);
    QTest::keyClick(&rail, Qt::Key_End);
    QCOMPARE(last(), 4);
    const QPoint second(static_cast<int>(RailGeometry(5, 400).x(1)), rail.height() / 2);
    QTest::mouseClick(&rail, Qt::LeftButton, {}, second);
    QCOMPARE(last(), 1);
    chosen.clear();
    rail.setCurrent(4);
    QTest::keyClick(&rail, Qt::Key_Right);
    QVERIFY2(chosen.isEmpty(), "there is nothing behind the last task");
    QVERIFY(rail.accessibleDescription().contains("5 of 5"));
}

void RailGeometryTest::showsManyTasksWithoutAWidgetEach() {
    TaskRail rail;
    rail.resize(900, rail.sizeHint().height());
    std::vector<TaskRail::Mark> marks(3000);
    marks[1500] = TaskRail::Mark::Failed;
    rail.setTasks(marks);
    rail.setCurrent(100);
    QVERIFY(rail.children().isEmpty());
    const QImage picture = rail.grab().toImage();
    const QColor red = shared::Theme::instance().colour(shared::Role::Failed);
    const QPoint mark(static_cast<int>(RailGeometry(3000, 900).x(1500)), rail.height() / 2);
    bool found = false;
    for (int dx = -1; dx <= 1; ++dx) found = found || picture.pixelColor(mark + QPoint(dx, 0)) == red;
    QVERIFY2(found, "a failed task does not vanish in a crowd");
}

QTEST_MAIN(RailGeometryTest)
#include "rail_geometry_test.moc"
