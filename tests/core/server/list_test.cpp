// SPDX-License-Identifier: MIT
// Pages, order, groups and the server's own runs, whatever the filter says.
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

namespace {

using Page = test::api::ListWorkflowExecutionsResponse;

Page page(Driver& driver, int size, const std::string& token = {}, const std::string& query = {}) {
    test::api::ListWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    request.set_query(query);
    request.set_page_size(size);
    request.set_next_page_token(token);
    return driver.call("ListWorkflowExecutions", request)->as<Page>();
}

QString ids(const Page& page) {
    QStringList found;
    for (const auto& each : page.executions()) found << QString::fromStdString(each.execution().workflow_id());
    return found.join(' ');
}

void terminate(Driver& driver, const std::string& id) {
    test::api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(id);
    driver.call("TerminateWorkflowExecution", request);
}

/// a, b, c ... a minute apart.
void startSome(Driver& driver, int count) {
    for (int i = 0; i < count; ++i) {
        driver.start(std::string(1, char('a' + i)));
        driver.pass(1min);
    }
}

test::api::CountWorkflowExecutionsResponse count(Driver& driver, const std::string& query) {
    test::api::CountWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    request.set_query(query);
    return driver.call("CountWorkflowExecutions", request)->as<test::api::CountWorkflowExecutionsResponse>();
}

void startOfTheServer(Driver& driver, const std::string& id) {
    auto request = Driver::startRequest(id);
    auto& value = (*request.mutable_search_attributes()->mutable_indexed_fields())["TemporalNamespaceDivision"];
    (*value.mutable_metadata())["encoding"] = "json/plain";
    value.set_data("\"TemporalScheduler\"");
    driver.start(request);
}

}  // namespace

class ListTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void openOnesComeFirst();
    void equalTimesGoByRunId();
    void pagesGoOnWhereTheyEnded();
    void aFullPageHasAToken();
    void noPageIsLargerThanTheMost();
    void changesOfTheSameInputCount();
    void groupsAreInOrder();
    void theServersOwnRunsAreHidden();
    void foreignTokensAreRefused();
};

void ListTest::openOnesComeFirst() {
    Driver driver;
    startSome(driver, 5);
    terminate(driver, "e");
    driver.pass(1s);
    terminate(driver, "b");
    QCOMPARE(ids(page(driver, 0)), QStringLiteral("d c a b e"));
    QCOMPARE(ids(page(driver, 0, {}, "ExecutionStatus = 'Terminated'")), QStringLiteral("b e"));
    QCOMPARE(ids(page(driver, 0, {}, "WorkflowType = 'Order' AND ExecutionStatus = 'Running'")),
             QStringLiteral("d c a"));
    QCOMPARE(ids(page(driver, 0, {}, "WorkflowType = 'Other'")), QString());
}

void ListTest::equalTimesGoByRunId() {
    Driver driver;
    std::map<std::string, std::string> byRun;
    for (const char* id : {"a", "b", "c", "d"}) byRun[driver.start(id)] = id;
    QStringList wanted;
    for (const auto& [run, id] : byRun) wanted << QString::fromStdString(id);
    QCOMPARE(ids(page(driver, 0)), wanted.join(' '));
}

void ListTest::pagesGoOnWhereTheyEnded() {
    Driver driver;
    startSome(driver, 6);
    const Page first = page(driver, 2);
    QCOMPARE(ids(first), QStringLiteral("f e"));
    // What was shown goes to another place, what was not does as well, and something new comes.
    terminate(driver, "f");
    driver.start("new");
    const Page second = page(driver, 2, first.next_page_token());
    QCOMPARE(ids(second), QStringLiteral("d c"));
    terminate(driver, "c");
    const Page third = page(driver, 9, second.next_page_token());
    QVERIFY(ids(third).startsWith(QStringLiteral("b a")));
    QVERIFY(third.next_page_token().empty());
    // The runs of one workflow id are paged as well.
    for (int i = 0; i < 3; ++i) {
        terminate(driver, "new");
        driver.pass(1s);
        auto again = Driver::startRequest("new");
        again.set_request_id("again-" + std::to_string(i));
        driver.start(again);
    }
    QStringList runs;
    std::string token;
    do {
        const Page one = page(driver, 1, token, "WorkflowId = 'new'");
        token = one.next_page_token();
        if (one.executions_size() > 0) runs << QString::fromStdString(one.executions(0).execution().run_id());
    } while (!token.empty());
    QCOMPARE(runs.size(), 4);
    QCOMPARE(runs.removeDuplicates(), 0);
}

void ListTest::aFullPageHasAToken() {
    Driver driver;
    startSome(driver, 2);
    const Page full = page(driver, 2);
    QVERIFY(!full.next_page_token().empty());
    const Page rest = page(driver, 2, full.next_page_token());
    QCOMPARE(rest.executions_size(), 0);
    QVERIFY(rest.next_page_token().empty());
}

void ListTest::noPageIsLargerThanTheMost() {
    Driver driver;
    constexpr int kMost = 1000;
    for (int i = 0; i <= kMost; ++i) driver.start("w" + std::to_string(i));
    QCOMPARE(page(driver, 5 * kMost).executions_size(), kMost);
    QCOMPARE(page(driver, 0).executions_size(), kMost);
    QCOMPARE(page(driver, -1).executions_size(), kMost);
    QCOMPARE(page(driver, kMost, page(driver, kMost).next_page_token()).executions_size(), 1);
}

void ListTest::changesOfTheSameInputCount() {
    Driver driver;
    auto request = Driver::startRequest("a");
    request.mutable_workflow_run_timeout()->set_seconds(60);
    driver.start(request);
    driver.wall += 1h;
    // The time-out happens in the input that asks.
    QCOMPARE(count(driver, "ExecutionStatus = 'TimedOut'").count(), 1);
    QCOMPARE(count(driver, "ExecutionStatus = 'Running'").count(), 0);
}

void ListTest::groupsAreInOrder() {
    Driver driver;
    startSome(driver, 4);
    terminate(driver, "a");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    const auto counted = count(driver, "GROUP BY ExecutionStatus");
    QCOMPARE(counted.count(), 4);
    QStringList groups;
    for (const auto& group : counted.groups()) {
        groups << QString::fromStdString(group.group_values(0).data()) + QString::number(group.count());
    }
    QCOMPARE(groups.join(' '), QStringLiteral("\"Running\"2 \"Completed\"1 \"Terminated\"1"));
    QCOMPARE(counted.groups(0).group_values(0).metadata().at("type"), std::string("Keyword"));
}

void ListTest::theServersOwnRunsAreHidden() {
    Driver driver;
    driver.start("mine");
    driver.pass(1s);
    startOfTheServer(driver, "its");
    QCOMPARE(ids(page(driver, 0)), QStringLiteral("mine"));
    QCOMPARE(ids(page(driver, 0, {}, "WorkflowId = 'its'")), QString());
    QCOMPARE(ids(page(driver, 0, {}, "TemporalNamespaceDivision = 'TemporalScheduler'")), QStringLiteral("its"));
    QCOMPARE(ids(page(driver, 0, {}, "NamespaceDivision IS NOT NULL")), QStringLiteral("its"));
    QCOMPARE(ids(page(driver, 0, {}, "WorkflowId != 'x' OR TemporalNamespaceDivision = 'x'")),
             QStringLiteral("its mine"));
    const auto counted = count(driver, "GROUP BY TemporalNamespaceDivision");
    QCOMPARE(counted.groups_size(), 2);
    QCOMPARE(counted.groups(0).group_values(0).metadata().at("encoding"), std::string("binary/null"));
    QCOMPARE(counted.groups(1).group_values(0).data(), std::string("\"TemporalScheduler\""));
}

void ListTest::foreignTokensAreRefused() {
    Driver driver;
    test::api::ListWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    request.set_next_page_token("nonsense");
    QCOMPARE(driver.call("ListWorkflowExecutions", request)->code(), base::ErrorCode::InvalidArgument);
}

QTEST_GUILESS_MAIN(ListTest)
#include "list_test.moc"
