// SPDX-License-Identifier: MIT
#include <QTest>

#include "core/definition/activation.h"
#include "core/definition/activity_invoker.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::text;
namespace def = orrery::definition;

// Options made inside an expression with co_await have to be classes with a constructor (options.h).
static_assert(!std::is_aggregate_v<def::ActivityOptions> && !std::is_aggregate_v<def::RetryPolicy>);
static_assert(!std::is_aggregate_v<def::ChildWorkflowOptions> && !std::is_aggregate_v<def::StartWorkflowOptions>);
static_assert(!std::is_aggregate_v<def::ContinueAsNewOptions>);

class DefinitionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void optionsChain();
    void namesOfJobsAndCommands();
    void firstCancellationCounts();
};

void DefinitionTest::optionsChain() {
    const def::ActivityOptions options = def::ActivityOptions()
                                             .startToCloseTimeout(10s)
                                             .retryPolicy(def::RetryPolicy().initialInterval(1s).maximumAttempts(3))
                                             .taskQueue("gpu");
    QVERIFY(options.startToCloseTimeout() == 10s);
    QVERIFY(!options.scheduleToCloseTimeout());
    QVERIFY(options.retryPolicy()->initialInterval() == 1s);
    QCOMPARE(options.retryPolicy()->maximumAttempts(), 3);
    QCOMPARE(options.retryPolicy()->backoffCoefficient(), 2.0);
    QCOMPARE(text(options.taskQueue()), QString("gpu"));
    QVERIFY(def::RetryPolicy().maximumAttempts(1) != def::RetryPolicy());
}

void DefinitionTest::namesOfJobsAndCommands() {
    QCOMPARE(text(def::jobName(def::job::InitializeWorkflow())), QString("InitializeWorkflow"));
    QCOMPARE(text(def::jobName(def::job::DoUpdate())), QString("DoUpdate"));
    QCOMPARE(text(def::jobName(def::job::RemoveFromCache())), QString("RemoveFromCache"));
    QCOMPARE(text(def::commandName(def::command::StartTimer())), QString("StartTimer"));
    QCOMPARE(text(def::commandName(def::command::UpdateResponse())), QString("UpdateResponse"));
    QCOMPARE(text(def::commandName(def::command::RequestCancelExternalWorkflow())),
             QString("RequestCancelExternalWorkflow"));
}

void DefinitionTest::firstCancellationCounts() {
    def::ActivityCancellation cancellation;
    const auto token = cancellation.token();
    QVERIFY(!cancellation.reason() && !token.stop_requested());
    cancellation.request(def::ActivityCancelReason::Paused);
    cancellation.request(def::ActivityCancelReason::TimedOut);
    QVERIFY(token.stop_requested());
    QVERIFY(cancellation.reason() == def::ActivityCancelReason::Paused);
}

QTEST_GUILESS_MAIN(DefinitionTest)
#include "definition_test.moc"
