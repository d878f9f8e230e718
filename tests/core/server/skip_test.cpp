// SPDX-License-Identifier: MIT
// A run's own time: configs, jumps and sessions. The cases are those that Temporal's server tests its own by, and what
// they leave open.
#include <QTest>

#include "tests/core/server/skip_helpers.h"

using namespace orrery;
using namespace orrery::test;
using namespace std::chrono_literals;

namespace {

const QString kTimerRound =
    QStringLiteral("WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted ") +
    QStringLiteral("WorkflowTaskCompleted TimerStarted WorkflowExecutionTimeSkippingTransitioned ") +
    QStringLiteral("TimerFired WorkflowTaskScheduled");

}  // namespace

class SkipTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusedWhileOff();
    void refusesConfigsWithoutSense_data();
    void refusesConfigsWithoutSense();
    void startKeepsTheConfig();
    void signalWithStartKeepsTheConfig();
    void updateWithStartKeepsTheConfig();
    void optionsAreUpdated();
    void optionsRefuseParts();
    void optionsThatChangeNothing();
    void priorityIsUpdated();
    void timerIsSkipped();
    void runningActivityHolds();
    void activityRetryIsSkipped();
    void externalSignalIsDoneFirst();
    void childHolds();
    void startDelayIsSkipped();
    void cancelledTimerIsNoTarget();
    void onlyTheRunIsAhead();
    void timesAreTheRunsOwn();
    void runTimeoutIsReached();
    void executionTimeoutIsReached();
    void optionsComeBeforeTheJump();
    void updateHolds();
    void sessionIsBounded();
    void newConfigBeginsASession();
};

void SkipTest::refusedWhileOff() {
    Driver driver(skipping(false));
    const auto call = driver.start(request(config()));
    QCOMPARE(call->code(), base::ErrorCode::Unimplemented);
    QCOMPARE(call->message(), std::string("The Time-Skipping feature is not enabled for namespace."));
    driver.start("w");
    QCOMPARE(pollForward(driver)->code(), base::ErrorCode::Unimplemented);
    const auto wanted = config();
    QCOMPARE(update(driver, &wanted)->code(), base::ErrorCode::Unimplemented);
}

void SkipTest::refusesConfigsWithoutSense_data() {
    QTest::addColumn<bool>("enabled");
    QTest::addColumn<int>("seconds");
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("message");
    QTest::newRow("no duration") << true << 0 << QStringLiteral("f")
                                 << QStringLiteral(
                                        "Time skipping config invalid: fast_forward duration must be positive");
    QTest::newRow("negative") << true << -1 << QStringLiteral("f")
                              << QStringLiteral("Time skipping config invalid: fast_forward duration must be positive");
    QTest::newRow("no id") << true << 1 << QStringLiteral(" ")
                           << QStringLiteral("Time skipping config invalid: fast_forward_id must be set");
    QTest::newRow("disabled") << false << 1 << QStringLiteral("f")
                              << QStringLiteral("time_skipping_config: cannot set fast_forward when enabled is false");
}

void SkipTest::refusesConfigsWithoutSense() {
    QFETCH(bool, enabled);
    QFETCH(int, seconds);
    QFETCH(QString, id);
    QFETCH(QString, message);
    Driver driver(skipping());
    common::TimeSkippingConfig wrong;
    wrong.set_enabled(enabled);
    wrong.mutable_fast_forward_config()->set_id(id.toStdString());
    wrong.mutable_fast_forward_config()->mutable_duration()->set_seconds(seconds);
    const auto call = driver.start(request(wrong));
    QCOMPARE(call->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(QString::fromStdString(call->message()), message);
}

void SkipTest::startKeepsTheConfig() {
    Driver driver(skipping());
    begin(driver, request(config(1h)));
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QVERIFY(started.time_skipping_config().enabled());
    QCOMPARE(started.time_skipping_config().max_session_skip_count(), 200);
    QVERIFY(!started.has_time_skipping_state_propagation());
    const auto info = infoOf(driver);
    QCOMPARE(payload::fromProto(info.current_time()), driver.wall);
    QCOMPARE(info.effective_config().fast_forward_config().id(), std::string("forward"));
    QCOMPARE(payload::fromProto(info.fast_forward_info().target_time()), driver.wall + 1h);
    QVERIFY(!info.fast_forward_info().has_completed());
    QCOMPARE(payload::fromProto(driver.describe("w").workflow_execution_info().start_time()), driver.wall);
}

void SkipTest::signalWithStartKeepsTheConfig() {
    Driver driver(skipping());
    api::SignalWithStartWorkflowExecutionRequest start;
    start.set_namespace_("default");
    start.set_workflow_id("w");
    start.mutable_workflow_type()->set_name("Order");
    start.mutable_task_queue()->set_name("queue");
    start.set_signal_name("go");
    *start.mutable_time_skipping_config() = config(1h);
    driver.call("SignalWithStartWorkflowExecution", start);
    QCOMPARE(infoOf(driver).effective_config().max_session_skip_count(), 200);
}

void SkipTest::updateWithStartKeepsTheConfig() {
    Driver driver(skipping());
    api::ExecuteMultiOperationRequest both;
    both.set_namespace_("default");
    *both.add_operations()->mutable_start_workflow() = request(config(1h));
    auto* update = both.add_operations()->mutable_update_workflow();
    update->set_namespace_("default");
    update->mutable_workflow_execution()->set_workflow_id("w");
    update->mutable_request()->mutable_meta()->set_update_id("u");
    update->mutable_request()->mutable_input()->set_name("approve");
    QVERIFY(!driver.call("ExecuteMultiOperation", both)->failed());
    QVERIFY(infoOf(driver).effective_config().enabled());
}

void SkipTest::optionsAreUpdated() {
    Driver driver(skipping());
    driver.start("w");
    QVERIFY(!driver.describe("w").workflow_extended_info().has_time_skipping_info());
    const auto updates = [&driver] {
        std::vector<HistoryEvent> found;
        for (const HistoryEvent& event : driver.events("w")) {
            if (event.event_type() == enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED) found.push_back(event);
        }
        return found;
    };
    auto first = config(1h);
    QVERIFY(!update(driver, &first)->failed());
    auto second = config(2h);
    QVERIFY(!update(driver, &second)->failed());
    common::TimeSkippingConfig third;
    const auto answer = update(driver, &third)->as<api::UpdateWorkflowExecutionOptionsResponse>();
    QVERIFY(!answer.workflow_execution_options().time_skipping_config().enabled());
    for (auto* each : {&first, &second, &third}) each->set_max_session_skip_count(200);
    const auto events = updates();
    QCOMPARE(events.size(), size_t(3));
    const auto same = [](const HistoryEvent& event, const common::TimeSkippingConfig& wanted) {
        return google::protobuf::util::MessageDifferencer::Equals(
            event.workflow_execution_options_updated_event_attributes().time_skipping_config(), wanted);
    };
    QVERIFY(same(events[0], first));
    QVERIFY(same(events[1], second));
    QVERIFY(same(events[2], third));
    // Without the config in the request it is taken away; the run's time stays its own.
    QVERIFY(!update(driver, nullptr)->failed());
    QVERIFY(!infoOf(driver).has_effective_config());
    QVERIFY(infoOf(driver).has_current_time());
}

void SkipTest::optionsRefuseParts() {
    Driver driver(skipping());
    driver.start("w");
    const auto wanted = config();
    QCOMPARE(update(driver, &wanted, "time_skipping_config.enabled")->message(),
             std::string("error applying update_options: time_skipping_config doesn't support partial update"));
    QVERIFY(update(driver, &wanted, "nonsense")->message().starts_with("error parsing UpdateMask: "));
    terminate(driver);
    QCOMPARE(update(driver, &wanted)->code(), base::ErrorCode::NotFound);
}

void SkipTest::optionsThatChangeNothing() {
    Driver driver(skipping());
    begin(driver, request(config()));
    const auto wanted = config();
    update(driver, &wanted);
    QVERIFY(!driver.history("w").contains(QLatin1String("OptionsUpdated")));
}

void SkipTest::priorityIsUpdated() {
    Driver driver;
    driver.start("w");
    api::UpdateWorkflowExecutionOptionsRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    auto* priority = request.mutable_workflow_execution_options()->mutable_priority();
    priority->set_priority_key(2);
    priority->set_fairness_key("red");
    request.mutable_update_mask()->add_paths("priority.priority_key");
    driver.call("UpdateWorkflowExecutionOptions", request);
    const auto info = driver.describe("w").workflow_execution_info();
    QCOMPARE(info.priority().priority_key(), 2);
    QCOMPARE(info.priority().fairness_key(), std::string());
    QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowExecutionOptionsUpdated")));
}

void SkipTest::timerIsSkipped() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(driver.history("w"), kTimerRound);
    const auto jumps = transitions(driver);
    QCOMPARE(timeOf(jumps[0]), driver.wall);
    QCOMPARE(payload::fromProto(of(jumps[0]).wall_clock_time()), driver.wall);
    QCOMPARE(targetOf(jumps[0]), driver.wall + 1h);
    QVERIFY(!of(jumps[0]).disabled_after_fast_forward());
    QCOMPARE(timeOf(driver.events("w").back()), driver.wall + 1h);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QCOMPARE(timeOf(driver.events("w").back()), driver.wall + 1h);
}

void SkipTest::runningActivityHolds() {
    Driver driver(skipping());
    begin(driver, request(config(), 2h));
    driver.complete(driver.task(), {Driver::schedule("a", 1h), Driver::timer("t", 1h)});
    QVERIFY(transitions(driver).empty());
    const auto activity = driver.activity();
    driver.pass(1s);
    QVERIFY(transitions(driver).empty());
    driver.completeActivity(activity);
    QVERIFY(transitions(driver).empty());
    driver.complete(driver.task());
    QCOMPARE(transitions(driver).size(), size_t(1));
    QVERIFY(driver.history("w").endsWith(QLatin1String("TimerFired WorkflowTaskScheduled")));
}

void SkipTest::activityRetryIsSkipped() {
    Driver driver(skipping());
    begin(driver, request(config(), 4h));
    Command command = Driver::schedule("a", 30s);
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    payload::toProto(3h, attributes->mutable_schedule_to_close_timeout());
    payload::toProto(1h, attributes->mutable_retry_policy()->mutable_initial_interval());
    attributes->mutable_retry_policy()->set_maximum_attempts(2);
    driver.complete(driver.task(), {command});
    driver.failActivity(driver.activity());
    const auto second = driver.activity();
    QCOMPARE(second.attempt(), 2);
    QCOMPARE(payload::fromProto(second.current_attempt_scheduled_time()), driver.wall + 1h);
    driver.completeActivity(second);
    QCOMPARE(transitions(driver).size(), size_t(1));
    QVERIFY(driver.history("w").contains(QLatin1String("ActivityTaskCompleted")));
}

void SkipTest::externalSignalIsDoneFirst() {
    Driver driver(skipping());
    driver.start("other");
    driver.complete(driver.task());
    begin(driver, request(config()));
    Command signal;
    signal.set_command_type(enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION);
    auto* attributes = signal.mutable_signal_external_workflow_execution_command_attributes();
    attributes->mutable_execution()->set_workflow_id("other");
    attributes->set_signal_name("go");
    driver.complete(driver.task(), {signal, Driver::timer("t", 1h)});
    // Its answer is news for the workflow, which gets a task instead of a jump.
    QVERIFY(driver.history("w").endsWith(QLatin1String("ExternalWorkflowExecutionSignaled WorkflowTaskScheduled")));
    QVERIFY(transitions(driver).empty());
}

void SkipTest::childHolds() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task(), {Driver::child("c"), Driver::timer("t", 1h)});
    driver.complete(driver.task());
    QVERIFY(transitions(driver).empty());
    driver.complete(driver.task("children"), {Driver::completeWorkflow()});
    driver.complete(driver.task());
    QCOMPARE(transitions(driver).size(), size_t(1));
}

void SkipTest::startDelayIsSkipped() {
    Driver driver(skipping());
    auto start = request(config());
    payload::toProto(1h, start.mutable_workflow_start_delay());
    begin(driver, start);
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowExecutionTimeSkippingTransitioned "
                                                 "WorkflowTaskScheduled"));
    const auto info = driver.describe("w").workflow_execution_info();
    QCOMPARE(payload::fromProto(info.start_time()), driver.wall);
    QCOMPARE(payload::fromProto(info.execution_time()), driver.wall + 1h);
}

void SkipTest::cancelledTimerIsNoTarget() {
    Driver driver(skipping());
    begin(driver, request(config(), 10h));
    driver.complete(driver.task(), {Driver::timer("a", 1h), Driver::timer("b", 5h)});
    driver.complete(driver.task(), {Driver::cancelTimer("b"), Driver::timer("c", 2h)});
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(2));
    QCOMPARE(targetOf(jumps[0]), driver.wall + 1h);
    QCOMPARE(targetOf(jumps[1]), driver.wall + 3h);
}

void SkipTest::onlyTheRunIsAhead() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.start("other");
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(driver.world.now, driver.wall);
    QVERIFY(!driver.history("other").contains(QLatin1String("TimerFired")));
    QCOMPARE(driver.run("w").skipped, base::Duration(1h));
}

void SkipTest::timesAreTheRunsOwn() {
    Driver driver(skipping());
    begin(driver, request(config(), 4h));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.pass(2s);
    driver.complete(driver.task(), {Driver::schedule("a", 5min)});
    const auto scheduled = driver.events("w").back();
    QCOMPARE(scheduled.event_type(), enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
    QCOMPARE(timeOf(scheduled), driver.wall + 1h);
    // Its time-out passes as fast as everybody's.
    driver.activity();
    driver.pass(5min - 1ns);
    QVERIFY(!driver.history("w").contains(QLatin1String("ActivityTaskTimedOut")));
    QCOMPARE(driver.run("w").activities.begin()->second.attempt, 1);
    driver.pass(1ns);
    QCOMPARE(driver.run("w").activities.begin()->second.attempt, 2);
    terminate(driver);
    const auto info = driver.describe("w").workflow_execution_info();
    QCOMPARE(payload::fromProto(info.close_time()) - payload::fromProto(info.start_time()),
             driver.wall - *base::parseTimestamp("2026-03-12T09:00:00Z") + 1h + 1s);
}

void SkipTest::runTimeoutIsReached() {
    Driver driver(skipping());
    begin(driver, request(config(), 3h));
    driver.complete(driver.task());
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowExecutionTimeSkippingTransitioned WorkflowExecutionTimedOut")));
    QCOMPARE(timeOf(driver.events("w").back()), driver.wall + 3h);
}

void SkipTest::executionTimeoutIsReached() {
    Driver driver(skipping());
    auto start = request(config(), 0s);
    payload::toProto(90min, start.mutable_workflow_execution_timeout());
    begin(driver, start);
    driver.complete(driver.task());
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
    QCOMPARE(transitions(driver).size(), size_t(1));
}

void SkipTest::optionsComeBeforeTheJump() {
    Driver driver(skipping());
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.pass(10min);
    const auto wanted = config();
    update(driver, &wanted);
    QVERIFY(
        driver.history("w").endsWith(QLatin1String("WorkflowExecutionOptionsUpdated "
                                                   "WorkflowExecutionTimeSkippingTransitioned TimerFired "
                                                   "WorkflowTaskScheduled")));
    QCOMPARE(driver.run("w").skipped, base::Duration(50min));
}

void SkipTest::updateHolds() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task());  // nothing to wait for but the run's end, a day ahead
    QVERIFY(!driver.run("w").open());
    auto again = request(config());
    again.set_request_id("again");
    begin(driver, again);
    const auto first = driver.task();
    api::UpdateWorkflowExecutionRequest update;
    update.set_namespace_("default");
    update.mutable_workflow_execution()->set_workflow_id("w");
    update.mutable_request()->mutable_meta()->set_update_id("u");
    update.mutable_request()->mutable_input()->set_name("approve");
    QVERIFY(!driver.call("UpdateWorkflowExecution", update)->failed());
    driver.complete(first, {Driver::timer("t", 1h)});
    QVERIFY(driver.run("w").task);
    QVERIFY(transitions(driver).empty());
}

void SkipTest::sessionIsBounded() {
    Driver driver(skipping());
    auto wanted = config();
    wanted.set_max_session_skip_count(2);
    begin(driver, request(wanted));
    for (int i = 0; i < 2; ++i) driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(transitions(driver).size(), size_t(2));
    QVERIFY(!infoOf(driver).effective_config().enabled());
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(transitions(driver).size(), size_t(2));
    driver.pass(1h);
    QVERIFY(driver.history("w").endsWith(QLatin1String("TimerFired WorkflowTaskScheduled")));
}

void SkipTest::newConfigBeginsASession() {
    Driver driver(skipping());
    auto wanted = config();
    wanted.set_max_session_skip_count(1);
    begin(driver, request(wanted));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(transitions(driver).size(), size_t(1));
    update(driver, &wanted);
    QCOMPARE(transitions(driver).size(), size_t(2));
}

QTEST_GUILESS_MAIN(SkipTest)
#include "skip_test.moc"
