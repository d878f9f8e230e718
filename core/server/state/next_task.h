// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "core/server/state/tasks.h"
#include "core/server/state/updates.h"

namespace orrery::server {

/// The pending task for the worker that completed the one before and still has the run: it is told only what is new, as
/// on a queue of its own.
HandedTask startNextTask(World& world, Run& run, const std::string& identity, const common::WorkerVersionStamp* worker,
                         SentUpdates sent);

}  // namespace orrery::server
