// SPDX-License-Identifier: MIT
#include "core/server/state/activities.h"

#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/activity_close.h"
#include "core/server/state/checks.h"
#include "core/server/state/events.h"
#include "core/server/state/later.h"
#include "core/server/state/priority.h"
#include "core/server/state/retry.h"
#include "core/server/state/run_time.h"
#include "core/server/state/tokens.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

/// Longer than anybody keeps the clock paused while one attempt of an activity runs.
constexpr base::Duration kLongestPause = std::chrono::hours(7 * 24);

base::Duration atMost(base::Duration value, base::Duration limit) {
    return limit > 0s ? std::min(value, limit) : value;
}

/// Workers compare these times with their own clock, so while virtual time lags behind the wall they are shifted
/// forward. And a worker that ran the time-outs of its attempt by its own clock would give it up although no time
/// passes here; while the clock stands it is told of such that it does not reach. The heartbeat's stays, for it sets
/// how often to beat.
void tellTimes(const World& world, const PendingActivity& activity, api::PollActivityTaskQueueResponse* response) {
    const base::Duration lag = std::max<base::Duration>(world.wall - world.now, 0s);
    payload::toProto(activity.scheduledTime + lag, response->mutable_scheduled_time());
    payload::toProto(activity.attemptScheduledTime + lag, response->mutable_current_attempt_scheduled_time());
    payload::toProto(activity.startedTime + lag, response->mutable_started_time());
    const auto tell = [&world](base::Duration limit, google::protobuf::Duration* told) {
        payload::toProto(limit > 0s && world.clock.frozen() ? limit + kLongestPause : limit, told);
    };
    const auto& attributes = activity.attributes;
    tell(payload::fromProto(attributes.schedule_to_close_timeout()), response->mutable_schedule_to_close_timeout());
    tell(payload::fromProto(attributes.start_to_close_timeout()), response->mutable_start_to_close_timeout());
    *response->mutable_heartbeat_timeout() = attributes.heartbeat_timeout();
}

void cancelDue(World& world, PendingActivity& activity) {
    world.due.cancel(activity.scheduleToStart);
    world.due.cancel(activity.startToClose);
    world.due.cancel(activity.heartbeatDue);
    world.due.cancel(activity.retryDue);
}

void setPhase(World& world, Run& run, PendingActivity& activity, ActivityPhase phase) {
    activity.phase = phase;
    if (phase == ActivityPhase::Backoff) {
        run.activeActivities.erase(activity.scheduledId);
    } else {
        run.activeActivities.insert(activity.scheduledId);
    }
    world.touch(run);
}

}  // namespace

namespace {

std::optional<std::string> activityProblem(const history::ActivityTaskScheduledEventAttributes& attributes) {
    const auto missing = [](const char* what, const std::string& text) -> std::optional<std::string> {
        if (text.empty()) return std::string(what) + " is not set";
        return std::nullopt;
    };
    const auto length = [](const char* what, const std::string& text) -> std::optional<std::string> {
        if (!tooLong(text)) return std::nullopt;
        return std::string(what) + " exceeds length limit. Length=" + std::to_string(text.size()) +
               " Limit=" + std::to_string(kLongestId);
    };
    const auto* queue = attributes.has_task_queue() ? &attributes.task_queue() : nullptr;
    if (auto problem = taskQueueProblem(queue)) return problem;
    if (auto problem = missing("activityId", attributes.activity_id())) return problem;
    if (auto problem = missing("activityType", attributes.activity_type().name())) return problem;
    if (auto problem = retryPolicyProblem(attributes.retry_policy())) return problem;
    if (auto problem = length("activityId", attributes.activity_id())) return problem;
    if (auto problem = length("activityType", attributes.activity_type().name())) return problem;
    if (auto problem = priorityProblem(attributes.priority())) return "invalid priorities: " + *problem;
    const std::pair<const google::protobuf::Duration&, const char*> timeouts[] = {
        {attributes.schedule_to_close_timeout(), "ScheduleToCloseTimeout"},
        {attributes.schedule_to_start_timeout(), "ScheduleToStartTimeout"},
        {attributes.start_to_close_timeout(), "StartToCloseTimeout"},
        {attributes.heartbeat_timeout(), "HeartbeatTimeout"}};
    for (const auto& [duration, name] : timeouts) {
        if (isNegative(duration)) return std::string("invalid ") + name + ": negative duration";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> prepareActivity(const Run& run, history::ActivityTaskScheduledEventAttributes* attributes) {
    if (auto problem = activityProblem(*attributes)) return problem;
    capDurations(attributes);
    attributes->mutable_task_queue()->set_kind(enums::TASK_QUEUE_KIND_NORMAL);
    const base::Duration runTimeout = run.runLength;
    base::Duration toClose = payload::fromProto(attributes->schedule_to_close_timeout());
    base::Duration toStart = payload::fromProto(attributes->schedule_to_start_timeout());
    base::Duration startToClose = payload::fromProto(attributes->start_to_close_timeout());
    base::Duration heartbeat = payload::fromProto(attributes->heartbeat_timeout());
    if (toClose > 0s) {
        toStart = toStart > 0s ? std::min(toStart, toClose) : toClose;
        startToClose = startToClose > 0s ? std::min(startToClose, toClose) : toClose;
    } else if (startToClose > 0s) {
        toClose = runTimeout;
        if (toStart == 0s) toStart = runTimeout;
    } else {
        return "a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=" +
               attributes->activity_id() + " ActivityType=" + attributes->activity_type().name();
    }
    heartbeat = std::min(heartbeat, atMost(startToClose, runTimeout));
    payload::toProto(atMost(toClose, runTimeout), attributes->mutable_schedule_to_close_timeout());
    payload::toProto(atMost(toStart, runTimeout), attributes->mutable_schedule_to_start_timeout());
    payload::toProto(atMost(startToClose, runTimeout), attributes->mutable_start_to_close_timeout());
    payload::toProto(heartbeat, attributes->mutable_heartbeat_timeout());
    fillRetryPolicy(attributes->mutable_retry_policy());
    return std::nullopt;
}

namespace {

/// Its time counts from now.
void armScheduleToClose(World& world, Run& run, PendingActivity& activity) {
    const base::Duration limit = payload::fromProto(activity.attributes.schedule_to_close_timeout());
    if (limit <= 0s) return;
    activity.scheduleToClose =
        addDue(world, run, later(world.nowOf(run), limit), DueWhat::ActivityScheduleToClose, activity.scheduledId);
}

}  // namespace

void beginAgain(World& world, Run& run, PendingActivity& activity) {
    // Its time-outs count from here. When it was scheduled stays as it was, and with it until when it is tried again.
    armScheduleToClose(world, run, activity);
    offerActivity(world, run, activity);
}

PendingActivity& addActivity(World& world, Run& run, int64_t scheduledId,
                             history::ActivityTaskScheduledEventAttributes attributes) {
    PendingActivity& activity = run.activities[scheduledId];
    activity.scheduledId = scheduledId;
    activity.attributes = std::move(attributes);
    activity.scheduledTime = world.nowOf(run);
    activity.attemptScheduledTime = activity.scheduledTime;
    const base::Duration limit = payload::fromProto(activity.attributes.schedule_to_close_timeout());
    if (limit > 0s) activity.expiration = later(activity.scheduledTime, limit);
    run.activityIds[activity.attributes.activity_id()] = scheduledId;
    armScheduleToClose(world, run, activity);
    activity.stamp = world.newStamp();
    return activity;
}

PriorityLevel priorityOf(const Run& run, const PendingActivity& activity) {
    const auto& own = activity.attributes.priority();
    return priorityLevel(own.priority_key() != 0 ? own : *run.priority);
}

void offerActivity(World& world, Run& run, PendingActivity& activity) {
    activity.stamp = world.newStamp();
    activity.attemptScheduledTime = world.nowOf(run);
    setPhase(world, run, activity, ActivityPhase::Scheduled);
    const base::Duration limit = payload::fromProto(activity.attributes.schedule_to_start_timeout());
    if (limit > 0s) {
        activity.scheduleToStart =
            addDue(world, run, later(world.nowOf(run), limit), DueWhat::ActivityScheduleToStart, activity.scheduledId);
    }
    TaskRef ref;
    ref.kind = TaskRef::Kind::Activity;
    ref.run = &run;
    ref.activityId = activity.scheduledId;
    ref.stamp = activity.stamp;
    ref.priority = priorityOf(run, activity);
    world.matching.offer(run.ns, QueueType::Activity, activity.attributes.task_queue().name(), std::move(ref));
}

std::unique_ptr<api::PollActivityTaskQueueResponse> startActivity(World& world, Run& run, PendingActivity& activity,
                                                                  const std::string& identity) {
    world.due.cancel(activity.scheduleToStart);
    activity.startedTime = world.nowOf(run);
    activity.identity = identity;
    activity.lastIdentity = identity;
    activity.requestId = world.newId();
    setPhase(world, run, activity, ActivityPhase::Started);
    const auto& attributes = activity.attributes;
    activity.startToClose =
        addDue(world, run, later(activity.startedTime, payload::fromProto(attributes.start_to_close_timeout())),
               DueWhat::ActivityStartToClose, activity.scheduledId);
    armHeartbeat(world, run, activity);

    auto response = std::make_unique<api::PollActivityTaskQueueResponse>();
    Token token;
    token.kind = TokenKind::Activity;
    token.runId = run.runId;
    token.first = activity.scheduledId;
    token.second = activity.attempt;
    token.stamp = activity.stamp;
    response->set_task_token(writeToken(token));
    response->set_workflow_namespace(run.ns);
    response->mutable_workflow_type()->set_name(run.type);
    response->mutable_workflow_execution()->set_workflow_id(run.workflowId);
    response->mutable_workflow_execution()->set_run_id(run.runId);
    *response->mutable_activity_type() = attributes.activity_type();
    response->set_activity_id(attributes.activity_id());
    if (attributes.has_header()) *response->mutable_header() = attributes.header();
    if (attributes.has_input()) *response->mutable_input() = attributes.input();
    if (activity.heartbeat) *response->mutable_heartbeat_details() = *activity.heartbeat;
    tellTimes(world, activity, response.get());
    response->set_attempt(activity.attempt);
    *response->mutable_retry_policy() = attributes.retry_policy();
    if (attributes.has_priority() || run.priority.edited()) {
        *response->mutable_priority() = mergedPriority(*run.priority, attributes.priority());
    }
    return response;
}

void giveActivityTask(World& world, const TaskRef& ref, const CallPtr& call, const std::string& identity) {
    world.answer(call, startActivity(world, *ref.run, ref.run->activities.at(ref.activityId), identity));
}

void armHeartbeat(World& world, Run& run, PendingActivity& activity) {
    world.due.cancel(activity.heartbeatDue);
    const base::Duration limit = payload::fromProto(activity.attributes.heartbeat_timeout());
    if (limit > 0s) {
        activity.heartbeatDue =
            addDue(world, run, later(world.nowOf(run), limit), DueWhat::ActivityHeartbeat, activity.scheduledId);
    }
}

void retryLater(World& world, Run& run, PendingActivity& activity, base::Duration interval, const Failure& failure) {
    cancelDue(world, activity);
    activity.lastFailure = failure;
    activity.retryInterval = interval;
    activity.lastAttemptCompleteTime = world.nowOf(run);
    activity.nextAttemptTime = later(activity.lastAttemptCompleteTime, interval);
    activity.attempt += 1;
    activity.stamp = world.newStamp();
    activity.identity.clear();
    activity.retryDue = addDue(world, run, activity.nextAttemptTime, DueWhat::ActivityRetry, activity.scheduledId);
    setPhase(world, run, activity, ActivityPhase::Backoff);
}

void forgetActivity(World& world, Run& run, PendingActivity& activity) {
    cancelDue(world, activity);
    world.due.cancel(activity.scheduleToClose);
    run.activeActivities.erase(activity.scheduledId);
    const auto byId = run.activityIds.find(activity.attributes.activity_id());
    if (byId != run.activityIds.end() && byId->second == activity.scheduledId) run.activityIds.erase(byId);
    run.activities.erase(activity.scheduledId);
    world.touch(run);
}

void dropActivities(World& world, Run& run) {
    for (auto& [id, activity] : run.activities) {
        cancelDue(world, activity);
        world.due.cancel(activity.scheduleToClose);
    }
    run.activities.clear();
    run.activityIds.clear();
    run.activeActivities.clear();
}

namespace {

/// Both time-outs of an attempt that nobody took can fall together; then that is what is said.
bool isOverdueToStart(const World& world, const Run& run, const PendingActivity& activity) {
    if (activity.phase != ActivityPhase::Scheduled) return false;
    const base::Duration limit = payload::fromProto(activity.attributes.schedule_to_start_timeout());
    return limit > 0s && later(activity.attemptScheduledTime, limit) <= world.nowOf(run);
}

}  // namespace

void activityDue(World& world, Run& run, int64_t scheduledId, DueWhat what) {
    const auto found = run.activities.find(scheduledId);
    if (found == run.activities.end()) return;
    PendingActivity& activity = found->second;
    switch (what) {
        case DueWhat::ActivityRetry: activity.retryDue.reset(); return offerActivity(world, run, activity);
        case DueWhat::ActivityScheduleToStart:
            activity.scheduleToStart.reset();
            return activityTimedOut(world, run, activity, enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
        case DueWhat::ActivityScheduleToClose:
            activity.scheduleToClose.reset();
            return activityTimedOut(world, run, activity,
                                    isOverdueToStart(world, run, activity) ? enums::TIMEOUT_TYPE_SCHEDULE_TO_START
                                                                           : enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
        case DueWhat::ActivityHeartbeat:
            activity.heartbeatDue.reset();
            return activityTimedOut(world, run, activity, enums::TIMEOUT_TYPE_HEARTBEAT);
        default:
            activity.startToClose.reset();
            return activityTimedOut(world, run, activity, enums::TIMEOUT_TYPE_START_TO_CLOSE);
    }
}

}  // namespace orrery::server
