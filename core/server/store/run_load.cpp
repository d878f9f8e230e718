// SPDX-License-Identifier: MIT
#include "core/base/error.h"
#include "core/server/state/activities.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/tasks.h"
#include "core/server/store/fields.h"
#include "core/server/store/run_check.h"
#include "core/server/store/run_record.h"

namespace orrery::server {
namespace {

template <typename Message>
void parse(std::string_view bytes, Message* message, uint64_t run, const char* what) {
    if (!message->ParseFromArray(bytes.data(), int(bytes.size()))) unreadable(run, what);
}

std::optional<base::Timestamp> optionalTime(bool has, int64_t field) {
    return has ? std::optional(timeOf(field)) : std::nullopt;
}

WorkflowTask taskOf(const records::WorkflowTask& record) {
    WorkflowTask task;
    task.kind = enumOf(record.kind(), TaskKind::Speculative);
    task.scheduledId = record.scheduled_id();
    task.startedId = record.started_id();
    task.attempt = record.attempt();
    task.stamp = record.stamp();
    task.scheduledTime = timeOf(record.scheduled_time());
    task.originalScheduledTime = timeOf(record.original_scheduled_time());
    task.startedTime = timeOf(record.started_time());
    task.timeout = base::Duration(record.timeout());
    task.queue = record.queue();
    task.onSticky = record.on_sticky();
    task.identity = record.identity();
    task.requestId = record.request_id();
    task.historySize = record.history_size();
    task.suggestContinueAsNew = record.suggest_continue_as_new();
    task.suggestBySize = record.suggest_by_size();
    task.suggestByCount = record.suggest_by_count();
    task.suggestByUpdates = record.suggest_by_updates();
    return task;
}

void fillFixed(const records::RunFixed& record, Run* run) {
    run->firstRunId = record.first_run_id();
    parse(record.user_metadata(), &run->userMetadata, run->number, "user metadata");
    run->memo = {};
    if (record.has_memo()) parse(record.memo(), &run->memo.edit(), run->number, "memo");
    run->searchAttributes = {};
    if (record.has_search_attributes()) {
        parse(record.search_attributes(), &run->searchAttributes.edit(), run->number, "search attributes");
    }
    if (record.has_parent()) {
        const auto& parent = record.parent();
        run->parent = ParentLink{parent.ns(), parent.workflow_id(), parent.run_id(), parent.initiated_id()};
    }
    run->startTime = timeOf(record.start_time());
    run->executionTime = timeOf(record.execution_time());
    run->firstStartTime = timeOf(record.first_start_time());
    for (const auto& request : record.attached_requests()) {
        run->attachedRequests.emplace(request.id(), request.event_id());
    }
    run->startRequestId = record.start_request_id();
    run->runExpiration = optionalTime(record.has_run_expiration(), record.run_expiration());
    run->executionExpiration = optionalTime(record.has_execution_expiration(), record.execution_expiration());
    if (record.has_priority() || record.no_priority()) run->priority = {};
    if (record.has_priority()) parse(record.priority(), &run->priority.edit(), run->number, "priority");
}

/// Puts the things of one run that are due back into the queue.
class Due {
public:
    Due(World& world, Run& run) : m_world(world), m_run(run) {}

    std::optional<DueKey> operator()(bool has, const records::DueKey& field, DueWhat what, int64_t id = 0) {
        if (!has) return std::nullopt;
        const DueKey key = keyOf(field);
        m_world.due.restore(key, {what, &m_run, id});
        return key;
    }

private:
    World& m_world;
    Run& m_run;
};

void restoreTask(World& world, Run& run, const records::WorkflowTask& record) {
    run.task = taskOf(record);
    run.task->startToClose = Due(world, run)(record.has_start_to_close(), record.start_to_close(),
                                             DueWhat::TaskStartToClose, record.started_id());
    if (record.has_schedule_to_start()) {
        run.task->scheduleToStart = world.wallTimers.add(timeOf(record.schedule_to_start()), [&world, &run] {
            taskTimedOut(world, run, enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
        });
    }
}

void fillSkipping(const records::TimeSkipping& record, Run& run) {
    TimeSkipping& skipping = run.timeSkipping.emplace();
    if (record.has_config()) parse(record.config(), &skipping.config.emplace(), run.number, "time skipping");
    skipping.sessionSkips = record.session_skips();
    if (!record.has_fast_forward_target()) return;
    skipping.fastForward = {timeOf(record.fast_forward_target()), record.fast_forward_reached()};
}

void fillState(World& world, const records::RunState& record, Run& run) {
    run.status = static_cast<enums::WorkflowExecutionStatus>(record.status());
    run.closeTime = timeOf(record.close_time());
    run.transitions = record.transitions();
    if (record.has_task()) restoreTask(world, run, record.task());
    run.nextAttempt = record.next_attempt();
    run.taskProblems = record.task_problems();
    run.lastStartedId = record.last_started_id();
    run.closeRefused = record.close_refused();
    run.stickyQueue = record.sticky_queue();
    run.stickyTimeout = base::Duration(record.sticky_timeout());
    run.heartbeatSince = optionalTime(record.has_heartbeat_since(), record.heartbeat_since());
    run.updateOrder.assign(record.update_order().begin(), record.update_order().end());
    run.openUpdates = record.open_updates();
    run.signalCount = record.signal_count();
    run.cancelRequested = record.cancel_requested();
    if (record.has_kept_until()) world.keepUntil(run, timeOf(record.kept_until()));
    if (record.superseded()) world.supersede(run);
    run.nextRunId = record.next_run_id();
    run.skipped = base::Duration(record.skipped());
    if (record.has_time_skipping()) fillSkipping(record.time_skipping(), run);
    run.fastForwardDue =
        Due(world, run)(record.has_fast_forward_due(), record.fast_forward_due(), DueWhat::FastForward);
    if (record.has_resets()) {
        const auto& resets = record.resets();
        run.resets =
            ResetNotes{resets.reset_run_id(), resets.request_id(), resets.original_run_id(), resets.copied_events()};
    }
    if (record.builds_size() > 0) run.builds.edit().assign(record.builds().begin(), record.builds().end());
    for (const auto& point : record.reset_points()) {
        run.resetPoints.push_back(
            {point.checksum(), point.build_id(), point.completed_id(), timeOf(point.time()), point.resettable()});
    }
    if (record.last_event() != run.log.lastId()) unreadable(run.number, "history");
    Due due(world, run);
    run.runTimeout = due(record.has_run_timeout(), record.run_timeout(), DueWhat::RunTimeout);
    run.executionTimeout = due(record.has_execution_timeout(), record.execution_timeout(), DueWhat::ExecutionTimeout);
    run.firstTask = due(record.has_first_task(), record.first_task(), DueWhat::FirstTask);
}

HistoryEvent eventOf(const Run& run, int64_t id) {
    if (id < 1 || id > run.log.lastId()) unreadable(run.number, "place in its history");
    return run.log.event(id);
}

void addActivity(World& world, Run& run, int64_t id, const records::Activity& record) {
    PendingActivity& activity = run.activities[id];
    activity.scheduledId = id;
    const HistoryEvent scheduled = eventOf(run, id);
    if (!scheduled.has_activity_task_scheduled_event_attributes()) unreadable(run.number, "activity");
    activity.attributes = scheduled.activity_task_scheduled_event_attributes();
    activity.phase = enumOf(record.phase(), ActivityPhase::Backoff);
    activity.attempt = record.attempt();
    activity.stamp = record.stamp();
    activity.scheduledTime = timeOf(record.scheduled_time());
    activity.attemptScheduledTime = timeOf(record.attempt_scheduled_time());
    activity.startedTime = timeOf(record.started_time());
    activity.lastHeartbeatTime = timeOf(record.last_heartbeat_time());
    activity.lastAttemptCompleteTime = timeOf(record.last_attempt_complete_time());
    activity.nextAttemptTime = timeOf(record.next_attempt_time());
    activity.retryInterval = base::Duration(record.retry_interval());
    activity.expiration = optionalTime(record.has_expiration(), record.expiration());
    activity.identity = record.identity();
    activity.lastIdentity = record.last_identity();
    activity.requestId = record.request_id();
    activity.cancelRequested = record.cancel_requested();
    activity.cancelRequestedId = record.cancel_requested_id();
    activity.startedId = record.started_id();
    if (record.has_heartbeat()) parse(record.heartbeat(), &activity.heartbeat.emplace(), run.number, "heartbeat");
    if (record.has_last_failure()) parse(record.last_failure(), &activity.lastFailure.emplace(), run.number, "failure");
    Due due(world, run);
    activity.scheduleToStart =
        due(record.has_schedule_to_start(), record.schedule_to_start(), DueWhat::ActivityScheduleToStart, id);
    activity.scheduleToClose =
        due(record.has_schedule_to_close(), record.schedule_to_close(), DueWhat::ActivityScheduleToClose, id);
    activity.startToClose =
        due(record.has_start_to_close(), record.start_to_close(), DueWhat::ActivityStartToClose, id);
    activity.heartbeatDue = due(record.has_heartbeat_due(), record.heartbeat_due(), DueWhat::ActivityHeartbeat, id);
    activity.retryDue = due(record.has_retry_due(), record.retry_due(), DueWhat::ActivityRetry, id);
    const bool known = !run.activityIds.emplace(activity.attributes.activity_id(), id).second;
    if (known || activity.attempt < 1 || activity.attempt > kMostAttempts) unreadable(run.number, "activity");
    if (activity.phase != ActivityPhase::Backoff) run.activeActivities.insert(id);
}

void addTimer(World& world, Run& run, const std::string& id, const records::Timer& record) {
    PendingTimer& timer = run.timers[id];
    timer.id = id;
    if (record.has_summary()) parse(record.summary(), &timer.summary.edit(), run.number, "timer");
    timer.startedId = record.started_id();
    if (eventOf(run, timer.startedId).timer_started_event_attributes().timer_id() != id) {
        unreadable(run.number, "timer");
    }
    timer.fireTime = timeOf(record.fire_time());
    timer.due = Due(world, run)(record.has_due(), record.due(), DueWhat::UserTimer, timer.startedId);
    run.timersByEvent[timer.startedId] = &timer;
}

void addChild(Run& run, int64_t id, const records::Child& record) {
    PendingChild& child = run.children[id];
    child.initiatedId = id;
    child.startedId = record.started_id();
    const HistoryEvent initiated = eventOf(run, id);
    if (!initiated.has_start_child_workflow_execution_initiated_event_attributes()) unreadable(run.number, "child");
    child.attributes = initiated.start_child_workflow_execution_initiated_event_attributes();
    child.runId = record.run_id();
    child.closing = record.closing();
}

void addUpdate(Run& run, const std::string& id, const records::Update& record) {
    Update& update = run.updates[id];
    update.id = id;
    update.stage = enumOf(record.stage(), UpdateStage::Completed);
    parse(record.request(), &update.request, run.number, "update");
    update.acceptedId = record.accepted_id();
    update.sequencingId = record.sequencing_id();
    update.admittedId = record.admitted_id();
    if (record.has_outcome()) parse(record.outcome(), &update.outcome.emplace(), run.number, "update's outcome");
}

constexpr size_t kIdBytes = sizeof(uint64_t);

int64_t idOf(std::string_view key, uint64_t run) {
    const auto number = numberOf(key);
    if (!number) unreadable(run, "row");
    return int64_t(*number);
}

void addAttempts(Run& run, std::string_view key, const records::Attempts& record) {
    const int64_t page = key.size() > kIdBytes ? idOf(key.substr(kIdBytes), run.number) : 0;
    AttemptPage attempts;
    attempts.activityId = record.activity_id();
    attempts.typeName = record.type_name();
    for (const auto& from : record.ended()) {
        ActivityAttempt& attempt = attempts.ended.emplace_back();
        attempt.number = from.number();
        attempt.scheduled = timeOf(from.scheduled());
        attempt.started = optionalTime(from.has_started(), from.started());
        attempt.ended = timeOf(from.ended());
        attempt.identity = from.identity();
        attempt.outcome = static_cast<enums::EventType>(from.outcome());
        if (from.has_failure()) parse(from.failure(), &attempt.failure.emplace(), run.number, "attempt's failure");
        attempt.lastHeartbeat = optionalTime(from.has_last_heartbeat(), from.last_heartbeat());
        if (from.has_heartbeat()) {
            parse(from.heartbeat(), &attempt.heartbeat.emplace(), run.number, "attempt's heartbeat");
        }
        attempt.bytesLeftOut = from.bytes_left_out();
    }
    if (attempts.ended.empty()) unreadable(run.number, "attempts");
    restoreAttempts(run, {idOf(key.substr(0, kIdBytes), run.number), page}, std::move(attempts));
}

void addBuffered(Run& run, const records::Buffered& record) {
    for (const std::string& bytes : record.events()) {
        HistoryEvent event;
        parse(bytes, &event, run.number, "buffered event");
        run.bufferedBytes += event.ByteSizeLong();
        run.buffered.push_back(std::move(event));
    }
}

template <typename Record>
Record read(std::string_view bytes, uint64_t run, const char* what) {
    Record record;
    parse(bytes, &record, run, what);
    return record;
}

}  // namespace

RunLoader::RunLoader(World& world, uint64_t number, std::string_view fixed, std::string_view events) : m_world(world) {
    const auto record = read<records::RunFixed>(fixed, number, "record");
    if (record.run_id().empty() || world.findRun(record.run_id()) != nullptr) unreadable(number, "id");
    m_run = &world.restoreRun(record.ns(), record.workflow_id(), record.run_id(), number);
    if (!m_run->log.restore(events)) unreadable(number, "history");
    checkHistory(*m_run);
    keepSettings(m_run->startedEvent(), m_run);
    fillFixed(record, m_run);
    m_run->kept = KeptMarks{m_run->log.lastId(), sumOf(fixed)};
}

void RunLoader::row(RowKind kind, std::string_view key, std::string_view record) {
    Run& run = *m_run;
    const bool once = kind == RowKind::RunState || kind == RowKind::Buffered;
    if (m_hasState == (kind == RowKind::RunState) || (once && !key.empty())) unreadable(run.number, "row");
    switch (kind) {
        case RowKind::RunState:
            fillState(m_world, read<records::RunState>(record, run.number, "state"), run);
            run.kept->state = sumOf(record);
            m_hasState = true;
            return;
        case RowKind::Buffered:
            addBuffered(run, read<records::Buffered>(record, run.number, "buffered events"));
            run.kept->buffered = sumOf(record);
            return;
        case RowKind::Activity:
            return addActivity(m_world, run, idOf(key, run.number),
                               read<records::Activity>(record, run.number, "activity"));
        case RowKind::Timer:
            return addTimer(m_world, run, std::string(key), read<records::Timer>(record, run.number, "timer"));
        case RowKind::Child:
            return addChild(run, idOf(key, run.number), read<records::Child>(record, run.number, "child"));
        case RowKind::Update:
            return addUpdate(run, std::string(key), read<records::Update>(record, run.number, "update"));
        case RowKind::Attempts: return addAttempts(run, key, read<records::Attempts>(record, run.number, "attempts"));
        case RowKind::SignalRequest: run.signalRequests.insert(std::string(key)); return;
        default: unreadable(run.number, "row");
    }
}

const Run& RunLoader::finish(std::vector<TaskRef>* tasks) {
    Run& run = *m_run;
    if (!m_hasState) unreadable(run.number, "state");
    checkRun(run);
    if (run.task && !run.task->started()) {
        tasks->push_back({TaskRef::Kind::Workflow, priorityLevel(*run.priority), &run, 0, {}, run.task->stamp});
    }
    for (const int64_t id : run.activeActivities) {
        const PendingActivity& activity = std::as_const(run.activities).at(id);
        if (activity.phase != ActivityPhase::Scheduled) continue;
        tasks->push_back({TaskRef::Kind::Activity, priorityOf(run, activity), &run, id, {}, activity.stamp});
    }
    return run;
}

}  // namespace orrery::server
