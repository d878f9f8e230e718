// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/definition/options.h"
#include "core/history/history.h"

namespace temporal::api::workflow::v1 {
class WorkflowExecutionInfo;
}
namespace temporal::api::workflowservice::v1 {
class DescribeWorkflowExecutionResponse;
}

namespace orrery::client {

/// One run as the server lists it.
struct WorkflowExecution {
    std::string workflowId;
    std::string runId;
    std::string firstRunId;
    std::string workflowType;
    std::string taskQueue;
    history::WorkflowStatus status = history::WorkflowStatus::Running;
    std::optional<base::Timestamp> startTime;
    std::optional<base::Timestamp> executionTime;
    std::optional<base::Timestamp> closeTime;
    int64_t historyLength = 0;
    int64_t historyBytes = 0;
    std::string parentWorkflowId;
    std::string parentRunId;
    std::string rootWorkflowId;
    std::string rootRunId;
    definition::PayloadMap memo;
    definition::PayloadMap searchAttributes;
};

WorkflowExecution fromProto(const temporal::api::workflow::v1::WorkflowExecutionInfo& wire);

/// By the number of temporal.api.enums.v1.WorkflowExecutionStatus; what is unknown counts as running.
history::WorkflowStatus workflowStatus(int number);

struct WorkflowDescription {
    WorkflowExecution execution;
    /// All that the server said: pending activities, configuration and so on.
    std::shared_ptr<const temporal::api::workflowservice::v1::DescribeWorkflowExecutionResponse> response;
};

struct WorkflowPage {
    std::vector<WorkflowExecution> executions;
    /// Empty after the last page.
    std::string nextPageToken;
};

}  // namespace orrery::client
