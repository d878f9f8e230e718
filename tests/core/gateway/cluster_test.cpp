// SPDX-License-Identifier: MIT
#include "core/gateway/cluster.h"

#ifndef Q_MOC_RUN  // moc cannot read the deprecated values of Temporal's enums
#include <google/protobuf/util/json_util.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>
#endif

#include <QTest>

#include "core/gateway/impl/connected_cluster.h"
#include "tests/support/fake_service.h"
#include "tests/support/mailbox.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::gateway;
namespace ws = temporal::api::workflowservice::v1;
namespace enums = temporal::api::enums::v1;
using test::FakeCall;
using test::FakeService;
using test::Mailbox;
using test::text;

namespace {

/// A server of answers written down beforehand, and a cluster on it.
class Scripted {
public:
    /// The script gives the answer as JSON, "!" and the number of a gRPC code to fail, or nothing to leave the call
    /// open.
    template <typename Request, typename Response>
    void on(const std::string& method, std::function<std::string(const Request&)> script) {
        m_handlers[method] = [script](const FakeCall& call) {
            Request request;
            request.ParseFromString(call.request);
            const std::string answer = script(request);
            if (answer.empty()) return;
            if (answer[0] == '!') {
                return call.fail(
                    grpc::Status(static_cast<grpc::StatusCode>(std::stoi(answer.substr(1))), "as scripted"));
            }
            Response response;
            const auto status = google::protobuf::util::JsonStringToMessage(answer, &response);
            if (!status.ok()) qFatal("bad script: %s", status.ToString().c_str());
            call.answer(response);
        };
    }

    std::shared_ptr<ConnectedCluster> cluster() {
        if (!m_service) {
            m_service = std::make_unique<FakeService>([this](const FakeCall& call) {
                const auto found = m_handlers.find(call.method);
                if (found == m_handlers.end())
                    return call.fail(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no script"));
                found->second(call);
            });
        }
        client::ConnectOptions options;
        options.address = "fake";
        const auto connection = client::Connection::create(options, m_service->channel());
        return std::make_shared<ConnectedCluster>(connection,
                                                  ClusterInfo{"fake", ClusterKind::Embedded, "default", "1", "me"});
    }

private:
    std::map<std::string, std::function<void(const FakeCall&)>> m_handlers;
    std::unique_ptr<FakeService> m_service;
};

std::string eventJson(int id, const std::string& type) {
    return "{\"eventId\": \"" + std::to_string(id) + "\", \"eventType\": \"EVENT_TYPE_" + type +
           "\", \"eventTime\": \"2026-03-12T09:14:03Z\"}";
}

std::string page(const std::string& events, const std::string& token) {
    // "dA==" is base64 of "t".
    return "{\"history\": {\"events\": [" + events + "]}, \"nextPageToken\": \"" + token + "\"}";
}

std::string description(const std::string& status, int length, const std::string& rest = {}) {
    return "{\"workflowExecutionInfo\": {\"execution\": {\"workflowId\": \"w\", \"runId\": \"r\"}, \"type\": "
           "{\"name\": "
           "\"Order\"}, \"status\": \"WORKFLOW_EXECUTION_STATUS_" +
           status + "\", \"historyLength\": \"" + std::to_string(length) + "\", \"taskQueue\": \"q\"}" + rest + "}";
}

}  // namespace

class ClusterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsAHistoryToItsEnd();
    void goesOnAfterAnInterruption();
    void tellsTheListOnlyWhenItChanges();
    void countsWithoutGroupsWhereTheServerCannot();
    void describesWhatIsPending();
    void saysWhatItWaitsFor_data();
    void saysWhatItWaitsFor();
    void readsHandlers();
    void problemsNameTheWorkflow();
    void refusesAStartWithoutAType();
    void sendsAnUpdateUntilItIsDone();
    void tellsWhyAnUpdateFailed();
    void typedTextBecomesAFilter();
    void dropsInsideTheCallback();
    void unreachableServerIsNamed();
    void connectionIsLostAndFound();
};

void ClusterTest::followsAHistoryToItsEnd() {
    Scripted server;
    server.on<ws::DescribeWorkflowExecutionRequest, ws::DescribeWorkflowExecutionResponse>(
        "DescribeWorkflowExecution", [](const auto&) { return description("RUNNING", 3); });
    std::atomic<int> calls = 0;
    server.on<ws::GetWorkflowExecutionHistoryRequest, ws::GetWorkflowExecutionHistoryResponse>(
        "GetWorkflowExecutionHistory", [&](const auto& request) {
            if (request.execution().run_id() != "r" || !request.wait_new_event()) return std::string("!3");
            switch (++calls) {
                case 1: return page(eventJson(1, "WORKFLOW_EXECUTION_STARTED"), "YQ==");
                case 2:
                    if (request.next_page_token() != "a") return std::string("!3");
                    return page(eventJson(2, "WORKFLOW_TASK_SCHEDULED") + "," + eventJson(3, "WORKFLOW_TASK_STARTED"),
                                "Yg==");
                case 3: return page("", "Yg==");
                default: return page(eventJson(4, "WORKFLOW_EXECUTION_TERMINATED"), "");
            }
        });
    Mailbox<Outcome<HistoryTail>> tails;
    const auto subscription = server.cluster()->openHistory({"w", ""}, tails.sink());

    const auto first = tails.take();
    QVERIFY2(first.ok(), first.ok() ? "" : first.problem().message.c_str());
    QCOMPARE(first.value().history->size(), size_t(1));
    QVERIFY(!first.value().complete);
    const auto second = tails.take();
    QCOMPARE(second.value().history->size(), size_t(3));
    QVERIFY(second.value().complete);
    QVERIFY(!second.value().closed);
    const auto last = tails.take();
    QCOMPARE(last.value().history->size(), size_t(4));
    QVERIFY(last.value().closed);
    QCOMPARE(first.value().history->size(), size_t(1));
}

void ClusterTest::goesOnAfterAnInterruption() {
    Scripted server;
    server.on<ws::DescribeWorkflowExecutionRequest, ws::DescribeWorkflowExecutionResponse>(
        "DescribeWorkflowExecution", [](const auto&) { return description("RUNNING", 1); });
    std::atomic<int> calls = 0;
    server.on<ws::GetWorkflowExecutionHistoryRequest, ws::GetWorkflowExecutionHistoryResponse>(
        "GetWorkflowExecutionHistory", [&](const auto&) {
            switch (++calls) {
                case 1: return page(eventJson(1, "WORKFLOW_EXECUTION_STARTED"), "YQ==");
                case 2:
                case 3: return std::string("!14");
                default: return page(eventJson(2, "WORKFLOW_EXECUTION_TERMINATED"), "");
            }
        });
    Mailbox<Outcome<HistoryTail>> tails;
    const auto subscription = server.cluster()->openHistory({"w", ""}, tails.sink());
    QCOMPARE(tails.take().value().history->size(), size_t(1));
    QCOMPARE(tails.take().problem().code, base::ErrorCode::Unavailable);
    // The second failure was the same problem: not told again.
    QCOMPARE(tails.take().value().history->size(), size_t(2));
}

void ClusterTest::tellsTheListOnlyWhenItChanges() {
    Scripted server;
    std::atomic<int> calls = 0;
    server.on<ws::ListWorkflowExecutionsRequest, ws::ListWorkflowExecutionsResponse>(
        "ListWorkflowExecutions", [&](const auto&) {
            const std::string status = ++calls < 3 ? "RUNNING" : "COMPLETED";
            return "{\"executions\": [{\"execution\": {\"workflowId\": \"w\", \"runId\": \"r\"}, \"status\": "
                   "\"WORKFLOW_EXECUTION_STATUS_" +
                   status + "\", \"memo\": {\"fields\": {\"a\": {\"data\": \"MQ==\"}, \"b\": {\"data\": \"Mg==\"}}}}]}";
        });
    server.on<ws::CountWorkflowExecutionsRequest, ws::CountWorkflowExecutionsResponse>(
        "CountWorkflowExecutions", [](const auto& request) {
            if (request.query() != " GROUP BY ExecutionStatus") return std::string("!3");
            return std::string(
                "{\"count\": \"5\", \"groups\": [{\"count\": \"4\", \"groupValues\": [{\"metadata\": {\"encoding\": "
                "\"anNvbi9wbGFpbg==\"}, \"data\": \"IlJ1bm5pbmci\"}]}]}");
        });
    Mailbox<Outcome<LiveList>> lists;
    const auto subscription = server.cluster()->watchWorkflows({}, lists.sink());
    const auto first = lists.take();
    QVERIFY2(first.ok(), first.ok() ? "" : first.problem().message.c_str());
    QCOMPARE(first.value().page->rows.at(0).status, WorkflowStatus::Running);
    QCOMPARE(first.value().counts.total, 5);
    QCOMPARE(first.value().counts.byStatus.at(WorkflowStatus::Running), 4);
    QCOMPARE(lists.take().value().page->rows.at(0).status, WorkflowStatus::Completed);
    QVERIFY(calls >= 3);
}

void ClusterTest::countsWithoutGroupsWhereTheServerCannot() {
    Scripted server;
    server.on<ws::CountWorkflowExecutionsRequest, ws::CountWorkflowExecutionsResponse>(
        "CountWorkflowExecutions", [](const auto& request) {
            if (request.query().find("GROUP BY") != std::string::npos) return std::string("!3");
            return std::string("{\"count\": \"7\"}");
        });
    Mailbox<Outcome<WorkflowCounts>> counts;
    const auto request = server.cluster()->countWorkflows({}, counts.sink());
    const auto outcome = counts.take();
    QCOMPARE(outcome.value().total, 7);
    QVERIFY(outcome.value().byStatus.empty());
}

void ClusterTest::describesWhatIsPending() {
    Scripted server;
    server.on<ws::DescribeWorkflowExecutionRequest, ws::DescribeWorkflowExecutionResponse>(
        "DescribeWorkflowExecution", [](const auto&) {
            return description(
                "RUNNING", 9,
                ", \"executionConfig\": {\"workflowRunTimeout\": \"0s\", \"userMetadata\": {\"summary\": "
                "{\"metadata\": {\"encoding\": \"anNvbi9wbGFpbg==\"}, \"data\": \"Im9uZSBsaW5lIg==\"}}}, "
                "\"pendingActivities\": [{\"activityId\": \"1\", \"activityType\": {\"name\": "
                "\"charge\"}, \"state\": \"PENDING_ACTIVITY_STATE_SCHEDULED\", \"attempt\": 3, "
                "\"maximumAttempts\": 5, \"lastFailure\": {\"message\": \"declined\", "
                "\"applicationFailureInfo\": {\"type\": \"Card\", \"nonRetryable\": true}, \"cause\": "
                "{\"message\": \"limit\"}}}]");
        });
    Mailbox<Outcome<WorkflowDescription>> answers;
    const auto request = server.cluster()->describe({"w", ""}, answers.sink());
    const auto outcome = answers.take();
    QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.problem().message.c_str());
    const WorkflowDescription& workflow = outcome.value();
    QCOMPARE(text(workflow.row.key.runId), QString("r"));
    QCOMPARE(text(workflow.row.type), QString("Order"));
    QCOMPARE(text(workflow.summary), QString("one line"));
    QVERIFY(!workflow.runTimeout);
    const PendingActivity& activity = workflow.activities.at(0);
    QCOMPARE(activity.attempt, 3);
    QCOMPARE(activity.maximumAttempts.value(), 5);
    QCOMPARE(text(activity.lastFailure->message), QString("declined"));
    QCOMPARE(text(activity.lastFailure->type), QString("Card"));
    QVERIFY(activity.lastFailure->nonRetryable);
    QCOMPARE(text(activity.lastFailure->causes.at(0).message), QString("limit"));
    QCOMPARE(text(workflow.waitsFor), QString("activity charge: attempt 2 failed, it is tried again"));
}

void ClusterTest::saysWhatItWaitsFor_data() {
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("rest");
    QTest::addColumn<QString>("words");
    QTest::newRow("closed") << "COMPLETED" << "" << "";
    QTest::newRow("message") << "RUNNING" << "" << "a timer or a message";
    QTest::newRow("no worker") << "RUNNING"
                               << ", \"pendingWorkflowTask\": {\"state\": \"PENDING_WORKFLOW_TASK_STATE_SCHEDULED\"}"
                               << "a worker on task queue q";
    QTest::newRow("failing task")
        << "RUNNING"
        << ", \"pendingWorkflowTask\": {\"state\": \"PENDING_WORKFLOW_TASK_STATE_STARTED\", \"attempt\": 4}"
        << "its workflow task, which has failed: attempt 4";
    QTest::newRow("children") << "RUNNING"
                              << ", \"pendingChildren\": [{\"workflowId\": \"c1\"}, {\"workflowId\": \"c2\"}]"
                              << "child workflow c1, and 1 more";
    QTest::newRow("running activity") << "RUNNING"
                                      << ", \"pendingActivities\": [{\"activityType\": {\"name\": \"a\"}, \"state\": "
                                         "\"PENDING_ACTIVITY_STATE_STARTED\"}]"
                                      << "activity a, which runs";
}

void ClusterTest::saysWhatItWaitsFor() {
    QFETCH(QString, status);
    QFETCH(QString, rest);
    Scripted server;
    server.on<ws::DescribeWorkflowExecutionRequest, ws::DescribeWorkflowExecutionResponse>(
        "DescribeWorkflowExecution",
        [&](const auto&) { return description(status.toStdString(), 1, rest.toStdString()); });
    Mailbox<Outcome<WorkflowDescription>> answers;
    const auto request = server.cluster()->describe({"w", ""}, answers.sink());
    QTEST(text(answers.take().value().waitsFor), "words");
}

void ClusterTest::readsHandlers() {
    Scripted server;
    server.on<ws::QueryWorkflowRequest, ws::QueryWorkflowResponse>("QueryWorkflow", [](const auto& request) {
        if (request.query().query_type() != "__temporal_workflow_metadata") return std::string("!3");
        ws::QueryWorkflowResponse response;
        auto* answer = response.mutable_query_result()->add_payloads();
        (*answer->mutable_metadata())["encoding"] = "json/protobuf";
        answer->set_data(
            "{\"definition\": {\"type\": \"Order\", \"signalDefinitions\": [{\"name\": \"approve\", \"description\": "
            "\"lets it go on\"}], \"queryDefinitions\": [{\"name\": \"status\"}, {\"name\": "
            "\"__temporal_workflow_metadata\"}], \"newField\": 1}}");
        std::string json;
        static_cast<void>(google::protobuf::util::MessageToJsonString(response, &json));
        return json;
    });
    Mailbox<Outcome<Handlers>> answers;
    const auto request = server.cluster()->handlers({"w", ""}, answers.sink());
    const auto outcome = answers.take();
    QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.problem().message.c_str());
    QCOMPARE(text(outcome.value().signals.at(0).name), QString("approve"));
    QCOMPARE(text(outcome.value().signals.at(0).description), QString("lets it go on"));
    QCOMPARE(outcome.value().queries.size(), size_t(1));
    QVERIFY(outcome.value().updates.empty());
}

void ClusterTest::problemsNameTheWorkflow() {
    Scripted server;
    server.on<ws::SignalWorkflowExecutionRequest, ws::SignalWorkflowExecutionResponse>(
        "SignalWorkflowExecution", [](const auto&) { return std::string("!5"); });
    server.on<ws::QueryWorkflowRequest, ws::QueryWorkflowResponse>("QueryWorkflow",
                                                                   [](const auto&) { return std::string("!4"); });
    const auto cluster = server.cluster();
    Mailbox<Outcome<Done>> done;
    const auto signal = cluster->signal({{"w", "r"}, "approve", {}}, done.sink());
    const Problem missing = done.take().problem();
    QCOMPARE(missing.code, base::ErrorCode::NotFound);
    QCOMPARE(text(missing.fields.at("workflowId")), QString("w"));
    QCOMPARE(text(missing.fields.at("runId")), QString("r"));
    Mailbox<Outcome<QueryAnswer>> answers;
    const auto query = cluster->query({{"w", ""}, "status", {}}, answers.sink());
    const Problem silent = answers.take().problem();
    QCOMPARE(silent.code, base::ErrorCode::DeadlineExceeded);
    QVERIFY2(text(silent.message).contains("worker"), silent.message.c_str());
}

void ClusterTest::refusesAStartWithoutAType() {
    Scripted server;
    Mailbox<Outcome<WorkflowKey>> answers;
    StartRequest start;
    start.taskQueue = "q";
    const auto request = server.cluster()->start(start, answers.sink());
    const auto outcome = answers.take();
    QVERIFY(!outcome.ok());
    QCOMPARE(outcome.problem().code, base::ErrorCode::InvalidArgument);
    QVERIFY(text(outcome.problem().message).contains("type"));
}

void ClusterTest::sendsAnUpdateUntilItIsDone() {
    Scripted server;
    std::atomic<int> sent = 0;
    std::vector<std::string> ids;
    server.on<ws::UpdateWorkflowExecutionRequest, ws::UpdateWorkflowExecutionResponse>(
        "UpdateWorkflowExecution", [&](const auto& request) {
            ids.push_back(request.request().meta().update_id());
            const std::string stage = ++sent == 1 ? "ADMITTED" : "ACCEPTED";
            return "{\"updateRef\": {\"workflowExecution\": {\"workflowId\": \"w\", \"runId\": \"r\"}}, \"stage\": "
                   "\"UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_" +
                   stage + "\"}";
        });
    server.on<ws::PollWorkflowExecutionUpdateRequest, ws::PollWorkflowExecutionUpdateResponse>(
        "PollWorkflowExecutionUpdate", [&](const auto& request) {
            if (request.update_ref().update_id() != ids.at(0)) return std::string("!5");
            if (request.update_ref().workflow_execution().run_id() != "r") return std::string("!5");
            return std::string(
                "{\"stage\": \"UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED\", \"outcome\": "
                "{\"success\": {\"payloads\": [{\"data\": \"MQ==\"}]}}}");
        });
    Mailbox<Outcome<UpdateAnswer>> answers;
    const auto request = server.cluster()->update({{"w", ""}, "set", {}, "", UpdateStage::Completed}, answers.sink());
    const auto outcome = answers.take();
    QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.problem().message.c_str());
    QCOMPARE(outcome.value().stage, UpdateStage::Completed);
    QCOMPARE(text(outcome.value().result.at(0).data), QString("1"));
    QCOMPARE(ids.size(), size_t(2));
    QCOMPARE(ids.at(0), ids.at(1));
    QCOMPARE(outcome.value().updateId, ids.at(0));
}

void ClusterTest::tellsWhyAnUpdateFailed() {
    Scripted server;
    server.on<ws::UpdateWorkflowExecutionRequest, ws::UpdateWorkflowExecutionResponse>(
        "UpdateWorkflowExecution",
        [](const auto&) { return std::string("{\"outcome\": {\"failure\": {\"message\": \"no such street\"}}}"); });
    Mailbox<Outcome<UpdateAnswer>> answers;
    const auto request = server.cluster()->update({{"w", ""}, "set", {}, "id", UpdateStage::Accepted}, answers.sink());
    QCOMPARE(text(answers.take().value().failure->message), QString("no such street"));
}

void ClusterTest::typedTextBecomesAFilter() {
    Scripted server;
    Mailbox<std::string> queries;
    server.on<ws::ListWorkflowExecutionsRequest, ws::ListWorkflowExecutionsResponse>("ListWorkflowExecutions",
                                                                                     [&](const auto& request) {
                                                                                         queries.put(request.query());
                                                                                         return std::string("{}");
                                                                                     });
    Mailbox<Outcome<WorkflowPage>> pages;
    ListQuery query;
    query.text = "or\"der";
    query.query = "ExecutionStatus = \"Running\"";
    const auto request = server.cluster()->listWorkflows(query, pages.sink());
    QVERIFY(pages.take().ok());
    QCOMPARE(text(queries.take()),
             QString("(ExecutionStatus = \"Running\") AND (WorkflowId STARTS_WITH \"or\\\"der\" OR WorkflowType "
                     "STARTS_WITH \"or\\\"der\")"));
}

void ClusterTest::dropsInsideTheCallback() {
    Scripted server;
    server.on<ws::ListWorkflowExecutionsRequest, ws::ListWorkflowExecutionsResponse>(
        "ListWorkflowExecutions", [](const auto&) { return std::string("{}"); });
    server.on<ws::CountWorkflowExecutionsRequest, ws::CountWorkflowExecutionsResponse>(
        "CountWorkflowExecutions", [](const auto&) { return std::string("{}"); });
    const auto cluster = server.cluster();
    Mailbox<int> told;
    std::mutex mutex;
    Subscription subscription;
    {
        const std::lock_guard lock(mutex);
        subscription = cluster->watchWorkflows({}, [&](const auto&) {
            const std::lock_guard inside(mutex);
            subscription.drop();
            told.put(1);
        });
    }
    told.take();
    QVERIFY(!subscription);
    QVERIFY(told.empty());
}

void ClusterTest::unreachableServerIsNamed() {
    Mailbox<Outcome<std::shared_ptr<Cluster>>> answers;
    const auto request = gateway::connect({"127.0.0.1:1", "default", "", std::chrono::seconds(5)}, answers.sink());
    const auto outcome = answers.take();
    QVERIFY(!outcome.ok());
    QCOMPARE(outcome.problem().code, base::ErrorCode::Unavailable);
    QVERIFY2(text(outcome.problem().message).contains("127.0.0.1:1"), outcome.problem().message.c_str());
    QCOMPARE(text(outcome.problem().fields.at("address")), QString("127.0.0.1:1"));
}

void ClusterTest::connectionIsLostAndFound() {
    Scripted server;
    std::atomic<int> calls = 0;
    server.on<ws::GetSystemInfoRequest, ws::GetSystemInfoResponse>(
        "GetSystemInfo", [&](const auto&) { return std::string(++calls == 1 ? "!14" : "{}"); });
    Mailbox<ConnectionStatus> states;
    const auto subscription = server.cluster()->watchConnection(states.sink());
    const ConnectionStatus lost = states.take();
    QCOMPARE(lost.state, ConnectionState::Lost);
    QCOMPARE(lost.problem->code, base::ErrorCode::Unavailable);
    QCOMPARE(states.take().state, ConnectionState::Ready);
}

QTEST_GUILESS_MAIN(ClusterTest)
#include "cluster_test.moc"
