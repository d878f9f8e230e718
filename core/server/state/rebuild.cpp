// SPDX-License-Identifier: MIT
#include "core/server/state/rebuild.h"

#include <algorithm>

#include "core/payload/proto.h"
#include "core/server/state/attributes.h"
#include "core/server/state/build_ids.h"
#include "core/server/state/checks.h"
#include "core/server/state/later.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/reset_points.h"
#include "core/server/state/skip_time.h"
#include "core/server/state/timers.h"
#include "core/server/state/updates.h"

namespace orrery::server {

using namespace std::chrono_literals;

void Rebuild::applyLog() {
    for (int64_t id = 1; id <= m_run.log.lastId(); ++id) apply(m_run.log.event(id));
    if (!m_run.open() || m_run.task || m_run.nextAttempt == 1) return;
    WorkflowTask retry;
    retry.kind = TaskKind::Transient;
    retry.attempt = m_run.nextAttempt;
    retry.scheduledId = m_run.log.nextId();
    retry.queue = m_run.taskQueue();
    m_run.task = std::move(retry);
}

void Rebuild::apply(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: return task(event);
        case enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_STARTED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED: return activity(event);
        case enums::EVENT_TYPE_TIMER_STARTED:
        case enums::EVENT_TYPE_TIMER_FIRED:
        case enums::EVENT_TYPE_TIMER_CANCELED: return timer(event);
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED: return child(event);
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: return update(event);
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED: return external(event);
        default: return workflow(event);
    }
}

void Rebuild::workflow(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: return started(event);
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: ++m_run.signalCount; return;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: m_run.cancelRequested = true; return;
        case enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            return upsertFields(
                event.upsert_workflow_search_attributes_event_attributes().search_attributes().indexed_fields(),
                m_run.searchAttributes.edit().mutable_indexed_fields());
        case enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
            return upsertFields(event.workflow_properties_modified_event_attributes().upserted_memo().fields(),
                                m_run.memo.edit().mutable_fields());
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED: {
            const auto& attributes = event.workflow_execution_options_updated_event_attributes();
            const std::string& request = attributes.attached_request_id();
            if (!request.empty()) m_run.attachedRequests[request] = event.event_id();
            // As on the real server, an event without a priority leaves it as it is.
            if (attributes.has_priority()) m_run.priority = attributes.priority();
            return skippingChanged(event);
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED:
            return takeTransition(m_run, event.workflow_execution_time_skipping_transitioned_event_attributes(),
                                  payload::fromProto(event.event_time()));
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            return close(event, enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: return close(event, enums::WORKFLOW_EXECUTION_STATUS_FAILED);
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            return close(event, enums::WORKFLOW_EXECUTION_STATUS_CANCELED);
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            return close(event, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
            return close(event, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return close(event, enums::WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW);
        default: return;  // Markers say nothing about the run.
    }
}

void Rebuild::skippingChanged(const HistoryEvent& event) {
    const auto& attributes = event.workflow_execution_options_updated_event_attributes();
    // Without this flag a config, or none, says nothing: an event of other options shows the one that holds, or leaves
    // it out.
    if (!attributes.time_skipping_config_updated()) return;
    const bool has = attributes.has_time_skipping_config();
    takeSkippingConfig(m_run, has ? &attributes.time_skipping_config() : nullptr,
                       payload::fromProto(event.event_time()));
}

void Rebuild::started(const HistoryEvent& event) {
    const auto& attributes = event.workflow_execution_started_event_attributes();
    keepSettings(attributes, &m_run);
    setStartOfTime(m_run, attributes);
    takeSkipping(m_run, attributes, payload::fromProto(event.event_time()));
    m_run.userMetadata = event.user_metadata();
    m_run.firstRunId = attributes.first_execution_run_id();
    if (attributes.has_parent_workflow_execution()) {
        const auto& parent = attributes.parent_workflow_execution();
        m_run.parent = ParentLink{attributes.parent_workflow_namespace(), parent.workflow_id(), parent.run_id(),
                                  attributes.parent_initiated_event_id()};
    }
    m_run.startTime = payload::fromProto(event.event_time());
    m_run.firstStartTime = m_run.startTime;
    m_run.executionTime = later(m_run.startTime, payload::fromProto(attributes.first_workflow_task_backoff()));
    if (m_run.runLength > 0s) {
        m_run.runExpiration = later(m_run.executionTime, m_run.runLength);
        if (m_run.executionExpiration) m_run.runExpiration = std::min(*m_run.runExpiration, *m_run.executionExpiration);
    }
}

void Rebuild::task(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED: {
            const auto& attributes = event.workflow_task_scheduled_event_attributes();
            WorkflowTask scheduled;
            scheduled.scheduledId = event.event_id();
            scheduled.attempt = attributes.attempt();
            scheduled.scheduledTime = payload::fromProto(event.event_time());
            scheduled.originalScheduledTime = scheduled.scheduledTime;
            scheduled.timeout = payload::fromProto(attributes.start_to_close_timeout());
            scheduled.queue = attributes.task_queue().name();
            scheduled.onSticky = attributes.task_queue().kind() == enums::TASK_QUEUE_KIND_STICKY;
            m_run.task = std::move(scheduled);
            return;
        }
        case enums::EVENT_TYPE_WORKFLOW_TASK_STARTED: {
            const auto& attributes = event.workflow_task_started_event_attributes();
            WorkflowTask& task = *m_run.task;
            task.startedId = event.event_id();
            task.startedTime = payload::fromProto(event.event_time());
            task.identity = attributes.identity();
            task.requestId = attributes.request_id();
            task.historySize = attributes.history_size_bytes();
            task.suggestContinueAsNew = attributes.suggest_continue_as_new();
            for (const int reason : attributes.suggest_continue_as_new_reasons()) {
                task.suggestBySize |= reason == enums::SUGGEST_CONTINUE_AS_NEW_REASON_HISTORY_SIZE_TOO_LARGE;
                task.suggestByCount |= reason == enums::SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS;
            }
            return;
        }
        case enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            m_run.lastStartedId = event.workflow_task_completed_event_attributes().started_event_id();
            m_run.nextAttempt = 1;
            m_run.task.reset();
            noteBuild(m_run, event.workflow_task_completed_event_attributes().worker_version());
            return noteResetPoint(m_run, event, m_run.children.empty());
        case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
            return taskFailed(event.workflow_task_failed_event_attributes().cause() !=
                              enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW);
        default:
            return taskFailed(event.workflow_task_timed_out_event_attributes().timeout_type() !=
                              enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
    }
}

/// A failure of a sticky worker does not count: then the next task stands in the history, and says so.
void Rebuild::taskFailed(bool counts) {
    m_run.nextAttempt = counts ? m_run.task->attempt + 1 : 1;
    m_run.task.reset();
}

void Rebuild::activity(const HistoryEvent& event) {
    const auto pending = [this](int64_t scheduledId) { return m_run.activities.find(scheduledId); };
    const auto end = [&](int64_t scheduledId) {
        const auto found = pending(scheduledId);
        if (found == m_run.activities.end()) return;
        // Another one may have taken its id while its end was in the buffer.
        const auto byId = m_run.activityIds.find(found->second.attributes.activity_id());
        if (byId != m_run.activityIds.end() && byId->second == found->first) m_run.activityIds.erase(byId);
        m_run.activeActivities.erase(scheduledId);
        m_run.activities.erase(found);
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
            const int64_t id = event.event_id();
            PendingActivity& activity = m_run.activities[id];
            activity.scheduledId = id;
            activity.attributes = event.activity_task_scheduled_event_attributes();
            activity.scheduledTime = payload::fromProto(event.event_time());
            activity.attemptScheduledTime = activity.scheduledTime;
            const base::Duration limit = payload::fromProto(activity.attributes.schedule_to_close_timeout());
            if (limit > 0s) activity.expiration = later(activity.scheduledTime, limit);
            m_run.activityIds[activity.attributes.activity_id()] = id;
            m_run.activeActivities.insert(id);
            return;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_STARTED: {
            const auto& attributes = event.activity_task_started_event_attributes();
            const auto found = pending(attributes.scheduled_event_id());
            if (found == m_run.activities.end()) return;
            found->second.phase = ActivityPhase::Started;
            found->second.startedId = event.event_id();
            found->second.attempt = attributes.attempt();
            found->second.startedTime = payload::fromProto(event.event_time());
            found->second.identity = attributes.identity();
            found->second.lastIdentity = attributes.identity();
            found->second.requestId = attributes.request_id();
            if (attributes.has_last_failure()) found->second.lastFailure = attributes.last_failure();
            return;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: {
            const auto found = pending(event.activity_task_cancel_requested_event_attributes().scheduled_event_id());
            if (found == m_run.activities.end()) return;
            found->second.cancelRequested = true;
            found->second.cancelRequestedId = event.event_id();
            return;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return end(event.activity_task_completed_event_attributes().scheduled_event_id());
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
            return end(event.activity_task_failed_event_attributes().scheduled_event_id());
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            return end(event.activity_task_timed_out_event_attributes().scheduled_event_id());
        default: return end(event.activity_task_canceled_event_attributes().scheduled_event_id());
    }
}

void Rebuild::timer(const HistoryEvent& event) {
    const auto end = [this](const std::string& id, int64_t startedId) {
        m_run.timersByEvent.erase(startedId);
        // The id may have been taken by another timer since.
        const auto found = m_run.timers.find(id);
        if (found != m_run.timers.end() && found->second.startedId == startedId) m_run.timers.erase(found);
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_TIMER_STARTED: {
            const auto& attributes = event.timer_started_event_attributes();
            PendingTimer& timer = m_run.timers[attributes.timer_id()];
            timer.id = attributes.timer_id();
            if (event.user_metadata().has_summary()) timer.summary = event.user_metadata().summary();
            timer.startedId = event.event_id();
            timer.fireTime = later(payload::fromProto(event.event_time()),
                                   std::min(payload::fromProto(attributes.start_to_fire_timeout()), kLongestDuration));
            m_run.timersByEvent[timer.startedId] = &timer;
            return;
        }
        case enums::EVENT_TYPE_TIMER_FIRED:
            return end(event.timer_fired_event_attributes().timer_id(),
                       event.timer_fired_event_attributes().started_event_id());
        default:
            return end(event.timer_canceled_event_attributes().timer_id(),
                       event.timer_canceled_event_attributes().started_event_id());
    }
}

void Rebuild::child(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: {
            PendingChild& child = m_run.children[event.event_id()];
            child.initiatedId = event.event_id();
            child.attributes = event.start_child_workflow_execution_initiated_event_attributes();
            return;
        }
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: {
            const auto& attributes = event.child_workflow_execution_started_event_attributes();
            const auto found = m_run.children.find(attributes.initiated_event_id());
            if (found == m_run.children.end()) return;
            found->second.startedId = event.event_id();
            found->second.runId = attributes.workflow_execution().run_id();
            return;
        }
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
            return endChild(event.start_child_workflow_execution_failed_event_attributes().initiated_event_id());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
            return endChild(event.child_workflow_execution_completed_event_attributes().initiated_event_id());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
            return endChild(event.child_workflow_execution_failed_event_attributes().initiated_event_id());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
            return endChild(event.child_workflow_execution_canceled_event_attributes().initiated_event_id());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
            return endChild(event.child_workflow_execution_timed_out_event_attributes().initiated_event_id());
        default: return endChild(event.child_workflow_execution_terminated_event_attributes().initiated_event_id());
    }
}

void Rebuild::external(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            externals.erase(event.signal_external_workflow_execution_failed_event_attributes().initiated_event_id());
            return;
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
            externals.erase(event.external_workflow_execution_signaled_event_attributes().initiated_event_id());
            return;
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            externals.erase(
                event.request_cancel_external_workflow_execution_failed_event_attributes().initiated_event_id());
            return;
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            externals.erase(event.external_workflow_execution_cancel_requested_event_attributes().initiated_event_id());
            return;
        default: externals.emplace(event.event_id(), event);
    }
}

void Rebuild::update(const HistoryEvent& event) {
    const auto known = [this](const std::string& id) -> Update& {
        const auto [place, isNew] = m_run.updates.emplace(id, Update());
        if (!isNew) return place->second;
        place->second.id = id;
        m_run.updateOrder.push_back(id);
        ++m_run.openUpdates;
        return place->second;
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED: {
            const auto& attributes = event.workflow_execution_update_admitted_event_attributes();
            Update& update = known(attributes.request().meta().update_id());
            update.request = attributes.request();
            update.admittedId = event.event_id();
            return;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
            const auto& attributes = event.workflow_execution_update_accepted_event_attributes();
            Update& update = known(attributes.protocol_instance_id());
            if (attributes.has_accepted_request()) update.request = attributes.accepted_request();
            update.acceptedId = event.event_id();
            update.sequencingId = attributes.accepted_request_sequencing_event_id();
            update.stage = UpdateStage::Accepted;
            return;
        }
        default: {
            const auto& attributes = event.workflow_execution_update_completed_event_attributes();
            const auto found = m_run.updates.find(attributes.meta().update_id());
            if (found == m_run.updates.end()) return;
            found->second.outcome = attributes.outcome();
            found->second.stage = UpdateStage::Completed;
            std::erase(m_run.updateOrder, found->first);
            --m_run.openUpdates;
        }
    }
}

void Rebuild::close(const HistoryEvent& event, enums::WorkflowExecutionStatus status) {
    m_run.status = status;
    m_run.closeTime = payload::fromProto(event.event_time());
    m_run.task.reset();
    m_run.nextAttempt = 1;
    m_run.activities.clear();
    m_run.activityIds.clear();
    m_run.activeActivities.clear();
    m_run.timersByEvent.clear();
    m_run.timers.clear();
    m_run.children.clear();
    externals.clear();
    endUpdates(m_run);
}

}  // namespace orrery::server
