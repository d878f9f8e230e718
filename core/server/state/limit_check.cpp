// SPDX-License-Identifier: MIT
#include "core/server/state/limit_check.h"

#include <algorithm>

#include "core/server/state/lifecycle.h"

namespace orrery::server {
namespace {

size_t sizeOf(const PendingActivity& activity) {
    return activity.attributes.ByteSizeLong() + (activity.heartbeat ? activity.heartbeat->ByteSizeLong() : 0) +
           (activity.lastFailure ? activity.lastFailure->ByteSizeLong() : 0);
}

/// What Temporal's server would keep of the run besides its history.
int64_t stateSize(const Run& run) {
    size_t size = run.log.range(1, 1).size() + run.bufferedBytes + run.memo->ByteSizeLong() +
                  run.searchAttributes->ByteSizeLong();
    for (const auto& [id, activity] : run.activities) size += sizeOf(activity);
    for (const auto& [id, child] : run.children) size += child.attributes.ByteSizeLong();
    for (const auto& [id, timer] : run.timers) size += id.size() + timer.summary->ByteSizeLong();
    for (const auto& [id, update] : run.updates) size += id.size();
    for (const std::string& id : run.signalRequests) size += id.size();
    return int64_t(size);
}

/// Measured only now and then: all of the state came in by the history, but for the heartbeats.
bool stateTooLarge(const World& world, Run& run) {
    const auto limit = int64_t(world.limits().mutableStateSize);
    constexpr int64_t kStep = 64 * 1024;
    const auto grown = int64_t(run.log.bytes() + run.bufferedBytes);
    const int64_t step = std::min(kStep, limit / 16);
    const bool mayBe = grown > limit / 2 || !run.activities.empty();
    if (!mayBe || grown - run.measuredAt < step) return false;
    run.measuredAt = grown;
    return stateSize(run) > limit;
}

const char* excess(const World& world, Run& run, int64_t events) {
    const Limits& limits = world.limits();
    if (run.log.bytes() > limits.historySize) return "Workflow history size exceeds limit.";
    if (run.log.lastId() + events > limits.historyEvents) return "Workflow history count exceeds limit.";
    if (stateTooLarge(world, run)) return "Workflow mutable state size exceeds limit.";
    return nullptr;
}

}  // namespace

void makeRoom(World& world, Run& run, int64_t events) {
    if (!run.open()) return;
    const char* reason = excess(world, run, events);
    if (reason == nullptr) return;
    terminateRun(world, run, reason, nullptr, "history-service");
    throw invalidArgument(reason);
}

void terminateIfTooLarge(World& world, Run& run) {
    if (!run.open()) return;
    if (const char* reason = excess(world, run, 0)) terminateRun(world, run, reason, nullptr, "history-service");
}

}  // namespace orrery::server
