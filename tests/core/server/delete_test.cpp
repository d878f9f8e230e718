// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
namespace api = test::api;
namespace enums = test::enums;

/// Runs that go: because somebody deletes them, or because their namespace does not keep them any longer.
class DeleteTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void closedRun();
    void openRun();
    void theLatestRunIsGone();
    void anOlderRunIsGone();
    void parentsAndChildren();
    void itsTasksAreGone();
    void whoWaits();
    void retention();
    void retentionIsNothingDue();
    void retentionInAutomaticTime();
    void notInTheTestServer();
    void manyRunsLeaveNothing();
    void bothAtOnce();
};

namespace {

api::DeleteWorkflowExecutionRequest deleteRequest(const std::string& id, const std::string& runId = {}) {
    api::DeleteWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(id);
    request.mutable_workflow_execution()->set_run_id(runId);
    return request;
}

test::Kept deleteRun(Driver& driver, const std::string& id, const std::string& runId = {}) {
    return driver.call("DeleteWorkflowExecution", deleteRequest(id, runId));
}

test::Kept describe(Driver& driver, const std::string& id, const std::string& runId = {}) {
    api::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    request.mutable_execution()->set_run_id(runId);
    return driver.call("DescribeWorkflowExecution", request);
}

int64_t count(Driver& driver) {
    api::CountWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    return driver.call("CountWorkflowExecutions", request)->as<api::CountWorkflowExecutionsResponse>().count();
}

std::string complete(Driver& driver, const std::string& id) {
    const std::string runId = driver.start(id);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    return runId;
}

}  // namespace

void DeleteTest::closedRun() {
    Driver driver;
    const std::string runId = complete(driver, "w");
    complete(driver, "other");
    QVERIFY(!deleteRun(driver, "w")->failed());
    QCOMPARE(count(driver), 1);
    // In the words of the real server.
    QCOMPARE(describe(driver, "w")->code(), base::ErrorCode::NotFound);
    QCOMPARE(describe(driver, "w")->message(), std::string("workflow not found for ID: w"));
    QCOMPARE(describe(driver, "w", runId)->message(),
             "workflow execution not found for workflow ID \"w\" and run ID \"" + runId + "\"");
    QCOMPARE(deleteRun(driver, "w")->message(), std::string("workflow not found for ID: w"));
    QCOMPARE(deleteRun(driver, "")->message(), std::string("WorkflowId is not set on request."));
    QCOMPARE(deleteRun(driver, "w", "abc")->message(), std::string("Invalid RunId."));
    api::GetWorkflowExecutionHistoryRequest history;
    history.set_namespace_("default");
    history.mutable_execution()->set_workflow_id("w");
    history.mutable_execution()->set_run_id(runId);
    QCOMPARE(driver.call("GetWorkflowExecutionHistory", history)->code(), base::ErrorCode::NotFound);
    QVERIFY(!describe(driver, "other")->failed());
    // Its id is free, even for those who do not want to share it.
    auto start = Driver::startRequest("w");
    start.set_workflow_id_reuse_policy(enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE);
    QVERIFY(!driver.start(start)->failed());
}

void DeleteTest::openRun() {
    Driver driver;
    const std::string runId = driver.start("w");
    const auto task = driver.task();
    driver.complete(task, {Driver::timer("t", 10s), Driver::schedule("a")});
    const auto activity = driver.activity();
    QVERIFY(!deleteRun(driver, "w")->failed());
    QCOMPARE(describe(driver, "w", runId)->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.completeActivity(activity)->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.complete(task)->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.signal("w")->code(), base::ErrorCode::NotFound);
    driver.pass(1h);
    QVERIFY(driver.world.busyRuns().empty());
    QVERIFY(!driver.world.due.firstTime().has_value());
}

void DeleteTest::theLatestRunIsGone() {
    Driver driver;
    const std::string first = complete(driver, "w");
    auto again = Driver::startRequest("w");
    again.set_request_id("again");
    driver.start(again);
    deleteRun(driver, "w");
    // An older run is no substitute.
    QCOMPARE(describe(driver, "w")->message(), std::string("workflow not found for ID: w"));
    QVERIFY(!describe(driver, "w", first)->failed());
    // It can be reset all the same, and then there is a latest run again.
    api::ResetWorkflowExecutionRequest reset;
    reset.set_namespace_("default");
    reset.mutable_workflow_execution()->set_workflow_id("w");
    reset.mutable_workflow_execution()->set_run_id(first);
    reset.set_workflow_task_finish_event_id(4);
    reset.set_request_id("reset");
    QVERIFY(!driver.call("ResetWorkflowExecution", reset)->failed());
    QVERIFY(!describe(driver, "w")->failed());
}

void DeleteTest::anOlderRunIsGone() {
    Driver driver;
    const std::string first = complete(driver, "w");
    auto again = Driver::startRequest("w");
    again.set_request_id("again");
    const std::string second = driver.start(again)->as<api::StartWorkflowExecutionResponse>().run_id();
    deleteRun(driver, "w", first);
    QCOMPARE(driver.run("w").runId, second);
    QVERIFY(!driver.complete(driver.task(), {Driver::completeWorkflow()})->failed());
    QCOMPARE(count(driver), 1);
}

void DeleteTest::parentsAndChildren() {
    Driver driver;
    driver.start("w");
    test::Command command;
    command.set_command_type(enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* attributes = command.mutable_start_child_workflow_execution_command_attributes();
    attributes->set_workflow_id("c");
    attributes->mutable_workflow_type()->set_name("Child");
    attributes->mutable_task_queue()->set_name("children");
    auto other = command;
    other.mutable_start_child_workflow_execution_command_attributes()->set_workflow_id("d");
    driver.complete(driver.task(), {command, other});
    // The parent hears that the child was terminated.
    deleteRun(driver, "c");
    QVERIFY(driver.history("w").contains(QLatin1String("ChildWorkflowExecutionTerminated")));
    QVERIFY(!describe(driver, "d")->failed());
    // And the other way round the parent's policy holds.
    const std::string childRun = driver.run("d").runId;
    deleteRun(driver, "w");
    QCOMPARE(driver.world.findRun(childRun)->status, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
}

void DeleteTest::itsTasksAreGone() {
    Driver driver;
    for (int i = 0; i < 200; ++i) {
        // Nobody takes their tasks, so the queue still refers to them.
        const std::string id = "w" + std::to_string(i);
        driver.start(id);
        deleteRun(driver, id);
    }
    driver.start("last");
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("last"));
}

void DeleteTest::whoWaits() {
    Driver driver;
    const std::string runId = driver.start("w");
    driver.complete(driver.task());
    api::GetWorkflowExecutionHistoryRequest history;
    history.set_namespace_("default");
    history.mutable_execution()->set_workflow_id("w");
    history.set_wait_new_event(true);
    history.set_history_event_filter_type(enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    const auto waiting = driver.call("GetWorkflowExecutionHistory", history);
    api::QueryWorkflowRequest query;
    query.set_namespace_("default");
    query.mutable_execution()->set_workflow_id("w");
    query.mutable_query()->set_query_type("state");
    const auto asking = driver.call("QueryWorkflow", query);
    QVERIFY(!waiting->answered() && !asking->answered());
    deleteRun(driver, "w");
    const auto last = waiting->as<api::GetWorkflowExecutionHistoryResponse>().history().events(0);
    QCOMPARE(last.workflow_execution_terminated_event_attributes().reason(), std::string("Delete workflow execution"));
    QCOMPARE(last.workflow_execution_terminated_event_attributes().identity(), std::string("history-service"));
    QCOMPARE(asking->code(), base::ErrorCode::NotFound);
    QVERIFY(driver.world.directQueries.empty());
    driver.pass(1min);
}

void DeleteTest::retention() {
    Driver driver;
    complete(driver, "w");
    driver.start("open");
    driver.complete(driver.task());
    driver.pass(24h - 1s);
    QCOMPARE(count(driver), 2);
    driver.pass(1s);
    QCOMPARE(count(driver), 1);
    QCOMPARE(describe(driver, "w")->code(), base::ErrorCode::NotFound);
    QVERIFY(!describe(driver, "open")->failed());
    // What a namespace keeps is what it says when a run closes.
    driver.world.changeNamespace("default").retention = 2h;
    complete(driver, "w");
    driver.pass(2h);
    QCOMPARE(count(driver), 1);
}

void DeleteTest::retentionIsNothingDue() {
    Driver driver;
    complete(driver, "w");
    QVERIFY(!driver.world.due.firstTime().has_value());
    QVERIFY(!driver.world.nextWake().has_value());
    // A paused clock keeps everything.
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    driver.pass(100h);
    QCOMPARE(count(driver), 1);
    // A step has nothing to go to.
    const auto before = driver.world.now;
    driver.input([&] { driver.world.clock.step(); });
    QCOMPARE(driver.world.now, before);
}

void DeleteTest::retentionInAutomaticTime() {
    Driver driver;
    complete(driver, "w");
    driver.start("sleeper");
    driver.input([&] { driver.world.clock.automatic(driver.wall); });
    // Nothing moves for the sake of what is closed ...
    QCOMPARE(driver.world.now, driver.wall);
    driver.complete(driver.task(), {Driver::timer("t", 30h)});
    QVERIFY(driver.history("sleeper").contains(QLatin1String("TimerFired")));
    // ... but time that was skipped has passed.
    QCOMPARE(count(driver), 1);
}

void DeleteTest::notInTheTestServer() {
    server::WorldOptions options;
    options.testService = true;
    Driver driver(options);
    complete(driver, "w");
    driver.pass(24h * 400);
    QCOMPARE(count(driver), 1);
}

void DeleteTest::manyRunsLeaveNothing() {
    Driver driver;
    driver.checksHistories = false;
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 50; ++i) complete(driver, "w" + std::to_string(i));
        driver.pass(25h);
        QCOMPARE(driver.world.runs.size(), 0u);
    }
    complete(driver, "w");
    QCOMPARE(driver.world.runs.size(), 1u);
    QCOMPARE(driver.run("w").place, 0u);
}

void DeleteTest::bothAtOnce() {
    Driver driver;
    const std::string runId = complete(driver, "w");
    deleteRun(driver, "w");
    // Its time comes when it is long gone.
    driver.pass(25h);
    QCOMPARE(count(driver), 0);
    QCOMPARE(deleteRun(driver, "w", runId)->code(), base::ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(DeleteTest)
#include "delete_test.moc"
