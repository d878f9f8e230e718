// SPDX-License-Identifier: MIT
// A run's own time: fast-forwards, and who waits for them.
#include <QTest>

#include "tests/core/server/skip_helpers.h"

using namespace orrery;
using namespace orrery::test;
using namespace std::chrono_literals;

class SkipForwardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forwardStopsAtItsTarget();
    void forwardWithoutTimers();
    void forwardToTheRunTimeout();
    void forwardEndsWhileBusy();
    void forwardWithActivity();
    void forwardBeginsAnew();
    void pollIsAnsweredAtOnce();
    void pollWakesOnCompletion();
    void pollFollowsTheChain();
    void pollWakesOnTheEnd();
    void pollWakesOnAnotherForward();
    void pollWakesWhenDisabled();
    void pollTimesOut();
    void describeFollowsTheChain();
};

void SkipForwardTest::forwardStopsAtItsTarget() {
    Driver driver(skipping());
    begin(driver, request(config(90min)));
    driver.complete(driver.task(), {Driver::timer("a", 1h), Driver::timer("b", 2h)});
    driver.complete(driver.task());
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(2));
    QCOMPARE(targetOf(jumps[1]), driver.wall + 90min);
    QVERIFY(of(jumps[1]).disabled_after_fast_forward());
    QVERIFY(!infoOf(driver).effective_config().enabled());
    QVERIFY(infoOf(driver).fast_forward_info().has_completed());
    // The rest passes like everybody's time.
    driver.pass(30min - 1ns);
    QVERIFY(driver.history("w").endsWith(QLatin1String("Transitioned")));
    driver.pass(1ns);
    QVERIFY(driver.history("w").endsWith(QLatin1String("TimerFired WorkflowTaskScheduled")));
}

void SkipForwardTest::forwardWithoutTimers() {
    Driver driver(skipping());
    begin(driver, request(config(1h), 0s));
    driver.complete(driver.task());
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(1));
    QCOMPARE(targetOf(jumps[0]), driver.wall + 1h);
    QVERIFY(of(jumps[0]).disabled_after_fast_forward());
    QVERIFY(driver.run("w").open());
    QVERIFY(!driver.poll()->answered());
}

void SkipForwardTest::forwardToTheRunTimeout() {
    Driver driver(skipping());
    begin(driver, request(config(5min), 5min));
    driver.complete(driver.task(), {Driver::timer("t", 5min)});
    QCOMPARE(transitions(driver).size(), size_t(1));
    if (driver.run("w").task) driver.complete(driver.task());
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
}

void SkipForwardTest::forwardEndsWhileBusy() {
    Driver driver(skipping());
    begin(driver, request(config(1min)));
    driver.complete(driver.task(), {Driver::timer("t", 45s)});
    const auto task = driver.task();
    driver.world.due.size();
    driver.pass(9s);
    driver.complete(task, {Driver::schedule("a", 1h)});
    driver.activity();
    driver.pass(6s);
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(2));
    QVERIFY(of(jumps[1]).disabled_after_fast_forward());
    QVERIFY(!of(jumps[1]).has_target_time());
    QVERIFY(!driver.run("w").task);

    // While a worker has the task the event waits until that is done, and what the worker says is too old then.
    Driver busy(skipping());
    auto start = request(config(1min));
    payload::toProto(90s, start.mutable_workflow_task_timeout());
    begin(busy, start);
    const auto held = busy.task();
    busy.pass(1min);
    QVERIFY(!infoOf(busy).effective_config().enabled());
    QVERIFY(busy.history("w").endsWith(QLatin1String("WorkflowTaskStarted")));
    QVERIFY(busy.complete(held, {Driver::completeWorkflow()})->failed());
    QVERIFY(busy.history("w").contains(
        QLatin1String("WorkflowTaskFailed WorkflowExecutionTimeSkippingTransitioned WorkflowTaskScheduled")));
}

void SkipForwardTest::forwardWithActivity() {
    Driver driver(skipping());
    begin(driver, request(config(1h)));
    driver.complete(driver.task(), {Driver::schedule("a", 2h)});
    const auto activity = driver.activity();
    driver.pass(10min);
    QVERIFY(transitions(driver).empty());
    driver.completeActivity(activity);
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(1));
    QCOMPARE(targetOf(jumps[0]), driver.wall + 50min);
    QVERIFY(of(jumps[0]).disabled_after_fast_forward());
}

void SkipForwardTest::forwardBeginsAnew() {
    Driver driver(skipping());
    begin(driver, request(config(1h), 0s));
    driver.complete(driver.task());
    const auto wanted = config(2h, "second");
    update(driver, &wanted);
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(2));
    QCOMPARE(targetOf(jumps[1]), driver.wall + 3h);
    QCOMPARE(infoOf(driver).fast_forward_info().fast_forward_id(), std::string("second"));
    // The same once more is no change by its looks, and yet begins anew.
    update(driver, &wanted);
    QCOMPARE(transitions(driver).size(), size_t(3));
}

void SkipForwardTest::pollIsAnsweredAtOnce() {
    Driver driver(skipping());
    begin(driver, request(config(1h), 0s));
    const auto other = answerOf(pollForward(driver, "other"));
    QCOMPARE(other.fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED);
    QCOMPARE(other.failed_reason(),
             std::string("the requested fast_forward_id does not match the execution's current fast-forward"));
    QCOMPARE(other.fast_forward_info().fast_forward_id(), std::string("forward"));
    QCOMPARE(pollForward(driver, " ")->message(),
             std::string("Time skipping config invalid: fast_forward_id must be set"));
    driver.complete(driver.task());
    const auto done = answerOf(pollForward(driver));
    QCOMPARE(done.fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED);
    QCOMPARE(payload::fromProto(done.fast_forward_info().fast_forward_duration()), base::Duration(1h));
    QVERIFY(done.fast_forward_info().has_completed());
    driver.start("plain");
    api::PollWorkflowExecutionTimeSkippingRequest plain;
    plain.set_namespace_("default");
    plain.mutable_workflow_execution()->set_workflow_id("plain");
    plain.set_fast_forward_id("forward");
    QVERIFY(!answerOf(driver.call("PollWorkflowExecutionTimeSkipping", plain)).has_fast_forward_info());
}

void SkipForwardTest::pollWakesOnCompletion() {
    Driver driver(skipping());
    begin(driver, request(config(1h), 0s));
    const auto poll = pollForward(driver);
    QVERIFY(!poll->answered());
    driver.complete(driver.task());
    QVERIFY(poll->answered());
    QCOMPARE(answerOf(poll).fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED);
}

void SkipForwardTest::pollFollowsTheChain() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config(3h), 0s));
    driver.pass(1s);
    const auto poll = pollForward(driver, "forward", first);
    driver.complete(driver.task(), {Driver::continueAsNew()});
    QVERIFY(!poll->answered());
    driver.complete(driver.task());
    QVERIFY(poll->answered());
    QCOMPARE(answerOf(poll).fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED);
}

void SkipForwardTest::pollWakesOnTheEnd() {
    Driver driver(skipping());
    begin(driver, request(config(3h)));
    const auto poll = pollForward(driver);
    terminate(driver);
    QCOMPARE(answerOf(poll).failed_reason(), std::string("the execution ended before the fast-forward completed"));
    QCOMPARE(answerOf(pollForward(driver)).failed_reason(),
             std::string("the execution ended before the fast-forward completed"));
}

void SkipForwardTest::pollWakesOnAnotherForward() {
    Driver driver(skipping());
    begin(driver, request(config(3h)));
    const auto poll = pollForward(driver);
    driver.pass(1s);
    const auto same = config(3h);
    update(driver, &same);
    QCOMPARE(answerOf(poll).failed_reason(), std::string("the fast-forward was reset"));
    const auto next = pollForward(driver);
    const auto other = config(3h, "other");
    update(driver, &other);
    QCOMPARE(answerOf(next).failed_reason(),
             std::string("the requested fast_forward_id does not match the execution's current fast-forward"));
}

void SkipForwardTest::pollWakesWhenDisabled() {
    Driver driver(skipping());
    auto wanted = config(3h);
    wanted.set_max_session_skip_count(1);
    begin(driver, request(wanted));
    const auto poll = pollForward(driver);
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(answerOf(poll).failed_reason(),
             std::string("time skipping was disabled before the fast-forward completed"));
}

void SkipForwardTest::pollTimesOut() {
    Driver driver(skipping());
    begin(driver, request(config(3h)));
    const auto poll = pollForward(driver);
    driver.pass(20s);
    QCOMPARE(answerOf(poll).fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT);
    QCOMPARE(answerOf(poll).fast_forward_info().fast_forward_id(), std::string("forward"));
}

void SkipForwardTest::describeFollowsTheChain() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config()));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {Driver::continueAsNew()});
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    const auto info = infoOf(driver);
    QVERIFY(driver.run("w").runId != first);
    QVERIFY(info.effective_config().enabled());
    QCOMPARE(payload::fromProto(info.current_time()), driver.wall + 3h);
}

QTEST_GUILESS_MAIN(SkipForwardTest)
#include "skip_forward_test.moc"
