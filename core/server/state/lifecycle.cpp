// SPDX-License-Identifier: MIT
#include "core/server/state/lifecycle.h"

#include <algorithm>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/attributes.h"
#include "core/server/state/children.h"
#include "core/server/state/events.h"
#include "core/server/state/later.h"
#include "core/server/state/queries.h"
#include "core/server/state/reset.h"
#include "core/server/state/reset_points.h"
#include "core/server/state/retry.h"
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
    if (run.runExpiration) run.runTimeout = world.due.add(*run.runExpiration, {DueWhat::RunTimeout, &run, 0});
    if (run.executionExpiration) {
        run.executionTimeout = world.due.add(*run.executionExpiration, {DueWhat::ExecutionTimeout, &run, 0});
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
        if (attributes.prev_auto_reset_points().points_size() == 0) attributes.clear_prev_auto_reset_points();
    }
    if (attributes.attempt() == 0) attributes.set_attempt(1);
    payload::toProto(plan.backoff, attributes.mutable_first_workflow_task_backoff());
    run.startTime = world.now;
    run.executionTime = later(world.now, plan.backoff);
    run.firstStartTime = world.now;
    const base::Duration execution = payload::fromProto(attributes.workflow_execution_timeout());
    if (execution > 0s && !attributes.has_workflow_execution_expiration_time()) {
        payload::toProto(later(later(world.now, execution), plan.backoff),
                         attributes.mutable_workflow_execution_expiration_time());
    }
    run.parent = plan.parent;
    run.startRequestId = plan.requestId;
    run.userMetadata = std::move(plan.userMetadata);
    if (attributes.has_search_attributes()) typeAttributes(world, run.ns, attributes.mutable_search_attributes());
    keepSettings(attributes, &run);
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    *event.mutable_workflow_execution_started_event_attributes() = std::move(attributes);
    if (run.userMetadata.has_summary() || run.userMetadata.has_details())
        *event.mutable_user_metadata() = run.userMetadata;
    event.mutable_links()->Swap(&plan.links);
    append(world, run, std::move(event));
    if (run.runLength > 0s) run.runExpiration = later(run.executionTime, run.runLength);
    armTimeouts(world, run);
    if (plan.backoff > 0s) run.firstTask = world.due.add(run.executionTime, {DueWhat::FirstTask, &run, 0});
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
    run.closeTime = world.now;
    run.nextAttempt = 1;
    run.stickyQueue.clear();
    world.due.cancel(run.runTimeout);
    world.due.cancel(run.executionTimeout);
    world.due.cancel(run.firstTask);
    dropTimers(world, run);
    dropActivities(world, run);
    run.signalRequests.clear();
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
    *event.mutable_links() = links;
    auto* attributes = event.mutable_workflow_execution_terminated_event_attributes();
    attributes->set_reason(reason);
    attributes->set_identity(identity);
    if (details != nullptr) *attributes->mutable_details() = *details;
    closeRun(world, run, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED, std::move(event));
}

namespace {

struct NextTry {
    RetryDecision decision;
    Run* run = nullptr;
};

/// The next attempt of a workflow with a retry policy, begun after its back-off; or why there is none.
NextTry tryAgain(World& world, Run& run, const Failure& failure) {
    if (!run.hasRetryPolicy) return {{enums::RETRY_STATE_RETRY_POLICY_NOT_SET, {}}, nullptr};
    auto started = run.startedEvent();
    RetryQuestion question;
    question.now = world.now;
    question.attempt = run.attempt;
    question.policy = &started.retry_policy();
    question.expiration = run.executionExpiration;
    question.failure = &failure;
    question.capOwnDelay = true;
    NextTry next{decideRetry(question), nullptr};
    if (next.decision.state != enums::RETRY_STATE_IN_PROGRESS) return next;
    NewRun plan;
    plan.ns = run.ns;
    plan.workflowId = run.workflowId;
    plan.attributes = std::move(started);
    plan.attributes.set_attempt(run.attempt + 1);
    plan.attributes.set_initiator(enums::CONTINUE_AS_NEW_INITIATOR_RETRY);
    *plan.attributes.mutable_continued_failure() = failure;
    plan.attributes.clear_identity();
    if (run.memo->fields_size() > 0) *plan.attributes.mutable_memo() = *run.memo;
    if (run.searchAttributes->indexed_fields_size() > 0) {
        *plan.attributes.mutable_search_attributes() = *run.searchAttributes;
    }
    plan.userMetadata = run.userMetadata;
    plan.requestId = world.newId();
    plan.backoff = next.decision.interval;
    plan.parent = run.parent;
    plan.previous = &run;
    next.run = &createRun(world, std::move(plan));
    return next;
}

}  // namespace

void failRun(World& world, Run& run, const Failure& failure, int64_t completedId) {
    const NextTry next = tryAgain(world, run, failure);
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
    auto* attributes = event.mutable_workflow_execution_failed_event_attributes();
    *attributes->mutable_failure() = failure;
    attributes->set_retry_state(next.decision.state);
    attributes->set_workflow_task_completed_event_id(completedId);
    if (next.run != nullptr) attributes->set_new_execution_run_id(next.run->runId);
    closeRun(world, run, enums::WORKFLOW_EXECUTION_STATUS_FAILED, std::move(event), next.run);
    if (next.run != nullptr) beginRun(world, *next.run);
}

void timeOutRun(World& world, Run& run, DueWhat what) {
    (what == DueWhat::RunTimeout ? run.runTimeout : run.executionTimeout).reset();
    failTaskForClose(world, run, "history-service");
    NextTry next{{enums::RETRY_STATE_TIMEOUT, {}}, nullptr};
    if (what == DueWhat::RunTimeout) {
        Failure failure;
        failure.set_message("workflow run timed out");
        failure.set_source("Server");
        failure.mutable_timeout_failure_info()->set_timeout_type(enums::TIMEOUT_TYPE_START_TO_CLOSE);
        const bool isOver = run.executionExpiration && *run.executionExpiration <= world.now;
        if (!isOver) next = tryAgain(world, run, failure);
    }
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT);
    auto* attributes = event.mutable_workflow_execution_timed_out_event_attributes();
    attributes->set_retry_state(next.decision.state);
    if (next.run != nullptr) attributes->set_new_execution_run_id(next.run->runId);
    closeRun(world, run, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT, std::move(event), next.run);
    if (next.run != nullptr) beginRun(world, *next.run);
}

void requestCancelRun(World& world, Run& run, HistoryEvent event) {
    if (run.cancelRequested) return;
    run.cancelRequested = true;
    record(world, run, std::move(event));
}

}  // namespace orrery::server
