// SPDX-License-Identifier: MIT
#pragma once

#include "core/machines/machine.h"

namespace orrery::machines {

/// A signal to another workflow.
class ExternalSignalMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    /// Queues SignalExternalWorkflowExecution.
    ExternalSignalMachine(const definition::command::SignalExternalWorkflow& command, Reactions& out);
    /// Takes it back while it is unsent, and resolves it as cancelled; later it changes nothing.
    void cancel(Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

private:
    definition::Seq m_seq;
    std::string m_name;
    std::string m_workflowId;
};

/// A request to cancel another workflow.
class ExternalCancelMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    /// Queues RequestCancelExternalWorkflowExecution.
    ExternalCancelMachine(const definition::command::RequestCancelExternalWorkflow& command, Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

private:
    definition::Seq m_seq;
    std::string m_workflowId;
};

}  // namespace orrery::machines
