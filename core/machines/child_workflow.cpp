// SPDX-License-Identifier: MIT
#include "core/machines/child_workflow.h"

#include <fmt/format.h>

#include "core/machines/wire.h"
#include "core/payload/failure_proto.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;
using CancellationType = definition::ChildWorkflowCancellationType;

enum State : uint8_t {
    Created,
    StartCommandCreated,
    InitiatedRecorded,
    StartedRecorded,
    Completed,
    Failed,
    TimedOut,
    Canceled,
    Terminated,
    StartFailedRecorded,
    Withdrawn,
};
enum Input : uint8_t {
    Schedule,
    Initiated,
    Started,
    StartFailed,
    Complete,
    Fail,
    TimeOut,
    CancelDone,
    Terminate,
    Cancel
};

constexpr std::string_view kStates[] = {
    "Created",  "StartCommandCreated", "InitiatedRecorded", "StartedRecorded", "Completed", "Failed", "TimedOut",
    "Canceled", "Terminated",          "StartFailed",       "Withdrawn"};
constexpr std::string_view kInputs[] = {"Schedule", "Initiated", "Started",  "StartFailed", "Completed",
                                        "Failed",   "TimedOut",  "Canceled", "Terminated",  "Cancel"};
constexpr Edge kEdges[] = {
    {Created, Schedule, StartCommandCreated},
    {StartCommandCreated, Initiated, InitiatedRecorded},
    {StartCommandCreated, Cancel, Withdrawn},
    {InitiatedRecorded, Started, StartedRecorded},
    {InitiatedRecorded, StartFailed, StartFailedRecorded},
    {StartedRecorded, Complete, Completed},
    {StartedRecorded, Fail, Failed},
    {StartedRecorded, TimeOut, TimedOut},
    {StartedRecorded, CancelDone, Canceled},
    {StartedRecorded, Terminate, Terminated},
};
constexpr Blueprint kBlueprint{"ChildWorkflow", kStates, kInputs, kEdges};

enum CancelState : uint8_t { NotAsked, RequestCreated, RequestRecorded, RequestDelivered, RequestFailed };
enum CancelInput : uint8_t { Ask, RequestInitiated, Delivered, NotDelivered };
constexpr std::string_view kCancelStates[] = {"NotAsked", "RequestCreated", "RequestRecorded", "RequestDelivered",
                                              "RequestFailed"};
constexpr std::string_view kCancelInputs[] = {"Ask", "RequestInitiated", "Delivered", "NotDelivered"};
constexpr Edge kCancelEdges[] = {
    {NotAsked, Ask, RequestCreated},
    {RequestCreated, RequestInitiated, RequestRecorded},
    {RequestRecorded, Delivered, RequestDelivered},
    {RequestRecorded, NotDelivered, RequestFailed},
};
constexpr Blueprint kCancelBlueprint{"ChildWorkflowCancel", kCancelStates, kCancelInputs, kCancelEdges};

void issue(const definition::command::StartChildWorkflow& command, Reactions& out) {
    const definition::ChildWorkflowOptions& options = command.options;
    WireCommand& wire = addCommand(out, enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* attributes = wire.mutable_start_child_workflow_execution_command_attributes();
    attributes->set_workflow_id(options.id());
    attributes->mutable_workflow_type()->set_name(command.workflowType);
    attributes->mutable_task_queue()->set_name(options.taskQueue());
    payload::toProto(command.arguments, attributes->mutable_input());
    const auto set = [](const std::optional<base::Duration>& value, auto slot) {
        if (value) payload::toProto(*value, slot());
    };
    set(options.executionTimeout(), [&] { return attributes->mutable_workflow_execution_timeout(); });
    set(options.runTimeout(), [&] { return attributes->mutable_workflow_run_timeout(); });
    set(options.taskTimeout(), [&] { return attributes->mutable_workflow_task_timeout(); });
    attributes->set_parent_close_policy(static_cast<enums::ParentClosePolicy>(options.parentClosePolicy()));
    attributes->set_workflow_id_reuse_policy(static_cast<enums::WorkflowIdReusePolicy>(options.idReusePolicy()));
    if (options.retryPolicy()) toProto(*options.retryPolicy(), attributes->mutable_retry_policy());
    attributes->set_cron_schedule(options.cronSchedule());
    fillMap(command.headers, attributes->mutable_header()->mutable_fields());
    if (!options.memo().empty()) fillMap(options.memo(), attributes->mutable_memo()->mutable_fields());
    if (!options.searchAttributes().empty()) {
        fillMap(options.searchAttributes(), attributes->mutable_search_attributes()->mutable_indexed_fields());
    }
    setSummary(wire, options.staticSummary(), options.staticDetails());
}

definition::FailureData simple(std::string message, definition::FailureData::Kind kind) {
    definition::FailureData failure;
    failure.message = std::move(message);
    failure.kind = std::move(kind);
    return failure;
}

}  // namespace

const Blueprint& ChildWorkflowMachine::blueprint() { return kBlueprint; }

const Blueprint& ChildWorkflowMachine::cancelBlueprint() { return kCancelBlueprint; }

ChildWorkflowMachine::ChildWorkflowMachine(const definition::command::StartChildWorkflow& command,
                                           const std::string& namespaceName, Reactions& out)
    : Machine(kBlueprint),
      m_seq(command.seq),
      m_namespace(namespaceName),
      m_workflowId(command.options.id()),
      m_type(command.workflowType),
      m_cancellation(command.options.cancellationType()),
      m_cancel(kCancelBlueprint) {
    take(Schedule);
    issue(command, out);
}

void ChildWorkflowMachine::cancel(const std::string& reason, Reactions& out) {
    if (m_resolved || state() > StartedRecorded) return;
    if (state() == StartCommandCreated) {
        take(Cancel);
        out.withdraw = true;
        resolveCancelled(out);
        return;
    }
    if (m_cancellation != CancellationType::Abandon) {
        if (!m_cancel.take(Ask)) return;
        auto* attributes = addCommand(out, enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION)
                               .mutable_request_cancel_external_workflow_execution_command_attributes();
        attributes->set_workflow_id(m_workflowId);
        attributes->set_run_id(m_runId);
        attributes->set_child_workflow_only(true);
        attributes->set_reason(reason);
    }
    if (m_cancellation == CancellationType::Abandon || m_cancellation == CancellationType::TryCancel) {
        resolveCancelled(out);
    }
}

void ChildWorkflowMachine::onEvent(const HistoryEvent& event, Reactions& out) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: return onInitiated(event);
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: return onStarted(event, out);
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED: return onStartFailed(event, out);
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED: return onCompleted(event, out);
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: {
            const auto& attributes = event.child_workflow_execution_failed_event_attributes();
            return onFailed(Fail, event, "Child workflow execution failed", payload::fromProto(attributes.failure()),
                            attributes.retry_state(), out);
        }
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
            return onFailed(
                TimeOut, event, "Child workflow execution timed out",
                simple("workflow timed out", payload::TimeoutFailureData{.type = payload::TimeoutType::StartToClose,
                                                                         .lastHeartbeatDetails = {}}),
                event.child_workflow_execution_timed_out_event_attributes().retry_state(), out);
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
            return onFailed(Terminate, event, "Child workflow execution terminated",
                            simple("workflow terminated", payload::TerminatedFailureData{}), 0, out);
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED: return onCanceled(event, out);
        default: return onCancelEvent(event, out);
    }
}

void ChildWorkflowMachine::onInitiated(const HistoryEvent& event) {
    const auto& attributes = event.start_child_workflow_execution_initiated_event_attributes();
    if (attributes.workflow_id() != m_workflowId || attributes.workflow_type().name() != m_type) refuse(event);
    takeEvent(Initiated, event);
    m_initiatedEventId = event.event_id();
}

void ChildWorkflowMachine::onStarted(const HistoryEvent& event, Reactions& out) {
    takeEvent(Started, event);
    m_startedEventId = event.event_id();
    m_runId = event.child_workflow_execution_started_event_attributes().workflow_execution().run_id();
    if (m_startResolved) return;
    m_startResolved = true;
    out.jobs.emplace_back(definition::job::ResolveChildWorkflowStart{m_seq, definition::job::ChildStarted{m_runId}});
}

void ChildWorkflowMachine::onStartFailed(const HistoryEvent& event, Reactions& out) {
    takeEvent(StartFailed, event);
    if (m_startResolved) return;
    m_startResolved = m_resolved = true;
    const auto cause = event.start_child_workflow_execution_failed_event_attributes().cause();
    out.jobs.emplace_back(definition::job::ResolveChildWorkflowStart{
        m_seq, definition::job::ChildStartFailed{
                   m_workflowId, m_type,
                   cause == enums::START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS}});
}

void ChildWorkflowMachine::onCompleted(const HistoryEvent& event, Reactions& out) {
    takeEvent(Complete, event);
    const auto& result = event.child_workflow_execution_completed_event_attributes().result();
    definition::Completed completed;
    if (result.payloads_size() > 0) completed.result = payload::fromProto(result.payloads(0));
    resolve(std::move(completed), out);
}

void ChildWorkflowMachine::onFailed(uint8_t input, const HistoryEvent& event, std::string message,
                                    definition::FailureData cause, int retryState, Reactions& out) {
    takeEvent(input, event);
    resolve(
        definition::Failed{failure(std::move(message), std::move(cause), static_cast<payload::RetryState>(retryState))},
        out);
}

void ChildWorkflowMachine::onCanceled(const HistoryEvent& event, Reactions& out) {
    takeEvent(CancelDone, event);
    payload::CancelledFailureData cause;
    cause.details = payload::fromProto(event.child_workflow_execution_canceled_event_attributes().details());
    resolve(definition::Cancelled{failure("Child workflow execution cancelled",
                                          simple("Child workflow execution cancelled", std::move(cause)),
                                          payload::RetryState::NonRetryableFailure)},
            out);
}

void ChildWorkflowMachine::onCancelEvent(const HistoryEvent& event, Reactions& out) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            if (!m_cancel.take(RequestInitiated)) refuse(event);
            return;
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            if (!m_cancel.take(Delivered)) refuse(event);
            break;
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            if (!m_cancel.take(NotDelivered)) refuse(event);
            break;
        default: refuse(event);
    }
    if (m_cancellation == CancellationType::WaitCancellationRequested) resolveCancelled(out);
}

void ChildWorkflowMachine::resolve(definition::Resolution result, Reactions& out) {
    if (m_resolved) return;
    m_resolved = true;
    out.jobs.emplace_back(definition::job::ResolveChildWorkflow{m_seq, std::move(result)});
}

void ChildWorkflowMachine::resolveCancelled(Reactions& out) {
    if (m_resolved) return;
    definition::Cancelled cancelled{
        failure("Child workflow execution cancelled",
                simple(state() == Withdrawn ? "Child workflow execution cancelled before scheduled"
                                            : "Child workflow execution cancelled",
                       payload::CancelledFailureData{}),
                payload::RetryState::NonRetryableFailure)};
    if (m_startResolved) {
        resolve(std::move(cancelled), out);
        return;
    }
    m_startResolved = m_resolved = true;
    out.jobs.emplace_back(definition::job::ResolveChildWorkflowStart{m_seq, std::move(cancelled)});
}

definition::FailureData ChildWorkflowMachine::failure(std::string message, definition::FailureData cause,
                                                      payload::RetryState retryState) const {
    definition::FailureData outer =
        simple(std::move(message), payload::ChildWorkflowFailureData{.namespaceName = m_namespace,
                                                                     .workflowId = m_workflowId,
                                                                     .runId = m_runId,
                                                                     .workflowType = m_type,
                                                                     .initiatedEventId = m_initiatedEventId,
                                                                     .startedEventId = m_startedEventId,
                                                                     .retryState = retryState});
    outer.cause = std::make_shared<const definition::FailureData>(std::move(cause));
    return outer;
}

std::string ChildWorkflowMachine::describe() const {
    return fmt::format(
        "command {} (child {}, {})",
        m_cancel.state() == RequestCreated ? "RequestCancelExternalWorkflowExecution" : "StartChildWorkflowExecution",
        m_workflowId, m_type);
}

bool ChildWorkflowMachine::finished() const {
    const bool requestOpen = m_cancel.state() == RequestCreated || m_cancel.state() == RequestRecorded;
    return state() > StartedRecorded && !requestOpen;
}

}  // namespace orrery::machines
