// SPDX-License-Identifier: MIT
// The samples, each played through to its ends.
#include "app/samples/samples.h"
#include "tests/peers/stage.h"

namespace orrery::test {
namespace {

samples::Order order(int failingCharges = 0) {
    samples::Order order = samples::exampleOrder("4711");
    order.failingCharges = failingCharges;
    order.pace = 0;
    return order;
}

samples::Approval approval(bool approved) {
    samples::Approval approval;
    approval.approved = approved;
    approval.approver = "Grace";
    return approval;
}

void orderApproved(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("order_approval", stage.options(), order(2));
    stage.settled(run, "TimerStarted");
    stage.note("status: {}", run.query(samples::kStatus));
    samples::Address address;
    stage.noteError("no street", [&] { run.executeUpdate(samples::kSetAddress, address); });
    address.street = "Marktplatz 1";
    address.city = "Potsdam";
    const auto update = run.startUpdatePayloads("set_address", stage.client().converter().toPayloads(address),
                                                client::UpdateStage::Completed, "move");
    stage.note("lived in {}", update.result<samples::Address>().city);
    stage.settled(run, "WorkflowExecutionUpdateCompleted");
    run.signal(samples::kApprove, approval(true));
    stage.noteResult(run);
    stage.noteError("too late", [&] { run.executeUpdate(samples::kSetAddress, address); });
    stage.note("status at the end: {}", run.query(samples::kStatus));
}

void orderDeclined(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("order_approval", stage.options(), order());
    stage.settled(run, "TimerStarted");
    run.signal(samples::kApprove, approval(false));
    stage.noteResult(run);
}

void orderCancelled(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("order_approval", stage.options(), order());
    stage.settled(run, "TimerStarted");
    run.cancel("changed my mind");
    stage.noteResult(run);
}

void orderWithoutItems(Stage& stage) {
    stage.startWorker();
    samples::Order empty = order();
    empty.items.clear();
    stage.noteResult(stage.start("order_approval", stage.options(), empty));
}

void orderChanged(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("order_approval_changed", stage.options(), order());
    stage.settled(run, "TimerStarted");
    run.signal(samples::kApprove, approval(true));
    stage.noteResult(run);
}

/// A worker dies between two steps, and the next one replays.
void orderOfTwoWorkers(Stage& stage) {
    worker::WorkerOptions options;
    options.stickyScheduleToStart = std::chrono::seconds(1);
    stage.startWorker(options);
    const auto run = stage.start("order_approval", stage.options(), order());
    stage.settled(run, "TimerStarted");
    stage.loseWorker();
    run.signal(samples::kApprove, approval(true));
    stage.startWorker(options);
    stage.noteResult(run);
}

samples::Trip trip(const std::string& failAt, const std::string& failUndo) {
    samples::Trip trip = samples::exampleTrip("t1");
    trip.failAt = failAt;
    trip.failUndo = failUndo;
    trip.pace = 0;
    return trip;
}

void sagaBooked(Stage& stage) {
    stage.startWorker();
    stage.noteResult(stage.start("saga", stage.options(), trip("", "")));
}

void sagaUndone(Stage& stage) {
    stage.startWorker();
    stage.noteResult(stage.start("saga", stage.options(), trip("car", "hotel")));
}

void sagaCancelled(Stage& stage) {
    stage.startWorker({}, true);
    const auto run = stage.start("saga", stage.options(), trip("", ""));
    stage.gate().release(stage.gate().waitFor(1));
    stage.settled(run, "ActivityTaskScheduled", 2);
    stage.gate().waitFor(1);
    run.cancel("changed my mind");
    stage.settled(run, "ActivityTaskCancelRequested");
    // The hotel is booked all the same, but too late for the workflow, which does not wait for it.
    stage.gate().release("2");
    stage.settled(run, "ActivityTaskCompleted", 2);
    stage.gate().release("3");
    stage.noteResult(run);
}

void entity(Stage& stage) {
    stage.startWorker();
    samples::Account account = samples::exampleAccount("Ada");
    account.entriesPerRun = 3;
    account.pace = 0;
    auto run = stage.start("entity", stage.options(), account);
    const auto anyRun = stage.client().workflow(run.id());
    stage.settled(run, "WorkflowTaskCompleted");
    samples::Earned earned;
    earned.reason = "a telescope";
    for (const int points : {600, 700}) {
        earned.points = points;
        anyRun.signal(samples::kEarn, earned);
        stage.settled(run, "WorkflowExecutionSignaled", points == 600 ? 1 : 2);
    }
    // A milestone was passed.
    stage.settled(run, "ActivityTaskCompleted");
    stage.noteError("redeem too much", [&] { anyRun.executeUpdate(samples::kRedeem, 2000); });
    const auto update = anyRun.startUpdatePayloads("redeem", stage.client().converter().toPayloads(250),
                                                   client::UpdateStage::Completed, "first-voucher");
    stage.note("voucher: {}", update.result<std::string>());
    stage.settled(run, "WorkflowExecutionUpdateCompleted");
    earned.points = 5;
    anyRun.signal(samples::kEarn, earned);
    run = stage.next(run);
    stage.settled(run, "WorkflowTaskCompleted");
    stage.note("the next run is {}", anyRun.query(samples::kAccount).run);
    anyRun.signal(samples::kEarn, earned);
    stage.settled(run, "WorkflowExecutionSignaled");
    anyRun.signal(samples::kClose);
    stage.noteResult(run);
}

/// One run ends while entries wait: they go along.
void entityHandsOver(Stage& stage) {
    samples::Account account = samples::exampleAccount("Ada");
    account.entriesPerRun = 2;
    account.pace = 0;
    auto run = stage.start("entity", stage.options(), account);
    samples::Earned earned;
    for (earned.points = 1; earned.points <= 5; ++earned.points) run.signal(samples::kEarn, earned);
    stage.startWorker();
    run = stage.next(run);
    run = stage.next(run);
    stage.settled(run, "WorkflowTaskCompleted");
    stage.client().workflow(run.id()).signal(samples::kClose);
    stage.noteResult(run);
}

void fanOut(Stage& stage) {
    stage.startWorker({}, true);
    samples::SurveyPlan plan;
    plan.sectors = 12;
    plan.width = 4;
    plan.hiddenEvery = 5;
    const auto run = stage.start("fan_out", stage.options(), plan);
    // One at a time, and only when everybody who may work stands at the gate; the sector under clouds comes twice.
    bool clouded = true;
    for (int closed = 0; closed < plan.sectors;) {
        const std::string next = stage.gate().waitFor(static_cast<size_t>(std::min(plan.width, plan.sectors - closed)));
        stage.gate().release(next);
        if (next == std::to_string(plan.cloudedEvery) && std::exchange(clouded, false)) continue;
        if (++closed < plan.sectors) stage.settled(run, "WorkflowTaskCompleted", closed + 1);
    }
    stage.noteResult(run);
}

}  // namespace

const std::vector<Script>& sampleScripts() {
    static const std::vector<Script> all{
        {"order_approval", &orderApproved},
        {"order_approval_declined", &orderDeclined},
        {"order_approval_cancelled", &orderCancelled},
        {"order_approval_empty", &orderWithoutItems},
        {"order_approval_two_workers", &orderOfTwoWorkers},
        {"order_approval_changed", &orderChanged},
        {"saga", &sagaUndone},
        {"saga_booked", &sagaBooked},
        {"saga_cancelled", &sagaCancelled},
        {"entity", &entity},
        {"entity_hands_over", &entityHandsOver},
        {"fan_out", &fanOut},
    };
    return all;
}

}  // namespace orrery::test
