// SPDX-License-Identifier: MIT
#include "core/machines/machine.h"

#include <fmt/format.h>

namespace orrery::machines {

void Machine::take(uint8_t input) {
    if (m_tracker.take(input)) return;
    throw base::Error(base::ErrorCode::Internal,
                      fmt::format("{} in state {} cannot take {}, which is a bug of the worker",
                                  m_tracker.machineName(), stateName(), m_tracker.inputName(input)));
}

void Machine::takeEvent(uint8_t input, const HistoryEvent& event) {
    if (!m_tracker.take(input)) refuse(event);
}

void Machine::refuse(const HistoryEvent& event) const {
    throw NondeterminismError({.taskStartedEventId = 0,
                               .eventId = event.event_id(),
                               .expected = describeEvent(event),
                               .actual = fmt::format("{} in state {}", describe(), stateName())});
}

}  // namespace orrery::machines
