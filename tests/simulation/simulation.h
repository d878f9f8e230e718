// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/clients.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {

/// A fault that is put into the server, so that tests see whether the oracle finds it.
using Sabotage = std::function<void(server::World& world)>;

struct Options {
    /// Looked at after every action.
    Sabotage sabotage;
    Tamper tamper;
    /// Keep in words what happens.
    bool story = false;
};

struct Failure {
    std::string rule;
    std::string what;
    std::string runId;
};

struct Result {
    std::optional<Failure> failure;
    uint64_t digest = 0;
    uint64_t events = 0;
    size_t runs = 0;
    std::set<enums::EventType> met;
    std::vector<std::string> story;
    /// Of the run that the failure is about.
    std::vector<std::string> history;
};

/// Performs the plan and then lets everything come to rest. The same plan gives the same result.
Result simulate(const Plan& plan, const Options& options = {});

}  // namespace orrery::simulation
