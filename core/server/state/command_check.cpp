// SPDX-License-Identifier: MIT
#include <map>
#include <set>
#include <unordered_map>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/activities.h"
#include "core/server/state/checks.h"
#include "core/server/state/command_attributes.h"
#include "core/server/state/commands.h"
#include "core/server/state/go_text.h"
#include "core/server/state/timers.h"
#include "core/server/state/updates.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using temporal::api::command::v1::Command;

namespace {

bool closes(const Command& command) {
    switch (command.command_type()) {
        case enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
        case enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
        case enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
        case enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION: return true;
        default: return false;
    }
}

/// "CompleteWorkflowExecution"; the number for a type that nobody knows.
std::string typeName(const Command& command) {
    const std::string& name = enums::CommandType_Name(command.command_type());
    return name.empty() ? std::to_string(int(command.command_type())) : goEnumName(name, "COMMAND_TYPE_");
}

/// Types that are known, and nothing behind a command that ends the workflow. What is wrong refuses the request.
std::optional<std::string> sequenceProblem(const google::protobuf::RepeatedPtrField<Command>& commands) {
    const Command* close = nullptr;
    for (const Command& command : commands) {
        if (close != nullptr) {
            std::string names;
            for (const Command& each : commands) names += (names.empty() ? "" : ", ") + typeName(each);
            return "invalid command sequence: [" + names + "], command " + typeName(*close) +
                   " must be the last command.";
        }
        const bool known = enums::CommandType_IsValid(command.command_type()) &&
                           command.command_type() != enums::COMMAND_TYPE_UNSPECIFIED;
        if (!known) return "unknown command type: " + typeName(command);
        if (closes(command)) close = &command;
    }
    return std::nullopt;
}

std::string pendingLimit(const char* what, size_t limit) {
    const std::string most = std::to_string(limit);
    return std::string("the number of ") + what + ", " + most + ", has reached the per-workflow limit of " + most;
}

/// Walks the batch, keeping the ids that earlier commands of it take or free.
class Check {
public:
    Check(World& world, const Run& run, const api::RespondWorkflowTaskCompletedRequest& request)
        : m_world(world),
          m_ns(world.namespaceOf(run.ns)),
          m_run(run),
          m_request(request),
          m_messages(run),
          // Behind the task's own Completed, and before that what a task in memory alone still has to write.
          m_eventId(run.log.lastId() + (run.task && run.task->kind != TaskKind::Normal ? 4 : 2)) {
        for (const auto& message : request.messages()) m_untaken.emplace(message.id(), &message);
    }

    CheckedCommands walk() {
        if (auto problem = sequenceProblem(m_request.commands())) {
            refuse(*problem);
            return std::move(m_result);
        }
        for (const auto& message : m_request.messages()) {
            if (!message.has_body()) refuse("nil message body");
        }
        for (const Command& command : m_request.commands()) {
            if (m_result.problem) break;
            one(command);
            if (writesEvent(command)) ++m_eventId;
        }
        for (const auto& message : m_request.messages()) {
            if (m_result.problem) break;
            if (m_untaken.erase(message.id()) != 0) take(message);
        }
        return std::move(m_result);
    }

private:
    static constexpr auto kBadMessage = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;

    void fail(enums::WorkflowTaskFailedCause cause, const std::string& message) {
        m_result.problem = CommandProblem{cause, message};
    }
    void refuse(const std::string& message) { fail(enums::WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED, message); }
    /// False when the command is not well formed, which then is the result.
    bool isFine(CommandTrouble trouble) {
        if (trouble) m_result.problem = std::move(trouble);
        return !m_result.problem;
    }

    void one(const Command& command) {
        switch (command.command_type()) {
            case enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: return scheduleActivity(command);
            case enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK: return cancelActivity(command);
            case enums::COMMAND_TYPE_START_TIMER: return startTimer(command);
            case enums::COMMAND_TYPE_CANCEL_TIMER: return cancelTimer(command);
            case enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION: return close(completeTrouble(limits(), command));
            case enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION: return close(failTrouble(limits(), command));
            case enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION: return close(cancelTrouble(command));
            case enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
                return close(continueTrouble(limits(), m_run, m_ns, command));
            case enums::COMMAND_TYPE_RECORD_MARKER: isFine(markerTrouble(limits(), command)); return;
            case enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION: return startChild(command);
            case enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:
                checkNamespace(command.signal_external_workflow_execution_command_attributes().namespace_(),
                               enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES);
                return signalExternal(command);
            case enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
                checkNamespace(
                    command.request_cancel_external_workflow_execution_command_attributes().namespace_(),
                    enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES);
                return cancelExternal(command);
            case enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
                isFine(upsertTrouble(limits(), m_run, m_ns, command));
                return;
            case enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES: isFine(memoTrouble(limits(), m_run, command)); return;
            case enums::COMMAND_TYPE_PROTOCOL_MESSAGE: return protocolMessage(command);
            case enums::COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION: return scheduleNexus(command);
            default: return cancelNexus(command);
        }
    }

    /// Each command writes one event in its place, but one that points at the rejection of an update writes none.
    bool writesEvent(const Command& command) const {
        if (command.command_type() != enums::COMMAND_TYPE_PROTOCOL_MESSAGE) return true;
        return m_lastMessage != nullptr && !isRejection(*m_lastMessage);
    }

    void checkNamespace(const std::string& other, enums::WorkflowTaskFailedCause cause) {
        if (other.empty() || other == m_run.ns) return;
        m_world.namespaceOf(other);
        fail(cause, "cross namespace commands are not allowed");
    }

    /// No endpoint is registered, so there is none to be found.
    void scheduleNexus(const Command& command) {
        constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES;
        if (!command.has_schedule_nexus_operation_command_attributes()) {
            return fail(kCause, "empty ScheduleNexusOperationCommandAttributes");
        }
        fail(kCause, "endpoint \"" + command.schedule_nexus_operation_command_attributes().endpoint() + "\" not found");
    }

    void cancelNexus(const Command& command) {
        fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES,
             "requested cancelation for a non-existing or already completed operation with scheduled event ID of " +
                 std::to_string(command.request_cancel_nexus_operation_command_attributes().scheduled_event_id()));
    }

    void scheduleActivity(const Command& command) {
        constexpr auto kCause = enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;
        if (!command.has_schedule_activity_task_command_attributes()) {
            return fail(kCause, "ScheduleActivityTaskCommandAttributes is not set on ScheduleActivityTaskCommand.");
        }
        const auto& from = command.schedule_activity_task_command_attributes();
        history::ActivityTaskScheduledEventAttributes to;
        to.set_activity_id(from.activity_id());
        *to.mutable_activity_type() = from.activity_type();
        if (from.has_task_queue()) *to.mutable_task_queue() = from.task_queue();
        if (from.has_header()) *to.mutable_header() = from.header();
        if (from.has_input()) *to.mutable_input() = from.input();
        *to.mutable_schedule_to_close_timeout() = from.schedule_to_close_timeout();
        *to.mutable_schedule_to_start_timeout() = from.schedule_to_start_timeout();
        *to.mutable_start_to_close_timeout() = from.start_to_close_timeout();
        *to.mutable_heartbeat_timeout() = from.heartbeat_timeout();
        *to.mutable_retry_policy() = from.retry_policy();
        if (from.has_priority()) *to.mutable_priority() = from.priority();
        if (auto problem = prepareActivity(m_run, &to)) return fail(kCause, *problem);
        const char* kLarge = "ScheduleActivityTaskCommandAttributes.Input exceeds size limit.";
        if (!isFine(largeTrouble(limits(), from.input(), kCause, kLarge))) return;
        const bool pending =
            m_run.activityIds.count(to.activity_id()) != 0 && m_freedActivities.count(to.activity_id()) == 0;
        if (pending || !m_newActivities.emplace(to.activity_id(), m_eventId).second) {
            return fail(enums::WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID,
                        kInvalidState + "add-activitytask-scheduled-event, ActivityID: " + to.activity_id());
        }
        if (m_run.activities.size() + m_newActivities.size() - m_freedActivities.size() > limits().pendingActivities) {
            return fail(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED,
                        pendingLimit("pending activities", limits().pendingActivities));
        }
        m_result.activities.push_back(std::move(to));
    }

    void cancelActivity(const Command& command) {
        if (!isFine(cancelActivityTrouble(command))) return;
        const int64_t id = command.request_cancel_activity_task_command_attributes().scheduled_event_id();
        if (const auto found = m_run.activities.find(id); found != m_run.activities.end()) {
            if (found->second.phase == ActivityPhase::Started) {
                const bool first = m_cancelledActivities.insert(id).second;
                if (found->second.cancelRequested || !first) cancelRefused(id);
                return;
            }
            // No worker has it, so it ends at once and its id is free.
            m_freedActivities.insert(found->second.attributes.activity_id());
            return;
        }
        if (std::erase_if(m_newActivities, [id](const auto& entry) { return entry.second == id; }) != 0) return;
        // It may have ended while the worker had its task; then the end is in the buffer.
        for (const HistoryEvent& event : m_run.buffered) {
            if (event.activity_task_completed_event_attributes().scheduled_event_id() == id) return;
            if (event.activity_task_failed_event_attributes().scheduled_event_id() == id) return;
            if (event.activity_task_timed_out_event_attributes().scheduled_event_id() == id) return;
            if (event.activity_task_canceled_event_attributes().scheduled_event_id() == id) return;
        }
        cancelRefused(id);
    }

    void cancelRefused(int64_t id) {
        fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
             kInvalidState + "add-activitytask-cancel-requested-event, ScheduledEventID: " + std::to_string(id));
    }

    void startTimer(const Command& command) {
        if (!isFine(timerTrouble(command))) return;
        const std::string& id = command.start_timer_command_attributes().timer_id();
        const bool pending = m_run.timers.count(id) != 0 && m_freedTimers.count(id) == 0;
        if (pending || !m_newTimers.insert(id).second) {
            fail(enums::WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID,
                 kInvalidState + "add-timer-started-event, TimerID: " + id);
        }
    }

    void cancelTimer(const Command& command) {
        if (!isFine(cancelTimerTrouble(command))) return;
        const std::string& id = command.cancel_timer_command_attributes().timer_id();
        if (m_newTimers.erase(id) != 0) return;
        if (cancellableTimer(m_run, id) && m_freedTimers.insert(id).second) return;
        fail(enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES,
             kInvalidState + "add-timer-canceled-event, TimerID: " + id);
    }

    void close(CommandTrouble trouble) {
        // Timers that fired and are cancelled by this very batch leave the buffer first.
        size_t unseen = m_run.buffered.size();
        for (const std::string& id : m_freedTimers) unseen -= m_run.timers.count(id) == 0 ? 1 : 0;
        if (unseen > 0) return fail(enums::WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, "UnhandledCommand");
        isFine(std::move(trouble));
    }

    void startChild(const Command& command) {
        checkNamespace(command.start_child_workflow_execution_command_attributes().namespace_(),
                       enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES);
        const base::Timestamp now = m_world.nowOf(m_run);
        if (m_result.problem || !isFine(childTrouble(limits(), m_run, m_ns, now, command))) return;
        if (m_run.children.size() + ++m_newChildren > limits().pendingChildren) {
            fail(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED,
                 pendingLimit("pending child workflow executions", limits().pendingChildren));
        }
    }

    // What is asked of other workflows is answered before the next task, so only this batch of it can be pending.
    void signalExternal(const Command& command) {
        if (m_result.problem || !isFine(signalTrouble(limits(), command))) return;
        if (++m_newSignals > limits().pendingSignals) {
            fail(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_SIGNALS_LIMIT_EXCEEDED,
                 pendingLimit("pending signals to external workflows", limits().pendingSignals));
        }
    }

    void cancelExternal(const Command& command) {
        if (m_result.problem || !isFine(cancelExternalTrouble(command))) return;
        if (++m_newCancels > limits().pendingCancels) {
            fail(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED,
                 pendingLimit("pending requests to cancel external workflows", limits().pendingCancels));
        }
    }

    void protocolMessage(const Command& command) {
        if (!isFine(messageTrouble(command))) return;
        const std::string& id = command.protocol_message_command_attributes().message_id();
        const auto found = m_untaken.find(id);
        m_lastMessage = found == m_untaken.end() ? nullptr : found->second;
        if (m_lastMessage == nullptr) {
            return fail(kBadMessage, "ProtocolMessageCommand referenced absent message ID " + id);
        }
        m_untaken.erase(found);
        take(*m_lastMessage);
    }

    void take(const ProtocolMessage& message) {
        if (auto problem = m_messages.take(message)) fail(kBadMessage, *problem);
    }

    const Limits& limits() const { return m_world.limits(); }

    inline static const std::string kInvalidState = "invalid history builder state for action: ";

    World& m_world;
    const Namespace& m_ns;
    const Run& m_run;
    const api::RespondWorkflowTaskCompletedRequest& m_request;
    UpdateMessages m_messages;
    std::unordered_map<std::string, const ProtocolMessage*> m_untaken;  ///< by id: no command pointed at them so far
    const ProtocolMessage* m_lastMessage = nullptr;                     ///< that the last command pointed at
    CheckedCommands m_result;
    int64_t m_eventId;                               ///< that the command at hand will write
    std::map<std::string, int64_t> m_newActivities;  ///< by id: their Scheduled event
    std::set<std::string> m_freedActivities;
    std::set<int64_t> m_cancelledActivities;
    std::set<std::string> m_newTimers;
    std::set<std::string> m_freedTimers;
    size_t m_newChildren = 0;
    size_t m_newSignals = 0;
    size_t m_newCancels = 0;
};

}  // namespace

CheckedCommands checkCommands(World& world, const Run& run, const api::RespondWorkflowTaskCompletedRequest& request) {
    return Check(world, run, request).walk();
}

}  // namespace orrery::server
