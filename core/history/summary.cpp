// SPDX-License-Identifier: MIT
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/history.h"
#include "core/history/store.h"
#include "core/history/words.h"
#include "core/payload/proto.h"

namespace orrery::history {
namespace {

using temporal::api::common::v1::Payloads;
using temporal::api::history::v1::HistoryEvent;

std::vector<payload::RenderedPayload> rendered(const Payloads& values) {
    std::vector<payload::RenderedPayload> out;
    for (const auto& value : values.payloads()) out.push_back(payload::renderPayload(payload::fromProto(value)));
    return out;
}

/// Zero stands for "no limit" in many histories.
std::optional<base::Duration> span(bool present, const google::protobuf::Duration& wire) {
    if (!present || (wire.seconds() == 0 && wire.nanos() == 0)) return std::nullopt;
    return payload::fromProto(wire);
}

void takeStart(const HistoryEvent& event, Summary& summary) {
    const auto& start = event.workflow_execution_started_event_attributes();
    if (!start.workflow_type().name().empty()) summary.workflowType = start.workflow_type().name();
    summary.workflowId = start.workflow_id();
    summary.runId = start.original_execution_run_id();
    summary.taskQueue = start.task_queue().name();
    summary.identity = start.identity();
    summary.cronSchedule = start.cron_schedule();
    if (!start.parent_workflow_execution().workflow_id().empty()) {
        summary.parent =
            ExecutionRef{start.parent_workflow_namespace(), start.parent_workflow_execution().workflow_id(),
                         start.parent_workflow_execution().run_id()};
    }
    summary.input = rendered(start.input());
    summary.executionTimeout = span(start.has_workflow_execution_timeout(), start.workflow_execution_timeout());
    summary.runTimeout = span(start.has_workflow_run_timeout(), start.workflow_run_timeout());
    summary.taskTimeout = span(start.has_workflow_task_timeout(), start.workflow_task_timeout());
    summary.attempt = std::max(1, start.attempt());
    summary.firstRunId = start.first_execution_run_id();
    summary.continuedFromRunId = start.continued_execution_run_id();
    summary.startTime = timeOf(event);
}

void takeClose(const HistoryEvent& event, Summary& summary) {
    summary.closeTime = timeOf(event);
    if (event.has_workflow_execution_completed_event_attributes()) {
        const auto& close = event.workflow_execution_completed_event_attributes();
        summary.result = rendered(close.result());
        summary.continuedTo = close.new_execution_run_id();
    } else if (event.has_workflow_execution_failed_event_attributes()) {
        const auto& close = event.workflow_execution_failed_event_attributes();
        if (close.has_failure()) summary.failure = toFailureInfo(close.failure());
        summary.continuedTo = close.new_execution_run_id();
    } else if (event.has_workflow_execution_timed_out_event_attributes()) {
        summary.continuedTo = event.workflow_execution_timed_out_event_attributes().new_execution_run_id();
    } else if (event.has_workflow_execution_continued_as_new_event_attributes()) {
        summary.continuedTo = event.workflow_execution_continued_as_new_event_attributes().new_execution_run_id();
    } else if (event.has_workflow_execution_terminated_event_attributes()) {
        FailureInfo failure;
        failure.type = "Terminated";
        failure.message = event.workflow_execution_terminated_event_attributes().reason();
        summary.failure = failure;
    } else if (event.has_workflow_execution_canceled_event_attributes()) {
        summary.result = rendered(event.workflow_execution_canceled_event_attributes().details());
    }
}

WorkflowStatus statusOf(int closingType) {
    namespace enums = temporal::api::enums::v1;
    switch (closingType) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: return WorkflowStatus::Completed;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: return WorkflowStatus::Failed;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: return WorkflowStatus::TimedOut;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: return WorkflowStatus::Canceled;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: return WorkflowStatus::Terminated;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: return WorkflowStatus::ContinuedAsNew;
        default: return WorkflowStatus::Running;
    }
}

}  // namespace

std::string_view workflowStatusName(WorkflowStatus status) {
    switch (status) {
        case WorkflowStatus::Running: return "Running";
        case WorkflowStatus::Completed: return "Completed";
        case WorkflowStatus::Failed: return "Failed";
        case WorkflowStatus::Canceled: return "Canceled";
        case WorkflowStatus::Terminated: return "Terminated";
        case WorkflowStatus::TimedOut: return "TimedOut";
        case WorkflowStatus::ContinuedAsNew: return "ContinuedAsNew";
    }
    return "Running";
}

Summary History::summary() const {
    Summary summary;
    if (m_ends.startedAt >= 0) takeStart(*entry(static_cast<size_t>(m_ends.startedAt)).message, summary);
    if (m_ends.resetAt >= 0) {
        // A reset starts a new run on a copy of the old events, whose start still names the old run.
        const auto& reset = *entry(static_cast<size_t>(m_ends.resetAt)).message;
        const std::string& run = reset.workflow_task_failed_event_attributes().new_run_id();
        if (!run.empty()) summary.runId = run;
    }
    if (m_ends.closedAt >= 0) {
        const HistoryEvent& close = *entry(static_cast<size_t>(m_ends.closedAt)).message;
        summary.status = statusOf(close.event_type());
        takeClose(close, summary);
    }
    return summary;
}

}  // namespace orrery::history
