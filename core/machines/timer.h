// SPDX-License-Identifier: MIT
#pragma once

#include "core/machines/machine.h"

namespace orrery::machines {

/// A durable timer.
class TimerMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    /// Queues StartTimer.
    TimerMachine(const definition::command::StartTimer& command, Reactions& out);
    /// The code treats the timer as cancelled from here on; no job follows. One that was never sent vanishes.
    void cancel(Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

private:
    definition::Seq m_seq;
};

}  // namespace orrery::machines
