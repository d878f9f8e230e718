// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.h"

namespace orrery::machines {

/// Where the code and the history part: what the history has at that place, and what the code did there instead.
struct Nondeterminism {
    /// The started event of the workflow task whose commands differ; 0 before the first.
    int64_t taskStartedEventId = 0;
    /// The first event that does not fit; 0 when the history ends before the difference shows in an event.
    int64_t eventId = 0;
    /// The event, in words: "event 5 TimerStarted (timer 1)".
    std::string expected;
    /// The command or the machine's state, in words: "command ScheduleActivityTask (activity 1, charge_card)".
    std::string actual;
};

/// The workflow's code no longer does what the history says it did. what() names both sides.
class NondeterminismError final : public base::Error {
public:
    explicit NondeterminismError(Nondeterminism data);
    const Nondeterminism& data() const noexcept { return m_data; }

private:
    Nondeterminism m_data;
};

}  // namespace orrery::machines
