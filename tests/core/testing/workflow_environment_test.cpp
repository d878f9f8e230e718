// SPDX-License-Identifier: MIT
#include "core/testing/workflow_environment.h"

#include <QTest>
#include <future>

#include "tests/support/hand_worker.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::HandWorker;
using test::text;
using testing::WorkflowEnvironment;

namespace {

client::WorkflowHandle startOne(const WorkflowEnvironment& environment) {
    definition::StartWorkflowOptions options;
    options.id("w").taskQueue("q");
    return environment.client().startWorkflow("W", options);
}

}  // namespace

class WorkflowEnvironmentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void skipsATimerWhileAResultIsAwaited();
    void sleepMovesTime();
    void localTimeIsNotSkipped();
    void listensWhenAsked();
    void standsOnAnotherClient();
};

void WorkflowEnvironmentTest::skipsATimerWhileAResultIsAwaited() {
    const auto environment = WorkflowEnvironment::startTimeSkipping();
    QVERIFY(environment.skipsTime());
    const HandWorker worker(environment.client().connection(), "q");
    const auto before = environment.currentTime();
    const auto handle = startOne(environment);
    worker.decide({HandWorker::startTimer("a month", 30 * 24h)});
    auto result = std::async(std::launch::async, [&] { return handle.result<std::string>(); });
    worker.decide({HandWorker::completeWorkflow(payload::defaultConverter().toPayload("done"))});
    QCOMPARE(text(result.get()), QString("done"));
    QVERIFY(environment.currentTime() - before >= 30 * 24h);
}

void WorkflowEnvironmentTest::sleepMovesTime() {
    const auto environment = WorkflowEnvironment::startTimeSkipping();
    const auto before = environment.currentTime();
    environment.sleep(5h);
    QVERIFY(environment.currentTime() - before >= 5h);
    QVERIFY(environment.currentTime() - before < 6h);
}

void WorkflowEnvironmentTest::localTimeIsNotSkipped() {
    const auto environment = WorkflowEnvironment::startLocal();
    QVERIFY(!environment.skipsTime());
    QVERIFY(environment.address().empty());
    const auto before = environment.currentTime();
    environment.sleep(1ms);
    QVERIFY(environment.currentTime() - before >= 1ms);
    QVERIFY(environment.currentTime() - before < 1h);
    startOne(environment).terminate();
    QCOMPARE(environment.client().countWorkflows(), 1);
}

void WorkflowEnvironmentTest::listensWhenAsked() {
    testing::EnvironmentOptions options;
    options.listen = true;
    const auto environment = WorkflowEnvironment::startLocal(options);
    client::ConnectOptions connect;
    connect.address = environment.address();
    QVERIFY(!client::Client::connect(connect).serverInfo().version.empty());
}

void WorkflowEnvironmentTest::standsOnAnotherClient() {
    const auto server = WorkflowEnvironment::startLocal();
    const auto environment = WorkflowEnvironment::fromClient(server.client());
    QVERIFY(!environment.clock());
    startOne(environment);
    QCOMPARE(server.client().countWorkflows(), 1);
}

QTEST_GUILESS_MAIN(WorkflowEnvironmentTest)
#include "workflow_environment_test.moc"
