// SPDX-License-Identifier: MIT
// Everything the server knows, as plain data, and the few operations all concepts share. Not thread safe: the engine
// gives inputs in order, each between begin() and settle(), under its lock. No I/O, no clock of its own, and no
// randomness but the seeded ids, so the same inputs at the same times give the same histories.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/server/limits.h"
#include "core/server/state/call.h"
#include "core/server/state/due_queue.h"
#include "core/server/state/later.h"
#include "core/server/state/matching.h"
#include "core/server/state/run.h"
#include "core/server/state/run_index.h"
#include "core/server/state/seeded_random.h"
#include "core/server/state/virtual_clock.h"
#include "core/server/state/waits.h"
#include "core/server/state/worker_registry.h"

namespace orrery::server {

struct WorldOptions {
    uint64_t seed = 1;
    std::vector<std::string> namespaces = {"default"};
    bool testService = false;
    bool timeSkipping = false;
    Limits limits;
    std::map<std::string, int> searchAttributes;  ///< that `namespaces` have: name -> IndexedValueType
};

struct Namespace {
    std::string name;
    std::string id;
    std::string description;
    std::string ownerEmail;
    std::map<std::string, std::string> data;
    base::Duration retention = std::chrono::hours(24);
    std::map<std::string, int> searchAttributes;  ///< custom ones: name -> IndexedValueType
};

/// All runs of one workflow id.
struct WorkflowChain {
    /// What the id alone means: the latest run, but none when that one was deleted, even if older ones are left.
    Run* current = nullptr;
    std::vector<Run*> runs;  ///< oldest first
};

class World {
public:
    explicit World(WorldOptions options);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // -- time and inputs --
    base::Timestamp wall;  ///< of the current input
    base::Timestamp now;   ///< virtual
    base::Timestamp nowOf(const Run& run) const { return orrery::server::later(now, run.skipped); }
    VirtualClock clock;
    DueQueue due;
    Waits waits;
    WallTimers wallTimers;

    /// Opens an input: moves time and fires what has become due.
    void begin(base::Timestamp wallNow);
    /// Closes it: runs what was put off, jumps where the clock's mode says so, wakes those who wait for history.
    void settle();
    /// When the next input is needed although nobody calls; nullopt for never. Wall time.
    std::optional<base::Timestamp> nextWake() const;

    /// Runs after the current input's own work, in order: what one run does to another.
    void later(std::function<void()> job) { m_later.push_back(std::move(job)); }

    // -- answers --
    std::vector<std::pair<CallPtr, Reply>> outbox;
    void answer(const CallPtr& call, std::unique_ptr<google::protobuf::Message> message, std::string tail = {});
    void fail(const CallPtr& call, const ServiceError& error);
    /// When a long poll of at most `longest` has to be answered, a little before its caller gives up.
    base::Timestamp pollDeadline(const CallPtr& call, base::Duration longest) const;

    // -- things --
    const std::map<std::string, Namespace>& namespaces() const { return m_namespaces; }
    /// Throws NOT_FOUND for a name that was not registered.
    const Namespace& namespaceOf(const std::string& name) const;
    /// The same, to change it.
    Namespace& changeNamespace(const std::string& name);
    Namespace& addNamespace(const std::string& name);
    void removeNamespace(const std::string& name);

    std::vector<std::unique_ptr<Run>> runs;  ///< in no order
    Run& addRun(const std::string& ns, const std::string& workflowId, const std::string& runId);
    /// One whose names are set; it becomes the current one of its workflow id.
    Run& addRun(std::unique_ptr<Run> owned);
    /// Forgets a closed run. Nobody finds it from now on; the object itself stays for the rest of this input.
    void removeRun(Run& run);
    /// A closed run is removed when virtual time has come so far. Nothing that is due: no clock stops or jumps there.
    void keepUntil(Run& run, base::Timestamp time);
    Run* findRun(const std::string& runId);
    /// The run itself, or the latest one without a run id; nullptr when there is none.
    Run* findRun(const std::string& ns, const std::string& workflowId, const std::string& runId);
    /// The same, but throws NOT_FOUND or INVALID_ARGUMENT with a message that names what is missing.
    Run& runOf(const std::string& ns, const common::WorkflowExecution& execution);

    /// Runs in the order of lists that a filter with this key can take, from behind a place, until the visitor says no.
    void visitListed(const std::string& ns, const FilterKey& key, const std::optional<ListPlace>& after,
                     const std::function<bool(const Run&)>& visitor);

    Matching matching;
    WorkerRegistry workers;
    std::string newId();
    /// Those of later runs sort behind those of earlier ones.
    std::string newRunId();
    uint64_t newStamp() { return ++m_stamp; }
    /// Even for the first event of a batch, see EventLog.
    int64_t nextTaskId(bool startsBatch) {
        m_taskId += 2;
        return startsBatch ? m_taskId : m_taskId + 1;
    }

    /// What is written to one run in one piece of work is one batch. Counts these pieces; not kept.
    uint64_t work() const { return m_work; }

    /// Something in the run changed: its waiters and the clock's holders are looked at when the input settles.
    void touch(Run& run);
    /// Runs that hold the clock, by number.
    const std::map<uint64_t, Run*>& busyRuns() const { return m_busy; }

    const Limits& limits() const { return options.limits; }

    // -- test service --
    const WorldOptions options;
    /// May be negative: a client that unlocks from inside an activity takes that one's hold away.
    int64_t clientLocks = 0;
    void locksChanged();
    struct Sleeper {
        uint64_t waitId = 0;  ///< of the caller, who is gone after a restart
        bool relock = false;
        DueKey due;
    };
    std::map<uint64_t, Sleeper> sleepers;

    /// Grows with every change that a clock status shows.
    uint64_t statusVersion() const { return due.version() + clock.version() + m_holderVersion; }
    void holdersChanged() { ++m_holderVersion; }
    struct DirectQuery {
        Run* run = nullptr;
        std::string queryId;
        base::Timestamp since;
        bool handedOut = false;
    };
    std::map<uint64_t, DirectQuery> directQueries;  ///< by stamp; they hold the clock
    bool held() const { return holds() + clientLocks > 0; }
    /// Tasks, activities and queries at work or waiting for a worker.
    int64_t holds() const;

    // -- for a store --
    /// From now on the world notes which things an input may have changed. Before the first input.
    void noteChanges();
    struct Noted {
        std::vector<Run*> runs;
        std::vector<uint64_t> removed;     ///< numbers of runs that are no more
        std::set<std::string> namespaces;  ///< changed, added or removed
    };
    /// What the inputs since the last call may have changed.
    Noted takeNoted();
    /// Every number that must not come twice.
    struct Counters {
        uint64_t stamp = 0;
        int64_t taskId = 1'048'576;
        uint64_t random = 0;
        uint64_t lastRun = 0;
        bool operator==(const Counters&) const = default;
    };
    Counters counters() const;
    void setCounters(const Counters& counters);
    /// Puts a namespace back as it was.
    void restoreNamespace(Namespace known);
    /// Puts a run of this number in its place in its chain. Runs come in order of their numbers.
    Run& restoreRun(const std::string& ns, const std::string& workflowId, const std::string& runId, uint64_t number);
    /// The run is not what its workflow id means: another one came after it, even if that one was deleted since.
    void supersede(Run& run);
    /// After all of them: finds those that hold the clock.
    void findHolders();

private:
    Run& placeRun(std::unique_ptr<Run> owned, uint64_t number);
    void note(Run& run);
    void fireDue();
    void jumpWhereToldTo();
    void settleTouched();
    void removeExpired();
    void bury();

    std::map<std::string, Namespace> m_namespaces;
    SeededRandom m_random;
    uint64_t m_stamp = 0;
    int64_t m_taskId = 1'048'576;
    uint64_t m_lastRun = 0;
    bool m_noting = false;
    Noted m_noted;
    uint64_t m_work = 1;
    uint64_t m_holderVersion = 0;
    std::deque<std::function<void()>> m_later;
    std::vector<Run*> m_touched;
    std::map<uint64_t, Run*> m_busy;
    std::unordered_map<std::string_view, Run*> m_runsById;  ///< by the runs' own ids
    std::unordered_map<std::string, WorkflowChain> m_chains;
    RunIndex m_index;  ///< made from the runs, not kept in a store; runs that go away have to leave it before
    std::map<std::pair<base::Timestamp, uint64_t>, Run*> m_expiries;  ///< by time and number
    /// Removed; task queues may still refer to them.
    std::vector<std::unique_ptr<Run>> m_removed;
};

}  // namespace orrery::server
