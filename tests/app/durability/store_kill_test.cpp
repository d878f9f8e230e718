// SPDX-License-Identifier: MIT
// The server is killed under load, again and again, and nothing that it acknowledged may be lost. ORRERY_KILL_ROUNDS
// says how often.
#include <QElapsedTimer>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/durability/load.h"

using namespace orrery;
using test::Held;
using test::Known;
using test::Ledger;
using test::Load;

namespace {

/// Files grow, and loading them is not what is tested here.
constexpr int kRoundsPerFile = 50;

struct ServerProcess {
    explicit ServerProcess(const QString& file) {
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral(ORRERY_PROGRAM), {"serve", "--port", "0", "--db-filename", file});
    }
    ~ServerProcess() { kill(); }

    void kill() {
        process.kill();
        process.waitForFinished();
    }
    std::string address() {
        const QRegularExpression line(QStringLiteral("on (127\\.0\\.0\\.1:\\d+)"));
        while (!line.match(m_out).hasMatch()) {
            if (!process.waitForReadyRead(60'000)) qFatal("The server does not start: %s", qPrintable(m_out));
            m_out += QString::fromUtf8(process.readAll());
        }
        return line.match(m_out).captured(1).toStdString();
    }
    QProcess process;

private:
    QString m_out;
};

/// Throws what is missing.
[[noreturn]] void lost(const std::string& workflowId, const std::string& what) {
    throw std::runtime_error(workflowId + ": " + what + " is lost");
}

/// `running`: a workflow task that nobody knows of, because its hand-out was on its way when the server died, keeps new
/// events out of the history until it times out.
void checkEvents(Load& client, const std::string& id, const Known& known, bool running) {
    test::ws::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    std::set<std::string> signals;
    std::map<int64_t, std::string> scheduled;
    std::set<std::string> activities;
    int64_t next = 1;
    do {
        const auto page =
            client.call<test::ws::GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory", request);
        for (const auto& event : page.history().events()) {
            if (event.event_id() != next++) lost(id, "event " + std::to_string(next - 1));
            signals.insert(event.workflow_execution_signaled_event_attributes().signal_name());
            if (event.has_activity_task_scheduled_event_attributes()) {
                scheduled[event.event_id()] = event.activity_task_scheduled_event_attributes().activity_id();
            }
            if (event.has_activity_task_completed_event_attributes()) {
                const auto& attributes = event.activity_task_completed_event_attributes();
                activities.insert(scheduled[attributes.scheduled_event_id()]);
            }
        }
        request.set_next_page_token(page.next_page_token());
    } while (!request.next_page_token().empty());
    if (running) return;
    for (const std::string& name : known.signals) {
        if (!signals.contains(name)) lost(id, "signal " + name);
    }
    for (const std::string& name : known.activities) {
        if (!activities.contains(name)) lost(id, "the result of activity " + name);
    }
}

test::ws::DescribeWorkflowExecutionResponse describe(Load& client, const std::string& id) {
    test::ws::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    return client.call<test::ws::DescribeWorkflowExecutionResponse>("DescribeWorkflowExecution", request);
}

/// False when it has to be looked at again later.
bool checkWorkflow(Load& client, const std::string& id, const Known& known) {
    const auto described = describe(client, id);
    const auto& info = described.workflow_execution_info();
    // A worker may have seen it before its starter heard of it.
    if (!known.runId.empty() && info.execution().run_id() != known.runId) lost(id, "run " + known.runId);
    if (known.closed && info.status() != test::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED) lost(id, "the end");
    const bool running = described.pending_workflow_task().state() == test::enums::PENDING_WORKFLOW_TASK_STATE_STARTED;
    checkEvents(client, id, known, running);
    for (const std::string& name : known.updates) {
        test::ws::PollWorkflowExecutionUpdateRequest poll;
        poll.set_namespace_("default");
        poll.mutable_update_ref()->mutable_workflow_execution()->set_workflow_id(id);
        poll.mutable_update_ref()->set_update_id(name);
        poll.mutable_wait_policy()->set_lifecycle_stage(
            test::enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED);
        const auto answer =
            client.call<test::ws::PollWorkflowExecutionUpdateResponse>("PollWorkflowExecutionUpdate", poll);
        if (!answer.outcome().has_success()) lost(id, "the outcome of update " + name);
    }
    return !running;
}

/// Every task that a worker was given can still be answered, or was.
void answerHeld(Load& client, Ledger& ledger) {
    for (const auto& [token, task] : std::exchange(ledger.held, {})) {
        try {
            client.answer(task);
        } catch (const client::RpcError& error) {
            if (error.code() != base::ErrorCode::NotFound) throw;
            if (task.answered) continue;
            // The end of the workflow may be kept although nobody heard of it.
            const auto status = describe(client, task.workflowId).workflow_execution_info().status();
            if (status == test::enums::WORKFLOW_EXECUTION_STATUS_RUNNING) {
                lost(task.workflowId, "a task that a worker holds");
            }
        }
    }
}

/// Lets the workflow tasks time out that are lost on their way to a worker.
void outlastTasks(Load& client) {
    google::protobuf::Duration by;
    by.set_seconds(300);
    const base::Timestamp until =
        client.clock("/orrery.clock.v1.Clock/Status", google::protobuf::Empty()) + std::chrono::seconds(290);
    client.clock("/orrery.clock.v1.Clock/Skip", by);
    while (client.clock("/orrery.clock.v1.Clock/GoOn", google::protobuf::Empty()) < until) {
    }
}

/// Everything of this round, and the clock; with `all`, of the rounds before as well.
void check(Load& client, Ledger& ledger, bool all) {
    const base::Timestamp before = ledger.virtualTime;
    if (client.clock("/orrery.clock.v1.Clock/Status", google::protobuf::Empty()) < before) {
        throw std::runtime_error("virtual time went back");
    }
    answerHeld(client, ledger);
    if (all) outlastTasks(client);
    std::set<std::string> again;
    for (const auto& [id, known] : ledger.workflows) {
        if (!all && !ledger.touched.contains(id)) continue;
        if (!checkWorkflow(client, id, known)) again.insert(id);
    }
    if (all && !again.empty()) lost(*again.begin(), "the time-out of a workflow task");
    ledger.touched = std::move(again);
}

int rounds() {
    bool given = false;
    const int wanted = qEnvironmentVariableIntValue("ORRERY_KILL_ROUNDS", &given);
    return given ? wanted : 20;
}

}  // namespace

class StoreKillTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingAcknowledgedIsLost();
};

void StoreKillTest::nothingAcknowledgedIsLost() {
    std::mt19937_64 random(4711);
    int acknowledged = 0;
    for (int done = 0; done < rounds();) {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("orrery.db"));
        Ledger ledger;
        for (int i = 0; i < kRoundsPerFile && done < rounds(); ++i, ++done) {
            ServerProcess server(file);
            Load load(server.address(), ledger, uint64_t(done) + 1);
            try {
                check(load, ledger, i % 10 == 9);
            } catch (const std::exception& error) {
                QFAIL(qPrintable(QStringLiteral("round %1: %2").arg(done).arg(QString::fromUtf8(error.what()))));
            }
            load.begin();
            // Anywhere from before the first answer to after many.
            const int until = int(random() % 300);
            while (load.acknowledged() < until && !load.stopped()) std::this_thread::yield();
            QVERIFY(!load.stopped());
            server.kill();
            load.finish();
            acknowledged += load.acknowledged();
        }
        ServerProcess server(file);
        Load load(server.address(), ledger, 0);
        try {
            check(load, ledger, true);
        } catch (const std::exception& error) {
            QFAIL(error.what());
        }
    }
    qInfo("%d rounds, %d answers, nothing lost", rounds(), acknowledged);
    QVERIFY(acknowledged > rounds());
}

QTEST_GUILESS_MAIN(StoreKillTest)
#include "store_kill_test.moc"
