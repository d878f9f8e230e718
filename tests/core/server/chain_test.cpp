// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
namespace api = test::api;
using test::Command;
using test::Driver;
namespace enums = test::enums;

namespace {

api::StartWorkflowExecutionRequest retried(int attempts = 0) {
    auto request = Driver::startRequest("w");
    auto* policy = request.mutable_retry_policy();
    payload::toProto(10s, policy->mutable_initial_interval());
    policy->set_backoff_coefficient(3);
    payload::toProto(60s, policy->mutable_maximum_interval());
    policy->set_maximum_attempts(attempts);
    return request;
}

Command fail(const std::string& type = "Broken", bool nonRetryable = false) {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
    auto* failure = command.mutable_fail_workflow_execution_command_attributes()->mutable_failure();
    failure->set_message("it broke");
    failure->mutable_application_failure_info()->set_type(type);
    failure->mutable_application_failure_info()->set_non_retryable(nonRetryable);
    return command;
}

Command failAndWait(base::Duration delay) {
    Command command = fail();
    auto* info = command.mutable_fail_workflow_execution_command_attributes()
                     ->mutable_failure()
                     ->mutable_application_failure_info();
    payload::toProto(delay, info->mutable_next_retry_delay());
    return command;
}

base::Duration backoffOf(Driver& driver) {
    return payload::fromProto(driver.run("w").startedEvent().first_workflow_task_backoff());
}

const auto& failedOf(const server::HistoryEvent& event) { return event.workflow_execution_failed_event_attributes(); }

/// The first run of the workflow, which is over by now, ends with this.
server::HistoryEvent endOfFirst(Driver& driver) { return driver.events("w", driver.run("w").firstRunId).back(); }

api::GetWorkflowExecutionHistoryResponse closeEventOf(Driver& driver, const std::string& runId) {
    api::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.mutable_execution()->set_run_id(runId);
    request.set_history_event_filter_type(enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    return driver.call("GetWorkflowExecutionHistory", request)->as<api::GetWorkflowExecutionHistoryResponse>();
}

}  // namespace

class ChainTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void backsOffLongerAndLonger();
    void carriesWhatItStartedWith();
    void givesUpAfterItsAttempts();
    void givesUpWhereNoTimeIsLeft();
    void failuresNotWorthARetry_data();
    void failuresNotWorthARetry();
    void ownDelayIsCapped();
    void noOwnDelayIsTheLongest();
    void aRunLastsASecond();
    void runTimeoutIsRetried();
    void executionTimeoutIsNot();
    void cancelAndTerminateAreNot();
    void oldClientsFollow();
    void continueAsNewTakesTheRestOfASecond();
    void continueAsNewAsksForABackoff();
    void continueAsNewKeepsTheEndOfTime();
    void continueAsNewIsANewFirstAttempt();
    void rootIsTheRunItself();
    void startDelayIsPartOfTheExecutionTimeout();
    void suggestsToContinueAsNew();
};

void ChainTest::backsOffLongerAndLonger() {
    Driver driver;
    driver.start(retried());
    for (const auto wait : {10s, 30s, 60s, 60s}) {
        driver.complete(driver.task(), {fail()});
        QCOMPARE(backoffOf(driver), base::Duration(wait));
        driver.pass(wait - 1ns);
        QVERIFY(driver.history("w") == QLatin1String("WorkflowExecutionStarted"));
        driver.pass(1ns);
    }
    QCOMPARE(driver.run("w").startedEvent().attempt(), 5);
    const auto end = endOfFirst(driver);
    QCOMPARE(failedOf(end).retry_state(), enums::RETRY_STATE_IN_PROGRESS);
    QVERIFY(!failedOf(end).new_execution_run_id().empty());
}

void ChainTest::carriesWhatItStartedWith() {
    Driver driver;
    auto request = retried();
    (*request.mutable_memo()->mutable_fields())["team"].set_data("\"red\"");
    request.mutable_input()->add_payloads()->set_data("1");
    (*request.mutable_header()->mutable_fields())["trace"].set_data("2");
    request.mutable_priority()->set_priority_key(2);
    request.mutable_last_completion_result()->add_payloads()->set_data("3");
    request.set_identity("client");
    driver.start(request);
    Command memo;
    memo.set_command_type(enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES);
    auto* fields = memo.mutable_modify_workflow_properties_command_attributes()->mutable_upserted_memo();
    (*fields->mutable_fields())["team"].set_data("\"blue\"");
    driver.complete(driver.task(), {memo, fail()});
    const auto next = driver.run("w").startedEvent();
    QCOMPARE(next.initiator(), enums::CONTINUE_AS_NEW_INITIATOR_RETRY);
    QCOMPARE(next.attempt(), 2);
    QCOMPARE(next.continued_failure().message(), std::string("it broke"));
    QCOMPARE(next.memo().fields().at("team").data(), std::string("\"red\""));
    QCOMPARE(next.input().payloads(0).data(), std::string("1"));
    QCOMPARE(next.header().fields().at("trace").data(), std::string("2"));
    QCOMPARE(next.priority().priority_key(), 2);
    QVERIFY(!next.has_last_completion_result());
    QCOMPARE(next.identity(), std::string());
    QCOMPARE(next.first_execution_run_id(), driver.run("w").firstRunId);
    QVERIFY(next.continued_execution_run_id() != driver.run("w").runId);
}

void ChainTest::givesUpAfterItsAttempts() {
    Driver driver;
    driver.start(retried(2));
    driver.complete(driver.task(), {fail()});
    driver.pass(10s);
    driver.complete(driver.task(), {fail()});
    QVERIFY(!driver.run("w").open());
    const auto end = driver.events("w").back();
    QCOMPARE(failedOf(end).retry_state(), enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
    QCOMPARE(failedOf(end).new_execution_run_id(), std::string());
}

void ChainTest::givesUpWhereNoTimeIsLeft() {
    for (const bool justEnough : {true, false}) {
        Driver driver;
        auto request = retried();
        payload::toProto(justEnough ? base::Duration(10s) : 10s - 1ms, request.mutable_workflow_execution_timeout());
        driver.start(request);
        driver.complete(driver.task(), {fail()});
        QCOMPARE(driver.run("w").open(), justEnough);
        if (!justEnough) {
            QCOMPARE(failedOf(driver.events("w").back()).retry_state(), enums::RETRY_STATE_TIMEOUT);
        }
    }
}

void ChainTest::failuresNotWorthARetry_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<bool>("nonRetryable");
    QTest::addColumn<bool>("retried");
    QTest::newRow("any") << QStringLiteral("Broken") << false << true;
    QTest::newRow("that says so") << QStringLiteral("Broken") << true << false;
    QTest::newRow("of a type that is listed") << QStringLiteral("Fatal") << false << false;
}

void ChainTest::failuresNotWorthARetry() {
    Driver driver;
    auto request = retried();
    QFETCH(QString, type);
    QFETCH(bool, nonRetryable);
    QFETCH(bool, retried);
    request.mutable_retry_policy()->add_non_retryable_error_types("Fatal");
    driver.start(request);
    driver.complete(driver.task(), {fail(type.toStdString(), nonRetryable)});
    QCOMPARE(driver.run("w").open(), retried);
    const auto state = failedOf(endOfFirst(driver)).retry_state();
    QCOMPARE(state, retried ? enums::RETRY_STATE_IN_PROGRESS : enums::RETRY_STATE_NON_RETRYABLE_FAILURE);
}

void ChainTest::ownDelayIsCapped() {
    Driver driver;
    driver.start(retried());
    driver.complete(driver.task(), {failAndWait(25s)});
    QCOMPARE(backoffOf(driver), base::Duration(25s));
    driver.pass(25s);
    driver.complete(driver.task(), {failAndWait(61s)});
    QCOMPARE(backoffOf(driver), base::Duration(60s));
}

void ChainTest::noOwnDelayIsTheLongest() {
    Driver driver;
    driver.start(retried());
    driver.complete(driver.task(), {failAndWait(0s)});
    QCOMPARE(backoffOf(driver), base::Duration(60s));
}

void ChainTest::aRunLastsASecond() {
    Driver driver;
    auto request = retried();
    payload::toProto(1ms, request.mutable_retry_policy()->mutable_initial_interval());
    driver.start(request);
    driver.pass(300ms);
    driver.complete(driver.task(), {fail()});
    QCOMPARE(backoffOf(driver), base::Duration(700ms));
    driver.pass(700ms);
    driver.pass(2s);
    driver.complete(driver.task(), {fail()});
    QCOMPARE(backoffOf(driver), base::Duration(3ms));
}

void ChainTest::runTimeoutIsRetried() {
    Driver driver;
    auto request = retried();
    payload::toProto(5s, request.mutable_workflow_run_timeout());
    driver.start(request);
    driver.complete(driver.task());
    driver.pass(5s);
    const auto end = endOfFirst(driver);
    QCOMPARE(end.event_type(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT);
    const auto& attributes = end.workflow_execution_timed_out_event_attributes();
    QCOMPARE(attributes.new_execution_run_id(), driver.run("w").runId);
    QCOMPARE(attributes.retry_state(), enums::RETRY_STATE_IN_PROGRESS);
    const auto failure = driver.run("w").startedEvent().continued_failure();
    QCOMPARE(failure.message(), std::string("workflow timeout"));
    QCOMPARE(failure.timeout_failure_info().timeout_type(), enums::TIMEOUT_TYPE_START_TO_CLOSE);
    // The next run has its own five seconds, counted from its first task.
    driver.pass(10s + 5s - 1ns);
    QVERIFY(driver.run("w").startedEvent().attempt() == 2 && driver.run("w").open());
    driver.pass(1ns);
    QCOMPARE(driver.run("w").startedEvent().attempt(), 3);
}

void ChainTest::executionTimeoutIsNot() {
    Driver driver;
    auto request = retried();
    payload::toProto(15s, request.mutable_workflow_execution_timeout());
    driver.start(request);
    driver.complete(driver.task(), {fail()});
    driver.pass(15s);
    QVERIFY(!driver.run("w").open());
    const auto attributes = driver.events("w").back().workflow_execution_timed_out_event_attributes();
    QCOMPARE(attributes.retry_state(), enums::RETRY_STATE_TIMEOUT);
    QCOMPARE(attributes.new_execution_run_id(), std::string());
}

void ChainTest::cancelAndTerminateAreNot() {
    Driver driver;
    driver.start(retried());
    Command cancel;
    cancel.set_command_type(enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION);
    cancel.mutable_cancel_workflow_execution_command_attributes();
    driver.complete(driver.task(), {cancel});
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_CANCELED);
}

void ChainTest::oldClientsFollow() {
    Driver driver;
    const std::string first = driver.start(retried())->as<api::StartWorkflowExecutionResponse>().run_id();
    driver.complete(driver.task(), {fail()});
    const auto old = closeEventOf(driver, first);
    QCOMPARE(old.history().events_size(), 1);
    QCOMPARE(old.history().events(0).event_type(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
    const auto& attributes = old.history().events(0).workflow_execution_continued_as_new_event_attributes();
    QCOMPARE(attributes.new_execution_run_id(), driver.run("w").runId);
    driver.features = "follows-next-run-id";
    QCOMPARE(closeEventOf(driver, first).history().events(0).event_type(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
}

void ChainTest::continueAsNewTakesTheRestOfASecond() {
    Driver driver;
    driver.start("w");
    driver.pass(400ms);
    driver.complete(driver.task(), {Driver::continueAsNew()});
    QCOMPARE(backoffOf(driver), base::Duration(600ms));
    driver.pass(600ms);
    driver.pass(1s);
    driver.complete(driver.task(), {Driver::continueAsNew()});
    QCOMPARE(backoffOf(driver), base::Duration(0s));
}

void ChainTest::continueAsNewAsksForABackoff() {
    Driver driver;
    driver.start("w");
    Command command = Driver::continueAsNew();
    auto* attributes = command.mutable_continue_as_new_workflow_execution_command_attributes();
    payload::toProto(5s, attributes->mutable_backoff_start_interval());
    attributes->set_initiator(enums::CONTINUE_AS_NEW_INITIATOR_RETRY);
    attributes->mutable_failure()->set_message("before");
    attributes->mutable_last_completion_result()->add_payloads()->set_data("1");
    driver.complete(driver.task(), {command});
    QCOMPARE(backoffOf(driver), base::Duration(5s));
    const auto next = driver.run("w").startedEvent();
    QCOMPARE(next.attempt(), 2);
    QCOMPARE(next.continued_failure().message(), std::string("before"));
    QCOMPARE(next.last_completion_result().payloads(0).data(), std::string("1"));
    const auto end = endOfFirst(driver);
    const auto& closed = end.workflow_execution_continued_as_new_event_attributes();
    QCOMPARE(closed.last_completion_result().payloads(0).data(), std::string("1"));
    QCOMPARE(payload::fromProto(closed.backoff_start_interval()), base::Duration(5s));
}

void ChainTest::continueAsNewKeepsTheEndOfTime() {
    Driver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(10s, request.mutable_workflow_execution_timeout());
    driver.start(request);
    driver.pass(6s);
    driver.complete(driver.task(), {Driver::continueAsNew()});
    driver.pass(4s - 1ns);
    QVERIFY(driver.run("w").open());
    driver.pass(1ns);
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
}

void ChainTest::continueAsNewIsANewFirstAttempt() {
    Driver driver;
    driver.start(retried());
    driver.complete(driver.task(), {fail()});
    driver.pass(10s);
    driver.pass(1s);
    driver.complete(driver.task(), {Driver::continueAsNew()});
    const auto next = driver.run("w").startedEvent();
    QCOMPARE(next.attempt(), 1);
    QVERIFY(!next.has_retry_policy());
    QVERIFY(!next.has_continued_failure());
    QCOMPARE(next.initiator(), enums::CONTINUE_AS_NEW_INITIATOR_WORKFLOW);
}

void ChainTest::rootIsTheRunItself() {
    Driver driver;
    driver.start("w");
    driver.pass(1s);
    driver.complete(driver.task(), {Driver::continueAsNew()});
    QCOMPARE(driver.run("w").rootRunId(), driver.run("w").runId);
}

void ChainTest::startDelayIsPartOfTheExecutionTimeout() {
    Driver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(10s, request.mutable_workflow_execution_timeout());
    payload::toProto(7s, request.mutable_workflow_start_delay());
    driver.start(request);
    driver.pass(10s);
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
}

void ChainTest::suggestsToContinueAsNew() {
    server::WorldOptions options;
    options.limits.suggestContinueEvents = 12;
    options.limits.suggestContinueSize = 10'000;
    Driver driver(options);
    driver.start("w");
    const auto started = [&driver] {
        const auto task = driver.task();
        driver.complete(task, {Driver::timer("t" + std::to_string(task.started_event_id()), 1s)});
        driver.pass(1s);
        const auto events = driver.events("w");
        return events[size_t(task.started_event_id() - 1)].workflow_task_started_event_attributes();
    };
    QVERIFY(!started().suggest_continue_as_new());  // event 3
    QVERIFY(!started().suggest_continue_as_new());  // event 8
    const auto third = started();                   // event 13
    QVERIFY(third.suggest_continue_as_new());
    QCOMPARE(third.suggest_continue_as_new_reasons_size(), 1);
    QCOMPARE(third.suggest_continue_as_new_reasons(0), enums::SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS);
    api::SignalWorkflowExecutionRequest signal;
    signal.set_namespace_("default");
    signal.mutable_workflow_execution()->set_workflow_id("w");
    signal.set_signal_name("long");
    signal.mutable_input()->add_payloads()->set_data(std::string(10'000, 'x'));
    driver.call("SignalWorkflowExecution", signal);
    const auto fourth = started();
    QCOMPARE(fourth.suggest_continue_as_new_reasons_size(), 2);
    QCOMPARE(fourth.suggest_continue_as_new_reasons(0), enums::SUGGEST_CONTINUE_AS_NEW_REASON_HISTORY_SIZE_TOO_LARGE);
}

QTEST_GUILESS_MAIN(ChainTest)
#include "chain_test.moc"
