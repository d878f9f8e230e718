// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

namespace {

QString list(std::initializer_list<const char*> names) {
    QStringList all;
    for (const char* name : names) all << QString::fromUtf8(name);
    return all.join(QLatin1Char(' '));
}

}  // namespace

class WorkflowTaskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void childRetryPolicyIsFilledIn();
    void priorityIsTakenOver();
    void foreignTokens();
    void childrenThatEndTogetherKnowTheirStarts();
    void startsAndCompletes();
    void pollersAreServedInOrder();
    void pollEndsEmptyBeforeItsDeadline();
    void aSecondAttemptIsTransient();
    void newEventsMakeTransientTaskNormal();
    void taskTimesOut();
    void signalsAreBufferedWhileTaskRuns();
    void closingWithUnseenEventsIsRefused();
    void continuingHandsNothingOn();
    void badCommandFailsTask_data();
    void badCommandFailsTask();
    void badCommandLeavesNoHalf();
    void firedTimerCanBeCancelledFromBuffer();
    void stickyTaskFallsBack();
    void stickyTaskWaitsForAFirstPollOfTestServers();
    void stickyHistoryIsShort();
    void heartbeatKeepsTask();
    void nextTaskComesWithTheReply();
    void terminatedWhileTaskRuns();
    void continuesAsNew();
    void sameSeedSameHistory();
};

void WorkflowTaskTest::startsAndCompletes() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    QCOMPARE(task.started_event_id(), 3);
    QCOMPARE(task.previous_started_event_id(), 0);
    QCOMPARE(task.history().events_size(), 3);
    driver.complete(task, {Driver::timer("t", 1h)});
    QCOMPARE(driver.history("w"), list({"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted",
                                        "WorkflowTaskCompleted", "TimerStarted"}));
    driver.pass(59min);
    QVERIFY(!driver.poll()->answered());
    driver.pass(60s);
    QVERIFY2(driver.run("w").task && driver.run("w").task->started(), "the waiting poller got the task");
    driver.pass(11s);  // the poll above was never completed
    const auto again = driver.task();
    driver.complete(again, {Driver::completeWorkflow()});
    QCOMPARE(driver.run("w").status, test::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
    QCOMPARE(driver.world.due.size(), size_t(0));
    QVERIFY(!driver.world.held());
}

void WorkflowTaskTest::pollersAreServedInOrder() {
    Driver driver;
    const auto first = driver.poll();
    const auto second = driver.poll();
    driver.start("a");
    QVERIFY(first->answered() && !second->answered());
    driver.start("b");
    QVERIFY(second->answered());
    QCOMPARE(second->as<test::api::PollWorkflowTaskQueueResponse>().workflow_execution().workflow_id(),
             std::string("b"));
}

void WorkflowTaskTest::pollEndsEmptyBeforeItsDeadline() {
    Driver driver;
    const auto poll = driver.poll();
    driver.pass(59s);
    QVERIFY(!poll->answered());
    driver.pass(1s);
    QVERIFY(poll->answered());
    QVERIFY(poll->as<test::api::PollWorkflowTaskQueueResponse>().task_token().empty());
}

void WorkflowTaskTest::aSecondAttemptIsTransient() {
    Driver driver;
    driver.start("w");
    driver.failTask(driver.task());
    const QString afterFailure =
        list({"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskFailed"});
    QCOMPARE(driver.history("w"), afterFailure);
    auto task = driver.task();
    QCOMPARE(task.attempt(), 2);
    QCOMPARE(task.history().events_size(), 6);
    QCOMPARE(task.history().events(5).event_id(), 6);
    driver.failTask(task);
    QCOMPARE(driver.history("w"), afterFailure);
    task = driver.task();
    QCOMPARE(task.attempt(), 3);
    driver.complete(task, {Driver::completeWorkflow()});
    QCOMPARE(driver.history("w"), afterFailure + QStringLiteral(" ") +
                                      list({"WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted",
                                            "WorkflowExecutionCompleted"}));
    QCOMPARE(driver.events("w")[4].workflow_task_scheduled_event_attributes().attempt(), 3);
}

void WorkflowTaskTest::newEventsMakeTransientTaskNormal() {
    Driver driver;
    driver.start("w");
    driver.failTask(driver.task());
    driver.signal("w");
    const auto task = driver.task();
    QCOMPARE(task.attempt(), 1);
    QCOMPARE(driver.history("w"),
             list({"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskFailed",
                   "WorkflowExecutionSignaled", "WorkflowTaskScheduled", "WorkflowTaskStarted"}));
}

void WorkflowTaskTest::taskTimesOut() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.pass(10s);
    QCOMPARE(driver.history("w"), list({"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted",
                                        "WorkflowTaskTimedOut"}));
    const auto late = driver.complete(task, {Driver::completeWorkflow()});
    QCOMPARE(late->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.task().attempt(), 2);
}

void WorkflowTaskTest::signalsAreBufferedWhileTaskRuns() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.signal("w");
    QCOMPARE(driver.run("w").log.lastId(), 3);
    driver.complete(task, {Driver::timer("t", 1h)});
    QCOMPARE(driver.history("w"),
             list({"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted",
                   "TimerStarted", "WorkflowExecutionSignaled", "WorkflowTaskScheduled"}));
}

void WorkflowTaskTest::closingWithUnseenEventsIsRefused() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.signal("w", "one");
    const auto refused = driver.complete(task, {Driver::completeWorkflow()});
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(driver.signal("w", "two")->code(), base::ErrorCode::Ok);
    const auto again = driver.task();
    const auto failed = driver.events("w")[3].workflow_task_failed_event_attributes();
    QCOMPARE(failed.cause(), test::enums::WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
    QVERIFY(failed.failure().source().empty());
    // Now the workflow is likely to end with this task.
    QCOMPARE(driver.signal("w", "three")->code(), base::ErrorCode::ResourceExhausted);
    QCOMPARE(again.attempt(), 1);
    driver.complete(again);
    QCOMPARE(driver.signal("w", "four")->code(), base::ErrorCode::Ok);
}

void WorkflowTaskTest::continuingHandsNothingOn() {
    Driver driver;
    auto start = Driver::startRequest("w");
    (*start.mutable_memo()->mutable_fields())["colour"].set_data("\"blue\"");
    driver.start(start);
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    auto* next = command.mutable_continue_as_new_workflow_execution_command_attributes();
    next->mutable_workflow_type()->set_name("Order");
    driver.complete(driver.task(), {command});
    QVERIFY(!driver.events("w").front().workflow_execution_started_event_attributes().has_memo());
    driver.pass(2s);
    (*next->mutable_memo()->mutable_fields())["size"].set_data("7");
    driver.complete(driver.task(), {command});
    const auto memo = driver.events("w").front().workflow_execution_started_event_attributes().memo();
    QCOMPARE(memo.fields().size(), size_t(1));
    QCOMPARE(memo.fields().count("size"), size_t(1));
}

void WorkflowTaskTest::badCommandFailsTask_data() {
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<int>("cause");
    const auto row = [](const char* name, const test::Command& command, test::enums::WorkflowTaskFailedCause cause) {
        QTest::newRow(name) << QByteArray::fromStdString(command.SerializeAsString()) << int(cause);
    };
    row("timer without id", Driver::timer("", 1s), test::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES);
    row("negative timer", Driver::timer("t", -1s), test::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES);
    row("unknown timer", Driver::cancelTimer("t"), test::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES);
    row("activity without time-out", Driver::schedule("a", 0s),
        test::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES);
    row("unknown activity", Driver::cancelActivity(99),
        test::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES);
    test::Command nexus;
    nexus.set_command_type(test::enums::COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION);
    row("not supported", nexus, test::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES);
}

void WorkflowTaskTest::badCommandFailsTask() {
    QFETCH(QByteArray, command);
    QFETCH(int, cause);
    test::Command bad;
    QVERIFY(bad.ParseFromString(command.toStdString()));
    Driver driver;
    driver.start("w");
    const auto refused = driver.complete(driver.task(), {bad});
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    QVERIFY(!refused->message().empty());
    QCOMPARE(driver.events("w").size(), size_t(4));
    QCOMPARE(int(driver.events("w")[3].workflow_task_failed_event_attributes().cause()), cause);
}

void WorkflowTaskTest::badCommandLeavesNoHalf() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 1h), Driver::schedule("a"), Driver::timer("t", 2h)});
    QVERIFY(driver.run("w").timers.empty());
    QVERIFY(driver.run("w").activities.empty());
    QCOMPARE(driver.events("w")[3].workflow_task_failed_event_attributes().cause(),
             test::enums::WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID);
}

void WorkflowTaskTest::firedTimerCanBeCancelledFromBuffer() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 1s)});
    driver.signal("w");
    const auto task = driver.task();
    driver.pass(2s);
    QCOMPARE(driver.run("w").buffered.size(), size_t(1));
    driver.complete(task, {Driver::cancelTimer("t"), Driver::completeWorkflow()});
    QVERIFY(
        driver.history("w").endsWith(list({"WorkflowTaskCompleted", "TimerCanceled", "WorkflowExecutionCompleted"})));
}

void WorkflowTaskTest::stickyTaskFallsBack() {
    Driver driver;
    driver.start("w");
    auto completion = Driver::completion(driver.task(), {Driver::timer("t", 1h)});
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    payload::toProto(5s, completion.mutable_sticky_attributes()->mutable_schedule_to_start_timeout());
    driver.call("RespondWorkflowTaskCompleted", completion);
    QVERIFY(!driver.poll("sticky")->answered());
    driver.pass(61s);  // that poll is over, and its queue was polled a moment ago
    driver.signal("w");
    QCOMPARE(driver.run("w").task->queue, std::string("sticky"));
    driver.pass(5s);
    QVERIFY(driver.history("w").endsWith(list({"WorkflowTaskTimedOut", "WorkflowTaskScheduled"})));
    QCOMPARE(driver.run("w").task->queue, std::string("queue"));
    QCOMPARE(driver.task().history().events(0).event_id(), 1);
}

void WorkflowTaskTest::stickyTaskWaitsForAFirstPollOfTestServers() {
    for (const bool testService : {false, true}) {
        server::WorldOptions options;
        options.testService = testService;
        Driver driver(options);
        driver.start("w");
        auto completion = Driver::completion(driver.task());
        completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
        payload::toProto(5s, completion.mutable_sticky_attributes()->mutable_schedule_to_start_timeout());
        driver.call("RespondWorkflowTaskCompleted", completion);
        driver.signal("w");
        QCOMPARE(driver.run("w").task->queue, std::string(testService ? "sticky" : "queue"));
        driver.pass(5s);
        QCOMPARE(driver.run("w").task->queue, std::string("queue"));
        QCOMPARE(driver.task().history().events(0).event_id(), 1);
    }
}

void WorkflowTaskTest::stickyHistoryIsShort() {
    Driver driver;
    driver.start("w");
    auto completion = Driver::completion(driver.task(), {Driver::timer("t", 1h)});
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    driver.call("RespondWorkflowTaskCompleted", completion);
    const auto poll = driver.poll("sticky");
    driver.signal("w");
    const auto task = poll->as<test::api::PollWorkflowTaskQueueResponse>();
    QCOMPARE(task.history().events(0).event_id(), 4);
    QCOMPARE(task.previous_started_event_id(), 3);
}

void WorkflowTaskTest::heartbeatKeepsTask() {
    Driver driver;
    driver.start("w");
    auto task = driver.task();
    for (int i = 0; i < 3; ++i) {
        auto completion = Driver::completion(task);
        completion.set_force_create_new_workflow_task(true);
        completion.set_return_new_workflow_task(true);
        driver.pass(8s);
        const auto reply = driver.call("RespondWorkflowTaskCompleted", completion);
        task = reply->as<test::api::RespondWorkflowTaskCompletedResponse>().workflow_task();
        QVERIFY(!task.task_token().empty());
    }
    QCOMPARE(driver.run("w").task->originalScheduledTime, driver.run("w").startTime);
}

void WorkflowTaskTest::nextTaskComesWithTheReply() {
    Driver driver;
    driver.start("w");
    auto completion = Driver::completion(driver.task());
    completion.set_return_new_workflow_task(true);
    driver.signal("w");
    const auto waiting = driver.poll();
    const auto reply = driver.call("RespondWorkflowTaskCompleted", completion);
    const auto next = reply->as<test::api::RespondWorkflowTaskCompletedResponse>().workflow_task();
    QVERIFY(!next.task_token().empty());
    QCOMPARE(next.previous_started_event_id(), 3);
    QCOMPARE(next.history().events(0).event_id(), 4);
    QVERIFY2(!waiting->answered(), "nobody else gets that task");
}

void WorkflowTaskTest::terminatedWhileTaskRuns() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.signal("w");
    test::api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    QVERIFY(!driver.call("TerminateWorkflowExecution", request)->failed());
    QCOMPARE(driver.history("w"),
             list({"WorkflowExecutionStarted", "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskFailed",
                   "WorkflowExecutionSignaled", "WorkflowExecutionTerminated"}));
    QCOMPARE(driver.complete(task)->code(), base::ErrorCode::NotFound);
    QVERIFY(!driver.world.held());
    QCOMPARE(driver.world.due.size(), size_t(0));
}

void WorkflowTaskTest::continuesAsNew() {
    Driver driver;
    const std::string first = driver.start("w");
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    command.mutable_continue_as_new_workflow_execution_command_attributes();
    driver.complete(driver.task(), {command});
    const auto& next = driver.run("w");
    QVERIFY(next.runId != first);
    QCOMPARE(next.firstRunId, first);
    QCOMPARE(next.typeName(), std::string("Order"));
    QVERIFY2(next.firstTask.has_value(), "a run lasts a second at least");
    driver.pass(1s);
    QCOMPARE(driver.task().history().events_size(), 3);
    const auto before = driver.events("w", first);
    QCOMPARE(before.back().workflow_execution_continued_as_new_event_attributes().new_execution_run_id(), next.runId);
}

void WorkflowTaskTest::sameSeedSameHistory() {
    const auto play = [] {
        Driver driver;
        driver.start("w");
        driver.complete(driver.task(), {Driver::timer("b", 5s), Driver::timer("a", 5s), Driver::schedule("x")});
        driver.pass(5s);
        return std::string(driver.run("w").log.range(1, 100));
    };
    QCOMPARE(play(), play());
}

void WorkflowTaskTest::childRetryPolicyIsFilledIn() {
    Driver driver;
    driver.start("w");
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* child = command.mutable_start_child_workflow_execution_command_attributes();
    child->set_workflow_id("child");
    child->mutable_workflow_type()->set_name("Order");
    child->mutable_retry_policy()->set_maximum_attempts(3);
    driver.complete(driver.task(), {command});
    const auto policy = driver.run("child").startedEvent().retry_policy();
    QCOMPARE(policy.backoff_coefficient(), 2.0);
    QCOMPARE(payload::fromProto(policy.maximum_interval()), base::Duration(100s));

    driver.start("x");
    child->mutable_retry_policy()->set_backoff_coefficient(0.5);
    QCOMPARE(driver.complete(driver.task(), {command})->code(), base::ErrorCode::InvalidArgument);
}

void WorkflowTaskTest::priorityIsTakenOver() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.mutable_priority()->set_priority_key(5);
    request.mutable_priority()->set_fairness_key("shop");
    driver.start(request);
    test::Command child;
    child.set_command_type(test::enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* attributes = child.mutable_start_child_workflow_execution_command_attributes();
    attributes->set_workflow_id("child");
    attributes->mutable_workflow_type()->set_name("Order");
    attributes->mutable_priority()->set_priority_key(1);
    test::Command own = Driver::schedule("own");
    own.mutable_schedule_activity_task_command_attributes()->mutable_priority()->set_fairness_weight(2.5F);
    driver.complete(driver.task(), {child, own, Driver::schedule("plain")});

    const auto& ofChild = *driver.run("child").priority;
    QCOMPARE(ofChild.priority_key(), 1);
    QCOMPARE(ofChild.fairness_key(), std::string("shop"));
    const auto ofOwn = driver.activity().priority();
    QCOMPARE(ofOwn.priority_key(), 5);
    QCOMPARE(ofOwn.fairness_weight(), 2.5F);
    const auto ofPlain = driver.activity().priority();
    QCOMPARE(ofPlain.priority_key(), 5);
    QCOMPARE(ofPlain.fairness_weight(), 0.0F);
}

/// A worker may still hold a task of another server of this address.
void WorkflowTaskTest::foreignTokens() {
    Driver driver;
    test::api::RespondActivityTaskCompletedRequest request;
    request.set_namespace_("default");
    const auto field = [](int number, const std::string& value) {
        return std::string{char(number << 3 | 2), char(value.size())} + value;
    };
    request.set_task_token(field(1, "namespace id") + field(2, "order") + field(3, "run id") + std::string{'\x20', 5});
    const auto refused = driver.call("RespondActivityTaskCompleted", request);
    QCOMPARE(refused->code(), base::ErrorCode::NotFound);
    QCOMPARE(refused->message(),
             std::string("workflow execution not found for workflow ID \"order\" and run ID \"run id\""));
    request.set_task_token("nonsense");
    QCOMPARE(driver.call("RespondActivityTaskCompleted", request)->message(),
             std::string("Error deserializing task token."));
}

void WorkflowTaskTest::childrenThatEndTogetherKnowTheirStarts() {
    Driver driver;
    driver.start("w");
    std::vector<test::Command> commands(2);
    for (size_t i = 0; i < 2; ++i) {
        commands[i].set_command_type(test::enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
        auto* child = commands[i].mutable_start_child_workflow_execution_command_attributes();
        child->set_workflow_id("child" + std::to_string(i));
        child->mutable_workflow_type()->set_name("Order");
    }
    auto completion = Driver::completion(driver.task(), commands);
    completion.set_force_create_new_workflow_task(true);
    driver.call("RespondWorkflowTaskCompleted", completion);
    std::map<std::string, test::api::PollWorkflowTaskQueueResponse> tasks;
    for (int i = 0; i < 3; ++i) {
        auto task = driver.task();
        tasks[task.workflow_execution().workflow_id()] = task;
    }
    driver.complete(tasks["child0"], {Driver::completeWorkflow()});
    driver.complete(tasks["child1"], {Driver::completeWorkflow()});
    driver.complete(tasks["w"]);
    int ends = 0;
    for (const auto& event : driver.events("w")) {
        if (!event.has_child_workflow_execution_completed_event_attributes()) continue;
        ++ends;
        QVERIFY(event.child_workflow_execution_completed_event_attributes().started_event_id() > 0);
    }
    QCOMPARE(ends, 2);
}

QTEST_GUILESS_MAIN(WorkflowTaskTest)
#include "workflow_task_test.moc"
