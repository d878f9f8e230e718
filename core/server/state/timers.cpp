// SPDX-License-Identifier: MIT
#include "core/server/state/timers.h"

#include <algorithm>

#include "core/server/state/events.h"
#include "core/server/state/later.h"
#include "core/server/state/run_time.h"

namespace orrery::server {
namespace {

auto firedInBuffer(const Run& run, const std::string& id) {
    return std::find_if(run.buffered.begin(), run.buffered.end(), [&id](const HistoryEvent& event) {
        return event.event_type() == enums::EVENT_TYPE_TIMER_FIRED &&
               event.timer_fired_event_attributes().timer_id() == id;
    });
}

}  // namespace

PendingTimer& addTimer(World& world, Run& run, const std::string& id, int64_t startedId, base::Duration duration) {
    PendingTimer& timer = run.timers[id];
    timer.id = id;
    timer.startedId = startedId;
    timer.fireTime = later(world.nowOf(run), duration);
    run.timersByEvent[startedId] = &timer;
    armTimer(world, run, timer);
    return timer;
}

void armTimer(World& world, Run& run, PendingTimer& timer) {
    timer.due = addDue(world, run, timer.fireTime, DueWhat::UserTimer, timer.startedId);
}

void fireTimer(World& world, Run& run, int64_t startedId) {
    const auto found = run.timersByEvent.find(startedId);
    if (found == run.timersByEvent.end()) return;
    const std::string id = found->second->id;
    run.timersByEvent.erase(found);
    run.timers.erase(id);
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_TIMER_FIRED);
    event.mutable_timer_fired_event_attributes()->set_timer_id(id);
    event.mutable_timer_fired_event_attributes()->set_started_event_id(startedId);
    record(world, run, std::move(event));
}

std::optional<int64_t> cancellableTimer(const Run& run, const std::string& id) {
    if (const auto timer = run.timers.find(id); timer != run.timers.end()) return timer->second.startedId;
    const auto fired = firedInBuffer(run, id);
    if (fired == run.buffered.end()) return std::nullopt;
    return fired->timer_fired_event_attributes().started_event_id();
}

void removeTimer(World& world, Run& run, const std::string& id) {
    const auto timer = run.timers.find(id);
    if (timer != run.timers.end()) {
        world.due.cancel(timer->second.due);
        run.timersByEvent.erase(timer->second.startedId);
        run.timers.erase(timer);
        return;
    }
    const auto fired = firedInBuffer(run, id);
    if (fired != run.buffered.end()) run.buffered.erase(fired);
}

void dropTimers(World& world, Run& run) {
    for (auto& [id, timer] : run.timers) world.due.cancel(timer.due);
    run.timers.clear();
    run.timersByEvent.clear();
}

}  // namespace orrery::server
