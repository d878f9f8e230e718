// SPDX-License-Identifier: MIT
// ResetWorkflowExecution: where it may cut, what it refuses and what is told of it.
#include <QTest>

#include "tests/core/server/reset_helpers.h"

// Old workers and clients use fields that the protocol calls deprecated, so they are tested.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using namespace orrery;
using namespace orrery::test;
using namespace std::chrono_literals;

class ResetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whereItMayCut_data();
    void whereItMayCut();
    void refusesOtherOperations();
    void changesOptionsAtOnce();
    void sameRequestAgain();
    void whatItSays();
    void closedAndOlderRuns();
    void openTaskIsLost();
    void activityKeepsItsTime();
    void resetPointsFollowTheChain();
};

void ResetTest::whereItMayCut_data() {
    QTest::addColumn<int>("finishId");
    QTest::addColumn<QString>("answer");
    // As the real server answered for the same run.
    const QString range = QStringLiteral("Workflow task finish ID must be > 1 && <= workflow last event ID.");
    const auto border = [](int id) {
        return QStringLiteral(
                   "StateRebuilder unable to Rebuild mutable state to event ID: %1, version: 0, this event "
                   "must be at the boundary")
            .arg(id);
    };
    const auto task = [](int id) {
        return QStringLiteral(
                   "Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, "
                   "WorkflowTaskStarted + 1]: %1")
            .arg(id);
    };
    const QString started = QStringLiteral("WorkflowExecutionStarted ");
    const QString first = QStringLiteral("WorkflowTaskScheduled WorkflowTaskStarted ");
    const QString failed = QStringLiteral("WorkflowTaskFailed ");
    const QString signal = QStringLiteral("WorkflowExecutionSignaled ");
    const QString next = QStringLiteral("WorkflowTaskScheduled");
    const QString second =
        started + first + "WorkflowTaskCompleted ActivityTaskScheduled TimerStarted " + signal + first;
    const QString third = second + failed + first;
    const QString fourth = third + "WorkflowTaskCompleted TimerStarted " + signal + first;
    const std::vector<QString> answers = {range,
                                          range,
                                          border(1),
                                          started + first + failed + signal + signal + next,
                                          started + first + failed + signal + signal + next,
                                          border(4),
                                          border(5),
                                          task(7),
                                          border(7),
                                          second + failed + signal + next,
                                          second + failed + signal + next,
                                          third + failed + signal + next,
                                          border(11),
                                          third + failed + signal + next,
                                          border(13),
                                          border(14),
                                          border(15),
                                          fourth + failed + next,
                                          fourth + failed + next,
                                          task(19),
                                          range};
    for (size_t id = 0; id < answers.size(); ++id) {
        const int finishId = int(id);
        QTest::newRow(qPrintable(QString::number(finishId))) << finishId << answers[id];
    }
}

void ResetTest::whereItMayCut() {
    QFETCH(const int, finishId);
    Driver driver;
    play(driver);
    const std::string first = driver.run("w").runId;
    QCOMPARE(driver.run("w").log.lastId(), 18);
    if (finishId >= 19) {
        // One event more, as there was in the recording: the end.
        reset(driver, resetRequest(18));
    }
    const auto call = driver.call("ResetWorkflowExecution", resetRequest(finishId, first));
    if (call->failed()) {
        QCOMPARE(call->code(), base::ErrorCode::InvalidArgument);
        QTEST(QString::fromStdString(call->message()), "answer");
        // Nothing has happened.
        QCOMPARE(driver.world.runs.size(), finishId >= 19 ? 2u : 1u);
        return;
    }
    QTEST(driver.history("w"), "answer");
    QCOMPARE(driver.run("w").runId, call->as<api::ResetWorkflowExecutionResponse>().run_id());
    QVERIFY(driver.run("w").open());
    // A worker goes on from there, from the beginning and with the first attempt.
    const auto task = driver.task();
    QCOMPARE(task.attempt(), 1);
    QCOMPARE(task.history().events_size(), int(driver.run("w").log.lastId()));
    QVERIFY(!driver.complete(task, {Driver::completeWorkflow()})->failed());
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
}

void ResetTest::refusesOtherOperations() {
    Driver driver;
    play(driver);
    auto request = resetRequest(18);
    request.add_post_reset_operations()->mutable_signal_workflow()->set_signal_name("x");
    auto call = driver.call("ResetWorkflowExecution", request);
    QCOMPARE(call->message(),
             std::string("unsupported post reset operation: *workflow.PostResetOperation_SignalWorkflow_"));
    request.clear_post_reset_operations();
    request.add_post_reset_operations();
    call = driver.call("ResetWorkflowExecution", request);
    QCOMPARE(call->message(), std::string("unsupported post reset operation: <nil>"));
    request.clear_post_reset_operations();
    request.clear_request_id();
    QCOMPARE(driver.call("ResetWorkflowExecution", request)->message(),
             std::string("RequestId is not set on request."));
    request.set_request_id(std::string(1001, 'x'));
    QCOMPARE(driver.call("ResetWorkflowExecution", request)->message(), std::string("RequestId length exceeds limit."));
    request.set_request_id("x");
    request.set_reset_reapply_type(enums::ResetReapplyType(99));
    QCOMPARE(driver.call("ResetWorkflowExecution", request)->message(), std::string("unknown reset reapply type: 99"));
    request = resetRequest(18, {}, "nobody");
    QCOMPARE(driver.call("ResetWorkflowExecution", request)->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.world.runs.size(), 1u);
}

void ResetTest::changesOptionsAtOnce() {
    Driver driver;
    play(driver);
    auto request = resetRequest(18);
    auto* wanted = request.add_post_reset_operations()->mutable_update_workflow_options();
    wanted->mutable_workflow_execution_options()->mutable_priority()->set_priority_key(2);
    wanted->mutable_update_mask()->add_paths("priority.priority_key");
    reset(driver, request);
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowTaskFailed WorkflowExecutionOptionsUpdated WorkflowTaskScheduled")));
    QCOMPARE(driver.describe("w").workflow_execution_info().priority().priority_key(), 2);
    // The history keeps it.
    reset(driver, resetRequest(4));
    QCOMPARE(driver.describe("w").workflow_execution_info().priority().priority_key(), 2);

    api::UpdateWorkflowExecutionOptionsRequest change;
    change.set_namespace_("default");
    change.mutable_workflow_execution()->set_workflow_id("w");
    const auto refusal = [&] {
        return QString::fromStdString(driver.call("UpdateWorkflowExecutionOptions", change)->message());
    };
    QCOMPARE(refusal(), QStringLiteral("UpdateMask is required"));
    change.mutable_update_mask();
    QCOMPARE(refusal(), QStringLiteral("WorkflowExecutionOptions is required"));
    change.mutable_workflow_execution_options();
    change.mutable_update_mask()->add_paths("nonsense");
    QVERIFY(refusal().startsWith(QLatin1String("error parsing UpdateMask: ")));
    // Deployments are not here: there is no version to pin a run to, but none to take away is no change.
    change.mutable_update_mask()->set_paths(0, "versioning_override");
    QCOMPARE(driver.call("UpdateWorkflowExecutionOptions", change)->code(), base::ErrorCode::Ok);
    change.mutable_update_mask()->set_paths(0, "priority");
    // Named and left out: an event that, as on the real server, leaves it as it was. The workflow is not woken for it.
    const int64_t length = driver.run("w").log.lastId();
    driver.complete(driver.task());
    QVERIFY(!driver.call("UpdateWorkflowExecutionOptions", change)->failed());
    QCOMPARE(driver.run("w").log.lastId(), length + 3);
    QCOMPARE(driver.describe("w").workflow_execution_info().priority().priority_key(), 2);
    // What changes nothing leaves no trace.
    change.mutable_workflow_execution_options()->mutable_priority()->set_priority_key(2);
    QVERIFY(!driver.call("UpdateWorkflowExecutionOptions", change)->failed());
    QCOMPARE(driver.run("w").log.lastId(), length + 3);
}

void ResetTest::sameRequestAgain() {
    Driver driver;
    play(driver);
    const std::string first = driver.run("w").runId;
    const auto request = resetRequest(10, first);
    const std::string second = reset(driver, request);
    QCOMPARE(reset(driver, request), second);
    QCOMPARE(driver.world.runs.size(), 2u);
    QVERIFY(reset(driver, resetRequest(10, first)) != second);
    QCOMPARE(driver.world.runs.size(), 3u);
}

void ResetTest::whatItSays() {
    Driver driver;
    play(driver);
    const auto before = driver.run("w").startTime;
    const std::string first = driver.run("w").runId;
    driver.pass(5s);
    const std::string second = reset(driver, resetRequest(10));
    const auto end = driver.events("w", first).back();
    const auto& terminated = end.workflow_execution_terminated_event_attributes();
    QCOMPARE(terminated.reason(), std::string("because"));
    QCOMPARE(terminated.identity(), std::string("history-resetter"));
    const auto failedEvent = driver.events("w")[9];
    const auto& failed = failedEvent.workflow_task_failed_event_attributes();
    QCOMPARE(failed.cause(), enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW);
    QCOMPARE(failed.scheduled_event_id(), 8);
    QCOMPARE(failed.started_event_id(), 9);
    QCOMPARE(failed.base_run_id(), first);
    QCOMPARE(failed.new_run_id(), second);
    QCOMPARE(failed.identity(), std::string("history-service"));
    QCOMPARE(failed.failure().message(), std::string("because"));
    QVERIFY(failed.failure().has_reset_workflow_failure_info());

    const auto old = driver.describe("w", first);
    QCOMPARE(old.workflow_extended_info().reset_run_id(), second);
    QVERIFY(!old.workflow_extended_info().has_last_reset_time());
    const auto now = driver.describe("w");
    QCOMPARE(now.workflow_extended_info().reset_run_id(), std::string());
    QCOMPARE(payload::fromProto(now.workflow_extended_info().last_reset_time()), driver.world.now);
    QCOMPARE(payload::fromProto(now.workflow_extended_info().original_start_time()), before);
    QCOMPARE(payload::fromProto(now.workflow_execution_info().start_time()), driver.world.now);
    QCOMPARE(now.workflow_execution_info().first_run_id(), first);
    QCOMPARE(now.workflow_extended_info().request_id_infos().count("start-w"), 1u);
    // Of the worker that the first run had; the point belongs to the new run now.
    const auto& points = now.workflow_execution_info().auto_reset_points().points();
    QCOMPARE(points.size(), 1);
    QCOMPARE(points[0].run_id(), second);
    QCOMPARE(points[0].first_workflow_task_completed_id(), 4);
    QVERIFY(points[0].resettable());
}

void ResetTest::closedAndOlderRuns() {
    Driver driver;
    play(driver);
    const std::string first = driver.run("w").runId;
    signal(driver, "three");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    // A closed run is not closed again.
    const int64_t length = driver.run("w").log.lastId();
    const std::string second = reset(driver, resetRequest(10));
    QCOMPARE(driver.world.findRun(first)->log.lastId(), length);
    QCOMPARE(signalsOf(driver), QStringLiteral("one two three"));
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    // Another workflow under the same id runs now: it has to give way, and what it got stays with it.
    auto again = Driver::startRequest("w");
    again.set_request_id("again");
    const std::string third = driver.start(again)->as<api::StartWorkflowExecutionResponse>().run_id();
    signal(driver, "other");
    const std::string fourth = reset(driver, resetRequest(10, first));
    QCOMPARE(driver.world.findRun(third)->status, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
    QCOMPARE(driver.run("w").runId, fourth);
    QCOMPARE(signalsOf(driver), QStringLiteral("one two three"));
    QCOMPARE(driver.describe("w", first).workflow_extended_info().reset_run_id(), fourth);
    QCOMPARE(driver.describe("w", third).workflow_extended_info().reset_run_id(), std::string());
    // And a run that a reset made can be reset.
    const std::string fifth = reset(driver, resetRequest(4, second));
    QCOMPARE(signalsOf(driver), QStringLiteral("one two three"));
    QCOMPARE(driver.world.findRun(fifth)->firstRunId, first);
}

void ResetTest::openTaskIsLost() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    const std::string first = driver.run("w").runId;
    reset(driver, resetRequest(3));
    QCOMPARE(driver.history("w", first), QStringLiteral("WorkflowExecutionStarted WorkflowTaskScheduled "
                                                        "WorkflowTaskStarted WorkflowTaskFailed "
                                                        "WorkflowExecutionTerminated"));
    QCOMPARE(driver.complete(task)->code(), base::ErrorCode::NotFound);
    const auto& events = driver.events("w");
    QCOMPARE(events[2].workflow_task_started_event_attributes().identity(), std::string("history-service"));
    QVERIFY(!driver.complete(driver.task(), {Driver::completeWorkflow()})->failed());
}

/// One that nobody had begun may take as long as ever from now on, but is tried again only while it would have been
/// without the reset.
void ResetTest::activityKeepsItsTime() {
    Driver driver;
    driver.start("w");
    auto schedule = Driver::schedule("a", 60s);
    auto* attributes = schedule.mutable_schedule_activity_task_command_attributes();
    payload::toProto(12s, attributes->mutable_schedule_to_close_timeout());
    payload::toProto(5s, attributes->mutable_retry_policy()->mutable_initial_interval());
    const base::Timestamp begin = driver.world.now;
    driver.complete(driver.task(), {schedule});
    signal(driver, "news");
    driver.complete(driver.task());
    driver.pass(8s);
    reset(driver, resetRequest(9));
    const auto pending = driver.describe("w").pending_activities(0);
    QCOMPARE(payload::fromProto(pending.scheduled_time()), begin + 8s);
    QCOMPARE(payload::fromProto(pending.expiration_time()), begin + 12s);
    driver.pass(6s);
    QCOMPARE(driver.describe("w").pending_activities_size(), 1);
    const auto attempt = driver.activity();
    QCOMPARE(payload::fromProto(attempt.scheduled_time()), begin);
    QCOMPARE(payload::fromProto(attempt.current_attempt_scheduled_time()), begin + 8s);
    driver.failActivity(attempt, "Broken", false);
    QCOMPARE(driver.describe("w").pending_activities_size(), 0);
    QVERIFY(driver.history("w").contains(QStringLiteral("ActivityTaskFailed")));
}

void ResetTest::resetPointsFollowTheChain() {
    Driver driver;
    driver.start("w");
    const auto completeAs = [&](const std::string& checksum, std::vector<Command> commands) {
        auto completion = Driver::completion(driver.task(), std::move(commands));
        completion.set_binary_checksum(checksum);
        driver.call("RespondWorkflowTaskCompleted", completion);
    };
    completeAs("one", {});
    signal(driver, "news");
    completeAs("one", {});
    signal(driver, "news");
    completeAs("two", {});
    signal(driver, "news");
    const std::string first = driver.run("w").runId;
    completeAs("two", {Driver::continueAsNew()});
    driver.pass(1s);
    completeAs("two", {Driver::child("c")});
    signal(driver, "news");
    completeAs("three", {});
    const auto points = driver.describe("w").workflow_execution_info().auto_reset_points().points();
    QCOMPARE(points.size(), 3);
    QCOMPARE(points[0].binary_checksum(), std::string("one"));
    QCOMPARE(points[0].run_id(), first);
    QCOMPARE(points[0].first_workflow_task_completed_id(), 4);
    QVERIFY(points[0].has_expire_time());
    QCOMPARE(points[1].binary_checksum(), std::string("two"));
    QCOMPARE(points[1].run_id(), first);
    QCOMPARE(points[2].binary_checksum(), std::string("three"));
    QCOMPARE(points[2].run_id(), driver.run("w").runId);
    QVERIFY(!points[2].has_expire_time());
    // A child was pending.
    QVERIFY(!points[2].resettable());
    // No more than twenty, the latest ones.
    for (int i = 0; i < 25; ++i) {
        signal(driver, "news");
        completeAs("build-" + std::to_string(i), {});
    }
    const auto many = driver.describe("w").workflow_execution_info().auto_reset_points().points();
    QCOMPARE(many.size(), 20);
    QCOMPARE(many.rbegin()->binary_checksum(), std::string("build-24"));
}

QTEST_GUILESS_MAIN(ResetTest)
#include "reset_test.moc"
