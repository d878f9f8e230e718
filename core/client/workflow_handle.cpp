// SPDX-License-Identifier: MIT
#include "core/client/workflow_handle.h"

#include <utility>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/client/codec.h"
#include "core/payload/proto.h"

namespace orrery::client {

namespace {

namespace enums = temporal::api::enums::v1;
using HistoryEvent = temporal::api::history::v1::HistoryEvent;
using history::WorkflowStatus;

/// The server's own patience with a query is the workflow's; ours must be longer.
constexpr base::Duration kQueryTimeout = std::chrono::seconds(70);

CallOptions waiting(std::stop_token stop = {}) {
    CallOptions options = CallOptions::longPoll(RetryPolicy::forWaiting());
    options.stop = std::move(stop);
    return options;
}

/// What the event that closes a run says of it.
struct Closing {
    WorkflowStatus status = WorkflowStatus::Running;
    std::string nextRunId;
    Payloads result;
    std::shared_ptr<const payload::Failure> failure;
};

payload::FailureData plainFailure(std::string message, payload::FailureData::Kind kind) {
    payload::FailureData data;
    data.message = std::move(message);
    data.kind = std::move(kind);
    return data;
}

Closing readClosing(const payload::DataConverter& converter, const HistoryEvent& event) {
    Closing closing;
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: {
            const auto& attributes = event.workflow_execution_completed_event_attributes();
            closing.status = WorkflowStatus::Completed;
            closing.nextRunId = attributes.new_execution_run_id();
            closing.result = decoded(converter, payload::fromProto(attributes.result()));
            break;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: {
            const auto& attributes = event.workflow_execution_failed_event_attributes();
            closing.status = WorkflowStatus::Failed;
            closing.nextRunId = attributes.new_execution_run_id();
            closing.failure = failureFrom(converter, attributes.failure());
            break;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: {
            const auto& attributes = event.workflow_execution_canceled_event_attributes();
            closing.status = WorkflowStatus::Canceled;
            payload::CancelledFailureData kind;
            kind.details = decoded(converter, payload::fromProto(attributes.details()));
            closing.failure = payload::makeFailure(plainFailure("Workflow cancelled", std::move(kind)));
            break;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: {
            const auto& attributes = event.workflow_execution_terminated_event_attributes();
            closing.status = WorkflowStatus::Terminated;
            const std::string& reason = attributes.reason();
            closing.failure = payload::makeFailure(plainFailure(reason.empty() ? "Workflow terminated" : reason,
                                                                payload::TerminatedFailureData{attributes.identity()}));
            break;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: {
            const auto& attributes = event.workflow_execution_timed_out_event_attributes();
            closing.status = WorkflowStatus::TimedOut;
            closing.nextRunId = attributes.new_execution_run_id();
            payload::TimeoutFailureData kind;
            kind.type = payload::TimeoutType::StartToClose;
            closing.failure = payload::makeFailure(plainFailure("Workflow timed out", std::move(kind)));
            break;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            closing.status = WorkflowStatus::ContinuedAsNew;
            closing.nextRunId = event.workflow_execution_continued_as_new_event_attributes().new_execution_run_id();
            break;
        default: break;
    }
    return closing;
}

/// Waits until the run has closed.
Closing awaitClosing(const ClientCore& core, const WorkflowRef& run, const std::stop_token& stop) {
    std::string token;
    while (true) {
        const auto response = core.connection->callAndWait<wsv::GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory",
            historyRequest(*core.connection, run, token, true, HistoryFilter::CloseEvent), waiting(stop));
        if (response.history().events_size() > 0) {
            Closing closing =
                readClosing(core.converter, response.history().events(response.history().events_size() - 1));
            if (closing.status != WorkflowStatus::Running) return closing;
        }
        token = response.next_page_token();
    }
}

}  // namespace

struct SentUpdate {
    temporal::api::update::v1::Outcome outcome;
};

UpdateHandle::UpdateHandle(ClientCorePtr core, WorkflowRef workflow, std::string name, std::string id)
    : m_core(std::move(core)), m_workflow(std::move(workflow)), m_name(std::move(name)), m_id(std::move(id)) {}

Payloads UpdateHandle::resultPayloads() const {
    temporal::api::update::v1::Outcome outcome;
    if (m_known) outcome = m_known->outcome;
    while (outcome.value_case() == temporal::api::update::v1::Outcome::VALUE_NOT_SET) {
        auto response = m_core->connection->callAndWait<wsv::PollWorkflowExecutionUpdateResponse>(
            "PollWorkflowExecutionUpdate",
            pollUpdateRequest(*m_core->connection, m_workflow, m_id, UpdateStage::Completed), waiting());
        outcome.Swap(response.mutable_outcome());
    }
    if (outcome.has_failure()) {
        throw UpdateFailedError(m_workflow.workflowId, m_name, failureFrom(m_core->converter, outcome.failure()));
    }
    return decoded(m_core->converter, payload::fromProto(outcome.success()));
}

WorkflowRef WorkflowHandle::runRef() const { return {m_ref.workflowId, runId(), {}}; }

Payloads WorkflowHandle::resultPayloads(const ResultOptions& options) const {
    const auto guard = m_core->whileWaitingForResult ? m_core->whileWaitingForResult() : nullptr;
    WorkflowRef run = runRef();
    while (true) {
        const Closing closing = awaitClosing(*m_core, run, options.stop);
        if (options.followRuns && !closing.nextRunId.empty()) {
            run.runId = closing.nextRunId;
            continue;
        }
        if (closing.status == WorkflowStatus::ContinuedAsNew) {
            throw WorkflowContinuedAsNewError(m_ref.workflowId, closing.nextRunId);
        }
        if (closing.failure) {
            throw WorkflowFailedError(m_ref.workflowId, run.runId, closing.status, closing.failure);
        }
        return closing.result;
    }
}

void WorkflowHandle::signalPayloads(const std::string& name, const Payloads& input) const {
    const auto& connection = *m_core->connection;
    m_core->connection->callAndWait<wsv::SignalWorkflowExecutionResponse>(
        "SignalWorkflowExecution", signalRequest(connection, m_ref, name, encoded(m_core->converter, input)));
}

Payloads WorkflowHandle::queryPayloads(const std::string& name, const Payloads& input,
                                       QueryRejectCondition reject) const {
    CallOptions options;
    options.timeout = kQueryTimeout;
    const auto response = m_core->connection->callAndWait<wsv::QueryWorkflowResponse>(
        "QueryWorkflow", queryRequest(*m_core->connection, m_ref, name, encoded(m_core->converter, input), reject),
        options);
    if (response.has_query_rejected()) {
        throw QueryRejectedError(m_ref.workflowId, workflowStatus(response.query_rejected().status()));
    }
    return decoded(m_core->converter, payload::fromProto(response.query_result()));
}

UpdateHandle WorkflowHandle::startUpdatePayloads(const std::string& name, const Payloads& input, UpdateStage waitFor,
                                                 const std::string& updateId) const {
    const auto request =
        updateRequest(*m_core->connection, m_ref, name, encoded(m_core->converter, input), updateId, waitFor);
    UpdateHandle handle(m_core, m_ref, name, request.request().meta().update_id());
    while (true) {
        auto response = m_core->connection->callAndWait<wsv::UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution",
                                                                                              request, waiting());
        if (!response.update_ref().workflow_execution().run_id().empty()) {
            handle.m_workflow.runId = response.update_ref().workflow_execution().run_id();
        }
        if (response.has_outcome() && response.outcome().value_case() != 0) {
            auto known = std::make_shared<SentUpdate>();
            known->outcome.Swap(response.mutable_outcome());
            handle.m_known = std::move(known);
            return handle;
        }
        // The server's patience ended first. An admitted update is forgotten unless it is asked for again.
        if (response.stage() >= enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED) return handle;
    }
}

UpdateHandle WorkflowHandle::update(const std::string& name, const std::string& updateId) const {
    return UpdateHandle(m_core, m_ref, name, updateId);
}

void WorkflowHandle::cancel(const std::string& reason) const {
    m_core->connection->callAndWait<wsv::RequestCancelWorkflowExecutionResponse>(
        "RequestCancelWorkflowExecution", cancelRequest(*m_core->connection, m_ref, reason));
}

void WorkflowHandle::terminate(const std::string& reason) const {
    m_core->connection->callAndWait<wsv::TerminateWorkflowExecutionResponse>(
        "TerminateWorkflowExecution", terminateRequest(*m_core->connection, m_ref, reason));
}

WorkflowDescription WorkflowHandle::describe() const {
    auto response = std::make_shared<wsv::DescribeWorkflowExecutionResponse>();
    m_core->connection->callAndWait("DescribeWorkflowExecution", describeRequest(*m_core->connection, m_ref),
                                    response.get());
    return {fromProto(response->workflow_execution_info()), response};
}

std::shared_ptr<const history::History> WorkflowHandle::history() const {
    history::HistoryBuilder builder;
    std::string token;
    do {
        const auto response = m_core->connection->callAndWait<wsv::GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory",
            historyRequest(*m_core->connection, runRef(), token, false, HistoryFilter::All));
        builder.append(response.history().SerializeAsString());
        token = response.next_page_token();
    } while (!token.empty());
    return builder.snapshot();
}

}  // namespace orrery::client
