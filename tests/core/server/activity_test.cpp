// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

class ActivityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startedIsWrittenLate();
    void retriesWithBackoff();
    void stopsRetrying_data();
    void stopsRetrying();
    void timesOut_data();
    void timesOut();
    void noTimeForAnotherAttempt();
    void lastTimeoutNamesTheOneBefore();
    void heartbeatsCarryDetails();
    void cancelBeforeStart();
    void cancelInTheTaskThatSchedulesIt_data();
    void cancelInTheTaskThatSchedulesIt();
    void cancelledIdIsFreeAtOnce();
    void cancelInTheTaskThatEndsTheRun();
    void cancelWhileRunning();
    void cancelledWithoutRequestIsRefused();
    void completesById_data();
    void completesById();
    void oldTokenIsRefused();
    void eagerOneComesWithTheReply();
    void endsAreOrderedInTheBuffer();
    void priorityIsTheWorkflowsWhereItHasNone();
};

namespace {

void begin(Driver& driver, test::Command command = Driver::schedule("a")) {
    driver.start("w");
    driver.complete(driver.task(), {std::move(command)});
}

test::enums::EventType lastType(Driver& driver, size_t fromEnd) {
    const auto events = driver.events("w");
    return events[events.size() - fromEnd].event_type();
}

}  // namespace

void ActivityTest::startedIsWrittenLate() {
    Driver driver;
    begin(driver);
    const auto task = driver.activity();
    QCOMPARE(driver.run("w").log.lastId(), 5);
    driver.completeActivity(task);
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted WorkflowTaskScheduled")));
    QCOMPARE(driver.events("w")[6].activity_task_completed_event_attributes().started_event_id(), 6);
}

void ActivityTest::retriesWithBackoff() {
    Driver driver;
    begin(driver);
    for (const base::Duration wait : {1s, 2s, 4s}) {
        driver.failActivity(driver.activity());
        QVERIFY(!driver.world.held());
        driver.pass(wait - 1ms);
        QCOMPARE(driver.run("w").activities.begin()->second.phase, server::ActivityPhase::Backoff);
        driver.pass(1ms);
    }
    const auto task = driver.activity();
    QCOMPARE(task.attempt(), 4);
    driver.completeActivity(task);
    const auto started = driver.events("w")[5].activity_task_started_event_attributes();
    QCOMPARE(started.attempt(), 4);
    QCOMPARE(started.last_failure().message(), std::string("it broke"));
}

void ActivityTest::stopsRetrying_data() {
    QTest::addColumn<int>("maximumAttempts");
    QTest::addColumn<QString>("listedType");
    QTest::addColumn<bool>("nonRetryable");
    QTest::addColumn<int>("totalSeconds");
    QTest::addColumn<int>("state");
    QTest::newRow("attempts") << 1 << QString() << false << 0 << int(test::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
    QTest::newRow("listed") << 0 << QStringLiteral("Broken") << false << 0
                            << int(test::enums::RETRY_STATE_NON_RETRYABLE_FAILURE);
    QTest::newRow("flag") << 0 << QString() << true << 0 << int(test::enums::RETRY_STATE_NON_RETRYABLE_FAILURE);
    QTest::newRow("too late") << 0 << QString() << false << 1 << int(test::enums::RETRY_STATE_IN_PROGRESS);
}

void ActivityTest::stopsRetrying() {
    QFETCH(int, maximumAttempts);
    QFETCH(QString, listedType);
    QFETCH(bool, nonRetryable);
    QFETCH(int, totalSeconds);
    QFETCH(int, state);
    Driver driver;
    test::Command command = Driver::schedule("a");
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    attributes->mutable_retry_policy()->set_maximum_attempts(maximumAttempts);
    if (!listedType.isEmpty())
        attributes->mutable_retry_policy()->add_non_retryable_error_types(listedType.toStdString());
    if (totalSeconds > 0) payload::toProto(1500ms, attributes->mutable_schedule_to_close_timeout());
    begin(driver, command);
    driver.failActivity(driver.activity(), "Broken", nonRetryable);
    if (totalSeconds > 0) {
        driver.pass(1s);
        driver.failActivity(driver.activity());
        state = int(test::enums::RETRY_STATE_TIMEOUT);
    }
    QCOMPARE(lastType(driver, 2), test::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED);
    const auto events = driver.events("w");
    QCOMPARE(int(events[events.size() - 2].activity_task_failed_event_attributes().retry_state()), state);
}

void ActivityTest::timesOut_data() {
    QTest::addColumn<int>("type");
    QTest::newRow("schedule to start") << int(test::enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
    QTest::newRow("schedule to close") << int(test::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
    QTest::newRow("start to close") << int(test::enums::TIMEOUT_TYPE_START_TO_CLOSE);
    QTest::newRow("heartbeat") << int(test::enums::TIMEOUT_TYPE_HEARTBEAT);
}

void ActivityTest::timesOut() {
    QFETCH(int, type);
    Driver driver;
    test::Command command = Driver::schedule("a", 100s);
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    attributes->mutable_retry_policy()->set_maximum_attempts(1);
    if (type == test::enums::TIMEOUT_TYPE_SCHEDULE_TO_START) {
        payload::toProto(3s, attributes->mutable_schedule_to_start_timeout());
    } else if (type == test::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE) {
        payload::toProto(3s, attributes->mutable_schedule_to_close_timeout());
        payload::toProto(100s, attributes->mutable_schedule_to_start_timeout());
    } else if (type == test::enums::TIMEOUT_TYPE_HEARTBEAT) {
        payload::toProto(3s, attributes->mutable_heartbeat_timeout());
    } else {
        payload::toProto(3s, attributes->mutable_start_to_close_timeout());
    }
    begin(driver, command);
    if (type != test::enums::TIMEOUT_TYPE_SCHEDULE_TO_START) driver.activity();
    driver.pass(2999ms);
    QCOMPARE(driver.run("w").activities.size(), size_t(1));
    driver.pass(1ms);
    QCOMPARE(lastType(driver, 2), test::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT);
    const auto events = driver.events("w");
    const auto& timedOut = events[events.size() - 2].activity_task_timed_out_event_attributes();
    // Schedule-to-close caps start-to-close, and of two time-outs at one time the older one counts.
    QCOMPARE(int(timedOut.failure().timeout_failure_info().timeout_type()), type);
    const bool total =
        type == test::enums::TIMEOUT_TYPE_SCHEDULE_TO_START || type == test::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE;
    QCOMPARE(timedOut.retry_state(),
             total ? test::enums::RETRY_STATE_TIMEOUT : test::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
}

void ActivityTest::noTimeForAnotherAttempt() {
    Driver driver;
    test::Command command = Driver::schedule("a", 2s);
    payload::toProto(2500ms,
                     command.mutable_schedule_activity_task_command_attributes()->mutable_schedule_to_close_timeout());
    begin(driver, command);
    driver.activity();
    driver.pass(2s);
    const auto events = driver.events("w");
    const auto& timedOut = events[events.size() - 2].activity_task_timed_out_event_attributes();
    QCOMPARE(timedOut.retry_state(), test::enums::RETRY_STATE_TIMEOUT);
    QCOMPARE(timedOut.failure().timeout_failure_info().timeout_type(), test::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
    QVERIFY(!timedOut.failure().has_cause());
}

void ActivityTest::lastTimeoutNamesTheOneBefore() {
    Driver driver;
    test::Command command = Driver::schedule("a", 2s);
    command.mutable_schedule_activity_task_command_attributes()->mutable_retry_policy()->set_maximum_attempts(2);
    begin(driver, command);
    driver.failActivity(driver.activity());
    driver.pass(1s);
    driver.activity();
    driver.pass(2s);
    const auto events = driver.events("w");
    const auto& timedOut = events[events.size() - 2].activity_task_timed_out_event_attributes();
    QCOMPARE(timedOut.retry_state(), test::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
    QCOMPARE(timedOut.failure().timeout_failure_info().timeout_type(), test::enums::TIMEOUT_TYPE_START_TO_CLOSE);
    QCOMPARE(timedOut.failure().cause().message(), std::string("it broke"));
}

void ActivityTest::heartbeatsCarryDetails() {
    Driver driver;
    test::Command command = Driver::schedule("a", 100s);
    payload::toProto(3s, command.mutable_schedule_activity_task_command_attributes()->mutable_heartbeat_timeout());
    begin(driver, command);
    const auto task = driver.activity();
    test::api::RecordActivityTaskHeartbeatRequest beat;
    beat.set_task_token(task.task_token());
    beat.mutable_details()->add_payloads()->set_data("7");
    driver.pass(2s);
    driver.call("RecordActivityTaskHeartbeat", beat);
    driver.pass(2s);
    QCOMPARE(driver.run("w").activities.begin()->second.phase, server::ActivityPhase::Started);
    driver.pass(1s);
    driver.pass(1s);
    const auto again = driver.activity();
    QCOMPARE(again.attempt(), 2);
    QCOMPARE(again.heartbeat_details().payloads(0).data(), std::string("7"));
}

void ActivityTest::cancelBeforeStart() {
    Driver driver;
    begin(driver);
    driver.signal("w");
    driver.complete(driver.task(), {Driver::cancelActivity(5)});
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowTaskCompleted ActivityTaskCancelRequested ActivityTaskCanceled WorkflowTaskScheduled")));
    QVERIFY(!driver.pollActivity()->answered());
}

void ActivityTest::cancelInTheTaskThatSchedulesIt_data() {
    QTest::addColumn<bool>("eager");
    QTest::newRow("for any worker") << false;
    QTest::newRow("for this worker") << true;
}

void ActivityTest::cancelInTheTaskThatSchedulesIt() {
    QFETCH(bool, eager);
    Driver driver;
    driver.start("w");
    test::Command command = Driver::schedule("b");
    command.mutable_schedule_activity_task_command_attributes()->set_request_eager_execution(eager);
    // Workers that wait already must not get it before the task's last command is done.
    const test::Kept first = driver.pollActivity();
    const test::Kept second = driver.pollActivity();
    const auto reply = driver.complete(driver.task(), {Driver::schedule("a"), command, Driver::cancelActivity(6)});
    QCOMPARE(reply->as<test::api::RespondWorkflowTaskCompletedResponse>().activity_tasks_size(), 0);
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowTaskCompleted ActivityTaskScheduled ActivityTaskScheduled ActivityTaskCancelRequested "
                      "ActivityTaskCanceled WorkflowTaskScheduled")));
    QCOMPARE(first->as<test::api::PollActivityTaskQueueResponse>().activity_id(), std::string("a"));
    QVERIFY(!second->answered());
}

void ActivityTest::cancelledIdIsFreeAtOnce() {
    Driver driver;
    begin(driver);
    driver.signal("w", "1");
    driver.complete(driver.task(), {Driver::cancelActivity(5), Driver::schedule("a"), Driver::cancelActivity(11),
                                    Driver::schedule("a")});
    QCOMPARE(driver.history("w").count(QLatin1String("WorkflowTaskFailed")), 0);
    QCOMPARE(driver.run("w").activities.size(), size_t(1));
    driver.completeActivity(driver.activity());
    driver.complete(driver.task(), {Driver::schedule("c"), Driver::cancelActivity(99)});
    QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowTaskFailed")));
}

void ActivityTest::cancelInTheTaskThatEndsTheRun() {
    Driver driver;
    begin(driver);
    driver.signal("w", "1");
    driver.complete(driver.task(), {Driver::cancelActivity(5), Driver::completeWorkflow()});
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowTaskCompleted ActivityTaskCancelRequested WorkflowExecutionCompleted")));
}

void ActivityTest::cancelWhileRunning() {
    Driver driver;
    begin(driver);
    const auto task = driver.activity();
    driver.signal("w");
    driver.complete(driver.task(), {Driver::cancelActivity(5)});
    test::api::RecordActivityTaskHeartbeatRequest beat;
    beat.set_task_token(task.task_token());
    QVERIFY(driver.call("RecordActivityTaskHeartbeat", beat)
                ->as<test::api::RecordActivityTaskHeartbeatResponse>()
                .cancel_requested());
    test::api::RespondActivityTaskCanceledRequest canceled;
    canceled.set_task_token(task.task_token());
    QCOMPARE(driver.call("RespondActivityTaskCanceled", canceled)->code(), base::ErrorCode::Ok);
    QVERIFY(
        driver.history("w").endsWith(QLatin1String("ActivityTaskStarted ActivityTaskCanceled WorkflowTaskScheduled")));
}

void ActivityTest::cancelledWithoutRequestIsRefused() {
    Driver driver;
    begin(driver);
    test::api::RespondActivityTaskCanceledRequest canceled;
    canceled.set_task_token(driver.activity().task_token());
    QCOMPARE(driver.call("RespondActivityTaskCanceled", canceled)->code(), base::ErrorCode::InvalidArgument);
}

void ActivityTest::completesById_data() {
    QTest::addColumn<bool>("taken");
    QTest::newRow("by a worker that has it") << true;
    QTest::newRow("before any worker has it") << false;
}

void ActivityTest::completesById() {
    QFETCH(bool, taken);
    Driver driver;
    begin(driver);
    test::api::RespondActivityTaskCompletedByIdRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.set_activity_id("a");
    if (taken) driver.activity();
    QCOMPARE(driver.call("RespondActivityTaskCompletedById", request)->code(), base::ErrorCode::Ok);
    QVERIFY(
        driver.history("w").endsWith(QLatin1String("ActivityTaskStarted ActivityTaskCompleted WorkflowTaskScheduled")));
    QVERIFY2(taken || !driver.pollActivity()->answered(), "nobody gets an activity that is done");
    QCOMPARE(driver.call("RespondActivityTaskCompletedById", request)->code(), base::ErrorCode::NotFound);
}

void ActivityTest::oldTokenIsRefused() {
    Driver driver;
    begin(driver);
    const auto first = driver.activity();
    driver.failActivity(first);
    driver.pass(1s);
    driver.activity();
    const auto late = driver.completeActivity(first);
    QCOMPARE(late->code(), base::ErrorCode::NotFound);
    QCOMPARE(late->detail(), std::string("temporal.api.errordetails.v1.NotFoundFailure"));
}

void ActivityTest::eagerOneComesWithTheReply() {
    Driver driver;
    driver.start("w");
    test::Command command = Driver::schedule("a");
    command.mutable_schedule_activity_task_command_attributes()->set_request_eager_execution(true);
    const auto reply = driver.complete(driver.task(), {command});
    const auto response = reply->as<test::api::RespondWorkflowTaskCompletedResponse>();
    QCOMPARE(response.activity_tasks_size(), 1);
    QVERIFY(!driver.pollActivity()->answered());
    driver.completeActivity(response.activity_tasks(0));
    QVERIFY(driver.history("w").endsWith(QLatin1String("ActivityTaskCompleted WorkflowTaskScheduled")));
}

void ActivityTest::endsAreOrderedInTheBuffer() {
    Driver driver;
    begin(driver);
    const auto activity = driver.activity();
    driver.signal("w", "1");
    const auto task = driver.task();
    driver.completeActivity(activity);
    driver.signal("w", "2");
    driver.complete(task);
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowTaskCompleted ActivityTaskStarted WorkflowExecutionSignaled ActivityTaskCompleted "
                      "WorkflowTaskScheduled")));
    const auto events = driver.events("w");
    QCOMPARE(events[events.size() - 2].activity_task_completed_event_attributes().started_event_id(),
             events[events.size() - 4].event_id());
}

void ActivityTest::priorityIsTheWorkflowsWhereItHasNone() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.mutable_priority()->set_priority_key(1);
    request.mutable_priority()->set_fairness_key("mine");
    driver.start(request);
    test::Command own = Driver::schedule("b");
    own.mutable_schedule_activity_task_command_attributes()->mutable_priority()->set_priority_key(5);
    driver.complete(driver.task(), {Driver::schedule("a"), own});
    const auto first = driver.activity().priority();
    QCOMPARE(first.priority_key(), 1);
    QCOMPARE(first.fairness_key(), std::string("mine"));
    const auto second = driver.activity().priority();
    QCOMPARE(second.priority_key(), 5);
    QCOMPARE(second.fairness_key(), std::string("mine"));
}

QTEST_GUILESS_MAIN(ActivityTest)
#include "activity_test.moc"
