// SPDX-License-Identifier: MIT
#include "core/server/state/absent_calls.h"

#include <temporal/api/operatorservice/v1/request_response.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/go_text.h"
#include "core/server/state/refuse_all.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
namespace operator_api = temporal::api::operatorservice::v1;

namespace {

void addSchedules(Methods& methods) {
    const ServiceError off = permissionDenied("Schedules are disabled on this namespace.");
    refuseAll<api::CreateScheduleRequest>(methods, "CreateSchedule", off);
    refuseAll<api::DescribeScheduleRequest>(methods, "DescribeSchedule", off);
    refuseAll<api::UpdateScheduleRequest>(methods, "UpdateSchedule", off);
    refuseAll<api::PatchScheduleRequest>(methods, "PatchSchedule", off, [](const api::PatchScheduleRequest& request) {
        if (!request.has_patch()) throw invalidArgument("Patch is not set on request.");
    });
    refuseAll<api::ListScheduleMatchingTimesRequest>(methods, "ListScheduleMatchingTimes", off);
    refuseAll<api::DeleteScheduleRequest>(methods, "DeleteSchedule", off);
    refuseAll<api::ListSchedulesRequest>(methods, "ListSchedules", off);
    refuseAll<api::CountSchedulesRequest>(methods, "CountSchedules", off);
}

void checkJob(const std::string& id) {
    if (id.empty()) throw invalidArgument("JobId is not set on request.");
}

void addBatches(Methods& methods) {
    const ServiceError off = permissionDenied("Batch operation feature are disabled on this namespace.");
    refuseAll<api::StartBatchOperationRequest>(methods, "StartBatchOperation", off);
    refuseAll<api::StopBatchOperationRequest>(methods, "StopBatchOperation", off,
                                              [](const api::StopBatchOperationRequest& request) {
                                                  checkJob(request.job_id());
                                                  if (request.reason().empty())
                                                      throw invalidArgument("Reason is not set on request.");
                                              });
    refuseAll<api::DescribeBatchOperationRequest>(
        methods, "DescribeBatchOperation", off,
        [](const api::DescribeBatchOperationRequest& request) { checkJob(request.job_id()); });
    refuseAll<api::ListBatchOperationsRequest>(methods, "ListBatchOperations", off);
}

void checkPart(bool isName, const std::string& part) {
    constexpr size_t kLongest = (kLongestId - 39) / 2;
    const std::string field = isName ? "WorkerDeploymentName" : "WorkerDeploymentBuildID";
    if (part.empty()) throw invalidArgument(field + " cannot be empty");
    if (part.size() > kLongest) throw invalidArgument("size of " + field + " larger than the maximum allowed");
    for (const char letter : {'.', ':'}) {
        if (isName && part.find(letter) != std::string::npos) {
            throw invalidArgument(std::string("worker deployment name cannot contain '") + letter + "'");
        }
    }
    if (part.starts_with("__")) throw invalidArgument(field + " cannot start with '__'");
}

template <typename Request>
void checkVersion(const Request& request) {
    if (request.deployment_version().deployment_name().empty()) {
        throw invalidArgument("deployment name cannot be empty");
    }
    if (request.deployment_version().build_id().empty()) throw invalidArgument("build ID cannot be empty");
}

/// "name.build" or "name:build", whichever sign comes first; its name.
std::string deploymentOf(const std::string& version) {
    const size_t cut = version.find_first_of(".:");
    if (cut == std::string::npos || cut == 0 || cut + 1 == version.size()) {
        throw invalidArgument("invalid version string " + goQuoted(version) +
                              ", expected format is \"<deployment_name>.<build_id>\"");
    }
    return version.substr(0, cut);
}

[[noreturn]] void noDeployment(const std::string& name) {
    throw notFound("workflow not found for ID: temporal-sys-worker-deployment:" + name);
}

/// A server that had the feature before may have some left: these can be managed and deleted even so.
void addLeftDeployments(Methods& methods) {
    methods.addAsync<api::SetWorkerDeploymentManagerRequest>(
        "SetWorkerDeploymentManager",
        [](World& world, const api::SetWorkerDeploymentManagerRequest& request, const CallPtr&) {
            world.namespaceOf(request.namespace_());
            if (request.identity().empty()) throw invalidArgument("Identity is required");
            checkPart(true, request.deployment_name());
            noDeployment(request.deployment_name());
        });
    methods.addAsync<api::DeleteWorkerDeploymentRequest>(
        "DeleteWorkerDeployment",
        [](World& world, const api::DeleteWorkerDeploymentRequest& request, const CallPtr& call) {
            world.namespaceOf(request.namespace_());
            checkPart(true, request.deployment_name());
            world.answer(call, std::make_unique<api::DeleteWorkerDeploymentResponse>());
        });
    methods.addAsync<api::DeleteWorkerDeploymentVersionRequest>(
        "DeleteWorkerDeploymentVersion",
        [](World& world, const api::DeleteWorkerDeploymentVersionRequest& request, const CallPtr&) {
            world.namespaceOf(request.namespace_());
            const auto& version = request.deployment_version();
            const std::string name =
                deploymentOf(request.has_deployment_version() ? version.deployment_name() + "." + version.build_id()
                                                              : request.version());
            checkPart(true, name);
            noDeployment(name);
        });
    methods.addAsync<api::UpdateWorkerDeploymentVersionMetadataRequest>(
        "UpdateWorkerDeploymentVersionMetadata",
        [](World& world, const api::UpdateWorkerDeploymentVersionMetadataRequest& request, const CallPtr&) {
            world.namespaceOf(request.namespace_());
            if (request.remove_entries().empty() && request.upsert_entries().empty()) {
                throw invalidArgument("At least one of remove_entries or upsert_entries must be provided");
            }
            const auto& version = request.deployment_version();
            throw notFound("workflow not found for ID: temporal-sys-worker-deployment-version:" +
                           version.deployment_name() + ":" + version.build_id());
        });
}

void addDeployments(Methods& methods) {
    const ServiceError off = permissionDenied("Worker Deployment Versions are disabled on this namespace.");
    refuseAll<api::DescribeWorkerDeploymentVersionRequest>(methods, "DescribeWorkerDeploymentVersion", off);
    refuseAll<api::SetWorkerDeploymentCurrentVersionRequest>(methods, "SetWorkerDeploymentCurrentVersion", off);
    refuseAll<api::SetWorkerDeploymentRampingVersionRequest>(methods, "SetWorkerDeploymentRampingVersion", off);
    refuseAll<api::ListWorkerDeploymentsRequest>(methods, "ListWorkerDeployments", off);
    refuseAll<api::DescribeWorkerDeploymentRequest>(methods, "DescribeWorkerDeployment", off);
    refuseAll<api::CreateWorkerDeploymentRequest>(methods, "CreateWorkerDeployment", off,
                                                  [](const api::CreateWorkerDeploymentRequest& request) {
                                                      if (request.deployment_name().empty())
                                                          throw invalidArgument("deployment name cannot be empty");
                                                  });
    refuseAll<api::CreateWorkerDeploymentVersionRequest>(methods, "CreateWorkerDeploymentVersion", off,
                                                         checkVersion<api::CreateWorkerDeploymentVersionRequest>);
    refuseAll<api::UpdateWorkerDeploymentVersionComputeConfigRequest>(
        methods, "UpdateWorkerDeploymentVersionComputeConfig", off,
        checkVersion<api::UpdateWorkerDeploymentVersionComputeConfigRequest>);
    refuseAll<api::ValidateWorkerDeploymentVersionComputeConfigRequest>(
        methods, "ValidateWorkerDeploymentVersionComputeConfig", off);
    addLeftDeployments(methods);
}

/// About an activity of a workflow where one is named, else about one on its own.
template <typename Request>
void addEither(Methods& methods, const char* name) {
    refuseAll<Request>(methods, name, notSupported(name), [](const Request& request) {
        if (request.workflow_id().empty()) throw unimplemented("Standalone activity is disabled");
    });
}

void addActivities(Methods& methods) {
    refuseAsNotSupported<api::PauseActivityRequest>(methods, "PauseActivity");
    refuseAsNotSupported<api::UnpauseActivityRequest>(methods, "UnpauseActivity");
    refuseAsNotSupported<api::ResetActivityRequest>(methods, "ResetActivity");
    refuseAsNotSupported<api::UpdateActivityOptionsRequest>(methods, "UpdateActivityOptions");
    addEither<api::PauseActivityExecutionRequest>(methods, "PauseActivityExecution");
    addEither<api::UnpauseActivityExecutionRequest>(methods, "UnpauseActivityExecution");
    addEither<api::ResetActivityExecutionRequest>(methods, "ResetActivityExecution");
    addEither<api::UpdateActivityExecutionOptionsRequest>(methods, "UpdateActivityExecutionOptions");
    const ServiceError off = unimplemented("Standalone activity is disabled");
    refuseAll<api::StartActivityExecutionRequest>(methods, "StartActivityExecution", off);
    refuseAll<api::DescribeActivityExecutionRequest>(methods, "DescribeActivityExecution", off);
    refuseAll<api::PollActivityExecutionRequest>(methods, "PollActivityExecution", off);
    refuseAll<api::ListActivityExecutionsRequest>(methods, "ListActivityExecutions", off);
    refuseAll<api::CountActivityExecutionsRequest>(methods, "CountActivityExecutions", off);
    refuseAll<api::RequestCancelActivityExecutionRequest>(methods, "RequestCancelActivityExecution", off);
    refuseAll<api::TerminateActivityExecutionRequest>(methods, "TerminateActivityExecution", off);
    refuseAll<api::DeleteActivityExecutionRequest>(methods, "DeleteActivityExecution", off);
}

/// No task of this kind is ever handed out, so that no token is one of theirs.
template <typename Request>
void addNexusAnswer(Methods& methods, const char* name) {
    methods.addAsync<Request>(name, [](World& world, const Request& request, const CallPtr&) {
        if (request.task_token().empty()) throw invalidArgument("Task token not set on request.");
        checkTokenNamespace(world, request.namespace_());
        throw invalidArgument("Error deserializing task token.");
    });
}

template <typename Request>
void addNexusEndpoint(Methods& methods, const char* name) {
    methods.addAsync<Request>(name, [](World&, const Request&, const CallPtr&) {
        throw ServiceError(base::ErrorCode::NotFound, "Nexus APIs are disabled");
    });
}

}  // namespace

void addAbsentMethods(Methods& methods) {
    addSchedules(methods);
    addBatches(methods);
    addDeployments(methods);
    addActivities(methods);
    addNexusAnswer<api::RespondNexusTaskCompletedRequest>(methods, "RespondNexusTaskCompleted");
    addNexusAnswer<api::RespondNexusTaskFailedRequest>(methods, "RespondNexusTaskFailed");
}

void addAbsentOperatorMethods(Methods& methods) {
    addNexusEndpoint<operator_api::CreateNexusEndpointRequest>(methods, "CreateNexusEndpoint");
    addNexusEndpoint<operator_api::UpdateNexusEndpointRequest>(methods, "UpdateNexusEndpoint");
    addNexusEndpoint<operator_api::DeleteNexusEndpointRequest>(methods, "DeleteNexusEndpoint");
    addNexusEndpoint<operator_api::GetNexusEndpointRequest>(methods, "GetNexusEndpoint");
    addNexusEndpoint<operator_api::ListNexusEndpointsRequest>(methods, "ListNexusEndpoints");
    methods.addAsync<operator_api::RemoveRemoteClusterRequest>(
        "RemoveRemoteCluster", [](World&, const operator_api::RemoveRemoteClusterRequest&, const CallPtr&) {
            throw notFound("The cluster to be deleted cannot be found in clusters cache.");
        });
}

}  // namespace orrery::server
