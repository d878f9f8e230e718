// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include "tests/simulation/simulation.h"

namespace orrery::simulation {

/// Leaves actions out, in ever smaller pieces, as long as the same rule is still broken. Of what is given back no
/// action can be left out, unless `mostTries` simulations were not enough.
Plan shrink(const Plan& plan, const std::string& rule, const Options& options = {}, int mostTries = 3000);

/// What a person needs to see of a failing seed: the rule, the actions that are left, and the history.
std::string report(const Plan& plan, const Options& options = {});

}  // namespace orrery::simulation
