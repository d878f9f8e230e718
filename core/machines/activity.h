// SPDX-License-Identifier: MIT
#pragma once

#include "core/machines/machine.h"

namespace orrery::machines {

/// An activity of the task queue, through all its attempts.
class ActivityMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    /// Queues ScheduleActivityTask.
    ActivityMachine(const definition::command::ScheduleActivity& command, Reactions& out);
    /// By cancellation type: TryCancel asks and resolves at once, WaitCancellationCompleted asks and waits, Abandon
    /// resolves at once without asking. One that was never sent vanishes and is resolved as cancelled. Nothing after it
    /// has ended.
    void cancel(Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

private:
    void onScheduled(const HistoryEvent& event);
    void resolve(definition::Resolution result, Reactions& out);
    void requestCancel(Reactions& out);
    definition::FailureData failure(std::string message, definition::FailureData cause,
                                    payload::RetryState retryState) const;
    definition::Cancelled cancelled(payload::CancelledFailureData cause = {}) const;

    definition::Seq m_seq;
    std::string m_id;
    std::string m_type;
    definition::ActivityCancellationType m_cancellation;
    int64_t m_scheduledEventId = 0;
    int64_t m_startedEventId = 0;
    std::string m_identity;
    /// The code has its answer; what the history still says about the activity changes nothing for it.
    bool m_resolved = false;
};

}  // namespace orrery::machines
