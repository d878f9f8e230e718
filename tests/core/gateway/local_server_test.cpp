// SPDX-License-Identifier: MIT
#include "core/gateway/local_server.h"

#include <QTest>

#include "core/client/client.h"
#include "tests/support/hand_worker.h"
#include "tests/support/mailbox.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::gateway;
using namespace std::chrono_literals;
using test::HandWorker;
using test::Mailbox;
using test::text;

namespace {

LocalServerOptions withoutWorker(uint16_t port) {
    LocalServerOptions options;
    options.port = port;
    return options;
}

StartRequest order(const std::string& id) {
    StartRequest request;
    request.workflowId = id;
    request.type = "Order";
    request.taskQueue = "q";
    return request;
}

/// A worker over the port, as another program would be.
HandWorker workerAt(const std::string& address) {
    client::ConnectOptions options;
    options.address = address;
    return HandWorker(client::Connection::create(options), "q");
}

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

}  // namespace

class LocalServerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void takesTheNextFreePort();
    void saysWhenNoPortIsFree();
    void othersCanConnect();
    void missingNamespaceIsNamed();
    void showsARunFromStartToEnd();
    void clockCanBeSteered();
    void refusalsAreProblems();
    void runsItsWorker();
    void clusterOutlivesItsServer();

private:
    std::shared_ptr<LocalServer> m_server;
    std::shared_ptr<Cluster> m_cluster;
};

void LocalServerTest::initTestCase() {
    Mailbox<Outcome<std::shared_ptr<LocalServer>>> servers;
    const auto request = startLocalServer(withoutWorker(27'233), servers.sink());
    m_server = valueOf(servers.take());
    m_cluster = m_server->cluster();
    const ClusterInfo info = m_cluster->info();
    QCOMPARE(info.kind, ClusterKind::Embedded);
    QCOMPARE(text(info.address), text(m_server->address()));
    QVERIFY(!info.serverVersion.empty());
}

void LocalServerTest::takesTheNextFreePort() {
    const auto port = static_cast<uint16_t>(text(m_server->address()).section(':', 1).toUInt());
    const auto second = startLocalServerNow(withoutWorker(port));
    QVERIFY(second->address() != m_server->address());
    QVERIFY(text(second->address()).section(':', 1).toUInt() > port);
}

void LocalServerTest::saysWhenNoPortIsFree() {
    LocalServerOptions options =
        withoutWorker(static_cast<uint16_t>(text(m_server->address()).section(':', 1).toUInt()));
    options.portsTried = 1;
    Mailbox<Outcome<std::shared_ptr<LocalServer>>> servers;
    const auto request = startLocalServer(options, servers.sink());
    const auto outcome = servers.take();
    QVERIFY(!outcome.ok());
    QCOMPARE(outcome.problem().code, base::ErrorCode::Unavailable);
    QVERIFY2(text(outcome.problem().message).contains(QString::number(options.port)),
             outcome.problem().message.c_str());
}

void LocalServerTest::othersCanConnect() {
    Mailbox<Outcome<std::shared_ptr<Cluster>>> clusters;
    const auto request = gateway::connect({m_server->address(), "default", "", 5s}, clusters.sink());
    const auto cluster = valueOf(clusters.take());
    QCOMPARE(cluster->info().kind, ClusterKind::Remote);
    QCOMPARE(text(cluster->info().serverVersion), text(m_cluster->info().serverVersion));
}

void LocalServerTest::missingNamespaceIsNamed() {
    Mailbox<Outcome<std::shared_ptr<Cluster>>> clusters;
    const auto request = gateway::connect({m_server->address(), "nowhere", "", 5s}, clusters.sink());
    const auto outcome = clusters.take();
    QVERIFY(!outcome.ok());
    QCOMPARE(outcome.problem().code, base::ErrorCode::NotFound);
    QVERIFY(text(outcome.problem().message).contains("nowhere"));
    QVERIFY(text(outcome.problem().message).contains(text(m_server->address())));
}

void LocalServerTest::showsARunFromStartToEnd() {
    Mailbox<Outcome<LiveList>> lists;
    ListQuery query;
    query.text = "seen";
    const auto listWatch = m_cluster->watchWorkflows(query, lists.sink());
    QVERIFY(valueOf(lists.take()).page->rows.empty());

    Mailbox<Outcome<WorkflowKey>> started;
    const auto start = m_cluster->start(order("seen-1"), started.sink());
    const WorkflowKey key = valueOf(started.take());
    QVERIFY(!key.runId.empty());
    const LiveList running = waitUntil(lists, [](const LiveList& list) { return !list.page->rows.empty(); });
    QCOMPARE(text(running.page->rows.at(0).key.workflowId), QString("seen-1"));
    QCOMPARE(running.counts.byStatus.at(WorkflowStatus::Running), 1);

    Mailbox<Outcome<HistoryTail>> tails;
    const auto tail = m_cluster->openHistory({"seen-1", ""}, tails.sink());
    waitUntil(tails, [](const HistoryTail& now) { return now.complete && now.history->size() == 2; });
    Mailbox<Outcome<WorkflowDescription>> descriptions;
    const auto watch = m_cluster->watchDescription(key, descriptions.sink());
    QCOMPARE(text(valueOf(descriptions.take()).waitsFor), QString("a worker on task queue q"));

    Mailbox<Outcome<Done>> done;
    const auto signal = m_cluster->signal({key, "approve", {}}, done.sink());
    valueOf(done.take());
    waitUntil(tails, [](const HistoryTail& now) { return now.history->size() == 3; });

    workerAt(m_server->address()).decide({HandWorker::completeWorkflow(payload::defaultConverter().toPayload(1))});
    const HistoryTail end = waitUntil(tails, [](const HistoryTail& now) { return now.closed; });
    QCOMPARE(end.history->summary().status, WorkflowStatus::Completed);
    waitUntil(lists, [](const LiveList& list) { return list.counts.byStatus.contains(WorkflowStatus::Completed); });
    const auto closed = waitUntil(
        descriptions, [](const WorkflowDescription& now) { return now.row.status == WorkflowStatus::Completed; });
    QVERIFY(closed.waitsFor.empty());
}

void LocalServerTest::clockCanBeSteered() {
    Mailbox<Outcome<WorkflowKey>> started;
    const auto start = m_cluster->start(order("timed"), started.sink());
    const WorkflowKey key = valueOf(started.take());
    const HandWorker worker = workerAt(m_server->address());
    worker.decide({HandWorker::startTimer("a day", 24h)});
    m_server->clock().skip(25h);
    const auto task = worker.poll();
    QCOMPARE(text(task.workflow_execution().run_id()), text(key.runId));
    worker.complete(task, {HandWorker::completeWorkflow(payload::defaultConverter().toPayload(1))});
    QVERIFY(m_server->clock().status().ahead >= 24h);
}

void LocalServerTest::refusalsAreProblems() {
    Mailbox<Outcome<Done>> done;
    const auto signal = m_cluster->signal({{"nobody", ""}, "approve", {}}, done.sink());
    QCOMPARE(done.take().problem().code, base::ErrorCode::NotFound);
    const auto terminate = m_cluster->terminate({"nobody", ""}, "because", done.sink());
    QCOMPARE(done.take().problem().code, base::ErrorCode::NotFound);
    Mailbox<Outcome<HistoryTail>> tails;
    const auto tail = m_cluster->openHistory({"nobody", ""}, tails.sink());
    QCOMPARE(tails.take().problem().code, base::ErrorCode::NotFound);

    Mailbox<Outcome<WorkflowKey>> started;
    const auto first = m_cluster->start(order("twice"), started.sink());
    valueOf(started.take());
    const auto second = m_cluster->start(order("twice"), started.sink());
    QCOMPARE(started.take().problem().code, base::ErrorCode::AlreadyExists);
    const auto cancel = m_cluster->cancel({"twice", ""}, "changed my mind", done.sink());
    QVERIFY(done.take().ok());
    const auto end = m_cluster->terminate({"twice", ""}, "enough", done.sink());
    QVERIFY(done.take().ok());
}

void LocalServerTest::runsItsWorker() {
    LocalServerOptions options = withoutWorker(27'333);
    options.workerProgram = "/bin/sh";
    options.workerArguments = {"-c", "echo \"$0\"", "{address}"};
    const auto server = startLocalServerNow(options);
    Mailbox<WorkerState> states;
    const auto watch = server->worker().watch(states.sink());
    WorkerState state = states.take();
    while (state.kind != WorkerState::Kind::Exited) state = states.take();
    QCOMPARE(state.lastLines, (std::vector<std::string>{server->address()}));
}

void LocalServerTest::clusterOutlivesItsServer() {
    auto server = startLocalServerNow(withoutWorker(27'433));
    const auto cluster = server->cluster();
    Mailbox<ConnectionStatus> states;
    const auto watch = cluster->watchConnection(states.sink());
    QCOMPARE(states.take().state, ConnectionState::Ready);
    server.reset();
    QCOMPARE(states.take().state, ConnectionState::Lost);
    Mailbox<Outcome<WorkflowKey>> started;
    auto start = cluster->start(order("late"), started.sink());
    start.drop();
    QVERIFY(started.empty());
}

QTEST_GUILESS_MAIN(LocalServerTest)
#include "local_server_test.moc"
