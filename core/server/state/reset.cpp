// SPDX-License-Identifier: MIT
#include "core/server/state/reset.h"

#include <algorithm>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/activity_close.h"
#include "core/server/state/children.h"
#include "core/server/state/events.h"
#include "core/server/state/later.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/options.h"
#include "core/server/state/reapply.h"
#include "core/server/state/rebuild.h"
#include "core/server/state/skip_time.h"
#include "core/server/state/tasks.h"
#include "core/server/state/timers.h"

namespace orrery::server {

using namespace std::chrono_literals;

namespace {

/// The new run as the history up to the point leaves it, not yet one of the world's.
struct Cut {
    std::unique_ptr<Run> run;
    std::map<int64_t, HistoryEvent> externals;
};

Cut cutAt(World& world, const Run& base, int64_t finishId) {
    const int64_t last = finishId - 1;
    if (!base.log.endsBatch(last)) {
        throw invalidArgument("StateRebuilder unable to Rebuild mutable state to event ID: " + std::to_string(last) +
                              ", version: 0, this event must be at the boundary");
    }
    Cut cut;
    cut.run = std::make_unique<Run>();
    Run& run = *cut.run;
    run.ns = base.ns;
    run.workflowId = base.workflowId;
    run.runId = world.newRunId();
    run.log.copyFrom(base.log, last);
    Rebuild rebuild(run);
    rebuild.applyLog();
    if (!run.task) {
        throw invalidArgument(
            "Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: " +
            std::to_string(finishId));
    }
    cut.externals = std::move(rebuild.externals);
    return cut;
}

/// It counts from now, though its history begins earlier.
void setTimes(World& world, Run& run) {
    const base::Timestamp now = world.nowOf(run);
    run.startTime = now;
    const auto started = run.startedEvent();
    run.executionTime = later(now, payload::fromProto(started.first_workflow_task_backoff()));
    if (run.runLength > 0s) run.runExpiration = later(now, run.runLength);
    const base::Duration execution = payload::fromProto(started.workflow_execution_timeout());
    if (execution > 0s) run.executionExpiration = later(now, execution);
    if (run.runExpiration && run.executionExpiration) {
        run.runExpiration = std::min(*run.runExpiration, *run.executionExpiration);
    }
    armTimeouts(world, run);
}

void resumeActivities(World& world, Run& run, const std::string& reason) {
    std::vector<int64_t> started;
    for (auto& [id, activity] : run.activities) {
        if (activity.phase == ActivityPhase::Started) {
            started.push_back(id);
        } else {
            beginAgain(world, run, activity);
        }
    }
    for (const int64_t id : started) failActivityForReset(world, run, run.activities.at(id), reason);
}

/// What the history has begun goes on.
void resume(World& world, Run& run, const std::map<int64_t, HistoryEvent>& externals) {
    armForward(world, run);
    for (auto& [id, timer] : run.timers) armTimer(world, run, timer);
    for (const auto& [id, child] : run.children) {
        if (child.runId.empty()) resumeChild(world, run, id);
    }
    for (const auto& [id, event] : externals) resumeExternal(world, run, event);
}

}  // namespace

bool endedByReset(const HistoryEvent& close) {
    return close.workflow_execution_terminated_event_attributes().identity() == kResetterIdentity;
}

Run& resetRun(World& world, Run& base, const ResetOrder& order) {
    Cut cut = cutAt(world, base, order.finishId);
    base.resets.edit().resetRunId = cut.run->runId;
    Run* current = world.findRun(base.ns, base.workflowId, "");
    if (current != nullptr && current->open()) terminateRun(world, *current, order.reason, nullptr, kResetterIdentity);
    Run& run = world.addRun(std::move(cut.run));
    ResetNotes& notes = run.resets.edit();
    notes.requestId = order.requestId;
    notes.originalRunId = originalRunId(base);
    notes.copiedEvents = run.log.lastId();
    run.startRequestId = base.startRequestId;
    setTimes(world, run);
    failTaskForReset(world, run, base.runId, order.reason);
    // Everything that happens to it is written together, in the order in which events from outside are.
    run.doingCommands = true;
    resumeActivities(world, run, order.reason);
    reapplyEvents(world, run, base, order);
    for (const auto& operation : order.operations) {
        const auto& wanted = operation.update_workflow_options();
        applyOptions(world, run, wanted.update_mask(), wanted.workflow_execution_options(), "");
    }
    run.doingCommands = false;
    resume(world, run, cut.externals);
    flushBuffered(world, run);
    scheduleTask(world, run);
    return run;
}

}  // namespace orrery::server
