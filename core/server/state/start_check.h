// SPDX-License-Identifier: MIT
// What a request to start a workflow has to fulfil.
#pragma once

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"

namespace orrery::server {

/// Each throws INVALID_ARGUMENT, or NOT_FOUND for a namespace that nobody registered.
void checkStart(World& world, const temporal::api::workflowservice::v1::StartWorkflowExecutionRequest& request);
void checkSignalWithStart(World& world,
                          const temporal::api::workflowservice::v1::SignalWithStartWorkflowExecutionRequest& request);

}  // namespace orrery::server
