// SPDX-License-Identifier: MIT
#include "tests/simulation/plan.h"

#include <array>

#include "tests/simulation/dice.h"

namespace orrery::simulation {
namespace {

struct Known {
    Kind kind;
    std::string_view name;
    int weight;
    /// Without these nothing would happen at all, so no seed goes without them.
    bool always;
};

constexpr std::array<Known, size_t(Kind::Count)> kKnown = {{
    {Kind::Start, "start", 10, true},
    {Kind::SignalWithStart, "signal with start", 3, false},
    {Kind::Signal, "signal", 9, false},
    {Kind::Update, "update", 6, false},
    {Kind::PollUpdate, "poll update", 2, false},
    {Kind::Query, "query", 5, false},
    {Kind::Cancel, "cancel", 2, false},
    {Kind::Terminate, "terminate", 1, false},
    {Kind::Look, "look", 2, false},
    {Kind::Follow, "follow", 4, false},
    {Kind::ResetSticky, "reset sticky", 1, false},
    {Kind::WorkerPoll, "worker polls", 24, true},
    {Kind::WorkerAnswer, "worker answers", 34, true},
    {Kind::WorkerKill, "worker dies", 1, false},
    {Kind::WorkerEvict, "worker evicts", 1, false},
    {Kind::WorkerShutdown, "worker shuts down", 1, false},
    {Kind::Deploy, "new code is deployed", 1, false},
    {Kind::ActivityPoll, "activity worker polls", 14, true},
    {Kind::ActivityAct, "activity", 20, true},
    {Kind::ActivityKill, "activity worker dies", 1, false},
    {Kind::ActivityById, "activity by id", 1, false},
    {Kind::Retry, "retry", 8, false},
    {Kind::DeliverLate, "late delivery", 5, false},
    {Kind::Pass, "time passes", 16, true},
    {Kind::Clock, "clock is turned", 3, false},
    {Kind::TestService, "test service", 2, false},
    {Kind::UpdateWithStart, "update with start", 3, false},
    {Kind::Ask, "asks for a list", 3, false},
    {Kind::ChangeNamespace, "changes the namespace", 1, false},
    {Kind::WildPoll, "wild worker polls", 14, true},
    {Kind::WildAnswer, "wild worker answers", 20, true},
    {Kind::WildKill, "wild worker dies", 1, false},
    {Kind::Crash, "server crashes", 2, false},
    {Kind::Reset, "reset", 2, false},
    {Kind::Erase, "delete", 1, false},
    {Kind::SlowStore, "the store is slow", 2, false},
    {Kind::BreakStore, "the store fails", 1, false},
}};

Setting makeSetting(uint64_t seed, Dice& dice) {
    Setting setting;
    setting.seed = seed;
    setting.workers = 1 + dice.below(3);
    setting.activityWorkers = 1 + dice.below(2);
    setting.wildWorkers = dice.below(3);
    setting.duplicates = dice.oneIn(4);
    setting.kept = !dice.oneIn(3);
    setting.retention = dice.oneIn(3) ? 5 + dice.below(60) : 0;
    setting.testService = dice.oneIn(6);
    setting.workflowIds = 1 + dice.below(6);
    constexpr int kFaults[] = {0, 4, 8, 8, 20};
    setting.faults = kFaults[dice.below(5)];
    constexpr int kMisbehaviour[] = {0, 0, 5, 12, 30};
    setting.misbehaviour = kMisbehaviour[dice.below(5)];
    return setting;
}

}  // namespace

std::string_view kindName(Kind kind) { return kKnown[size_t(kind)].name; }

Plan makePlan(uint64_t seed) {
    Dice dice(seed * 0x9e3779b97f4a7c15ULL + 1);
    Plan plan;
    plan.setting = makeSetting(seed, dice);
    std::array<int, size_t(Kind::Count)> weights{};
    int sum = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
        constexpr int kFactors[] = {0, 1, 2, 2, 4, 8};
        const int factor = kKnown[i].always ? 2 + 2 * dice.below(2) : kFactors[dice.below(6)];
        weights[i] = kKnown[i].weight * factor;
        sum += weights[i];
    }
    const int length = 60 + dice.below(260);
    plan.actions.push_back({Kind::Start, dice.next()});
    for (int n = 0; n < length; ++n) {
        int at = dice.below(sum);
        size_t kind = 0;
        while (at >= weights[kind]) at -= weights[kind++];
        plan.actions.push_back({kKnown[kind].kind, dice.next()});
    }
    return plan;
}

}  // namespace orrery::simulation
