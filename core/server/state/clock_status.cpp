// SPDX-License-Identifier: MIT
#include "core/server/state/clock_status.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace orrery::server {
namespace {

/// The summary is a person's word for the timer; ids that SDKs make up are mere numbers.
std::string nameOf(const PendingTimer& timer) {
    const auto summary = nlohmann::json::parse(timer.summary->data(), nullptr, false);
    return summary.is_string() ? summary.get<std::string>() : timer.id;
}

std::string nameOf(const DueEntry& entry) {
    if (entry.run == nullptr) return "client";
    switch (entry.what) {
        case DueWhat::UserTimer: {
            const auto timer = entry.run->timersByEvent.find(entry.id);
            return timer == entry.run->timersByEvent.end() ? std::string() : nameOf(*timer->second);
        }
        case DueWhat::ActivityRetry:
        case DueWhat::ActivityScheduleToStart:
        case DueWhat::ActivityScheduleToClose:
        case DueWhat::ActivityStartToClose:
        case DueWhat::ActivityHeartbeat: {
            const auto& activities = std::as_const(entry.run->activities);
            const auto activity = activities.find(entry.id);
            return activity == activities.end() ? std::string() : activity->second.attributes.activity_type().name();
        }
        default: return entry.run->typeName();
    }
}

void addTask(const Run& run, ClockStatus* status) {
    const WorkflowTask& task = *run.task;
    Holder holder{HolderKind::WorkflowTask, run.workflowId, run.runId, run.typeName(), task.scheduledTime, {}};
    if (task.started()) {
        holder.since = task.startedTime;
        holder.detail = "a workflow task runs on " + (task.identity.empty() ? "a worker" : task.identity);
    } else {
        holder.detail = "waits for a worker on task queue " + run.taskQueue();
    }
    status->holders.push_back(std::move(holder));
}

void addActivity(const Run& run, const PendingActivity& activity, ClockStatus* status) {
    Holder holder{HolderKind::Activity,
                  run.workflowId,
                  run.runId,
                  activity.attributes.activity_type().name(),
                  activity.attemptScheduledTime,
                  {}};
    if (activity.phase == ActivityPhase::Started) {
        holder.since = activity.startedTime;
        holder.detail = "attempt " + std::to_string(activity.attempt) + " runs on " +
                        (activity.identity.empty() ? "a worker" : activity.identity);
    } else {
        holder.detail = "attempt " + std::to_string(activity.attempt) + " waits for a worker on task queue " +
                        activity.attributes.task_queue().name();
    }
    status->holders.push_back(std::move(holder));
}

void addHolders(const World& world, ClockStatus* status) {
    const auto room = [status] { return status->holders.size() < ClockStatus::kHoldersShown; };
    if (world.clientLocks > 0) {
        status->holders.push_back({HolderKind::ClientLock,
                                   {},
                                   {},
                                   "client lock",
                                   world.now,
                                   std::to_string(world.clientLocks) + " clients keep time from being skipped"});
        ++status->holderCount;
    }
    for (const auto& [number, run] : world.busyRuns()) {
        status->holderCount += (run->task ? 1 : 0) + run->activeActivities.size();
        if (run->task && room()) addTask(*run, status);
        for (const int64_t id : run->activeActivities) {
            if (!room()) break;
            addActivity(*run, std::as_const(run->activities).at(id), status);
        }
    }
    for (const auto& [stamp, query] : world.directQueries) {
        ++status->holderCount;
        if (!room()) continue;
        status->holders.push_back({HolderKind::Query, query.run->workflowId, query.run->runId,
                                   query.run->queries.at(query.queryId).query.query_type(), query.since,
                                   "a query waits for its answer"});
    }
}

std::string standingReason(const World& world, const ClockStatus& status) {
    switch (status.mode) {
        case ClockMode::Real: return "Time runs at the wall's rate.";
        case ClockMode::Paused: return world.clock.lastNote().empty() ? "Time is paused." : world.clock.lastNote();
        default: break;
    }
    if (!status.holders.empty()) {
        const Holder& first = status.holders.front();
        std::string reason =
            first.workflowId.empty() ? first.detail : first.name + " of " + first.workflowId + ": " + first.detail;
        if (status.holderCount > 1) reason += " (and " + std::to_string(status.holderCount - 1) + " more)";
        return reason;
    }
    if (status.mode != ClockMode::Automatic) return {};
    if (world.due.size() == 0) return "Nothing is due.";
    if (!world.due.firstJumpTime()) return "Only time-outs are left, and time is never jumped to those by itself.";
    return {};
}

}  // namespace

ClockStatus clockStatus(const World& world, base::Timestamp wallNow) {
    ClockStatus status;
    status.mode = world.clock.mode();
    status.wallNow = std::max(world.wall, wallNow);
    status.virtualNow = world.clock.now(status.wallNow);
    status.ahead = status.virtualNow - status.wallNow;
    status.target = world.clock.target();
    status.jumps = world.clock.jumps();
    status.dueCount = world.due.size();
    for (const auto& [key, entry] : world.due.soonest(ClockStatus::kDueShown)) {
        DueThing thing;
        thing.time = key.time;
        thing.kind = dueKindOf(entry.what);
        if (entry.run != nullptr) {
            thing.workflowId = entry.run->workflowId;
            thing.runId = entry.run->runId;
        }
        thing.name = nameOf(entry);
        status.dueNext.push_back(std::move(thing));
    }
    addHolders(world, &status);
    status.standingReason = standingReason(world, status);
    return status;
}

}  // namespace orrery::server
