// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/state/methods.h"

namespace orrery::server {

/// orrery.history.v1.Attempts: every attempt of the activities that were tried more than once.
void addAttemptMethods(Methods& methods);

}  // namespace orrery::server
