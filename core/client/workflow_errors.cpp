// SPDX-License-Identifier: MIT
#include "core/client/workflow_errors.h"

#include <utility>

#include <fmt/format.h>

namespace orrery::client {
namespace {

using history::WorkflowStatus;

base::ErrorCode codeOf(WorkflowStatus status) {
    switch (status) {
        case WorkflowStatus::Canceled: return base::ErrorCode::Cancelled;
        case WorkflowStatus::TimedOut: return base::ErrorCode::DeadlineExceeded;
        default: return base::ErrorCode::Aborted;
    }
}

/// The innermost words tell most, but the way there matters too: "activity failed: card declined".
std::string chain(const payload::Failure& failure) {
    std::string text = failure.message();
    if (failure.cause()) text += ": " + chain(*failure.cause());
    return text;
}

std::string_view verb(WorkflowStatus status) {
    switch (status) {
        case WorkflowStatus::Canceled: return "was cancelled";
        case WorkflowStatus::Terminated: return "was terminated";
        case WorkflowStatus::TimedOut: return "timed out";
        default: return "failed";
    }
}

}  // namespace

WorkflowFailedError::WorkflowFailedError(const std::string& workflowId, const std::string& runId, WorkflowStatus status,
                                         std::shared_ptr<const payload::Failure> cause)
    : Error(codeOf(status), fmt::format("workflow {} {}: {}", workflowId, verb(status), chain(*cause)),
            {{"workflowId", workflowId}, {"runId", runId}, {"status", std::string(workflowStatusName(status))}}),
      m_status(status),
      m_cause(std::move(cause)) {}

WorkflowContinuedAsNewError::WorkflowContinuedAsNewError(const std::string& workflowId, std::string newRunId)
    : Error(base::ErrorCode::Aborted, fmt::format("workflow {} continued as new in run {}", workflowId, newRunId),
            {{"workflowId", workflowId}, {"runId", newRunId}}),
      m_newRunId(std::move(newRunId)) {}

UpdateFailedError::UpdateFailedError(const std::string& workflowId, const std::string& name,
                                     std::shared_ptr<const payload::Failure> cause)
    : Error(base::ErrorCode::Aborted,
            fmt::format("update {} of workflow {} failed: {}", name, workflowId, chain(*cause)),
            {{"workflowId", workflowId}, {"update", name}}),
      m_cause(std::move(cause)) {}

QueryRejectedError::QueryRejectedError(const std::string& workflowId, WorkflowStatus status)
    : Error(base::ErrorCode::FailedPrecondition,
            fmt::format("the query was not asked: workflow {} is {}", workflowId, workflowStatusName(status)),
            {{"workflowId", workflowId}, {"status", std::string(workflowStatusName(status))}}),
      m_status(status) {}

}  // namespace orrery::client
