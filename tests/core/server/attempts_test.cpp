// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include <google/protobuf/struct.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
namespace api = test::api;
using google::protobuf::Struct;
using google::protobuf::Value;
using test::Command;
using test::Driver;

namespace {

Command retried(int attempts = 0, base::Duration startToClose = 10s) {
    Command command = Driver::schedule("a", startToClose);
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    auto* policy = attributes->mutable_retry_policy();
    payload::toProto(1s, policy->mutable_initial_interval());
    policy->set_backoff_coefficient(1);
    policy->set_maximum_attempts(attempts);
    return command;
}

test::Kept list(Driver& driver, const std::string& workflowId = "w", const std::string& activityId = {},
                const std::string& runId = {}) {
    Struct request;
    (*request.mutable_fields())["namespace"].set_string_value("default");
    (*request.mutable_fields())["workflowId"].set_string_value(workflowId);
    (*request.mutable_fields())["activityId"].set_string_value(activityId);
    (*request.mutable_fields())["runId"].set_string_value(runId);
    return driver.call("List", request, "orrery.history.v1.Attempts");
}

std::vector<Struct> structs(const Struct& from, const char* name) {
    std::vector<Struct> found;
    const auto list = from.fields().find(name);
    if (list == from.fields().end()) return found;
    for (const Value& value : list->second.list_value().values()) found.push_back(value.struct_value());
    return found;
}

std::vector<Struct> activities(Driver& driver) { return structs(list(driver)->as<Struct>(), "activities"); }

std::vector<Struct> attempts(Driver& driver) {
    const auto all = activities(driver);
    return all.size() == 1 ? structs(all[0], "attempts") : std::vector<Struct>();
}

std::string text(const Struct& from, const char* name) {
    const auto found = from.fields().find(name);
    return found == from.fields().end() ? std::string() : found->second.string_value();
}

int number(const Struct& from, const char* name) { return int(from.fields().at(name).number_value()); }

void heartbeat(Driver& driver, const api::PollActivityTaskQueueResponse& task, const std::string& details) {
    api::RecordActivityTaskHeartbeatRequest request;
    request.set_task_token(task.task_token());
    request.mutable_details()->add_payloads()->set_data(details);
    driver.call("RecordActivityTaskHeartbeat", request);
}

}  // namespace

class AttemptsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyAttemptIsThere();
    void timeOutsAreAttempts();
    void runningAndWaitingOnes();
    void aSingleAttemptIsNotKept();
    void oneActivityOfMany();
    void theMiddleIsForgotten();
    void largeDetailsAreLeftOut();
    void refusesWhatIsNotThere();
};

void AttemptsTest::everyAttemptIsThere() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {retried()});
    const base::Timestamp start = driver.wall;
    const auto first = driver.activity();
    driver.pass(2s);
    heartbeat(driver, first, "half");
    driver.pass(1s);
    driver.failActivity(first, "Flaky");
    driver.pass(1s);
    driver.failActivity(driver.activity(), "Other");
    driver.pass(1s);
    driver.completeActivity(driver.activity());
    const auto all = activities(driver);
    QCOMPARE(all.size(), size_t(1));
    QCOMPARE(text(all[0], "activityId"), std::string("a"));
    QCOMPARE(text(all[0], "type"), std::string("charge_card"));
    QCOMPARE(number(all[0], "scheduledEventId"), 5);
    QCOMPARE(number(all[0], "leftOut"), 0);
    const auto tries = structs(all[0], "attempts");
    QCOMPARE(tries.size(), size_t(3));
    for (int i = 0; i < 3; ++i) QCOMPARE(number(tries[size_t(i)], "attempt"), i + 1);
    QCOMPARE(text(tries[0], "state"), std::string("failed"));
    QCOMPARE(text(tries[0], "worker"), std::string("worker"));
    QCOMPARE(text(tries[0], "scheduledTime"), base::formatTimestamp(start));
    QCOMPARE(text(tries[0], "startedTime"), base::formatTimestamp(start));
    QCOMPARE(text(tries[0], "lastHeartbeatTime"), base::formatTimestamp(start + 2s));
    QCOMPARE(text(tries[0], "endedTime"), base::formatTimestamp(start + 3s));
    const auto failure = tries[0].fields().at("failure").struct_value();
    QCOMPARE(text(failure, "message"), std::string("it broke"));
    QCOMPARE(text(failure.fields().at("applicationFailureInfo").struct_value(), "type"), std::string("Flaky"));
    const auto beats = structs(tries[0].fields().at("heartbeat").struct_value(), "payloads");
    QCOMPARE(text(beats[0], "data"), std::string("aGFsZg=="));
    QCOMPARE(text(tries[1], "scheduledTime"), base::formatTimestamp(start + 4s));
    QCOMPARE(text(tries[1], "lastHeartbeatTime"), std::string());
    QCOMPARE(text(tries[2], "state"), std::string("completed"));
    QVERIFY(tries[2].fields().count("failure") == 0);
}

void AttemptsTest::timeOutsAreAttempts() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {retried(2)});
    driver.activity();
    driver.pass(10s);
    driver.pass(1s);
    driver.activity();
    driver.pass(10s);
    const auto tries = attempts(driver);
    QCOMPARE(tries.size(), size_t(2));
    for (const Struct& each : tries) {
        QCOMPARE(text(each, "state"), std::string("timed out"));
        QCOMPARE(text(each.fields().at("failure").struct_value(), "message"),
                 std::string("activity StartToClose timeout"));
    }
    QVERIFY(driver.history("w").contains(QLatin1String("ActivityTaskTimedOut")));
}

void AttemptsTest::runningAndWaitingOnes() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {retried()});
    QCOMPARE(text(attempts(driver)[0], "state"), std::string("scheduled"));
    const auto first = driver.activity();
    QCOMPARE(text(attempts(driver)[0], "state"), std::string("started"));
    driver.failActivity(first);
    const auto waiting = attempts(driver);
    QCOMPARE(waiting.size(), size_t(2));
    QCOMPARE(text(waiting[1], "state"), std::string("backing off"));
    QCOMPARE(number(waiting[1], "attempt"), 2);
    QCOMPARE(text(waiting[1], "scheduledTime"), base::formatTimestamp(driver.wall + 1s));
}

void AttemptsTest::aSingleAttemptIsNotKept() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {retried()});
    driver.completeActivity(driver.activity());
    QVERIFY(activities(driver).empty());
    QVERIFY(!driver.run("w").attempts);
}

void AttemptsTest::oneActivityOfMany() {
    Driver driver;
    driver.start("w");
    Command other = retried();
    other.mutable_schedule_activity_task_command_attributes()->set_activity_id("b");
    driver.complete(driver.task(), {retried(), other});
    for (int i = 0; i < 2; ++i) driver.failActivity(driver.activity());
    QCOMPARE(activities(driver).size(), size_t(2));
    const auto one = structs(list(driver, "w", "b")->as<Struct>(), "activities");
    QCOMPARE(one.size(), size_t(1));
    QCOMPARE(text(one[0], "activityId"), std::string("b"));
}

void AttemptsTest::theMiddleIsForgotten() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {retried()});
    using Log = server::AttemptLog;
    const auto tryOn = [&](int64_t tries) {
        for (int64_t i = 0; i < tries; ++i) {
            driver.failActivity(driver.activity());
            driver.pass(1s);
        }
    };
    tryOn(Log::kMost);
    QCOMPARE(number(activities(driver)[0], "leftOut"), 0);
    QCOMPARE(attempts(driver).size(), size_t(Log::kMost + 1));
    tryOn(1);
    const auto all = activities(driver);
    QCOMPARE(number(all[0], "leftOut"), int(Log::kPage));
    const auto tries = structs(all[0], "attempts");
    QCOMPARE(tries.size(), size_t(Log::kMost - Log::kPage + 2));
    QCOMPARE(number(tries[Log::kFirst - 1], "attempt"), int(Log::kFirst));
    QCOMPARE(number(tries[Log::kFirst], "attempt"), int(Log::kFirst + Log::kPage + 1));
    QCOMPARE(number(tries[tries.size() - 2], "attempt"), int(Log::kMost + 1));
    QCOMPARE(text(tries.back(), "state"), std::string("scheduled"));
}

void AttemptsTest::largeDetailsAreLeftOut() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {retried()});
    constexpr size_t kLarge = 1'500'000;
    constexpr size_t kKept = server::AttemptLog::kMostBytes / kLarge;
    for (size_t i = 0; i <= kKept; ++i) {
        const auto task = driver.activity();
        heartbeat(driver, task, std::string(kLarge, 'x'));
        driver.failActivity(task);
        driver.pass(1s);
    }
    const auto tries = attempts(driver);
    QVERIFY(tries[kKept - 1].fields().count("heartbeat") != 0);
    QVERIFY(tries[kKept].fields().count("heartbeat") == 0);
    QVERIFY(number(tries[kKept], "bytesLeftOut") > int(kLarge));
    QVERIFY(driver.run("w").attempts->bytes <= server::AttemptLog::kMostBytes);
}

void AttemptsTest::refusesWhatIsNotThere() {
    Driver driver;
    QCOMPARE(list(driver)->code(), base::ErrorCode::NotFound);
    QCOMPARE(list(driver, "")->code(), base::ErrorCode::InvalidArgument);
    driver.start("w");
    QCOMPARE(list(driver, "w", "", "nonsense")->code(), base::ErrorCode::InvalidArgument);
}

QTEST_GUILESS_MAIN(AttemptsTest)
#include "attempts_test.moc"
