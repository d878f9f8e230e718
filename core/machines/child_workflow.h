// SPDX-License-Identifier: MIT
#pragma once

#include "core/machines/machine.h"

namespace orrery::machines {

/// A child workflow, from its start to its end, and the request to cancel it.
class ChildWorkflowMachine final : public Machine {
public:
    static const Blueprint& blueprint();
    /// The second table: the request to cancel the child.
    static const Blueprint& cancelBlueprint();

    /// Queues StartChildWorkflowExecution.
    ChildWorkflowMachine(const definition::command::StartChildWorkflow& command, const std::string& namespaceName,
                         Reactions& out);
    /// One that was never sent vanishes, and its start is resolved as cancelled. Else by cancellation type: all but
    /// Abandon ask; TryCancel and Abandon resolve at once, WaitCancellationRequested when the request was delivered,
    /// WaitCancellationCompleted when the child has ended. Nothing after it has ended.
    void cancel(const std::string& reason, Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

private:
    void onInitiated(const HistoryEvent& event);
    void onStarted(const HistoryEvent& event, Reactions& out);
    void onStartFailed(const HistoryEvent& event, Reactions& out);
    void onCompleted(const HistoryEvent& event, Reactions& out);
    void onFailed(uint8_t input, const HistoryEvent& event, std::string message, definition::FailureData cause,
                  int retryState, Reactions& out);
    void onCanceled(const HistoryEvent& event, Reactions& out);
    void onCancelEvent(const HistoryEvent& event, Reactions& out);
    void resolve(definition::Resolution result, Reactions& out);
    void resolveCancelled(Reactions& out);
    definition::FailureData failure(std::string message, definition::FailureData cause,
                                    payload::RetryState retryState) const;

    definition::Seq m_seq;
    std::string m_namespace;
    std::string m_workflowId;
    std::string m_type;
    std::string m_runId;
    definition::ChildWorkflowCancellationType m_cancellation;
    Tracker m_cancel;
    int64_t m_initiatedEventId = 0;
    int64_t m_startedEventId = 0;
    bool m_startResolved = false;
    bool m_resolved = false;
};

}  // namespace orrery::machines
