// SPDX-License-Identifier: MIT
#include "core/machines/events.h"

#include <fmt/format.h>

#include "core/history/event.h"

namespace orrery::machines {

namespace enums = temporal::api::enums::v1;

bool isCommandEvent(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
        case enums::EVENT_TYPE_TIMER_STARTED:
        case enums::EVENT_TYPE_TIMER_CANCELED:
        case enums::EVENT_TYPE_MARKER_RECORDED:
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        case enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
        case enums::EVENT_TYPE_NEXUS_OPERATION_SCHEDULED:
        case enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: return true;
        default: return false;
    }
}

bool isClosingEvent(const HistoryEvent& event) { return history::isClosing(event.event_type()); }

bool isIgnorableEvent(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED:
        case enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED_EXTERNALLY:
        case enums::EVENT_TYPE_ACTIVITY_PROPERTIES_MODIFIED_EXTERNALLY: return true;
        default: return event.worker_may_ignore();
    }
}

int64_t originEventId(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_STARTED:
            return event.activity_task_started_event_attributes().scheduled_event_id();
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return event.activity_task_completed_event_attributes().scheduled_event_id();
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
            return event.activity_task_failed_event_attributes().scheduled_event_id();
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            return event.activity_task_timed_out_event_attributes().scheduled_event_id();
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return event.activity_task_canceled_event_attributes().scheduled_event_id();
        case enums::EVENT_TYPE_TIMER_FIRED: return event.timer_fired_event_attributes().started_event_id();
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
            return event.start_child_workflow_execution_failed_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
            return event.child_workflow_execution_started_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
            return event.child_workflow_execution_completed_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
            return event.child_workflow_execution_failed_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
            return event.child_workflow_execution_canceled_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
            return event.child_workflow_execution_timed_out_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
            return event.child_workflow_execution_terminated_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            return event.signal_external_workflow_execution_failed_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
            return event.external_workflow_execution_signaled_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            return event.request_cancel_external_workflow_execution_failed_event_attributes().initiated_event_id();
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            return event.external_workflow_execution_cancel_requested_event_attributes().initiated_event_id();
        default: return 0;
    }
}

std::string eventTypeName(const HistoryEvent& event) {
    std::string name = enums::EventType_Name(event.event_type());
    if (name.empty()) return fmt::format("type {}", static_cast<int>(event.event_type()));
    constexpr std::string_view prefix = "EVENT_TYPE_";
    std::string words;
    bool upper = true;
    for (const char letter : std::string_view(name).substr(name.starts_with(prefix) ? prefix.size() : 0)) {
        if (letter == '_') {
            upper = true;
            continue;
        }
        words += upper || letter < 'A' || letter > 'Z' ? letter : static_cast<char>(letter - 'A' + 'a');
        upper = false;
    }
    return words;
}

namespace {

/// What tells this event from others of its type.
std::string detail(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_TIMER_STARTED: return "timer " + event.timer_started_event_attributes().timer_id();
        case enums::EVENT_TYPE_TIMER_CANCELED: return "timer " + event.timer_canceled_event_attributes().timer_id();
        case enums::EVENT_TYPE_TIMER_FIRED: return "timer " + event.timer_fired_event_attributes().timer_id();
        case enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
            const auto& attributes = event.activity_task_scheduled_event_attributes();
            return fmt::format("activity {}, {}", attributes.activity_id(), attributes.activity_type().name());
        }
        case enums::EVENT_TYPE_MARKER_RECORDED:
            return "marker " + event.marker_recorded_event_attributes().marker_name();
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: {
            const auto& attributes = event.start_child_workflow_execution_initiated_event_attributes();
            return fmt::format("child {}, {}", attributes.workflow_id(), attributes.workflow_type().name());
        }
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            return "signal " + event.signal_external_workflow_execution_initiated_event_attributes().signal_name();
        default: return {};
    }
}

}  // namespace

std::string describeEvent(const HistoryEvent& event) {
    const std::string more = detail(event);
    return fmt::format("event {} {}{}", event.event_id(), eventTypeName(event), more.empty() ? "" : " (" + more + ")");
}

}  // namespace orrery::machines
