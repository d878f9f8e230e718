// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <temporal/api/history/v1/message.pb.h>

namespace orrery::machines {

using HistoryEvent = temporal::api::history::v1::HistoryEvent;

/// Events that record a command of the workflow's code, in the order of the commands.
bool isCommandEvent(const HistoryEvent& event);

/// Events after which a run has no more.
bool isClosingEvent(const HistoryEvent& event);

/// Events that a worker need not understand: nothing in the workflow's code depends on them.
bool isIgnorableEvent(const HistoryEvent& event);

/// The event that this one follows up (scheduled, started or initiated event), by whose id its machine is found; 0 when
/// it belongs to none.
int64_t originEventId(const HistoryEvent& event);

/// "TimerStarted"
std::string eventTypeName(const HistoryEvent& event);

/// In words for a person: "event 5 TimerStarted (timer 1)".
std::string describeEvent(const HistoryEvent& event);

}  // namespace orrery::machines
