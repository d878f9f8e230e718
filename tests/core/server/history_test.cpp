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

QTEST_GUILESS_MAIN(HistoryTest)
#include "history_test.moc"
