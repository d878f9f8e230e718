// SPDX-License-Identifier: MIT
// What workers say of an activity under way, and failures that are too large to be kept whole.
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include "core/server/state/failures.h"
#endif

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

namespace {

#ifndef Q_MOC_RUN
using temporal::api::failure::v1::Failure;
#endif

/// The only one of workflow "w", and a worker has it.
test::api::PollActivityTaskQueueResponse begun(Driver& driver) {
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a", 1h)});
    return driver.activity();
}

void beat(Driver& driver, const test::api::PollActivityTaskQueueResponse& task, const std::string& details,
          const std::string& identity = {}) {
    test::api::RecordActivityTaskHeartbeatRequest request;
    request.set_task_token(task.task_token());
    request.set_identity(identity);
    if (!details.empty()) request.mutable_details()->add_payloads()->set_data(details);
    QVERIFY(!driver.call("RecordActivityTaskHeartbeat", request)->failed());
}

test::api::RespondActivityTaskFailedRequest failureOf(const test::api::PollActivityTaskQueueResponse& task) {
    test::api::RespondActivityTaskFailedRequest request;
    request.set_task_token(task.task_token());
    request.mutable_failure()->set_message("it broke");
    request.mutable_failure()->mutable_application_failure_info()->set_type("Broken");
    return request;
}

auto pending(Driver& driver) { return driver.describe("w").pending_activities(0); }

}  // namespace

class ActivityNewsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void heartbeatReplacesDetails();
    void heartbeatNamesItsWorker();
    void failureBringsProgress();
    void retryDelayHasToBeADuration_data();
    void retryDelayHasToBeADuration();
    void delayOfCauseIsLookedAt();
    void largeFailureIsWrapped();
    void hugeFailureIsTold();
    void cutKeepsWhatMatters();
    void cutEndsBetweenCharacters();
};

void ActivityNewsTest::heartbeatReplacesDetails() {
    Driver driver;
    const auto task = begun(driver);
    beat(driver, task, "half");
    QCOMPARE(pending(driver).heartbeat_details().payloads(0).data(), std::string("half"));
    beat(driver, task, "");
    QVERIFY(!pending(driver).has_heartbeat_details());
    QVERIFY(pending(driver).has_last_heartbeat_time());
}

void ActivityNewsTest::heartbeatNamesItsWorker() {
    Driver driver;
    const auto task = begun(driver);
    beat(driver, task, "", "helper");
    QCOMPARE(pending(driver).last_worker_identity(), std::string("helper"));
    beat(driver, task, "");
    QCOMPARE(pending(driver).last_worker_identity(), std::string("helper"));
}

void ActivityNewsTest::failureBringsProgress() {
    Driver driver;
    const auto task = begun(driver);
    driver.pass(5s);
    auto request = failureOf(task);
    request.set_identity("helper");
    request.mutable_last_heartbeat_details()->add_payloads()->set_data("half");
    driver.call("RespondActivityTaskFailed", request);
    const auto info = pending(driver);
    QCOMPARE(info.attempt(), 2);
    QVERIFY(payload::fromProto(info.last_heartbeat_time()) == driver.world.now);
    QCOMPARE(info.last_worker_identity(), std::string("helper"));
    driver.pass(1s);
    QCOMPARE(driver.activity().heartbeat_details().payloads(0).data(), std::string("half"));
}

void ActivityNewsTest::retryDelayHasToBeADuration_data() {
    QTest::addColumn<qint64>("seconds");
    QTest::addColumn<int>("nanos");
    QTest::addColumn<QString>("problem");
    QTest::newRow("good") << qint64(1) << 1 << QString();
    QTest::newRow("longest") << qint64(315'576'000'000) << 0 << QString();
    QTest::newRow("long") << qint64(315'576'000'001) << 0
                          << QStringLiteral("proto: duration (seconds:315576000001) exceeds +10000 years");
    QTest::newRow("early") << qint64(-315'576'000'001) << 0
                           << QStringLiteral("proto: duration (seconds:-315576000001) exceeds -10000 years");
    QTest::newRow("nanos") << qint64(0) << 1'000'000'000
                           << QStringLiteral("proto: duration (nanos:1000000000) has out-of-range nanos");
    QTest::newRow("signs") << qint64(1) << -1
                           << QStringLiteral(
                                  "proto: duration (seconds:1 nanos:-1) has seconds and nanos with "
                                  "different signs");
}

void ActivityNewsTest::retryDelayHasToBeADuration() {
    QFETCH(qint64, seconds);
    QFETCH(int, nanos);
    QFETCH(QString, problem);
    Driver driver;
    auto request = failureOf(begun(driver));
    auto* delay = request.mutable_failure()->mutable_application_failure_info()->mutable_next_retry_delay();
    delay->set_seconds(seconds);
    delay->set_nanos(nanos);
    const Kept answer = driver.call("RespondActivityTaskFailed", request);
    QCOMPARE(answer->failed(), !problem.isEmpty());
    if (problem.isEmpty()) return;
    QCOMPARE(answer->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(QString::fromStdString(answer->message()),
             QStringLiteral("NextRetryDelay is not a valid duration: ") + problem);
}

void ActivityNewsTest::delayOfCauseIsLookedAt() {
    Driver driver;
    begun(driver);
    test::api::RespondActivityTaskFailedByIdRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.set_activity_id("a");
    auto* info = request.mutable_failure()->mutable_cause()->mutable_cause()->mutable_application_failure_info();
    info->mutable_next_retry_delay()->set_nanos(2'000'000'000);
    QCOMPARE(driver.call("RespondActivityTaskFailedById", request)->code(), base::ErrorCode::InvalidArgument);
}

void ActivityNewsTest::largeFailureIsWrapped() {
    Driver driver;
    auto request = failureOf(begun(driver));
    request.mutable_failure()->set_stack_trace(std::string(8000, 's'));
    driver.call("RespondActivityTaskFailed", request);
    const auto kept = pending(driver).last_failure();
    QCOMPARE(kept.message(), std::string("Failure exceeds size limit."));
    QVERIFY(kept.has_server_failure_info() && !kept.server_failure_info().non_retryable());
    QVERIFY(kept.source().empty());
    QCOMPARE(kept.cause().message(), std::string("it broke"));
    QCOMPARE(kept.cause().application_failure_info().type(), std::string("Broken"));
    QVERIFY(kept.cause().stack_trace().size() > 3900);
    QVERIFY(kept.cause().ByteSizeLong() <= 4096);
}

void ActivityNewsTest::hugeFailureIsTold() {
    Driver driver;
    auto request = failureOf(begun(driver));
    request.mutable_failure()->set_stack_trace(std::string(3 * 1024 * 1024, 's'));
    const Kept answer = driver.call("RespondActivityTaskFailed", request);
    const auto told = answer->as<test::api::RespondActivityTaskFailedResponse>().failures(0);
    QVERIFY(told.server_failure_info().non_retryable());
    QVERIFY(told.cause().stack_trace().size() > 500 * 1024);
    QVERIFY(told.cause().ByteSizeLong() <= 512 * 1024);
    const auto last = driver.events("w");
    const auto event = std::find_if(last.begin(), last.end(), [](const auto& each) {
        return each.event_type() == test::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED;
    });
    QVERIFY(event != last.end());
    QCOMPARE(event->activity_task_failed_event_attributes().failure().SerializeAsString(), told.SerializeAsString());
}

void ActivityNewsTest::cutKeepsWhatMatters() {
    Failure failure;
    failure.set_message(std::string(100, 'm'));
    failure.set_stack_trace(std::string(1000, 's'));
    failure.mutable_application_failure_info()->set_type("Broken");
    failure.mutable_application_failure_info()->mutable_details()->add_payloads()->set_data("gone");
    failure.mutable_cause()->set_message("deep");
    failure.mutable_cause()->mutable_server_failure_info()->set_non_retryable(true);
    const Failure whole = server::cutFailure(failure, 2000);
    QCOMPARE(whole.stack_trace().size(), size_t(1000));
    QVERIFY(!whole.application_failure_info().has_details());
    QCOMPARE(whole.cause().message(), std::string("deep"));
    QVERIFY(whole.cause().server_failure_info().non_retryable());
    const Failure tight = server::cutFailure(failure, 200);
    QCOMPARE(tight.message().size(), size_t(100));
    QCOMPARE(tight.stack_trace().size(), size_t(200 - 6 - 4 - 8 - 100 - 4));
    QVERIFY(!tight.has_cause());
}

void ActivityNewsTest::cutEndsBetweenCharacters() {
    Failure failure;
    failure.set_message("\xC3\xA4\xC3\xA4");
    QCOMPARE(server::cutFailure(failure, 3).message(), std::string("\xC3\xA4"));
    QCOMPARE(server::cutFailure(failure, 1).message(), std::string());
    QCOMPARE(server::cutFailure(failure, 0).message(), std::string());
}

QTEST_GUILESS_MAIN(ActivityNewsTest)
#include "activity_news_test.moc"
