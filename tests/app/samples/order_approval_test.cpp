// SPDX-License-Identifier: MIT
#include <QTemporaryDir>
#include <QTest>

#include "app/samples/samples.h"
#include "tests/core/workflow/driver.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::Driver;
using test::text;

namespace {

struct Samples {
    Samples() { samples::registerSamples(workflows, activities, ledger); }
    std::shared_ptr<samples::Ledger> ledger = std::make_shared<samples::Ledger>();
    workflow::WorkflowRegistry workflows;
    activity::ActivityRegistry activities;
};

samples::Order order() {
    samples::Order made = samples::exampleOrder("4711");
    made.pace = 0;
    return made;
}

/// The lines without arguments, for those that carry the whole order.
QString commands(const std::string& lines) {
    QStringList shown;
    for (const QString& line : text(lines).split('\n')) shown << line.section('(', 0, 0);
    return shown.join("; ");
}

samples::Approval approval(bool approved) {
    samples::Approval made;
    made.approved = approved;
    made.approver = "Grace";
    return made;
}

definition::ActivityTask attempt(const std::string& type, int number) {
    definition::ActivityTask task;
    task.info.activityType = type;
    task.info.workflowId = "order-1";
    task.info.runId = "run-1";
    task.info.activityId = "2";
    task.info.attempt = number;
    task.arguments = payload::defaultConverter().toPayloads(order());
    return task;
}

}  // namespace

class OrderApprovalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void approved();
    void declined();
    void expired();
    void cancelledWhileWaiting();
    void chargingFailsForGood();
    void changedOrderPaysOtherwise();
    void addressUpdate();
    void chargeIsRetriedAndHappensOnce();
    void emptyOrderIsNotRetried();
    void ledgerSurvivesItsProcess();
};

void OrderApprovalTest::approved() {
    const Samples all;
    Driver run(all.workflows, "order_approval", order());
    QCOMPARE(commands(run.begin()), QString("ScheduleActivity 1 reserve_stock"));
    QCOMPARE(text(run.query("status")), QString("Answer \"reserving stock\""));
    QCOMPARE(text(run.complete(1, std::string("2 items"))), QString("StartTimer 1 1 d 00 h"));
    QCOMPARE(text(run.query("status")), QString("Answer \"waiting for approval\""));
    QCOMPARE(commands(run.signal("approve", approval(true))), QString("CancelTimer 1; ScheduleActivity 2 charge_card"));
    QCOMPARE(commands(run.complete(2, std::string("41.50 charged"))), QString("ScheduleActivity 3 send_receipt"));
    QCOMPARE(
        text(run.complete(3, std::monostate())),
        QString(
            "Complete {\"address\":{\"city\":\"Berlin\",\"street\":\"Hauptstr. 5\"},\"approver\":\"Grace\",\"orderId\":"
            "\"4711\",\"outcome\":\"completed\",\"payment\":\"41.50 charged\"}"));
    QCOMPARE(text(run.query("status")), QString("Answer \"completed\""));
}

void OrderApprovalTest::declined() {
    const Samples all;
    Driver run(all.workflows, "order_approval", order());
    run.begin({Driver::signalled("approve", approval(false))});
    QCOMPARE(commands(run.complete(1, std::string("2 items"))), QString("ScheduleActivity 2 release_stock"));
    QVERIFY(text(run.complete(2, std::monostate())).contains("\"outcome\":\"declined\""));
}

void OrderApprovalTest::expired() {
    const Samples all;
    Driver run(all.workflows, "order_approval", order());
    run.begin();
    run.complete(1, std::string("2 items"));
    QCOMPARE(commands(run.fire(1)), QString("ScheduleActivity 2 release_stock"));
    QVERIFY(text(run.complete(2, std::monostate())).contains("\"outcome\":\"expired\""));
}

void OrderApprovalTest::cancelledWhileWaiting() {
    const Samples all;
    Driver run(all.workflows, "order_approval", order());
    run.begin();
    run.complete(1, std::string("2 items"));
    QCOMPARE(commands(run.cancel("changed my mind")), QString("CancelTimer 1; ScheduleActivity 2 release_stock"));
    QCOMPARE(text(run.complete(2, std::monostate())), QString("Cancel"));
}

void OrderApprovalTest::chargingFailsForGood() {
    const Samples all;
    Driver run(all.workflows, "order_approval", order());
    run.begin({Driver::signalled("approve", approval(true))});
    QCOMPARE(commands(run.complete(1, std::string("2 items"))), QString("ScheduleActivity 2 charge_card"));
    QCOMPARE(commands(run.failActivity(2, payload::ApplicationFailure("stolen", "CardStolen"))),
             QString("ScheduleActivity 3 release_stock"));
    QCOMPARE(text(run.complete(3, std::monostate())), QString("Fail Activity task failed <- CardStolen: stolen"));
}

void OrderApprovalTest::changedOrderPaysOtherwise() {
    const Samples all;
    Driver now(all.workflows, "order_approval", order());
    Driver changed(all.workflows, "order_approval_changed", order());
    const auto both = [&](auto step) { return std::pair(text(step(now)), text(step(changed))); };
    const auto equal = [](const auto& pair) { return pair.first == pair.second; };
    QVERIFY(equal(both([](Driver& run) { return run.begin(); })));
    QVERIFY(equal(both([](Driver& run) { return run.complete(1, std::string("2 items")); })));
    const auto [charge, authorize] = both([](Driver& run) { return run.signal("approve", approval(true)); });
    QCOMPARE(charge.split('\n').first(), authorize.split('\n').first());
    QVERIFY(charge.contains("ScheduleActivity 2 charge_card"));
    QVERIFY(authorize.contains("ScheduleActivity 2 authorize_card"));
    QVERIFY(equal(both([](Driver& run) { return run.complete(2, std::string("paid")); })));
    QVERIFY(equal(both([](Driver& run) { return run.complete(3, std::monostate()); })));
    QVERIFY(now.last().commands.size() == 1);
}

void OrderApprovalTest::addressUpdate() {
    const Samples all;
    Driver run(all.workflows, "order_approval", order());
    run.begin();
    samples::Address address;
    QCOMPARE(text(run.update("set_address", address)),
             QString("Rejected InvalidAddress: An address needs a street and a city."));
    address.street = "Rue 1";
    address.city = "Paris";
    QCOMPARE(text(run.update("set_address", address)),
             QString("Accepted u\nUpdated {\"city\":\"Berlin\",\"street\":\"Hauptstr. 5\"}"));
    run.signal("approve", approval(true));
    run.complete(1, std::string("2 items"));
    run.complete(2, std::string("charged"));
    QCOMPARE(text(run.update("set_address", address)), QString("Rejected TooLate: The order is already on its way."));
    QVERIFY(text(run.complete(3, std::monostate())).contains("Rue 1"));
}

void OrderApprovalTest::chargeIsRetriedAndHappensOnce() {
    const Samples all;
    for (const int number : {1, 2}) {
        const auto outcome = all.activities.invoke(attempt("charge_card", number));
        const auto* failed = std::get_if<definition::ActivityFailed>(&outcome);
        QVERIFY(failed);
        QCOMPARE(text(failed->failure.message), QString("The bank did not answer (attempt %1).").arg(number));
    }
    QVERIFY(all.ledger->entries().empty());
    for (const int number : {3, 4}) {
        const auto outcome = all.activities.invoke(attempt("charge_card", number));
        QVERIFY(std::holds_alternative<definition::ActivityCompleted>(outcome));
        QCOMPARE(text(std::get<definition::ActivityCompleted>(outcome).result.data),
                 QString("\"41.50 charged to Ada\""));
    }
    QCOMPARE(all.ledger->entries().size(), size_t(1));
}

void OrderApprovalTest::emptyOrderIsNotRetried() {
    const Samples all;
    auto task = attempt("reserve_stock", 1);
    task.arguments = payload::defaultConverter().toPayloads(samples::Order());
    const auto outcome = all.activities.invoke(task);
    const auto& failure = std::get<definition::ActivityFailed>(outcome).failure;
    QVERIFY(std::get<payload::ApplicationFailureData>(failure.kind).nonRetryable);
}

void OrderApprovalTest::ledgerSurvivesItsProcess() {
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("ledger.tsv").toStdString();
    QCOMPARE(text(samples::Ledger(file).record("a", "first")), QString("first"));
    samples::Ledger again(file);
    QCOMPARE(text(again.record("a", "second")), QString("first"));
    QCOMPARE(text(again.record("b", "second")), QString("second"));
    QCOMPARE(samples::Ledger(file).entries().size(), size_t(2));
}

QTEST_GUILESS_MAIN(OrderApprovalTest)
#include "order_approval_test.moc"
