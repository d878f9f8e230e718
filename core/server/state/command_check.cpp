// SPDX-License-Identifier: MIT
#include <set>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/commands.h"
#include "core/server/state/retry.h"
#include "core/server/state/timers.h"
#include "core/server/state/updates.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using temporal::api::command::v1::Command;
using namespace std::chrono_literals;

namespace {

constexpr size_t kMaxPending = 2000;

bool closes(const Command& command) {
    switch (command.command_type()) {
        case enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
        case enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
        case enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
        case enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION: return true;
        default: return false;
    }
}

/// Walks the batch, keeping the ids that earlier commands of it take or free.
class Check {
public:
    Check(const Run& run, const api::RespondWorkflowTaskCompletedRequest& request) : m_run(run), m_request(request) {}

    CheckedCommands walk() {
        const auto& commands = m_request.commands();
        for (int i = 0; i < commands.size() && !m_result.problem; ++i) {
            if (closes(commands[i]) && i + 1 != commands.size()) {
                refuse("The command that ends the workflow has to be the last one.");
                break;
            }
            one(commands[i]);
        }
        for (const auto& message : m_request.messages()) {
            if (m_result.problem) break;
            if (auto problem = updateMessageProblem(m_run, message)) {
                fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE, *problem);
            }
        }
        return std::move(m_result);
    }

private:
    void fail(enums::WorkflowTaskFailedCause cause, const std::string& message) {
        m_result.problem = CommandProblem{cause, message};
    }
    void refuse(const std::string& message) { fail(enums::WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED, message); }

    void one(const Command& command) {
        switch (command.command_type()) {
            case enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: return scheduleActivity(command);
            case enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK: return cancelActivity(command);
            case enums::COMMAND_TYPE_START_TIMER: return startTimer(command);
            case enums::COMMAND_TYPE_CANCEL_TIMER: return cancelTimer(command);
            case enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            case enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
            case enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION: return close();
            case enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION: return continueAsNew(command);
            case enums::COMMAND_TYPE_RECORD_MARKER:
                if (command.record_marker_command_attributes().marker_name().empty()) {
                    fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, "MarkerName is not set.");
                }
                return;
            case enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION: return startChild(command);
            case enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION: return signalExternal(command);
            case enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION: return cancelExternal(command);
            case enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            case enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES: return;
            case enums::COMMAND_TYPE_PROTOCOL_MESSAGE: return protocolMessage(command);
            case enums::COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION:
            case enums::COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION:
                return fail(enums::WORKFLOW_TASK_FAILED_CAUSE_FEATURE_DISABLED,
                            "Nexus operations are not part of this server yet.");
            default: return refuse("Unknown command type " + std::to_string(command.command_type()) + ".");
        }
    }

    void scheduleActivity(const Command& command) {
        const auto& from = command.schedule_activity_task_command_attributes();
        history::ActivityTaskScheduledEventAttributes to;
        to.set_activity_id(from.activity_id());
        *to.mutable_activity_type() = from.activity_type();
        *to.mutable_task_queue() = from.task_queue();
        if (from.has_header()) *to.mutable_header() = from.header();
        if (from.has_input()) *to.mutable_input() = from.input();
        *to.mutable_schedule_to_close_timeout() = from.schedule_to_close_timeout();
        *to.mutable_schedule_to_start_timeout() = from.schedule_to_start_timeout();
        *to.mutable_start_to_close_timeout() = from.start_to_close_timeout();
        *to.mutable_heartbeat_timeout() = from.heartbeat_timeout();
        *to.mutable_retry_policy() = from.retry_policy();
        if (from.has_priority()) *to.mutable_priority() = from.priority();
        if (auto problem = prepareActivity(m_run, &to)) {
            return fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES, *problem);
        }
        if (m_run.activityIds.count(to.activity_id()) != 0 || !m_newActivities.insert(to.activity_id()).second) {
            return fail(enums::WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID,
                        "An activity with id " + to.activity_id() + " is already pending.");
        }
        if (m_run.activities.size() + m_newActivities.size() > kMaxPending) {
            return fail(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED,
                        "More than 2,000 activities would be pending.");
        }
        m_result.activities.push_back(std::move(to));
    }

    void cancelActivity(const Command& command) {
        const int64_t id = command.request_cancel_activity_task_command_attributes().scheduled_event_id();
        if (m_run.activities.count(id) != 0) return;
        // It may have ended while the worker had its task; then the end is in the buffer.
        for (const HistoryEvent& event : m_run.buffered) {
            if (event.activity_task_completed_event_attributes().scheduled_event_id() == id) return;
            if (event.activity_task_failed_event_attributes().scheduled_event_id() == id) return;
            if (event.activity_task_timed_out_event_attributes().scheduled_event_id() == id) return;
            if (event.activity_task_canceled_event_attributes().scheduled_event_id() == id) return;
        }
        fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
             "No activity with scheduled event id " + std::to_string(id) + " is pending.");
    }

    void startTimer(const Command& command) {
        const auto& from = command.start_timer_command_attributes();
        constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES;
        if (from.timer_id().empty()) return fail(kCause, "TimerId is not set on StartTimerCommand.");
        if (payload::fromProto(from.start_to_fire_timeout()) < 0s) {
            return fail(kCause, "Timer " + from.timer_id() + " has a negative duration.");
        }
        const bool pending = m_run.timers.count(from.timer_id()) != 0 && m_freedTimers.count(from.timer_id()) == 0;
        if (pending || !m_newTimers.insert(from.timer_id()).second) {
            fail(enums::WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID,
                 "A timer with id " + from.timer_id() + " is already pending.");
        }
    }

    void cancelTimer(const Command& command) {
        const std::string& id = command.cancel_timer_command_attributes().timer_id();
        if (m_newTimers.erase(id) != 0) return;
        if (cancellableTimer(m_run, id) && m_freedTimers.insert(id).second) return;
        fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES, "No timer with id " + id + " is pending.");
    }

    void close() {
        // Timers that fired and are cancelled by this very batch leave the buffer first.
        size_t unseen = m_run.buffered.size();
        for (const std::string& id : m_freedTimers) unseen -= m_run.timers.count(id) == 0 ? 1 : 0;
        if (unseen > 0) fail(enums::WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, "UnhandledCommand");
    }

    void continueAsNew(const Command& command) {
        const auto& from = command.continue_as_new_workflow_execution_command_attributes();
        constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES;
        if (!from.cron_schedule().empty()) return fail(kCause, "Cron schedules are not part of this server yet.");
        if (payload::fromProto(from.workflow_run_timeout()) < 0s ||
            payload::fromProto(from.workflow_task_timeout()) < 0s) {
            return fail(kCause, "A time-out of the new run is negative.");
        }
        close();
    }

    void startChild(const Command& command) {
        const auto& from = command.start_child_workflow_execution_command_attributes();
        constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES;
        if (from.workflow_id().empty()) return fail(kCause, "WorkflowId is not set on the child workflow.");
        if (from.workflow_type().name().empty()) return fail(kCause, "WorkflowType is not set on the child workflow.");
        if (!from.cron_schedule().empty()) return fail(kCause, "Cron schedules are not part of this server yet.");
        if (!from.namespace_().empty() && from.namespace_() != m_run.ns) {
            return fail(kCause, "A child workflow in another namespace is not allowed.");
        }
        if (from.has_retry_policy()) {
            if (auto problem = retryPolicyProblem(from.retry_policy())) return fail(kCause, *problem);
        }
        if (m_run.children.size() + ++m_newChildren > kMaxPending) {
            fail(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED,
                 "More than 2,000 child workflows would be pending.");
        }
    }

    void signalExternal(const Command& command) {
        const auto& from = command.signal_external_workflow_execution_command_attributes();
        constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
        if (from.execution().workflow_id().empty()) return fail(kCause, "WorkflowId is not set on the signal.");
        if (from.signal_name().empty()) return fail(kCause, "SignalName is not set on the signal.");
    }

    void cancelExternal(const Command& command) {
        if (!command.request_cancel_external_workflow_execution_command_attributes().workflow_id().empty()) return;
        fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
             "WorkflowId is not set on the cancel request.");
    }

    void protocolMessage(const Command& command) {
        const std::string& id = command.protocol_message_command_attributes().message_id();
        for (const auto& message : m_request.messages()) {
            if (message.id() == id) return;
        }
        fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
             "ProtocolMessageCommand referenced absent message ID " + id + ".");
    }

    const Run& m_run;
    const api::RespondWorkflowTaskCompletedRequest& m_request;
    CheckedCommands m_result;
    std::set<std::string> m_newActivities;
    std::set<std::string> m_newTimers;
    std::set<std::string> m_freedTimers;
    size_t m_newChildren = 0;
};

}  // namespace

CheckedCommands checkCommands(const Run& run, const api::RespondWorkflowTaskCompletedRequest& request) {
    return Check(run, request).walk();
}

}  // namespace orrery::server
