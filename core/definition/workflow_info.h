// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "core/definition/activation.h"

namespace orrery::definition {

/// What a run knows about itself; the same on replay.
struct WorkflowInfo {
    std::string namespaceName;
    std::string taskQueue;
    std::string workflowId;
    std::string runId;
    std::string workflowType;
    int attempt = 1;
    Timestamp startTime;
    std::optional<WorkflowExecution> parent;
    std::optional<WorkflowExecution> root;
    std::optional<Duration> executionTimeout;
    std::optional<Duration> runTimeout;
    std::optional<Duration> taskTimeout;
    std::optional<RetryPolicy> retryPolicy;
    std::string cronSchedule;
    std::string firstExecutionRunId;
    std::string continuedFromRunId;
    std::optional<FailureData> continuedFailure;
    Payloads lastCompletionResult;
    PayloadMap headers;
    PayloadMap memo;
    PayloadMap searchAttributes;
    /// These three are as of the present workflow task.
    int64_t historyLength = 0;
    int64_t historySizeBytes = 0;
    bool continueAsNewSuggested = false;
};

}  // namespace orrery::definition
