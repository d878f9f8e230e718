// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;

/// What callers of GetWorkflowExecutionHistory are given.
class HistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mapsAreAlwaysTheSameBytes();
    void closeOfARetriedRun_data();
    void closeOfARetriedRun();
    void endIsWaitedForWithoutSayingSo();
    void pagesHoldBatches_data();
    void pagesHoldBatches();
    void aWaitingPollerBeginsABatch();
};

void HistoryTest::closeOfARetriedRun_data() {
    QTest::addColumn<QString>("features");
    QTest::addColumn<bool>("closeOnly");
    QTest::addColumn<QString>("last");
    // The first is what Java's client does: without the fake it would take the first attempt's failure for the result.
    QTest::newRow("for a result, by a client that follows nothing") << "" << true << "WorkflowExecutionContinuedAsNew";
    QTest::newRow("for a result") << "other,follows-next-run-id" << true << "WorkflowExecutionFailed";
    QTest::newRow("for reading") << "" << false << "WorkflowExecutionFailed";
}

void HistoryTest::closeOfARetriedRun() {
    QFETCH(const QString, features);
    QFETCH(const bool, closeOnly);
    test::Driver driver;
    driver.features = features.toStdString();
    auto start = test::Driver::startRequest("w");
    payload::toProto(base::Duration(1s), start.mutable_retry_policy()->mutable_initial_interval());
    const auto first = driver.start(start)->as<test::api::StartWorkflowExecutionResponse>().run_id();
    test::api::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.mutable_execution()->set_run_id(first);
    request.set_wait_new_event(closeOnly);
    if (closeOnly) request.set_history_event_filter_type(test::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    const auto waiting = driver.call("GetWorkflowExecutionHistory", request);
    QCOMPARE(waiting->answered(), !closeOnly);

    test::Command fail;
    fail.set_command_type(test::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
    fail.mutable_fail_workflow_execution_command_attributes()->mutable_failure()->set_message("not yet");
    driver.complete(driver.task(), {fail});
    const std::string second = driver.run("w").runId;
    QVERIFY(second != first);
    const auto answered = closeOnly ? waiting : driver.call("GetWorkflowExecutionHistory", request);
    for (const auto& call : {answered, driver.call("GetWorkflowExecutionHistory", request)}) {
        const auto response = call->as<test::api::GetWorkflowExecutionHistoryResponse>();
        const auto& close = *response.history().events().rbegin();
        QTEST(test::Driver::eventName(close), "last");
        if (close.has_workflow_execution_continued_as_new_event_attributes()) {
            const auto& attributes = close.workflow_execution_continued_as_new_event_attributes();
            QCOMPARE(attributes.new_execution_run_id(), second);
        }
        QCOMPARE(driver.history("w", first).section(QLatin1Char(' '), -1), QStringLiteral("WorkflowExecutionFailed"));
    }
}

void HistoryTest::pagesHoldBatches_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<bool>("wait");
    QTest::addColumn<QString>("pages");
    QTest::addColumn<QString>("backwards");
    // As recorded from the real server. A full page does not know that nothing follows.
    QTest::newRow("1") << 1 << false << "1 2|3|4 5 6|7 8|9|10|" << "10|9|8 7|6 5 4|3|2 1";
    QTest::newRow("2") << 2 << false << "1 2 3|4 5 6 7 8|9 10|" << "10 9|8 7 6 5 4|3 2 1";
    QTest::newRow("4") << 4 << false << "1 2 3 4 5 6 7 8|9 10" << "10 9 8 7 6 5 4|3 2 1";
    QTest::newRow("all") << 0 << false << "1 2 3 4 5 6 7 8 9 10" << "10 9 8 7 6 5 4 3 2 1";
    QTest::newRow("too many") << 1000 << false << "1 2 3 4 5 6 7 8 9 10" << "10 9 8 7 6 5 4 3 2 1";
    QTest::newRow("1, waiting") << 1 << true << "1 2|3|4 5 6|7 8|9|10" << "10|9|8 7|6 5 4|3|2 1";
    QTest::newRow("4, waiting") << 4 << true << "1 2 3 4 5 6 7 8|9 10" << "10 9 8 7 6 5 4|3 2 1";
}

namespace {

/// Reads pages until there is no token, or none more that can be read without waiting.
template <typename Request, typename Response>
QString pagesOf(test::Driver& driver, const char* method, Request request) {
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    QStringList pages;
    while (true) {
        const auto call = driver.call(method, request);
        if (!call->answered()) break;
        const auto response = call->template as<Response>();
        QStringList ids;
        for (const auto& event : response.history().events()) ids << QString::number(event.event_id());
        pages << ids.join(QLatin1Char(' '));
        if (response.next_page_token().empty()) break;
        request.set_next_page_token(response.next_page_token());
    }
    return pages.join(QLatin1Char('|'));
}

}  // namespace

void HistoryTest::pagesHoldBatches() {
    QFETCH(const int, size);
    QFETCH(const bool, wait);
    test::Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {test::Driver::schedule("a"), test::Driver::timer("t", 1h)});
    driver.signal("w");
    driver.complete(driver.task());
    test::api::GetWorkflowExecutionHistoryRequest forward;
    forward.set_maximum_page_size(size);
    forward.set_wait_new_event(wait);
    const auto read =
        pagesOf<test::api::GetWorkflowExecutionHistoryRequest, test::api::GetWorkflowExecutionHistoryResponse>;
    QTEST(read(driver, "GetWorkflowExecutionHistory", forward), "pages");
    test::api::GetWorkflowExecutionHistoryReverseRequest backward;
    backward.set_maximum_page_size(size);
    const auto reverse = pagesOf<test::api::GetWorkflowExecutionHistoryReverseRequest,
                                 test::api::GetWorkflowExecutionHistoryReverseResponse>;
    QTEST(reverse(driver, "GetWorkflowExecutionHistoryReverse", backward), "backwards");
}

/// Whether the poller waited or came later, the history is the same.
void HistoryTest::aWaitingPollerBeginsABatch() {
    test::Driver driver;
    const auto poll = driver.poll();
    driver.start("w");
    QVERIFY(poll->answered());
    test::api::GetWorkflowExecutionHistoryRequest request;
    request.set_maximum_page_size(1);
    const auto pages =
        pagesOf<test::api::GetWorkflowExecutionHistoryRequest, test::api::GetWorkflowExecutionHistoryResponse>;
    QCOMPARE(pages(driver, "GetWorkflowExecutionHistory", request), QStringLiteral("1 2|3|"));
}

/// The entries of a map lie in memory in another order each time.
void HistoryTest::mapsAreAlwaysTheSameBytes() {
    std::set<std::string> seen;
    for (int times = 0; times < 20; ++times) {
        server::HistoryEvent event;
        event.set_event_id(1);
        auto& fields = *event.mutable_workflow_execution_started_event_attributes()->mutable_memo()->mutable_fields();
        for (int i = 0; i < 12; ++i) fields["field-" + std::to_string((i * 5 + times) % 12)].set_data("x");
        server::EventLog log;
        log.append(event);
        seen.insert(std::string(log.range(1, 1)));
    }
    QCOMPARE(seen.size(), size_t(1));
}

void HistoryTest::endIsWaitedForWithoutSayingSo() {
    test::Driver driver;
    driver.start("w");
    test::api::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.set_history_event_filter_type(test::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    const auto early = driver.call("GetWorkflowExecutionHistory", request);
    QVERIFY(!early->answered());
    driver.pass(driver.world.limits().historyPoll);
    const auto nothing = early->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(nothing.history().events_size(), 0);
    QVERIFY(nothing.next_page_token().empty());
    const auto late = driver.call("GetWorkflowExecutionHistory", request);
    driver.complete(driver.task(), {test::Driver::completeWorkflow()});
    const auto end = late->as<test::api::GetWorkflowExecutionHistoryResponse>();
    QCOMPARE(end.history().events_size(), 1);
    QVERIFY(end.history().events(0).has_workflow_execution_completed_event_attributes());
}

QTEST_GUILESS_MAIN(HistoryTest)
#include "history_test.moc"
