// SPDX-License-Identifier: MIT
// What the scheduler decided: a list of actions that are complete in themselves. An action finds what it needs when it
// is performed, and does nothing when that is not there; so any part of a plan is a plan again, and can be shrunk.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace orrery::simulation {

enum class Kind : uint8_t {
    Start,
    SignalWithStart,
    Signal,
    Update,
    PollUpdate,
    Query,
    Cancel,
    Terminate,
    Look,
    Follow,
    ResetSticky,
    WorkerPoll,
    WorkerAnswer,
    WorkerKill,
    WorkerEvict,
    WorkerShutdown,
    Deploy,
    ActivityPoll,
    ActivityAct,
    ActivityKill,
    ActivityById,
    Retry,
    DeliverLate,
    Pass,
    Clock,
    TestService,
    UpdateWithStart,
    Ask,
    ChangeNamespace,
    WildPoll,
    WildAnswer,
    WildKill,
    Crash,
    Reset,
    Erase,
    SlowStore,
    BreakStore,
    Count,
};
std::string_view kindName(Kind kind);

struct Action {
    Kind kind = Kind::Pass;
    uint64_t seed = 0;  ///< of everything that is left open
};

/// What stays the same for one seed however its plan is shrunk.
struct Setting {
    uint64_t seed = 0;
    int workers = 2;
    int activityWorkers = 2;
    /// Workers that answer with anything (wild_worker.h).
    int wildWorkers = 1;
    /// Two processes that call themselves the same and share their queues.
    bool duplicates = false;
    /// The server keeps everything in a store, and crashes now and then.
    bool kept = false;
    /// For how many seconds runs are kept that have ended; 0 for always.
    int retention = 0;
    bool testService = false;
    int workflowIds = 5;
    /// One delivery in so many goes wrong; 0 for none.
    int faults = 8;
    /// One task in so many is answered badly; 0 for none.
    int misbehaviour = 12;
};

struct Plan {
    Setting setting;
    std::vector<Action> actions;
};

/// Which actions are frequent differs from seed to seed, so that rare ones meet each other.
Plan makePlan(uint64_t seed);

}  // namespace orrery::simulation
