// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include <google/protobuf/empty.pb.h>
#include <temporal/api/testservice/v1/request_response.pb.h>

#include "core/server/state/clock_status.h"
#endif

using namespace orrery;
using namespace std::chrono_literals;
using server::ClockMode;
using test::Driver;

namespace {

constexpr const char* kTestService = "temporal.api.testservice.v1.TestService";

/// A workflow that waits for a timer of a day.
void waitsADay(Driver& driver, const std::string& id = "w") {
    driver.start(id);
    driver.complete(driver.task(), {Driver::timer("day", 24h)});
}

bool fired(Driver& driver, const std::string& id = "w") {
    return driver.history(id).contains(QLatin1String("TimerFired"));
}

server::ClockStatus statusOf(const Driver& driver) { return server::clockStatus(driver.world, driver.wall); }

server::WorldOptions testServer(bool skipping) {
    server::WorldOptions options;
    options.testService = true;
    options.timeSkipping = skipping;
    return options;
}

}  // namespace

class ClockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void standsAtTheLastTimeThereIs();
    void realFollowsTheWall();
    void pausedStands();
    void pausedFiresWhatIsDueAtOnce();
    void resumingKeepsTheLag();
    void stepFiresOneThing();
    void stepWaitsForWork();
    void skipGoesThroughEverything();
    void skipStopsAtWork();
    void runToTime();
    void runToEvent();
    void automaticJumps();
    void automaticStandsAtTimeouts();
    void automaticWaitsForWork();
    void goOnOverridesHolders();
    void equalTimesGoByCreation();
    void neverGoesBack();
    void pausedLagShiftsActivityTimes();
    void workersAreNotToldOfTimeoutsThatStand();
    void statusNamesDueAndHolders();
    void locksDriveTheTestServer();
    void aTaskCanBeUnlocked();
    void sleepersWake();
    void activitySleepsThroughTheTestServer();
    void testServerReachesTimeouts();
    void endlessChainLetsOthersIn();
    void testServiceIsOffOtherwise();
};

void ClockTest::realFollowsTheWall() {
    Driver driver;
    waitsADay(driver);
    driver.pass(24h - 1ns);
    QVERIFY(!fired(driver));
    driver.pass(1ns);
    QVERIFY(fired(driver));
    QCOMPARE(driver.world.clock.jumps(), uint64_t(0));
}

void ClockTest::pausedStands() {
    Driver driver;
    waitsADay(driver);
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    driver.pass(48h);
    QVERIFY(!fired(driver));
    QVERIFY(!driver.world.nextWake().has_value());
    QCOMPARE(statusOf(driver).ahead, base::Duration(-48h));
    const auto poll = driver.poll();
    driver.pass(61s);
    QVERIFY2(poll->answered(), "long polls live in wall time");
}

void ClockTest::pausedFiresWhatIsDueAtOnce() {
    Driver driver;
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("now", 0s)});
    QVERIFY(driver.history("w").endsWith(QLatin1String("TimerStarted TimerFired WorkflowTaskScheduled")));
}

void ClockTest::resumingKeepsTheLag() {
    Driver driver;
    waitsADay(driver);
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    driver.pass(48h);
    driver.input([&] { driver.world.clock.resume(driver.wall); });
    driver.pass(24h - 1s);
    QVERIFY(!fired(driver));
    driver.pass(1s);
    QVERIFY(fired(driver));
}

void ClockTest::stepFiresOneThing() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("a", 1h), Driver::timer("b", 2h)});
    driver.input([&] { driver.world.clock.step(); });
    QCOMPARE(driver.world.clock.mode(), ClockMode::Paused);
    QCOMPARE(statusOf(driver).ahead, base::Duration(1h));
    QCOMPARE(driver.run("w").timers.size(), size_t(1));
}

void ClockTest::stepWaitsForWork() {
    Driver driver;
    waitsADay(driver);
    driver.signal("w");
    const auto task = driver.task();
    driver.input([&] { driver.world.clock.step(); });
    QCOMPARE(driver.world.clock.mode(), ClockMode::Step);
    QVERIFY(!fired(driver));
    driver.complete(task);
    QCOMPARE(driver.world.clock.mode(), ClockMode::Paused);
    QVERIFY(fired(driver));
}

void ClockTest::skipGoesThroughEverything() {
    Driver driver;
    waitsADay(driver);
    driver.input([&] { driver.world.clock.skip(driver.world.now + 36h); });
    QVERIFY(fired(driver));
    QCOMPARE(driver.world.clock.mode(), ClockMode::Skip);
    QCOMPARE(statusOf(driver).ahead, base::Duration(24h));
    driver.complete(driver.task(), {Driver::timer("later", 100h)});
    QCOMPARE(driver.world.clock.mode(), ClockMode::Real);
    QCOMPARE(statusOf(driver).ahead, base::Duration(36h));
}

void ClockTest::skipStopsAtWork() {
    Driver driver;
    waitsADay(driver);
    driver.start("busy");
    driver.input([&] { driver.world.clock.skip(driver.world.now + 36h); });
    QVERIFY(!fired(driver));
    const auto status = statusOf(driver);
    QCOMPARE(status.holders.size(), size_t(1));
    QVERIFY(QString::fromStdString(status.standingReason).contains(QLatin1String("busy")));
}

void ClockTest::runToTime() {
    Driver driver;
    waitsADay(driver);
    const base::Timestamp target = driver.world.now + 20h;
    driver.input([&] { driver.world.clock.runTo(target); });
    QCOMPARE(driver.world.clock.mode(), ClockMode::Paused);
    QVERIFY(driver.world.now == target);
    QVERIFY(!fired(driver));
}

void ClockTest::runToEvent() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("a", 1h)});
    driver.start("other");
    driver.complete(driver.task(), {Driver::timer("b", 2h)});
    server::EventTarget target;
    target.workflowId = "other";
    target.eventType = "TimerFired";
    driver.input([&] { driver.world.clock.runTo(target); });
    QVERIFY(fired(driver, "w") && !fired(driver, "other"));
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QVERIFY(fired(driver, "other"));
    QCOMPARE(driver.world.clock.mode(), ClockMode::Paused);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    target.eventType = "WorkflowExecutionSignaled";
    driver.input([&] { driver.world.clock.runTo(target); });
    QCOMPARE(driver.world.clock.mode(), ClockMode::Paused);
    QVERIFY(!statusOf(driver).standingReason.empty());
}

void ClockTest::automaticJumps() {
    Driver driver;
    driver.input([&] { driver.world.clock.automatic(driver.wall); });
    waitsADay(driver);
    QVERIFY(fired(driver));
    QCOMPARE(driver.run("w").task->scheduledTime - driver.run("w").startTime, base::Duration(24h));
    driver.complete(driver.task(), {Driver::schedule("a")});
    for (int i = 0; i < 3; ++i) driver.failActivity(driver.activity());
    QCOMPARE(driver.world.now - driver.run("w").startTime, base::Duration(24h + 7s));
}

void ClockTest::automaticStandsAtTimeouts() {
    Driver driver;
    driver.input([&] { driver.world.clock.automatic(driver.wall); });
    auto request = Driver::startRequest("w");
    payload::toProto(1h, request.mutable_workflow_run_timeout());
    driver.start(request);
    driver.complete(driver.task());
    QVERIFY(driver.run("w").open());
    QVERIFY(!statusOf(driver).standingReason.empty());
    waitsADay(driver, "other");
    QVERIFY2(!driver.run("w").open(), "on the way to the timer of the other one");
}

void ClockTest::automaticWaitsForWork() {
    Driver driver;
    driver.input([&] { driver.world.clock.automatic(driver.wall); });
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("day", 24h), Driver::schedule("a")});
    QVERIFY(!fired(driver));
    const auto activity = driver.activity();
    driver.pass(5s);
    QVERIFY(!fired(driver));
    driver.completeActivity(activity);
    driver.complete(driver.task());
    QVERIFY(fired(driver));
}

void ClockTest::goOnOverridesHolders() {
    Driver driver;
    waitsADay(driver);
    driver.start("nobody works on this");
    driver.input([&] { driver.world.clock.skip(driver.world.now + 36h); });
    QVERIFY(!fired(driver));
    driver.input([&] { driver.world.clock.goOn(); });
    QVERIFY(fired(driver));
    QCOMPARE(driver.world.clock.mode(), ClockMode::Skip);
}

void ClockTest::equalTimesGoByCreation() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("b", 1h), Driver::timer("a", 1h)});
    driver.pass(1h);
    QStringList order;
    for (const auto& event : driver.events("w")) {
        if (event.has_timer_fired_event_attributes()) {
            order << QString::fromStdString(event.timer_fired_event_attributes().timer_id());
        }
    }
    QCOMPARE(order, QStringList({QStringLiteral("b"), QStringLiteral("a")}));
}

void ClockTest::neverGoesBack() {
    Driver driver;
    driver.pass(1h);
    const base::Timestamp before = driver.world.now;
    driver.wall -= 30min;
    driver.input([] {});
    QVERIFY(driver.world.now == before);
    driver.input([&] { driver.world.clock.skip(driver.world.now + 1h); });
    driver.input([&] { driver.world.clock.pause(driver.world.wall); });
    driver.input([&] { driver.world.clock.resume(driver.world.wall); });
    QVERIFY(driver.world.now >= before + 1h);
}

void ClockTest::pausedLagShiftsActivityTimes() {
    Driver driver;
    driver.start("w");
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    driver.pass(30min);
    driver.complete(driver.task(), {Driver::schedule("a")});
    const auto task = driver.activity();
    QVERIFY(payload::fromProto(task.started_time()) == driver.wall);
    QVERIFY(payload::fromProto(task.scheduled_time()) == driver.wall);
    QVERIFY(driver.run("w").activities.begin()->second.startedTime == driver.world.now);
    QVERIFY(driver.world.now == driver.wall - 30min);
}

void ClockTest::workersAreNotToldOfTimeoutsThatStand() {
    Driver driver;
    driver.start("w");
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    auto command = Driver::schedule("a", 2s);
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    payload::toProto(3s, attributes->mutable_schedule_to_close_timeout());
    payload::toProto(1s, attributes->mutable_heartbeat_timeout());
    driver.complete(driver.task(), {command});
    const auto paused = driver.activity();
    QVERIFY(payload::fromProto(paused.start_to_close_timeout()) > 24h);
    QVERIFY(payload::fromProto(paused.schedule_to_close_timeout()) > 24h);
    QCOMPARE(payload::fromProto(paused.heartbeat_timeout()), base::Duration(1s));
    driver.pass(1h);
    driver.failActivity(paused);
    driver.input([&] { driver.world.clock.resume(driver.wall); });
    driver.pass(1s);
    const auto running = driver.activity();
    QCOMPARE(running.attempt(), 2);
    QCOMPARE(payload::fromProto(running.start_to_close_timeout()), base::Duration(2s));
    QCOMPARE(payload::fromProto(running.schedule_to_close_timeout()), base::Duration(3s));
    QVERIFY(payload::fromProto(running.scheduled_time()) == driver.wall - 1s);
    driver.pass(1s);
    QVERIFY2(driver.history("w").contains(QLatin1String("ActivityTaskTimedOut")), "its own time-outs go on");
}

void ClockTest::statusNamesDueAndHolders() {
    Driver driver;
    driver.start("w");
    auto named = Driver::timer("1", 48h);
    named.mutable_user_metadata()->mutable_summary()->set_data("\"approval\"");
    driver.complete(driver.task(), {Driver::timer("day", 24h), named, Driver::schedule("a", 10s)});
    driver.activity();
    driver.start("waits");
    const auto status = statusOf(driver);
    QCOMPARE(status.dueCount, size_t(3));
    QCOMPARE(status.dueNext[0].kind, server::DueKind::ActivityTimeout);
    QCOMPARE(status.dueNext[0].name, std::string("charge_card"));
    QCOMPARE(status.dueNext[1].name, std::string("day"));
    QCOMPARE(status.dueNext[2].name, std::string("approval"));
    QCOMPARE(status.holderCount, size_t(2));
    QCOMPARE(status.holders[0].kind, server::HolderKind::Activity);
    QVERIFY(QString::fromStdString(status.holders[0].detail).contains(QLatin1String("worker")));
    QVERIFY(QString::fromStdString(status.holders[1].detail).contains(QLatin1String("queue")));
}

void ClockTest::locksDriveTheTestServer() {
    Driver driver(testServer(false));
    waitsADay(driver);
    QVERIFY(!fired(driver));
    driver.call("UnlockTimeSkipping", temporal::api::testservice::v1::UnlockTimeSkippingRequest(), kTestService);
    QVERIFY(fired(driver));
    driver.call("LockTimeSkipping", temporal::api::testservice::v1::LockTimeSkippingRequest(), kTestService);
    driver.complete(driver.task(), {Driver::timer("again", 24h)});
    QCOMPARE(driver.run("w").timers.size(), size_t(1));
    driver.call("UnlockTimeSkipping", temporal::api::testservice::v1::UnlockTimeSkippingRequest(), kTestService);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    const auto bad =
        driver.call("UnlockTimeSkipping", temporal::api::testservice::v1::UnlockTimeSkippingRequest(), kTestService);
    QVERIFY(bad->failed());
}

void ClockTest::aTaskCanBeUnlocked() {
    Driver driver(testServer(true));
    const auto unlock = [&] {
        return driver
            .call("UnlockTimeSkipping", temporal::api::testservice::v1::UnlockTimeSkippingRequest(), kTestService)
            ->code();
    };
    QCOMPARE(unlock(), base::ErrorCode::InvalidArgument);
    driver.start("w");
    QCOMPARE(unlock(), base::ErrorCode::Ok);
    QCOMPARE(unlock(), base::ErrorCode::InvalidArgument);
    driver.call("LockTimeSkipping", temporal::api::testservice::v1::LockTimeSkippingRequest(), kTestService);
    const auto before = driver.world.now;
    driver.complete(driver.task(), {Driver::timer("day", 24h)});
    QCOMPARE(driver.world.now, before + 24h);
    QCOMPARE(driver.world.clientLocks, int64_t(0));
}

void ClockTest::sleepersWake() {
    Driver driver(testServer(false));
    temporal::api::testservice::v1::SleepRequest request;
    payload::toProto(72h, request.mutable_duration());
    const base::Timestamp before = driver.world.now;
    const auto sleeping = driver.call("Sleep", request, kTestService);
    QVERIFY(!sleeping->answered());
    const auto skipping = driver.call("UnlockTimeSkippingWithSleep", request, kTestService);
    QVERIFY(sleeping->answered() && skipping->answered());
    QVERIFY(driver.world.now == before + 72h);
    QCOMPARE(driver.world.clientLocks, int64_t(1));
    const auto now = driver.call("GetCurrentTime", google::protobuf::Empty(), kTestService)
                         ->as<temporal::api::testservice::v1::GetCurrentTimeResponse>();
    QVERIFY(payload::fromProto(now.time()) == driver.world.now);
}

void ClockTest::activitySleepsThroughTheTestServer() {
    Driver driver(testServer(true));
    temporal::api::testservice::v1::SleepRequest request;
    payload::toProto(2h, request.mutable_duration());
    QCOMPARE(driver.call("UnlockTimeSkippingWithSleep", request, kTestService)->code(),
             base::ErrorCode::InvalidArgument);
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a", 24h), Driver::schedule("b", 24h)});
    const auto first = driver.activity();
    const auto second = driver.activity();
    const auto before = driver.world.now;
    const auto sleeping = driver.call("UnlockTimeSkippingWithSleep", request, kTestService);
    QVERIFY2(!sleeping->answered(), "the other activity holds the clock");
    driver.completeActivity(second);
    QVERIFY2(!sleeping->answered(), "and now the task it woke");
    driver.complete(driver.task());
    QVERIFY(sleeping->answered());
    QVERIFY(driver.world.now == before + 2h);
    QCOMPARE(driver.world.clientLocks, int64_t(0));
    QVERIFY2(driver.world.held(), "the sleeper woke up and works on");
    driver.completeActivity(first);
}

void ClockTest::testServerReachesTimeouts() {
    Driver driver(testServer(true));
    auto request = Driver::startRequest("w");
    payload::toProto(1h, request.mutable_workflow_run_timeout());
    driver.start(request);
    driver.complete(driver.task());
    QCOMPARE(driver.run("w").status, test::enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
}

/// Somebody unlocked once more, so that the task which nobody polls for does not hold the clock; its run times out, and
/// the next one, without end. It goes on input by input, and a lock ends it.
void ClockTest::endlessChainLetsOthersIn() {
    namespace testservice = temporal::api::testservice::v1;
    Driver driver(testServer(true));
    auto request = Driver::startRequest("w");
    payload::toProto(10s, request.mutable_workflow_run_timeout());
    request.set_cron_schedule("* * * * *");
    driver.start(request);
    QVERIFY(driver.world.held());
    const auto unlock = driver.call("UnlockTimeSkipping", testservice::UnlockTimeSkippingRequest(), kTestService);
    QVERIFY(!unlock->failed());
    QCOMPARE(driver.world.clientLocks, int64_t(-1));
    const size_t first = driver.world.runs.size();
    QVERIFY(first > 100);
    QCOMPARE(driver.world.nextWake(), std::optional(driver.wall + 1ms));
    driver.pass(1ms);
    QVERIFY(driver.world.runs.size() > first);
    driver.call("LockTimeSkipping", testservice::LockTimeSkippingRequest(), kTestService);
    const size_t last = driver.world.runs.size();
    const auto wake = driver.world.nextWake();
    QVERIFY(!wake || *wake > driver.wall + 1ms);
    driver.pass(1ms);
    QCOMPARE(driver.world.runs.size(), last);
}

void ClockTest::testServiceIsOffOtherwise() {
    Driver driver;
    const auto refused =
        driver.call("LockTimeSkipping", temporal::api::testservice::v1::LockTimeSkippingRequest(), kTestService);
    QCOMPARE(refused->code(), base::ErrorCode::Unimplemented);
}

/// A sleep of ten thousand years takes the clock there, and the wall goes on.
void ClockTest::standsAtTheLastTimeThereIs() {
    server::VirtualClock clock;
    const base::Timestamp wall = *base::parseTimestamp("2026-03-12T09:00:00Z");
    clock.automatic(wall);
    clock.jumpTo(base::Timestamp::max(), wall);
    QCOMPARE(clock.now(wall), base::Timestamp::max());
    QCOMPARE(clock.now(wall + 2h), base::Timestamp::max());
}

QTEST_GUILESS_MAIN(ClockTest)
#include "clock_test.moc"
