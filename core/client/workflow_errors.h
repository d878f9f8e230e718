// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/history/history.h"
#include "core/payload/failure.h"

namespace orrery::client {

/// The awaited run did not complete: it failed, was cancelled or terminated, or timed out.
class WorkflowFailedError final : public base::Error {
public:
    WorkflowFailedError(const std::string& workflowId, const std::string& runId, history::WorkflowStatus status,
                        std::shared_ptr<const payload::Failure> cause);

    history::WorkflowStatus status() const { return m_status; }
    /// Never null: ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure and so on.
    const std::shared_ptr<const payload::Failure>& cause() const { return m_cause; }

private:
    history::WorkflowStatus m_status;
    std::shared_ptr<const payload::Failure> m_cause;
};

/// The awaited run continued as another one, which was not to be followed.
class WorkflowContinuedAsNewError final : public base::Error {
public:
    WorkflowContinuedAsNewError(const std::string& workflowId, std::string newRunId);
    const std::string& newRunId() const { return m_newRunId; }

private:
    std::string m_newRunId;
};

/// The update was refused by its validator, or its handler failed.
class UpdateFailedError final : public base::Error {
public:
    UpdateFailedError(const std::string& workflowId, const std::string& name,
                      std::shared_ptr<const payload::Failure> cause);
    const std::shared_ptr<const payload::Failure>& cause() const { return m_cause; }

private:
    std::shared_ptr<const payload::Failure> m_cause;
};

/// The query was not asked, because of the run's status and the reject condition.
class QueryRejectedError final : public base::Error {
public:
    QueryRejectedError(const std::string& workflowId, history::WorkflowStatus status);
    history::WorkflowStatus status() const { return m_status; }

private:
    history::WorkflowStatus m_status;
};

}  // namespace orrery::client
