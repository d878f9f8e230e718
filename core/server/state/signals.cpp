// SPDX-License-Identifier: MIT
#include "core/server/state/signals.h"

#include "core/server/state/limit_check.h"

namespace orrery::server {

bool hasAllSignals(const World& world, const Run& run) {
    const int64_t most = world.limits().signals;
    return most > 0 && run.signalCount >= most;
}

void checkSignal(World& world, Run& run) {
    makeRoom(world, run, run.taskStarted() ? 0 : run.task ? 1 : 2);
    if (hasAllSignals(world, run)) throw invalidArgument("exceeded workflow execution limit for signal events");
    if (run.closeRefused && run.taskStarted()) {
        throw busyWorkflow("workflow operation can not be applied because workflow is closing");
    }
}

}  // namespace orrery::server
