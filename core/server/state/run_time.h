// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

/// Something of the run to happen at a time that is in the run's own time, as World::nowOf() gives it.
inline DueKey addDue(World& world, Run& run, base::Timestamp at, DueWhat what, int64_t id = 0) {
    return world.due.add(at - run.skipped, {what, &run, id});
}

}  // namespace orrery::server
