// SPDX-License-Identifier: MIT
#pragma once

#include <variant>

#include "core/machines/machine.h"

namespace orrery::machines {

using ClosingCommand = std::variant<definition::command::CompleteWorkflow, definition::command::FailWorkflow,
                                    definition::command::CancelWorkflowExecution, definition::command::ContinueAsNew>;

/// The command that ends a run, and the event that records it.
class ClosingMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    ClosingMachine(const ClosingCommand& command, Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

private:
    uint8_t m_kind;
};

}  // namespace orrery::machines
