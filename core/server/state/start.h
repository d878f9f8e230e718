// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "core/server/state/lifecycle.h"
#include "core/server/state/world.h"

namespace temporal::api::workflowservice::v1 {
class StartWorkflowExecutionRequest;
}

namespace orrery::server {

using StartRequest = temporal::api::workflowservice::v1::StartWorkflowExecutionRequest;

/// The run that takes the place of a new one, by request id or conflict policy; nullptr when a new one may start.
/// Throws ALREADY_EXISTS where the policies forbid it, and may terminate the old one; `runId` is then the id that the
/// new one has to have.
Run* runInsteadOf(World& world, const StartRequest& request, std::string* runId);
NewRun newRunOf(World& world, const StartRequest& request, const std::string& runId);

/// Terminates an open run to make room for a new one, whose id it gives.
std::string terminateFor(World& world, Run& current);

/// Why a new run must not follow this closed one; nullopt when it may.
std::optional<ServiceError> reuseProblem(const Run& closed, enums::WorkflowIdReusePolicy policy);

}  // namespace orrery::server
