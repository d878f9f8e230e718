// SPDX-License-Identifier: MIT
// What goes on after a restart as if there had been none.
#include <QTest>

#include "tests/core/server/kept_driver.h"
#include "tests/core/server/reset_helpers.h"

#ifndef Q_MOC_RUN
#include <temporal/api/testservice/v1/request_response.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
using test::accept;
using test::childCommand;
using test::Driver;
using test::Kept;
using test::KeptDriver;
using test::payloads;
using test::update;

namespace test_api = temporal::api::testservice::v1;

namespace {

constexpr const char* kTestService = "temporal.api.testservice.v1.TestService";

server::WorldOptions testService() {
    server::WorldOptions options;
    options.testService = true;
    return options;
}

/// Of two locks one is given back for an hour.
void fallAsleep(KeptDriver& driver) {
    test_api::SleepRequest sleep;
    payload::toProto(1h, sleep.mutable_duration());
    driver.call("LockTimeSkipping", test_api::LockTimeSkippingRequest(), kTestService);
    driver.call("UnlockTimeSkippingWithSleep", sleep, kTestService);
}

}  // namespace

class StoreGoesOnTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tokensStayGood();
    void tasksAreHandedOutAgain();
    void timersFireInTime();
    void timeOutsRunOn();
    void updatesGoOn();
    void resetRunsKeepWhatTheyWaitFor();
    void bufferedEventsCome();
    void requestIdsAreKnown();
    void sleepersTakeTheirLocksBack();
    void locksEndWithTheTestService_data();
    void locksEndWithTheTestService();
};

void StoreGoesOnTest::tokensStayGood() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a")});
    const auto activity = driver.activity();
    driver.signal("w");
    const auto task = driver.task();
    driver.stopAndStart();
    QVERIFY(!driver.completeActivity(activity)->failed());
    QVERIFY(!driver.complete(task)->failed());
    QVERIFY(driver.completeActivity(activity)->failed());
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QVERIFY(!driver.run("w").open());
    QCOMPARE(driver.differences(), QString());
}

void StoreGoesOnTest::tasksAreHandedOutAgain() {
    KeptDriver driver;
    for (const char* id : {"first", "second", "third"}) driver.start(id);
    driver.complete(driver.task(), {Driver::schedule("a"), Driver::schedule("b")});
    driver.stopAndStart();
    // In the order in which they came.
    QCOMPARE(driver.activity().activity_id(), std::string("a"));
    QCOMPARE(driver.activity().activity_id(), std::string("b"));
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("second"));
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("third"));
    QVERIFY(!driver.poll()->answered());
}

void StoreGoesOnTest::timersFireInTime() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 60s)});
    driver.pass(20s);
    driver.stopAndStart(30s);
    QVERIFY(!driver.history("w").contains("TimerFired"));
    driver.pass(9s);
    QVERIFY(!driver.history("w").contains("TimerFired"));
    driver.pass(1s);
    QVERIFY(driver.history("w").contains("TimerFired"));
    // One that fell due while nobody served fires at once.
    driver.start("late");
    driver.task();
    driver.complete(driver.task(), {Driver::timer("t", 5s)});
    driver.stopAndStart(10s);
    QVERIFY(driver.history("late").contains("TimerFired"));
}

void StoreGoesOnTest::timeOutsRunOn() {
    KeptDriver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(60s, request.mutable_workflow_run_timeout());
    driver.start(request);
    driver.complete(driver.task(), {Driver::schedule("a", 20s)});
    driver.activity();
    driver.stopAndStart(15s);
    QCOMPARE(driver.run("w").activities.at(5).phase, server::ActivityPhase::Started);
    driver.pass(5s);
    QCOMPARE(driver.run("w").activities.at(5).phase, server::ActivityPhase::Backoff);
    QCOMPARE(driver.run("w").activities.at(5).lastFailure->message(), std::string("activity StartToClose timeout"));
    driver.stopAndStart(1s);
    QCOMPARE(driver.activity().attempt(), 2);
    driver.stopAndStart(40s);
    QVERIFY(driver.history("w").endsWith("WorkflowExecutionTimedOut"));
}

void StoreGoesOnTest::updatesGoOn() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task());
    update(driver, "w", "u");
    driver.stopAndStart();
    // The caller asks again and joins what he began.
    const Kept again = update(driver, "w", "u");
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 1);
    auto completion = Driver::completion(task);
    accept(task, &completion);
    driver.call("RespondWorkflowTaskCompleted", completion);
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QVERIFY(!again->answered());
    QCOMPARE(driver.run("w").updates.at("u").stage, server::UpdateStage::Accepted);
    driver.signal("w");
    auto last = Driver::completion(driver.task());
    auto* outcome = last.add_messages();
    outcome->set_protocol_instance_id("u");
    outcome->set_id("u/2");
    temporal::api::update::v1::Response response;
    *response.mutable_outcome()->mutable_success() = payloads("done");
    outcome->mutable_body()->PackFrom(response);
    driver.call("RespondWorkflowTaskCompleted", last);
    driver.stopAndStart();
    const Kept known = update(driver, "w", "u");
    QCOMPARE(known->as<test::api::UpdateWorkflowExecutionResponse>().outcome().success().payloads(0).data(),
             std::string("done"));
}

/// A reset makes a run that waits for much before its first own event.
void StoreGoesOnTest::resetRunsKeepWhatTheyWaitFor() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 1h), Driver::schedule("a", 60s), childCommand("child")});
    const Kept caller = update(driver, "w", "u");
    const auto asked = driver.task();
    auto acceptance = Driver::completion(asked, {});
    accept(asked, &acceptance);
    driver.call("RespondWorkflowTaskCompleted", acceptance);
    driver.signal("w", "request");
    driver.complete(driver.task());
    const int64_t last = driver.run("w").lastStartedId + 1;
    const std::string runId = test::reset(driver, test::resetRequest(last));
    const auto waits = [&driver] {
        const auto& run = driver.run("w");
        return QStringLiteral("%1 timers, %2 activities, %3 children, %4 updates, %5 requests")
            .arg(run.timers.size())
            .arg(run.activities.size())
            .arg(run.children.size())
            .arg(run.updates.size())
            .arg(run.signalRequests.size());
    };
    QCOMPARE(driver.run("w").runId, runId);
    const QString before = waits();
    QVERIFY2(before.startsWith("1 timers, 1 activities, 1 children, 1 updates"), qPrintable(before));
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QCOMPARE(waits(), before);
    driver.pass(2h);
    QVERIFY(driver.history("w").contains("TimerFired"));
}

void StoreGoesOnTest::bufferedEventsCome() {
    KeptDriver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.signal("w");
    driver.signal("w");
    driver.stopAndStart();
    driver.complete(task);
    QCOMPARE(driver.history("w").count("WorkflowExecutionSignaled"), 2);
    QCOMPARE(driver.differences(), QString());
}

void StoreGoesOnTest::requestIdsAreKnown() {
    KeptDriver driver;
    const std::string runId = driver.start("w");
    driver.signal("w", "once");
    driver.stopAndStart();
    QCOMPARE(driver.start("w"), runId);
    driver.signal("w", "once");
    QCOMPARE(driver.history("w").count("WorkflowExecutionSignaled"), 1);
}

void StoreGoesOnTest::sleepersTakeTheirLocksBack() {
    KeptDriver driver(testService());
    fallAsleep(driver);
    QCOMPARE(driver.world.clientLocks, int64_t(1));
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart(30min);
    QCOMPARE(driver.world.clientLocks, int64_t(1));
    driver.pass(30min);
    QCOMPARE(driver.world.clientLocks, int64_t(2));
    QVERIFY(driver.world.sleepers.empty());
}

void StoreGoesOnTest::locksEndWithTheTestService_data() {
    QTest::addColumn<bool>("unlocked");
    QTest::newRow("locked") << false;
    QTest::newRow("unlocked") << true;
}

/// Served without it, nobody could ever take a lock back, and time is not to skip by itself.
void StoreGoesOnTest::locksEndWithTheTestService() {
    QFETCH(bool, unlocked);
    KeptDriver driver(testService());
    fallAsleep(driver);
    if (unlocked) driver.call("UnlockTimeSkipping", test_api::UnlockTimeSkippingRequest(), kTestService);
    driver.start("w");
    server::World plain{server::WorldOptions()};
    const test::KeptWorld loaded(plain, driver.disk, driver.wall);
    QCOMPARE(plain.clientLocks, int64_t(0));
    QVERIFY(plain.sleepers.empty());
    QCOMPARE(int(plain.clock.mode()), int(server::ClockMode::Real));
    // It was somebody's wish.
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    server::World paused{server::WorldOptions()};
    const test::KeptWorld again(paused, driver.disk, driver.wall);
    QCOMPARE(int(paused.clock.mode()), int(server::ClockMode::Paused));
}

QTEST_GUILESS_MAIN(StoreGoesOnTest)
#include "store_goes_on_test.moc"
