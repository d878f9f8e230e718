// SPDX-License-Identifier: MIT
#include "core/server/store/run_check.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/history/event.h"

namespace orrery::server {
namespace {

using namespace std::chrono_literals;

bool inHistory(const Run& run, int64_t id) { return id >= 0 && id <= run.log.lastId(); }

/// Something that is counted up, far from where numbers end.
bool isCount(int64_t number) { return number >= 0 && number < int64_t(1) << 60; }

/// In order, and where they belong.
bool isSound(int64_t place, const AttemptPage& page) {
    // Older files have all that they kept of an activity in its first page.
    constexpr size_t kOlderPage = 100;
    int last = 0;
    for (const ActivityAttempt& attempt : page.ended) {
        const bool belongs = place == 0 || (attempt.number - 1) / AttemptLog::kPage == place;
        if (attempt.number <= last || attempt.number > kMostAttempts || !belongs) return false;
        last = attempt.number;
    }
    return page.ended.size() <= (place == 0 ? kOlderPage : size_t(AttemptLog::kPage));
}

void checkCounts(const Run& run) {
    bool sound = isCount(run.transitions) && isCount(run.signalCount) && run.taskProblems >= 0 &&
                 run.taskProblems <= kMostAttempts;
    if (run.timeSkipping) sound = sound && isCount(run.timeSkipping->sessionSkips);
    if (run.attempts) {
        for (const auto& [key, page] : std::as_const(run.attempts->pages)) sound = sound && isSound(key.second, page);
    }
    if (!sound) unreadable(run.number, "state");
}

void checkTask(const Run& run, const WorkflowTask& task) {
    if (task.attempt < 1 || task.attempt > kMostAttempts || task.timeout <= 0s || task.scheduledId < 1)
        unreadable(run.number, "workflow task");
    if (task.kind != TaskKind::Normal) return;
    const bool scheduled = inHistory(run, task.scheduledId) &&
                           run.log.event(task.scheduledId).has_workflow_task_scheduled_event_attributes();
    if (!scheduled) unreadable(run.number, "workflow task");
    const bool started =
        inHistory(run, task.startedId) &&
        (!task.started() || run.log.event(task.startedId).has_workflow_task_started_event_attributes());
    if (!started) unreadable(run.number, "workflow task");
}

void checkUpdates(const Run& run) {
    size_t open = 0;
    for (const auto& [id, update] : run.updates) {
        if (update.stage != UpdateStage::Completed) ++open;
        if (update.stage == UpdateStage::Completed && !update.outcome) unreadable(run.number, "update");
        if (!inHistory(run, update.acceptedId) || !inHistory(run, update.admittedId)) unreadable(run.number, "update");
        if (update.stage == UpdateStage::Accepted && update.acceptedId == 0) unreadable(run.number, "update");
    }
    std::set<std::string> ordered;
    for (const std::string& id : run.updateOrder) {
        if (!run.updates.contains(id) || !ordered.insert(id).second) unreadable(run.number, "order of updates");
    }
    if (run.open() && run.openUpdates != open) unreadable(run.number, "number of updates");
}

void checkClosed(const Run& run) {
    const bool empty = !run.task && run.activities.empty() && run.timers.empty() && run.children.empty() &&
                       run.buffered.empty() && run.openUpdates == 0 && !run.firstTask && !run.runTimeout &&
                       !run.executionTimeout && !run.fastForwardDue;
    if (!empty) unreadable(run.number, "end");
}

}  // namespace

void unreadable(uint64_t run, const std::string& what) {
    throw base::Error(base::ErrorCode::Unreadable,
                      "the " + what + " of run number " + std::to_string(run) + " cannot be read");
}

void checkHistory(const Run& run) {
    constexpr int64_t kAtOnce = 256;
    history::History events;
    for (int64_t first = 1; first <= run.log.lastId(); first += kAtOnce) {
        const std::string_view bytes = run.log.range(first, first + kAtOnce - 1);
        if (!events.ParseFromArray(bytes.data(), int(bytes.size()))) unreadable(run.number, "history");
        for (int i = 0; i < events.events_size(); ++i) {
            if (events.events(i).event_id() != first + i) unreadable(run.number, "history");
        }
    }
    if (run.log.lastId() == 0) unreadable(run.number, "history");
    const HistoryEvent first = run.log.event(1);
    const int attempt = first.workflow_execution_started_event_attributes().attempt();
    if (!first.has_workflow_execution_started_event_attributes() || attempt < 0 || attempt > kMostAttempts) {
        unreadable(run.number, "start");
    }
}

void checkRun(const Run& run) {
    if (!enums::WorkflowExecutionStatus_IsValid(run.status) ||
        run.open() == orrery::history::isClosing(run.log.event(run.log.lastId()).event_type())) {
        unreadable(run.number, "status");
    }
    if (run.nextAttempt < 0 || run.nextAttempt > kMostAttempts || run.skipped < 0s ||
        !inHistory(run, run.lastStartedId))
        unreadable(run.number, "state");
    if (run.resets->copiedEvents < 0 || !inHistory(run, run.resets->copiedEvents)) unreadable(run.number, "reset");
    for (const ResetPoint& point : run.resetPoints) {
        if (!inHistory(run, point.completedId)) unreadable(run.number, "reset point");
    }
    checkCounts(run);
    if (run.task) checkTask(run, *run.task);
    checkUpdates(run);
    if (!run.open()) checkClosed(run);
}

}  // namespace orrery::server
