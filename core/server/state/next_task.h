// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "core/server/state/tasks.h"
#include "core/server/state/updates.h"

namespace orrery::server {

/// The pending task for the worker that completed the one before and still has the run: it is told only what is new, as
/// on a queue of its own.
HandedTask startNextTask(World& world, Run& run, const std::string& identity, const common::WorkerVersionStamp* worker,
                         SentUpdates sent);

/// The first task of a run as it was handed out, for a caller who missed the answer that brought it. Nothing once the
/// run is past that, or while nobody has the task.
std::optional<HandedTask> firstTaskAgain(World& world, const Run& run);

}  // namespace orrery::server
