// SPDX-License-Identifier: MIT
#include "tests/simulation/event_facts.h"

namespace orrery::simulation {

using namespace temporal::api::enums::v1;

std::optional<Link> startLink(EventType type) {
    switch (type) {
        case EVENT_TYPE_WORKFLOW_TASK_STARTED: return Link{"scheduled_event_id", EVENT_TYPE_WORKFLOW_TASK_SCHEDULED};
        case EVENT_TYPE_ACTIVITY_TASK_STARTED: return Link{"scheduled_event_id", EVENT_TYPE_ACTIVITY_TASK_SCHEDULED};
        case EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
            return Link{"initiated_event_id", EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED};
        default: return std::nullopt;
    }
}

std::optional<Link> closeLink(EventType type) {
    switch (type) {
        case EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        case EVENT_TYPE_WORKFLOW_TASK_FAILED:
        case EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: return Link{"scheduled_event_id", EVENT_TYPE_WORKFLOW_TASK_SCHEDULED};
        case EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        case EVENT_TYPE_ACTIVITY_TASK_FAILED:
        case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
        case EVENT_TYPE_ACTIVITY_TASK_CANCELED: return Link{"scheduled_event_id", EVENT_TYPE_ACTIVITY_TASK_SCHEDULED};
        case EVENT_TYPE_TIMER_FIRED:
        case EVENT_TYPE_TIMER_CANCELED: return Link{"started_event_id", EVENT_TYPE_TIMER_STARTED};
        case EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
        case EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
        case EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
        case EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
        case EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
        case EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
            return Link{"initiated_event_id", EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED};
        case EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
        case EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            return Link{"initiated_event_id", EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED};
        case EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        case EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            return Link{"initiated_event_id", EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED};
        case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
            return Link{"accepted_event_id", EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED};
        default: return std::nullopt;
    }
}

std::optional<Link> noteLink(EventType type) {
    if (type != EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED) return std::nullopt;
    return Link{"scheduled_event_id", EVENT_TYPE_ACTIVITY_TASK_SCHEDULED};
}

bool opensThing(EventType type) {
    switch (type) {
        case EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        case EVENT_TYPE_TIMER_STARTED:
        case EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        case EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: return true;
        default: return false;
    }
}

bool isCommandEvent(EventType type) {
    switch (type) {
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        case EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
        case EVENT_TYPE_TIMER_STARTED:
        case EVENT_TYPE_TIMER_CANCELED:
        case EVENT_TYPE_MARKER_RECORDED:
        case EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        case EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
        case EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        case EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: return true;
        default: return false;
    }
}

bool isTaskEvent(EventType type) {
    return type >= EVENT_TYPE_WORKFLOW_TASK_SCHEDULED && type <= EVENT_TYPE_WORKFLOW_TASK_FAILED;
}

bool isClosingEvent(EventType type) {
    switch (type) {
        case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
        case EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
        case EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: return true;
        default: return false;
    }
}

}  // namespace orrery::simulation
