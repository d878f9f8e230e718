// SPDX-License-Identifier: MIT
#include "core/server/state/world.h"

#include <algorithm>

#include "core/base/uuid.h"
#include "core/server/state/activities.h"
#include "core/server/state/history_api.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/limit_check.h"
#include "core/server/state/queries.h"
#include "core/server/state/skip_time.h"
#include "core/server/state/tasks.h"
#include "core/server/state/test_service.h"
#include "core/server/state/timers.h"

namespace orrery::server {

using namespace std::chrono_literals;

World::World(WorldOptions given)
    : matching(waits, wall, [this](const TaskRef& task) { return stillWanted(*this, task); }),
      options(std::move(given)),
      m_random(options.seed) {
    for (const std::string& name : options.namespaces) addNamespace(name).searchAttributes = options.searchAttributes;
    due.setJumpToRunTimeouts(options.testService);
    clientLocks = options.testService && !options.timeSkipping ? 1 : 0;
    locksChanged();
}

void World::begin(base::Timestamp wallNow) {
    ++m_work;
    bury();
    wall = std::max(wall, wallNow);
    // Clients of a test server name queues before they poll them: there it matters whether one ever did, see
    // stickyAlive().
    if (!options.testService) matching.forgetIdle();
    clock.checkTarget(wall);
    now = clock.now(wall);
    fireDue();
    removeExpired();
    ++m_work;
    wallTimers.fire(wall);
    waits.expire(wall);
    ++m_work;
}

void World::fireDue() {
    while (auto entry = due.takeDue(now)) {
        const DueEntry& thing = entry->second;
        if (thing.run != nullptr) note(*thing.run);
        ++m_work;
        switch (thing.what) {
            case DueWhat::UserTimer: fireTimer(*this, *thing.run, thing.id); break;
            case DueWhat::ActivityRetry:
            case DueWhat::ActivityScheduleToStart:
            case DueWhat::ActivityScheduleToClose:
            case DueWhat::ActivityStartToClose:
            case DueWhat::ActivityHeartbeat: activityDue(*this, *thing.run, thing.id, thing.what); break;
            case DueWhat::TaskStartToClose: taskTimedOut(*this, *thing.run, enums::TIMEOUT_TYPE_START_TO_CLOSE); break;
            case DueWhat::FirstTask: firstTaskDue(*this, *thing.run); break;
            case DueWhat::RunTimeout:
            case DueWhat::ExecutionTimeout: timeOutRun(*this, *thing.run, thing.what); break;
            case DueWhat::FastForward: fastForwardDue(*this, *thing.run); break;
            case DueWhat::Sleep: wakeSleeper(*this, uint64_t(thing.id)); break;
        }
        settleTouched();
    }
}

void World::settle() {
    settleTouched();
    // A timer of no duration is due in the input that starts it; paused time would never wake anybody for it.
    fireDue();
    jumpWhereToldTo();
}

void World::settleTouched() {
    size_t looked = 0;
    while (!m_later.empty() || looked < m_touched.size()) {
        if (m_later.empty()) {
            terminateIfTooLarge(*this, *m_touched[looked++]);
            continue;
        }
        const auto job = std::move(m_later.front());
        m_later.pop_front();
        ++m_work;
        job();
    }
    for (size_t i = 0; i < m_touched.size(); ++i) skipIdleTime(*this, *m_touched[i]);
    // Waking a waiter changes no run, so the list does not grow meanwhile.
    for (Run* run : m_touched) {
        run->touched = false;
        ++run->transitions;
        // Its place changes with its status alone.
        if (run->listedAs != run->status) m_index.put(*run);
        run->listedAs = run->status;
        wakeHistoryWaiters(*this, *run);
        const bool busy = m_busy.count(run->number) != 0;
        if (run->holdsClock() == busy) continue;
        if (busy) {
            m_busy.erase(run->number);
        } else {
            m_busy.emplace(run->number, run);
        }
    }
    if (!m_touched.empty()) ++m_holderVersion;
    m_touched.clear();
}

int64_t World::holds() const {
    // Only a negative lock counter needs more than to know whether there are any.
    if (clientLocks >= 0) return m_busy.empty() && directQueries.empty() ? 0 : 1;
    auto count = int64_t(directQueries.size());
    for (const auto& [number, run] : m_busy) count += (run->task ? 1 : 0) + int64_t(run->activeActivities.size());
    return count;
}

void World::jumpWhereToldTo() {
    // A chain of runs that only time-outs end may go on for ever. Others are heard in between, see nextWake().
    constexpr int kMostJumps = 1000;
    for (int jumps = 0; jumps < kMostJumps && (!held() || clock.takeGoOn()); ++jumps) {
        const auto target = clock.nextJump(wall, due.firstTime(), due.firstJumpTime());
        if (!target) return;
        clock.jumpTo(*target, wall);
        now = clock.now(wall);
        fireDue();
        clock.jumped(wall);
    }
}

std::optional<base::Timestamp> World::nextWake() const {
    // An input that came to the end of its jumps left this over; else nothing of the kind is left.
    const bool jumps = clock.mode() == ClockMode::Automatic
                           ? due.firstJumpTime().has_value()
                           : clock.mode() != ClockMode::Real && clock.mode() != ClockMode::Paused;
    constexpr base::Duration kBreath = 1ms;
    if (jumps && !held()) return server::later(wall, kBreath);
    std::optional<base::Timestamp> wake = waits.nextDeadline();
    const auto sooner = [&wake](std::optional<base::Timestamp> other) {
        if (other && (!wake || *other < *wake)) wake = other;
    };
    sooner(wallTimers.next());
    if (!clock.frozen()) {
        const auto inWall = [this](std::optional<base::Timestamp> time) {
            return time ? std::optional(server::later(*time, -clock.offset())) : std::nullopt;
        };
        sooner(inWall(due.firstTime()));
        sooner(inWall(clock.target()));
    }
    return wake;
}

void World::answer(const CallPtr& call, std::unique_ptr<google::protobuf::Message> message, std::string tail) {
    if (!call) return;
    outbox.emplace_back(call, Reply{std::move(message), std::move(tail), std::nullopt});
}

void World::fail(const CallPtr& call, const ServiceError& error) {
    if (!call) return;
    outbox.emplace_back(call, Reply{nullptr, {}, error});
}

base::Timestamp World::pollDeadline(const CallPtr& call, base::Duration longest) const {
    base::Timestamp deadline = wall + longest;
    if (call->deadline) {
        const base::Duration left = *call->deadline - wall;
        deadline = std::min(deadline, *call->deadline - std::min<base::Duration>(1s, left / 4));
    }
    return std::max(deadline, wall);
}

const Namespace& World::namespaceOf(const std::string& name) const {
    constexpr size_t kLongestName = 1000;
    if (name.empty()) throw invalidArgument("Namespace is empty.");
    if (name.size() > kLongestName) throw invalidArgument("Namespace length exceeds limit.");
    const auto found = m_namespaces.find(name);
    if (found == m_namespaces.end()) throw namespaceNotFound(name);
    return found->second;
}

Namespace& World::changeNamespace(const std::string& name) {
    namespaceOf(name);
    if (m_noting) m_noted.namespaces.insert(name);
    return m_namespaces.at(name);
}

Namespace& World::addNamespace(const std::string& name) {
    if (m_noting) m_noted.namespaces.insert(name);
    Namespace& added = m_namespaces[name];
    if (added.name.empty()) {
        added.name = name;
        added.id = newId();
        if (options.testService) added.searchAttributes = options.searchAttributes;
    }
    return added;
}

void World::removeNamespace(const std::string& name) {
    if (m_noting) m_noted.namespaces.insert(name);
    m_namespaces.erase(name);
    workers.forget(name);
}

std::string World::newRunId() {
    const uint64_t high = m_random.next();
    return base::formatUuid7(now, {high, m_random.next()});
}

std::string World::newId() {
    const uint64_t high = m_random.next();
    return base::formatUuid4({high, m_random.next()});
}

namespace {

std::string chainKey(const std::string& ns, const std::string& workflowId) { return ns + '\x1f' + workflowId; }

/// Does something with each collection whose entries a store keeps one by one.
template <typename Action>
void withEntries(Run& run, Action&& action) {
    action(run.activities);
    action(run.timers);
    action(run.children);
    action(run.updates);
    action(run.signalRequests);
    if (run.attempts) action(run.attempts->pages);
}

/// `isNew`: the store has nothing of the run, though a reset may have filled it already.
void trackEntries(Run& run, bool isNew) {
    if (!run.kept) run.kept = KeptMarks();
    withEntries(run, [isNew](auto& entries) { isNew ? entries.trackAll() : entries.track(); });
}

}  // namespace

Run& World::addRun(const std::string& ns, const std::string& workflowId, const std::string& runId) {
    auto owned = std::make_unique<Run>();
    owned->ns = ns;
    owned->workflowId = workflowId;
    owned->runId = runId;
    return addRun(std::move(owned));
}

Run& World::addRun(std::unique_ptr<Run> owned) { return placeRun(std::move(owned), ++m_lastRun); }

Run& World::restoreRun(const std::string& ns, const std::string& workflowId, const std::string& runId,
                       uint64_t number) {
    auto owned = std::make_unique<Run>();
    owned->ns = ns;
    owned->workflowId = workflowId;
    owned->runId = runId;
    return placeRun(std::move(owned), number);
}

void World::supersede(Run& run) {
    run.superseded = true;
    WorkflowChain& chain = m_chains[chainKey(run.ns, run.workflowId)];
    if (chain.current == &run) chain.current = nullptr;
    note(run);
}

Run& World::placeRun(std::unique_ptr<Run> owned, uint64_t number) {
    Run& run = *owned;
    run.number = number;
    run.place = runs.size();
    m_runsById.emplace(run.runId, &run);
    WorkflowChain& chain = m_chains[chainKey(run.ns, run.workflowId)];
    if (chain.current != nullptr) supersede(*chain.current);
    chain.current = &run;
    chain.runs.push_back(&run);
    runs.push_back(std::move(owned));
    if (m_noting) trackEntries(run, true);
    note(run);
    return run;
}

void World::keepUntil(Run& run, base::Timestamp time) {
    run.keptUntil = time;
    m_expiries.emplace(std::pair(time, run.number), &run);
}

void World::removeExpired() {
    while (!m_expiries.empty() && m_expiries.begin()->first.first <= now) removeRun(*m_expiries.begin()->second);
}

void World::removeRun(Run& run) {
    dropQueries(*this, run);
    wakeHistoryWaiters(*this, run);
    // Whatever still touches it in this input does so in vain.
    run.touched = true;
    if (run.keptUntil) m_expiries.erase({*run.keptUntil, run.number});
    m_runsById.erase(run.runId);
    const auto chain = m_chains.find(chainKey(run.ns, run.workflowId));
    if (chain->second.current == &run) chain->second.current = nullptr;
    auto& all = chain->second.runs;
    all.erase(std::find(all.begin(), all.end(), &run));  // those that expire are at the front
    if (chain->second.runs.empty()) m_chains.erase(chain);
    m_index.remove(run);
    m_busy.erase(run.number);
    std::erase(m_touched, &run);
    if (m_noting) {
        std::erase(m_noted.runs, &run);
        run.kept->changed = true;
        m_noted.removed.push_back(run.number);
    }
    m_removed.push_back(std::move(runs[run.place]));
    if (run.place + 1 != runs.size()) {
        runs[run.place] = std::move(runs.back());
        runs[run.place]->place = run.place;
    }
    runs.pop_back();
    // What takes most of its memory goes at once.
    run.log = {};
    holdersChanged();
}

void World::bury() {
    // To look through all queues for one run would be a waste.
    constexpr size_t kMany = 64;
    if (m_removed.size() < kMany) return;
    matching.dropUnwanted();
    m_removed.clear();
}

Run* World::findRun(const std::string& runId) {
    const auto found = m_runsById.find(runId);
    if (found == m_runsById.end()) return nullptr;
    note(*found->second);
    return found->second;
}

Run* World::findRun(const std::string& ns, const std::string& workflowId, const std::string& runId) {
    if (runId.empty()) {
        const auto chain = m_chains.find(chainKey(ns, workflowId));
        Run* current = chain == m_chains.end() ? nullptr : chain->second.current;
        if (current != nullptr) note(*current);
        return current;
    }
    Run* run = findRun(runId);
    return run != nullptr && run->ns == ns && run->workflowId == workflowId ? run : nullptr;
}

Run& World::runOf(const std::string& ns, const common::WorkflowExecution& execution) {
    namespaceOf(ns);
    if (execution.workflow_id().empty()) throw invalidArgument("WorkflowId is not set on request.");
    Run* run = findRun(ns, execution.workflow_id(), execution.run_id());
    if (run != nullptr) return *run;
    if (execution.run_id().empty()) throw notFound("workflow not found for ID: " + execution.workflow_id());
    throw notFound("workflow execution not found for workflow ID \"" + execution.workflow_id() + "\" and run ID \"" +
                   execution.run_id() + "\"");
}

void World::visitListed(const std::string& ns, const FilterKey& key, const std::optional<ListPlace>& after,
                        const std::function<bool(const Run&)>& visitor) {
    if (m_index.size() != runs.size()) {
        // Runs that came from a store, not from an input.
        for (const auto& run : runs) m_index.put(*run);
    }
    for (const Run* run : m_touched) m_index.put(*run);
    if (!key.workflowId && !key.runId) return m_index.visit(ns, key, after, visitor);
    std::vector<const Run*> few;
    if (key.runId) {
        if (const Run* run = findRun(*key.runId); run != nullptr && run->ns == ns) few.push_back(run);
    } else if (const auto chain = m_chains.find(chainKey(ns, *key.workflowId)); chain != m_chains.end()) {
        few.assign(chain->second.runs.begin(), chain->second.runs.end());
    }
    if (after) std::erase_if(few, [&](const Run* run) { return !comesBefore(*after, listPlace(*run)); });
    std::sort(few.begin(), few.end(),
              [](const Run* left, const Run* right) { return comesBefore(listPlace(*left), listPlace(*right)); });
    for (const Run* run : few) {
        if (!visitor(*run)) return;
    }
}

/// Whoever asks for a run may change it; what he did is seen when the input is over.
void World::note(Run& run) {
    if (!m_noting || run.kept->changed) return;
    run.kept->changed = true;
    m_noted.runs.push_back(&run);
}

void World::noteChanges() {
    m_noting = true;
    for (const auto& run : runs) trackEntries(*run, false);
}

World::Noted World::takeNoted() {
    for (Run* run : m_noted.runs) run->kept->changed = false;
    return std::exchange(m_noted, {});
}

World::Counters World::counters() const { return {m_stamp, m_taskId, m_random.counter(), m_lastRun}; }

void World::setCounters(const Counters& counters) {
    m_stamp = counters.stamp;
    m_taskId = counters.taskId;
    m_random = SeededRandom(counters.random);
    m_lastRun = counters.lastRun;
}

void World::restoreNamespace(Namespace known) {
    std::string name = known.name;
    // What the server is started with this time comes on top of what it kept.
    const auto& asked = options.namespaces;
    if (std::find(asked.begin(), asked.end(), name) != asked.end()) {
        known.searchAttributes.insert(options.searchAttributes.begin(), options.searchAttributes.end());
    }
    m_namespaces.insert_or_assign(std::move(name), std::move(known));
}

void World::findHolders() {
    for (const auto& run : runs) {
        if (run->holdsClock()) m_busy.emplace(run->number, run.get());
    }
    ++m_holderVersion;
}

void World::touch(Run& run) {
    note(run);
    if (run.touched) return;
    run.touched = true;
    m_touched.push_back(&run);
}

void World::locksChanged() {
    if (!options.testService) return;
    if (clientLocks > 0) {
        clock.resume(wall);
    } else {
        clock.automatic(wall);
    }
    holdersChanged();
}

}  // namespace orrery::server
