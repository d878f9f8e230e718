// SPDX-License-Identifier: MIT
// Details in which the real server was found to differ, by tests/peers/plays.
#include <QTest>

#include "tests/core/server/update_helpers.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

namespace {

test::Command childCommand() {
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* attributes = command.mutable_start_child_workflow_execution_command_attributes();
    attributes->set_workflow_id("child");
    attributes->mutable_workflow_type()->set_name("Child");
    attributes->mutable_workflow_run_timeout()->set_seconds(3);
    return command;
}

test::api::DescribeWorkflowExecutionResponse describe(Driver& driver, const std::string& id) {
    test::api::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    return driver.call("DescribeWorkflowExecution", request)->as<test::api::DescribeWorkflowExecutionResponse>();
}

test::api::StartWorkflowExecutionRequest attaching(const std::string& requestId) {
    auto request = Driver::startRequest("w");
    request.set_request_id(requestId);
    request.set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    request.mutable_on_conflict_options()->set_attach_request_id(true);
    return request;
}

}  // namespace

class DetailsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void activityCancelledInTheTaskThatSchedulesIt();
    void activityCancelledTwice();
    void cancelEndsADelayedStart();
    void childrenHaveTheirDefaults();
    void requestsAreAttached();
    void requestsAreAttachedWhileATaskRuns();
    void problemsAreReported();
    void problemsAreCountedAcrossFreshTasks();
    void problemsCanBeKeptQuiet();
    void listsSayLessOfOpenRuns();
    void nextRunIsItsOwnRoot();
    void tooLargeAnAnswerEndsTheRun();
    void startsThatSignalKeepToTheLimit();
    void abandonedChildrenThatHaveNotBegunDoNot();
    void childTakesTheIdOfARunningOne();
    void historyShowsATaskInMemory();
    void nothingLastsLongerThanAHundredYears();
    void nobodyTerminatesAsTheFrontend();
    void activityOptionsHavePriority();
    void requestsOfUpdatesAreKnown();
    void workerThatJustGotATaskIsThere();
    void activityThatNobodyAskedForCompletes();
    void cancellingWhatHasEndedIsDone();
    void aRunThatNobodyTookHandsOnNoResetPoints();
    void aTaskIsForTheWorkerThatWent();
};

void DetailsTest::activityCancelledInTheTaskThatSchedulesIt() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a"), Driver::cancelActivity(5)});
    const auto events = driver.events("w");
    QVERIFY(events.size() > 6);
    const auto& cancelled = events[6].activity_task_canceled_event_attributes();
    QCOMPARE(cancelled.details().payloads(0).data(), std::string("\"ACTIVITY_ID_NOT_STARTED\""));
    QCOMPARE(cancelled.identity(), std::string("worker"));
    // What stands at another place is no activity.
    QVERIFY(driver.complete(driver.task(), {Driver::schedule("b"), Driver::cancelActivity(6)})->failed());
}

void DetailsTest::activityCancelledTwice() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a")});
    driver.activity();
    driver.signal("w");
    driver.complete(driver.task(), {Driver::cancelActivity(5)});
    driver.signal("w", "again");
    QVERIFY(driver.complete(driver.task(), {Driver::cancelActivity(5)})->failed());
}

void DetailsTest::cancelEndsADelayedStart() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.mutable_workflow_start_delay()->set_seconds(60);
    driver.start(request);
    test::api::RequestCancelWorkflowExecutionRequest cancel;
    cancel.set_namespace_("default");
    cancel.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("RequestCancelWorkflowExecution", cancel);
    QCOMPARE(driver.task().started_event_id(), 4);
    driver.pass(2min);
    QVERIFY(driver.run("w").task.has_value());
}

void DetailsTest::childrenHaveTheirDefaults() {
    Driver driver;
    const std::string parent = driver.start("w");
    driver.complete(driver.task(), {childCommand()});
    const auto initiated = driver.events("w")[4].start_child_workflow_execution_initiated_event_attributes();
    QCOMPARE(initiated.workflow_id_reuse_policy(), test::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE);
    QCOMPARE(initiated.workflow_task_timeout().seconds(), 3);
    QVERIFY(describe(driver, "child").workflow_extended_info().request_id_infos().contains(parent + ":5:0"));
}

void DetailsTest::requestsAreAttached() {
    Driver driver;
    driver.start("w");
    const auto answer = driver.start(attaching("second"))->as<test::api::StartWorkflowExecutionResponse>();
    QVERIFY(!answer.started());
    QCOMPARE(answer.link().workflow_event().workflow_id(), std::string("w"));
    QCOMPARE(driver.events("w").back().workflow_execution_options_updated_event_attributes().attached_request_id(),
             std::string("second"));
    QCOMPARE(describe(driver, "w").workflow_extended_info().request_id_infos().at("second").event_id(), 3);
    driver.start(attaching("second"));
    QCOMPARE(driver.events("w").size(), size_t(3));
}

void DetailsTest::requestsAreAttachedWhileATaskRuns() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.start(attaching("second"));
    QVERIFY(describe(driver, "w").workflow_extended_info().request_id_infos().at("second").buffered());
    driver.complete(task);
    QCOMPARE(describe(driver, "w").workflow_extended_info().request_id_infos().at("second").event_id(), 5);
}

void DetailsTest::problemsAreReported() {
    Driver driver;
    driver.start("w");
    constexpr auto kProblems = "TemporalReportedProblems";
    for (int i = 0; i < 4; ++i) driver.failTask(driver.task());
    QVERIFY(!describe(driver, "w").workflow_execution_info().search_attributes().indexed_fields().contains(kProblems));
    driver.failTask(driver.task());
    const auto known = describe(driver, "w").workflow_execution_info().search_attributes().indexed_fields();
    QCOMPARE(known.at(kProblems).data(),
             std::string("[\"category=WorkflowTaskFailed\","
                         "\"cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure\"]"));
    driver.complete(driver.task());
    QVERIFY(!describe(driver, "w").workflow_execution_info().search_attributes().indexed_fields().contains(kProblems));
}

/// A signal makes a fresh task of one that is tried again; what went wrong before still counts.
void DetailsTest::problemsAreCountedAcrossFreshTasks() {
    server::WorldOptions options;
    options.limits.problemsToReport = 3;
    Driver driver(options);
    driver.checksHistories = false;  // no history tells of problems
    driver.start("w");
    for (int i = 0; i < 2; ++i) {
        const auto task = driver.task();
        driver.signal("w");
        driver.failTask(task);
    }
    const auto known = [&] {
        const auto info = describe(driver, "w").workflow_execution_info();
        return info.search_attributes().indexed_fields().contains("TemporalReportedProblems");
    };
    const auto task = driver.task();
    QCOMPARE(task.attempt(), 1);
    QVERIFY(!known());
    driver.failTask(task);
    QVERIFY(known());
    driver.complete(driver.task());
    QVERIFY(!known());
    QCOMPARE(driver.run("w").taskProblems, 0);
}

void DetailsTest::problemsCanBeKeptQuiet() {
    server::WorldOptions options;
    options.limits.problemsToReport = 0;
    Driver driver(options);
    driver.start("w");
    for (int i = 0; i < 7; ++i) driver.failTask(driver.task());
    QVERIFY(!describe(driver, "w")
                 .workflow_execution_info()
                 .search_attributes()
                 .indexed_fields()
                 .contains("TemporalReportedProblems"));
}

void DetailsTest::listsSayLessOfOpenRuns() {
    Driver driver;
    driver.start("w");
    test::api::ListWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    const auto list = [&] {
        return driver.call("ListWorkflowExecutions", request)->as<test::api::ListWorkflowExecutionsResponse>();
    };
    QCOMPARE(list().executions(0).history_length(), 0);
    QVERIFY(!list().executions(0).has_search_attributes());
    QCOMPARE(describe(driver, "w").workflow_execution_info().history_length(), 2);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QCOMPARE(list().executions(0).history_length(), 5);
}

void DetailsTest::nextRunIsItsOwnRoot() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.mutable_user_metadata()->mutable_summary()->set_data("\"mine\"");
    driver.start(request);
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    command.mutable_continue_as_new_workflow_execution_command_attributes();
    driver.complete(driver.task(), {command});
    const auto info = describe(driver, "w").workflow_execution_info();
    QCOMPARE(info.root_execution().run_id(), info.execution().run_id());
    QVERIFY(!describe(driver, "w").execution_config().has_user_metadata());
}

void DetailsTest::tooLargeAnAnswerEndsTheRun() {
    Driver driver;
    driver.start("w");
    test::api::RespondWorkflowTaskFailedRequest request;
    request.set_namespace_("default");
    request.set_task_token(driver.task().task_token());
    request.set_cause(test::enums::WORKFLOW_TASK_FAILED_CAUSE_GRPC_MESSAGE_TOO_LARGE);
    QVERIFY(!driver.call("RespondWorkflowTaskFailed", request)->failed());
    const auto end = driver.events("w").back().workflow_execution_terminated_event_attributes();
    QCOMPARE(end.reason(), std::string("GrpcMessageTooLarge"));
}

void DetailsTest::startsThatSignalKeepToTheLimit() {
    server::WorldOptions options;
    options.limits.signals = 2;
    Driver driver(options);
    test::api::SignalWithStartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.mutable_workflow_type()->set_name("Order");
    request.mutable_task_queue()->set_name("queue");
    request.set_signal_name("note");
    const auto ask = [&](const std::string& id) {
        request.set_request_id(id);
        return driver.call("SignalWithStartWorkflowExecution", request);
    };
    QVERIFY(!ask("1")->failed());
    QVERIFY(!ask("2")->failed());
    QVERIFY(!ask("2")->failed());
    QCOMPARE(ask("3")->message(), std::string("exceeded workflow execution limit for signal events"));
    QCOMPARE(driver.run("w").signalCount, 2);
    options.limits.signals = 0;
    Driver unlimited(options);
    unlimited.start("w");
    QVERIFY(!unlimited.signal("w")->failed());
}

void DetailsTest::abandonedChildrenThatHaveNotBegunDoNot() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(),
                    {Driver::child("c", test::enums::PARENT_CLOSE_POLICY_ABANDON), Driver::completeWorkflow()});
    QCOMPARE(driver.world.runs.size(), size_t(1));
}

void DetailsTest::childTakesTheIdOfARunningOne() {
    Driver driver;
    const std::string old = driver.start("c");
    auto command = Driver::child("c");
    command.mutable_start_child_workflow_execution_command_attributes()->set_workflow_id_reuse_policy(
        test::enums::WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING);
    driver.complete(driver.task());
    driver.start("w");
    driver.complete(driver.task(), {command});
    QVERIFY(driver.history("c", old).endsWith("WorkflowExecutionTerminated"));
    QVERIFY(driver.run("c").open() && driver.run("c").runId != old);
    QVERIFY(driver.history("w").contains("ChildWorkflowExecutionStarted"));
}

void DetailsTest::historyShowsATaskInMemory() {
    Driver driver;
    driver.start("w");
    driver.failTask(driver.task());
    const auto task = driver.task();
    const auto length = [&](const std::string& client, bool waits) {
        test::api::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id("w");
        request.set_wait_new_event(waits);
        driver.client = client;
        return driver.call("GetWorkflowExecutionHistory", request)
            ->as<test::api::GetWorkflowExecutionHistoryResponse>()
            .history()
            .events_size();
    };
    QCOMPARE(length("temporal-go", false), 6);
    QCOMPARE(length("temporal-cli", false), 4);
    QCOMPARE(length("temporal-ui", false), 4);
    QCOMPARE(length("temporal-go", true), 4);
    // Once an event took its place it has none.
    driver.failTask(task);
    driver.signal("w");
    QCOMPARE(length("temporal-go", false), 5);
}

void DetailsTest::nothingLastsLongerThanAHundredYears() {
    constexpr int64_t kAsked = 315'576'000'000;
    constexpr int64_t kGiven = 100LL * 365 * 24 * 3600;
    Driver driver;
    auto request = Driver::startRequest("w");
    request.mutable_workflow_execution_timeout()->set_seconds(kAsked);
    request.mutable_retry_policy()->mutable_maximum_interval()->set_seconds(kAsked);
    driver.start(request);
    driver.complete(driver.task(), {Driver::timer("t", base::Duration::max()), Driver::schedule("a", 200 * 24h * 365)});
    const auto events = driver.events("w");
    const auto& started = events[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.workflow_execution_timeout().seconds(), kGiven);
    QCOMPARE(started.retry_policy().maximum_interval().seconds(), kGiven);
    QCOMPARE(events[4].timer_started_event_attributes().start_to_fire_timeout().seconds(), kGiven);
    QCOMPARE(events[5].activity_task_scheduled_event_attributes().start_to_close_timeout().seconds(), kGiven);
}

/// Its poll began long ago, but it only just ended.
void DetailsTest::workerThatJustGotATaskIsThere() {
    Driver driver;
    driver.start("w");
    auto completion = Driver::completion(driver.task());
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    completion.mutable_sticky_attributes()->mutable_schedule_to_start_timeout()->set_seconds(10);
    driver.call("RespondWorkflowTaskCompleted", completion);
    const auto waiting = driver.poll("sticky");
    driver.pass(30s);
    driver.signal("w");
    QVERIFY(waiting->answered());
    driver.call("RespondWorkflowTaskCompleted", [&] {
        auto next = completion;
        next.set_task_token(waiting->as<test::api::PollWorkflowTaskQueueResponse>().task_token());
        return next;
    }());
    driver.signal("w");
    QCOMPARE(driver.run("w").task->queue, std::string("sticky"));
}

void DetailsTest::activityThatNobodyAskedForCompletes() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a")});
    test::api::RespondActivityTaskCompletedByIdRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.set_activity_id("a");
    request.set_identity("somebody");
    driver.call("RespondActivityTaskCompletedById", request);
    const auto started = driver.events("w")[5].activity_task_started_event_attributes();
    QCOMPARE(started.identity(), std::string("somebody"));
    QVERIFY(started.request_id().empty());
}

void DetailsTest::cancellingWhatHasEndedIsDone() {
    Driver driver;
    driver.start("other");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    const size_t before = driver.events("other").size();
    driver.start("w");
    test::Command cancel;
    cancel.set_command_type(test::enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION);
    cancel.mutable_request_cancel_external_workflow_execution_command_attributes()->set_workflow_id("other");
    test::Command signal;
    signal.set_command_type(test::enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION);
    auto* attributes = signal.mutable_signal_external_workflow_execution_command_attributes();
    attributes->mutable_execution()->set_workflow_id("other");
    attributes->set_signal_name("late");
    driver.complete(driver.task(), {cancel, signal});
    QVERIFY(driver.history("w").contains(QStringLiteral("ExternalWorkflowExecutionCancelRequested")));
    QVERIFY(driver.history("w").contains(QStringLiteral("SignalExternalWorkflowExecutionFailed")));
    QCOMPARE(driver.events("other").size(), before);
}

void DetailsTest::aRunThatNobodyTookHandsOnNoResetPoints() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.mutable_workflow_run_timeout()->set_seconds(1);
    request.mutable_retry_policy()->set_maximum_attempts(2);
    driver.start(request);
    QVERIFY(!driver.events("w")[0].workflow_execution_started_event_attributes().has_prev_auto_reset_points());
    driver.pass(1s);
    const auto next = driver.events("w")[0].workflow_execution_started_event_attributes();
    QCOMPARE(next.attempt(), 2);
    QVERIFY(next.has_prev_auto_reset_points());
    QCOMPARE(next.prev_auto_reset_points().points_size(), 0);
}

void DetailsTest::aTaskIsForTheWorkerThatWent() {
    Driver driver;
    driver.start("w");
    auto completion = Driver::completion(driver.task(), {Driver::timer("t", 1h)});
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    completion.mutable_sticky_attributes()->mutable_schedule_to_start_timeout()->set_seconds(5);
    driver.call("RespondWorkflowTaskCompleted", completion);
    driver.signal("w");
    const auto queue = driver.events("w").back().workflow_task_scheduled_event_attributes().task_queue();
    QCOMPARE(queue.name(), std::string("sticky"));
    QCOMPARE(queue.normal_name(), std::string("queue"));
    // Nobody polls that one, so whoever polls the other has it, with the whole history.
    const auto task = driver.task();
    QCOMPARE(task.history().events(0).event_id(), 1);
    driver.complete(task, {Driver::timer("u", 1h)});
    driver.signal("w", "again");
    QCOMPARE(driver.events("w").back().workflow_task_scheduled_event_attributes().task_queue().name(),
             std::string("queue"));
}

void DetailsTest::nobodyTerminatesAsTheFrontend() {
    Driver driver;
    driver.start("w");
    test::api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("TerminateWorkflowExecution", request);
    QCOMPARE(driver.events("w").back().workflow_execution_terminated_event_attributes().identity(),
             std::string("frontend-service"));
}

void DetailsTest::activityOptionsHavePriority() {
    Driver driver;
    driver.start("w");
    test::Command command = Driver::schedule("a");
    command.mutable_schedule_activity_task_command_attributes()->mutable_priority()->set_priority_key(2);
    driver.complete(driver.task(), {command});
    QCOMPARE(describe(driver, "w").pending_activities(0).activity_options().priority().priority_key(), 2);
}

void DetailsTest::requestsOfUpdatesAreKnown() {
    Driver driver;
    driver.start("w");
    auto request = test::updateRequest("u");
    request.mutable_request()->set_request_id("asked");
    driver.call("UpdateWorkflowExecution", request);
    QVERIFY(describe(driver, "w").workflow_extended_info().request_id_infos().count("asked") == 0);
    auto completion = Driver::completion(driver.task());
    test::addOutcome(&completion, "u");
    driver.call("RespondWorkflowTaskCompleted", completion);
    const auto info = describe(driver, "w").workflow_extended_info().request_id_infos().at("asked");
    QCOMPARE(info.event_id(), int64_t(5));
    QCOMPARE(info.event_type(), test::enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
}

QTEST_GUILESS_MAIN(DetailsTest)
#include "details_test.moc"
