// SPDX-License-Identifier: MIT
#include "core/worker/started_event.h"

#include "core/machines/random_seed.h"
#include "core/machines/wire.h"
#include "core/payload/failure_proto.h"

namespace orrery::worker {
namespace {

std::optional<base::Duration> optionalDuration(bool present, const google::protobuf::Duration& wire) {
    if (!present) return std::nullopt;
    const base::Duration value = payload::fromProto(wire);
    return value > base::Duration::zero() ? std::optional(value) : std::nullopt;
}

definition::WorkflowExecution execution(const std::string& namespaceName,
                                        const temporal::api::common::v1::WorkflowExecution& wire) {
    return {namespaceName, wire.workflow_id(), wire.run_id()};
}

}  // namespace

definition::job::InitializeWorkflow initializeJob(const machines::HistoryEvent& event, const std::string& namespaceName,
                                                  const std::string& workflowId, const std::string& runId) {
    const auto& started = event.workflow_execution_started_event_attributes();
    definition::job::InitializeWorkflow job;
    job.namespaceName = namespaceName;
    job.taskQueue = started.task_queue().name();
    job.workflowId = started.workflow_id().empty() ? workflowId : started.workflow_id();
    job.workflowType = started.workflow_type().name();
    job.arguments = payload::fromProto(started.input());
    const std::string& original = started.original_execution_run_id();
    job.randomSeed = machines::randomSeed(original.empty() ? runId : original);
    job.headers = machines::readMap(started.header().fields());
    job.identity = started.identity();
    if (started.has_parent_workflow_execution()) {
        job.parent = execution(started.parent_workflow_namespace(), started.parent_workflow_execution());
    }
    if (started.has_root_workflow_execution()) {
        job.root = execution(namespaceName, started.root_workflow_execution());
    }
    job.executionTimeout =
        optionalDuration(started.has_workflow_execution_timeout(), started.workflow_execution_timeout());
    job.runTimeout = optionalDuration(started.has_workflow_run_timeout(), started.workflow_run_timeout());
    job.taskTimeout = optionalDuration(started.has_workflow_task_timeout(), started.workflow_task_timeout());
    job.firstExecutionRunId = started.first_execution_run_id();
    job.continuedFromRunId = started.continued_execution_run_id();
    if (started.has_continued_failure()) job.continuedFailure = payload::fromProto(started.continued_failure());
    job.lastCompletionResult = payload::fromProto(started.last_completion_result());
    job.attempt = started.attempt() > 0 ? started.attempt() : 1;
    job.cronSchedule = started.cron_schedule();
    if (started.has_retry_policy()) job.retryPolicy = machines::fromProto(started.retry_policy());
    job.memo = machines::readMap(started.memo().fields());
    job.searchAttributes = machines::readMap(started.search_attributes().indexed_fields());
    job.startTime = payload::fromProto(event.event_time());
    return job;
}

definition::job::SignalWorkflow signalJob(const machines::HistoryEvent& event) {
    const auto& signaled = event.workflow_execution_signaled_event_attributes();
    return {signaled.signal_name(), payload::fromProto(signaled.input()), machines::readMap(signaled.header().fields()),
            signaled.identity()};
}

}  // namespace orrery::worker
