// SPDX-License-Identifier: MIT
// What workers that scale themselves are told with their tasks.
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

namespace {

int adviceOf(const test::api::PollWorkflowTaskQueueResponse& task) {
    return task.poller_scaling_decision().poll_request_delta_suggestion();
}

}  // namespace

class PollAdviceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idlePollIsOneTooMany_data();
    void idlePollIsOneTooMany();
    void oldTaskWantsMore();
    void tasksThatComeFasterWantMore();
    void enoughIsEnough();
    void busyWorkerIsNotToldAlways();
    void activitiesToo();
};

void PollAdviceTest::idlePollIsOneTooMany_data() {
    QTest::addColumn<int>("milliseconds");
    QTest::addColumn<int>("advice");
    QTest::newRow("short") << 999 << 0;
    QTest::newRow("long") << 1000 << -1;
}

void PollAdviceTest::idlePollIsOneTooMany() {
    QFETCH(int, milliseconds);
    Driver driver;
    const Kept polled = driver.poll();
    driver.pass(std::chrono::milliseconds(milliseconds));
    driver.start("w");
    QTEST(adviceOf(polled->as<test::api::PollWorkflowTaskQueueResponse>()), "advice");
}

void PollAdviceTest::oldTaskWantsMore() {
    Driver driver;
    for (const char* id : {"a", "b"}) driver.start(id);
    driver.task();
    driver.task();
    // As many come as go, but this one is left.
    driver.start("c");
    driver.start("d");
    driver.pass(5s);
    QCOMPARE(adviceOf(driver.task()), 1);
    QCOMPARE(adviceOf(driver.task()), 0);
}

void PollAdviceTest::tasksThatComeFasterWantMore() {
    Driver driver;
    for (const char* id : {"a", "b", "c"}) driver.start(id);
    driver.pass(100ms);
    QCOMPARE(adviceOf(driver.task()), 1);
}

void PollAdviceTest::enoughIsEnough() {
    Driver driver;
    driver.start("a");
    driver.pass(100ms);
    QCOMPARE(adviceOf(driver.task()), 0);
    driver.start("b");
    QCOMPARE(adviceOf(driver.task()), 0);
}

void PollAdviceTest::busyWorkerIsNotToldAlways() {
    Driver driver;
    driver.checksHistories = false;
    constexpr int kTasks = 800;
    for (int i = 0; i < kTasks; ++i) driver.start("w" + std::to_string(i));
    driver.pass(10s);
    int advices = 0;
    for (int i = 0; i < kTasks / 2; ++i) advices += adviceOf(driver.task());
    QVERIFY2(advices > 100 && advices < kTasks / 2, qPrintable(QString::number(advices)));
}

void PollAdviceTest::activitiesToo() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a", 1h), Driver::schedule("b", 1h)});
    driver.pass(300ms);
    QCOMPARE(driver.activity().poller_scaling_decision().poll_request_delta_suggestion(), 1);
    QVERIFY(!driver.activity().has_poller_scaling_decision());
}

QTEST_GUILESS_MAIN(PollAdviceTest)
#include "poll_advice_test.moc"
