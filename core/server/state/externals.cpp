// SPDX-License-Identifier: MIT
// Signals and cancel requests from one workflow to another.
#include <temporal/api/command/v1/message.pb.h>

#include "core/server/state/children.h"
#include "core/server/state/events.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/signals.h"

namespace orrery::server {
namespace {

/// The run that is meant, open or not; nullptr when there is none, or when a workflow means itself, which the protocol
/// forbids.
Run* targetOf(World& world, const Run& from, const std::string& workflowId, const std::string& runId, bool childOnly) {
    Run* target = world.findRun(from.ns, workflowId, runId);
    if (target == nullptr || workflowId == from.workflowId) return nullptr;
    if (childOnly && target->open() && (!target->parent || target->parent->runId != from.runId)) return nullptr;
    return target;
}

/// The protocol calls the field deprecated, and Go's SDK still finds its signals and cancellations by it.
template <typename From, typename To>
void copyControl(const From& from, To* to) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    to->set_control(from.control());
#pragma GCC diagnostic pop
}

void fillExecution(const Run& from, common::WorkflowExecution* execution) {
    execution->set_workflow_id(from.workflowId);
    execution->set_run_id(from.runId);
}

void deliverSignal(World& world, Run& from, int64_t initiatedId,
                   history::SignalExternalWorkflowExecutionInitiatedEventAttributes asked) {
    if (!from.open()) return;
    asked.set_namespace_(from.ns);
    Run* target = targetOf(world, from, asked.workflow_execution().workflow_id(), asked.workflow_execution().run_id(),
                           asked.child_workflow_only());
    if (target != nullptr && !target->open()) target = nullptr;
    const bool full = target != nullptr && hasAllSignals(world, *target);
    if (target == nullptr || full) {
        HistoryEvent event = newEvent(world, enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED);
        auto* attributes = event.mutable_signal_external_workflow_execution_failed_event_attributes();
        attributes->set_cause(
            full ? enums::SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_SIGNAL_COUNT_LIMIT_EXCEEDED
                 : enums::SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND);
        attributes->set_namespace_(asked.namespace_());
        attributes->set_namespace_id(asked.namespace_id());
        *attributes->mutable_workflow_execution() = asked.workflow_execution();
        attributes->set_initiated_event_id(initiatedId);
        copyControl(asked, attributes);
        return record(world, from, std::move(event));
    }
    HistoryEvent signal = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    auto* signaled = signal.mutable_workflow_execution_signaled_event_attributes();
    signaled->set_signal_name(asked.signal_name());
    if (asked.has_input()) *signaled->mutable_input() = asked.input();
    if (asked.has_header()) *signaled->mutable_header() = asked.header();
    signaled->set_identity("history-service");
    fillExecution(from, signaled->mutable_external_workflow_execution());
    ++target->signalCount;
    record(world, *target, std::move(signal));
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED);
    auto* attributes = event.mutable_external_workflow_execution_signaled_event_attributes();
    attributes->set_initiated_event_id(initiatedId);
    attributes->set_namespace_(asked.namespace_());
    attributes->set_namespace_id(asked.namespace_id());
    *attributes->mutable_workflow_execution() = asked.workflow_execution();
    copyControl(asked, attributes);
    record(world, from, std::move(event));
}

void deliverCancel(World& world, Run& from, int64_t initiatedId,
                   history::RequestCancelExternalWorkflowExecutionInitiatedEventAttributes asked) {
    if (!from.open()) return;
    asked.set_namespace_(from.ns);
    Run* target = targetOf(world, from, asked.workflow_execution().workflow_id(), asked.workflow_execution().run_id(),
                           asked.child_workflow_only());
    if (target == nullptr) {
        HistoryEvent event = newEvent(world, enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED);
        auto* attributes = event.mutable_request_cancel_external_workflow_execution_failed_event_attributes();
        attributes->set_cause(
            enums::CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND);
        attributes->set_namespace_(asked.namespace_());
        attributes->set_namespace_id(asked.namespace_id());
        *attributes->mutable_workflow_execution() = asked.workflow_execution();
        attributes->set_initiated_event_id(initiatedId);
        return record(world, from, std::move(event));
    }
    HistoryEvent request = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED);
    auto* requested = request.mutable_workflow_execution_cancel_requested_event_attributes();
    requested->set_cause(asked.reason());
    requested->set_external_initiated_event_id(initiatedId);
    fillExecution(from, requested->mutable_external_workflow_execution());
    requested->set_identity("history-service");
    // What has ended needs no cancellation: that counts as done.
    if (target->open()) requestCancelRun(world, *target, std::move(request));
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED);
    auto* attributes = event.mutable_external_workflow_execution_cancel_requested_event_attributes();
    attributes->set_initiated_event_id(initiatedId);
    attributes->set_namespace_(asked.namespace_());
    attributes->set_namespace_id(asked.namespace_id());
    *attributes->mutable_workflow_execution() = asked.workflow_execution();
    record(world, from, std::move(event));
}

}  // namespace

void resumeExternal(World& world, Run& run, const HistoryEvent& initiated) {
    const int64_t id = initiated.event_id();
    if (initiated.has_signal_external_workflow_execution_initiated_event_attributes()) {
        const auto& asked = initiated.signal_external_workflow_execution_initiated_event_attributes();
        world.later([&world, &run, id, asked] { deliverSignal(world, run, id, asked); });
    } else {
        const auto& asked = initiated.request_cancel_external_workflow_execution_initiated_event_attributes();
        world.later([&world, &run, id, asked] { deliverCancel(world, run, id, asked); });
    }
}

void signalExternal(World& world, Run& run, const Command& command, int64_t completedId) {
    const auto& from = command.signal_external_workflow_execution_command_attributes();
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED);
    *event.mutable_event_group_markers() = command.event_group_markers();
    auto* to = event.mutable_signal_external_workflow_execution_initiated_event_attributes();
    to->set_workflow_task_completed_event_id(completedId);
    // As the worker wrote it, which may be nothing.
    to->set_namespace_(from.namespace_());
    to->set_namespace_id(world.namespaceOf(run.ns).id);
    *to->mutable_workflow_execution() = from.execution();
    to->set_signal_name(from.signal_name());
    if (from.has_input()) *to->mutable_input() = from.input();
    if (from.has_header()) *to->mutable_header() = from.header();
    to->set_child_workflow_only(from.child_workflow_only());
    copyControl(from, to);
    if (command.has_user_metadata()) *event.mutable_user_metadata() = command.user_metadata();
    const auto asked = *to;
    const int64_t id = append(world, run, std::move(event));
    world.later([&world, &run, id, asked] { deliverSignal(world, run, id, asked); });
}

void cancelExternal(World& world, Run& run, const Command& command, int64_t completedId) {
    const auto& from = command.request_cancel_external_workflow_execution_command_attributes();
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED);
    if (command.has_user_metadata()) *event.mutable_user_metadata() = command.user_metadata();
    *event.mutable_event_group_markers() = command.event_group_markers();
    auto* to = event.mutable_request_cancel_external_workflow_execution_initiated_event_attributes();
    to->set_workflow_task_completed_event_id(completedId);
    // As the worker wrote it, which may be nothing.
    to->set_namespace_(from.namespace_());
    to->set_namespace_id(world.namespaceOf(run.ns).id);
    to->mutable_workflow_execution()->set_workflow_id(from.workflow_id());
    to->mutable_workflow_execution()->set_run_id(from.run_id());
    to->set_child_workflow_only(from.child_workflow_only());
    to->set_reason(from.reason());
    copyControl(from, to);
    const auto asked = *to;
    const int64_t id = append(world, run, std::move(event));
    world.later([&world, &run, id, asked] { deliverCancel(world, run, id, asked); });
}

}  // namespace orrery::server
