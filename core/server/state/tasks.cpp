// SPDX-License-Identifier: MIT
#include "core/server/state/tasks.h"

#include <algorithm>
#include <cmath>

#include "core/payload/proto.h"
#include "core/server/state/events.h"
#include "core/server/state/go_text.h"
#include "core/server/state/problems.h"
#include "core/server/state/run_time.h"
#include "core/server/state/updates.h"

namespace orrery::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kStickyPollerGone = 10s;
constexpr base::Duration kSpeculativeWait = 5s;
constexpr int kPatientAttempts = 3;

base::Duration taskTimeout(const World& world, const Run& run, int attempt) {
    if (attempt <= kPatientAttempts) return run.taskLength;
    const base::Duration patience = 5s * (int64_t(1) << std::min(attempt - kPatientAttempts - 1, 10));
    return run.taskLength + std::min(patience, world.limits().taskRetry);
}

HistoryEvent scheduledEvent(World& world, const Run& run, const WorkflowTask& task) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    payload::toProto(task.scheduledTime, event.mutable_event_time());
    auto* attributes = event.mutable_workflow_task_scheduled_event_attributes();
    const bool sticky = task.onSticky && !run.stickyQueue.empty();
    attributes->mutable_task_queue()->set_name(sticky ? run.stickyQueue : task.queue);
    attributes->mutable_task_queue()->set_kind(sticky ? enums::TASK_QUEUE_KIND_STICKY : enums::TASK_QUEUE_KIND_NORMAL);
    if (sticky) attributes->mutable_task_queue()->set_normal_name(run.taskQueue());
    payload::toProto(task.timeout, attributes->mutable_start_to_close_timeout());
    attributes->set_attempt(task.attempt);
    return event;
}

HistoryEvent startedEvent(World& world, const WorkflowTask& task, const common::WorkerVersionStamp* worker = nullptr) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
    payload::toProto(task.startedTime, event.mutable_event_time());
    auto* attributes = event.mutable_workflow_task_started_event_attributes();
    attributes->set_scheduled_event_id(task.scheduledId);
    attributes->set_identity(task.identity);
    attributes->set_request_id(task.requestId);
    attributes->set_history_size_bytes(task.historySize);
    if (worker != nullptr) *attributes->mutable_worker_version() = *worker;
    attributes->set_suggest_continue_as_new(task.suggestContinueAsNew);
    if (task.suggestBySize) {
        attributes->add_suggest_continue_as_new_reasons(enums::SUGGEST_CONTINUE_AS_NEW_REASON_HISTORY_SIZE_TOO_LARGE);
    }
    if (task.suggestByCount) {
        attributes->add_suggest_continue_as_new_reasons(enums::SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS);
    }
    if (task.suggestByUpdates) {
        attributes->add_suggest_continue_as_new_reasons(enums::SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_UPDATES);
    }
    return event;
}

void offerTask(World& world, Run& run) {
    TaskRef ref;
    ref.kind = TaskRef::Kind::Workflow;
    ref.run = &run;
    ref.stamp = run.task->stamp;
    ref.priority = priorityLevel(*run.priority);
    world.matching.offer(run.ns, QueueType::Workflow, run.task->queue, std::move(ref));
}

/// What a failed or timed out attempt leaves behind, and the next attempt. A task of a sticky worker does not count.
void nextAttempt(World& world, Run& run, bool counts) {
    const int attempt = run.task->attempt;
    const bool sticky = !run.stickyQueue.empty();
    dropTask(world, run);
    clearSticky(run);
    run.nextAttempt = counts && !sticky ? attempt + 1 : attempt;
    requeueUpdates(world, run);
    if (flushBuffered(world, run)) run.nextAttempt = 1;
    scheduleTask(world, run);
}

}  // namespace

bool stickyAlive(World& world, const Run& run) {
    if (run.stickyQueue.empty()) return false;
    const TaskQueue* queue = world.matching.find(run.ns, QueueType::Workflow, run.stickyQueue);
    // Clients of a test server play the worker by hand: they name the queue before they poll it.
    if (queue == nullptr) return world.options.testService && run.stickyTimeout > 0s;
    return !queue->pollers.empty() || world.wall - queue->lastPoll <= kStickyPollerGone;
}

void clearSticky(Run& run) {
    run.stickyQueue.clear();
    run.stickyTimeout = {};
}

void scheduleTask(World& world, Run& run, bool speculative) {
    if (!run.open()) return;
    if (run.task) {
        if (!speculative) writeSpeculativeTask(world, run);
        return;
    }
    WorkflowTask task;
    task.attempt = run.nextAttempt;
    task.kind = task.attempt > 1 ? TaskKind::Transient : speculative ? TaskKind::Speculative : TaskKind::Normal;
    task.stamp = world.newStamp();
    task.scheduledTime = world.nowOf(run);
    task.originalScheduledTime = run.heartbeatSince.value_or(task.scheduledTime);
    task.scheduledId = run.log.nextId();
    task.onSticky = !run.stickyQueue.empty();
    // While the worker is away anybody may have it, for as long as it would have waited for that worker.
    task.queue = task.onSticky && (run.holdTask || stickyAlive(world, run)) ? run.stickyQueue : run.taskQueue();
    task.timeout = taskTimeout(world, run, task.attempt);
    const bool waitsShort = task.kind == TaskKind::Speculative;
    const base::Duration wait = task.onSticky ? run.stickyTimeout : kSpeculativeWait;
    if ((task.onSticky && wait > 0s) || waitsShort) {
        task.scheduleToStart = world.wallTimers.add(later(world.wall, wait), [&world, &run] {
            taskTimedOut(world, run, enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
        });
    }
    run.task = std::move(task);
    if (run.task->kind == TaskKind::Normal) append(world, run, scheduledEvent(world, run, *run.task));
    world.touch(run);
    if (!run.holdTask) offerTask(world, run);
}

void writeSpeculativeTask(World& world, Run& run) {
    if (!run.task || run.task->kind != TaskKind::Speculative) return;
    // Temporal has forgotten whose it is.
    writePendingTask(world, run, "");
    if (!run.task->started() && !run.task->onSticky) world.wallTimers.cancel(run.task->scheduleToStart);
}

void writePendingTask(World& world, Run& run, const std::string& identity, const common::WorkerVersionStamp* worker) {
    WorkflowTask& task = *run.task;
    if (task.kind == TaskKind::Normal) return;
    task.kind = TaskKind::Normal;
    task.scheduledId = append(world, run, scheduledEvent(world, run, task));
    if (!task.started()) return;
    task.identity = identity;
    task.startedId = append(world, run, startedEvent(world, task, worker));
    run.lastWork = 0;
}

void dropTask(World& world, Run& run) {
    if (!run.task) return;
    if (run.task->started()) run.closeRefused = false;
    world.wallTimers.cancel(run.task->scheduleToStart);
    world.due.cancel(run.task->startToClose);
    for (const std::string& id : run.task->queryIds) {
        if (const auto query = run.queries.find(id); query != run.queries.end()) query->second.travelling = false;
    }
    run.task.reset();
    world.touch(run);
}

namespace {

void writeFailedTask(World& world, Run& run, enums::WorkflowTaskFailedCause cause, const Failure* failure,
                     const std::string& identity) {
    if (run.task->kind == TaskKind::Speculative) writePendingTask(world, run, identity);
    if (run.task->kind != TaskKind::Normal || run.task->attempt != 1) return;
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_TASK_FAILED);
    auto* attributes = event.mutable_workflow_task_failed_event_attributes();
    attributes->set_scheduled_event_id(run.task->scheduledId);
    attributes->set_started_event_id(run.task->startedId);
    attributes->set_cause(cause);
    attributes->set_identity(identity);
    if (failure != nullptr) *attributes->mutable_failure() = *failure;
    append(world, run, std::move(event));
}

}  // namespace

void failTask(World& world, Run& run, enums::WorkflowTaskFailedCause cause, const Failure* failure,
              const std::string& identity) {
    writeFailedTask(world, run, cause, failure, identity);
    reportProblem(world, run, "WorkflowTaskFailed",
                  "WorkflowTaskFailedCause" +
                      goEnumName(enums::WorkflowTaskFailedCause_Name(cause), "WORKFLOW_TASK_FAILED_CAUSE_"));
    nextAttempt(world, run, true);
}

void failTaskForClose(World& world, Run& run, const std::string& identity) {
    if (!run.taskStarted()) return;
    writeFailedTask(world, run, enums::WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND, nullptr, identity);
}

void failTaskForReset(World& world, Run& run, const std::string& baseRunId, const std::string& reason) {
    constexpr const char* kNobody = "history-service";
    WorkflowTask& task = *run.task;
    if (task.kind != TaskKind::Normal) {
        task.attempt = 1;
        task.timeout = taskTimeout(world, run, 1);
        task.scheduledTime = world.nowOf(run);
        writePendingTask(world, run, task.identity);
    }
    if (!task.started()) {
        task.startedTime = world.nowOf(run);
        task.identity = kNobody;
        task.requestId = "emptyUuid";
        task.historySize = int64_t(run.log.bytes());
        task.startedId = append(world, run, startedEvent(world, task));
    }
    run.lastWork = 0;
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_TASK_FAILED);
    auto* attributes = event.mutable_workflow_task_failed_event_attributes();
    attributes->set_scheduled_event_id(task.scheduledId);
    attributes->set_started_event_id(task.startedId);
    attributes->set_cause(enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW);
    attributes->mutable_failure()->set_message(reason);
    attributes->mutable_failure()->mutable_reset_workflow_failure_info();
    attributes->set_identity(kNobody);
    attributes->set_base_run_id(baseRunId);
    attributes->set_new_run_id(run.runId);
    append(world, run, std::move(event));
    dropTask(world, run);
    run.nextAttempt = 1;
}

bool stillWanted(World& world, const TaskRef& task) {
    const Run& run = *task.run;
    switch (task.kind) {
        case TaskRef::Kind::Workflow: return run.task && run.task->stamp == task.stamp && !run.task->started();
        case TaskRef::Kind::Activity: {
            const auto found = run.activities.find(task.activityId);
            return found != run.activities.end() && found->second.stamp == task.stamp &&
                   found->second.phase == ActivityPhase::Scheduled;
        }
        case TaskRef::Kind::Query: return world.directQueries.count(task.stamp) != 0;
    }
    return false;
}

void taskTimedOut(World& world, Run& run, enums::TimeoutType type) {
    if (!run.task) return;
    const bool toStart = type == enums::TIMEOUT_TYPE_SCHEDULE_TO_START;
    if (run.task->kind == TaskKind::Speculative) writePendingTask(world, run, "");
    if (run.task->kind == TaskKind::Normal && run.task->attempt == 1) {
        HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT);
        auto* attributes = event.mutable_workflow_task_timed_out_event_attributes();
        attributes->set_scheduled_event_id(run.task->scheduledId);
        attributes->set_started_event_id(run.task->startedId);
        attributes->set_timeout_type(type);
        append(world, run, std::move(event));
    }
    if (!toStart) reportProblem(world, run, "WorkflowTaskTimedOut", "WorkflowTaskTimedOutCauseStartToClose");
    nextAttempt(world, run, !toStart);
}

bool awaitsFirstTask(const Run& run) { return run.firstTask && !run.task && run.lastStartedId == 0; }

void firstTaskDue(World& world, Run& run) {
    const bool awaited = awaitsFirstTask(run);
    run.firstTask.reset();
    if (!awaited) return;
    flushBuffered(world, run);
    scheduleTask(world, run);
}

void appendPendingTaskEvents(World& world, const Run& run, std::string* out) {
    if (!run.task || run.task->kind == TaskKind::Normal) return;
    HistoryEvent scheduled = scheduledEvent(world, run, *run.task);
    scheduled.set_event_id(run.task->scheduledId);
    appendEvent(scheduled, out);
    if (!run.task->started()) return;
    HistoryEvent started = startedEvent(world, *run.task);
    started.set_event_id(run.task->startedId);
    appendEvent(started, out);
}

namespace {

void suggestContinueAsNew(const Limits& limits, const Run& run, WorkflowTask& task) {
    const double manyUpdates = std::ceil(limits.suggestContinueUpdates * double(limits.updates));
    task.suggestBySize = run.log.bytes() >= limits.suggestContinueSize;
    task.suggestByCount = run.log.nextId() >= limits.suggestContinueEvents;
    task.suggestByUpdates = manyUpdates > 0 && double(run.updates.size()) >= manyUpdates;
    task.suggestContinueAsNew = task.suggestBySize || task.suggestByCount || task.suggestByUpdates;
}

}  // namespace

/// The state's half of startTask(): times, ids and events.
void beginTask(World& world, Run& run, const std::string& identity, const std::string& requestId,
               const common::WorkerVersionStamp* worker) {
    WorkflowTask& task = *run.task;
    world.wallTimers.cancel(task.scheduleToStart);
    if (task.kind == TaskKind::Transient && task.scheduledId != run.log.nextId()) {
        // Events came since it was scheduled, so this is a fresh task and no longer a retry of the old one.
        task.kind = TaskKind::Normal;
        task.attempt = 1;
        task.scheduledId = append(world, run, scheduledEvent(world, run, task));
    }
    task.startedTime = world.nowOf(run);
    task.identity = identity;
    task.requestId = requestId.empty() ? world.newId() : requestId;
    task.historySize = int64_t(run.log.bytes());
    suggestContinueAsNew(world.limits(), run, task);
    if (task.kind == TaskKind::Normal) {
        task.startedId = append(world, run, startedEvent(world, task, worker));
        run.lastWork = 0;
    } else {
        task.startedId = task.scheduledId + 1;
    }
    task.startToClose =
        addDue(world, run, later(task.startedTime, task.timeout), DueWhat::TaskStartToClose, task.startedId);
    world.touch(run);
}

}  // namespace orrery::server
