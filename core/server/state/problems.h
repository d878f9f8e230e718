// SPDX-License-Identifier: MIT
// Workflow tasks that fail again and again are made known by a search attribute, until one completes.
#pragma once

#include <string>

#include "core/server/state/world.h"

namespace orrery::server {

/// The pending task failed or timed out, and nothing was done about it yet. What goes wrong on a worker's own queue
/// does not count: the others try next.
void reportProblem(World& world, Run& run, const std::string& category, const std::string& cause);
/// A task completed.
void clearProblems(Run& run);

}  // namespace orrery::server
