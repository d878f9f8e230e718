// SPDX-License-Identifier: MIT
// order_approval for real: embedded server, worker and client in this process, time skipped.
#include <QTest>

#include "app/samples/samples.h"
#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include "core/testing/workflow_environment.h"
#include "core/worker/worker.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

/// A server, and a worker for the samples that can be lost and replaced.
class Stage {
public:
    Stage() : m_environment(testing::WorkflowEnvironment::startTimeSkipping()) { newWorker(); }

    void newWorker() {
        auto workflows = std::make_shared<workflow::WorkflowRegistry>();
        auto activities = std::make_shared<activity::ActivityRegistry>();
        samples::registerSamples(*workflows, *activities, ledger);
        worker::WorkerOptions options;
        options.taskQueue = samples::kSamplesTaskQueue;
        // A lost worker's tasks are free for the next one after this long.
        options.stickyScheduleToStart = std::chrono::seconds(1);
        m_worker =
            std::make_unique<worker::Worker>(m_environment.client().connection(), workflows, activities, options);
        m_worker->start();
    }
    void loseWorker() {
        m_worker->abandon();
        m_worker.reset();
    }
    client::WorkflowHandle start(const std::string& id) const {
        samples::Order order = samples::exampleOrder(id);
        order.pace = 0;
        return m_environment.client().startWorkflow(
            samples::kOrderApproval.name,
            definition::StartWorkflowOptions().id("order-" + id).taskQueue(samples::kSamplesTaskQueue), order);
    }
    const testing::WorkflowEnvironment& environment() const { return m_environment; }

    std::shared_ptr<samples::Ledger> ledger = std::make_shared<samples::Ledger>();

private:
    testing::WorkflowEnvironment m_environment;
    std::unique_ptr<worker::Worker> m_worker;
};

samples::Approval approval() {
    samples::Approval made;
    made.approver = "Grace";
    return made;
}

}  // namespace

class OrderRunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void approvedWithRetries();
    void nobodyAnswers();
    void survivesTheLossOfItsWorker();
    void cancelledRunGivesBack();
};

void OrderRunTest::approvedWithRetries() {
    const Stage stage;
    const auto handle = stage.start("1");
    samples::Address address;
    address.street = "Rue 1";
    address.city = "Paris";
    QCOMPARE(text(handle.executeUpdate<samples::Address>("set_address", address).city), QString("Berlin"));
    handle.signal("approve", approval());
    const auto result = handle.result<samples::OrderResult>();
    QCOMPARE(text(result.outcome), QString("completed"));
    QCOMPARE(text(result.approver), QString("Grace"));
    QCOMPARE(text(result.address.city), QString("Paris"));
    QCOMPARE(text(handle.query<std::string>("status")), QString("completed"));
    QCOMPARE(stage.ledger->entries().size(), size_t(3));
}

void OrderRunTest::nobodyAnswers() {
    const Stage stage;
    const auto before = stage.environment().currentTime();
    const auto handle = stage.start("2");
    QCOMPARE(text(handle.result<samples::OrderResult>().outcome), QString("expired"));
    QVERIFY(stage.environment().currentTime() - before >= std::chrono::hours(24));
}

void OrderRunTest::survivesTheLossOfItsWorker() {
    Stage stage;
    const auto handle = stage.start("3");
    QTRY_COMPARE_WITH_TIMEOUT(text(handle.query<std::string>("status")), QString("waiting for approval"), 20000);
    stage.loseWorker();
    handle.signal("approve", approval());
    stage.newWorker();
    QCOMPARE(text(handle.result<samples::OrderResult>().outcome), QString("completed"));
    QCOMPARE(stage.ledger->entries().size(), size_t(3));
}

void OrderRunTest::cancelledRunGivesBack() {
    const Stage stage;
    const auto handle = stage.start("4");
    QTRY_COMPARE_WITH_TIMEOUT(text(handle.query<std::string>("status")), QString("waiting for approval"), 20000);
    handle.cancel("changed my mind");
    try {
        handle.result<samples::OrderResult>();
        QFAIL("the run did not end as cancelled");
    } catch (const client::WorkflowFailedError& error) {
        QVERIFY2(text(error.what()).contains("cancel"), error.what());
    }
    QCOMPARE(stage.ledger->entries().size(), size_t(2));
}

QTEST_GUILESS_MAIN(OrderRunTest)
#include "order_run_test.moc"
