// SPDX-License-Identifier: MIT
#include "core/server/state/events.h"

#include <algorithm>

#include "core/payload/proto.h"
#include "core/server/state/tasks.h"

namespace orrery::server {
namespace {

bool matches(const EventTarget& target, const Run& run, const HistoryEvent& event) {
    if (!target.workflowId.empty() && target.workflowId != run.workflowId) return false;
    if (!target.runId.empty() && target.runId != run.runId) return false;
    if (target.eventId != 0 && target.eventId != event.event_id()) return false;
    if (target.eventType.empty()) return true;
    const auto plain = [](std::string name) {
        if (name.starts_with("EVENT_TYPE_")) name.erase(0, 11);
        std::erase(name, '_');
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::toupper(c)); });
        return name;
    };
    return plain(target.eventType) == plain(enums::EventType_Name(event.event_type()));
}

/// Started events of activities and children are only known by id once written; what completes them refers to it. Gives
/// the initiated event of a child that has ended, or 0.
int64_t referToStarted(Run& run, HistoryEvent& event, const std::map<int64_t, int64_t>& startedActivities) {
    const auto activity = [&](auto* attributes) {
        const auto found = startedActivities.find(attributes->scheduled_event_id());
        if (found != startedActivities.end()) attributes->set_started_event_id(found->second);
        return int64_t(0);
    };
    const auto child = [&](auto* attributes) {
        const auto found = run.children.find(attributes->initiated_event_id());
        if (found != run.children.end()) attributes->set_started_event_id(found->second.startedId);
        return attributes->initiated_event_id();
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return activity(event.mutable_activity_task_completed_event_attributes());
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
            return activity(event.mutable_activity_task_failed_event_attributes());
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            return activity(event.mutable_activity_task_timed_out_event_attributes());
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return activity(event.mutable_activity_task_canceled_event_attributes());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
            return child(event.mutable_child_workflow_execution_completed_event_attributes());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
            return child(event.mutable_child_workflow_execution_failed_event_attributes());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
            return child(event.mutable_child_workflow_execution_canceled_event_attributes());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
            return child(event.mutable_child_workflow_execution_timed_out_event_attributes());
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
            return child(event.mutable_child_workflow_execution_terminated_event_attributes());
        default: return 0;
    }
}

bool completesSomething(enums::EventType type) {
    switch (type) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED: return true;
        default: return false;
    }
}

/// Writes one event from outside, and keeps the run's notes about started activities and children.
void write(World& world, Run& run, HistoryEvent event, std::map<int64_t, int64_t>& startedActivities) {
    const int64_t endedChild = referToStarted(run, event, startedActivities);
    const auto type = event.event_type();
    int64_t initiated = 0;
    if (type == enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED) {
        initiated = event.child_workflow_execution_started_event_attributes().initiated_event_id();
    }
    const int64_t activity = type == enums::EVENT_TYPE_ACTIVITY_TASK_STARTED
                                 ? event.activity_task_started_event_attributes().scheduled_event_id()
                                 : 0;
    const std::string attached = event.workflow_execution_options_updated_event_attributes().attached_request_id();
    std::string admittedUpdate;
    if (type == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED) {
        admittedUpdate = event.workflow_execution_update_admitted_event_attributes().request().meta().update_id();
    }
    const int64_t id = append(world, run, std::move(event));
    if (!attached.empty()) run.attachedRequests[attached] = id;
    if (!admittedUpdate.empty()) run.updates.at(admittedUpdate).admittedId = id;
    if (activity != 0) startedActivities[activity] = id;
    if (initiated != 0) {
        if (const auto found = run.children.find(initiated); found != run.children.end()) found->second.startedId = id;
    }
    // Another one may have ended too, and its event is still to be written.
    if (endedChild != 0) run.children.erase(endedChild);
}

}  // namespace

HistoryEvent newEvent(const World&, enums::EventType type) {
    HistoryEvent event;
    event.set_event_type(type);
    return event;
}

namespace {

/// In the run's own time, unless it is known already.
void stampTime(const World& world, const Run& run, HistoryEvent& event) {
    if (!event.has_event_time()) payload::toProto(world.nowOf(run), event.mutable_event_time());
}

void buffer(const World& world, Run& run, HistoryEvent event) {
    stampTime(world, run, event);
    run.bufferedBytes += event.ByteSizeLong();
    run.buffered.push_back(std::move(event));
}

/// So many events wait that the task they wait for is given up.
void limitBuffer(World& world, Run& run) {
    const Limits& limits = world.limits();
    if (run.buffered.size() > limits.bufferedEvents || run.bufferedBytes > limits.bufferedEventsSize) {
        failTask(world, run, enums::WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND, nullptr, "history-service");
    }
}

}  // namespace

int64_t append(World& world, Run& run, HistoryEvent event) {
    event.set_event_id(run.log.nextId());
    event.set_task_id(world.nextTaskId(run.lastWork != world.work()));
    run.lastWork = world.work();
    stampTime(world, run, event);
    run.log.append(event);
    world.touch(run);
    if (world.clock.eventTarget() && matches(*world.clock.eventTarget(), run, event))
        world.clock.eventReached(world.wall);
    return event.event_id();
}

void record(World& world, Run& run, HistoryEvent event) {
    std::vector<HistoryEvent> one;
    one.push_back(std::move(event));
    record(world, run, std::move(one));
}

namespace {

/// Tells whether the events are in the history, and not in the buffer.
bool take(World& world, Run& run, std::vector<HistoryEvent> events) {
    writeSpeculativeTask(world, run);
    for (HistoryEvent& event : events) buffer(world, run, std::move(event));
    world.touch(run);
    if (run.doingCommands) return false;
    if (run.taskStarted()) {
        limitBuffer(world, run);
        return false;
    }
    flushBuffered(world, run);
    return true;
}

}  // namespace

void record(World& world, Run& run, std::vector<HistoryEvent> events) {
    if (take(world, run, std::move(events)) && !awaitsFirstTask(run)) scheduleTask(world, run);
}

void recordAtOnce(World& world, Run& run, HistoryEvent event) {
    std::vector<HistoryEvent> one;
    one.push_back(std::move(event));
    if (take(world, run, std::move(one))) scheduleTask(world, run);
}

void recordQuietly(World& world, Run& run, HistoryEvent event) {
    std::vector<HistoryEvent> one;
    one.push_back(std::move(event));
    take(world, run, std::move(one));
}

bool flushBuffered(World& world, Run& run) {
    if (run.buffered.empty()) return false;
    std::vector<HistoryEvent> events = std::move(run.buffered);
    run.buffered.clear();
    run.bufferedBytes = 0;
    std::stable_partition(events.begin(), events.end(),
                          [](const HistoryEvent& event) { return !completesSomething(event.event_type()); });
    std::map<int64_t, int64_t> startedActivities;
    for (HistoryEvent& event : events) write(world, run, std::move(event), startedActivities);
    return true;
}

}  // namespace orrery::server
