// SPDX-License-Identifier: MIT
// order_approval for real: embedded server, worker and client in this process, time skipped.
#include <QTest>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include "tests/app/samples/stage.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::Stage;
using test::text;

namespace {

auto start(const Stage& stage, const std::string& id) {
    samples::Order order = samples::exampleOrder(id);
    order.pace = 0;
    return stage.start(samples::kOrderApproval, "order-" + id, order);
}

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
    const auto handle = start(stage, "1");
    samples::Address address;
    address.street = "Rue 1";
    address.city = "Paris";
    QCOMPARE(text(handle.executeUpdate<samples::Address>("set_address", address).city), QString("Berlin"));
    handle.signal("approve", approval());
    const auto result = handle.result();
    QCOMPARE(text(result.outcome), QString("completed"));
    QCOMPARE(text(result.approver), QString("Grace"));
    QCOMPARE(text(result.address.city), QString("Paris"));
    QCOMPARE(text(handle.query<std::string>("status")), QString("completed"));
    QCOMPARE(stage.ledger->entries().size(), size_t(3));
}

void OrderRunTest::nobodyAnswers() {
    const Stage stage;
    const auto before = stage.environment().currentTime();
    const auto handle = start(stage, "2");
    QCOMPARE(text(handle.result().outcome), QString("expired"));
    QVERIFY(stage.environment().currentTime() - before >= std::chrono::hours(24));
}

void OrderRunTest::survivesTheLossOfItsWorker() {
    Stage stage;
    const auto handle = start(stage, "3");
    QTRY_COMPARE_WITH_TIMEOUT(text(handle.query<std::string>("status")), QString("waiting for approval"), 20000);
    stage.loseWorker();
    handle.signal("approve", approval());
    stage.newWorker();
    QCOMPARE(text(handle.result().outcome), QString("completed"));
    QCOMPARE(stage.ledger->entries().size(), size_t(3));
}

void OrderRunTest::cancelledRunGivesBack() {
    const Stage stage;
    const auto handle = start(stage, "4");
    QTRY_COMPARE_WITH_TIMEOUT(text(handle.query<std::string>("status")), QString("waiting for approval"), 20000);
    handle.cancel("changed my mind");
    try {
        handle.result();
        QFAIL("the run did not end as cancelled");
    } catch (const client::WorkflowFailedError& error) {
        QVERIFY2(text(error.what()).contains("cancel"), error.what());
    }
    QCOMPARE(stage.ledger->entries().size(), size_t(2));
}

QTEST_GUILESS_MAIN(OrderRunTest)
#include "order_run_test.moc"
