// SPDX-License-Identifier: MIT
#include "core/server/state/attempts.h"

#include "core/server/state/world.h"

namespace orrery::server {
namespace {

size_t bytesOf(const ActivityAttempt& attempt) {
    return (attempt.failure ? attempt.failure->ByteSizeLong() : 0) +
           (attempt.heartbeat ? attempt.heartbeat->ByteSizeLong() : 0);
}

/// Makes room for a page to come: the oldest behind the first attempts goes.
void forgetPage(AttemptLog& log, const AttemptLog::Key& coming) {
    constexpr int64_t kPages = (AttemptLog::kMost - AttemptLog::kFirst) / AttemptLog::kPage;
    const AttemptLog::Key oldest(coming.first, coming.second - kPages);
    if (oldest.second < AttemptLog::kFirst / AttemptLog::kPage || !log.pages.contains(oldest)) return;
    for (const ActivityAttempt& attempt : std::as_const(log.pages).at(oldest).ended) log.bytes -= bytesOf(attempt);
    log.pages.erase(oldest);
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

void restoreAttempts(Run& run, const AttemptLog::Key& key, AttemptPage page) {
    if (!run.attempts) run.attempts.emplace();
    for (const ActivityAttempt& attempt : page.ended) run.attempts->bytes += bytesOf(attempt);
    run.attempts->pages[key] = std::move(page);
}

void keepAttempt(World& world, Run& run, const PendingActivity& activity, enums::EventType outcome,
                 const Failure* failure, bool isLast) {
    if (isLast && activity.attempt == 1) return;
    if (!run.attempts) {
        run.attempts.emplace();
        if (run.kept) run.attempts->pages.track();
    }
    AttemptLog& log = *run.attempts;
    const AttemptLog::Key key(activity.scheduledId, (activity.attempt - 1) / AttemptLog::kPage);
    if (!log.pages.contains(key)) forgetPage(log, key);
    AttemptPage& page = log.pages[key];
    page.activityId = activity.attributes.activity_id();
    page.typeName = activity.attributes.activity_type().name();
    ActivityAttempt& ended = page.ended.emplace_back();
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
    fit(log, ended);
}

}  // namespace orrery::server
