// SPDX-License-Identifier: MIT
// Features that Temporal's server has switched off unless told otherwise, and this one does not have: the same answers.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/methods.h"
#include "core/server/state/refuse_all.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

/// There is no way to pause one, so none is paused.
void unpause(World& world, const api::UnpauseWorkflowExecutionRequest& request, const CallPtr&) {
    common::WorkflowExecution execution;
    execution.set_workflow_id(request.workflow_id());
    execution.set_run_id(request.run_id());
    world.namespaceOf(request.namespace_());
    checkExecution(&execution);
    world.runOf(request.namespace_(), execution);
    throw failedPrecondition("workflow is not paused.");
}

void addOldVersioning(Methods& methods) {
    const auto disabled = [](const char* kind) {
        return permissionDenied(std::string("Worker versioning ") + kind +
                                ", deprecated) is disabled on this namespace.");
    };
    const ServiceError sets = disabled("v0.1 (Version Set-based");
    const ServiceError rules = disabled("v0.2 (Rules-based");
    refuseAll<api::UpdateWorkerBuildIdCompatibilityRequest>(methods, "UpdateWorkerBuildIdCompatibility", sets);
    refuseAll<api::GetWorkerBuildIdCompatibilityRequest>(methods, "GetWorkerBuildIdCompatibility", sets);
    refuseAll<api::UpdateWorkerVersioningRulesRequest>(methods, "UpdateWorkerVersioningRules", rules);
    refuseAll<api::GetWorkerVersioningRulesRequest>(methods, "GetWorkerVersioningRules", rules);
    refuseAll<api::GetWorkerTaskReachabilityRequest>(methods, "GetWorkerTaskReachability", rules);
}

void addOldDeployments(Methods& methods) {
    const ServiceError gone =
        unimplemented("Deployments are deprecated and no longer supported, use Worker Deployments instead");
    refuseAll<api::DescribeDeploymentRequest>(methods, "DescribeDeployment", gone);
    refuseAll<api::ListDeploymentsRequest>(methods, "ListDeployments", gone);
    refuseAll<api::GetDeploymentReachabilityRequest>(methods, "GetDeploymentReachability", gone);
    refuseAll<api::GetCurrentDeploymentRequest>(methods, "GetCurrentDeployment", gone);
    refuseAll<api::SetCurrentDeploymentRequest>(methods, "SetCurrentDeployment", gone);
}

template <typename Request>
void addNexus(Methods& methods, const char* name) {
    refuseAll<Request>(methods, name, unimplemented("Standalone Nexus operation is disabled"));
}

}  // namespace

void addOffMethods(Methods& methods) {
    addOldVersioning(methods);
    addOldDeployments(methods);
    refuseAsNotSupported<api::TriggerWorkflowRuleRequest>(methods, "TriggerWorkflowRule");
    refuseAsNotSupported<api::CreateWorkflowRuleRequest>(methods, "CreateWorkflowRule");
    refuseAsNotSupported<api::DescribeWorkflowRuleRequest>(methods, "DescribeWorkflowRule");
    refuseAsNotSupported<api::DeleteWorkflowRuleRequest>(methods, "DeleteWorkflowRule");
    refuseAsNotSupported<api::ListWorkflowRulesRequest>(methods, "ListWorkflowRules");
    addNexus<api::StartNexusOperationExecutionRequest>(methods, "StartNexusOperationExecution");
    addNexus<api::DescribeNexusOperationExecutionRequest>(methods, "DescribeNexusOperationExecution");
    addNexus<api::PollNexusOperationExecutionRequest>(methods, "PollNexusOperationExecution");
    addNexus<api::ListNexusOperationExecutionsRequest>(methods, "ListNexusOperationExecutions");
    addNexus<api::CountNexusOperationExecutionsRequest>(methods, "CountNexusOperationExecutions");
    addNexus<api::RequestCancelNexusOperationExecutionRequest>(methods, "RequestCancelNexusOperationExecution");
    addNexus<api::TerminateNexusOperationExecutionRequest>(methods, "TerminateNexusOperationExecution");
    addNexus<api::DeleteNexusOperationExecutionRequest>(methods, "DeleteNexusOperationExecution");
    refuseAll<api::FetchWorkerConfigRequest>(methods, "FetchWorkerConfig",
                                             unimplemented("FetchWorkerConfig command is not enabled."));
    refuseAll<api::UpdateWorkerConfigRequest>(methods, "UpdateWorkerConfig",
                                              unimplemented("UpdateWorkerConfig command is not enabled."));
    methods.addAsync<api::PauseWorkflowExecutionRequest>(
        "PauseWorkflowExecution", [](World& world, const api::PauseWorkflowExecutionRequest& request, const CallPtr&) {
            const std::string& ns = world.namespaceOf(request.namespace_()).name;
            throw unimplemented("workflow pause is not enabled for namespace: " + ns);
        });
    methods.addAsync<api::UnpauseWorkflowExecutionRequest>("UnpauseWorkflowExecution", unpause);
}

}  // namespace orrery::server
