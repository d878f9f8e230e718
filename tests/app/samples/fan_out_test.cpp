// SPDX-License-Identifier: MIT
#include <QSet>
#include <QTest>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include <temporal/api/history/v1/message.pb.h>

#include "tests/app/samples/stage.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::Stage;
using test::text;

namespace {

/// The most activities that were scheduled and not closed at one point of the history.
int mostAtATime(const history::History& history) {
    int now = 0;
    int most = 0;
    for (size_t i = 0; i < history.size(); ++i) {
        const auto type = history[i].typeName();
        if (type == "ActivityTaskScheduled") most = std::max(most, ++now);
        if (type == "ActivityTaskCompleted" || type == "ActivityTaskFailed" || type == "ActivityTaskTimedOut") --now;
    }
    return most;
}

samples::SurveyPlan plan(int sectors, int width) {
    samples::SurveyPlan plan;
    plan.sectors = sectors;
    plan.width = width;
    return plan;
}

}  // namespace

class FanOutTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsTheSky_data();
    void countsTheSky();
    void hiddenSectorsAreNamed();
    void refusesAPlanWithoutWidth();
    void survivesTheLossOfItsWorker();
};

void FanOutTest::countsTheSky_data() {
    QTest::addColumn<int>("sectors");
    QTest::addColumn<int>("width");
    QTest::newRow("a hundred, ten at a time") << 100 << 10;
    QTest::newRow("one at a time") << 8 << 1;
    QTest::newRow("wider than the sky") << 5 << 50;
    QTest::newRow("nothing to count") << 0 << 10;
}

void FanOutTest::countsTheSky() {
    QFETCH(int, sectors);
    QFETCH(int, width);
    const Stage stage;
    const auto handle = stage.start(samples::kFanOut, "sky", plan(sectors, width));
    const samples::SurveyResult result = handle.result();
    QCOMPARE(result.sectors, sectors);
    QCOMPARE(static_cast<int>(result.retried.size()), sectors / 7);
    for (const int number : result.retried) QCOMPARE(number % 7, 0);
    int stars = 0;
    for (int number = 1; number <= sectors; ++number) stars += 10 + number * 7919 % 997;
    QCOMPARE(result.stars, stars);
    QCOMPARE(mostAtATime(*handle.history()), std::min(sectors, width));
    QCOMPARE(handle.query<samples::SurveyProgress>("progress").done, sectors);
}

void FanOutTest::hiddenSectorsAreNamed() {
    const Stage stage;
    samples::SurveyPlan cloudy = plan(20, 4);
    cloudy.hiddenEvery = 6;
    const samples::SurveyResult result = stage.start(samples::kFanOut, "sky", cloudy).result();
    QCOMPARE(result.hidden, std::vector<int>({6, 12, 18}));
    QCOMPARE(result.sectors, 17);
}

void FanOutTest::refusesAPlanWithoutWidth() {
    const Stage stage;
    const auto handle = stage.start(samples::kFanOut, "sky", plan(10, 0));
    try {
        handle.result();
        QFAIL("no width, and no failure");
    } catch (const client::WorkflowFailedError& error) {
        QVERIFY2(text(error.what()).contains("at least one sector at a time"), error.what());
    }
}

void FanOutTest::survivesTheLossOfItsWorker() {
    Stage stage;
    samples::SurveyPlan paced = plan(30, 5);
    paced.pace = 0.1;
    const auto handle = stage.start(samples::kFanOut, "sky", paced);
    QTRY_VERIFY_WITH_TIMEOUT(handle.query<samples::SurveyProgress>("progress").done >= 5, 20000);
    stage.loseWorker();
    stage.newWorker();
    const samples::SurveyResult result = handle.result();
    QCOMPARE(result.sectors, 30);
    const auto history = handle.history();
    QVERIFY(mostAtATime(*history) <= 5);
    // Every sector was scheduled once: none was forgotten, none begun anew by the second worker.
    QSet<QString> seen;
    int scheduled = 0;
    for (size_t i = 0; i < history->size(); ++i) {
        if ((*history)[i].typeName() != "ActivityTaskScheduled") continue;
        ++scheduled;
        const auto& input = (*history)[i].message().activity_task_scheduled_event_attributes().input();
        seen.insert(QString::fromStdString(input.payloads(0).data()));
    }
    QCOMPARE(scheduled, 30);
    QCOMPARE(seen.size(), 30);
}

QTEST_GUILESS_MAIN(FanOutTest)
#include "fan_out_test.moc"
