// SPDX-License-Identifier: MIT
// What people have run into with the older test servers, one case each: docs/conformance.md has the list, and names the
// tests of the cases that stand elsewhere.
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include <temporal/api/testservice/v1/request_response.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
namespace api = test::api;
namespace enums = test::enums;
using test::Command;
using test::Driver;

namespace {

constexpr const char* kTestService = "temporal.api.testservice.v1.TestService";

server::WorldOptions testServer(bool skipping) {
    server::WorldOptions options;
    options.testService = true;
    options.timeSkipping = skipping;
    return options;
}

test::Kept sleepAndUnlock(Driver& driver, base::Duration by) {
    temporal::api::testservice::v1::SleepRequest request;
    payload::toProto(by, request.mutable_duration());
    return driver.call("UnlockTimeSkippingWithSleep", request, kTestService);
}

void terminate(Driver& driver, const std::string& id) {
    api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(id);
    driver.call("TerminateWorkflowExecution", request);
}

}  // namespace

class KnownLimitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aClosedWorkflowHoldsNoTime();
    void anActivityThatTimesOutDuringASleepHoldsNoTime();
    void sleepingPassesWithChildrenAndSignals();
    void timeIsSkippedForAChildWhoseParentContinued();
    void parentClosePoliciesAreKept();
    void aTerminatedChildIsToldOf();
    void aChildOfATakenIdFails();
    void signalWithStartOfARunningWorkflowSignals();
    void theFirstRunIsNamedThroughTheChain();
    void aCronOfThirtyDaysRunsOnceInThirtyDays();
    void scheduleToCloseSpansAttempts();
    void theIntervalOfRetriesHasAnEnd();
    void anOldTaskIsRefused();
    void aRunWithoutTimeoutsIsNotSkippedToItsEnd();
};

void KnownLimitsTest::aClosedWorkflowHoldsNoTime() {
    Driver driver(testServer(true));
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a", 24h)});
    driver.activity();
    QVERIFY(driver.world.held());
    terminate(driver, "w");
    QVERIFY(!driver.world.held());
    driver.start("sleeper");
    const auto before = driver.world.now;
    driver.complete(driver.task(), {Driver::timer("t", 24h)});
    QCOMPARE(driver.world.now, before + 24h);
}

void KnownLimitsTest::anActivityThatTimesOutDuringASleepHoldsNoTime() {
    Driver driver(testServer(false));
    driver.start("w");
    Command command = Driver::schedule("a", 2s);
    command.mutable_schedule_activity_task_command_attributes()->mutable_retry_policy()->set_maximum_attempts(1);
    driver.complete(driver.task(), {command});
    driver.activity();
    const auto sleeping = sleepAndUnlock(driver, 1h);
    QVERIFY2(!sleeping->answered(), "the activity holds the clock");
    driver.pass(2s);
    QVERIFY(driver.history("w").contains(QLatin1String("ActivityTaskTimedOut")));
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QVERIFY(sleeping->answered());
    QCOMPARE(driver.world.clientLocks, int64_t(1));
    QVERIFY(driver.world.busyRuns().empty());
}

void KnownLimitsTest::sleepingPassesWithChildrenAndSignals() {
    Driver driver(testServer(false));
    driver.start("w");
    driver.complete(driver.task(), {Driver::child("c")});
    driver.complete(driver.task("children"), {Driver::timer("t", 24h)});
    driver.complete(driver.task());
    const auto sleeping = sleepAndUnlock(driver, 1h);
    QVERIFY(sleeping->answered());
    driver.signal("c");
    driver.complete(driver.task("children"));
    QVERIFY(sleepAndUnlock(driver, 1h)->answered());
}

void KnownLimitsTest::timeIsSkippedForAChildWhoseParentContinued() {
    Driver driver(testServer(true));
    driver.start("w");
    driver.complete(driver.task(), {Driver::child("c", enums::PARENT_CLOSE_POLICY_ABANDON)});
    const auto childTask = driver.task("children");
    driver.complete(driver.task(), {Driver::continueAsNew()});
    const auto before = driver.world.now;
    driver.complete(childTask, {Driver::timer("t", 24h)});
    driver.complete(driver.task());  // the parent's next run, after its rest of a second
    QVERIFY(driver.world.now >= before + 24h);
    QVERIFY(driver.history("c").contains(QLatin1String("TimerFired")));
}

void KnownLimitsTest::parentClosePoliciesAreKept() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::child("ended", enums::PARENT_CLOSE_POLICY_TERMINATE),
                                    Driver::child("asked", enums::PARENT_CLOSE_POLICY_REQUEST_CANCEL),
                                    Driver::child("left", enums::PARENT_CLOSE_POLICY_ABANDON)});
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QCOMPARE(driver.run("ended").status, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
    QVERIFY(driver.run("asked").cancelRequested);
    QVERIFY(driver.run("left").open() && !driver.run("left").cancelRequested);
}

void KnownLimitsTest::aTerminatedChildIsToldOf() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::child("c")});
    driver.complete(driver.task());
    terminate(driver, "c");
    QVERIFY(driver.history("w").endsWith(QLatin1String("ChildWorkflowExecutionTerminated WorkflowTaskScheduled")));
}

void KnownLimitsTest::aChildOfATakenIdFails() {
    Driver driver;
    driver.start("taken");
    driver.complete(driver.task());
    driver.start("w");
    driver.complete(driver.task(), {Driver::child("taken")});
    QVERIFY(driver.history("w").endsWith(QLatin1String("StartChildWorkflowExecutionFailed WorkflowTaskScheduled")));
}

void KnownLimitsTest::signalWithStartOfARunningWorkflowSignals() {
    Driver driver;
    const std::string runId = driver.start("w");
    api::SignalWithStartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.mutable_workflow_type()->set_name("Order");
    request.mutable_task_queue()->set_name("queue");
    request.set_signal_name("approve");
    const auto answer =
        driver.call("SignalWithStartWorkflowExecution", request)->as<api::SignalWithStartWorkflowExecutionResponse>();
    QCOMPARE(answer.run_id(), runId);
    QVERIFY(!answer.started());
    QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowExecutionSignaled")));
}

void KnownLimitsTest::theFirstRunIsNamedThroughTheChain() {
    Driver driver;
    const std::string first = driver.start("w");
    driver.pass(1s);
    driver.complete(driver.task(), {Driver::continueAsNew()});
    api::DescribeWorkflowExecutionRequest describe;
    describe.set_namespace_("default");
    describe.mutable_execution()->set_workflow_id("w");
    const auto info = driver.call("DescribeWorkflowExecution", describe)
                          ->as<api::DescribeWorkflowExecutionResponse>()
                          .workflow_execution_info();
    QCOMPARE(info.first_run_id(), first);
    api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.set_first_execution_run_id(info.execution().run_id());
    QCOMPARE(driver.call("TerminateWorkflowExecution", request)->code(), base::ErrorCode::NotFound);
    request.set_first_execution_run_id(first);
    QVERIFY(!driver.call("TerminateWorkflowExecution", request)->failed());
}

void KnownLimitsTest::aCronOfThirtyDaysRunsOnceInThirtyDays() {
    Driver driver(testServer(true));
    auto request = Driver::startRequest("w");
    request.set_cron_schedule("@every 720h");
    const auto begin = driver.world.now;
    driver.start(request);
    for (int i = 1; i <= 4; ++i) {
        const auto task = driver.task();
        QCOMPARE(driver.world.now, begin + i * 720h);
        driver.complete(task, {Driver::completeWorkflow()});
    }
}

void KnownLimitsTest::scheduleToCloseSpansAttempts() {
    Driver driver;
    driver.start("w");
    Command command = Driver::schedule("a", 10s);
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    payload::toProto(5s, attributes->mutable_schedule_to_close_timeout());
    payload::toProto(1s, attributes->mutable_retry_policy()->mutable_initial_interval());
    attributes->mutable_retry_policy()->set_backoff_coefficient(1);
    driver.complete(driver.task(), {command});
    driver.pass(2s);
    driver.failActivity(driver.activity());
    driver.pass(1s);
    driver.activity();
    driver.pass(2s - 1ns);
    QVERIFY(!driver.history("w").contains(QLatin1String("ActivityTaskTimedOut")));
    driver.pass(1ns);
    QVERIFY(driver.history("w").contains(QLatin1String("ActivityTaskTimedOut")));
}

void KnownLimitsTest::theIntervalOfRetriesHasAnEnd() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a", 10s)});
    base::Duration longest{};
    for (int i = 0; i < 12; ++i) {
        driver.failActivity(driver.activity());
        longest = driver.run("w").activities.begin()->second.retryInterval;
        driver.pass(longest);
    }
    QCOMPARE(longest, base::Duration(100s));
}

void KnownLimitsTest::anOldTaskIsRefused() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.pass(10s);
    const auto call = driver.complete(task, {Driver::completeWorkflow()});
    QCOMPARE(call->code(), base::ErrorCode::NotFound);
    QCOMPARE(call->message(), std::string("Workflow task not found."));
}

void KnownLimitsTest::aRunWithoutTimeoutsIsNotSkippedToItsEnd() {
    Driver driver(testServer(true));
    driver.start("w");
    const auto before = driver.world.now;
    driver.complete(driver.task());
    QCOMPARE(driver.world.now, before);
    QVERIFY(driver.run("w").open());
}

QTEST_GUILESS_MAIN(KnownLimitsTest)
#include "known_limits_test.moc"
