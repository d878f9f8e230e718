// SPDX-License-Identifier: MIT
// A run's own time. The cases are those that Temporal's server tests its own by, and what they leave open.
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include <google/protobuf/util/message_differencer.h>
#include <temporal/api/taskqueue/v1/message.pb.h>
#include <temporal/api/workflow/v1/message.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
namespace api = test::api;
using server::HistoryEvent;
using test::Command;
using test::Driver;
namespace enums = test::enums;
namespace common = temporal::api::common::v1;

namespace {

constexpr auto kTransitioned = enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED;

server::WorldOptions skipping(bool on = true) {
    server::WorldOptions options;
    options.limits.workflowTimeSkipping = on;
    return options;
}

common::TimeSkippingConfig config(base::Duration forward = 0s, const std::string& id = "forward") {
    common::TimeSkippingConfig config;
    config.set_enabled(true);
    if (forward > 0s) {
        config.mutable_fast_forward_config()->set_id(id);
        payload::toProto(forward, config.mutable_fast_forward_config()->mutable_duration());
    }
    return config;
}

api::StartWorkflowExecutionRequest request(const common::TimeSkippingConfig& config, base::Duration runTimeout = 24h) {
    auto start = Driver::startRequest("w");
    *start.mutable_time_skipping_config() = config;
    if (runTimeout > 0s) payload::toProto(runTimeout, start.mutable_workflow_run_timeout());
    return start;
}

std::string begin(Driver& driver, const api::StartWorkflowExecutionRequest& request) {
    return driver.start(request)->as<api::StartWorkflowExecutionResponse>().run_id();
}

std::vector<HistoryEvent> transitions(Driver& driver, const std::string& runId = {}, const std::string& id = "w") {
    std::vector<HistoryEvent> found;
    for (const HistoryEvent& event : driver.events(id, runId)) {
        if (event.event_type() == kTransitioned) found.push_back(event);
    }
    return found;
}

const auto& of(const HistoryEvent& event) {
    return event.workflow_execution_time_skipping_transitioned_event_attributes();
}

base::Timestamp targetOf(const HistoryEvent& event) { return payload::fromProto(of(event).target_time()); }
base::Timestamp timeOf(const HistoryEvent& event) { return payload::fromProto(event.event_time()); }

Command child(const std::string& id) {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* attributes = command.mutable_start_child_workflow_execution_command_attributes();
    attributes->set_workflow_id(id);
    attributes->mutable_workflow_type()->set_name("Child");
    attributes->mutable_task_queue()->set_name("children");
    return command;
}

Command continueAsNew() {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    command.mutable_continue_as_new_workflow_execution_command_attributes();
    return command;
}

Command fail() {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
    command.mutable_fail_workflow_execution_command_attributes()->mutable_failure()->set_message("no");
    return command;
}

api::DescribeWorkflowExecutionResponse describe(Driver& driver, const std::string& id = "w",
                                                const std::string& runId = {}) {
    api::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    request.mutable_execution()->set_run_id(runId);
    return driver.call("DescribeWorkflowExecution", request)->as<api::DescribeWorkflowExecutionResponse>();
}

common::TimeSkippingInfo infoOf(Driver& driver, const std::string& id = "w", const std::string& runId = {}) {
    return describe(driver, id, runId).workflow_extended_info().time_skipping_info();
}

test::Kept update(Driver& driver, const common::TimeSkippingConfig* config,
                  const std::string& path = "time_skipping_config") {
    api::UpdateWorkflowExecutionOptionsRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_workflow_execution_options();
    if (config != nullptr) {
        *request.mutable_workflow_execution_options()->mutable_time_skipping_config() = *config;
    }
    request.mutable_update_mask()->add_paths(path);
    return driver.call("UpdateWorkflowExecutionOptions", request);
}

test::Kept pollForward(Driver& driver, const std::string& id = "forward", const std::string& runId = {}) {
    api::PollWorkflowExecutionTimeSkippingRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_workflow_execution()->set_run_id(runId);
    request.set_fast_forward_id(id);
    return driver.call("PollWorkflowExecutionTimeSkipping", request);
}

api::PollWorkflowExecutionTimeSkippingResponse answerOf(const test::Kept& call) {
    return call->as<api::PollWorkflowExecutionTimeSkippingResponse>();
}

void terminate(Driver& driver) {
    api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("TerminateWorkflowExecution", request);
}

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
    void childInheritsTimeAndConfig();
    void twoChildren();
    void threeGenerations();
    void childWithoutConfig();
    void continueAsNewInherits();
    void sessionGoesOnInTheChain();
    void expirationStaysWhereItIs();
    void retryInherits();
    void cronInherits();
    void budgetIsTheChains();
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
    QCOMPARE(payload::fromProto(describe(driver).workflow_execution_info().start_time()), driver.wall);
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
    QVERIFY(!describe(driver).workflow_extended_info().has_time_skipping_info());
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
    const auto info = describe(driver).workflow_execution_info();
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
    driver.complete(driver.task(), {child("c"), Driver::timer("t", 1h)});
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
    const auto info = describe(driver).workflow_execution_info();
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
    const auto info = describe(driver).workflow_execution_info();
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

void SkipTest::forwardStopsAtItsTarget() {
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

void SkipTest::forwardWithoutTimers() {
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

void SkipTest::forwardToTheRunTimeout() {
    Driver driver(skipping());
    begin(driver, request(config(5min), 5min));
    driver.complete(driver.task(), {Driver::timer("t", 5min)});
    QCOMPARE(transitions(driver).size(), size_t(1));
    if (driver.run("w").task) driver.complete(driver.task());
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
}

void SkipTest::forwardEndsWhileBusy() {
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

void SkipTest::forwardWithActivity() {
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

void SkipTest::forwardBeginsAnew() {
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

void SkipTest::pollIsAnsweredAtOnce() {
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

void SkipTest::pollWakesOnCompletion() {
    Driver driver(skipping());
    begin(driver, request(config(1h), 0s));
    const auto poll = pollForward(driver);
    QVERIFY(!poll->answered());
    driver.complete(driver.task());
    QVERIFY(poll->answered());
    QCOMPARE(answerOf(poll).fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED);
}

void SkipTest::pollFollowsTheChain() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config(3h), 0s));
    driver.pass(1s);
    const auto poll = pollForward(driver, "forward", first);
    driver.complete(driver.task(), {continueAsNew()});
    QVERIFY(!poll->answered());
    driver.complete(driver.task());
    QVERIFY(poll->answered());
    QCOMPARE(answerOf(poll).fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED);
}

void SkipTest::pollWakesOnTheEnd() {
    Driver driver(skipping());
    begin(driver, request(config(3h)));
    const auto poll = pollForward(driver);
    terminate(driver);
    QCOMPARE(answerOf(poll).failed_reason(), std::string("the execution ended before the fast-forward completed"));
    QCOMPARE(answerOf(pollForward(driver)).failed_reason(),
             std::string("the execution ended before the fast-forward completed"));
}

void SkipTest::pollWakesOnAnotherForward() {
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

void SkipTest::pollWakesWhenDisabled() {
    Driver driver(skipping());
    auto wanted = config(3h);
    wanted.set_max_session_skip_count(1);
    begin(driver, request(wanted));
    const auto poll = pollForward(driver);
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(answerOf(poll).failed_reason(),
             std::string("time skipping was disabled before the fast-forward completed"));
}

void SkipTest::pollTimesOut() {
    Driver driver(skipping());
    begin(driver, request(config(3h)));
    const auto poll = pollForward(driver);
    driver.pass(20s);
    QCOMPARE(answerOf(poll).fast_forward_polling_result(), enums::FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT);
    QCOMPARE(answerOf(poll).fast_forward_info().fast_forward_id(), std::string("forward"));
}

void SkipTest::describeFollowsTheChain() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config()));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {continueAsNew()});
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    const auto info = infoOf(driver);
    QVERIFY(driver.run("w").runId != first);
    QVERIFY(info.effective_config().enabled());
    QCOMPARE(payload::fromProto(info.current_time()), driver.wall + 3h);
}

void SkipTest::childInheritsTimeAndConfig() {
    Driver driver(skipping());
    auto wanted = config(5h);
    wanted.set_max_session_skip_count(7);
    begin(driver, request(wanted));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    Command command = child("c");
    auto* attributes = command.mutable_start_child_workflow_execution_command_attributes();
    payload::toProto(4h, attributes->mutable_workflow_execution_timeout());
    payload::toProto(2h, attributes->mutable_workflow_run_timeout());
    driver.complete(driver.task(), {command});
    const auto started = driver.events("c")[0].workflow_execution_started_event_attributes();
    QVERIFY(started.time_skipping_config().enabled());
    QVERIFY(!started.time_skipping_config().has_fast_forward_config());
    QCOMPARE(started.time_skipping_config().max_session_skip_count(), 7);
    const auto& state = started.time_skipping_state_propagation();
    QCOMPARE(payload::fromProto(state.initial_skipped_duration()), base::Duration(1h));
    QCOMPARE(state.initial_skip_count(), 0);
    const auto& child = driver.run("c");
    QCOMPARE(child.startTime, driver.wall + 1h);
    QCOMPARE(child.executionTime, driver.wall + 1h);
    QCOMPARE(*child.runExpiration, driver.wall + 3h);
    QCOMPARE(*child.executionExpiration, driver.wall + 5h);
    bool initiated = false;
    for (const HistoryEvent& event : driver.events("w")) {
        if (!event.has_start_child_workflow_execution_initiated_event_attributes()) continue;
        const auto& from = event.start_child_workflow_execution_initiated_event_attributes();
        initiated = from.time_skipping_config().enabled() && from.has_time_skipping_state_propagation();
    }
    QVERIFY(initiated);
    // It still has its two hours.
    driver.task("children");
    driver.pass(2h - 1ns);
    QVERIFY(driver.run("c").open());
    driver.pass(1ns);
    QVERIFY(!driver.run("c").open());
}

void SkipTest::twoChildren() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task(), {child("c1"), child("c2"), Driver::timer("t", 1h)});
    driver.complete(driver.task("children"), {Driver::timer("x", 2h)});
    driver.complete(driver.task("children"), {Driver::timer("x", 3h)});
    QCOMPARE(driver.run("c1").skipped, base::Duration(2h));
    QCOMPARE(driver.run("c2").skipped, base::Duration(3h));
    for (int i = 0; i < 2; ++i) driver.complete(driver.task("children"), {Driver::completeWorkflow()});
    driver.complete(driver.task());
    // The parent goes by its own time, not by theirs.
    QCOMPARE(driver.run("w").skipped, base::Duration(1h));
}

void SkipTest::threeGenerations() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {child("c")});
    driver.complete(driver.task("children"), {Driver::timer("t", 2h)});
    driver.complete(driver.task("children"), {child("g")});
    while (true) {
        const auto polled = driver.poll("children");
        if (!polled->answered()) break;
        const auto task = polled->as<api::PollWorkflowTaskQueueResponse>();
        const bool grandchild = task.workflow_execution().workflow_id() == "g";
        driver.complete(task, grandchild ? std::vector<Command>{Driver::timer("t", 4h)} : std::vector<Command>());
        if (grandchild) break;
    }
    QCOMPARE(driver.run("g").skipped, base::Duration(7h));
    QCOMPARE(driver.run("c").skipped, base::Duration(3h));
    QCOMPARE(driver.run("w").skipped, base::Duration(1h));
}

void SkipTest::childWithoutConfig() {
    Driver driver(skipping());
    auto wanted = config();
    wanted.set_disable_propagation(true);
    begin(driver, request(wanted));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {child("c")});
    const auto started = driver.events("c")[0].workflow_execution_started_event_attributes();
    QVERIFY(!started.has_time_skipping_config());
    QCOMPARE(driver.run("c").skipped, base::Duration(1h));
    driver.complete(driver.task("children"), {Driver::timer("x", 1h)});
    QVERIFY(transitions(driver, {}, "c").empty());
}

void SkipTest::continueAsNewInherits() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config(3h)));
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    driver.complete(driver.task(), {continueAsNew()});
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.continued_execution_run_id(), first);
    QVERIFY(started.time_skipping_config().enabled());
    const auto& state = started.time_skipping_state_propagation();
    QCOMPARE(payload::fromProto(state.initial_skipped_duration()), base::Duration(2h));
    QCOMPARE(payload::fromProto(state.fast_forward_target_time()), driver.wall + 3h);
    QCOMPARE(driver.run("w").startTime, driver.wall + 2h);
    QCOMPARE(timeOf(driver.events("w")[0]), driver.wall + 2h);
}

void SkipTest::sessionGoesOnInTheChain() {
    Driver driver(skipping());
    auto wanted = config();
    wanted.set_max_session_skip_count(10);
    begin(driver, request(wanted));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {continueAsNew()});
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.time_skipping_state_propagation().initial_skip_count(), 1);
    QCOMPARE(started.time_skipping_config().max_session_skip_count(), 10);
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(driver.run("w").timeSkipping->sessionSkips, int64_t(2));
}

void SkipTest::expirationStaysWhereItIs() {
    Driver driver(skipping());
    auto start = request(config(), 0s);
    payload::toProto(5h, start.mutable_workflow_execution_timeout());
    begin(driver, start);
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    driver.complete(driver.task(), {continueAsNew()});
    QCOMPARE(*driver.run("w").executionExpiration, driver.wall + 5h);
    // Three hours are left of it.
    driver.complete(driver.task());
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
    QCOMPARE(timeOf(driver.events("w").back()), driver.wall + 5h);
}

void SkipTest::retryInherits() {
    Driver driver(skipping());
    auto start = request(config());
    payload::toProto(10min, start.mutable_retry_policy()->mutable_initial_interval());
    const std::string first = begin(driver, start);
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {fail()});
    QVERIFY(driver.run("w").runId != first);
    // The back-off is skipped too.
    QCOMPARE(driver.run("w").skipped, base::Duration(70min));
    QCOMPARE(driver.run("w").startedEvent().attempt(), 2);
    QVERIFY(driver.run("w").task);
}

void SkipTest::cronInherits() {
    Driver driver(skipping());
    auto start = request(config(1h));
    start.set_cron_schedule("* * * * *");
    const std::string first = begin(driver, start);
    QCOMPARE(driver.run("w").skipped, base::Duration(1min));
    driver.complete(driver.task(), {Driver::timer("t", 50min)});
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QVERIFY(driver.run("w").runId != first);
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.initiator(), enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE);
    QCOMPARE(payload::fromProto(started.time_skipping_state_propagation().initial_skipped_duration()),
             base::Duration(51min));
    // Nothing holds it from going on slot by slot until the fast-forward is through.
    QVERIFY(driver.run("w").task);
}

void SkipTest::budgetIsTheChains() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config(3h)));
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    driver.complete(driver.task(), {continueAsNew()});
    driver.complete(driver.task());
    QCOMPARE(driver.run("w").skipped, base::Duration(3h));
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(1));
    QVERIFY(of(jumps[0]).disabled_after_fast_forward());
    const auto before = infoOf(driver, "w", first);
    QVERIFY(before.effective_config().enabled());
    QVERIFY(!before.fast_forward_info().has_completed());
    const auto after = infoOf(driver);
    QVERIFY(!after.effective_config().enabled());
    QVERIFY(after.fast_forward_info().has_completed());
}

QTEST_GUILESS_MAIN(SkipTest)
#include "skip_test.moc"
