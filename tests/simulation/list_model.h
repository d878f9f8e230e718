// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/dice.h"
#include "tests/simulation/history_rules.h"
#include "tests/simulation/network.h"

namespace orrery::simulation {

/// What the histories say about a run, as a list has to show it.
struct ListedRun {
    std::string workflowId;
    std::string runId;
    std::string type;
    enums::WorkflowExecutionStatus status{};
    base::Timestamp start;
    base::Timestamp close;                          ///< of an open one the epoch
    std::map<std::string, std::string> attributes;  ///< JSON
};

/// A filter in the server's language and what it means, made at random from the same dice.
struct ListQuestion {
    std::string filter;
    std::function<bool(const ListedRun&)> matches;
};
ListQuestion makeQuestion(Dice& dice);

/// "Running", "TimedOut" ...: as filters and groups write a status.
std::string statusWord(enums::WorkflowExecutionStatus status);

}  // namespace orrery::simulation
