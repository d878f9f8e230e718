// SPDX-License-Identifier: MIT
#include "core/client/values.h"

#include <temporal/api/workflow/v1/message.pb.h>

#include "core/payload/proto.h"

namespace orrery::client {
namespace {

namespace enums = temporal::api::enums::v1;

template <typename Map>
definition::PayloadMap payloadMap(const Map& wire) {
    definition::PayloadMap values;
    for (const auto& [name, value] : wire) values.emplace(name, payload::fromProto(value));
    return values;
}

}  // namespace

history::WorkflowStatus workflowStatus(int number) {
    using history::WorkflowStatus;
    switch (number) {
        case enums::WORKFLOW_EXECUTION_STATUS_COMPLETED: return WorkflowStatus::Completed;
        case enums::WORKFLOW_EXECUTION_STATUS_FAILED: return WorkflowStatus::Failed;
        case enums::WORKFLOW_EXECUTION_STATUS_CANCELED: return WorkflowStatus::Canceled;
        case enums::WORKFLOW_EXECUTION_STATUS_TERMINATED: return WorkflowStatus::Terminated;
        case enums::WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: return WorkflowStatus::ContinuedAsNew;
        case enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT: return WorkflowStatus::TimedOut;
        default: return WorkflowStatus::Running;
    }
}

WorkflowExecution fromProto(const temporal::api::workflow::v1::WorkflowExecutionInfo& wire) {
    WorkflowExecution value;
    value.workflowId = wire.execution().workflow_id();
    value.runId = wire.execution().run_id();
    value.firstRunId = wire.first_run_id();
    value.workflowType = wire.type().name();
    value.taskQueue = wire.task_queue();
    value.status = workflowStatus(wire.status());
    if (wire.has_start_time()) value.startTime = payload::fromProto(wire.start_time());
    if (wire.has_execution_time()) value.executionTime = payload::fromProto(wire.execution_time());
    if (wire.has_close_time()) value.closeTime = payload::fromProto(wire.close_time());
    value.historyLength = wire.history_length();
    value.historyBytes = wire.history_size_bytes();
    value.parentWorkflowId = wire.parent_execution().workflow_id();
    value.parentRunId = wire.parent_execution().run_id();
    value.rootWorkflowId = wire.root_execution().workflow_id();
    value.rootRunId = wire.root_execution().run_id();
    value.memo = payloadMap(wire.memo().fields());
    value.searchAttributes = payloadMap(wire.search_attributes().indexed_fields());
    return value;
}

}  // namespace orrery::client
