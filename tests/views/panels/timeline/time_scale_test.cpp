// SPDX-License-Identifier: MIT
#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include "views/panels/timeline/axis_geometry.h"
#include "views/panels/timeline/time_scale_geometry.h"

using namespace orrery::ui::timeline;

class TimeScaleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fitShowsAll();
    void foldsTakeOneWidth();
    void timeSurvivesTheRoundTrip();
    void zoomKeepsWhatIsUnderThePointer();
    void growthKeepsThePosition();
    void growthKeepsTheFit();
    void panStopsAtTheEnds();
    void showAndReveal();
    void manyFoldsLeaveRoom();
    void steps_data();
    void steps();
    void labels_data();
    void labels();
    void neverTheSameLabelTwice();
    void noTickInAFold();
};

namespace {

constexpr Offset kSecond = 1'000'000'000;
constexpr Offset kHour = 3600 * kSecond;

TimeScale scaleOf(Offset length, std::vector<Gap> folds = {}, double width = 1000) {
    TimeScale scale;
    scale.setViewWidth(width);
    scale.setSpan(length, std::move(folds));
    return scale;
}

}  // namespace

void TimeScaleTest::fitShowsAll() {
    const TimeScale scale = scaleOf(10 * kSecond);
    QVERIFY(scale.isFitted());
    QVERIFY(scale.x(0) > 0);
    QVERIFY(scale.x(10 * kSecond) < 1000);
    QVERIFY(scale.x(10 * kSecond) > 800);
    QCOMPARE(scale.zoom(), 1.0);
}

void TimeScaleTest::foldsTakeOneWidth() {
    const TimeScale scale = scaleOf(24 * kHour, {{5 * kSecond, 24 * kHour - 5 * kSecond}});
    const double left = scale.x(5 * kSecond);
    const double right = scale.x(24 * kHour - 5 * kSecond);
    QVERIFY(qAbs(right - left - scale.foldWidth()) < 0.001);
    QVERIFY(qAbs((left - scale.x(0)) - (scale.x(24 * kHour) - right)) < 0.001);
    QCOMPARE(scale.foldAt((left + right) / 2), 0);
    QCOMPARE(scale.foldAt(left - 1), -1);
    QVERIFY(scale.x(12 * kHour) > left && scale.x(12 * kHour) < right);
}

void TimeScaleTest::timeSurvivesTheRoundTrip() {
    TimeScale scale =
        scaleOf(30 * 24 * kHour, {{kHour, 40 * kHour}, {41 * kHour, 42 * kHour}, {50 * kHour, 600 * kHour}});
    QRandomGenerator random(7);
    for (int i = 0; i < 2000; ++i) {
        if (i % 100 == 99) scale.zoomAt(random.bounded(1000), 1.0 + random.bounded(3.0));
        const auto time = static_cast<Offset>(random.generateDouble() * 30 * 24 * kHour);
        const double x = scale.x(time);
        QVERIFY2(qAbs(scale.x(scale.timeAt(x)) - x) < 0.01, qPrintable(QString::number(time)));
    }
}

void TimeScaleTest::zoomKeepsWhatIsUnderThePointer() {
    TimeScale scale = scaleOf(1000 * kSecond, {{300 * kSecond, 600 * kSecond}});
    for (const double x : {200.0, 512.5, 800.0}) {
        scale.fit();
        const Offset before = scale.timeAt(x);
        for (int i = 0; i < 12; ++i) scale.zoomAt(x, 1.3);
        QVERIFY(qAbs(scale.x(before) - x) < 1.0);
        QVERIFY(!scale.isFitted());
        for (int i = 0; i < 40; ++i) scale.zoomAt(x, 1 / 1.3);
        QVERIFY(scale.isFitted());
    }
}

void TimeScaleTest::growthKeepsThePosition() {
    TimeScale scale = scaleOf(100 * kSecond);
    scale.zoomAt(500, 8);
    const Offset at = scale.timeAt(500);
    const double pixels = scale.pixelsPerNano();
    scale.setSpan(160 * kSecond, {});
    QVERIFY(qAbs(scale.x(at) - 500) < 0.5);
    QCOMPARE(scale.pixelsPerNano(), pixels);
}

void TimeScaleTest::growthKeepsTheFit() {
    TimeScale scale = scaleOf(100 * kSecond);
    scale.setSpan(200 * kSecond, {});
    QVERIFY(scale.isFitted());
    QVERIFY(scale.x(200 * kSecond) < 1000);
}

void TimeScaleTest::panStopsAtTheEnds() {
    TimeScale scale = scaleOf(100 * kSecond);
    scale.zoomAt(500, 4);
    scale.panBy(-1e7);
    QVERIFY(scale.x(0) >= 0 && scale.x(0) < 100);
    scale.panBy(1e7);
    QVERIFY(scale.x(100 * kSecond) > 900 && scale.x(100 * kSecond) <= 1000);
}

void TimeScaleTest::showAndReveal() {
    TimeScale scale = scaleOf(1000 * kSecond);
    scale.show(400 * kSecond, 410 * kSecond);
    QVERIFY(scale.x(400 * kSecond) > 0);
    QVERIFY(scale.x(410 * kSecond) < 1000);
    QVERIFY(scale.x(410 * kSecond) - scale.x(400 * kSecond) > 500);
    scale.reveal(900 * kSecond);
    QVERIFY(scale.x(900 * kSecond) > 0 && scale.x(900 * kSecond) < 1000);
    const Offset left = scale.timeAt(0);
    scale.reveal(900 * kSecond);
    QCOMPARE(scale.timeAt(0), left);
}

void TimeScaleTest::manyFoldsLeaveRoom() {
    std::vector<Gap> folds;
    for (int i = 0; i < 64; ++i) folds.push_back({i * kHour + kSecond, (i + 1) * kHour});
    const TimeScale scale = scaleOf(64 * kHour + kSecond, folds, 400);
    QVERIFY(scale.x(64 * kHour + kSecond) <= 400);
    QVERIFY(scale.foldWidth() >= 2);
}

void TimeScaleTest::steps_data() {
    QTest::addColumn<double>("least");
    QTest::addColumn<qint64>("step");
    QTest::newRow("ns") << 0.3 << qint64(1);
    QTest::newRow("us") << 1.2e3 << qint64(2'000);
    QTest::newRow("half a second") << 3e8 << qint64(500'000'000);
    QTest::newRow("seconds") << 6e9 << qint64(10 * kSecond);
    QTest::newRow("quarter") << 11.0 * 60e9 << qint64(15 * 60 * kSecond);
    QTest::newRow("hours") << 4.0 * 3600e9 << qint64(6 * kHour);
    QTest::newRow("days") << 13.0 * 3600e9 << qint64(24 * kHour);
    QTest::newRow("months") << 30.0 * 24 * 3600e9 << qint64(50 * 24 * kHour);
}

void TimeScaleTest::steps() {
    QFETCH(double, least);
    QFETCH(qint64, step);
    QCOMPARE(qint64(axisStep(least)), step);
}

void TimeScaleTest::labels_data() {
    QTest::addColumn<qint64>("offset");
    QTest::addColumn<QString>("label");
    QTest::newRow("start") << qint64(0) << QStringLiteral("0");
    QTest::newRow("ns") << qint64(17) << QStringLiteral("+17 ns");
    QTest::newRow("us") << qint64(2500) << QStringLiteral("+2.5 µs");
    QTest::newRow("ms") << qint64(250'000'000) << QStringLiteral("+250 ms");
    QTest::newRow("s") << qint64(5'200'000'000) << QStringLiteral("+5.2 s");
    QTest::newRow("m") << qint64(90 * kSecond) << QStringLiteral("+1 m 30 s");
    QTest::newRow("d") << qint64(24 * kHour + 5 * kSecond) << QStringLiteral("+1 d 5 s");
}

void TimeScaleTest::labels() {
    QFETCH(qint64, offset);
    QFETCH(QString, label);
    QCOMPARE(offsetLabel(offset), label);
}

void TimeScaleTest::neverTheSameLabelTwice() {
    TimeScale scale = scaleOf(40 * 24 * kHour, {{2 * kHour, 300 * kHour}}, 1600);
    std::vector<Tick> ticks;
    for (int i = 0; i < 90; ++i) {
        axisTicks(scale, 90, ticks);
        QSet<QString> seen;
        double last = -1e9;
        for (const Tick& tick : ticks) {
            QVERIFY2(!seen.contains(tick.label), qPrintable(tick.label));
            seen.insert(tick.label);
            QVERIFY(tick.x > last);
            last = tick.x;
        }
        QVERIFY(!ticks.empty() || i > 0);
        scale.zoomAt(700, 1.4);
    }
}

void TimeScaleTest::noTickInAFold() {
    const TimeScale scale = scaleOf(24 * kHour, {{90 * kSecond, 23 * kHour}});
    std::vector<Tick> ticks;
    axisTicks(scale, 20, ticks);
    QVERIFY(ticks.size() > 4);
    for (const Tick& tick : ticks) QVERIFY(tick.at <= 90 * kSecond || tick.at >= 23 * kHour);
}

QTEST_GUILESS_MAIN(TimeScaleTest)
#include "time_scale_test.moc"
