// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/state/world.h"

namespace temporal::api::workflow::v1 {
class WorkflowExecutionInfo;
}

namespace orrery::server {

/// What lists and descriptions say of a run.
void fillInfo(const World& world, const Run& run, temporal::api::workflow::v1::WorkflowExecutionInfo* info);

}  // namespace orrery::server
