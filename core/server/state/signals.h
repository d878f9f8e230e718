// SPDX-License-Identifier: MIT
// Whether a run takes one more signal.
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

/// As many as one run may get have come; a limit of 0 is none.
bool hasAllSignals(const World& world, const Run& run);
/// For a request that signals an open run. Throws INVALID_ARGUMENT where it may get no more, RESOURCE_EXHAUSTED while
/// it is about to close.
void checkSignal(World& world, Run& run);

}  // namespace orrery::server
