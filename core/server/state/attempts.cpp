// SPDX-License-Identifier: MIT
#include "core/server/state/attempts.h"

#include "core/server/state/world.h"

namespace orrery::server {
namespace {

size_t bytesOf(const ActivityAttempt& attempt) {
    return (attempt.failure ? attempt.failure->ByteSizeLong() : 0) +
           (attempt.heartbeat ? attempt.heartbeat->ByteSizeLong() : 0);
}

/// What the run has no room for is left out, and counted.
void fit(AttemptLog& log, ActivityAttempt& attempt) {
    const size_t bytes = bytesOf(attempt);
    if (log.bytes + bytes <= AttemptLog::kMostBytes) {
        log.bytes += bytes;
        return;
    }
    attempt.failure.reset();
    attempt.heartbeat.reset();
    attempt.bytesLeftOut = int64_t(bytes);
}

}  // namespace

void restoreAttempts(Run& run, int64_t scheduledId, ActivityAttempts attempts) {
    if (!run.attempts) run.attempts.emplace();
    for (const ActivityAttempt& attempt : attempts.ended) run.attempts->bytes += bytesOf(attempt);
    run.attempts->activities[scheduledId] = std::move(attempts);
}

void keepAttempt(World& world, Run& run, const PendingActivity& activity, enums::EventType outcome,
                 const Failure* failure, bool isLast) {
    if (isLast && activity.attempt == 1) return;
    if (!run.attempts) {
        run.attempts.emplace();
        if (run.kept) run.attempts->activities.track();
    }
    AttemptLog& log = *run.attempts;
    ActivityAttempts& attempts = log.activities[activity.scheduledId];
    attempts.activityId = activity.attributes.activity_id();
    attempts.typeName = activity.attributes.activity_type().name();
    ActivityAttempt ended;
    ended.number = activity.attempt;
    ended.scheduled = activity.attemptScheduledTime;
    if (activity.phase == ActivityPhase::Started) {
        ended.started = activity.startedTime;
        ended.identity = activity.identity;
        if (activity.lastHeartbeatTime >= activity.startedTime) ended.lastHeartbeat = activity.lastHeartbeatTime;
    }
    ended.ended = world.nowOf(run);
    ended.outcome = outcome;
    if (failure != nullptr) ended.failure = *failure;
    ended.heartbeat = activity.heartbeat;
    if (attempts.ended.size() == AttemptLog::kFirst + AttemptLog::kLast) {
        const auto oldest = attempts.ended.begin() + AttemptLog::kFirst;
        log.bytes -= bytesOf(*oldest);
        attempts.ended.erase(oldest);
        ++attempts.leftOut;
    }
    fit(log, ended);
    attempts.ended.push_back(std::move(ended));
}

}  // namespace orrery::server
