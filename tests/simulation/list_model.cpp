// SPDX-License-Identifier: MIT
#include "tests/simulation/list_model.h"

#include <cstdlib>

namespace orrery::simulation {
namespace {

using Matches = std::function<bool(const ListedRun&)>;

constexpr const char* kWords[] = {"",         "Running",    "Completed",      "Failed",
                                  "Canceled", "Terminated", "ContinuedAsNew", "TimedOut"};

ListQuestion aboutStatus(Dice& dice) {
    const auto status = static_cast<enums::WorkflowExecutionStatus>(1 + dice.below(7));
    const auto other = static_cast<enums::WorkflowExecutionStatus>(1 + dice.below(7));
    switch (dice.below(3)) {
        case 0:
            return {"ExecutionStatus = '" + statusWord(status) + "'",
                    [status](const ListedRun& run) { return run.status == status; }};
        case 1:
            return {"ExecutionStatus != \"" + statusWord(status) + "\"",
                    [status](const ListedRun& run) { return run.status != status; }};
        default:
            return {"ExecutionStatus IN ('" + statusWord(status) + "', '" + statusWord(other) + "')",
                    [=](const ListedRun& run) { return run.status == status || run.status == other; }};
    }
}

ListQuestion aboutName(Dice& dice) {
    const std::string id = "w" + std::to_string(dice.below(6));
    const std::string other = "w" + std::to_string(dice.below(6));
    switch (dice.below(5)) {
        case 0: return {"WorkflowId = '" + id + "'", [id](const ListedRun& run) { return run.workflowId == id; }};
        case 1: return {"WorkflowId != '" + id + "'", [id](const ListedRun& run) { return run.workflowId != id; }};
        case 2:
            return {"WorkflowId IN ('" + id + "', '" + other + "')",
                    [=](const ListedRun& run) { return run.workflowId == id || run.workflowId == other; }};
        case 3:
            return {"WorkflowId STARTS_WITH '" + id + "'",
                    [id](const ListedRun& run) { return run.workflowId.starts_with(id); }};
        default: return {"WorkflowType = 'wild'", [](const ListedRun& run) { return run.type == "wild"; }};
    }
}

/// A run without the attribute answers to no comparison.
ListQuestion aboutNumber(Dice& dice) {
    const std::string name = dice.oneIn(3) ? "Price" : "Step";
    const int border = dice.below(20);
    const auto compare = [name](auto test) -> Matches {
        return [=](const ListedRun& run) {
            const auto found = run.attributes.find(name);
            return found != run.attributes.end() && test(std::strtod(found->second.c_str(), nullptr));
        };
    };
    const std::string number = std::to_string(border);
    switch (dice.below(5)) {
        case 0: return {name + " > " + number, compare([border](double value) { return value > border; })};
        case 1: return {name + " <= " + number, compare([border](double value) { return value <= border; })};
        case 2: return {name + " = " + number, compare([border](double value) { return value == border; })};
        case 3:
            return {name + " BETWEEN " + number + " AND " + std::to_string(border + 4),
                    compare([border](double value) { return value >= border && value <= border + 4; })};
        default: return {name + " IS NULL", [name](const ListedRun& run) { return run.attributes.count(name) == 0; }};
    }
}

ListQuestion aboutWord(Dice& dice) {
    const auto is = [](const char* name, const std::string& json) -> Matches {
        return [=](const ListedRun& run) {
            const auto found = run.attributes.find(name);
            return found != run.attributes.end() && found->second == json;
        };
    };
    switch (dice.below(4)) {
        case 0: return {"Color = 'red'", is("Color", "\"red\"")};
        case 1:
            return {"Color IN ('green', 'blue')", [=](const ListedRun& run) {
                        return is("Color", "\"green\"")(run) || is("Color", "\"blue\"")(run);
                    }};
        case 2: return {"Flag = true", is("Flag", "true")};
        default: return {"Color IS NOT NULL", [](const ListedRun& run) { return run.attributes.count("Color") != 0; }};
    }
}

ListQuestion one(Dice& dice) {
    switch (dice.below(6)) {
        case 0:
        case 1: return aboutStatus(dice);
        case 2: return aboutName(dice);
        case 3: return aboutNumber(dice);
        case 4: return aboutWord(dice);
        default:
            return {"CloseTime IS NULL",
                    [](const ListedRun& run) { return run.status == enums::WORKFLOW_EXECUTION_STATUS_RUNNING; }};
    }
}

}  // namespace

std::string statusWord(enums::WorkflowExecutionStatus status) { return kWords[size_t(status)]; }

ListQuestion makeQuestion(Dice& dice) {
    ListQuestion question = one(dice);
    for (int more = dice.below(3); more > 0; --more) {
        ListQuestion right = one(dice);
        const bool both = dice.oneIn(2);
        question.filter = "(" + question.filter + (both ? ") AND (" : ") OR (") + right.filter + ")";
        question.matches = [left = question.matches, right = right.matches, both](const ListedRun& run) {
            return both ? left(run) && right(run) : left(run) || right(run);
        };
    }
    return question;
}

}  // namespace orrery::simulation
