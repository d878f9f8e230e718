// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

namespace {

/// Three of one type, started a minute apart: order-1 completed, order-2 terminated, order-3 running.
void fill(Driver& driver) {
    driver.start("order-1");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    driver.pass(1min);
    driver.start("order-2");
    test::api::TerminateWorkflowExecutionRequest terminate;
    terminate.set_namespace_("default");
    terminate.mutable_workflow_execution()->set_workflow_id("order-2");
    driver.call("TerminateWorkflowExecution", terminate);
    driver.pass(1min);
    auto request = Driver::startRequest("order-3");
    request.mutable_workflow_type()->set_name("Other");
    driver.start(request);
}

test::Kept list(Driver& driver, const std::string& query, int size = 0, const std::string& token = {}) {
    test::api::ListWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    request.set_query(query);
    request.set_page_size(size);
    request.set_next_page_token(token);
    return driver.call("ListWorkflowExecutions", request);
}

template <typename Response>
QStringList ids(const Response& response) {
    QStringList found;
    for (const auto& each : response.executions()) found << QString::fromStdString(each.execution().workflow_id());
    return found;
}

}  // namespace

class VisibilityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filters_data();
    void filters();
    void customAttributes_data();
    void customAttributes();
    void attributesAreTyped();
    void refuses_data();
    void refuses();
    void pages();
    void counts();
    void olderWays();
    void historyPagesAndWaits();
    void historyReverse();
    void historyOfCloseOnly();
    void describes();
};

void VisibilityTest::filters_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("ids");
    const auto row = [](const char* query, const char* ids) {
        QTest::newRow(query) << QString::fromUtf8(query) << QString::fromUtf8(ids);
    };
    row("", "order-3 order-2 order-1");
    row("ExecutionStatus = 'Running'", "order-3");
    row("ExecutionStatus = \"Completed\" or ExecutionStatus = 5", "order-2 order-1");
    row("ExecutionStatus != 'Running'", "order-2 order-1");
    row("ExecutionStatus IN ('Running', 'Completed')", "order-3 order-1");
    row("ExecutionStatus NOT IN ('Running', 'Completed')", "order-2");
    row("WorkflowType = 'Order' AND (WorkflowId = 'order-1' OR WorkflowId = 'order-3')", "order-1");
    row("WorkflowId STARTS_WITH 'order'", "order-3 order-2 order-1");
    row("`WorkflowId` = 'order-2'", "order-2");
    row("StartTime > '2026-03-12T09:00:30Z' AND StartTime <= '2026-03-12T09:01:00Z'", "order-2");
    row("CloseTime IS NULL", "order-3");
    row("StartTime BETWEEN '2026-03-12T09:00:00Z' AND '2026-03-12T09:01:00Z'", "order-2 order-1");
    row("WorkflowId = 'it''s'", "");
    row("NOT WorkflowType = 'Order'", "order-3");
    row("NOT (CloseTime > '2000-01-01T00:00:00Z')", "");
    row("CloseTime > '2000-01-01T00:00:00Z'", "order-2 order-1");
    row("ExecutionStatus = 1 OR ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_COMPLETED'", "order-3 order-1");
    row("WorkflowId > 'order-1' AND WorkflowId <= \"order-3\"", "order-3 order-2");
    row("WorkflowId NOT BETWEEN 'order-1' AND 'order-2'", "order-3");
    row("WorkflowId NOT STARTS_WITH 'order'", "");
    row("WorkflowId NOT IN ('order-1', 'order-3')", "order-2");
    row("StartTime = 1773306060000000000", "order-2");
    row("StartTime = '2026-03-12T10:01:00.0000001+01:00'", "order-2");
    row("ExecutionDuration = 0", "order-2 order-1");
    row("ExecutionDuration < '1h' AND ExecutionDuration < '00:00:01' AND ExecutionDuration < '0.5d'",
        "order-2 order-1");
    row("NOT (ExecutionDuration < '1h')", "");
    row("HistoryLength = 5", "order-1");
    row("TaskQueue = 'queue' AND ParentWorkflowId IS NULL", "order-3 order-2 order-1");
    row("ScheduleId = 'order-2'", "order-2");
    row("TemporalWorkflowId = 'order-2' -- the rest", "order-2");
    row("TemporalNamespaceDivision IS NOT NULL", "");
    row("TemporalNamespaceDivision IS NULL", "order-3 order-2 order-1");
    row("GROUP BY ExecutionStatus", "order-3 order-2 order-1");
}

void VisibilityTest::filters() {
    QFETCH(QString, query);
    QFETCH(QString, ids);
    Driver driver;
    fill(driver);
    const auto listed = list(driver, query.toStdString());
    if (ids == QLatin1String("?")) {
        QCOMPARE(listed->code(), base::ErrorCode::InvalidArgument);
        return;
    }
    QStringList found;
    const auto response = listed->as<test::api::ListWorkflowExecutionsResponse>();
    for (const auto& each : response.executions()) {
        found << QString::fromStdString(each.execution().workflow_id());
    }
    QCOMPARE(found.join(QLatin1Char(' ')), ids);
}

namespace {

void setAttribute(temporal::api::common::v1::SearchAttributes* attributes, const std::string& name,
                  const std::string& json) {
    auto& value = (*attributes->mutable_indexed_fields())[name];
    (*value.mutable_metadata())["encoding"] = "json/plain";
    value.set_data(json);
}

/// red-1: Colour red, Number 7; blue-2: Colour blue, Number 12, Tags a and b, Done, a date; plain-3: nothing.
void fillAttributes(Driver& driver) {
    using namespace test::enums;
    auto& known = driver.world.changeNamespace("default").searchAttributes;
    known = {{"Colour", INDEXED_VALUE_TYPE_KEYWORD}, {"Number", INDEXED_VALUE_TYPE_INT},
             {"Done", INDEXED_VALUE_TYPE_BOOL},      {"Tags", INDEXED_VALUE_TYPE_KEYWORD_LIST},
             {"Note", INDEXED_VALUE_TYPE_TEXT},      {"Since", INDEXED_VALUE_TYPE_DATETIME}};
    auto red = Driver::startRequest("red-1");
    setAttribute(red.mutable_search_attributes(), "Colour", "\"red\"");
    setAttribute(red.mutable_search_attributes(), "Number", "7");
    setAttribute(red.mutable_search_attributes(), "Note", "\"The quick brown (fox) of the Café\"");
    driver.start(red);
    driver.pass(1s);
    auto blue = Driver::startRequest("blue-2");
    for (const auto& [name, json] : std::map<std::string, std::string>{{"Colour", "[\"blue\"]"},
                                                                       {"Number", "[12]"},
                                                                       {"Done", "true"},
                                                                       {"Tags", "[\"a\",\"b\"]"},
                                                                       {"Since", "\"2026-03-01T00:00:00Z\""}}) {
        setAttribute(blue.mutable_search_attributes(), name, json);
    }
    driver.start(blue);
    driver.pass(1s);
    driver.start("plain-3");
}

}  // namespace

void VisibilityTest::customAttributes_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("ids");
    const auto row = [](const char* query, const char* ids) {
        QTest::newRow(query) << QString::fromUtf8(query) << QString::fromUtf8(ids);
    };
    row("Colour = 'red'", "red-1");
    row("Colour != 'red'", "blue-2");
    row("Colour STARTS_WITH 'b'", "blue-2");
    row("Colour NOT STARTS_WITH 'b'", "red-1");
    row("Colour > 'c'", "red-1");
    row("Colour IN ('red', 'blue')", "blue-2 red-1");
    row("Colour NOT IN ('red')", "blue-2");
    row("Colour IS NULL", "plain-3");
    row("Colour IS NOT NULL", "blue-2 red-1");
    row("Number = 7", "red-1");
    row("Number = 7.0", "red-1");
    row("Number = 7.5", "");
    row("Number > 6.5", "blue-2 red-1");
    row("Number >= 12", "blue-2");
    row("Number < 12", "red-1");
    row("Number <= -5", "");
    row("Number BETWEEN 8 AND 20", "blue-2");
    row("Number NOT BETWEEN 8 AND 20", "red-1");
    row("Done = true AND Number = 12", "blue-2");
    row("Tags = 'b'", "blue-2");
    row("Tags != 'b'", "plain-3 red-1");
    row("Tags IN ('x', 'a')", "blue-2");
    row("Tags IS NULL", "plain-3 red-1");
    row("NOT (Number = 7)", "blue-2");
    row("NOT (Number = 7 OR Colour = 'x')", "blue-2");
    row("Note = 'brown'", "red-1");
    row("Note = 'slow BROWN'", "red-1");
    row("Note = 'brown-fox'", "red-1");
    row("Note = 'fox-brown'", "");
    row("Note = 'cafe'", "red-1");
    row("Note != 'brown'", "plain-3 blue-2");
    row("Done IN (true, false)", "blue-2");
    row("Since < '2026-03-02T00:00:00Z'", "blue-2");
}

void VisibilityTest::customAttributes() {
    QFETCH(QString, query);
    QFETCH(QString, ids);
    Driver driver;
    fillAttributes(driver);
    const auto listed = list(driver, query.toStdString())->as<test::api::ListWorkflowExecutionsResponse>();
    QStringList found;
    for (const auto& info : listed.executions()) found << QString::fromStdString(info.execution().workflow_id());
    QCOMPARE(found.join(' '), ids);
}

void VisibilityTest::attributesAreTyped() {
    Driver driver;
    fillAttributes(driver);
    const auto started = driver.events("red-1")[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.search_attributes().indexed_fields().at("Number").metadata().at("type"), std::string("Int"));
    test::Command upsert;
    upsert.set_command_type(test::enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    auto* attributes = upsert.mutable_upsert_workflow_search_attributes_command_attributes();
    setAttribute(attributes->mutable_search_attributes(), "Colour", "[\"green\"]");
    driver.complete(driver.task(), {upsert});
    const auto& fields = driver.run("red-1").searchAttributes->indexed_fields();
    QCOMPARE(fields.at("Colour").metadata().at("type"), std::string("Keyword"));

    auto typed = Driver::startRequest("typed");
    setAttribute(typed.mutable_search_attributes(), "Colour", "\"red\"");
    (*typed.mutable_search_attributes()->mutable_indexed_fields()->at("Colour").mutable_metadata())["type"] = "Text";
    driver.start(typed);
    QCOMPARE(driver.run("typed").searchAttributes->indexed_fields().at("Colour").metadata().at("type"),
             std::string("Text"));
}

void VisibilityTest::refuses_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("named");
    QTest::newRow("field") << QStringLiteral("Shoe = 3") << QStringLiteral("Shoe");
    QTest::newRow("status") << QStringLiteral("ExecutionStatus = 'Sleeping'") << QStringLiteral("Sleeping");
    QTest::newRow("order") << QStringLiteral("ORDER BY StartTime") << QStringLiteral("ORDER");
    QTest::newRow("like") << QStringLiteral("WorkflowId LIKE 'a'") << QStringLiteral("LIKE");
    QTest::newRow("bracket") << QStringLiteral("(WorkflowId = 'a'") << QStringLiteral("position 45");
    QTest::newRow("time") << QStringLiteral("StartTime > 'noon'") << QStringLiteral("noon");
    QTest::newRow("quote") << QStringLiteral("WorkflowId = 'a") << QStringLiteral("position 43 near 'a'");
    QTest::newRow("rest") << QStringLiteral("WorkflowId = 'a' 'b'") << QStringLiteral("b");
    QTest::newRow("deep") << QString(QLatin1String("(")).repeated(250) << QStringLiteral("max nesting level reached");
    QTest::newRow("type") << QStringLiteral("WorkflowId = 3") << QStringLiteral("of type Keyword: 3 (type: int64)");
}

void VisibilityTest::refuses() {
    QFETCH(QString, query);
    QFETCH(QString, named);
    Driver driver;
    const auto refused = list(driver, query.toStdString());
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    const QString message = QString::fromStdString(refused->message());
    QVERIFY2(message.startsWith(QLatin1String("invalid query: ")) && message.contains(named), qPrintable(message));
}

void VisibilityTest::pages() {
    Driver driver;
    fill(driver);
    const auto first = list(driver, "", 2)->as<test::api::ListWorkflowExecutionsResponse>();
    QCOMPARE(first.executions_size(), 2);
    const auto second = list(driver, "", 2, first.next_page_token())->as<test::api::ListWorkflowExecutionsResponse>();
    QCOMPARE(second.executions_size(), 1);
    QCOMPARE(second.executions(0).execution().workflow_id(), std::string("order-1"));
    QVERIFY(second.next_page_token().empty());
}

void VisibilityTest::counts() {
    Driver driver;
    fill(driver);
    test::api::CountWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    request.set_query("WorkflowType = 'Order' GROUP BY ExecutionStatus");
    const auto response =
        driver.call("CountWorkflowExecutions", request)->as<test::api::CountWorkflowExecutionsResponse>();
    QCOMPARE(response.count(), 2);
    QCOMPARE(response.groups_size(), 2);
    QCOMPARE(response.groups(0).group_values(0).data(), std::string("\"Completed\""));
}

void VisibilityTest::olderWays() {
    Driver driver;
    fill(driver);
    test::api::ListOpenWorkflowExecutionsRequest open;
    open.set_namespace_("default");
    const auto openIds = [&] {
        return ids(
            driver.call("ListOpenWorkflowExecutions", open)->as<test::api::ListOpenWorkflowExecutionsResponse>());
    };
    QCOMPARE(openIds(), QStringList{"order-3"});
    open.mutable_type_filter()->set_name("Order");
    QCOMPARE(openIds(), QStringList());
    open.mutable_execution_filter()->set_workflow_id("order-1");
    QCOMPARE(openIds(), QStringList());
    open.mutable_execution_filter()->set_workflow_id("order-3");
    QCOMPARE(openIds(), QStringList{"order-3"});

    test::api::ListClosedWorkflowExecutionsRequest closed;
    closed.set_namespace_("default");
    const auto closedIds = [&] {
        return ids(
            driver.call("ListClosedWorkflowExecutions", closed)->as<test::api::ListClosedWorkflowExecutionsResponse>());
    };
    QCOMPARE(closedIds(), (QStringList{"order-2", "order-1"}));
    payload::toProto(driver.world.now - 90s, closed.mutable_start_time_filter()->mutable_earliest_time());
    QCOMPARE(closedIds(), QStringList{"order-2"});
    closed.clear_start_time_filter();
    closed.mutable_status_filter()->set_status(temporal::api::enums::v1::WORKFLOW_EXECUTION_STATUS_COMPLETED);
    QCOMPARE(closedIds(), QStringList{"order-1"});

    test::api::ScanWorkflowExecutionsRequest scan;
    scan.set_namespace_("default");
    scan.set_query("WorkflowType = 'Order'");
    scan.set_page_size(1);
    const auto first = driver.call("ScanWorkflowExecutions", scan)->as<test::api::ScanWorkflowExecutionsResponse>();
    QCOMPARE(ids(first), QStringList{"order-2"});
    scan.set_next_page_token(first.next_page_token());
    QCOMPARE(ids(driver.call("ScanWorkflowExecutions", scan)->as<test::api::ScanWorkflowExecutionsResponse>()),
             QStringList{"order-1"});
}

void VisibilityTest::historyPagesAndWaits() {
    Driver driver;
    driver.start("w");
    test::api::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.set_maximum_page_size(1);
    auto page =
        driver.call("GetWorkflowExecutionHistory", request)->as<test::api::GetWorkflowExecutionHistoryResponse>();
    // A page of one holds the batch of both events, and as it is full it does not know that nothing follows.
    QCOMPARE(page.history().events_size(), 2);
    request.set_next_page_token(page.next_page_token());
    page = driver.call("GetWorkflowExecutionHistory", request)->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(page.history().events_size(), 0);
    QVERIFY(page.next_page_token().empty());

    request.clear_next_page_token();
    request.set_maximum_page_size(0);
    request.set_wait_new_event(true);
    page = driver.call("GetWorkflowExecutionHistory", request)->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(page.history().events_size(), 2);
    request.set_next_page_token(page.next_page_token());
    const auto waits = driver.call("GetWorkflowExecutionHistory", request);
    QVERIFY(!waits->answered());
    driver.pass(20s);
    page = waits->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(page.history().events_size(), 0);
    request.set_next_page_token(page.next_page_token());
    const auto again = driver.call("GetWorkflowExecutionHistory", request);
    driver.signal("w");
    page = again->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(page.history().events(0).event_id(), 3);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    request.set_next_page_token(page.next_page_token());
    page = driver.call("GetWorkflowExecutionHistory", request)->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(page.history().events_size(), 3);
    QVERIFY(page.next_page_token().empty());
}

void VisibilityTest::historyReverse() {
    Driver driver;
    driver.start("w");
    test::api::GetWorkflowExecutionHistoryReverseRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.set_maximum_page_size(1);
    auto page = driver.call("GetWorkflowExecutionHistoryReverse", request)
                    ->as<test::api::GetWorkflowExecutionHistoryReverseResponse>();
    QCOMPARE(page.history().events_size(), 2);
    QCOMPARE(page.history().events(0).event_id(), 2);
    QCOMPARE(page.history().events(1).event_id(), 1);
    QVERIFY(page.next_page_token().empty());
}

void VisibilityTest::historyOfCloseOnly() {
    Driver driver;
    driver.start("w");
    test::api::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.set_wait_new_event(true);
    request.set_history_event_filter_type(test::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    const auto waits = driver.call("GetWorkflowExecutionHistory", request);
    driver.signal("w");
    QVERIFY(!waits->answered());
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    const auto page = waits->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(page.history().events_size(), 1);
    QVERIFY(page.history().events(0).has_workflow_execution_completed_event_attributes());
}

void VisibilityTest::describes() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a")});
    driver.failActivity(driver.activity());
    test::api::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    const auto described =
        driver.call("DescribeWorkflowExecution", request)->as<test::api::DescribeWorkflowExecutionResponse>();
    QCOMPARE(described.workflow_execution_info().history_length(), 5);
    QCOMPARE(described.pending_activities_size(), 1);
    const auto& activity = described.pending_activities(0);
    QCOMPARE(activity.attempt(), 2);
    QCOMPARE(activity.last_failure().message(), std::string("it broke"));
    QVERIFY(payload::fromProto(activity.next_attempt_schedule_time()) == driver.world.now + 1s);
    QCOMPARE(activity.last_worker_identity(), std::string("worker"));
}

QTEST_GUILESS_MAIN(VisibilityTest)
#include "visibility_test.moc"
