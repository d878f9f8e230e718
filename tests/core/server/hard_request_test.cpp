// SPDX-License-Identifier: MIT
// Requests and worlds that would bring a careless server to its knees.
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include "core/server/state/tokens.h"
#endif

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

namespace {

test::Kept list(Driver& driver, const std::string& query) {
    test::api::ListWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    request.set_query(query);
    return driver.call("ListWorkflowExecutions", request);
}

std::string repeated(const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
}

}  // namespace

class HardRequestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void quotedNamesAreNames();
    void deepQueriesAreRefused_data();
    void deepQueriesAreRefused();
    void longListsOfWordsAreFine();
    void deepAttributesAreRefused();
    void foreignPageTokensAreRefused();
    void theEndOfTimeEndsChains();
    void aClockThatIsBehindWaitsForTheEndOfTime();
    void timersReachTheEndOfTime();
    void heartbeatsCount();
};

void HardRequestTest::quotedNamesAreNames() {
    Driver driver;
    driver.start("w");
    QCOMPARE(list(driver, "`Workflow``Id` = 'w'")->as<test::api::ListWorkflowExecutionsResponse>().executions_size(),
             1);
}

void HardRequestTest::deepQueriesAreRefused_data() {
    QTest::addColumn<QString>("query");
    constexpr int kMany = 200'000;
    const auto row = [](const char* name, const std::string& query) {
        QTest::newRow(name) << QString::fromStdString(query);
    };
    row("functions", repeated("a(", kMany));
    row("cases", repeated("case when ", kMany));
    row("paths", "a" + repeated(" -> a", kMany));
    row("sums", "WorkflowId = 1" + repeated(" + 1", kMany));
    row("alternatives", "WorkflowId = 'a'" + repeated(" OR WorkflowId = 'a'", kMany / 4));
    row("conditions", "WorkflowId = 'a'" + repeated(" AND WorkflowId = 'a'", kMany / 4));
    row("nulls", "WorkflowId" + repeated(" is null", kMany));
    row("collations", "WorkflowId" + repeated(" collate x", kMany));
}

void HardRequestTest::deepQueriesAreRefused() {
    QFETCH(QString, query);
    Driver driver;
    const auto refused = list(driver, query.toStdString());
    QVERIFY(refused->code() == base::ErrorCode::InvalidArgument);
    QVERIFY2(refused->message().find("max nesting level") != std::string::npos,
             refused->message().substr(0, 200).c_str());
}

void HardRequestTest::longListsOfWordsAreFine() {
    Driver driver;
    driver.start("w");
    const auto found = list(driver, "WorkflowId IN ('w'" + repeated(", 'x'", 5000) + ")");
    QCOMPARE(found->as<test::api::ListWorkflowExecutionsResponse>().executions_size(), 1);
    QVERIFY(!list(driver, "WorkflowId = 'a'" + repeated(" OR WorkflowId = 'a'", 1500))->failed());
}

void HardRequestTest::deepAttributesAreRefused() {
    Driver driver;
    auto request = Driver::startRequest("w");
    auto& value = (*request.mutable_search_attributes()->mutable_indexed_fields())["BuildIds"];
    (*value.mutable_metadata())["encoding"] = "json/plain";
    value.set_data(std::string(1'000'000, '['));
    QVERIFY(driver.start(request)->code() == base::ErrorCode::InvalidArgument);
}

void HardRequestTest::foreignPageTokensAreRefused() {
    Driver driver;
    const std::string runId = driver.start("w");
    for (const int64_t first : {-(int64_t(1) << 40), int64_t(-3), int64_t(0), int64_t(1) << 60}) {
        server::Token token;
        token.kind = server::TokenKind::HistoryPage;
        token.runId = runId;
        token.first = first;
        test::api::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id("w");
        request.set_next_page_token(server::writeToken(token));
        QVERIFY(driver.call("GetWorkflowExecutionHistory", request)->code() == base::ErrorCode::InvalidArgument);
        test::api::GetWorkflowExecutionHistoryReverseRequest reverse;
        reverse.set_namespace_("default");
        reverse.mutable_execution()->set_workflow_id("w");
        reverse.set_next_page_token(server::writeToken(token));
        QVERIFY(driver.call("GetWorkflowExecutionHistoryReverse", reverse)->code() == base::ErrorCode::InvalidArgument);
    }
}

void HardRequestTest::theEndOfTimeEndsChains() {
    Driver driver;
    driver.checksHistories = false;
    driver.input([&] { driver.world.clock.skip(base::Timestamp::max()); });
    for (const char* cron : {"", "@every 1s"}) {
        auto request = Driver::startRequest(std::string("w") + cron);
        request.mutable_workflow_run_timeout()->set_seconds(10);
        request.mutable_retry_policy()->mutable_initial_interval()->set_seconds(1);
        request.set_cron_schedule(cron);
        driver.start(request);
    }
    driver.pass(1s);
    for (const auto& run : driver.world.runs) QVERIFY(!run->open());
    QVERIFY(driver.world.runs.size() < 10);
}

void HardRequestTest::aClockThatIsBehindWaitsForTheEndOfTime() {
    Driver driver;
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    driver.pass(1h);
    driver.input([&] { driver.world.clock.resume(driver.wall); });
    auto request = Driver::startRequest("w");
    request.mutable_workflow_run_timeout()->set_seconds(315'576'000'000);
    driver.start(request);
    QVERIFY(driver.world.nextWake().value_or(base::Timestamp::max()) > driver.wall);
}

/// Each is told to be a hundred years long at most, and the third ends behind the last time there is.
void HardRequestTest::timersReachTheEndOfTime() {
    Driver driver;
    driver.input([&] { driver.world.clock.automatic(driver.wall); });
    driver.start("w");
    for (int i = 0; i < 3; ++i) {
        const base::Timestamp before = driver.world.now;
        driver.complete(driver.task(), {Driver::timer("t" + std::to_string(i), base::Duration::max())});
        driver.pass(1ms);
        QVERIFY(driver.world.now > before);
        QVERIFY(driver.history("w").endsWith("TimerFired WorkflowTaskScheduled"));
    }
    QVERIFY(driver.world.now == base::Timestamp::max());
}

void HardRequestTest::heartbeatsCount() {
    server::WorldOptions options;
    options.limits.mutableStateSize = 512 * 1024;
    Driver driver(options);
    driver.start("w");
    std::vector<test::Command> commands;
    for (int i = 0; i < 8; ++i) commands.push_back(Driver::schedule(std::to_string(i), 1h));
    driver.complete(driver.task(), std::move(commands));
    for (int i = 0; i < 8 && driver.run("w").open(); ++i) {
        test::api::RecordActivityTaskHeartbeatRequest beat;
        beat.set_namespace_("default");
        beat.set_task_token(driver.activity().task_token());
        beat.mutable_details()->add_payloads()->set_data(std::string(100 * 1024, 'x'));
        driver.call("RecordActivityTaskHeartbeat", beat);
    }
    QVERIFY(driver.run("w").status == test::enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
}

QTEST_GUILESS_MAIN(HardRequestTest)
#include "hard_request_test.moc"
