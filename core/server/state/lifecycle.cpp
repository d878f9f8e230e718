// SPDX-License-Identifier: MIT
#include "core/server/state/lifecycle.h"

#include <algorithm>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/attributes.h"
#include "core/server/state/chain.h"
#include "core/server/state/checks.h"
#include "core/server/state/children.h"
#include "core/server/state/events.h"
#include "core/server/state/later.h"
#include "core/server/state/queries.h"
#include "core/server/state/reset.h"
#include "core/server/state/reset_points.h"
#include "core/server/state/retry.h"
#include "core/server/state/run_time.h"
#include "core/server/state/skip_time.h"
#include "core/server/state/tasks.h"
#include "core/server/state/timers.h"
#include "core/server/state/updates.h"

namespace orrery::server {

using namespace std::chrono_literals;

namespace {

constexpr base::Duration kLongestTaskTimeout = 120s;

base::Duration atMost(base::Duration value, base::Duration limit) {
    if (limit <= 0s) return value;
    return value > 0s ? std::min(value, limit) : limit;
}

}  // namespace

void keepSettings(const history::WorkflowExecutionStartedEventAttributes& attributes, Run* run) {
    run->type = attributes.workflow_type().name();
    run->queue = attributes.task_queue().name();
    run->taskLength = payload::fromProto(attributes.workflow_task_timeout());
    run->runLength = payload::fromProto(attributes.workflow_run_timeout());
    run->attempt = attributes.attempt();
    run->hasRetryPolicy = attributes.has_retry_policy();
    if (!attributes.cron_schedule().empty()) run->cron = attributes.cron_schedule();
    if (attributes.has_priority()) run->priority = attributes.priority();
    if (attributes.has_memo()) run->memo = attributes.memo();
    if (attributes.has_search_attributes()) run->searchAttributes = attributes.search_attributes();
    if (attributes.has_root_workflow_execution()) {
        const auto& root = attributes.root_workflow_execution();
        run->root = Root{root.workflow_id(), root.run_id()};
    }
    if (attributes.has_workflow_execution_expiration_time()) {
        run->executionExpiration = payload::fromProto(attributes.workflow_execution_expiration_time());
    }
}

void armTimeouts(World& world, Run& run) {
    if (run.runExpiration) run.runTimeout = addDue(world, run, *run.runExpiration, DueWhat::RunTimeout);
    if (run.executionExpiration) {
        run.executionTimeout = addDue(world, run, *run.executionExpiration, DueWhat::ExecutionTimeout);
    }
}

void fillTimeouts(const Limits& limits, history::WorkflowExecutionStartedEventAttributes* attributes) {
    const base::Duration execution = payload::fromProto(attributes->workflow_execution_timeout());
    const base::Duration runTimeout = atMost(payload::fromProto(attributes->workflow_run_timeout()), execution);
    base::Duration task = payload::fromProto(attributes->workflow_task_timeout());
    if (task <= 0s) task = limits.taskTimeout;
    task = atMost(std::min(task, kLongestTaskTimeout), runTimeout);
    // What nobody set and nothing bounds stays unset.
    if (runTimeout > 0s) payload::toProto(runTimeout, attributes->mutable_workflow_run_timeout());
    payload::toProto(task, attributes->mutable_workflow_task_timeout());
}

Run& createRun(World& world, NewRun plan) {
    Run& run = world.addRun(plan.ns, plan.workflowId, plan.runId.empty() ? world.newRunId() : plan.runId);
    auto& attributes = plan.attributes;
    capDurations(&attributes);
    plan.backoff = std::min(plan.backoff, kLongestDuration);
    fillTimeouts(world.limits(), &attributes);
    attributes.set_workflow_id(run.workflowId);
    attributes.set_original_execution_run_id(run.runId);
    if (plan.previous != nullptr) attributes.set_continued_execution_run_id(plan.previous->runId);
    run.firstRunId = plan.previous != nullptr ? plan.previous->firstRunId : run.runId;
    attributes.set_first_execution_run_id(run.firstRunId);
    attributes.clear_prev_auto_reset_points();
    if (plan.previous != nullptr) {
        handOnResetPoints(*plan.previous, world.now, world.namespaceOf(plan.ns).retention,
                          attributes.mutable_prev_auto_reset_points());
    }
    if (attributes.attempt() == 0) attributes.set_attempt(1);
    payload::toProto(plan.backoff, attributes.mutable_first_workflow_task_backoff());
    setStartOfTime(run, attributes);
    run.startTime = world.nowOf(run);
    run.executionTime = later(run.startTime, plan.backoff);
    run.firstStartTime = run.startTime;
    const base::Duration execution = payload::fromProto(attributes.workflow_execution_timeout());
    if (execution > 0s && !attributes.has_workflow_execution_expiration_time()) {
        // What a start delay or a cron schedule waits for is part of it.
        payload::toProto(toWholeMilliseconds(later(run.startTime, execution)),
                         attributes.mutable_workflow_execution_expiration_time());
    }
    run.parent = plan.parent;
    run.startRequestId = plan.requestId;
    run.userMetadata = std::move(plan.userMetadata);
    dropEmptyFields(&attributes);
    if (attributes.has_search_attributes()) typeAttributes(world, run.ns, attributes.mutable_search_attributes());
    keepSettings(attributes, &run);
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    beginSkipping(world, run, attributes);
    *event.mutable_workflow_execution_started_event_attributes() = std::move(attributes);
    if (run.userMetadata.has_summary() || run.userMetadata.has_details())
        *event.mutable_user_metadata() = run.userMetadata;
    event.mutable_links()->Swap(&plan.links);
    append(world, run, std::move(event));
    if (run.runLength > 0s) {
        run.runExpiration = later(run.executionTime, run.runLength);
        if (run.executionExpiration) run.runExpiration = std::min(*run.runExpiration, *run.executionExpiration);
    }
    armTimeouts(world, run);
    if (plan.backoff > 0s) run.firstTask = addDue(world, run, run.executionTime, DueWhat::FirstTask);
    return run;
}

void beginRun(World& world, Run& run) {
    if (!run.firstTask) scheduleTask(world, run);
}

void closeRun(World& world, Run& run, enums::WorkflowExecutionStatus status, HistoryEvent event, Run* follower) {
    dropTask(world, run);
    flushBuffered(world, run);
    const HistoryEvent closeEvent = event;
    append(world, run, std::move(event));
    run.status = status;
    if (follower != nullptr) run.nextRunId = follower->runId;
    run.closeTime = world.nowOf(run);
    run.nextAttempt = 1;
    run.stickyQueue.clear();
    world.due.cancel(run.runTimeout);
    world.due.cancel(run.executionTimeout);
    world.due.cancel(run.firstTask);
    stopSkipping(world, run);
    dropTimers(world, run);
    dropActivities(world, run);
    abortUpdates(world, run, follower);
    // Its children go on as those of the run that it was reset to, and its parent waits for that one.
    const bool goesOn = endedByReset(closeEvent);
    if (goesOn && !run.resets->resetRunId.empty()) run.children.clear();
    closeChildren(world, run);
    if (follower == nullptr && !goesOn) tellParent(world, run, closeEvent);
    // Queries of a closed run are answered from its history.
    dispatchQueries(world, run);
    // Java's test server, whose place this one can take, keeps everything.
    if (!world.options.testService) world.keepUntil(run, later(world.now, world.namespaceOf(run.ns).retention));
    world.touch(run);
}

void terminateRun(World& world, Run& run, const std::string& reason, const common::Payloads* details,
                  const std::string& identity, const Links& links) {
    failTaskForClose(world, run, "history-service");
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED);
    auto* attributes = event.mutable_workflow_execution_terminated_event_attributes();
    attributes->set_reason(reason);
    attributes->set_identity(identity);
    if (details != nullptr) *attributes->mutable_details() = *details;
    *event.mutable_links() = links;
    closeRun(world, run, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED, std::move(event));
}

void completeRun(World& world, Run& run, HistoryEvent event) {
    auto* attributes = event.mutable_workflow_execution_completed_event_attributes();
    Run* next = nextAfterCompletion(world, run, attributes->has_result() ? &attributes->result() : nullptr);
    if (next != nullptr) attributes->set_new_execution_run_id(next->runId);
    closeRun(world, run, enums::WORKFLOW_EXECUTION_STATUS_COMPLETED, std::move(event), next);
    if (next != nullptr) beginRun(world, *next);
}

void failRun(World& world, Run& run, HistoryEvent event) {
    auto* attributes = event.mutable_workflow_execution_failed_event_attributes();
    const NextInChain next = nextAfterFailure(world, run, attributes->failure());
    attributes->set_retry_state(next.retryState);
    if (next.run != nullptr) attributes->set_new_execution_run_id(next.run->runId);
    closeRun(world, run, enums::WORKFLOW_EXECUTION_STATUS_FAILED, std::move(event), next.run);
    if (next.run != nullptr) beginRun(world, *next.run);
}

void timeOutRun(World& world, Run& run, DueWhat what) {
    (what == DueWhat::RunTimeout ? run.runTimeout : run.executionTimeout).reset();
    failTaskForClose(world, run, "history-service");
    NextInChain next{enums::RETRY_STATE_TIMEOUT, nullptr};
    const bool isOver = run.executionExpiration && *run.executionExpiration <= world.nowOf(run);
    if (what == DueWhat::RunTimeout && !isOver) next = nextAfterTimeout(world, run);
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT);
    auto* attributes = event.mutable_workflow_execution_timed_out_event_attributes();
    attributes->set_retry_state(next.retryState);
    if (next.run != nullptr) attributes->set_new_execution_run_id(next.run->runId);
    closeRun(world, run, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT, std::move(event), next.run);
    if (next.run != nullptr) beginRun(world, *next.run);
}

void requestCancelRun(World& world, Run& run, HistoryEvent event) {
    if (run.cancelRequested) return;
    run.cancelRequested = true;
    // A run that waits for its first task has it at once, for it has news that no back-off is to hold back.
    world.due.cancel(run.firstTask);
    record(world, run, std::move(event));
}

}  // namespace orrery::server
