// SPDX-License-Identifier: MIT
// What the window does with its own server and the sample's worker, through the gateway alone: the worker is killed in
// the middle of a workflow, and a new one finishes it.
#include <QTest>
#include <algorithm>

#include "core/gateway/arguments.h"
#include "core/gateway/local_server.h"
#include "core/history/groups.h"
#include "tests/support/mailbox.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::gateway;
using test::Mailbox;
using test::text;

namespace {

constexpr const char* kOrder =
    R"({"id": "o-1", "customer": "Ada", "items": ["astrolabe"], "total": 9.5, "address": {"street": "A", "city": "B"}})";

template <typename T>
T valueOf(Outcome<T> outcome) {
    if (!outcome.ok()) qFatal("%s", outcome.problem().message.c_str());
    return std::move(outcome).value();
}

template <typename T, typename Wanted>
T waitUntil(Mailbox<Outcome<T>>& mailbox, Wanted wanted) {
    while (true) {
        T value = valueOf(mailbox.take());
        if (wanted(value)) return value;
    }
}

void waitFor(Mailbox<WorkerState>& states, WorkerState::Kind kind) {
    while (states.take().kind != kind) {
    }
}

bool hasEvent(const HistoryTail& tail, const char* type) {
    for (size_t i = 0; i < tail.history->size(); ++i) {
        if ((*tail.history)[i].typeName() == type) return true;
    }
    return false;
}

bool names(const std::vector<HandlerInfo>& handlers, const std::string& name) {
    return std::any_of(handlers.begin(), handlers.end(), [&](const auto& handler) { return handler.name == name; });
}

}  // namespace

class DurabilityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aKilledWorkerLosesNothing();

private:
    WorkflowKey startOrder();
    void useTheHandlers(const WorkflowKey& key);

    std::shared_ptr<LocalServer> m_server;
    std::shared_ptr<Cluster> m_cluster;
};

void DurabilityTest::initTestCase() {
    LocalServerOptions options;
    options.port = 27'533;
    options.workerProgram = ORRERY_PROGRAM;
    m_server = startLocalServerNow(options);
    m_cluster = m_server->cluster();
}

WorkflowKey DurabilityTest::startOrder() {
    StartRequest order;
    order.workflowId = "o-1";
    order.type = "order_approval";
    order.taskQueue = "samples";
    order.input = valueOf(jsonArguments(kOrder));
    Mailbox<Outcome<WorkflowKey>> started;
    const auto start = m_cluster->start(order, started.sink());
    return valueOf(started.take());
}

void DurabilityTest::useTheHandlers(const WorkflowKey& key) {
    Mailbox<Outcome<Handlers>> handlerLists;
    const auto handlers = m_cluster->handlers(key, handlerLists.sink());
    const Handlers known = valueOf(handlerLists.take());
    QVERIFY(names(known.signals, "approve"));
    QVERIFY(names(known.queries, "status"));
    QVERIFY(names(known.updates, "set_address"));

    Mailbox<Outcome<QueryAnswer>> answers;
    const auto query = m_cluster->query({key, "status", {}}, answers.sink());
    QCOMPARE(text(valueOf(answers.take()).result.at(0).data), QString("\"waiting for approval\""));

    UpdateRequest move;
    move.workflow = key;
    move.name = "set_address";
    move.input = valueOf(jsonArguments(R"({"street": "C", "city": "D"})"));
    Mailbox<Outcome<UpdateAnswer>> updates;
    const auto update = m_cluster->update(move, updates.sink());
    const UpdateAnswer moved = valueOf(updates.take());
    QVERIFY2(!moved.failure, moved.failure ? moved.failure->message.c_str() : "");
    QCOMPARE(moved.stage, UpdateStage::Completed);
    move.input = valueOf(jsonArguments(R"({"street": "", "city": ""})"));
    const auto refused = m_cluster->update(move, updates.sink());
    QVERIFY(valueOf(updates.take()).failure);
}

void DurabilityTest::aKilledWorkerLosesNothing() {
    Mailbox<WorkerState> states;
    const auto worker = m_server->worker().watch(states.sink());
    waitFor(states, WorkerState::Kind::Running);
    const WorkflowKey key = startOrder();
    Mailbox<Outcome<HistoryTail>> tails;
    const auto tail = m_cluster->openHistory(key, tails.sink());
    waitUntil(tails, [](const HistoryTail& now) { return hasEvent(now, "TimerStarted"); });
    useTheHandlers(key);

    m_server->worker().kill();
    waitFor(states, WorkerState::Kind::Killed);
    Mailbox<Outcome<Done>> done;
    const auto approve = m_cluster->signal(
        {key, "approve", valueOf(jsonArguments(R"({"approved": true, "approver": "me"})"))}, done.sink());
    valueOf(done.take());
    m_server->worker().start();
    waitFor(states, WorkerState::Kind::Running);
    // The task waits a while for the worker that knew the run; let that while pass.
    m_server->clock().goOn();

    const HistoryTail end = waitUntil(tails, [](const HistoryTail& now) { return now.closed; });
    QCOMPARE(end.history->summary().status, WorkflowStatus::Completed);
    std::map<std::string, int> attempts;
    for (const auto& group : history::groups(*end.history).list) {
        if (group.kind == history::GroupKind::Activity) attempts[group.name] += group.attempts;
    }
    QCOMPARE(attempts, (std::map<std::string, int>{{"charge_card", 1}, {"reserve_stock", 1}, {"send_receipt", 1}}));
    QVERIFY2(text(end.history->summary().result.at(0).text).contains("\"city\":\"D\""),
             end.history->summary().result.at(0).text.c_str());
}

QTEST_GUILESS_MAIN(DurabilityTest)
#include "durability_test.moc"
