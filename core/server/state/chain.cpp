// SPDX-License-Identifier: MIT
#include "core/server/state/chain.h"

#include <algorithm>

#include <temporal/api/command/v1/message.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/cron.h"
#include "core/server/state/retry.h"
#include "core/server/state/skip_time.h"

namespace orrery::server {

using namespace std::chrono_literals;

namespace {

/// A chain whose runs end at once would spin: each lasts a certain time at least, the next one's back-off counted in.
base::Duration spaced(const World& world, const Run& run, base::Duration backoff) {
    const base::Duration lasted = world.nowOf(run) - run.executionTime;
    return std::max({backoff, world.limits().shortestRun - lasted, base::Duration(0)});
}

/// What any next run has from the one before.
NewRun follower(World& world, const Run& run, base::Duration backoff) {
    NewRun plan;
    plan.ns = run.ns;
    plan.workflowId = run.workflowId;
    plan.requestId = world.newId();
    plan.backoff = spaced(world, run, backoff);
    plan.parent = run.parent;
    plan.previous = &run;
    // What it began with, and not what has become of that since.
    const HistoryEvent start = run.log.event(1);
    plan.attributes = start.workflow_execution_started_event_attributes();
    plan.links = start.links();
    plan.attributes.clear_identity();
    plan.attributes.clear_eager_execution_accepted();
    handOnTime(run, &plan.attributes);
    return plan;
}

/// What the next run is told of the one before.
struct News {
    const Failure* failure = nullptr;
    bool keepsResult = false;  ///< the last result that this run was told of itself
    const common::Payloads* result = nullptr;
};

Run& again(World& world, const Run& run, base::Duration backoff, enums::ContinueAsNewInitiator initiator,
           const News& news) {
    NewRun plan = follower(world, run, backoff);
    auto& to = plan.attributes;
    to.set_initiator(initiator);
    to.set_attempt(initiator == enums::CONTINUE_AS_NEW_INITIATOR_RETRY ? run.attempt + 1 : 1);
    to.clear_continued_failure();
    if (news.failure != nullptr) *to.mutable_continued_failure() = *news.failure;
    if (!news.keepsResult) to.clear_last_completion_result();
    if (news.result != nullptr) *to.mutable_last_completion_result() = *news.result;
    return createRun(world, std::move(plan));
}

RetryDecision retryOf(const World& world, const Run& run, const Failure& failure) {
    if (!run.hasRetryPolicy) return {enums::RETRY_STATE_RETRY_POLICY_NOT_SET, {}};
    const auto started = run.startedEvent();
    RetryQuestion question;
    question.now = world.nowOf(run);
    question.attempt = run.attempt;
    question.policy = &started.retry_policy();
    question.expiration = run.executionExpiration;
    question.failure = &failure;
    question.capOwnDelay = true;
    return decideRetry(question);
}

std::optional<base::Duration> untilNextSlot(const World& world, const Run& run) {
    if (!run.cron) return std::nullopt;
    return cronBackoff(*run.cron, run.executionTime, world.nowOf(run));
}

/// At the end of time a run would end as soon as it begins, and the next one, for ever.
bool timeIsOver(const World& world, const Run& run) { return world.nowOf(run) == base::Timestamp::max(); }

NextInChain nextAfter(World& world, Run& run, const Failure& failure, bool retryKeepsResult) {
    if (timeIsOver(world, run)) return {enums::RETRY_STATE_TIMEOUT, nullptr};
    const RetryDecision decision = retryOf(world, run, failure);
    NextInChain next{decision.state, nullptr};
    if (decision.state == enums::RETRY_STATE_IN_PROGRESS) {
        next.run = &again(world, run, decision.interval, enums::CONTINUE_AS_NEW_INITIATOR_RETRY,
                          {&failure, retryKeepsResult, nullptr});
    } else if (const auto backoff = untilNextSlot(world, run)) {
        next.run =
            &again(world, run, *backoff, enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE, {&failure, true, nullptr});
    }
    return next;
}

}  // namespace

NextInChain nextAfterFailure(World& world, Run& run, const Failure& failure) {
    return nextAfter(world, run, failure, false);
}

NextInChain nextAfterTimeout(World& world, Run& run) {
    Failure failure;
    failure.set_message("workflow timeout");
    failure.set_source("Server");
    failure.mutable_timeout_failure_info()->set_timeout_type(enums::TIMEOUT_TYPE_START_TO_CLOSE);
    return nextAfter(world, run, failure, true);
}

Run* nextAfterCompletion(World& world, Run& run, const common::Payloads* result) {
    const auto backoff = untilNextSlot(world, run);
    if (!backoff || timeIsOver(world, run)) return nullptr;
    return &again(world, run, *backoff, enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE, {nullptr, false, result});
}

NewRun continuedRun(World& world, const Run& run,
                    const temporal::api::command::v1::ContinueAsNewWorkflowExecutionCommandAttributes& from) {
    NewRun plan = follower(world, run, payload::fromProto(from.backoff_start_interval()));
    auto& to = plan.attributes;
    to.clear_priority();
    if (run.priority.edited()) *to.mutable_priority() = *run.priority;
    to.clear_input();
    to.clear_header();
    to.clear_retry_policy();
    to.clear_continued_failure();
    to.clear_last_completion_result();
    to.set_cron_schedule(from.cron_schedule());
    to.set_initiator(from.initiator() == enums::CONTINUE_AS_NEW_INITIATOR_UNSPECIFIED
                         ? enums::CONTINUE_AS_NEW_INITIATOR_WORKFLOW
                         : from.initiator());
    to.set_attempt(from.initiator() == enums::CONTINUE_AS_NEW_INITIATOR_RETRY ? run.attempt + 1 : 1);
    if (!from.workflow_type().name().empty()) *to.mutable_workflow_type() = from.workflow_type();
    if (!from.task_queue().name().empty()) to.mutable_task_queue()->set_name(from.task_queue().name());
    if (from.has_input()) *to.mutable_input() = from.input();
    if (from.has_header()) *to.mutable_header() = from.header();
    if (payload::fromProto(from.workflow_run_timeout()) > 0s) {
        *to.mutable_workflow_run_timeout() = from.workflow_run_timeout();
    }
    if (payload::fromProto(from.workflow_task_timeout()) > 0s) {
        *to.mutable_workflow_task_timeout() = from.workflow_task_timeout();
    }
    if (from.has_retry_policy()) {
        *to.mutable_retry_policy() = from.retry_policy();
        fillRetryPolicy(to.mutable_retry_policy());
    }
    if (from.has_failure()) *to.mutable_continued_failure() = from.failure();
    if (from.has_last_completion_result()) *to.mutable_last_completion_result() = from.last_completion_result();
    // There even when nothing bounds the run.
    to.mutable_workflow_run_timeout();
    // Nothing is handed on by the server: SDKs send what the next run is to keep.
    to.clear_memo();
    if (from.has_memo()) *to.mutable_memo() = from.memo();
    to.clear_search_attributes();
    if (from.has_search_attributes()) *to.mutable_search_attributes() = from.search_attributes();
    return plan;
}

}  // namespace orrery::server
