// SPDX-License-Identifier: MIT
#pragma once

#include "core/activity/registry.h"
#include "core/workflow/registry.h"

namespace orrery::test {

/// Workflows and activities that each show one thing that the scripts try.
void registerFeatures(workflow::WorkflowRegistry& workflows, activity::ActivityRegistry& activities);

}  // namespace orrery::test
