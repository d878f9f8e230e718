// SPDX-License-Identifier: MIT
#include "core/gateway/impl/connected_cluster.h"

#include <utility>

#include <fmt/format.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/base/uuid.h"
#include "core/client/requests.h"
#include "core/gateway/impl/convert.h"
#include "core/gateway/impl/jobs.h"
#include "core/gateway/impl/tasks.h"
#include "core/payload/proto.h"

namespace orrery::gateway {
namespace {

/// One call whose answer is turned into a T. The reader may throw.
template <typename Response, typename T>
class OneCall final : public Task {
public:
    using Read = std::function<T(const Response&)>;

    OneCall(ConnectionPtr over, const char* method, std::unique_ptr<google::protobuf::Message> request,
            client::CallOptions options, Read read, Callback<T> callback)
        : Task(std::move(over)),
          m_method(method),
          m_request(std::move(request)),
          m_options(std::move(options)),
          m_read(std::move(read)),
          m_callback(std::move(callback)) {}

    void begin() override {
        ask<Response>(m_method, *m_request, m_options, [this](auto response, auto error) {
            if (error) return failed(problemFrom(*error));
            T value = m_read(*response);
            deliver([&] { m_callback(std::move(value)); });
        });
    }
    void failed(Problem problem) override {
        deliver([&] { m_callback(std::move(problem)); });
    }

private:
    const char* m_method;
    std::unique_ptr<google::protobuf::Message> m_request;
    client::CallOptions m_options;
    Read m_read;
    Callback<T> m_callback;
};

template <typename Response, typename T, typename RequestMessage>
Request callOnce(const ConnectionPtr& over, const char* method, RequestMessage request,
                 typename OneCall<Response, T>::Read read, Callback<T> callback, client::CallOptions options = {}) {
    auto message = std::make_unique<RequestMessage>(std::move(request));
    return run(std::make_shared<OneCall<Response, T>>(over, method, std::move(message), std::move(options),
                                                      std::move(read), std::move(callback)));
}

client::WorkflowRef ref(const WorkflowKey& key) { return {key.workflowId, key.runId, {}}; }

client::CallOptions patient() {
    client::CallOptions options;
    options.timeout = std::chrono::seconds(70);
    return options;
}

definition::WorkflowIdReusePolicy reusePolicy(IdReusePolicy policy) {
    switch (policy) {
        case IdReusePolicy::AllowDuplicateFailedOnly:
            return definition::WorkflowIdReusePolicy::AllowDuplicateFailedOnly;
        case IdReusePolicy::RejectDuplicate: return definition::WorkflowIdReusePolicy::RejectDuplicate;
        case IdReusePolicy::AllowDuplicate: break;
    }
    return definition::WorkflowIdReusePolicy::AllowDuplicate;
}

definition::WorkflowIdConflictPolicy conflictPolicy(IdConflictPolicy policy) {
    switch (policy) {
        case IdConflictPolicy::UseExisting: return definition::WorkflowIdConflictPolicy::UseExisting;
        case IdConflictPolicy::TerminateExisting: return definition::WorkflowIdConflictPolicy::TerminateExisting;
        case IdConflictPolicy::Fail: break;
    }
    return definition::WorkflowIdConflictPolicy::Fail;
}

client::StartWorkflowOptions startOptions(const StartRequest& request) {
    client::StartWorkflowOptions options;
    options.id(request.workflowId)
        .taskQueue(request.taskQueue)
        .executionTimeout(request.executionTimeout)
        .runTimeout(request.runTimeout)
        .taskTimeout(request.taskTimeout)
        .startDelay(request.startDelay)
        .idReusePolicy(reusePolicy(request.idReuse))
        .idConflictPolicy(conflictPolicy(request.idConflict))
        .memo(request.memo)
        .searchAttributes(request.searchAttributes)
        .staticSummary(request.summary)
        .staticDetails(request.details);
    return options;
}

client::QueryRejectCondition rejectCondition(QueryReject reject) {
    switch (reject) {
        case QueryReject::NotOpen: return client::QueryRejectCondition::NotOpen;
        case QueryReject::NotCompletedCleanly: return client::QueryRejectCondition::NotCompletedCleanly;
        case QueryReject::Never: break;
    }
    return client::QueryRejectCondition::None;
}

/// Puts the workflow into the fields of a problem.
template <typename T>
Callback<T> about(const WorkflowKey& workflow, Callback<T> callback) {
    return [workflow, callback = std::move(callback)](Outcome<T> outcome) {
        if (outcome.ok()) return callback(std::move(outcome));
        Problem problem = outcome.problem();
        problem.fields.try_emplace("workflowId", workflow.workflowId);
        if (!workflow.runId.empty()) problem.fields.try_emplace("runId", workflow.runId);
        callback(std::move(problem));
    };
}

/// The same for what a worker has to answer.
template <typename T>
Callback<T> aboutAnswer(const WorkflowKey& workflow, Callback<T> callback) {
    return about<T>(workflow, [id = workflow.workflowId, callback = std::move(callback)](Outcome<T> outcome) {
        if (outcome.ok() || outcome.problem().code != base::ErrorCode::DeadlineExceeded) {
            return callback(std::move(outcome));
        }
        Problem problem = outcome.problem();
        problem.message = fmt::format("workflow {} did not answer: is a worker running on its task queue?", id);
        callback(std::move(problem));
    });
}

QueryAnswer answerFrom(const wsv::QueryWorkflowResponse& response) {
    QueryAnswer answer;
    answer.result = payload::fromProto(response.query_result());
    if (response.has_query_rejected()) answer.rejected = client::workflowStatus(response.query_rejected().status());
    return answer;
}

Done done(const google::protobuf::Message&) { return {}; }

}  // namespace

ConnectedCluster::ConnectedCluster(std::shared_ptr<client::Connection> connection, ClusterInfo info)
    : m_connection(std::move(connection)), m_info(std::move(info)) {}

base::Duration ConnectedCluster::pollInterval() const {
    return m_info.kind == ClusterKind::Embedded ? std::chrono::milliseconds(250) : std::chrono::milliseconds(1'000);
}

ClusterInfo ConnectedCluster::info() const { return m_info; }

Subscription ConnectedCluster::watchConnection(std::function<void(ConnectionStatus)> callback) {
    return run(connectionWatch(m_connection, std::move(callback)));
}

Request ConnectedCluster::listWorkflows(ListQuery query, Callback<WorkflowPage> callback) {
    return callOnce<wsv::ListWorkflowExecutionsResponse, WorkflowPage>(
        m_connection, "ListWorkflowExecutions",
        client::listRequest(*m_connection, filterFrom(query), query.pageSize, query.pageToken), pageFrom,
        std::move(callback));
}

Request ConnectedCluster::countWorkflows(ListQuery query, Callback<WorkflowCounts> callback) {
    return run(countTask(m_connection, std::move(query), std::move(callback)));
}

Subscription ConnectedCluster::watchWorkflows(ListQuery query, Callback<LiveList> callback) {
    return run(listWatch(m_connection, std::move(query), pollInterval(), std::move(callback)));
}

Request ConnectedCluster::describe(WorkflowKey workflow, Callback<WorkflowDescription> callback) {
    return callOnce<wsv::DescribeWorkflowExecutionResponse, WorkflowDescription>(
        m_connection, "DescribeWorkflowExecution", client::describeRequest(*m_connection, ref(workflow)),
        descriptionFrom, about(workflow, std::move(callback)));
}

Subscription ConnectedCluster::watchDescription(WorkflowKey workflow, Callback<WorkflowDescription> callback) {
    auto told = about(workflow, std::move(callback));
    return run(descriptionWatch(m_connection, std::move(workflow), pollInterval(), std::move(told)));
}

Request ConnectedCluster::handlers(WorkflowKey workflow, Callback<Handlers> callback) {
    const auto request = client::queryRequest(*m_connection, ref(workflow), "__temporal_workflow_metadata", {},
                                              client::QueryRejectCondition::None);
    return callOnce<wsv::QueryWorkflowResponse, Handlers>(
        m_connection, "QueryWorkflow", request,
        [](const auto& response) { return handlersFrom(payload::fromProto(response.query_result())); },
        aboutAnswer(workflow, std::move(callback)), patient());
}

Subscription ConnectedCluster::openHistory(WorkflowKey workflow, Callback<HistoryTail> callback) {
    auto told = about(workflow, std::move(callback));
    return run(historyTail(m_connection, std::move(workflow), std::move(told)));
}

Request ConnectedCluster::start(StartRequest request, Callback<WorkflowKey> callback) {
    if (request.workflowId.empty()) request.workflowId = base::randomUuid();
    auto told = about({request.workflowId, {}}, std::move(callback));
    wsv::StartWorkflowExecutionRequest message;
    try {
        message = client::startRequest(*m_connection, request.type, startOptions(request), request.input);
    } catch (const base::Error& error) {
        return answerLater<WorkflowKey>(problemFrom(error), std::move(told));
    }
    return callOnce<wsv::StartWorkflowExecutionResponse, WorkflowKey>(
        m_connection, "StartWorkflowExecution", std::move(message),
        [id = request.workflowId](const auto& response) { return WorkflowKey{id, response.run_id()}; },
        std::move(told));
}

Request ConnectedCluster::signal(SignalRequest request, Callback<Done> callback) {
    return callOnce<wsv::SignalWorkflowExecutionResponse, Done>(
        m_connection, "SignalWorkflowExecution",
        client::signalRequest(*m_connection, ref(request.workflow), request.name, request.input), done,
        about(request.workflow, std::move(callback)));
}

Request ConnectedCluster::query(QueryRequest request, Callback<QueryAnswer> callback) {
    return callOnce<wsv::QueryWorkflowResponse, QueryAnswer>(
        m_connection, "QueryWorkflow",
        client::queryRequest(*m_connection, ref(request.workflow), request.name, request.input,
                             rejectCondition(request.reject)),
        answerFrom, aboutAnswer(request.workflow, std::move(callback)), patient());
}

Request ConnectedCluster::update(UpdateRequest request, Callback<UpdateAnswer> callback) {
    auto told = aboutAnswer(request.workflow, std::move(callback));
    return run(updateTask(m_connection, std::move(request), std::move(told)));
}

Request ConnectedCluster::cancel(WorkflowKey workflow, std::string reason, Callback<Done> callback) {
    return callOnce<wsv::RequestCancelWorkflowExecutionResponse, Done>(
        m_connection, "RequestCancelWorkflowExecution", client::cancelRequest(*m_connection, ref(workflow), reason),
        done, about(workflow, std::move(callback)));
}

Request ConnectedCluster::terminate(WorkflowKey workflow, std::string reason, Callback<Done> callback) {
    return callOnce<wsv::TerminateWorkflowExecutionResponse, Done>(
        m_connection, "TerminateWorkflowExecution", client::terminateRequest(*m_connection, ref(workflow), reason),
        done, about(workflow, std::move(callback)));
}

}  // namespace orrery::gateway
