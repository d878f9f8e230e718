// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/state/reset.h"

namespace orrery::server {

/// What happened to `base` after the point that `run` was reset to, and in the runs it continued as, happens to `run`:
/// signals, updates that were accepted, the news of children that it already had. Commands of the workflow do not; it
/// gives them anew.
void reapplyEvents(World& world, Run& run, const Run& base, const ResetOrder& order);

}  // namespace orrery::server
