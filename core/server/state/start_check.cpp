// SPDX-License-Identifier: MIT
#include "core/server/state/start_check.h"

#include "core/server/state/attributes.h"
#include "core/server/state/cron.h"
#include "core/server/state/retry.h"
#include "core/server/state/skip_time.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

std::string tooLongBy(const char* what, const std::string& text) {
    return std::string(what) + " exceeds maximum allowed length (" + std::to_string(text.size()) + "/" +
           std::to_string(kLongestId) + ")";
}

void checkWorkflowId(const std::string& id) {
    if (id.empty()) throw invalidArgument("WorkflowId is not set on request.");
    if (tooLong(id)) throw invalidArgument(tooLongBy("WorkflowId", id));
}

template <typename Request>
void checkTimeouts(const Request& request) {
    const auto check = [](const google::protobuf::Duration& duration, const char* name) {
        if (isNegative(duration)) {
            throw invalidArgument(std::string("An invalid ") + name +
                                  "Seconds is set on request. cause: negative duration");
        }
    };
    check(request.workflow_execution_timeout(), "WorkflowExecutionTimeout");
    check(request.workflow_run_timeout(), "WorkflowRunTimeout");
    check(request.workflow_task_timeout(), "WorkflowTaskTimeout");
}

template <typename Request>
void checkRetry(const Request& request) {
    if (request.has_retry_policy()) refuse(retryPolicyProblem(request.retry_policy()));
}

template <typename Request>
void checkDelay(const Request& request) {
    if (!request.cron_schedule().empty() && request.has_workflow_start_delay()) {
        throw invalidArgument("CronSchedule and WorkflowStartDelay may not be used together.");
    }
    if (isNegative(request.workflow_start_delay())) {
        throw invalidArgument("An invalid WorkflowStartDelaySeconds is set on request. cause: negative duration");
    }
}

template <typename Request>
void checkIdPolicies(const Request& request) {
    const auto reuse = request.workflow_id_reuse_policy();
    const auto conflict = request.workflow_id_conflict_policy();
    if (reuse == enums::WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING &&
        conflict != enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED) {
        throw invalidArgument(
            "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with "
            "a WorkflowIDConflictPolicy");
    }
    if (reuse == enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE &&
        conflict == enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING) {
        throw invalidArgument(
            "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with "
            "WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING");
    }
}

/// What comes last for both requests; some of it only once the rest is known to be well formed.
template <typename Request>
void checkBurden(World& world, const Request& request) {
    refuse(attributesProblem(world.limits(), world.namespaceOf(request.namespace_()), request.search_attributes()));
    refuse(attributesSizeProblem(world.limits(), request.search_attributes()));
    refuse(priorityProblem(request.priority()));
    if constexpr (requires { request.completion_callbacks(); }) checkCallbacks(request.completion_callbacks());
    refuse(linksProblem(request.links()));
    if (request.has_time_skipping_config()) {
        auto config = request.time_skipping_config();
        prepareSkipping(world, &config);
    }
    refuse(overrideProblem(request.versioning_override()));
    checkBlob(world, request.input());
    if constexpr (requires { request.signal_input(); }) checkBlob(world, request.signal_input());
    checkMemo(world, request.memo());
}

}  // namespace

void checkStart(World& world, const api::StartWorkflowExecutionRequest& request) {
    world.namespaceOf(request.namespace_());
    checkWorkflowId(request.workflow_id());
    checkRetry(request);
    checkDelay(request);
    refuse(cronProblem(request.cron_schedule(), world.now));
    if (request.workflow_type().name().empty()) throw invalidArgument("WorkflowType is not set on request.");
    if (tooLong(request.workflow_type().name())) throw invalidArgument("WorkflowType length exceeds limit.");
    refuse(taskQueueProblem(queueOf(request)));
    checkTimeouts(request);
    checkRequestId(request.request_id());
    checkIdPolicies(request);
    const auto& onConflict = request.on_conflict_options();
    if (onConflict.attach_completion_callbacks() && !onConflict.attach_request_id()) {
        throw invalidArgument("attaching request ID is required for attaching completion callbacks");
    }
    checkBurden(world, request);
}

void checkSignalWithStart(World& world, const api::SignalWithStartWorkflowExecutionRequest& request) {
    world.namespaceOf(request.namespace_());
    refuse(cronProblem(request.cron_schedule(), world.now));
    checkWorkflowId(request.workflow_id());
    if (request.signal_name().empty()) throw invalidArgument("signal not set");
    if (tooLong(request.signal_name())) throw invalidArgument(tooLongBy("signal name", request.signal_name()));
    const std::string& type = request.workflow_type().name();
    if (type.empty()) throw invalidArgument("workflow type not set");
    if (tooLong(type)) throw invalidArgument(tooLongBy("workflow type name", type));
    refuse(taskQueueProblem(queueOf(request)));
    if (tooLong(request.request_id())) throw invalidArgument(tooLongBy("Request ID", request.request_id()));
    checkTimeouts(request);
    checkRetry(request);
    checkDelay(request);
    checkIdPolicies(request);
    if (request.workflow_id_conflict_policy() == enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL) {
        throw invalidArgument(
            "Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.");
    }
    checkBurden(world, request);
}

}  // namespace orrery::server
