// SPDX-License-Identifier: MIT
#include "core/server/state/commands.h"

#include <algorithm>
#include <unordered_map>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/attributes.h"
#include "core/server/state/chain.h"
#include "core/server/state/checks.h"
#include "core/server/state/children.h"
#include "core/server/state/events.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/timers.h"
#include "core/server/state/updates.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

class Doing {
public:
    Doing(World& world, Run& run, const api::RespondWorkflowTaskCompletedRequest& request, CheckedCommands checked,
          int64_t completedId)
        : m_world(world), m_run(run), m_request(request), m_checked(std::move(checked)), m_completedId(completedId) {
        for (const auto& message : request.messages()) m_messages.emplace(message.id(), &message);
    }

    CommandResults all() {
        const auto& commands = m_request.commands();
        // Rejections and outcomes that no command points at are taken before a command may end the run.
        const bool endsRun = !commands.empty() && endsTheRun(commands[commands.size() - 1]);
        for (int i = 0; i < commands.size(); ++i) {
            if (endsRun && i + 1 == commands.size()) {
                restOfMessages();
                dropOwnNews();
            }
            one(commands[i]);
        }
        if (m_run.open()) restOfMessages();
        handOutActivities();
        return std::move(m_results);
    }

private:
    static bool endsTheRun(const Command& command) {
        return command.has_complete_workflow_execution_command_attributes() ||
               command.has_fail_workflow_execution_command_attributes() ||
               command.has_cancel_workflow_execution_command_attributes() ||
               command.has_continue_as_new_workflow_execution_command_attributes();
    }

    /// What the commands before the last one caused at once (an activity cancelled that nobody had begun) is news for
    /// a workflow task that never comes. Nothing else can be there: it would have refused the last command.
    void dropOwnNews() {
        m_run.buffered.clear();
        m_run.bufferedBytes = 0;
    }

    void restOfMessages() {
        for (const auto& message : m_request.messages()) {
            if (m_messages.erase(message.id()) != 0) takeUpdateMessage(m_world, m_run, message);
        }
    }

    void one(const Command& command) {
        switch (command.command_type()) {
            case enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: return scheduleActivity(command);
            case enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
                m_results.wantsTask |= requestCancelActivity(
                    m_world, m_run, command.request_cancel_activity_task_command_attributes().scheduled_event_id(),
                    m_completedId, m_request.identity());
                return;
            case enums::COMMAND_TYPE_START_TIMER: return startTimer(command);
            case enums::COMMAND_TYPE_CANCEL_TIMER: return cancelTimer(command);
            case enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION: return complete(command);
            case enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION: return fail(command);
            case enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION: return cancel(command);
            case enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION: return continueAsNew(command);
            case enums::COMMAND_TYPE_RECORD_MARKER: return recordMarker(command);
            case enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:
                return startChild(m_world, m_run, command, m_completedId);
            case enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:
                return signalExternal(m_world, m_run, command, m_completedId);
            case enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
                return cancelExternal(m_world, m_run, command, m_completedId);
            case enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: return upsertAttributes(command);
            case enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES: return modifyMemo(command);
            case enums::COMMAND_TYPE_PROTOCOL_MESSAGE: return protocolMessage(command);
            default: return;
        }
    }

    HistoryEvent eventOf(const Command& command, enums::EventType type) {
        HistoryEvent event = newEvent(m_world, type);
        if (command.has_user_metadata()) *event.mutable_user_metadata() = command.user_metadata();
        *event.mutable_event_group_markers() = command.event_group_markers();
        return event;
    }

    void scheduleActivity(const Command& command) {
        auto& attributes = m_checked.activities[m_nextActivity++];
        attributes.set_workflow_task_completed_event_id(m_completedId);
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
        *event.mutable_activity_task_scheduled_event_attributes() = attributes;
        const int64_t id = append(m_world, m_run, std::move(event));
        const bool eager = command.schedule_activity_task_command_attributes().request_eager_execution();
        addActivity(m_world, m_run, id, std::move(attributes));
        m_scheduled.push_back({id, eager});
    }

    /// Only now: a later command may have cancelled one, or ended the run.
    void handOutActivities() {
        for (const auto& [id, eager] : m_scheduled) {
            const auto found = m_run.activities.find(id);
            if (found == m_run.activities.end()) continue;
            if (eager) {
                m_results.eagerActivities.push_back(startActivity(m_world, m_run, found->second, m_request.identity()));
            } else {
                offerActivity(m_world, m_run, found->second);
            }
        }
    }

    void startTimer(const Command& command) {
        const auto& from = command.start_timer_command_attributes();
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_TIMER_STARTED);
        auto* to = event.mutable_timer_started_event_attributes();
        to->set_timer_id(from.timer_id());
        *to->mutable_start_to_fire_timeout() = from.start_to_fire_timeout();
        capDurations(to);
        const base::Duration duration = payload::fromProto(to->start_to_fire_timeout());
        to->set_workflow_task_completed_event_id(m_completedId);
        const int64_t id = append(m_world, m_run, std::move(event));
        PendingTimer& timer = addTimer(m_world, m_run, from.timer_id(), id, duration);
        timer.summary = command.user_metadata().summary();
    }

    void cancelTimer(const Command& command) {
        const std::string& id = command.cancel_timer_command_attributes().timer_id();
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_TIMER_CANCELED);
        auto* to = event.mutable_timer_canceled_event_attributes();
        to->set_timer_id(id);
        to->set_started_event_id(cancellableTimer(m_run, id).value_or(0));
        to->set_workflow_task_completed_event_id(m_completedId);
        to->set_identity(m_request.identity());
        removeTimer(m_world, m_run, id);
        append(m_world, m_run, std::move(event));
    }

    void complete(const Command& command) {
        const auto& from = command.complete_workflow_execution_command_attributes();
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
        auto* to = event.mutable_workflow_execution_completed_event_attributes();
        if (from.has_result()) *to->mutable_result() = from.result();
        to->set_workflow_task_completed_event_id(m_completedId);
        completeRun(m_world, m_run, std::move(event));
    }

    void fail(const Command& command) {
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
        auto* to = event.mutable_workflow_execution_failed_event_attributes();
        *to->mutable_failure() = command.fail_workflow_execution_command_attributes().failure();
        to->set_workflow_task_completed_event_id(m_completedId);
        failRun(m_world, m_run, std::move(event));
    }

    void cancel(const Command& command) {
        const auto& from = command.cancel_workflow_execution_command_attributes();
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED);
        auto* to = event.mutable_workflow_execution_canceled_event_attributes();
        if (from.has_details()) *to->mutable_details() = from.details();
        to->set_workflow_task_completed_event_id(m_completedId);
        closeRun(m_world, m_run, enums::WORKFLOW_EXECUTION_STATUS_CANCELED, std::move(event));
    }

    void continueAsNew(const Command& command) {
        const auto& from = command.continue_as_new_workflow_execution_command_attributes();
        Run& next = createRun(m_world, continuedRun(m_world, m_run, from));
        const auto started = next.startedEvent();
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
        auto* to = event.mutable_workflow_execution_continued_as_new_event_attributes();
        to->set_new_execution_run_id(next.runId);
        *to->mutable_workflow_type() = started.workflow_type();
        *to->mutable_task_queue() = started.task_queue();
        if (started.has_input()) *to->mutable_input() = started.input();
        *to->mutable_workflow_run_timeout() = started.workflow_run_timeout();
        *to->mutable_workflow_task_timeout() = started.workflow_task_timeout();
        to->set_workflow_task_completed_event_id(m_completedId);
        if (from.has_backoff_start_interval()) *to->mutable_backoff_start_interval() = from.backoff_start_interval();
        capDurations(to);
        to->set_initiator(from.initiator());
        if (from.has_failure()) *to->mutable_failure() = from.failure();
        if (from.has_last_completion_result()) *to->mutable_last_completion_result() = from.last_completion_result();
        if (from.has_header()) *to->mutable_header() = from.header();
        if (started.has_memo()) *to->mutable_memo() = started.memo();
        if (started.has_search_attributes()) *to->mutable_search_attributes() = started.search_attributes();
        closeRun(m_world, m_run, enums::WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW, std::move(event), &next);
        beginRun(m_world, next);
    }

    void recordMarker(const Command& command) {
        const auto& from = command.record_marker_command_attributes();
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_MARKER_RECORDED);
        auto* to = event.mutable_marker_recorded_event_attributes();
        to->set_marker_name(from.marker_name());
        *to->mutable_details() = from.details();
        to->set_workflow_task_completed_event_id(m_completedId);
        if (from.has_header()) *to->mutable_header() = from.header();
        if (from.has_failure()) *to->mutable_failure() = from.failure();
        append(m_world, m_run, std::move(event));
    }

    void upsertAttributes(const Command& command) {
        auto from = command.upsert_workflow_search_attributes_command_attributes().search_attributes();
        typeAttributes(m_world, m_run.ns, &from);
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
        auto* to = event.mutable_upsert_workflow_search_attributes_event_attributes();
        to->set_workflow_task_completed_event_id(m_completedId);
        *to->mutable_search_attributes() = from;
        append(m_world, m_run, std::move(event));
        upsertFields(from.indexed_fields(), m_run.searchAttributes.edit().mutable_indexed_fields());
    }

    void modifyMemo(const Command& command) {
        const auto& from = command.modify_workflow_properties_command_attributes().upserted_memo();
        HistoryEvent event = eventOf(command, enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED);
        auto* to = event.mutable_workflow_properties_modified_event_attributes();
        to->set_workflow_task_completed_event_id(m_completedId);
        *to->mutable_upserted_memo() = from;
        append(m_world, m_run, std::move(event));
        upsertFields(from.fields(), m_run.memo.edit().mutable_fields());
    }

    void protocolMessage(const Command& command) {
        const auto found = m_messages.find(command.protocol_message_command_attributes().message_id());
        if (found == m_messages.end()) return;
        const ProtocolMessage& message = *found->second;
        m_messages.erase(found);
        takeUpdateMessage(m_world, m_run, message);
    }

    World& m_world;
    Run& m_run;
    const api::RespondWorkflowTaskCompletedRequest& m_request;
    CheckedCommands m_checked;
    int64_t m_completedId;
    size_t m_nextActivity = 0;
    std::vector<std::pair<int64_t, bool>> m_scheduled;  ///< Scheduled event, and whether this worker wants to have it
    std::unordered_map<std::string, const ProtocolMessage*> m_messages;
    CommandResults m_results;
};

}  // namespace

CommandResults doCommands(World& world, Run& run, const api::RespondWorkflowTaskCompletedRequest& request,
                          CheckedCommands checked, int64_t completedId) {
    run.doingCommands = true;
    CommandResults results = Doing(world, run, request, std::move(checked), completedId).all();
    run.doingCommands = false;
    return results;
}

}  // namespace orrery::server
