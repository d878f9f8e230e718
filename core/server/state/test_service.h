// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

/// A sleep of the test service is over; its number is the due entry's id.
void wakeSleeper(World& world, uint64_t number);

}  // namespace orrery::server
