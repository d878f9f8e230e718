// SPDX-License-Identifier: MIT
// Inside of the room: what a step tells in words.
#pragma once

#include <source_location>
#include <string>
#include <vector>

#include "core/definition/workflow_instance.h"
#include "core/replay/compare.h"
#include "core/replay/plan.h"

namespace orrery::replay {

/// What came in with a stretch, in the order of the events; the updates that it ran come last.
std::vector<Job> jobsOf(const Plan& plan, const Stretch& stretch);

/// "charge_card done → send_receipt"
std::string summaryOf(const std::vector<Job>& jobs, const std::vector<ComparedCommand>& commands, bool ended);

SourceLine sourceLine(const std::source_location& line);
/// "app/samples/order_approval.cpp:58"
std::string placeOf(const SourceLine& line);
std::vector<Waiter> waitersOf(const std::vector<definition::WaitingCoroutine>& coroutines);

}  // namespace orrery::replay
