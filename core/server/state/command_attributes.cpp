// SPDX-License-Identifier: MIT
#include "core/server/state/command_attributes.h"

#include "core/server/state/attributes.h"
#include "core/server/state/checks.h"
#include "core/server/state/cron.h"
#include "core/server/state/go_text.h"
#include "core/server/state/retry.h"

namespace orrery::server {
namespace {

/// A memo has a limit of its own.
CommandTrouble largeMemo(const Limits& limits, const common::Memo& memo, enums::WorkflowTaskFailedCause cause,
                         const std::string& message) {
    if (memo.ByteSizeLong() <= limits.memoSize) return std::nullopt;
    return CommandProblem{cause, message, true};
}

CommandTrouble largeAttributes(const Limits& limits, const common::SearchAttributes& attributes,
                               enums::WorkflowTaskFailedCause cause) {
    const auto problem = attributesSizeProblem(limits, attributes);
    if (!problem) return std::nullopt;
    return CommandProblem{cause, *problem, true};
}

using Cause = enums::WorkflowTaskFailedCause;

CommandTrouble trouble(Cause cause, std::string message) { return CommandProblem{cause, std::move(message)}; }

/// Attributes that belong to the command's type are there.
CommandTrouble unset(Cause cause, const char* command) {
    return trouble(cause, std::string(command) + "CommandAttributes is not set on " + command + "Command.");
}

/// " Length=1001 Limit=1000", for an id that is too long.
std::string lengths(const std::string& id) {
    return " Length=" + std::to_string(id.size()) + " Limit=" + std::to_string(kLongestId);
}

/// An id that a command names: there, and not too long.
CommandTrouble idTrouble(Cause cause, const char* name, const char* command, const std::string& id) {
    if (id.empty()) return trouble(cause, std::string(name) + " is not set on " + command + "Command.");
    if (!tooLong(id)) return std::nullopt;
    return trouble(
        cause, std::string(name) + " on " + command + "Command exceeds length limit. " + name + "=" + id + lengths(id));
}

/// The queue that counts: the command's, or the workflow's own where that names none.
Problem inheritedQueueProblem(const Run& run, temporal::api::taskqueue::v1::TaskQueue* queue) {
    if (queue->name().empty()) queue->set_name(run.taskQueue());
    return taskQueueProblem(queue);
}

}  // namespace

CommandTrouble timerTrouble(const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES;
    if (!command.has_start_timer_command_attributes()) return unset(kCause, "StartTimer");
    const auto& from = command.start_timer_command_attributes();
    if (auto found = idTrouble(kCause, "TimerId", "StartTimer", from.timer_id())) return found;
    if (!isNegative(from.start_to_fire_timeout())) return std::nullopt;
    return trouble(kCause, "An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=" +
                               from.timer_id());
}

CommandTrouble cancelTimerTrouble(const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES;
    if (!command.has_cancel_timer_command_attributes()) return unset(kCause, "CancelTimer");
    return idTrouble(kCause, "TimerId", "CancelTimer", command.cancel_timer_command_attributes().timer_id());
}

CommandTrouble cancelActivityTrouble(const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES;
    if (!command.has_request_cancel_activity_task_command_attributes()) {
        return unset(kCause, "RequestCancelActivityTask");
    }
    if (command.request_cancel_activity_task_command_attributes().scheduled_event_id() > 0) return std::nullopt;
    return trouble(kCause, "ScheduledEventId is not set on RequestCancelActivityTaskCommand.");
}

CommandTrouble completeTrouble(const Limits& limits, const Command& command) {
    if (!command.has_complete_workflow_execution_command_attributes()) {
        return unset(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES,
                     "CompleteWorkflowExecution");
    }
    // The cause speaks of activities; so does the real server's.
    return largeTrouble(limits, command.complete_workflow_execution_command_attributes().result(),
                        enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
                        "CompleteWorkflowExecutionCommandAttributes.Result exceeds size limit.");
}

CommandTrouble failTrouble(const Limits& limits, const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES;
    if (!command.has_fail_workflow_execution_command_attributes()) return unset(kCause, "FailWorkflowExecution");
    const auto& from = command.fail_workflow_execution_command_attributes();
    if (!from.has_failure()) return trouble(kCause, "Failure is not set on FailWorkflowExecutionCommand.");
    return largeTrouble(limits, from.failure(), kCause,
                        "FailWorkflowExecutionCommandAttributes.Failure exceeds size limit.");
}

CommandTrouble cancelTrouble(const Command& command) {
    if (command.has_cancel_workflow_execution_command_attributes()) return std::nullopt;
    return unset(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES, "CancelWorkflowExecution");
}

CommandTrouble markerTrouble(const Limits& limits, const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES;
    if (!command.has_record_marker_command_attributes()) return unset(kCause, "RecordMarker");
    const auto& from = command.record_marker_command_attributes();
    if (auto found = idTrouble(kCause, "MarkerName", "RecordMarker", from.marker_name())) return found;
    size_t size = 0;
    for (const auto& [name, payloads] : from.details()) size += name.size() + payloads.ByteSizeLong();
    if (size <= limits.blobSize) return std::nullopt;
    return CommandProblem{kCause, "RecordMarkerCommandAttributes.Details exceeds size limit.", true};
}

CommandTrouble continueTrouble(const Limits& limits, const Run& run, const Namespace& ns, const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES;
    constexpr auto kAttributesCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;
    const std::string on = " on ContinueAsNewWorkflowExecutionCommand";
    if (!command.has_continue_as_new_workflow_execution_command_attributes()) {
        return unset(kCause, "ContinueAsNewWorkflowExecution");
    }
    const auto& from = command.continue_as_new_workflow_execution_command_attributes();
    if (auto problem = unknownAttribute(ns, from.search_attributes())) return trouble(kAttributesCause, *problem);
    const std::string& type = from.workflow_type().name().empty() ? run.typeName() : from.workflow_type().name();
    if (tooLong(type)) {
        return trouble(kCause, "WorkflowType" + on + " exceeds length limit. WorkflowType=" + type + lengths(type));
    }
    auto queue = from.task_queue();
    const Problem queueProblem = inheritedQueueProblem(run, &queue);
    const std::string where = ". WorkflowType=" + type + " TaskQueue=" + goTaskQueue(queue);
    if (queueProblem) {
        return trouble(kCause,
                       "error validating ContinueAsNewWorkflowExecutionCommand TaskQueue: " + *queueProblem + where);
    }
    const std::pair<const google::protobuf::Duration&, const char*> durations[] = {
        {from.workflow_run_timeout(), "WorkflowRunTimeout"},
        {from.workflow_task_timeout(), "WorkflowTaskTimeout"},
        {from.backoff_start_interval(), "BackoffStartInterval"}};
    for (const auto& [duration, name] : durations) {
        if (isNegative(duration))
            return trouble(kCause, std::string("Invalid ") + name + on + ": negative duration" + where);
    }
    if (from.has_retry_policy()) {
        if (auto problem = retryPolicyProblem(from.retry_policy())) {
            return trouble(kCause, "invalid WorkflowRetryPolicy" + on + ": " + *problem + where);
        }
    }
    if (auto problem = attributesProblem(limits, ns, from.search_attributes())) {
        return trouble(kAttributesCause, "invalid SearchAttributes" + on + ": " + *problem + where);
    }
    const std::string attributes = "ContinueAsNewWorkflowExecutionCommandAttributes. ";
    if (auto large = largeTrouble(limits, from.input(), kCause, attributes + "Input exceeds size limit.")) return large;
    if (auto large = largeMemo(limits, from.memo(), kCause, attributes + "Memo exceeds size limit.")) return large;
    return largeAttributes(limits, from.search_attributes(), kCause);
}

namespace {

constexpr auto kChildCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES;
using ChildAttributes = temporal::api::command::v1::StartChildWorkflowExecutionCommandAttributes;

CommandTrouble childNameTrouble(const ChildAttributes& from, const std::string& ns) {
    const std::string on = " on StartChildWorkflowExecutionCommand";
    const std::string& id = from.workflow_id();
    const std::string& type = from.workflow_type().name();
    const std::string inNamespace = " Namespace=" + ns;
    if (id.empty()) {
        return trouble(kChildCause,
                       "Required field WorkflowId is not set" + on + ". WorkflowType=" + type + inNamespace);
    }
    if (type.empty()) {
        return trouble(kChildCause, "Required field WorkflowType is not set" + on + ". WorkflowId=" + id + inNamespace);
    }
    if (tooLong(id)) {
        return trouble(kChildCause, "WorkflowId" + on + " exceeds length limit. WorkflowId=" + id + lengths(id) +
                                        " WorkflowType=" + type + inNamespace);
    }
    if (!tooLong(type)) return std::nullopt;
    return trouble(kChildCause, "WorkflowType" + on + " exceeds length limit. WorkflowId=" + id +
                                    " WorkflowType=" + type + lengths(type) + inNamespace);
}

/// What a child shares with any workflow that is started.
CommandTrouble childStartTrouble(const Limits& limits, const Namespace& ns, base::Timestamp now,
                                 const ChildAttributes& from, const std::string& where) {
    const std::string on = " on StartChildWorkflowExecutionCommand: ";
    const std::pair<const google::protobuf::Duration&, const char*> timeouts[] = {
        {from.workflow_execution_timeout(), "WorkflowExecutionTimeout"},
        {from.workflow_run_timeout(), "WorkflowRunTimeout"},
        {from.workflow_task_timeout(), "WorkflowTaskTimeout"}};
    for (const auto& [duration, name] : timeouts) {
        if (isNegative(duration))
            return trouble(kChildCause, std::string("Invalid ") + name + on + "negative duration" + where);
    }
    if (from.has_retry_policy()) {
        if (auto problem = retryPolicyProblem(from.retry_policy())) {
            return trouble(kChildCause, "invalid WorkflowRetryPolicy" + on + *problem + where);
        }
    }
    if (auto problem = cronProblem(from.cron_schedule(), now)) {
        return trouble(kChildCause, "invalid CronSchedule" + on + *problem + where);
    }
    if (auto problem = attributesProblem(limits, ns, from.search_attributes())) {
        return trouble(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES,
                       "invalid SearchAttributes on StartChildWorkflowCommand: " + *problem + where);
    }
    if (auto problem = priorityProblem(from.priority())) return trouble(kChildCause, *problem);
    return std::nullopt;
}

}  // namespace

CommandTrouble childTrouble(const Limits& limits, const Run& run, const Namespace& ns, base::Timestamp now,
                            const Command& command) {
    if (!command.has_start_child_workflow_execution_command_attributes()) {
        return unset(kChildCause, "StartChildWorkflowExecution");
    }
    const auto& from = command.start_child_workflow_execution_command_attributes();
    if (auto problem = unknownAttribute(ns, from.search_attributes())) {
        return trouble(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, *problem);
    }
    if (auto found = childNameTrouble(from, ns.name)) return found;
    const std::string where =
        ". WorkflowId=" + from.workflow_id() + " WorkflowType=" + from.workflow_type().name() + " Namespace=" + ns.name;
    if (auto found = childStartTrouble(limits, ns, now, from, where)) return found;
    auto queue = from.task_queue();
    if (auto problem = inheritedQueueProblem(run, &queue)) {
        return trouble(kChildCause, "invalid TaskQueue on StartChildWorkflowExecutionCommand: " + *problem + where +
                                        " TaskQueue=" + goTaskQueue(queue));
    }
    const std::string attributes = "StartChildWorkflowExecutionCommandAttributes.";
    if (auto large = largeTrouble(limits, from.input(), kChildCause, attributes + " Input exceeds size limit."))
        return large;
    if (auto large = largeMemo(limits, from.memo(), kChildCause, attributes + "Memo exceeds size limit.")) return large;
    return largeAttributes(limits, from.search_attributes(), kChildCause);
}

CommandTrouble signalTrouble(const Limits& limits, const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
    const std::string on = " on SignalExternalWorkflowExecutionCommand";
    if (!command.has_signal_external_workflow_execution_command_attributes()) {
        return unset(kCause, "SignalExternalWorkflowExecution");
    }
    const auto& from = command.signal_external_workflow_execution_command_attributes();
    if (!from.has_execution()) return trouble(kCause, "Execution is not set" + on + ".");
    const std::string& id = from.execution().workflow_id();
    const std::string& runId = from.execution().run_id();
    const std::string ns = " Namespace=" + from.namespace_();
    const std::string runAndName = " RunId=" + runId + " SignalName=" + from.signal_name();
    if (id.empty()) return trouble(kCause, "WorkflowId is not set" + on + "." + ns + runAndName);
    if (tooLong(id)) {
        return trouble(kCause,
                       "WorkflowId" + on + " exceeds length limit. WorkflowId=" + id + lengths(id) + ns + runAndName);
    }
    if (!runId.empty() && !isUuid(runId)) {
        return trouble(kCause, "Invalid RunId set" + on + ". WorkflowId=" + id + ns + runAndName);
    }
    if (from.signal_name().empty()) {
        return trouble(kCause, "SignalName is not set" + on + ". WorkflowId=" + id + ns + " RunId=" + runId);
    }
    return largeTrouble(limits, from.input(), kCause,
                        "SignalExternalWorkflowExecutionCommandAttributes.Input exceeds size limit.");
}

CommandTrouble cancelExternalTrouble(const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
    const std::string on = " on RequestCancelExternalWorkflowExecutionCommand";
    if (!command.has_request_cancel_external_workflow_execution_command_attributes()) {
        return unset(kCause, "RequestCancelExternalWorkflowExecution");
    }
    const auto& from = command.request_cancel_external_workflow_execution_command_attributes();
    const std::string& id = from.workflow_id();
    const std::string ns = " Namespace=" + from.namespace_();
    const std::string run = " RunId=" + from.run_id();
    if (id.empty()) return trouble(kCause, "WorkflowId is not set" + on + "." + ns + run);
    if (tooLong(id)) {
        return trouble(kCause, "WorkflowId" + on + " exceeds length limit. WorkflowId=" + id + lengths(id) + run + ns);
    }
    if (from.run_id().empty() || isUuid(from.run_id())) return std::nullopt;
    return trouble(kCause, "Invalid RunId set" + on + ". WorkflowId=" + id + run + ns);
}

namespace {

/// Names and data, whatever else payloads have.
size_t sizeOf(const PayloadFields& fields) {
    size_t size = 0;
    for (const auto& [name, value] : fields) size += name.size() + value.data().size();
    return size;
}

}  // namespace

CommandTrouble upsertTrouble(const Limits& limits, const Run& run, const Namespace& ns, const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;
    const std::string on = " is not set on UpsertWorkflowSearchAttributesCommand.";
    if (!command.has_upsert_workflow_search_attributes_command_attributes()) {
        return unset(kCause, "UpsertWorkflowSearchAttributes");
    }
    const auto& from = command.upsert_workflow_search_attributes_command_attributes();
    if (!from.has_search_attributes()) return trouble(kCause, "SearchAttributes" + on);
    if (from.search_attributes().indexed_fields().empty()) return trouble(kCause, "IndexedFields" + on);
    if (auto problem = attributesProblem(limits, ns, from.search_attributes())) return trouble(kCause, *problem);
    if (sizeOf(from.search_attributes().indexed_fields()) > limits.blobSize) {
        return CommandProblem{kCause, "UpsertWorkflowSearchAttributesCommandAttributes exceeds size limit.", true};
    }
    common::SearchAttributes whole = *run.searchAttributes;
    upsertFields(from.search_attributes().indexed_fields(), whole.mutable_indexed_fields());
    return largeAttributes(limits, whole, kCause);
}

CommandTrouble memoTrouble(const Limits& limits, const Run& run, const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
    const std::string on = " is not set on ModifyWorkflowPropertiesCommand.";
    if (!command.has_modify_workflow_properties_command_attributes()) return unset(kCause, "ModifyWorkflowProperties");
    const auto& from = command.modify_workflow_properties_command_attributes();
    if (!from.has_upserted_memo()) return trouble(kCause, "UpsertedMemo" + on);
    if (from.upserted_memo().fields().empty()) return trouble(kCause, "UpsertedMemo.Fields" + on);
    if (sizeOf(from.upserted_memo().fields()) > limits.blobSize) {
        return CommandProblem{kCause, "ModifyWorkflowPropertiesCommandAttributes exceeds size limit.", true};
    }
    common::Memo whole = *run.memo;
    upsertFields(from.upserted_memo().fields(), whole.mutable_fields());
    return largeMemo(limits, whole, kCause, "ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.");
}

CommandTrouble messageTrouble(const Command& command) {
    constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
    if (!command.has_protocol_message_command_attributes()) return unset(kCause, "ProtocolMessage");
    if (!command.protocol_message_command_attributes().message_id().empty()) return std::nullopt;
    return trouble(kCause, "MessageID is not set on ProtocolMessageCommand.");
}

CommandTrouble largeTrouble(const Limits& limits, const google::protobuf::Message& content, Cause cause,
                            const std::string& message) {
    if (content.ByteSizeLong() <= limits.blobSize) return std::nullopt;
    return CommandProblem{cause, message, true};
}

}  // namespace orrery::server
