// SPDX-License-Identifier: MIT
// A workflow whose code can be changed by knobs, and its recorded run: what mutations are tried on.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/history/history.h"
#include "core/workflow/registry.h"

namespace orrery::test {

/// Everything at its default is the code that was recorded.
struct Knobs {
    bool swapCalls = false;
    bool timerBeforeCharge = false;
    bool waitWithoutTimer = false;
    bool skipShip = false;
    bool withoutPatch = false;
    bool patchDeprecated = false;
    bool newPatch = false;
    bool callInSignal = false;
    bool withoutUpdate = false;
    bool failAtEnd = false;
    bool continueAtEnd = false;
    bool timerBesideShip = false;
    bool bug = false;
    bool swapParallel = false;
    std::string charge = "charge";
    std::string chargeInput = "2 coins";
    std::string chargeId;
    std::string chargeQueue;
    int chargeSeconds = 10;
    int chargeAttempts = 0;
    int waitHours = 24;
    std::string childId = "child-1";
    std::string childType = "Child";
    std::string memoKey = "who";
    std::string result = "done";
};
/// Of the code that runs from now on.
Knobs& knobs();

/// The line at which the code asked for something, by name: "charge", "timer", "wait", "child", "extra".
std::map<std::string, int>& lines();

/// Subject and its child, as the knobs say now.
std::shared_ptr<const workflow::WorkflowRegistry> subjects();

/// A run of the unchanged subject on the embedded server, from its start to its end.
std::shared_ptr<const history::History> recordSubject();

}  // namespace orrery::test
