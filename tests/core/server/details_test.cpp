// SPDX-License-Identifier: MIT
// Details in which the real server was found to differ, by tests/peers/plays.
#include <QTest>

#include "tests/core/server/driver.h"

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
    void listsSayLessOfOpenRuns();
    void nextRunIsItsOwnRoot();
};

void DetailsTest::activityCancelledInTheTaskThatSchedulesIt() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a"), Driver::cancelActivity(5)});
    const auto events = driver.events("w");
    QVERIFY(events.size() > 6);
    QCOMPARE(events[6].activity_task_canceled_event_attributes().details().payloads(0).data(),
             std::string("\"ACTIVITY_ID_NOT_STARTED\""));
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

void DetailsTest::listsSayLessOfOpenRuns() {
    Driver driver;
    driver.start("w");
    test::api::ListWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    const auto list = [&] {
        return driver.call("ListWorkflowExecutions", request)->as<test::api::ListWorkflowExecutionsResponse>();
    };
    QCOMPARE(list().executions(0).history_length(), 0);
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

QTEST_GUILESS_MAIN(DetailsTest)
#include "details_test.moc"
