// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

/// The TimerStarted event is written; counts down from now.
PendingTimer& addTimer(World& world, Run& run, const std::string& id, int64_t startedId, base::Duration duration);
/// Makes a timer that a history tells of fire, at once if its time has passed.
void armTimer(World& world, Run& run, PendingTimer& timer);
void fireTimer(World& world, Run& run, int64_t startedId);
/// The started event id of a timer that can be cancelled: it runs, or it fired but the workflow has not seen it.
std::optional<int64_t> cancellableTimer(const Run& run, const std::string& id);
/// Takes the timer away, also out of the buffer.
void removeTimer(World& world, Run& run, const std::string& id);
void dropTimers(World& world, Run& run);

}  // namespace orrery::server
