// SPDX-License-Identifier: MIT
#include "core/client/client.h"

#include <QTest>
#include <future>

#include "core/server/server.h"
#include "tests/support/hand_worker.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::client;
using history::WorkflowStatus;
using test::HandWorker;
using test::text;

namespace {

StartWorkflowOptions withId(const std::string& id) {
    StartWorkflowOptions options;
    options.id(id).taskQueue("q");
    return options;
}

template <typename T>
payload::Payload json(const T& value) {
    return payload::defaultConverter().toPayload(value);
}

std::vector<std::string> eventNames(const history::History& history) {
    std::vector<std::string> names;
    for (size_t i = 0; i < history.size(); ++i) names.push_back(history[i].typeName());
    return names;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

class ClientTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void givesTheResult();
    void throwsTheFailure();
    void refusesATakenId();
    void usesTheExistingRunWhenAsked();
    void sendsSignals();
    void signalWithStartStartsOnce();
    void asksQueries();
    void runsUpdates();
    void typedNamesNeedNoStrings();
    void cancelsAndTerminates();
    void followsRuns();
    void describesListsAndCounts();
    void keepsWhatWasGivenAtTheStart();
    void namesTheMissing();
    void waitingForAResultCanBeInterrupted();

private:
    Client& client() { return *m_client; }
    HandWorker worker() { return HandWorker(m_client->connection(), "q"); }

    std::unique_ptr<server::Server> m_server;
    std::unique_ptr<Client> m_client;
};

void ClientTest::init() {
    server::ServerOptions options;
    options.listen = false;
    m_server = std::make_unique<server::Server>(options);
    m_server->start();
    m_client = std::make_unique<Client>(Connection::create({}, m_server->inProcessChannel()));
}

void ClientTest::cleanup() {
    m_client.reset();
    m_server.reset();
}

void ClientTest::givesTheResult() {
    const auto handle = client().startWorkflow("Sum", withId("sum"), 40, 2);
    const auto task = worker().poll();
    QCOMPARE(text(task.workflow_type().name()), QString("Sum"));
    const auto& started = task.history().events(0).workflow_execution_started_event_attributes();
    QCOMPARE(text(started.input().payloads(1).data()), QString("2"));
    worker().complete(task, {HandWorker::completeWorkflow(json(42))});
    QCOMPARE(handle.result<int>(), 42);
    QCOMPARE(client().workflow("sum").result<int>(), 42);
}

void ClientTest::throwsTheFailure() {
    const auto handle = client().startWorkflow("Charge", withId("charge"));
    worker().decide({HandWorker::failWorkflow("card declined", "CardDeclined")});
    try {
        handle.result<int>();
        QFAIL("no failure");
    } catch (const WorkflowFailedError& error) {
        QCOMPARE(error.status(), WorkflowStatus::Failed);
        QVERIFY2(text(error.what()).contains("card declined"), error.what());
        const auto* cause = dynamic_cast<const payload::ApplicationFailure*>(error.cause().get());
        QVERIFY(cause);
        QCOMPARE(text(cause->type()), QString("CardDeclined"));
    }
}

void ClientTest::refusesATakenId() {
    const auto handle = client().startWorkflow("W", withId("taken"));
    try {
        client().startWorkflow("W", withId("taken"));
        QFAIL("started twice");
    } catch (const WorkflowAlreadyStartedError& error) {
        QCOMPARE(text(error.runId()), text(handle.runId()));
        QCOMPARE(error.code(), base::ErrorCode::AlreadyExists);
    }
}

void ClientTest::usesTheExistingRunWhenAsked() {
    const auto handle = client().startWorkflow("W", withId("shared"));
    auto options = withId("shared");
    options.idConflictPolicy(definition::WorkflowIdConflictPolicy::UseExisting);
    QCOMPARE(text(client().startWorkflow("W", options).runId()), text(handle.runId()));
}

void ClientTest::sendsSignals() {
    const auto handle = client().startWorkflow("W", withId("w"));
    handle.signal("approve", std::string("me"));
    const auto history = handle.history();
    QVERIFY(contains(eventNames(*history), "WorkflowExecutionSignaled"));
    QVERIFY_THROWS_EXCEPTION(NotFoundError, client().workflow("nobody").signal("approve"));
}

void ClientTest::signalWithStartStartsOnce() {
    const auto first = client().signalWithStart("W", withId("w"), {}, "hello", {json(1)});
    const auto second = client().signalWithStart("W", withId("w"), {}, "hello", {json(2)});
    QCOMPARE(text(first.runId()), text(second.runId()));
    const auto names = eventNames(*first.history());
    QCOMPARE(std::count(names.begin(), names.end(), "WorkflowExecutionSignaled"), 2);
}

void ClientTest::asksQueries() {
    const auto handle = client().startWorkflow("W", withId("w"));
    worker().decide({HandWorker::startTimer("t", std::chrono::hours(1))});
    auto answer = std::async(std::launch::async, [&] { return handle.query<std::string>("status", 1); });
    const auto task = worker().poll();
    QCOMPARE(text(task.query().query_type()), QString("status"));
    worker().answerQuery(task, json("waiting"));
    QCOMPARE(text(answer.get()), QString("waiting"));

    handle.terminate();
    try {
        handle.queryPayloads("status", {}, QueryRejectCondition::NotOpen);
        QFAIL("not refused");
    } catch (const QueryRejectedError& error) {
        QCOMPARE(error.status(), WorkflowStatus::Terminated);
    }
}

void ClientTest::runsUpdates() {
    const auto handle = client().startWorkflow("W", withId("w"));
    worker().decide({HandWorker::startTimer("t", std::chrono::hours(1))});
    auto answer = std::async(std::launch::async, [&] { return handle.executeUpdate<int>("add", 2); });
    worker().completeUpdate(worker().poll(), json(44));
    QCOMPARE(answer.get(), 44);
}

void ClientTest::typedNamesNeedNoStrings() {
    constexpr definition::Workflow<std::string(int, std::string)> kOrder{"Order"};
    constexpr definition::Signal<std::string> kApprove{"approve"};
    constexpr definition::Query<int()> kCount{"count"};
    constexpr definition::Update<void(int)> kAdd{"add"};
    const auto handle = client().startWorkflow(kOrder, withId("w"), 3, "books");
    handle.signal(kApprove, "me");
    worker().decide({HandWorker::startTimer("t", std::chrono::hours(1))});
    auto count = std::async(std::launch::async, [&] { return handle.query(kCount); });
    worker().answerQuery(worker().poll(), json(3));
    QCOMPARE(count.get(), 3);
    auto add = std::async(std::launch::async, [&] { handle.executeUpdate(kAdd, 2); });
    const auto task = worker().poll();
    worker().completeUpdate(task, json(nullptr));
    add.get();
    handle.signal(kApprove, "you");
    worker().decide({HandWorker::completeWorkflow(json("sent"))});
    QCOMPARE(text(handle.result()), QString("sent"));
}

void ClientTest::cancelsAndTerminates() {
    const auto handle = client().startWorkflow("W", withId("w"));
    handle.cancel("no longer needed");
    QVERIFY(contains(eventNames(*handle.history()), "WorkflowExecutionCancelRequested"));
    handle.terminate("enough");
    try {
        handle.resultPayloads();
        QFAIL("it has a result");
    } catch (const WorkflowFailedError& error) {
        QCOMPARE(error.status(), WorkflowStatus::Terminated);
        QVERIFY(dynamic_cast<const payload::TerminatedFailure*>(error.cause().get()));
        QVERIFY2(text(error.what()).contains("enough"), error.what());
    }
    QVERIFY_THROWS_EXCEPTION(NotFoundError, handle.terminate());
}

void ClientTest::followsRuns() {
    const auto handle = client().startWorkflow("W", withId("w"));
    worker().decide({HandWorker::continueAsNew("W", "q")});
    ResultOptions stay;
    stay.followRuns = false;
    try {
        handle.resultPayloads(stay);
        QFAIL("it has a result");
    } catch (const WorkflowContinuedAsNewError& error) {
        QVERIFY(!error.newRunId().empty());
        QVERIFY(error.newRunId() != handle.runId());
    }
    worker().decide({HandWorker::completeWorkflow(json("second"))});
    QCOMPARE(text(handle.result<std::string>()), QString("second"));
}

void ClientTest::describesListsAndCounts() {
    client().startWorkflow("A", withId("a"));
    const auto b = client().startWorkflow("B", withId("b"));
    b.terminate();
    const auto description = b.describe().execution;
    QCOMPARE(description.status, WorkflowStatus::Terminated);
    QCOMPARE(text(description.workflowType), QString("B"));
    QVERIFY(description.startTime && description.closeTime);
    QCOMPARE(client().listWorkflows().executions.size(), size_t(2));
    const auto running = client().listWorkflows("ExecutionStatus = 'Running'").executions;
    QCOMPARE(running.size(), size_t(1));
    QCOMPARE(text(running.at(0).workflowId), QString("a"));
    QCOMPARE(client().countWorkflows(), 2);
    QCOMPARE(client().countWorkflows("WorkflowType = 'B'"), 1);

    const auto page = client().listWorkflows({}, 1);
    QCOMPARE(page.executions.size(), size_t(1));
    QVERIFY(!page.nextPageToken.empty());
    const auto next = client().listWorkflows({}, 1, page.nextPageToken);
    QCOMPARE(next.executions.size(), size_t(1));
    QVERIFY(next.executions.at(0).workflowId != page.executions.at(0).workflowId);
}

void ClientTest::keepsWhatWasGivenAtTheStart() {
    auto options = withId("w");
    options.memo({{"customer", json("Ada")}})
        .runTimeout(std::chrono::hours(2))
        .retryPolicy(definition::RetryPolicy().maximumAttempts(3))
        .staticSummary("an order");
    const auto handle = client().startWorkflow("W", options);
    const auto execution = handle.describe().execution;
    QCOMPARE(text(execution.memo.at("customer").data), QString("\"Ada\""));
    const auto started = (*handle.history())[0].json();
    QVERIFY2(text(started).contains("\"maximumAttempts\""), started.c_str());
    QCOMPARE(handle.history()->summary().runTimeout.value(), base::Duration(std::chrono::hours(2)));
}

void ClientTest::namesTheMissing() {
    QVERIFY_THROWS_EXCEPTION(NotFoundError, client().workflow("nobody").describe());
    ConnectOptions elsewhere;
    elsewhere.namespaceName = "elsewhere";
    const Client lost(Connection::create(elsewhere, m_server->inProcessChannel()));
    try {
        lost.startWorkflow("W", withId("w"));
        QFAIL("started");
    } catch (const NamespaceNotFoundError& error) {
        QCOMPARE(text(error.namespaceName()), QString("elsewhere"));
    }
    QVERIFY_THROWS_EXCEPTION(base::Error, client().startWorkflow("W", StartWorkflowOptions()));
}

void ClientTest::waitingForAResultCanBeInterrupted() {
    const auto handle = client().startWorkflow("W", withId("w"));
    std::stop_source source;
    ResultOptions options;
    options.stop = source.get_token();
    auto waiting = std::async(std::launch::async, [&] { handle.resultPayloads(options); });
    source.request_stop();
    try {
        waiting.get();
        QFAIL("it has a result");
    } catch (const RpcError& error) {
        QCOMPARE(error.code(), base::ErrorCode::Cancelled);
    }
}

QTEST_GUILESS_MAIN(ClientTest)
#include "client_test.moc"
