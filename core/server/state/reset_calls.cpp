// SPDX-License-Identifier: MIT
// ResetWorkflowExecution: so far only what makes a reset impossible.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/methods.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

std::unique_ptr<api::ResetWorkflowExecutionResponse> reset(World& world,
                                                           const api::ResetWorkflowExecutionRequest& request) {
    checkTarget(world, request);
    if (request.request_id().empty()) throw invalidArgument("RequestId is not set on request.");
    checkRequestId(request.request_id());
    const Run& run = world.runOf(request.namespace_(), request.workflow_execution());
    const int64_t finish = request.workflow_task_finish_event_id();
    if (finish <= 1 || finish >= run.log.nextId()) {
        throw invalidArgument("Workflow task finish ID must be > 1 && <= workflow last event ID.");
    }
    throw unimplemented("Resetting a workflow is not part of this server yet; start it anew.");
}

}  // namespace

void addResetMethods(Methods& methods) { methods.add("ResetWorkflowExecution", reset); }

}  // namespace orrery::server
