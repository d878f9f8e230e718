// SPDX-License-Identifier: MIT
#include "core/server/state/activity_close.h"

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/events.h"
#include "core/server/state/failures.h"
#include "core/server/state/retry.h"

namespace orrery::server {
namespace {

constexpr const char* kNoTimeForAnother =
    "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying";

const char* timeoutName(enums::TimeoutType type) {
    switch (type) {
        case enums::TIMEOUT_TYPE_START_TO_CLOSE: return "activity StartToClose timeout";
        case enums::TIMEOUT_TYPE_SCHEDULE_TO_START: return "activity ScheduleToStart timeout";
        case enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: return "activity ScheduleToClose timeout";
        default: return "activity Heartbeat timeout";
    }
}

const Failure* failureOf(const HistoryEvent& close) {
    if (close.has_activity_task_failed_event_attributes()) {
        return &close.activity_task_failed_event_attributes().failure();
    }
    if (close.has_activity_task_timed_out_event_attributes()) {
        return &close.activity_task_timed_out_event_attributes().failure();
    }
    return nullptr;
}

/// Started is written only now, with the attempt that got to the end.
void recordClose(World& world, Run& run, PendingActivity& activity, HistoryEvent close) {
    std::vector<HistoryEvent> events;
    if (activity.phase == ActivityPhase::Started) {
        HistoryEvent started = newEvent(world, enums::EVENT_TYPE_ACTIVITY_TASK_STARTED);
        payload::toProto(activity.startedTime, started.mutable_event_time());
        auto* attributes = started.mutable_activity_task_started_event_attributes();
        attributes->set_scheduled_event_id(activity.scheduledId);
        attributes->set_identity(activity.identity);
        attributes->set_request_id(activity.requestId);
        attributes->set_attempt(activity.attempt);
        if (activity.lastFailure) *attributes->mutable_last_failure() = *activity.lastFailure;
        events.push_back(std::move(started));
    }
    keepAttempt(world, run, activity, close.event_type(), failureOf(close), true);
    events.push_back(std::move(close));
    forgetActivity(world, run, activity);
    record(world, run, std::move(events));
}

RetryDecision retryOf(const World& world, const Run& run, const PendingActivity& activity, const Failure& failure) {
    if (activity.cancelRequested) return {enums::RETRY_STATE_CANCEL_REQUESTED, {}};
    RetryQuestion question;
    question.now = world.nowOf(run);
    question.attempt = activity.attempt;
    question.policy = &activity.attributes.retry_policy();
    question.expiration = activity.expiration;
    question.failure = &failure;
    return decideRetry(question);
}

}  // namespace

void activityCompleted(World& world, Run& run, PendingActivity& activity, const common::Payloads* result,
                       const std::string& identity) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
    auto* attributes = event.mutable_activity_task_completed_event_attributes();
    attributes->set_scheduled_event_id(activity.scheduledId);
    attributes->set_identity(identity);
    if (result != nullptr) *attributes->mutable_result() = *result;
    recordClose(world, run, activity, std::move(event));
}

void activityFailed(World& world, Run& run, PendingActivity& activity, const Failure& failure,
                    const std::string& identity) {
    const RetryDecision decision = retryOf(world, run, activity, failure);
    if (decision.state == enums::RETRY_STATE_IN_PROGRESS) {
        keepAttempt(world, run, activity, enums::EVENT_TYPE_ACTIVITY_TASK_FAILED, &failure, false);
        return retryLater(world, run, activity, decision.interval,
                          storedFailure(failure, world.limits().storedFailureSize));
    }
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_ACTIVITY_TASK_FAILED);
    auto* attributes = event.mutable_activity_task_failed_event_attributes();
    attributes->set_scheduled_event_id(activity.scheduledId);
    attributes->set_identity(identity);
    attributes->set_retry_state(decision.state);
    *attributes->mutable_failure() = failure;
    recordClose(world, run, activity, std::move(event));
}

void activityCanceled(World& world, Run& run, PendingActivity& activity, const common::Payloads* details,
                      const std::string& identity) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED);
    auto* attributes = event.mutable_activity_task_canceled_event_attributes();
    attributes->set_scheduled_event_id(activity.scheduledId);
    attributes->set_latest_cancel_requested_event_id(activity.cancelRequestedId);
    attributes->set_identity(identity);
    if (details != nullptr) *attributes->mutable_details() = *details;
    recordClose(world, run, activity, std::move(event));
}

void failActivityForReset(World& world, Run& run, PendingActivity& activity, const std::string& reason) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_ACTIVITY_TASK_FAILED);
    auto* attributes = event.mutable_activity_task_failed_event_attributes();
    attributes->set_scheduled_event_id(activity.scheduledId);
    attributes->set_started_event_id(activity.startedId);
    attributes->set_identity(activity.identity);
    attributes->set_retry_state(enums::RETRY_STATE_NON_RETRYABLE_FAILURE);
    attributes->mutable_failure()->set_message(reason);
    auto* info = attributes->mutable_failure()->mutable_reset_workflow_failure_info();
    if (activity.heartbeat) *info->mutable_last_heartbeat_details() = *activity.heartbeat;
    forgetActivity(world, run, activity);
    record(world, run, std::move(event));
}

void activityTimedOut(World& world, Run& run, PendingActivity& activity, enums::TimeoutType type) {
    Failure failure;
    failure.set_message(timeoutName(type));
    failure.set_source("Server");
    auto* info = failure.mutable_timeout_failure_info();
    info->set_timeout_type(type);
    const bool total = type == enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE || type == enums::TIMEOUT_TYPE_SCHEDULE_TO_START;
    RetryDecision decision = retryOf(world, run, activity, failure);
    // A policy has no say in these two.
    if (total && !activity.cancelRequested) decision.state = enums::RETRY_STATE_TIMEOUT;
    if (decision.state == enums::RETRY_STATE_IN_PROGRESS) {
        keepAttempt(world, run, activity, enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT, &failure, false);
        return retryLater(world, run, activity, decision.interval, failure);
    }
    if (decision.state == enums::RETRY_STATE_TIMEOUT && type != enums::TIMEOUT_TYPE_SCHEDULE_TO_START) {
        info->set_timeout_type(enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
        failure.set_message(kNoTimeForAnother);
    }
    // Only the last word has them: the failures of attempts before it go without.
    if (activity.heartbeat) *info->mutable_last_heartbeat_details() = *activity.heartbeat;
    if (activity.lastFailure) *failure.mutable_cause() = *activity.lastFailure;
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT);
    auto* attributes = event.mutable_activity_task_timed_out_event_attributes();
    attributes->set_scheduled_event_id(activity.scheduledId);
    attributes->set_retry_state(decision.state);
    *attributes->mutable_failure() = std::move(failure);
    recordClose(world, run, activity, std::move(event));
}

bool requestCancelActivity(World& world, Run& run, int64_t scheduledId, int64_t completedId,
                           const std::string& identity) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED);
    auto* attributes = event.mutable_activity_task_cancel_requested_event_attributes();
    attributes->set_scheduled_event_id(scheduledId);
    attributes->set_workflow_task_completed_event_id(completedId);
    const int64_t requestedId = append(world, run, std::move(event));
    const auto found = run.activities.find(scheduledId);
    // Ended meanwhile, and the end is still in the buffer: the workflow hears of it with its next task.
    if (found == run.activities.end()) return false;
    PendingActivity& activity = found->second;
    activity.cancelRequested = true;
    activity.cancelRequestedId = requestedId;
    if (activity.phase == ActivityPhase::Started) return false;
    common::Payloads details;
    auto* text = details.add_payloads();
    (*text->mutable_metadata())["encoding"] = "json/plain";
    text->set_data("\"ACTIVITY_ID_NOT_STARTED\"");
    activityCanceled(world, run, activity, &details, identity);
    return true;
}

}  // namespace orrery::server
