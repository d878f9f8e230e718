// SPDX-License-Identifier: MIT
#include <QTest>
#include <thread>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include "tests/app/samples/stage.h"
#endif
#include "tests/core/workflow/driver.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::Driver;
using test::Stage;
using test::text;

namespace {

samples::Account account(int entriesPerRun) {
    samples::Account account = samples::exampleAccount("Ada");
    account.entriesPerRun = entriesPerRun;
    account.pace = 0;
    return account;
}

samples::Earned earned(int points) {
    samples::Earned earned;
    earned.points = points;
    earned.reason = "a telescope";
    return earned;
}

struct Samples {
    Samples() { samples::registerSamples(workflows, activities); }
    workflow::WorkflowRegistry workflows;
    activity::ActivityRegistry activities;
};

/// An account without a run where the present run has not begun to work yet.
samples::Account asked(const client::WorkflowHandle& handle) {
    try {
        return handle.query(samples::kAccount);
    } catch (const client::WorkflowNotReadyError&) {
        samples::Account none;
        none.run = 0;
        return none;
    }
}

/// What the run hands to the next one.
samples::Account handedOver(const Driver& run) {
    const auto& command = std::get<definition::command::ContinueAsNew>(run.last().commands.back());
    return std::get<0>(payload::defaultConverter().fromPayloads<samples::Account>(command.arguments));
}

}  // namespace

class EntityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void creditsWhatComesIn();
    void signalsBesideTheLastOneAreHandedOver();
    void waitsForItsHandlers();
    void movesOnWhenTheServerSuggestsIt();
    void redeemIsChecked();
    void nothingIsLostOverManyRuns();
    void survivesTheLossOfItsWorker();
};

void EntityTest::creditsWhatComesIn() {
    const Samples all;
    Driver run(all.workflows, "entity", account(10));
    QCOMPARE(text(run.begin({Driver::signalled("earn", earned(400))})), QString());
    QCOMPARE(text(run.query("account")).contains("\"points\":400"), true);
    QCOMPARE(text(run.signal("earn", earned(700))),
             QString("ScheduleActivity 1 send_greeting({\"customer\":\"Ada\",\"pace\":0.0,\"points\":1100,"
                     "\"voucher\":0})"));
    // Comes in while the greeting is under way, and counts.
    QCOMPARE(text(run.signal("earn", earned(5))), QString());
    QCOMPARE(text(run.signal("close")), QString());
    const QString closed = text(run.complete(1, std::monostate()));
    QVERIFY2(closed.startsWith("Complete") && closed.contains("\"points\":1105") && closed.contains("\"credited\":3"),
             qPrintable(closed));
}

void EntityTest::signalsBesideTheLastOneAreHandedOver() {
    const Samples all;
    Driver run(all.workflows, "entity", account(2));
    std::vector<definition::Job> jobs;
    for (const int points : {1, 2, 3, 4, 5}) jobs.push_back(Driver::signalled("earn", earned(points)));
    QVERIFY(text(run.begin(jobs)).startsWith("ContinueAsNew"));
    const samples::Account next = handedOver(run);
    QCOMPARE(next.run, 2);
    QCOMPARE(next.points, 3);
    QCOMPARE(next.credited, 2);
    QCOMPARE(next.pending.size(), size_t(3));
    QCOMPARE(next.pending.front().points, 3);
    QCOMPARE(next.pending.back().points, 5);
}

void EntityTest::waitsForItsHandlers() {
    const Samples all;
    samples::Account rich = account(2);
    rich.points = 500;
    Driver busy(all.workflows, "entity", rich);
    busy.begin();
    QVERIFY(text(busy.update("redeem", 200)).contains("ScheduleActivity 1 issue_voucher"));
    busy.signal("earn", earned(1));
    // The second entry is the run's last, but the voucher is not there yet.
    QCOMPARE(text(busy.signal("earn", earned(2))), QString());
    QCOMPARE(text(busy.signal("earn", earned(3))), QString());
    const QString done = text(busy.complete(1, std::string("voucher 1")));
    QVERIFY2(done.contains("Updated \"voucher 1\"") && done.contains("ContinueAsNew"), qPrintable(done));
    QCOMPARE(handedOver(busy).points, 303);
    QCOMPARE(handedOver(busy).pending.size(), size_t(1));
}

void EntityTest::movesOnWhenTheServerSuggestsIt() {
    const Samples all;
    Driver run(all.workflows, "entity", account(0));
    QCOMPARE(text(run.begin({Driver::signalled("earn", earned(1))})), QString());
    run.next().continueAsNewSuggested = true;
    QVERIFY(text(run.signal("earn", earned(2))).startsWith("ContinueAsNew"));
    QCOMPARE(handedOver(run).points + static_cast<int>(handedOver(run).pending.size()) * 2, 3);
}

void EntityTest::redeemIsChecked() {
    const Samples all;
    Driver run(all.workflows, "entity", account(10));
    run.begin({Driver::signalled("earn", earned(100))});
    QCOMPARE(text(run.update("redeem", 0)), QString("Rejected InvalidPoints: A voucher costs at least one point."));
    QCOMPARE(text(run.update("redeem", 101)), QString("Rejected NotEnoughPoints: Ada has 100 points, not 101."));
    // The points are taken before the voucher is there: they cannot be spent twice.
    QVERIFY(text(run.update("redeem", 60)).contains("issue_voucher"));
    QCOMPARE(text(run.update("redeem", 60)), QString("Rejected NotEnoughPoints: Ada has 40 points, not 60."));
    QVERIFY(text(run.failActivity(1, payload::ApplicationFailure("no paper", "NoPaper"))).contains("no paper"));
    QVERIFY(text(run.query("account")).contains("\"points\":100"));
}

void EntityTest::nothingIsLostOverManyRuns() {
    constexpr int kSenders = 3;
    constexpr int kEach = 120;
    constexpr int kVouchers = 5;
    const Stage stage;
    const auto handle = stage.start(samples::kEntity, "account-1", account(7));
    // By id alone: each message goes to whichever run is the latest, also in the moment when one follows another.
    const client::WorkflowHandle anyRun = stage.environment().client().workflow("account-1");
    anyRun.signal(samples::kEarn, earned(5000));
    QTRY_VERIFY_WITH_TIMEOUT(asked(anyRun).points == 5000, 20000);
    std::vector<std::thread> senders;
    for (int sender = 0; sender < kSenders; ++sender) {
        senders.emplace_back([&anyRun] {
            for (int i = 1; i <= kEach; ++i) anyRun.signal(samples::kEarn, earned(i));
        });
    }
    for (int i = 0; i < kVouchers; ++i) QVERIFY(!anyRun.executeUpdate(samples::kRedeem, 100).empty());
    for (std::thread& sender : senders) sender.join();
    anyRun.signal(samples::kClose);
    const samples::Account last = handle.result();
    QCOMPARE(last.credited, 1 + kSenders * kEach);
    QCOMPARE(last.points, 5000 + kSenders * kEach * (kEach + 1) / 2 - kVouchers * 100);
    QCOMPARE(last.vouchers, kVouchers);
    QVERIFY(last.pending.empty());
    QCOMPARE(last.run, 1 + (1 + kSenders * kEach) / 7);
}

void EntityTest::survivesTheLossOfItsWorker() {
    Stage stage;
    const auto handle = stage.start(samples::kEntity, "account-1", account(4));
    const client::WorkflowHandle anyRun = stage.environment().client().workflow("account-1");
    for (int i = 0; i < 6; ++i) anyRun.signal(samples::kEarn, earned(10));
    QTRY_VERIFY_WITH_TIMEOUT(asked(anyRun).run == 2, 20000);
    stage.loseWorker();
    for (int i = 0; i < 6; ++i) anyRun.signal(samples::kEarn, earned(10));
    anyRun.signal(samples::kClose);
    stage.newWorker();
    const samples::Account last = handle.result();
    QCOMPARE(last.credited, 12);
    QCOMPARE(last.points, 120);
}

QTEST_GUILESS_MAIN(EntityTest)
#include "entity_test.moc"
