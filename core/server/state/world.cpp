// SPDX-License-Identifier: MIT
#include "core/server/state/world.h"

#include <algorithm>

#include "core/base/uuid.h"
#include "core/server/state/activities.h"
#include "core/server/state/history_api.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/queries.h"
#include "core/server/state/tasks.h"
#include "core/server/state/test_service.h"
#include "core/server/state/timers.h"

namespace orrery::server {

using namespace std::chrono_literals;

World::World(WorldOptions given)
    : matching(waits, [this](const TaskRef& task) { return stillWanted(*this, task); }),
      options(std::move(given)),
      m_random(options.seed) {
    for (const std::string& name : options.namespaces) addNamespace(name).searchAttributes = options.searchAttributes;
    due.setJumpToRunTimeouts(options.testService);
    clientLocks = options.testService && !options.timeSkipping ? 1 : 0;
    locksChanged();
}

void World::begin(base::Timestamp wallNow) {
    wall = std::max(wall, wallNow);
    clock.checkTarget(wall);
    now = clock.now(wall);
    fireDue();
    wallTimers.fire(wall);
    waits.expire(wall);
}

void World::fireDue() {
    while (auto entry = due.takeDue(now)) {
        const DueEntry& thing = entry->second;
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
    while (!m_later.empty()) {
        const auto job = std::move(m_later.front());
        m_later.pop_front();
        job();
    }
    // Waking a waiter changes no run, so the list does not grow meanwhile.
    for (Run* run : m_touched) {
        run->touched = false;
        ++run->transitions;
        m_index.put(*run);
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
    while (!held() || clock.takeGoOn()) {
        const auto target = clock.nextJump(wall, due.firstTime(), due.firstJumpTime());
        if (!target) return;
        clock.jumpTo(*target, wall);
        now = clock.now(wall);
        fireDue();
        clock.jumped(wall);
    }
}

std::optional<base::Timestamp> World::nextWake() const {
    std::optional<base::Timestamp> wake = waits.nextDeadline();
    const auto sooner = [&wake](std::optional<base::Timestamp> other) {
        if (other && (!wake || *other < *wake)) wake = other;
    };
    sooner(wallTimers.next());
    if (!clock.frozen()) {
        const auto inWall = [this](std::optional<base::Timestamp> time) {
            return time ? std::optional(*time - clock.offset()) : std::nullopt;
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

Namespace& World::namespaceOf(const std::string& name) {
    constexpr size_t kLongestName = 1000;
    if (name.empty()) throw invalidArgument("Namespace is empty.");
    if (name.size() > kLongestName) throw invalidArgument("Namespace length exceeds limit.");
    const auto found = namespaces.find(name);
    if (found == namespaces.end()) throw namespaceNotFound(name);
    return found->second;
}

Namespace& World::addNamespace(const std::string& name) {
    Namespace& added = namespaces[name];
    if (added.name.empty()) {
        added.name = name;
        added.id = newId();
    }
    return added;
}

std::string World::newRunId() {
    const uint64_t high = m_random();
    return base::formatUuid7(now, {high, m_random()});
}

std::string World::newId() {
    const uint64_t high = m_random();
    return base::formatUuid4({high, m_random()});
}

namespace {

std::string chainKey(const std::string& ns, const std::string& workflowId) { return ns + '\x1f' + workflowId; }

}  // namespace

Run& World::addRun(const std::string& ns, const std::string& workflowId, const std::string& runId) {
    auto owned = std::make_unique<Run>();
    Run& run = *owned;
    run.ns = ns;
    run.workflowId = workflowId;
    run.runId = runId;
    run.number = runs.size() + 1;
    m_runsById.emplace(run.runId, &run);
    m_chains[chainKey(ns, workflowId)].runs.push_back(&run);
    runs.push_back(std::move(owned));
    return run;
}

Run* World::findRun(const std::string& runId) {
    const auto found = m_runsById.find(runId);
    return found == m_runsById.end() ? nullptr : found->second;
}

Run* World::findRun(const std::string& ns, const std::string& workflowId, const std::string& runId) {
    if (runId.empty()) {
        const auto chain = m_chains.find(chainKey(ns, workflowId));
        return chain == m_chains.end() ? nullptr : chain->second.current();
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

void World::touch(Run& run) {
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
