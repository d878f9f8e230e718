// SPDX-License-Identifier: MIT
#include "core/server/state/describe.h"

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/build_ids.h"
#include "core/server/state/checks.h"
#include "core/server/state/methods.h"
#include "core/server/state/reset.h"
#include "core/server/state/reset_points.h"
#include "core/server/state/skip_time.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
namespace workflow_api = temporal::api::workflow::v1;

namespace {

enums::PendingActivityState stateOf(const PendingActivity& activity) {
    if (activity.phase != ActivityPhase::Started) return enums::PENDING_ACTIVITY_STATE_SCHEDULED;
    return activity.cancelRequested ? enums::PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
                                    : enums::PENDING_ACTIVITY_STATE_STARTED;
}

void fillOptions(const history::ActivityTaskScheduledEventAttributes& from,
                 temporal::api::activity::v1::ActivityOptions* options) {
    options->mutable_task_queue()->set_name(from.task_queue().name());
    options->mutable_task_queue()->set_normal_name(from.task_queue().name());
    *options->mutable_schedule_to_close_timeout() = from.schedule_to_close_timeout();
    *options->mutable_schedule_to_start_timeout() = from.schedule_to_start_timeout();
    *options->mutable_start_to_close_timeout() = from.start_to_close_timeout();
    *options->mutable_heartbeat_timeout() = from.heartbeat_timeout();
    if (from.has_priority()) *options->mutable_priority() = from.priority();
    if (!from.has_retry_policy()) return;
    *options->mutable_retry_policy() = from.retry_policy();
    options->mutable_retry_policy()->clear_non_retryable_error_types();
}

void fillActivity(const PendingActivity& activity, workflow_api::PendingActivityInfo* info) {
    const auto set = [](base::Timestamp time,
                        google::protobuf::Timestamp* (workflow_api::PendingActivityInfo::*field)(),
                        workflow_api::PendingActivityInfo* to) {
        if (time != base::Timestamp()) payload::toProto(time, (to->*field)());
    };
    using Info = workflow_api::PendingActivityInfo;
    info->set_activity_id(activity.attributes.activity_id());
    *info->mutable_activity_type() = activity.attributes.activity_type();
    info->set_state(stateOf(activity));
    if (activity.heartbeat) *info->mutable_heartbeat_details() = *activity.heartbeat;
    set(activity.lastHeartbeatTime, &Info::mutable_last_heartbeat_time, info);
    if (activity.phase == ActivityPhase::Started) set(activity.startedTime, &Info::mutable_last_started_time, info);
    set(activity.lastAttemptCompleteTime, &Info::mutable_last_attempt_complete_time, info);
    info->set_attempt(activity.attempt);
    info->set_maximum_attempts(activity.attributes.retry_policy().maximum_attempts());
    if (activity.phase == ActivityPhase::Backoff) {
        payload::toProto(activity.nextAttemptTime, info->mutable_next_attempt_schedule_time());
        payload::toProto(activity.retryInterval, info->mutable_current_retry_interval());
        payload::toProto(activity.nextAttemptTime, info->mutable_scheduled_time());
    } else {
        payload::toProto(activity.attemptScheduledTime, info->mutable_scheduled_time());
    }
    if (activity.expiration) payload::toProto(*activity.expiration, info->mutable_expiration_time());
    if (activity.lastFailure) *info->mutable_last_failure() = *activity.lastFailure;
    info->set_last_worker_identity(activity.lastIdentity);
    fillOptions(activity.attributes, info->mutable_activity_options());
    if (activity.attributes.has_priority()) *info->mutable_priority() = activity.attributes.priority();
}

void fillTask(const WorkflowTask& task, workflow_api::PendingWorkflowTaskInfo* info) {
    info->set_state(task.started() ? enums::PENDING_WORKFLOW_TASK_STATE_STARTED
                                   : enums::PENDING_WORKFLOW_TASK_STATE_SCHEDULED);
    payload::toProto(task.scheduledTime, info->mutable_scheduled_time());
    payload::toProto(task.originalScheduledTime, info->mutable_original_scheduled_time());
    if (task.started()) payload::toProto(task.startedTime, info->mutable_started_time());
    info->set_attempt(task.attempt);
}

void fillConfig(const Run& run, workflow_api::WorkflowExecutionConfig* config) {
    const auto started = run.startedEvent();
    *config->mutable_task_queue() = started.task_queue();
    if (started.has_workflow_execution_timeout()) {
        *config->mutable_workflow_execution_timeout() = started.workflow_execution_timeout();
    }
    if (started.has_workflow_run_timeout()) *config->mutable_workflow_run_timeout() = started.workflow_run_timeout();
    *config->mutable_default_workflow_task_timeout() = started.workflow_task_timeout();
    if (run.userMetadata.has_summary() || run.userMetadata.has_details()) {
        *config->mutable_user_metadata() = run.userMetadata;
    }
}

void fillExtended(const Run& run, workflow_api::WorkflowExecutionExtendedInfo* extended) {
    if (run.executionExpiration)
        payload::toProto(*run.executionExpiration, extended->mutable_execution_expiration_time());
    if (run.runExpiration) payload::toProto(*run.runExpiration, extended->mutable_run_expiration_time());
    extended->set_cancel_requested(run.cancelRequested);
    payload::toProto(run.firstStartTime, extended->mutable_original_start_time());
    extended->set_reset_run_id(run.resets->resetRunId);
    if (isReset(run)) payload::toProto(run.startTime, extended->mutable_last_reset_time());
    const auto add = [extended](const std::string& id, int64_t event, enums::EventType type) {
        auto& info = (*extended->mutable_request_id_infos())[id];
        info.set_event_id(event);
        info.set_event_type(type);
        info.set_buffered(event == 0);
    };
    if (!run.startRequestId.empty()) add(run.startRequestId, 1, enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    for (const auto& [id, event] : run.attachedRequests) {
        add(id, event, enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED);
    }
    for (const auto& [id, update] : run.updates) {
        const std::string& request = update.request.request_id();
        if (request.empty() || (update.admittedId == 0 && update.acceptedId == 0)) continue;
        // The event that brought the request is the one that counts.
        if (update.admittedId != 0) {
            add(request, update.admittedId, enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED);
        } else {
            add(request, update.acceptedId, enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
        }
    }
}

std::unique_ptr<api::DescribeWorkflowExecutionResponse> describeWorkflow(
    World& world, const api::DescribeWorkflowExecutionRequest& request) {
    const Run& run = targetOf(world, request);
    auto response = std::make_unique<api::DescribeWorkflowExecutionResponse>();
    fillConfig(run, response->mutable_execution_config());
    fillInfo(world, run, response->mutable_workflow_execution_info());
    fillResetPoints(run, response->mutable_workflow_execution_info()->mutable_auto_reset_points());
    if (const auto worker = lastWorkerVersion(run); worker.ByteSizeLong() > 0) {
        *response->mutable_workflow_execution_info()->mutable_most_recent_worker_version_stamp() = worker;
    }
    for (const auto& [id, activity] : run.activities) fillActivity(activity, response->add_pending_activities());
    for (const auto& [id, child] : run.children) {
        auto* info = response->add_pending_children();
        info->set_workflow_id(child.attributes.workflow_id());
        info->set_run_id(child.runId);
        info->set_workflow_type_name(child.attributes.workflow_type().name());
        info->set_initiated_id(id);
        info->set_parent_close_policy(child.attributes.parent_close_policy());
    }
    if (run.task) fillTask(*run.task, response->mutable_pending_workflow_task());
    fillExtended(run, response->mutable_workflow_extended_info());
    describeSkipping(world, run, response->mutable_workflow_extended_info());
    return response;
}

}  // namespace

void fillInfo(const World& world, const Run& run, workflow_api::WorkflowExecutionInfo* info) {
    info->mutable_execution()->set_workflow_id(run.workflowId);
    info->mutable_execution()->set_run_id(run.runId);
    info->mutable_type()->set_name(run.type);
    payload::toProto(run.startTime, info->mutable_start_time());
    payload::toProto(run.executionTime, info->mutable_execution_time());
    info->set_status(run.status);
    info->set_history_length(run.log.lastId());
    info->set_history_size_bytes(int64_t(run.log.bytes()));
    info->set_state_transition_count(run.transitions);
    info->set_task_queue(run.taskQueue());
    info->set_first_run_id(run.firstRunId);
    info->mutable_root_execution()->set_workflow_id(run.rootWorkflowId());
    info->mutable_root_execution()->set_run_id(run.rootRunId());
    if (run.parent) {
        info->mutable_parent_execution()->set_workflow_id(run.parent->workflowId);
        info->mutable_parent_execution()->set_run_id(run.parent->runId);
        const auto known = world.namespaces().find(run.parent->ns);
        if (known != world.namespaces().end()) info->set_parent_namespace_id(known->second.id);
    }
    *info->mutable_memo() = *run.memo;
    *info->mutable_search_attributes() = *run.searchAttributes;
    addBuildAttributes(run, info->mutable_search_attributes());
    if (run.priority.edited()) *info->mutable_priority() = *run.priority;
    if (!run.open()) {
        payload::toProto(run.closeTime, info->mutable_close_time());
        payload::toProto(run.closeTime - run.executionTime, info->mutable_execution_duration());
    }
}

void addDescribeMethods(Methods& methods) { methods.add("DescribeWorkflowExecution", describeWorkflow); }

}  // namespace orrery::server
