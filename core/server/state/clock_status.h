// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/clock_control.h"
#include "core/server/state/world.h"

namespace orrery::server {

/// The clock as people see it, with what is due next and what holds it.
ClockStatus clockStatus(const World& world, base::Timestamp wallNow);

}  // namespace orrery::server
