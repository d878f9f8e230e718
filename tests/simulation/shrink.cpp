// SPDX-License-Identifier: MIT
#include "tests/simulation/shrink.h"

#include <algorithm>

namespace orrery::simulation {

Plan shrink(const Plan& plan, const std::string& rule, const Options& options, int mostTries) {
    Plan smallest = plan;
    size_t piece = std::max<size_t>(1, plan.actions.size() / 2);
    while (mostTries > 0) {
        bool smaller = false;
        for (size_t at = 0; at < smallest.actions.size() && mostTries > 0;) {
            Plan candidate = smallest;
            const auto begin = candidate.actions.begin() + long(at);
            candidate.actions.erase(begin, begin + long(std::min(piece, candidate.actions.size() - at)));
            --mostTries;
            const Result result = simulate(candidate, options);
            if (result.failure && result.failure->rule == rule) {
                smallest = std::move(candidate);
                smaller = true;
            } else {
                at += piece;
            }
        }
        if (piece == 1 && !smaller) break;
        if (piece > 1) piece = (piece + 1) / 2;
    }
    return smallest;
}

std::string report(const Plan& plan, const Options& options) {
    Options told = options;
    told.story = true;
    const Result result = simulate(plan, told);
    std::string text = "seed " + std::to_string(plan.setting.seed) + ", " + std::to_string(plan.actions.size()) +
                       " actions left; ORRERY_SEED=" + std::to_string(plan.setting.seed) + " runs it again\n";
    if (!result.failure) return text + "it holds\n";
    // Ahead of the story too, which may be longer than what shows it.
    const std::string verdict = "broken: " + result.failure->rule + ": " + result.failure->what + '\n';
    text += verdict;
    for (const std::string& line : result.story) text += line + '\n';
    text += verdict;
    if (!result.history.empty()) text += "history of run " + result.failure->runId + ":\n";
    for (const std::string& line : result.history) text += "  " + line + '\n';
    return text;
}

}  // namespace orrery::simulation
