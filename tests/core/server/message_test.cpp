// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"
#include "tests/core/server/update_helpers.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

#ifndef Q_MOC_RUN
namespace update_api = temporal::api::update::v1;
#endif

using test::acceptance;
using test::addMessage;
using test::addOutcome;
using test::update;

namespace {

/// A workflow that has done its first task and waits.
void waiting(Driver& driver, const std::string& id = "w") {
    driver.start(id);
    driver.complete(driver.task(), {Driver::timer("day", 24h)});
}

}  // namespace

class MessageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void directQuery();
    void queryTravelsWithTask();
    void queryOfClosedRun();
    void queryLeavesDeadWorker();
    void queryFails();
    void largeAnswerIsAFailure();
    void queryTimesOut();
    void slowQueryTimesOut_data();
    void slowQueryTimesOut();
    void workerThatPolledIsWaitedFor();
    void queryDuringStartDelay();
    void updateLeavesTwoEvents();
    void updateIsAfterWhatItsTaskShows();
    void rejectedUpdateLeavesNoTrace();
    void rejectedUpdateAfterOtherEventStays();
    void updateIsDeduplicated();
    void updateStages();
    void messagesAreTakenInTheOrderOfTheCommands();
    void updateEndsWithItsCaller();
    void ignoredUpdateIsRejected();
    void updateOfClosingRun();
    void updateTravelsAgainAfterFailure();
    void signalsAreDeduplicated();
    void signalOfClosedRun();
    void externalsKeepTheirControl();
    void cancelTwice();
    void chainIsMetInItsCurrentRun();
    void updateDuringStartDelay();
    void rejectedUpdateLetsItSleepOn();
    void unknownNamespace();
};

void MessageTest::directQuery() {
    Driver driver;
    waiting(driver);
    const QString before = driver.history("w");
    const Kept asked = driver.query("w");
    QVERIFY(driver.world.held());
    const auto task = driver.task();
    QCOMPARE(task.query().query_type(), std::string("status"));
    QCOMPARE(task.history().events_size(), 5);
    driver.answerQuery(task);
    QCOMPARE(asked->as<test::api::QueryWorkflowResponse>().query_result().payloads(0).data(), std::string("fine"));
    QCOMPARE(driver.history("w"), before);
    QVERIFY(!driver.world.held());
}

void MessageTest::queryTravelsWithTask() {
    Driver driver;
    driver.start("w");
    const Kept asked = driver.query("w");
    const auto task = driver.task();
    QCOMPARE(task.queries_size(), 1);
    auto completion = Driver::completion(task);
    auto& result = (*completion.mutable_query_results())[task.queries().begin()->first];
    result.set_result_type(test::enums::QUERY_RESULT_TYPE_ANSWERED);
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(asked->answered() && !asked->failed());
}

void MessageTest::queryOfClosedRun() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    const Kept asked = driver.query("w");
    driver.answerQuery(driver.task());
    QVERIFY(!asked->failed());
    test::api::QueryWorkflowRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.mutable_query()->set_query_type("status");
    request.set_query_reject_condition(test::enums::QUERY_REJECT_CONDITION_NOT_OPEN);
    QVERIFY(driver.call("QueryWorkflow", request)->as<test::api::QueryWorkflowResponse>().has_query_rejected());
}

void MessageTest::queryLeavesDeadWorker() {
    Driver driver;
    driver.start("w");
    auto completion = Driver::completion(driver.task(), {Driver::timer("day", 24h)});
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    payload::toProto(5s, completion.mutable_sticky_attributes()->mutable_schedule_to_start_timeout());
    driver.call("RespondWorkflowTaskCompleted", completion);
    driver.poll("sticky");
    driver.pass(60s);
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    const Kept asked = driver.query("w");
    const auto poll = driver.poll();
    QVERIFY(!poll->answered());
    driver.pass(5s);
    QVERIFY(poll->answered());
    const auto task = poll->as<test::api::PollWorkflowTaskQueueResponse>();
    QCOMPARE(task.history().events_size(), 5);
    driver.answerQuery(task);
    QVERIFY(asked->answered());
}

void MessageTest::queryFails() {
    Driver driver;
    waiting(driver);
    const Kept asked = driver.query("w");
    driver.answerQuery(driver.task(), false);
    QCOMPARE(asked->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(asked->detail(), std::string("temporal.api.errordetails.v1.QueryFailedFailure"));
}

void MessageTest::largeAnswerIsAFailure() {
    Driver driver;
    waiting(driver);
    const Kept asked = driver.query("w");
    test::api::RespondQueryTaskCompletedRequest request;
    request.set_task_token(driver.task().task_token());
    request.set_completed_type(test::enums::QUERY_RESULT_TYPE_ANSWERED);
    request.mutable_query_result()->add_payloads()->set_data(std::string(2 * 1024 * 1024, 'x'));
    driver.call("RespondQueryTaskCompleted", request);
    QCOMPARE(asked->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(asked->message(), std::string("Blob data size exceeds limit."));
    QCOMPARE(asked->detail(), std::string("temporal.api.errordetails.v1.QueryFailedFailure"));
}

void MessageTest::queryTimesOut() {
    Driver driver;
    waiting(driver);
    const Kept asked = driver.query("w");
    driver.pass(30s - 1ns);
    QVERIFY(!asked->answered());
    driver.pass(1ns);
    QCOMPARE(asked->code(), base::ErrorCode::FailedPrecondition);
    QCOMPARE(asked->message(), std::string("no poller seen for task queue recently, worker may be down"));
    QVERIFY(!driver.poll()->answered());
    QVERIFY(!driver.world.held());
}

void MessageTest::slowQueryTimesOut_data() {
    QTest::addColumn<bool>("taken");
    QTest::newRow("worker has it") << true;
    QTest::newRow("with a task") << false;
}

void MessageTest::slowQueryTimesOut() {
    QFETCH(bool, taken);
    Driver driver;
    waiting(driver);
    if (!taken) driver.signal("w");
    const Kept asked = driver.query("w");
    if (taken) driver.task();
    driver.pass(30s);
    QCOMPARE(asked->code(), base::ErrorCode::DeadlineExceeded);
    QCOMPARE(asked->message(), std::string("query timed out before a worker could process it"));
}

void MessageTest::workerThatPolledIsWaitedFor() {
    Driver driver;
    waiting(driver);
    test::api::QueryWorkflowRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.mutable_query()->set_query_type("status");
    const auto* method = server::allMethods().find("/temporal.api.workflowservice.v1.WorkflowService/QueryWorkflow");
    const auto askFor = [&](base::Duration time) {
        const auto asked = std::make_shared<test::KeptCall>();
        asked->deadline = driver.wall + time;
        driver.input([&] { server::Methods::run(*method, driver.world, request, asked); });
        driver.pass(time);
        return asked->code();
    };
    QCOMPARE(askFor(10s), base::ErrorCode::DeadlineExceeded);
    QCOMPARE(askFor(12s), base::ErrorCode::FailedPrecondition);
}

void MessageTest::queryDuringStartDelay() {
    Driver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(20s, request.mutable_workflow_start_delay());
    driver.start(request);
    const Kept early = driver.query("w");
    QVERIFY2(!early->answered(), "the first task comes in time");
    driver.pass(20s);
    const auto task = driver.task();
    QCOMPARE(task.queries_size(), 1);
    payload::toProto(31s, request.mutable_workflow_start_delay());
    request.set_workflow_id("late");
    request.set_request_id("late");
    driver.start(request);
    const Kept refused = driver.query("late");
    QCOMPARE(refused->code(), base::ErrorCode::FailedPrecondition);
    QCOMPARE(refused->message(), std::string("Workflow task is not scheduled yet."));
}

void MessageTest::updateLeavesTwoEvents() {
    Driver driver;
    waiting(driver);
    const Kept asked = update(driver, "u");
    QCOMPARE(driver.run("w").log.lastId(), 5);
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 1);
    QCOMPARE(task.history().events_size(), 7);
    auto completion = Driver::completion(task);
    addOutcome(&completion, "u");
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("TimerStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted "
                      "WorkflowExecutionUpdateAccepted WorkflowExecutionUpdateCompleted")));
    const auto response = asked->as<test::api::UpdateWorkflowExecutionResponse>();
    QCOMPARE(response.outcome().success().payloads(0).data(), std::string("done"));
    QCOMPARE(driver.events("w")[9].workflow_execution_update_completed_event_attributes().accepted_event_id(), 9);
}

void MessageTest::updateIsAfterWhatItsTaskShows() {
    Driver driver;
    waiting(driver);
    driver.signal("w");
    update(driver, "u");
    driver.signal("w");
    const auto task = driver.task();
    QCOMPARE(task.messages(0).event_id(), task.started_event_id() - 1);
    QCOMPARE(driver.events("w")[size_t(task.messages(0).event_id()) - 1].event_type(),
             test::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
}

void MessageTest::rejectedUpdateLeavesNoTrace() {
    Driver driver;
    waiting(driver);
    driver.signal("w");
    driver.complete(driver.task());
    const QString before = driver.history("w");
    const Kept asked = update(driver, "u");
    auto completion = Driver::completion(driver.task());
    update_api::Rejection rejection;
    rejection.mutable_failure()->set_message("no");
    addMessage(&completion, "u", "/reject", rejection);
    const auto reply = driver.call("RespondWorkflowTaskCompleted", completion);
    QCOMPARE(reply->as<test::api::RespondWorkflowTaskCompletedResponse>().reset_history_event_id(),
             driver.run("w").lastStartedId);
    QCOMPARE(asked->as<test::api::UpdateWorkflowExecutionResponse>().outcome().failure().message(), std::string("no"));
    QCOMPARE(driver.history("w"), before);
}

void MessageTest::rejectedUpdateAfterOtherEventStays() {
    Driver driver;
    waiting(driver);
    update(driver, "u");
    const auto task = driver.task();
    driver.signal("w");
    auto completion = Driver::completion(task);
    addMessage(&completion, "u", "/reject", update_api::Rejection());
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(
        driver.history("w").endsWith(QLatin1String("WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted "
                                                   "WorkflowExecutionSignaled WorkflowTaskScheduled")));
    const auto events = driver.events("w");
    QVERIFY(events[6].workflow_task_started_event_attributes().identity().empty());
    QCOMPARE(events[7].workflow_task_completed_event_attributes().identity(), std::string("worker"));
}

void MessageTest::updateIsDeduplicated() {
    Driver driver;
    waiting(driver);
    const Kept first = update(driver, "u");
    const Kept second = update(driver, "u");
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 1);
    auto completion = Driver::completion(task, {Driver::completeWorkflow()});
    addOutcome(&completion, "u");
    driver.call("RespondWorkflowTaskCompleted", completion);
    const Kept third = update(driver, "u");
    for (const Kept& each : {first, second, third}) {
        QVERIFY(each->answered());
        QVERIFY(each->as<test::api::UpdateWorkflowExecutionResponse>().outcome().has_success());
    }
}

void MessageTest::updateStages() {
    Driver driver;
    waiting(driver);
    const Kept accepted = update(driver, "u", test::enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED);
    const Kept completed = update(driver, "u");
    QCOMPARE(update(driver, "x", test::enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED)->code(),
             base::ErrorCode::PermissionDenied);
    auto completion = Driver::completion(driver.task());
    addMessage(&completion, "u", "/accept", acceptance("u"));
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(accepted->answered() && !completed->answered());
    driver.pass(20s);
    QVERIFY2(completed->answered(), "the caller comes back with a poll");
    QCOMPARE(completed->as<test::api::UpdateWorkflowExecutionResponse>().stage(),
             test::enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED);
}

/// A command that points at the outcome comes before the one that points at the acceptance.
void MessageTest::messagesAreTakenInTheOrderOfTheCommands() {
    Driver driver;
    waiting(driver);
    update(driver, "u");
    auto completion = Driver::completion(driver.task());
    addOutcome(&completion, "u");
    for (const char* id : {"u/complete", "u/accept"}) {
        auto* command = completion.add_commands();
        command->set_command_type(test::enums::COMMAND_TYPE_PROTOCOL_MESSAGE);
        command->mutable_protocol_message_command_attributes()->set_message_id(id);
    }
    const Kept refused = driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY2(refused->message().find("invalid state transition") != std::string::npos, refused->message().c_str());
}

void MessageTest::updateEndsWithItsCaller() {
    Driver driver;
    waiting(driver);
    update(driver, "u", test::enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED);
    test::api::PollWorkflowExecutionUpdateRequest request;
    request.set_namespace_("default");
    request.mutable_update_ref()->mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_update_ref()->set_update_id("u");
    request.mutable_wait_policy()->set_lifecycle_stage(
        test::enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED);
    const auto* poll =
        server::allMethods().find("/temporal.api.workflowservice.v1.WorkflowService/PollWorkflowExecutionUpdate");
    const auto hurried = std::make_shared<test::KeptCall>();
    hurried->deadline = driver.wall + 1s;
    driver.input([&] { server::Methods::run(*poll, driver.world, request, hurried); });
    driver.pass(1s - 1ns);
    QVERIFY2(!hurried->answered(), "an answer would make the caller ask again");
    driver.pass(1ns);
    QCOMPARE(hurried->code(), base::ErrorCode::DeadlineExceeded);
    const auto patient = std::make_shared<test::KeptCall>();
    patient->deadline = driver.wall + 21s;
    driver.input([&] { server::Methods::run(*poll, driver.world, request, patient); });
    driver.pass(20s);
    QVERIFY2(patient->answered() && !patient->failed(), "it may ask again");
}

void MessageTest::ignoredUpdateIsRejected() {
    Driver driver;
    waiting(driver);
    const Kept asked = update(driver, "u");
    driver.complete(driver.task());
    QVERIFY(asked->as<test::api::UpdateWorkflowExecutionResponse>().outcome().has_failure());
}

void MessageTest::updateOfClosingRun() {
    Driver driver;
    waiting(driver);
    driver.signal("w");
    const auto task = driver.task();
    const Kept asked = update(driver, "u");
    driver.complete(task, {Driver::completeWorkflow()});
    QCOMPARE(asked->code(), base::ErrorCode::NotFound);
}

void MessageTest::updateTravelsAgainAfterFailure() {
    Driver driver;
    waiting(driver);
    const Kept asked = update(driver, "u");
    driver.failTask(driver.task());
    QVERIFY(!asked->answered());
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 1);
    auto completion = Driver::completion(task);
    addOutcome(&completion, "u");
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(asked->answered());
}

void MessageTest::signalsAreDeduplicated() {
    Driver driver;
    driver.start("w");
    driver.signal("w", "same");
    driver.signal("w", "same");
    QCOMPARE(driver.history("w").count(QLatin1String("Signaled")), 1);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QVERIFY(!driver.signal("w", "same")->failed());
    QCOMPARE(driver.signal("w", "another")->code(), base::ErrorCode::NotFound);
}

void MessageTest::signalOfClosedRun() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QCOMPARE(driver.signal("w")->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.signal("nobody")->code(), base::ErrorCode::NotFound);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
void MessageTest::externalsKeepTheirControl() {
    namespace enums = temporal::api::enums::v1;
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    test::Command signal;
    signal.set_command_type(enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION);
    auto* asked = signal.mutable_signal_external_workflow_execution_command_attributes();
    asked->mutable_execution()->set_workflow_id("other");
    asked->set_signal_name("approve");
    asked->set_control("signal-1");
    test::Command missed = signal;
    missed.mutable_signal_external_workflow_execution_command_attributes()->mutable_execution()->set_workflow_id("no");
    test::Command cancel;
    cancel.set_command_type(enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION);
    cancel.mutable_request_cancel_external_workflow_execution_command_attributes()->set_workflow_id("other");
    cancel.mutable_request_cancel_external_workflow_execution_command_attributes()->set_control("cancel-1");
    driver.start("other");
    driver.complete(task, {signal, missed, cancel});
    QStringList controls;
    for (const server::HistoryEvent& event : driver.events("w")) {
        const std::string* control = nullptr;
        if (event.has_signal_external_workflow_execution_initiated_event_attributes()) {
            control = &event.signal_external_workflow_execution_initiated_event_attributes().control();
        } else if (event.has_external_workflow_execution_signaled_event_attributes()) {
            control = &event.external_workflow_execution_signaled_event_attributes().control();
        } else if (event.has_signal_external_workflow_execution_failed_event_attributes()) {
            control = &event.signal_external_workflow_execution_failed_event_attributes().control();
        } else if (event.has_request_cancel_external_workflow_execution_initiated_event_attributes()) {
            control = &event.request_cancel_external_workflow_execution_initiated_event_attributes().control();
        }
        if (control != nullptr) controls << QString::fromStdString(*control);
    }
    controls.sort();
    QCOMPARE(controls, QStringList({"cancel-1", "signal-1", "signal-1", "signal-1", "signal-1"}));
}
#pragma GCC diagnostic pop

void MessageTest::cancelTwice() {
    Driver driver;
    driver.start("w");
    test::api::RequestCancelWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    QVERIFY(!driver.call("RequestCancelWorkflowExecution", request)->failed());
    QVERIFY(!driver.call("RequestCancelWorkflowExecution", request)->failed());
    QCOMPARE(driver.history("w").count(QLatin1String("CancelRequested")), 1);
}

void MessageTest::chainIsMetInItsCurrentRun() {
    Driver driver;
    const std::string first = driver.start("w");
    test::Command again;
    again.set_command_type(test::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    again.mutable_continue_as_new_workflow_execution_command_attributes();
    driver.complete(driver.task(), {again});
    driver.pass(1s);
    driver.complete(driver.task(), {Driver::timer("day", 24h)});
    test::api::TerminateWorkflowExecutionRequest end;
    end.set_namespace_("default");
    end.mutable_workflow_execution()->set_workflow_id("w");
    end.mutable_workflow_execution()->set_run_id(first);
    QCOMPARE(driver.call("TerminateWorkflowExecution", end)->message(),
             std::string("workflow execution already completed"));
    end.set_first_execution_run_id(driver.run("w").runId);
    QCOMPARE(driver.call("TerminateWorkflowExecution", end)->message(), std::string("workflow execution not found"));

    test::api::RequestCancelWorkflowExecutionRequest cancel;
    cancel.set_namespace_("default");
    *cancel.mutable_workflow_execution() = end.workflow_execution();
    cancel.set_first_execution_run_id(first);
    QVERIFY(!driver.call("RequestCancelWorkflowExecution", cancel)->failed());
    QVERIFY(driver.history("w").contains(QLatin1String("WorkflowExecutionCancelRequested")));
    end.set_first_execution_run_id(first);
    QVERIFY(!driver.call("TerminateWorkflowExecution", end)->failed());
    QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowExecutionTerminated")));
}

void MessageTest::updateDuringStartDelay() {
    Driver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(1h, request.mutable_workflow_start_delay());
    driver.start(request);
    const Kept asked = update(driver, "u");
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 1);
    auto completion = Driver::completion(task, {Driver::timer("day", 24h)});
    addOutcome(&completion, "u");
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(asked->answered());
    const QString history = driver.history("w");
    // What was delayed has begun: a signal wakes the workflow, and the end of the delay brings nothing new.
    driver.pass(1h);
    QCOMPARE(driver.history("w"), history);
    driver.signal("w");
    QCOMPARE(driver.task().history().events_size(), driver.run("w").log.lastId());
}

void MessageTest::rejectedUpdateLetsItSleepOn() {
    Driver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(1h, request.mutable_workflow_start_delay());
    driver.start(request);
    const Kept asked = update(driver, "u");
    auto completion = Driver::completion(driver.task());
    addMessage(&completion, "u", "/reject", update_api::Rejection());
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(asked->answered());
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted"));
    driver.pass(1h);
    QCOMPARE(driver.task().history().events_size(), 3);
}

void MessageTest::unknownNamespace() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.set_namespace_("nowhere");
    const Kept refused = driver.start(request);
    QCOMPARE(refused->code(), base::ErrorCode::NotFound);
    QCOMPARE(refused->detail(), std::string("temporal.api.errordetails.v1.NamespaceNotFoundFailure"));
}

QTEST_GUILESS_MAIN(MessageTest)
#include "message_test.moc"
