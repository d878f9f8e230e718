// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

// Old workers and clients use fields that the protocol calls deprecated, so they are tested.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using namespace orrery;
using namespace std::chrono_literals;
using test::Command;
using test::Driver;
namespace api = test::api;
namespace enums = test::enums;

/// ResetWorkflowExecution: where it may cut, and what becomes of everything.
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
    void signalsComeAgain_data();
    void signalsComeAgain();
    void signalsOfTheRunsThatFollowed();
    void updatesComeAgain();
    void activitiesBeginAgain();
    void timersGoOn();
    void timeOutsBeginAgain();
    void openTaskIsLost();
    void childrenGoOn_data();
    void childrenGoOn();
    void childThatHadNoTimeToStart();
    void aChildCanBeReset();
    void pendingExternalIsAskedAgain();
    void resetPointsFollowTheChain();
};

namespace {

api::ResetWorkflowExecutionRequest resetRequest(int64_t finishId, const std::string& runId = {},
                                                const std::string& id = "w") {
    api::ResetWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(id);
    request.mutable_workflow_execution()->set_run_id(runId);
    request.set_reason("because");
    request.set_workflow_task_finish_event_id(finishId);
    static int number = 0;
    request.set_request_id("reset-" + std::to_string(++number));
    return request;
}

std::string reset(Driver& driver, const api::ResetWorkflowExecutionRequest& request) {
    return driver.call("ResetWorkflowExecution", request)->as<api::ResetWorkflowExecutionResponse>().run_id();
}

api::DescribeWorkflowExecutionResponse describe(Driver& driver, const std::string& runId = {},
                                                const std::string& id = "w") {
    api::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    request.mutable_execution()->set_run_id(runId);
    return driver.call("DescribeWorkflowExecution", request)->as<api::DescribeWorkflowExecutionResponse>();
}

Command continueAsNew() {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    command.mutable_continue_as_new_workflow_execution_command_attributes()->mutable_workflow_type()->set_name("Order");
    return command;
}

Command startChild(const std::string& id, enums::ParentClosePolicy policy = enums::PARENT_CLOSE_POLICY_UNSPECIFIED) {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* attributes = command.mutable_start_child_workflow_execution_command_attributes();
    attributes->set_workflow_id(id);
    attributes->mutable_workflow_type()->set_name("Child");
    attributes->mutable_task_queue()->set_name("children");
    attributes->set_parent_close_policy(policy);
    return command;
}

void signal(Driver& driver, const std::string& name) {
    api::SignalWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.set_signal_name(name);
    driver.call("SignalWorkflowExecution", request);
}

/// "approve 5, reject 6": the signals of a run and their events.
QString signalsOf(Driver& driver, const std::string& runId = {}) {
    QStringList names;
    for (const auto& event : driver.events("w", runId)) {
        if (!event.has_workflow_execution_signaled_event_attributes()) continue;
        names << QString::fromStdString(event.workflow_execution_signaled_event_attributes().signal_name());
    }
    return names.join(QLatin1Char(' '));
}

/// One with all that the table below cuts: [1 2] [3] [4 5 6] [7 8] [9] [10] | [11 12] [13 14 15 16] [17] [18].
void play(Driver& driver) {
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a"), Driver::timer("t", 1h)});
    signal(driver, "one");
    driver.failTask(driver.task());
    const auto retry = driver.task();
    signal(driver, "two");
    driver.complete(retry, {Driver::timer("u", 1h)});
    driver.complete(driver.task());
}

}  // namespace

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
    QCOMPARE(describe(driver).workflow_execution_info().priority().priority_key(), 2);
    // The history keeps it.
    reset(driver, resetRequest(4));
    QCOMPARE(describe(driver).workflow_execution_info().priority().priority_key(), 2);

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
    QCOMPARE(describe(driver).workflow_execution_info().priority().priority_key(), 2);
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

    const auto old = describe(driver, first);
    QCOMPARE(old.workflow_extended_info().reset_run_id(), second);
    QVERIFY(!old.workflow_extended_info().has_last_reset_time());
    const auto now = describe(driver);
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
    QCOMPARE(describe(driver, first).workflow_extended_info().reset_run_id(), fourth);
    QCOMPARE(describe(driver, third).workflow_extended_info().reset_run_id(), std::string());
    // And a run that a reset made can be reset.
    const std::string fifth = reset(driver, resetRequest(4, second));
    QCOMPARE(signalsOf(driver), QStringLiteral("one two three"));
    QCOMPARE(driver.world.findRun(fifth)->firstRunId, first);
}

void ResetTest::signalsComeAgain_data() {
    QTest::addColumn<int>("old");
    QTest::addColumn<QList<int>>("excluded");
    QTest::addColumn<QString>("signalNames");
    QTest::newRow("all") << 0 << QList<int>() << "one two";
    QTest::newRow("old: signals") << int(enums::RESET_REAPPLY_TYPE_SIGNAL) << QList<int>() << "one two";
    QTest::newRow("old: all") << int(enums::RESET_REAPPLY_TYPE_ALL_ELIGIBLE) << QList<int>() << "one two";
    QTest::newRow("old: none") << int(enums::RESET_REAPPLY_TYPE_NONE) << QList<int>() << "one";
    QTest::newRow("no signals") << 0 << QList<int>{enums::RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL} << "one";
    QTest::newRow("no updates") << 0 << QList<int>{enums::RESET_REAPPLY_EXCLUDE_TYPE_UPDATE} << "one two";
    QTest::newRow("nothing") << 0 << QList<int>{1, 2, 3, 4} << "one";
}

void ResetTest::signalsComeAgain() {
    QFETCH(const int, old);
    QFETCH(const QList<int>, excluded);
    Driver driver;
    play(driver);
    auto request = resetRequest(10);
    request.set_reset_reapply_type(enums::ResetReapplyType(old));
    for (const int type : excluded) request.add_reset_reapply_exclude_types(enums::ResetReapplyExcludeType(type));
    reset(driver, request);
    QTEST(signalsOf(driver), "signalNames");
}

void ResetTest::signalsOfTheRunsThatFollowed() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task());
    const std::string first = driver.run("w").runId;
    signal(driver, "one");
    driver.complete(driver.task(), {continueAsNew()});
    driver.pass(1s);
    signal(driver, "two");
    driver.complete(driver.task(), {continueAsNew()});
    driver.pass(1s);
    const std::string third = driver.run("w").runId;
    const auto open = driver.task();
    // Still in the buffer of the run that is terminated.
    signal(driver, "three");
    api::RequestCancelWorkflowExecutionRequest cancel;
    cancel.set_namespace_("default");
    cancel.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("RequestCancelWorkflowExecution", cancel);
    reset(driver, resetRequest(4, first));
    QCOMPARE(signalsOf(driver), QStringLiteral("one two three"));
    QCOMPARE(driver.world.findRun(third)->status, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
    // A cancel request was for the run that is gone.
    QVERIFY(!driver.run("w").cancelRequested);
    QCOMPARE(driver.run("w").signalCount, 3);
    QCOMPARE(driver.complete(open)->code(), base::ErrorCode::NotFound);
    QCOMPARE(describe(driver).workflow_execution_info().first_run_id(), first);
}

namespace {

template <typename Body>
void addMessage(api::RespondWorkflowTaskCompletedRequest* request, const std::string& update, const Body& body) {
    auto* message = request->add_messages();
    message->set_id(update + "/" + std::to_string(request->messages_size()));
    message->set_protocol_instance_id(update);
    message->mutable_body()->PackFrom(body);
}

test::Kept update(Driver& driver, const std::string& id) {
    api::UpdateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_request()->mutable_meta()->set_update_id(id);
    request.mutable_request()->mutable_input()->set_name("change");
    return driver.call("UpdateWorkflowExecution", request);
}

/// The worker accepts the update, and completes it if it is to.
void answerUpdate(Driver& driver, const std::string& id, bool completes) {
    const auto task = driver.task();
    auto request = Driver::completion(task);
    temporal::api::update::v1::Acceptance acceptance;
    acceptance.set_accepted_request_message_id(id + "/request");
    acceptance.set_accepted_request_sequencing_event_id(task.started_event_id() - 1);
    addMessage(&request, id, acceptance);
    if (completes) {
        temporal::api::update::v1::Response response;
        response.mutable_meta()->set_update_id(id);
        response.mutable_outcome()->mutable_success();
        addMessage(&request, id, response);
    }
    const auto call = driver.call("RespondWorkflowTaskCompleted", request);
    if (call->failed()) qFatal("the update is not answered: %s", call->message().c_str());
}

/// The updates "done" and "open" can be found while they wait; a worker reads their requests in the history.
void answerReapplied(Driver& driver) {
    const auto again = update(driver, "done");
    QVERIFY(!again->answered());
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 0);
    auto request = Driver::completion(task);
    for (const char* id : {"done", "open"}) {
        temporal::api::update::v1::Acceptance acceptance;
        acceptance.set_accepted_request_message_id(std::string(id) + "/request");
        acceptance.set_accepted_request_sequencing_event_id(7);
        addMessage(&request, id, acceptance);
        temporal::api::update::v1::Response response;
        response.mutable_meta()->set_update_id(id);
        response.mutable_outcome()->mutable_success();
        addMessage(&request, id, response);
    }
    QVERIFY(!driver.call("RespondWorkflowTaskCompleted", request)->failed());
    QVERIFY(again->answered() && !again->failed());
    int accepted = 0;
    for (const auto& event : driver.events("w")) {
        if (!event.has_workflow_execution_update_accepted_event_attributes()) continue;
        const auto& attributes = event.workflow_execution_update_accepted_event_attributes();
        // The request stands in the Admitted event.
        QCOMPARE(attributes.has_accepted_request(), attributes.protocol_instance_id() == "before");
        ++accepted;
    }
    QCOMPARE(accepted, 3);
}

}  // namespace

void ResetTest::updatesComeAgain() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task());
    const auto before = update(driver, "before");
    answerUpdate(driver, "before", true);
    QVERIFY(before->answered());
    const int64_t point = driver.run("w").log.lastId();
    const auto done = update(driver, "done");
    answerUpdate(driver, "done", true);
    const auto open = update(driver, "open");
    answerUpdate(driver, "open", false);
    const auto unseen = update(driver, "unseen");
    QCOMPARE(driver.events("w")[size_t(point) - 2].event_type(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);

    // To the task that carried "done": scheduled and started were written with its completion.
    const std::string first = driver.run("w").runId;
    reset(driver, resetRequest(point + 3));
    // Who waited on the run that is gone is told so.
    QCOMPARE(unseen->code(), base::ErrorCode::NotFound);
    QVERIFY(open->answered());
    QVERIFY(driver.history("w").endsWith(QLatin1String(
        "WorkflowTaskFailed WorkflowExecutionUpdateAdmitted WorkflowExecutionUpdateAdmitted WorkflowTaskScheduled")));
    const auto admittedEvent = driver.events("w")[size_t(point) + 3];
    const auto& admitted = admittedEvent.workflow_execution_update_admitted_event_attributes();
    QCOMPARE(admitted.request().meta().update_id(), std::string("done"));
    QCOMPARE(admitted.origin(), enums::UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY);
    // What was completed before the point still is, with its outcome.
    QVERIFY(update(driver, "before")->answered());
    answerReapplied(driver);
    // And such a history can be cut again.
    reset(driver, resetRequest(point + 3, first));
    reset(driver, resetRequest(point + 3));
    QCOMPARE(driver.run("w").updates.count("done"), 1u);

    auto without = resetRequest(point + 3, first);
    without.add_reset_reapply_exclude_types(enums::RESET_REAPPLY_EXCLUDE_TYPE_UPDATE);
    reset(driver, without);
    QVERIFY(!driver.history("w").contains(QLatin1String("Admitted")));
}

void ResetTest::activitiesBeginAgain() {
    Driver driver;
    driver.start("w");
    auto limited = Driver::schedule("limited");
    payload::toProto(base::Duration(60s),
                     limited.mutable_schedule_activity_task_command_attributes()->mutable_schedule_to_close_timeout());
    driver.complete(driver.task(), {Driver::schedule("a"), limited});
    const auto running = driver.activity();
    driver.failActivity(driver.activity());
    signal(driver, "news");
    driver.complete(driver.task());
    driver.pass(40s);
    reset(driver, resetRequest(driver.run("w").log.lastId()));
    // The attempt that runs belongs to nobody now.
    QCOMPARE(driver.completeActivity(running)->code(), base::ErrorCode::NotFound);
    QCOMPARE(describe(driver).pending_activities_size(), 2);
    const auto described = describe(driver);
    for (const auto& activity : described.pending_activities()) {
        QCOMPARE(activity.attempt(), 1);
        QCOMPARE(payload::fromProto(activity.scheduled_time()), driver.world.now);
    }
    // Its time counts from the reset.
    driver.pass(50s);
    const auto one = driver.activity();
    const auto two = driver.activity();
    QCOMPARE(one.attempt(), 1);
    QVERIFY(!driver.completeActivity(one)->failed());
    QVERIFY(!driver.completeActivity(two)->failed());
    driver.complete(driver.task(), {Driver::completeWorkflow()});
}

void ResetTest::timersGoOn() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("short", 10s), Driver::timer("long", 100s)});
    signal(driver, "news");
    driver.complete(driver.task());
    driver.pass(50s);
    driver.complete(driver.task());
    // One is long past, so it fires at once; the other keeps its time.
    reset(driver, resetRequest(9));
    QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowTaskFailed WorkflowTaskScheduled TimerFired")));
    driver.pass(49s);
    QCOMPARE(driver.run("w").timers.size(), 1u);
    driver.pass(1s);
    QCOMPARE(driver.run("w").timers.size(), 0u);
}

void ResetTest::timeOutsBeginAgain() {
    Driver driver;
    auto start = Driver::startRequest("w");
    payload::toProto(base::Duration(100s), start.mutable_workflow_run_timeout());
    payload::toProto(base::Duration(150s), start.mutable_workflow_execution_timeout());
    driver.start(start);
    driver.complete(driver.task());
    driver.pass(90s);
    reset(driver, resetRequest(4));
    QCOMPARE(driver.run("w").runExpiration.value(), driver.world.now + 100s);
    QCOMPARE(driver.run("w").executionExpiration.value(), driver.world.now + 150s);
    driver.complete(driver.task());
    driver.pass(99s);
    QVERIFY(driver.run("w").open());
    driver.pass(1s);
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
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

void ResetTest::childrenGoOn_data() {
    QTest::addColumn<bool>("endsBefore");
    QTest::newRow("the child runs") << false;
    QTest::newRow("the child ends before the reset") << true;
}

void ResetTest::childrenGoOn() {
    QFETCH(const bool, endsBefore);
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {startChild("c")});
    driver.complete(driver.task());
    const int64_t point = driver.run("w").log.lastId();
    const std::string first = driver.run("w").runId;
    const auto endChild = [&] { driver.complete(driver.task("children"), {Driver::completeWorkflow()}); };
    if (endsBefore) {
        endChild();
        driver.complete(driver.task());
    }
    reset(driver, resetRequest(point));
    // Its parent's end was none, so nobody terminates it.
    QCOMPARE(driver.run("c").open(), !endsBefore);
    QCOMPARE(describe(driver).pending_children_size(), endsBefore ? 0 : 1);
    if (!endsBefore) endChild();
    const QString history = driver.history("w");
    QCOMPARE(history.count(QLatin1String("ChildWorkflowExecutionCompleted")), 1);
    QCOMPARE(driver.world.runs.size(), 3u);
    QVERIFY(!driver.history("w", first).contains(QLatin1String("ChildWorkflowExecutionCompleted")) || endsBefore);
    // A second reset is followed as well.
    reset(driver, resetRequest(point));
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionCompleted")), 1);
}

void ResetTest::childThatHadNoTimeToStart() {
    Driver driver;
    driver.start("w");
    // The next task is given out with the completion, before the child can start.
    auto completion = Driver::completion(driver.task(), {startChild("c")});
    completion.set_return_new_workflow_task(true);
    completion.set_force_create_new_workflow_task(true);
    const auto next =
        driver.call("RespondWorkflowTaskCompleted", completion)->as<api::RespondWorkflowTaskCompletedResponse>();
    QVERIFY(next.has_workflow_task());
    const int64_t point = driver.run("w").log.nextId();
    driver.complete(next.workflow_task());
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowTaskCompleted ChildWorkflowExecutionStarted WorkflowTaskScheduled")));
    const std::string child = driver.run("c").runId;
    // Its start is news of the first run, and comes again.
    reset(driver, resetRequest(point));
    QCOMPARE(driver.run("c").runId, child);
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionStarted")), 1);
    // Without the news the child is found by its parent's id.
    auto nothing = resetRequest(point);
    for (const int type : {1, 2, 3, 4}) {
        nothing.add_reset_reapply_exclude_types(enums::ResetReapplyExcludeType(type));
    }
    reset(driver, nothing);
    QCOMPARE(driver.run("c").runId, child);
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionStarted")), 1);
    driver.complete(driver.task("children"), {Driver::completeWorkflow()});
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionCompleted")), 1);
}

void ResetTest::aChildCanBeReset() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {startChild("c")});
    driver.complete(driver.task());
    driver.complete(driver.task("children"));
    reset(driver, resetRequest(4, {}, "c"));
    // The parent waits for the run that goes on.
    QVERIFY(!driver.history("w").contains(QLatin1String("ChildWorkflowExecutionTerminated")));
    driver.complete(driver.task("children"), {Driver::completeWorkflow()});
    QVERIFY(driver.history("w").contains(QLatin1String("ChildWorkflowExecutionCompleted")));
}

void ResetTest::pendingExternalIsAskedAgain() {
    Driver driver;
    driver.start("w");
    driver.start("other");
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION);
    auto* attributes = command.mutable_signal_external_workflow_execution_command_attributes();
    attributes->mutable_execution()->set_workflow_id("other");
    attributes->set_signal_name("hello");
    auto completion = Driver::completion(driver.task(), {command});
    completion.set_return_new_workflow_task(true);
    completion.set_force_create_new_workflow_task(true);
    const auto next =
        driver.call("RespondWorkflowTaskCompleted", completion)->as<api::RespondWorkflowTaskCompletedResponse>();
    const int64_t point = driver.run("w").log.nextId();
    driver.complete(next.workflow_task());
    QCOMPARE(driver.run("other").signalCount, 1);
    reset(driver, resetRequest(point));
    // As the real server does: the history has no answer yet, so it is sent again.
    QCOMPARE(driver.run("other").signalCount, 2);
    QCOMPARE(driver.history("w").count(QLatin1String("ExternalWorkflowExecutionSignaled")), 1);
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
    completeAs("two", {continueAsNew()});
    driver.pass(1s);
    completeAs("two", {startChild("c")});
    signal(driver, "news");
    completeAs("three", {});
    const auto points = describe(driver).workflow_execution_info().auto_reset_points().points();
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
    const auto many = describe(driver).workflow_execution_info().auto_reset_points().points();
    QCOMPARE(many.size(), 20);
    QCOMPARE(many.rbegin()->binary_checksum(), std::string("build-24"));
}

QTEST_GUILESS_MAIN(ResetTest)
#include "reset_test.moc"
