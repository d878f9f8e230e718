// SPDX-License-Identifier: MIT
// What workflows do to each other: children, signals and cancel requests to others. All of it happens after the input
// that asked for it, as later inputs of the other run.
#pragma once

#include "core/server/state/world.h"

namespace temporal::api::command::v1 {
class Command;
}

namespace orrery::server {

using temporal::api::command::v1::Command;

void startChild(World& world, Run& parent, const Command& command, int64_t completedId);
void signalExternal(World& world, Run& run, const Command& command, int64_t completedId);
void cancelExternal(World& world, Run& run, const Command& command, int64_t completedId);

/// The history of a run that a reset made asks for a child: takes over the one that the run before it has, or starts
/// it.
void resumeChild(World& world, Run& parent, int64_t initiatedId);
/// The same for a signal or a cancel request to another workflow, by the event that asked for it.
void resumeExternal(World& world, Run& run, const HistoryEvent& initiated);

/// The run closed: applies each child's parent close policy.
void closeChildren(World& world, Run& run);
/// The run closed for good: its parent hears how.
void tellParent(World& world, Run& run, const HistoryEvent& closeEvent);

}  // namespace orrery::server
