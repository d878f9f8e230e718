// SPDX-License-Identifier: MIT
// Activities: dispatch, four time-outs, retries, heartbeats, cancellation.
#pragma once

#include "core/server/state/world.h"

namespace temporal::api::workflowservice::v1 {
class PollActivityTaskQueueResponse;
}

namespace orrery::server {

/// Fills the time-outs and the retry policy that the command leaves open; gives what is wrong with it, if anything.
std::optional<std::string> prepareActivity(const Run& run, history::ActivityTaskScheduledEventAttributes* attributes);

/// The Scheduled event is written; the activity is known, but no worker is told before offerActivity or startActivity.
PendingActivity& addActivity(World& world, Run& run, int64_t scheduledId,
                             history::ActivityTaskScheduledEventAttributes attributes);

/// Its own, or that of its workflow.
PriorityLevel priorityOf(const Run& run, const PendingActivity& activity);

/// It waits for a worker from now on; one that already polls gets it at once.
void offerActivity(World& world, Run& run, PendingActivity& activity);

/// A worker takes the activity.
std::unique_ptr<temporal::api::workflowservice::v1::PollActivityTaskQueueResponse> startActivity(
    World& world, Run& run, PendingActivity& activity, const std::string& identity);

void giveActivityTask(World& world, const TaskRef& ref, const CallPtr& call, const std::string& identity);

/// The workflow wants the activity cancelled. True when that ended it at once, so that the workflow has to hear of it.
bool requestCancelActivity(World& world, Run& run, int64_t scheduledId, int64_t completedId,
                           const std::string& identity);

/// An activity that a history left scheduled begins with its first attempt now.
void beginAgain(World& world, Run& run, PendingActivity& activity);

void activityDue(World& world, Run& run, int64_t scheduledId, DueWhat what);

/// The run is closed: forgets its activities.
void dropActivities(World& world, Run& run);

}  // namespace orrery::server
