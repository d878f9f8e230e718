// SPDX-License-Identifier: MIT
#include "core/client/requests.h"

#include <fmt/format.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/base/uuid.h"
#include "core/payload/converter.h"
#include "core/payload/proto.h"

namespace orrery::client {
namespace {

namespace common = temporal::api::common::v1;
namespace enums = temporal::api::enums::v1;

void setExecution(const WorkflowRef& workflow, common::WorkflowExecution* wire) {
    wire->set_workflow_id(workflow.workflowId);
    wire->set_run_id(workflow.runId);
}

/// No arguments are no message at all, as the official SDKs have it.
template <typename Field>
void setPayloads(const Payloads& values, Field mutableField) {
    if (!values.empty()) payload::toProto(values, mutableField());
}

template <typename Map>
void setMap(const definition::PayloadMap& values, Map* wire) {
    for (const auto& [name, value] : values) payload::toProto(value, &(*wire)[name]);
}

void setRetryPolicy(const definition::RetryPolicy& policy, common::RetryPolicy* wire) {
    if (policy.initialInterval()) payload::toProto(*policy.initialInterval(), wire->mutable_initial_interval());
    if (policy.maximumInterval()) payload::toProto(*policy.maximumInterval(), wire->mutable_maximum_interval());
    wire->set_backoff_coefficient(policy.backoffCoefficient());
    wire->set_maximum_attempts(policy.maximumAttempts());
    for (const std::string& type : policy.nonRetryableErrorTypes()) wire->add_non_retryable_error_types(type);
}

void require(const std::string& value, const char* what) {
    if (value.empty()) {
        throw base::Error(base::ErrorCode::InvalidArgument, fmt::format("cannot start a workflow without {}", what));
    }
}

/// The fields that StartWorkflowExecution and SignalWithStartWorkflowExecution have in common.
template <typename Request>
void fillStart(const Connection& over, const std::string& workflowType, const StartWorkflowOptions& options,
               const Payloads& input, Request* request) {
    require(options.id(), "an id");
    require(workflowType, "a type");
    require(options.taskQueue(), "a task queue");
    request->set_namespace_(over.namespaceName());
    request->set_identity(over.identity());
    request->set_request_id(base::randomUuid());
    request->set_workflow_id(options.id());
    request->mutable_workflow_type()->set_name(workflowType);
    request->mutable_task_queue()->set_name(options.taskQueue());
    request->mutable_task_queue()->set_kind(enums::TASK_QUEUE_KIND_NORMAL);
    setPayloads(input, [&] { return request->mutable_input(); });
    if (auto timeout = options.executionTimeout()) {
        payload::toProto(*timeout, request->mutable_workflow_execution_timeout());
    }
    if (auto timeout = options.runTimeout()) payload::toProto(*timeout, request->mutable_workflow_run_timeout());
    if (auto timeout = options.taskTimeout()) payload::toProto(*timeout, request->mutable_workflow_task_timeout());
    if (auto delay = options.startDelay()) payload::toProto(*delay, request->mutable_workflow_start_delay());
    request->set_workflow_id_reuse_policy(static_cast<enums::WorkflowIdReusePolicy>(options.idReusePolicy()));
    request->set_workflow_id_conflict_policy(static_cast<enums::WorkflowIdConflictPolicy>(options.idConflictPolicy()));
    if (options.retryPolicy()) setRetryPolicy(*options.retryPolicy(), request->mutable_retry_policy());
    request->set_cron_schedule(options.cronSchedule());
    if (!options.memo().empty()) setMap(options.memo(), request->mutable_memo()->mutable_fields());
    if (!options.searchAttributes().empty()) {
        setMap(options.searchAttributes(), request->mutable_search_attributes()->mutable_indexed_fields());
    }
    const auto& converter = payload::defaultConverter();
    if (!options.staticSummary().empty()) {
        payload::toProto(converter.toPayload(options.staticSummary()),
                         request->mutable_user_metadata()->mutable_summary());
    }
    if (!options.staticDetails().empty()) {
        payload::toProto(converter.toPayload(options.staticDetails()),
                         request->mutable_user_metadata()->mutable_details());
    }
}

auto lifecycleStage(UpdateStage stage) { return static_cast<enums::UpdateWorkflowExecutionLifecycleStage>(stage); }

}  // namespace

wsv::StartWorkflowExecutionRequest startRequest(const Connection& over, const std::string& workflowType,
                                                const StartWorkflowOptions& options, const Payloads& input) {
    wsv::StartWorkflowExecutionRequest request;
    fillStart(over, workflowType, options, input, &request);
    return request;
}

wsv::SignalWithStartWorkflowExecutionRequest signalWithStartRequest(const Connection& over,
                                                                    const std::string& workflowType,
                                                                    const StartWorkflowOptions& options,
                                                                    const Payloads& input, const std::string& signal,
                                                                    const Payloads& signalInput) {
    wsv::SignalWithStartWorkflowExecutionRequest request;
    fillStart(over, workflowType, options, input, &request);
    // Failing on a running workflow would be the opposite of what this call is for; servers refuse it.
    if (options.idConflictPolicy() == definition::WorkflowIdConflictPolicy::Fail) {
        request.set_workflow_id_conflict_policy(enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED);
    }
    request.set_signal_name(signal);
    setPayloads(signalInput, [&] { return request.mutable_signal_input(); });
    return request;
}

wsv::SignalWorkflowExecutionRequest signalRequest(const Connection& over, const WorkflowRef& workflow,
                                                  const std::string& name, const Payloads& input) {
    wsv::SignalWorkflowExecutionRequest request;
    request.set_namespace_(over.namespaceName());
    request.set_identity(over.identity());
    request.set_request_id(base::randomUuid());
    setExecution(workflow, request.mutable_workflow_execution());
    request.set_signal_name(name);
    setPayloads(input, [&] { return request.mutable_input(); });
    return request;
}

wsv::QueryWorkflowRequest queryRequest(const Connection& over, const WorkflowRef& workflow, const std::string& name,
                                       const Payloads& input, QueryRejectCondition reject) {
    wsv::QueryWorkflowRequest request;
    request.set_namespace_(over.namespaceName());
    setExecution(workflow, request.mutable_execution());
    request.mutable_query()->set_query_type(name);
    setPayloads(input, [&] { return request.mutable_query()->mutable_query_args(); });
    request.set_query_reject_condition(static_cast<enums::QueryRejectCondition>(reject));
    return request;
}

wsv::UpdateWorkflowExecutionRequest updateRequest(const Connection& over, const WorkflowRef& workflow,
                                                  const std::string& name, const Payloads& input,
                                                  const std::string& updateId, UpdateStage waitFor) {
    wsv::UpdateWorkflowExecutionRequest request;
    request.set_namespace_(over.namespaceName());
    setExecution(workflow, request.mutable_workflow_execution());
    request.set_first_execution_run_id(workflow.firstExecutionRunId);
    request.mutable_wait_policy()->set_lifecycle_stage(lifecycleStage(waitFor));
    auto* meta = request.mutable_request()->mutable_meta();
    meta->set_update_id(updateId.empty() ? base::randomUuid() : updateId);
    meta->set_identity(over.identity());
    auto* call = request.mutable_request()->mutable_input();
    call->set_name(name);
    setPayloads(input, [&] { return call->mutable_args(); });
    return request;
}

wsv::PollWorkflowExecutionUpdateRequest pollUpdateRequest(const Connection& over, const WorkflowRef& workflow,
                                                          const std::string& updateId, UpdateStage waitFor) {
    wsv::PollWorkflowExecutionUpdateRequest request;
    request.set_namespace_(over.namespaceName());
    request.set_identity(over.identity());
    setExecution(workflow, request.mutable_update_ref()->mutable_workflow_execution());
    request.mutable_update_ref()->set_update_id(updateId);
    request.mutable_wait_policy()->set_lifecycle_stage(lifecycleStage(waitFor));
    return request;
}

wsv::RequestCancelWorkflowExecutionRequest cancelRequest(const Connection& over, const WorkflowRef& workflow,
                                                         const std::string& reason) {
    wsv::RequestCancelWorkflowExecutionRequest request;
    request.set_namespace_(over.namespaceName());
    request.set_identity(over.identity());
    request.set_request_id(base::randomUuid());
    setExecution(workflow, request.mutable_workflow_execution());
    request.set_first_execution_run_id(workflow.firstExecutionRunId);
    request.set_reason(reason);
    return request;
}

wsv::TerminateWorkflowExecutionRequest terminateRequest(const Connection& over, const WorkflowRef& workflow,
                                                        const std::string& reason) {
    wsv::TerminateWorkflowExecutionRequest request;
    request.set_namespace_(over.namespaceName());
    request.set_identity(over.identity());
    setExecution(workflow, request.mutable_workflow_execution());
    request.set_first_execution_run_id(workflow.firstExecutionRunId);
    request.set_reason(reason);
    return request;
}

wsv::DescribeWorkflowExecutionRequest describeRequest(const Connection& over, const WorkflowRef& workflow) {
    wsv::DescribeWorkflowExecutionRequest request;
    request.set_namespace_(over.namespaceName());
    setExecution(workflow, request.mutable_execution());
    return request;
}

wsv::GetWorkflowExecutionHistoryRequest historyRequest(const Connection& over, const WorkflowRef& workflow,
                                                       const std::string& pageToken, bool wait, HistoryFilter filter) {
    wsv::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_(over.namespaceName());
    setExecution(workflow, request.mutable_execution());
    request.set_next_page_token(pageToken);
    request.set_wait_new_event(wait);
    request.set_history_event_filter_type(filter == HistoryFilter::CloseEvent
                                              ? enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT
                                              : enums::HISTORY_EVENT_FILTER_TYPE_ALL_EVENT);
    request.set_skip_archival(true);
    return request;
}

wsv::ListWorkflowExecutionsRequest listRequest(const Connection& over, const std::string& query, int pageSize,
                                               const std::string& pageToken) {
    wsv::ListWorkflowExecutionsRequest request;
    request.set_namespace_(over.namespaceName());
    request.set_query(query);
    request.set_page_size(pageSize);
    request.set_next_page_token(pageToken);
    return request;
}

wsv::CountWorkflowExecutionsRequest countRequest(const Connection& over, const std::string& query) {
    wsv::CountWorkflowExecutionsRequest request;
    request.set_namespace_(over.namespaceName());
    request.set_query(query);
    return request;
}

}  // namespace orrery::client
