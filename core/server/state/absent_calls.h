// SPDX-License-Identifier: MIT
// Features that Temporal's server has and this one has not: schedules, batch operations, deployments of workers, Nexus,
// pausing of activities, activities of their own. Their calls are answered as that server does where they are off.
#pragma once

#include "core/server/state/methods.h"

namespace orrery::server {

/// Of the WorkflowService.
void addAbsentMethods(Methods& methods);
/// Of the OperatorService.
void addAbsentOperatorMethods(Methods& methods);

}  // namespace orrery::server
