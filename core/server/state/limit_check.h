// SPDX-License-Identifier: MIT
// A run that has grown too large is terminated.
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

/// For a request that is about to add this many events: terminates the run and throws INVALID_ARGUMENT where it would
/// become too large.
void makeRoom(World& world, Run& run, int64_t events);
/// The same after the fact, for what grows without a request.
void terminateIfTooLarge(World& world, Run& run);

}  // namespace orrery::server
