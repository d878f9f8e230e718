// SPDX-License-Identifier: MIT
// How an activity's attempt ends, and what the history says of it.
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

void armHeartbeat(World& world, Run& run, PendingActivity& activity);
void retryLater(World& world, Run& run, PendingActivity& activity, base::Duration interval, const Failure& failure);
/// Forgets it and its time-outs; the reference is dead afterwards.
void forgetActivity(World& world, Run& run, PendingActivity& activity);

void activityCompleted(World& world, Run& run, PendingActivity& activity, const common::Payloads* result,
                       const std::string& identity);
/// Retries if the policy says so, else ends it.
void activityFailed(World& world, Run& run, PendingActivity& activity, const Failure& failure,
                    const std::string& identity);
void activityCanceled(World& world, Run& run, PendingActivity& activity, const common::Payloads* details,
                      const std::string& identity);
/// A reset run takes over a history in which a worker has the activity; nobody will hear from that worker.
void failActivityForReset(World& world, Run& run, PendingActivity& activity, const std::string& reason);
void activityTimedOut(World& world, Run& run, PendingActivity& activity, enums::TimeoutType type);

}  // namespace orrery::server
