// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <temporal/api/command/v1/message.pb.h>
#include <temporal/api/protocol/v1/message.pb.h>

#include "core/definition/activation.h"
#include "core/machines/events.h"
#include "core/machines/nondeterminism.h"
#include "core/machines/transitions.h"

namespace orrery::machines {

using WireCommand = temporal::api::command::v1::Command;
using WireMessage = temporal::api::protocol::v1::Message;

/// What a machine wants done after an input. The engine queues the commands as this machine's, in order.
struct Reactions {
    std::vector<definition::Job> jobs;
    std::vector<WireCommand> commands;
    std::vector<WireMessage> messages;
    /// The machine's own command that waits in the queue is taken back: code cancelled what was never sent.
    bool withdraw = false;
};

/// The life of one thing that the code asked for (a timer, an activity …), driven by the code's commands and by history
/// events; no I/O, no clock. Replay and live are the same to it. Belongs to one run; one thread at a time.
class Machine {
public:
    virtual ~Machine() = default;

    /// An event of this machine: the record of its queued command, or one that names it as its origin. Throws
    /// NondeterminismError when the event is none of its own or comes out of order.
    virtual void onEvent(const HistoryEvent& event, Reactions& out) = 0;
    /// The command it stands for, in words: "command StartTimer (timer 1)".
    virtual std::string describe() const = 0;
    /// No event of this machine can come any more.
    virtual bool finished() const = 0;

    std::string_view stateName() const { return m_tracker.stateName(); }

protected:
    explicit Machine(const Blueprint& blueprint) : m_tracker(blueprint) {}

    uint8_t state() const { return m_tracker.state(); }
    bool accepts(uint8_t input) const { return m_tracker.accepts(input); }
    /// A step that the engine's own rules make certain; a missing one is a bug and throws Error(Internal).
    void take(uint8_t input);
    /// A step that the history asks for; a missing one is nondeterminism.
    void takeEvent(uint8_t input, const HistoryEvent& event);
    [[noreturn]] void refuse(const HistoryEvent& event) const;

private:
    Tracker m_tracker;
};

}  // namespace orrery::machines
