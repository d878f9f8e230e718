// SPDX-License-Identifier: MIT
#include "core/payload/proto.h"
#include "core/server/store/fields.h"
#include "core/server/store/run_record.h"

namespace orrery::server {
namespace {

template <typename Message>
void putDue(const std::optional<DueKey>& key, Message* record, records::DueKey* (Message::*field)()) {
    if (key) toField(*key, (record->*field)());
}

std::string fixedOf(const Run& run) {
    records::RunFixed record;
    record.set_ns(run.ns);
    record.set_workflow_id(run.workflowId);
    record.set_run_id(run.runId);
    record.set_first_run_id(run.firstRunId);
    record.set_user_metadata(bytesOf(run.userMetadata));
    if (run.memo.edited()) record.set_memo(bytesOf(*run.memo));
    if (run.searchAttributes.edited()) record.set_search_attributes(bytesOf(*run.searchAttributes));
    if (run.parent) {
        record.mutable_parent()->set_ns(run.parent->ns);
        record.mutable_parent()->set_workflow_id(run.parent->workflowId);
        record.mutable_parent()->set_run_id(run.parent->runId);
        record.mutable_parent()->set_initiated_id(run.parent->initiatedId);
    }
    record.set_start_time(toField(run.startTime));
    record.set_execution_time(toField(run.executionTime));
    record.set_first_start_time(toField(run.firstStartTime));
    for (const auto& [id, event] : run.attachedRequests) {
        auto* request = record.add_attached_requests();
        request->set_id(id);
        request->set_event_id(event);
    }
    record.set_start_request_id(run.startRequestId);
    if (run.runExpiration) record.set_run_expiration(toField(*run.runExpiration));
    if (run.executionExpiration) record.set_execution_expiration(toField(*run.executionExpiration));
    if (run.priority.edited()) record.set_priority(bytesOf(*run.priority));
    record.set_no_priority(!run.priority.edited());
    return bytesOf(record);
}

void putTask(const WorkflowTask& task, records::WorkflowTask* record) {
    record->set_kind(int(task.kind));
    record->set_scheduled_id(task.scheduledId);
    record->set_started_id(task.startedId);
    record->set_attempt(task.attempt);
    record->set_stamp(task.stamp);
    record->set_scheduled_time(toField(task.scheduledTime));
    record->set_original_scheduled_time(toField(task.originalScheduledTime));
    record->set_started_time(toField(task.startedTime));
    record->set_timeout(task.timeout.count());
    record->set_queue(task.queue);
    record->set_on_sticky(task.onSticky);
    record->set_identity(task.identity);
    record->set_request_id(task.requestId);
    record->set_history_size(task.historySize);
    record->set_suggest_continue_as_new(task.suggestContinueAsNew);
    record->set_suggest_by_size(task.suggestBySize);
    record->set_suggest_by_count(task.suggestByCount);
    record->set_suggest_by_updates(task.suggestByUpdates);
    if (task.scheduleToStart) record->set_schedule_to_start(toField(task.scheduleToStart->first));
    putDue(task.startToClose, record, &records::WorkflowTask::mutable_start_to_close);
}

void putSkipping(const TimeSkipping& skipping, records::TimeSkipping* record) {
    if (skipping.config) record->set_config(bytesOf(*skipping.config));
    record->set_session_skips(skipping.sessionSkips);
    if (!skipping.fastForward) return;
    record->set_fast_forward_target(toField(skipping.fastForward->target));
    record->set_fast_forward_reached(skipping.fastForward->reached);
}

std::string stateOf(const Run& run) {
    records::RunState record;
    record.set_status(int(run.status));
    record.set_close_time(toField(run.closeTime));
    record.set_transitions(run.transitions);
    if (run.task) putTask(*run.task, record.mutable_task());
    record.set_next_attempt(run.nextAttempt);
    record.set_task_problems(run.taskProblems);
    record.set_last_started_id(run.lastStartedId);
    record.set_close_refused(run.closeRefused);
    record.set_sticky_queue(run.stickyQueue);
    record.set_sticky_timeout(run.stickyTimeout.count());
    if (run.heartbeatSince) record.set_heartbeat_since(toField(*run.heartbeatSince));
    for (const std::string& id : run.updateOrder) record.add_update_order(id);
    record.set_open_updates(uint32_t(run.openUpdates));
    record.set_signal_count(run.signalCount);
    record.set_cancel_requested(run.cancelRequested);
    putDue(run.runTimeout, &record, &records::RunState::mutable_run_timeout);
    putDue(run.executionTimeout, &record, &records::RunState::mutable_execution_timeout);
    putDue(run.firstTask, &record, &records::RunState::mutable_first_task);
    record.set_last_event(run.log.lastId());
    if (run.keptUntil) record.set_kept_until(toField(*run.keptUntil));
    record.set_superseded(run.superseded);
    record.set_next_run_id(run.nextRunId);
    record.set_skipped(run.skipped.count());
    if (run.timeSkipping) putSkipping(*run.timeSkipping, record.mutable_time_skipping());
    putDue(run.fastForwardDue, &record, &records::RunState::mutable_fast_forward_due);
    if (run.resets.edited()) {
        record.mutable_resets()->set_reset_run_id(run.resets->resetRunId);
        record.mutable_resets()->set_request_id(run.resets->requestId);
        record.mutable_resets()->set_original_run_id(run.resets->originalRunId);
        record.mutable_resets()->set_copied_events(run.resets->copiedEvents);
    }
    for (const std::string& build : *run.builds) record.add_builds(build);
    for (const ResetPoint& point : run.resetPoints) {
        auto* kept = record.add_reset_points();
        kept->set_checksum(point.checksum);
        kept->set_build_id(point.buildId);
        kept->set_completed_id(point.completedId);
        kept->set_time(toField(point.time));
        kept->set_resettable(point.resettable);
    }
    return bytesOf(record);
}

std::string recordOf(const PendingActivity& activity) {
    records::Activity record;
    record.set_phase(int(activity.phase));
    record.set_attempt(activity.attempt);
    record.set_stamp(activity.stamp);
    record.set_scheduled_time(toField(activity.scheduledTime));
    record.set_attempt_scheduled_time(toField(activity.attemptScheduledTime));
    record.set_started_time(toField(activity.startedTime));
    record.set_last_heartbeat_time(toField(activity.lastHeartbeatTime));
    record.set_last_attempt_complete_time(toField(activity.lastAttemptCompleteTime));
    record.set_next_attempt_time(toField(activity.nextAttemptTime));
    record.set_retry_interval(activity.retryInterval.count());
    if (activity.expiration) record.set_expiration(toField(*activity.expiration));
    record.set_identity(activity.identity);
    record.set_last_identity(activity.lastIdentity);
    record.set_request_id(activity.requestId);
    record.set_cancel_requested(activity.cancelRequested);
    record.set_cancel_requested_id(activity.cancelRequestedId);
    if (activity.heartbeat) record.set_heartbeat(bytesOf(*activity.heartbeat));
    if (activity.lastFailure) record.set_last_failure(bytesOf(*activity.lastFailure));
    putDue(activity.scheduleToStart, &record, &records::Activity::mutable_schedule_to_start);
    putDue(activity.scheduleToClose, &record, &records::Activity::mutable_schedule_to_close);
    putDue(activity.startToClose, &record, &records::Activity::mutable_start_to_close);
    putDue(activity.heartbeatDue, &record, &records::Activity::mutable_heartbeat_due);
    putDue(activity.retryDue, &record, &records::Activity::mutable_retry_due);
    record.set_started_id(activity.startedId);
    return bytesOf(record);
}

std::string recordOf(const AttemptPage& page) {
    records::Attempts record;
    record.set_activity_id(page.activityId);
    record.set_type_name(page.typeName);
    for (const ActivityAttempt& attempt : page.ended) {
        auto* ended = record.add_ended();
        ended->set_number(attempt.number);
        ended->set_scheduled(toField(attempt.scheduled));
        if (attempt.started) ended->set_started(toField(*attempt.started));
        ended->set_ended(toField(attempt.ended));
        ended->set_identity(attempt.identity);
        ended->set_outcome(int(attempt.outcome));
        if (attempt.failure) ended->set_failure(bytesOf(*attempt.failure));
        if (attempt.lastHeartbeat) ended->set_last_heartbeat(toField(*attempt.lastHeartbeat));
        if (attempt.heartbeat) ended->set_heartbeat(bytesOf(*attempt.heartbeat));
        ended->set_bytes_left_out(attempt.bytesLeftOut);
    }
    return bytesOf(record);
}

std::string recordOf(const PendingTimer& timer) {
    records::Timer record;
    if (timer.summary.edited()) record.set_summary(bytesOf(*timer.summary));
    record.set_started_id(timer.startedId);
    record.set_fire_time(toField(timer.fireTime));
    putDue(timer.due, &record, &records::Timer::mutable_due);
    return bytesOf(record);
}

std::string recordOf(const PendingChild& child) {
    records::Child record;
    record.set_started_id(child.startedId);
    record.set_run_id(child.runId);
    record.set_closing(child.closing);
    return bytesOf(record);
}

std::string recordOf(const Update& update) {
    records::Update record;
    record.set_stage(int(update.stage));
    record.set_request(bytesOf(update.request));
    record.set_accepted_id(update.acceptedId);
    record.set_sequencing_id(update.sequencingId);
    record.set_admitted_id(update.admittedId);
    if (update.outcome) record.set_outcome(bytesOf(*update.outcome));
    return bytesOf(record);
}

std::string bufferedOf(const Run& run) {
    records::Buffered record;
    for (const HistoryEvent& event : run.buffered) record.add_events(bytesOf(event));
    return bytesOf(record);
}

std::string keyText(int64_t id) { return numberKey(uint64_t(id)); }
std::string keyText(const std::string& name) { return name; }
/// The first page, once the only one, goes without its number.
std::string keyText(const AttemptLog::Key& key) {
    return keyText(key.first) + (key.second == 0 ? std::string() : keyText(key.second));
}

template <typename Map>
void saveEntries(const Run& run, Map& entries, RowKind kind, Change* change) {
    const auto changed = entries.takeChanged();
    for (const auto& key : changed) {
        const auto found = std::as_const(entries).find(key);
        auto& row = change->rows[{run.number, kind, keyText(key)}];
        if (found == std::as_const(entries).end()) {
            row.reset();
        } else {
            row = recordOf(found->second);
        }
    }
}

/// `mark` tells what the store has; an empty record is no row at all.
void saveRecord(const Run& run, RowKind kind, std::string record, uint64_t* mark, Change* change) {
    const uint64_t sum = record.empty() ? 0 : sumOf(record);
    if (sum == *mark) return;
    *mark = sum;
    auto& row = change->rows[{run.number, kind, {}}];
    if (!record.empty()) row = std::move(record);
}

}  // namespace

void saveRun(Run& run, Change* change) {
    KeptMarks& kept = *run.kept;
    if (run.log.lastId() > kept.lastEvent) {
        const int64_t first = kept.lastEvent + 1;
        change->events.emplace(std::pair(run.number, first), run.log.range(first, run.log.lastId()));
        kept.lastEvent = run.log.lastId();
    }
    saveRecord(run, RowKind::RunFixed, fixedOf(run), &kept.fixed, change);
    saveRecord(run, RowKind::RunState, stateOf(run), &kept.state, change);
    saveRecord(run, RowKind::Buffered, run.buffered.empty() ? std::string() : bufferedOf(run), &kept.buffered, change);
    saveEntries(run, run.activities, RowKind::Activity, change);
    saveEntries(run, run.timers, RowKind::Timer, change);
    saveEntries(run, run.children, RowKind::Child, change);
    saveEntries(run, run.updates, RowKind::Update, change);
    if (run.attempts) saveEntries(run, run.attempts->pages, RowKind::Attempts, change);
    for (const std::string& id : run.signalRequests.takeChanged()) {
        auto& row = change->rows[{run.number, RowKind::SignalRequest, id}];
        if (run.signalRequests.contains(id)) row.emplace();
    }
}

}  // namespace orrery::server
