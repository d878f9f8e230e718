// SPDX-License-Identifier: MIT
#pragma once

#include "core/machines/machine.h"

namespace orrery::machines {

/// The run's workflow tasks, one after the other. Unlike other machines it lives as long as the run.
class WorkflowTaskMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    WorkflowTaskMachine() : Machine(blueprint()) {}

    /// A reset's failure gives UpdateRandomSeed.
    void onEvent(const HistoryEvent& event, Reactions& out) override;
    /// The server threw the present task away: it was speculative and left no trace in the history.
    void discard();
    std::string describe() const override;
    bool finished() const override { return false; }

    int64_t startedEventId() const { return m_startedEventId; }

private:
    int64_t m_startedEventId = 0;
};

}  // namespace orrery::machines
