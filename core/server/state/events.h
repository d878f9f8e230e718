// SPDX-License-Identifier: MIT
// Writing events: at once, or into the buffer while a worker has the run's workflow task.
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

/// An event of this type. It gets its time from the run it is written or recorded for.
HistoryEvent newEvent(const World& world, enums::EventType type);

/// Writes to the history; gives the id. For workflow task events, command events and close events, which are never
/// buffered.
int64_t append(World& world, Run& run, HistoryEvent event);

/// Something happened to the run from outside its commands. Buffered while a workflow task is started, else written,
/// and then a workflow task is scheduled unless the first one is still held back.
void record(World& world, Run& run, HistoryEvent event);
/// Several that belong together, such as an activity's start and end.
void record(World& world, Run& run, std::vector<HistoryEvent> events);

/// Like record, for what not even a first task that is held back waits for.
void recordAtOnce(World& world, Run& run, HistoryEvent event);

/// Like record, for what a workflow is not woken for: its next task shows it.
void recordQuietly(World& world, Run& run, HistoryEvent event);

/// Writes what was buffered: completions of activities and children last, after the events that tell of their start.
/// Tells whether there was anything.
bool flushBuffered(World& world, Run& run);

}  // namespace orrery::server
