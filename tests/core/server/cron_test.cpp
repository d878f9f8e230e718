// SPDX-License-Identifier: MIT
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include "core/server/state/cron.h"
#endif

using namespace orrery;
using namespace std::chrono_literals;
namespace api = test::api;
using server::CronSchedule;
using test::Driver;

namespace {

base::Timestamp at(const char* text) { return *base::parseTimestamp(text); }

std::string nextOf(const std::string& schedule, base::Timestamp after) {
    const auto parsed = CronSchedule::parse(schedule);
    if (!parsed) return "invalid";
    const auto next = parsed->next(after);
    return next ? base::formatTimestamp(*next) : "none";
}

api::StartWorkflowExecutionRequest cronRequest(const std::string& schedule) {
    auto request = Driver::startRequest("w");
    request.set_cron_schedule(schedule);
    return request;
}

test::Command completeWith(const std::string& text) {
    auto command = Driver::completeWorkflow();
    command.mutable_complete_workflow_execution_command_attributes()->mutable_result()->add_payloads()->set_data(text);
    return command;
}

test::Command fail(const std::string& message) {
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
    auto* failure = command.mutable_fail_workflow_execution_command_attributes()->mutable_failure();
    failure->set_message(message);
    failure->mutable_application_failure_info()->set_type("Broken");
    return command;
}

const auto& startedOf(const server::HistoryEvent& event) { return event.workflow_execution_started_event_attributes(); }

base::Duration backoffOf(Driver& driver) {
    return payload::fromProto(driver.run("w").startedEvent().first_workflow_task_backoff());
}

}  // namespace

class CronTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void computesLikeTheReference();
    void staysUsefulWhereTheReferenceHangs();
    void findsALateSlotAtOnce();
    void backsOffInWholeSeconds();
    void refusesWhatNeverComes();
    void refusesADelayAsWell();
    void firstTaskWaits();
    void completionGoesOn();
    void failureGoesOn();
    void retriesComeBeforeTheNextSlot();
    void slotsPassedAreSkipped();
    void runTimeoutGoesOn();
    void executionTimeoutEnds();
    void terminateAndCancelEnd();
    void cancelDuringBackoffWakes();
    void signalDuringBackoffDoesNot();
    void parentHearsOnlyTheEnd();
    void continueAsNewCarriesOnlyWhatItSays();
    void signalWithStartHasOneToo();
    void startTakesLastResults();
};

void CronTest::computesLikeTheReference() {
    QFile file(QStringLiteral(ORRERY_SOURCE_DIR "/tests/data/cron/next.tsv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    int rows = 0;
    while (!file.atEnd()) {
        const QList<QByteArray> parts = file.readLine().trimmed().split('\t');
        QCOMPARE(parts.size(), 3);
        const QByteArray quoted = QByteArray("[") + parts[0] + "]";
        const QString schedule = QJsonDocument::fromJson(quoted).array().at(0).toString();
        const auto after = base::parseTimestamp(parts[1].toStdString());
        QVERIFY2(after, parts[1].constData());
        std::string expected = parts[2].toStdString();
        if (const auto time = base::parseTimestamp(expected)) expected = base::formatTimestamp(*time);
        const std::string found = nextOf(schedule.toStdString(), *after);
        QVERIFY2(found == expected,
                 qPrintable(QStringLiteral("%1 after %2: %3, not %4")
                                .arg(schedule, QString::fromUtf8(parts[1]), QString::fromStdString(expected),
                                     QString::fromStdString(found))));
        ++rows;
    }
    QVERIFY(rows > 2500);
}

void CronTest::staysUsefulWhereTheReferenceHangs() {
    // Samoa had no 30th of December 2011; going from day to day there leads the reference back to where it was.
    QCOMPARE(nextOf("TZ=Pacific/Apia 0 0 1 * *", at("2011-12-29T20:00:00Z")), std::string("2011-12-31T10:00:00Z"));
}

void CronTest::findsALateSlotAtOnce() {
    const auto same = [](const char* schedule, base::Timestamp after, base::Timestamp notBefore) {
        const auto parsed = CronSchedule::parse(schedule);
        auto expected = parsed->next(after);
        while (expected && *expected < notBefore) expected = parsed->next(*expected);
        QCOMPARE(parsed->next(after, notBefore), expected);
    };
    const auto start = at("2026-03-01T00:00:00.5Z");
    for (const char* schedule : {"*/7 * * * *", "30 2 * * *", "TZ=America/New_York 30 1,2 * * *", "0 0 31 * *",
                                 "0 12 13 * fri", "@every 7s", "@every 36h", "@monthly"}) {
        for (const auto by : {0h, 1h, 49h, 24h * 7, 24h * 40, 24h * 250}) same(schedule, start, start + by + 1ns);
    }
    // Would take minutes one by one.
    const auto everySecond = CronSchedule::parse("@every 1s");
    QCOMPARE(everySecond->next(start, start + 24h * 365 * 100), start + 24h * 365 * 100 + 500ms);
    const auto everyMinute = CronSchedule::parse("* * * * *");
    QCOMPARE(everyMinute->next(start, start + 24h * 365 * 100), start + 24h * 365 * 100 + 59s + 500ms);
}

void CronTest::backsOffInWholeSeconds() {
    const auto now = at("2026-03-12T09:00:00.300Z");
    QCOMPARE(server::cronBackoff("* * * * *", now, now), std::optional<base::Duration>(60s));
    QCOMPARE(server::cronBackoff("@every 10s", now, now + 3s), std::optional<base::Duration>(7s));
    // Asked before the slot that it was scheduled for.
    QCOMPARE(server::cronBackoff("* * * * *", now + 5s, now), std::optional<base::Duration>(5s));
    // Right at a slot: no wait.
    QCOMPARE(server::cronBackoff("* * * * *", at("2026-03-12T09:00:00Z"), at("2026-03-12T09:01:00Z")),
             std::optional<base::Duration>(0s));
    QCOMPARE(server::cronBackoff("", now, now), std::nullopt);
    QCOMPARE(server::cronBackoff("nonsense", now, now), std::nullopt);
    QCOMPARE(server::cronBackoff("0 0 30 2 *", now, now), std::nullopt);
}

void CronTest::refusesWhatNeverComes() {
    Driver driver;
    const auto call = driver.start(cronRequest("0 0 30 2 *"));
    QCOMPARE(call->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(call->message(), std::string("invalid CronSchedule, no time can be found to satisfy the schedule"));
    QCOMPARE(driver.start(cronRequest("TZ=Nowhere/Land * * * * *"))->message(), std::string("invalid CronSchedule."));
}

void CronTest::refusesADelayAsWell() {
    Driver driver;
    auto request = cronRequest("* * * * *");
    payload::toProto(1s, request.mutable_workflow_start_delay());
    QCOMPARE(driver.start(request)->message(),
             std::string("CronSchedule and WorkflowStartDelay may not be used together."));
}

void CronTest::firstTaskWaits() {
    Driver driver;
    driver.pass(20s);
    driver.start(cronRequest("* * * * *"));
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted"));
    const auto started = startedOf(driver.events("w")[0]);
    QCOMPARE(started.initiator(), test::enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE);
    QCOMPARE(QString::fromStdString(started.cron_schedule()), QStringLiteral("* * * * *"));
    QCOMPARE(backoffOf(driver), base::Duration(40s));
    const auto polled = driver.poll();
    driver.pass(40s - 1ns);
    QVERIFY(!polled->answered());
    driver.pass(1ns);
    QVERIFY(polled->answered());
}

void CronTest::completionGoesOn() {
    Driver driver;
    const std::string first =
        driver.start(cronRequest("@every 30s"))->as<api::StartWorkflowExecutionResponse>().run_id();
    driver.pass(30s);
    driver.complete(driver.task(), {completeWith("42")});
    const auto& next = driver.run("w");
    QVERIFY(next.runId != first);
    QCOMPARE(next.firstRunId, first);
    const auto events = driver.events("w", first);
    const auto& completed = events.back().workflow_execution_completed_event_attributes();
    QCOMPARE(completed.new_execution_run_id(), next.runId);
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted"));
    const auto started = startedOf(driver.events("w")[0]);
    QCOMPARE(started.continued_execution_run_id(), first);
    QCOMPARE(started.last_completion_result().payloads(0).data(), std::string("42"));
    QVERIFY(!started.has_continued_failure());
    QCOMPARE(started.attempt(), 1);
    QCOMPARE(started.initiator(), test::enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE);
    QCOMPARE(backoffOf(driver), base::Duration(30s));
}

void CronTest::failureGoesOn() {
    Driver driver;
    driver.start(cronRequest("@every 30s"));
    driver.pass(30s);
    driver.complete(driver.task(), {completeWith("42")});
    driver.pass(30s);
    const auto task = driver.task();
    const std::string failed = task.workflow_execution().run_id();
    driver.complete(task, {fail("no")});
    const auto last = driver.events("w", failed).back();
    QCOMPARE(last.event_type(), test::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
    QCOMPARE(last.workflow_execution_failed_event_attributes().new_execution_run_id(), driver.run("w").runId);
    QCOMPARE(last.workflow_execution_failed_event_attributes().retry_state(),
             test::enums::RETRY_STATE_RETRY_POLICY_NOT_SET);
    // The run after a failure still knows the last result.
    const auto started = startedOf(driver.events("w")[0]);
    QCOMPARE(started.continued_failure().message(), std::string("no"));
    QCOMPARE(started.last_completion_result().payloads(0).data(), std::string("42"));
    // One that succeeds forgets the failure.
    driver.pass(30s);
    driver.complete(driver.task(), {completeWith("43")});
    QVERIFY(!driver.run("w").startedEvent().has_continued_failure());
    QCOMPARE(driver.run("w").startedEvent().last_completion_result().payloads(0).data(), std::string("43"));
}

void CronTest::retriesComeBeforeTheNextSlot() {
    Driver driver;
    auto request = cronRequest("@every 1h");
    request.mutable_retry_policy()->set_maximum_attempts(2);
    payload::toProto(5s, request.mutable_retry_policy()->mutable_initial_interval());
    driver.start(request);
    driver.pass(1h);
    driver.pass(2s);
    driver.complete(driver.task(), {fail("one")});
    const auto retried = driver.run("w").startedEvent();
    QCOMPARE(retried.attempt(), 2);
    QCOMPARE(retried.initiator(), test::enums::CONTINUE_AS_NEW_INITIATOR_RETRY);
    QCOMPARE(backoffOf(driver), base::Duration(5s));
    driver.pass(5s);
    driver.complete(driver.task(), {fail("two")});
    const auto next = driver.run("w").startedEvent();
    QCOMPARE(next.attempt(), 1);
    QCOMPARE(next.initiator(), test::enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE);
    QCOMPARE(next.continued_failure().message(), std::string("two"));
    // Counted from when the retry was to run, so the schedule moves with it.
    QCOMPARE(backoffOf(driver), base::Duration(1h));
}

void CronTest::slotsPassedAreSkipped() {
    Driver driver;
    driver.start(cronRequest("@every 10s"));
    driver.pass(10s);
    const auto task = driver.task();
    driver.pass(8s);
    driver.complete(task, {Driver::timer("long", 25s)});
    driver.pass(25s);
    driver.complete(driver.task(), {completeWith("late")});
    // 10 s scheduled, 43 s now: 20, 30 and 40 have passed.
    QCOMPARE(backoffOf(driver), base::Duration(7s));
}

void CronTest::runTimeoutGoesOn() {
    Driver driver;
    auto request = cronRequest("@every 10s");
    payload::toProto(3s, request.mutable_workflow_run_timeout());
    const std::string first = driver.start(request)->as<api::StartWorkflowExecutionResponse>().run_id();
    driver.pass(10s);
    driver.complete(driver.task(), {Driver::timer("long", 25s)});
    driver.pass(3s);
    const auto last = driver.events("w", first).back();
    QCOMPARE(last.event_type(), test::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT);
    QCOMPARE(last.workflow_execution_timed_out_event_attributes().new_execution_run_id(), driver.run("w").runId);
    const auto started = driver.run("w").startedEvent();
    QCOMPARE(started.continued_failure().message(), std::string("workflow timeout"));
    QCOMPARE(started.continued_failure().source(), std::string("Server"));
    QCOMPARE(backoffOf(driver), base::Duration(7s));
}

void CronTest::executionTimeoutEnds() {
    Driver driver;
    auto request = cronRequest("@every 10s");
    payload::toProto(12s, request.mutable_workflow_execution_timeout());
    driver.start(request);
    driver.pass(10s);
    driver.complete(driver.task(), {completeWith("1")});
    driver.pass(2s);
    QVERIFY(!driver.run("w").open());
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowExecutionTimedOut"));
    QCOMPARE(driver.events("w").back().workflow_execution_timed_out_event_attributes().new_execution_run_id(),
             std::string());
}

void CronTest::terminateAndCancelEnd() {
    Driver driver;
    driver.start(cronRequest("@every 10s"));
    api::TerminateWorkflowExecutionRequest terminate;
    terminate.set_namespace_("default");
    terminate.mutable_workflow_execution()->set_workflow_id("w");
    QVERIFY(!driver.call("TerminateWorkflowExecution", terminate)->failed());
    driver.pass(1min);
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowExecutionTerminated"));

    auto again = cronRequest("@every 10s");
    again.set_request_id("again");
    driver.start(again);
    driver.pass(10s);
    test::Command cancel;
    cancel.set_command_type(test::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION);
    cancel.mutable_cancel_workflow_execution_command_attributes();
    driver.complete(driver.task(), {cancel});
    QCOMPARE(driver.run("w").status, test::enums::WORKFLOW_EXECUTION_STATUS_CANCELED);
}

void CronTest::cancelDuringBackoffWakes() {
    Driver driver;
    driver.start(cronRequest("@every 1h"));
    api::RequestCancelWorkflowExecutionRequest cancel;
    cancel.set_namespace_("default");
    cancel.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("RequestCancelWorkflowExecution", cancel);
    QCOMPARE(driver.history("w"),
             QStringLiteral("WorkflowExecutionStarted WorkflowExecutionCancelRequested WorkflowTaskScheduled"));
    // The back-off is over for good.
    driver.complete(driver.task());
    driver.pass(2h);
    QVERIFY(!driver.poll()->answered());
}

void CronTest::signalDuringBackoffDoesNot() {
    Driver driver;
    driver.start(cronRequest("@every 1h"));
    driver.signal("w");
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowExecutionSignaled"));
    driver.pass(1h);
    QCOMPARE(driver.history("w"),
             QStringLiteral("WorkflowExecutionStarted WorkflowExecutionSignaled WorkflowTaskScheduled"));
}

void CronTest::parentHearsOnlyTheEnd() {
    Driver driver;
    driver.start("parent");
    test::Command child;
    child.set_command_type(test::enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* attributes = child.mutable_start_child_workflow_execution_command_attributes();
    attributes->set_workflow_id("w");
    attributes->mutable_workflow_type()->set_name("Child");
    attributes->mutable_task_queue()->set_name("children");
    attributes->set_cron_schedule("@every 10s");
    driver.complete(driver.task(), {child});
    QVERIFY(driver.history("parent").contains(QLatin1String("ChildWorkflowExecutionStarted")));
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted"));
    QCOMPARE(backoffOf(driver), base::Duration(10s));
    driver.complete(driver.task());
    for (int i = 0; i < 3; ++i) {
        driver.pass(10s);
        driver.complete(driver.task("children"), {completeWith(std::to_string(i))});
    }
    QVERIFY(!driver.poll()->answered());
    api::TerminateWorkflowExecutionRequest terminate;
    terminate.set_namespace_("default");
    terminate.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("TerminateWorkflowExecution", terminate);
    QVERIFY(driver.history("parent").endsWith(
        QLatin1String("ChildWorkflowExecutionTerminated WorkflowTaskScheduled WorkflowTaskStarted")));
}

void CronTest::continueAsNewCarriesOnlyWhatItSays() {
    Driver driver;
    driver.start(cronRequest("@every 10s"));
    driver.pass(10s);
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    command.mutable_continue_as_new_workflow_execution_command_attributes();
    driver.complete(driver.task(), {command});
    QCOMPARE(driver.run("w").startedEvent().cron_schedule(), std::string());
    QCOMPARE(driver.run("w").startedEvent().initiator(), test::enums::CONTINUE_AS_NEW_INITIATOR_WORKFLOW);
}

void CronTest::signalWithStartHasOneToo() {
    Driver driver;
    api::SignalWithStartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.mutable_workflow_type()->set_name("Order");
    request.mutable_task_queue()->set_name("queue");
    request.set_signal_name("go");
    request.set_cron_schedule("@every 10s");
    QVERIFY(!driver.call("SignalWithStartWorkflowExecution", request)->failed());
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowExecutionSignaled"));
    driver.pass(10s);
    driver.complete(driver.task(), {completeWith("1")});
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted"));
}

void CronTest::startTakesLastResults() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.mutable_last_completion_result()->add_payloads()->set_data("1");
    request.mutable_continued_failure()->set_message("before");
    driver.start(request);
    QCOMPARE(driver.run("w").startedEvent().last_completion_result().payloads(0).data(), std::string("1"));
    QCOMPARE(driver.run("w").startedEvent().continued_failure().message(), std::string("before"));
}

QTEST_GUILESS_MAIN(CronTest)
#include "cron_test.moc"
