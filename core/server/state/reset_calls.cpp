// SPDX-License-Identifier: MIT
// ResetWorkflowExecution.
#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/methods.h"
#include "core/server/state/options.h"
#include "core/server/state/reset.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

bool excludes(const api::ResetWorkflowExecutionRequest& request, enums::ResetReapplyExcludeType type) {
    const auto& types = request.reset_reapply_exclude_types();
    return std::find(types.begin(), types.end(), type) != types.end();
}

ResetOrder orderOf(const api::ResetWorkflowExecutionRequest& request) {
    ResetOrder order;
    order.finishId = request.workflow_task_finish_event_id();
    order.reason = request.reason();
    order.requestId = request.request_id();
    order.operations.assign(request.post_reset_operations().begin(), request.post_reset_operations().end());
    const auto old = request.reset_reapply_type();
    if (!enums::ResetReapplyType_IsValid(old)) {
        throw invalidArgument("unknown reset reapply type: " + std::to_string(int(old)));
    }
    order.signals =
        old != enums::RESET_REAPPLY_TYPE_NONE && !excludes(request, enums::RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL);
    order.updates = old != enums::RESET_REAPPLY_TYPE_NONE && old != enums::RESET_REAPPLY_TYPE_SIGNAL &&
                    !excludes(request, enums::RESET_REAPPLY_EXCLUDE_TYPE_UPDATE);
    order.nothing = !order.signals && !order.updates && excludes(request, enums::RESET_REAPPLY_EXCLUDE_TYPE_NEXUS) &&
                    excludes(request, enums::RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST);
    return order;
}

/// Of what could be done to the new run at once, the real server only knows how to change its options.
void checkOperations(const World& world, const api::ResetWorkflowExecutionRequest& request) {
    for (const auto& operation : request.post_reset_operations()) {
        if (operation.has_update_workflow_options()) {
            auto options = operation.update_workflow_options().workflow_execution_options();
            checkOptions(world, operation.update_workflow_options().update_mask(), &options);
            continue;
        }
        throw invalidArgument(
            std::string("unsupported post reset operation: ") +
            (operation.has_signal_workflow() ? "*workflow.PostResetOperation_SignalWorkflow_" : "<nil>"));
    }
}

std::unique_ptr<api::ResetWorkflowExecutionResponse> reset(World& world,
                                                           const api::ResetWorkflowExecutionRequest& request) {
    world.namespaceOf(request.namespace_());
    if (request.request_id().empty()) throw invalidArgument("RequestId is not set on request.");
    checkRequestId(request.request_id());
    checkExecution(executionOf(request));
    const ResetOrder order = orderOf(request);
    Run& run = world.runOf(request.namespace_(), request.workflow_execution());
    if (order.finishId <= 1 || order.finishId >= run.log.nextId()) {
        throw invalidArgument("Workflow task finish ID must be > 1 && <= workflow last event ID.");
    }
    checkOperations(world, request);
    auto response = std::make_unique<api::ResetWorkflowExecutionResponse>();
    const Run* current = world.findRun(run.ns, run.workflowId, "");
    const bool again = current != nullptr &&
                       (current->resets->requestId == order.requestId || current->startRequestId == order.requestId);
    response->set_run_id(again ? current->runId : resetRun(world, run, order).runId);
    return response;
}

}  // namespace

void addResetMethods(Methods& methods) { methods.add("ResetWorkflowExecution", reset); }

}  // namespace orrery::server
