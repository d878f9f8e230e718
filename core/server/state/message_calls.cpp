// SPDX-License-Identifier: MIT
// Signal, cancel, terminate and delete, as clients ask for them.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/events.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/limit_check.h"
#include "core/server/state/links.h"
#include "core/server/state/methods.h"
#include "core/server/state/signals.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

[[noreturn]] void alreadyCompleted() { throw notFound("workflow execution already completed"); }

void checkFirstRun(const Run& run, const std::string& firstRunId) {
    if (!firstRunId.empty() && run.firstRunId != firstRunId) throw notFound("workflow execution not found");
}

/// What a request to cancel or to terminate means: a chain of runs, named by its first one, is met in its current run.
template <typename Request>
Run& requestedRun(World& world, const Request& request) {
    temporal::api::common::v1::WorkflowExecution execution = request.workflow_execution();
    if (!request.first_execution_run_id().empty()) execution.clear_run_id();
    return world.runOf(request.namespace_(), execution);
}

std::unique_ptr<api::SignalWorkflowExecutionResponse> signal(World& world,
                                                             const api::SignalWorkflowExecutionRequest& request) {
    checkTarget(world, request);
    if (request.signal_name().empty()) throw invalidArgument("SignalName is not set on request.");
    if (tooLong(request.signal_name())) throw invalidArgument("SignalName length exceeds limit.");
    checkRequestId(request.request_id());
    checkBlob(world, request.input());
    refuse(linksProblem(request.links()));
    Run& run = world.runOf(request.namespace_(), request.workflow_execution());
    auto response = std::make_unique<api::SignalWorkflowExecutionResponse>();
    *response->mutable_link() = linkToRequest(run, request.request_id(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    // Its sender may ask again after the run has ended.
    if (!request.request_id().empty() && run.signalRequests.count(request.request_id()) != 0) return response;
    if (!run.open()) alreadyCompleted();
    checkSignal(world, run);
    if (!request.request_id().empty()) run.signalRequests.insert(request.request_id());
    ++run.signalCount;
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    auto* attributes = event.mutable_workflow_execution_signaled_event_attributes();
    attributes->set_signal_name(request.signal_name());
    if (request.has_input()) *attributes->mutable_input() = request.input();
    if (request.has_header()) *attributes->mutable_header() = request.header();
    attributes->set_identity(request.identity());
    attributes->set_request_id(request.request_id());
    *event.mutable_links() = request.links();
    record(world, run, std::move(event));
    return response;
}

std::unique_ptr<api::RequestCancelWorkflowExecutionResponse> requestCancel(
    World& world, const api::RequestCancelWorkflowExecutionRequest& request) {
    checkTarget(world, request);
    refuse(linksProblem(request.links()));
    Run& run = requestedRun(world, request);
    auto response = std::make_unique<api::RequestCancelWorkflowExecutionResponse>();
    if (!run.open()) return response;
    checkFirstRun(run, request.first_execution_run_id());
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED);
    auto* attributes = event.mutable_workflow_execution_cancel_requested_event_attributes();
    attributes->set_cause(request.reason());
    attributes->set_identity(request.identity());
    *event.mutable_links() = request.links();
    requestCancelRun(world, run, std::move(event));
    return response;
}

std::unique_ptr<api::TerminateWorkflowExecutionResponse> terminate(
    World& world, const api::TerminateWorkflowExecutionRequest& request) {
    checkTarget(world, request);
    refuse(linksProblem(request.links()));
    Run& run = requestedRun(world, request);
    if (!run.open()) alreadyCompleted();
    checkFirstRun(run, request.first_execution_run_id());
    const std::string reason = request.reason().empty() ? "terminated by user via frontend" : request.reason();
    const std::string identity = request.identity().empty() ? "frontend-service" : request.identity();
    terminateRun(world, run, reason, request.has_details() ? &request.details() : nullptr, identity, request.links());
    return std::make_unique<api::TerminateWorkflowExecutionResponse>();
}

/// An open run is terminated first, and whoever waits for its end hears of it.
std::unique_ptr<api::DeleteWorkflowExecutionResponse> deleteWorkflow(
    World& world, const api::DeleteWorkflowExecutionRequest& request) {
    Run& run = targetOf(world, request);
    if (run.open()) terminateRun(world, run, "Delete workflow execution", nullptr, "history-service");
    world.later([&world, &run] { world.removeRun(run); });
    return std::make_unique<api::DeleteWorkflowExecutionResponse>();
}

}  // namespace

void addMessageMethods(Methods& methods) {
    methods.add("SignalWorkflowExecution", signal);
    methods.add("RequestCancelWorkflowExecution", requestCancel);
    methods.add("TerminateWorkflowExecution", terminate);
    methods.add("DeleteWorkflowExecution", deleteWorkflow);
}

}  // namespace orrery::server
