// SPDX-License-Identifier: MIT
// A start and an update that count as one.
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include <google/rpc/status.pb.h>
#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/update/v1/message.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

namespace {

using Failure = temporal::api::errordetails::v1::MultiOperationExecutionFailure;

test::api::ExecuteMultiOperationRequest bothRequest(const std::string& id, const std::string& updateId = "u") {
    test::api::ExecuteMultiOperationRequest request;
    request.set_namespace_("default");
    *request.add_operations()->mutable_start_workflow() = Driver::startRequest(id);
    auto* update = request.add_operations()->mutable_update_workflow();
    update->set_namespace_("default");
    update->mutable_workflow_execution()->set_workflow_id(id);
    update->mutable_request()->mutable_meta()->set_update_id(updateId);
    update->mutable_request()->mutable_input()->set_name("set_address");
    return request;
}

auto* startOf(test::api::ExecuteMultiOperationRequest& request) {
    return request.mutable_operations(0)->mutable_start_workflow();
}

auto* updateOf(test::api::ExecuteMultiOperationRequest& request) {
    return request.mutable_operations(1)->mutable_update_workflow();
}

Kept both(Driver& driver, const test::api::ExecuteMultiOperationRequest& request) {
    return driver.call("ExecuteMultiOperation", request);
}

/// Code and message of each operation, as the error's detail has it.
QStringList operationsOf(const Kept& call) {
    Failure failure;
    failure.ParseFromString(call->reply->error->detailBytes());
    QStringList told;
    for (const auto& status : failure.statuses()) {
        const std::string type = status.details_size() > 0 ? status.details(0).type_url() : std::string();
        told << QStringLiteral("%1 %2 %3")
                    .arg(status.code())
                    .arg(QString::fromStdString(status.message()),
                         QString::fromStdString(
                             type.substr(type.rfind('.') == std::string::npos ? 0 : type.rfind('.') + 1)))
                    .trimmed();
    }
    return told;
}

const QString kAborted = QStringLiteral("10 Operation was aborted. MultiOperationExecutionAborted");

void answerUpdate(Driver& driver, const test::api::PollWorkflowTaskQueueResponse& task) {
    auto completion = Driver::completion(task);
    temporal::api::update::v1::Response response;
    response.mutable_outcome()->mutable_success();
    const auto add = [&](const char* suffix, const google::protobuf::Message& body) {
        auto* message = completion.add_messages();
        message->set_id(std::string("u") + suffix);
        message->set_protocol_instance_id("u");
        message->mutable_body()->PackFrom(body);
    };
    temporal::api::update::v1::Acceptance acceptance;
    acceptance.set_accepted_request_message_id("u/request");
    add("/accept", acceptance);
    add("/complete", response);
    driver.call("RespondWorkflowTaskCompleted", completion);
}

}  // namespace

class MultiOperationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firstTaskCarriesTheUpdate();
    void callersMayHangUp();
    void waitingPollerGetsBoth();
    void runningWorkflowIsUpdated_data();
    void runningWorkflowIsUpdated();
    void takenIdStartsNothing();
    void terminatesTheOldOne();
    void doneUpdateOfAClosedRun();
    void updateThatItsRunCutShort();
    void closingRunIsFollowedByANewOne();
    void triesOnlyTwice();
    void closingRunMayNotBeFollowed();
    void refusals_data();
    void refusals();
    void onlyStartAndUpdate();
};

void MultiOperationTest::firstTaskCarriesTheUpdate() {
    Driver driver;
    const Kept asked = both(driver, bothRequest("w"));
    QVERIFY(!asked->answered());
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 1);
    answerUpdate(driver, task);
    const auto response = asked->as<test::api::ExecuteMultiOperationResponse>();
    QVERIFY(response.responses(0).start_workflow().started());
    QCOMPARE(response.responses(0).start_workflow().run_id(), driver.run("w").runId);
    QVERIFY(response.responses(1).update_workflow().outcome().has_success());
    QCOMPARE(driver.history("w"),
             QStringLiteral("WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted "
                            "WorkflowExecutionUpdateAccepted WorkflowExecutionUpdateCompleted"));
}

/// Whoever goes away waits for nothing any more; the workflow and its update go on.
void MultiOperationTest::callersMayHangUp() {
    Driver driver;
    const auto first = both(driver, bothRequest("w"));
    QCOMPARE(driver.run("w").updates.begin()->second.waits.size(), size_t(1));
    driver.input([&] { driver.world.waits.cancel(first); });
    QVERIFY(driver.run("w").updates.begin()->second.waits.empty());
    auto again = bothRequest("w", "v");
    startOf(again)->set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    startOf(again)->set_request_id("another");
    const auto second = both(driver, again);
    const auto& updates = driver.run("w").updates;
    QCOMPARE(updates.find("v")->second.waits.size(), size_t(1));
    driver.input([&] { driver.world.waits.cancel(second); });
    QVERIFY(updates.find("v")->second.waits.empty());
    QVERIFY(!first->answered());
    QVERIFY(!second->answered());
    QCOMPARE(driver.task().messages_size(), 2);
}

void MultiOperationTest::waitingPollerGetsBoth() {
    Driver driver;
    const Kept polled = driver.poll();
    both(driver, bothRequest("w"));
    QVERIFY(polled->answered());
    QCOMPARE(polled->as<test::api::PollWorkflowTaskQueueResponse>().messages_size(), 1);
}

void MultiOperationTest::runningWorkflowIsUpdated_data() {
    QTest::addColumn<bool>("sameRequest");
    QTest::newRow("conflict policy") << false;
    QTest::newRow("repeated request") << true;
}

void MultiOperationTest::runningWorkflowIsUpdated() {
    QFETCH(bool, sameRequest);
    Driver driver;
    const std::string runId = driver.start("w");
    driver.complete(driver.task());
    auto request = bothRequest("w");
    if (!sameRequest) {
        startOf(request)->set_request_id("another");
        startOf(request)->set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    }
    const Kept asked = both(driver, request);
    answerUpdate(driver, driver.task());
    const auto response = asked->as<test::api::ExecuteMultiOperationResponse>();
    QVERIFY(!response.responses(0).start_workflow().started());
    QCOMPARE(response.responses(0).start_workflow().run_id(), runId);
    QCOMPARE(driver.world.runs.size(), size_t(1));
}

void MultiOperationTest::takenIdStartsNothing() {
    Driver driver;
    driver.start("w");
    auto request = bothRequest("w");
    startOf(request)->set_request_id("another");
    const Kept refused = both(driver, request);
    QCOMPARE(refused->code(), base::ErrorCode::AlreadyExists);
    QCOMPARE(refused->message(), std::string("Update-with-Start could not be executed."));
    const QStringList operations = operationsOf(refused);
    QCOMPARE(operations.size(), 2);
    QVERIFY(operations[0].startsWith("6 Workflow execution is already running."));
    QVERIFY(operations[0].endsWith("WorkflowExecutionAlreadyStartedFailure"));
    QCOMPARE(operations[1], kAborted);
    QVERIFY(driver.run("w").updates.empty());
}

void MultiOperationTest::terminatesTheOldOne() {
    Driver driver;
    const std::string old = driver.start("w");
    auto request = bothRequest("w");
    startOf(request)->set_request_id("another");
    startOf(request)->set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING);
    both(driver, request);
    QVERIFY(driver.run("w").runId != old);
    QVERIFY(driver.history("w", old).endsWith("WorkflowExecutionTerminated"));
    QCOMPARE(driver.task().messages_size(), 1);
}

void MultiOperationTest::doneUpdateOfAClosedRun() {
    Driver driver;
    both(driver, bothRequest("w"));
    answerUpdate(driver, driver.task());
    driver.signal("w");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    auto request = bothRequest("w");
    startOf(request)->set_request_id("another");
    const auto response = both(driver, request)->as<test::api::ExecuteMultiOperationResponse>();
    QVERIFY(!response.responses(0).start_workflow().started());
    QCOMPARE(response.responses(0).start_workflow().status(), test::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
    QVERIFY(response.responses(1).update_workflow().outcome().has_success());
    updateOf(request)->mutable_request()->mutable_meta()->set_update_id("other");
    both(driver, request);
    QCOMPARE(driver.world.runs.size(), size_t(2));
}

/// It counts as no update of that id: the next one starts a workflow, where the id may be used again.
void MultiOperationTest::updateThatItsRunCutShort() {
    Driver driver;
    both(driver, bothRequest("w"));
    auto completion = Driver::completion(driver.task(), {Driver::completeWorkflow()});
    temporal::api::update::v1::Acceptance acceptance;
    acceptance.set_accepted_request_message_id("u/request");
    auto* message = completion.add_messages();
    message->set_id("u/accept");
    message->set_protocol_instance_id("u");
    message->mutable_body()->PackFrom(acceptance);
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(!driver.run("w").open());
    const std::string first = driver.run("w").runId;
    auto rejecting = bothRequest("w");
    startOf(rejecting)->set_request_id("again");
    startOf(rejecting)->set_workflow_id_reuse_policy(test::enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE);
    QCOMPARE(both(driver, rejecting)->code(), base::ErrorCode::AlreadyExists);
    auto allowing = bothRequest("w");
    startOf(allowing)->set_request_id("again");
    const Kept asked = both(driver, allowing);
    answerUpdate(driver, driver.task());
    const auto response = asked->as<test::api::ExecuteMultiOperationResponse>();
    QVERIFY(response.responses(0).start_workflow().run_id() != first);
    QVERIFY(response.responses(1).update_workflow().outcome().has_success());
}

/// The run that was there closes before it sees the update.
void MultiOperationTest::closingRunIsFollowedByANewOne() {
    Driver driver;
    const std::string first = driver.start("w");
    const auto task = driver.task();
    auto request = bothRequest("w");
    startOf(request)->set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    startOf(request)->set_request_id("another");
    const Kept asked = both(driver, request);
    driver.complete(task, {Driver::completeWorkflow()});
    QVERIFY(!asked->answered());
    answerUpdate(driver, driver.task());
    const auto response = asked->as<test::api::ExecuteMultiOperationResponse>();
    QVERIFY(response.responses(0).start_workflow().started());
    QVERIFY(response.responses(0).start_workflow().run_id() != first);
    QVERIFY(response.responses(1).update_workflow().outcome().has_success());
}

void MultiOperationTest::triesOnlyTwice() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task());
    auto request = bothRequest("w");
    startOf(request)->set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    startOf(request)->set_request_id("another");
    const Kept asked = both(driver, request);
    // The run closes, and another one is there already.
    test::api::ResetWorkflowExecutionRequest reset;
    reset.set_namespace_("default");
    reset.mutable_workflow_execution()->set_workflow_id("w");
    reset.set_workflow_task_finish_event_id(4);
    reset.set_request_id("reset");
    QVERIFY(!driver.call("ResetWorkflowExecution", reset)->failed());
    QVERIFY(!asked->answered());
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QCOMPARE(asked->code(), base::ErrorCode::Aborted);
    const QString cutOff = QStringLiteral("10 workflow update was aborted by closing workflow");
    QCOMPARE(operationsOf(asked), QStringList({kAborted, cutOff}));
}

void MultiOperationTest::closingRunMayNotBeFollowed() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    auto request = bothRequest("w");
    startOf(request)->set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    startOf(request)->set_workflow_id_reuse_policy(test::enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE);
    startOf(request)->set_request_id("another");
    const Kept asked = both(driver, request);
    driver.complete(task, {Driver::completeWorkflow()});
    QCOMPARE(asked->code(), base::ErrorCode::AlreadyExists);
}

void MultiOperationTest::refusals_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<int>("operation");
    QTest::addColumn<QString>("message");
    QTest::newRow("cron") << "cron" << 0 << "3 CronSchedule is not allowed.";
    QTest::newRow("eager") << "eager" << 0 << "3 RequestEagerExecution is not supported.";
    QTest::newRow("delay") << "delay" << 0 << "3 WorkflowStartDelay is not supported.";
    QTest::newRow("type") << "type" << 0 << "3 WorkflowType is not set on request.";
    QTest::newRow("namespace") << "namespace" << 0 << "3 Operation namespace did not match request's namespace.";
    QTest::newRow("run") << "run" << 1 << "3 RunId is not allowed.";
    QTest::newRow("first run") << "first run" << 1 << "3 FirstExecutionRunId is not allowed.";
    QTest::newRow("other id") << "other id" << 1 << "3 WorkflowId is not consistent with previous operation(s).";
    QTest::newRow("update name") << "update name" << 1 << "3 Update name is not set on request.";
}

void MultiOperationTest::refusals() {
    QFETCH(QString, what);
    QFETCH(int, operation);
    QFETCH(QString, message);
    Driver driver;
    auto request = bothRequest("w");
    auto* start = startOf(request);
    auto* update = updateOf(request);
    if (what == "cron") start->set_cron_schedule("* * * * *");
    if (what == "eager") start->set_request_eager_execution(true);
    if (what == "delay") payload::toProto(1s, start->mutable_workflow_start_delay());
    if (what == "type") start->clear_workflow_type();
    if (what == "namespace") start->set_namespace_("another");
    if (what == "run") update->mutable_workflow_execution()->set_run_id("x");
    if (what == "first run") update->set_first_execution_run_id("x");
    if (what == "other id") update->mutable_workflow_execution()->set_workflow_id("x");
    if (what == "update name") update->mutable_request()->mutable_input()->clear_name();
    const Kept refused = both(driver, request);
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    const QStringList operations = operationsOf(refused);
    QCOMPARE(operations[operation], message);
    QCOMPARE(operations[1 - operation], kAborted);
    QVERIFY(driver.world.runs.empty());
}

void MultiOperationTest::onlyStartAndUpdate() {
    Driver driver;
    auto request = bothRequest("w");
    request.mutable_operations()->SwapElements(0, 1);
    const Kept refused = both(driver, request);
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(refused->message(), std::string("Operations have to be exactly [Start, Update]."));
}

QTEST_GUILESS_MAIN(MultiOperationTest)
#include "multi_operation_test.moc"
