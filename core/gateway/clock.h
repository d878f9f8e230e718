// SPDX-License-Identifier: MIT
// The embedded server's clock for rooms that do not see the server.
#pragma once

#include "core/server/clock_control.h"

namespace orrery::gateway {

using server::ClockControl;
using server::ClockMode;
using server::ClockStatus;
using server::ClockSubscription;
using server::DueKind;
using server::DueThing;
using server::EventTarget;
using server::Holder;
using server::HolderKind;

using server::clockModeName;
using server::dueKindName;
using server::holderKindName;

}  // namespace orrery::gateway
