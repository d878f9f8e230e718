// SPDX-License-Identifier: MIT
#include "core/server/state/skip_time.h"

#include <algorithm>

#include <temporal/api/workflow/v1/message.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/events.h"
#include "core/server/state/go_text.h"
#include "core/server/state/later.h"
#include "core/server/state/run_time.h"
#include "core/server/state/tasks.h"

namespace orrery::server {

using namespace std::chrono_literals;

namespace {

bool enabled(const Run& run) {
    return run.timeSkipping && run.timeSkipping->config && run.timeSkipping->config->enabled();
}

/// A config's fast-forward begins, or goes on from the run before where `target` says to what time.
void beginForward(TimeSkipping& skipping, base::Timestamp now, std::optional<base::Timestamp> target) {
    skipping.fastForward.reset();
    if (!skipping.config || !skipping.config->has_fast_forward_config()) return;
    TimeSkipping::FastForward forward;
    forward.target =
        target ? *target : later(now, payload::fromProto(skipping.config->fast_forward_config().duration()));
    forward.reached = target && *target <= now;
    skipping.fastForward = forward;
    if (forward.reached) skipping.config->set_enabled(false);
}

/// Nobody works for the run or is about to: it waits for times alone.
bool idle(const World& world, const Run& run) {
    if (!run.open() || run.task || !run.children.empty()) return false;
    const base::Timestamp now = world.nowOf(run);
    return std::all_of(run.activities.begin(), run.activities.end(), [now](const auto& entry) {
        return entry.second.phase == ActivityPhase::Backoff && entry.second.nextAttemptTime > now;
    });
}

struct Jump {
    std::optional<base::Timestamp> target;  ///< in the run's time
    bool endsForward = false;
};

/// To the first thing that is to come, but no further than the fast-forward goes.
Jump nextJump(const World& world, const Run& run) {
    const base::Timestamp now = world.nowOf(run);
    Jump jump;
    const auto consider = [&jump, now](std::optional<base::Timestamp> time) {
        if (time && *time > now && (!jump.target || *time < *jump.target)) jump.target = time;
    };
    for (const auto& [id, timer] : run.timers) consider(timer.fireTime);
    for (const auto& [id, activity] : run.activities) consider(activity.nextAttemptTime);
    if (awaitsFirstTask(run)) {
        consider(run.executionTime);
    } else {
        // A run that has not begun yet must not go to its end at once.
        consider(run.runExpiration);
        consider(run.executionExpiration);
    }
    const auto& forward = run.timeSkipping->fastForward;
    if (!forward || forward->reached) return jump;
    if (forward->target <= now) return {std::nullopt, true};
    if (!jump.target || *jump.target >= forward->target) return {forward->target, true};
    return jump;
}

/// What is to come comes that much sooner, by everybody else's clock.
void bringNearer(World& world, Run& run, base::Duration by) {
    for (auto& [id, timer] : run.timers) world.due.advance(timer.due, by);
    for (auto& [id, activity] : run.activities) {
        world.due.advance(activity.retryDue, by);
        world.due.advance(activity.scheduleToClose, by);
    }
    for (auto* due : {&run.firstTask, &run.runTimeout, &run.executionTimeout, &run.fastForwardDue}) {
        world.due.advance(*due, by);
    }
}

void transition(World& world, Run& run, const Jump& jump) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED);
    auto* attributes = event.mutable_workflow_execution_time_skipping_transitioned_event_attributes();
    if (jump.target) payload::toProto(*jump.target, attributes->mutable_target_time());
    attributes->set_disabled_after_fast_forward(jump.endsForward);
    payload::toProto(world.wall, attributes->mutable_wall_clock_time());
    const base::Timestamp now = world.nowOf(run);
    const auto told = *attributes;
    recordQuietly(world, run, std::move(event));
    takeTransition(run, told, now);
    if (jump.target) bringNearer(world, run, *jump.target - now);
    if (!enabled(run)) world.due.cancel(run.fastForwardDue);
}

}  // namespace

void prepareSkipping(const World& world, common::TimeSkippingConfig* config) {
    if (!world.limits().workflowTimeSkipping) {
        throw unimplemented("The Time-Skipping feature is not enabled for namespace.");
    }
    if (config->max_session_skip_count() <= 0) {
        const int64_t usual = std::clamp<int64_t>(int64_t(world.limits().skipsPerSession), 1, INT32_MAX);
        config->set_max_session_skip_count(int32_t(usual));
    }
    if (config->has_fast_forward_config()) {
        if (payload::fromProto(config->fast_forward_config().duration()) <= 0s) {
            throw invalidArgument("Time skipping config invalid: fast_forward duration must be positive");
        }
        if (isBlank(config->fast_forward_config().id())) {
            throw invalidArgument("Time skipping config invalid: fast_forward_id must be set");
        }
        if (!config->enabled()) {
            throw invalidArgument("time_skipping_config: cannot set fast_forward when enabled is false");
        }
    }
}

void setStartOfTime(Run& run, const history::WorkflowExecutionStartedEventAttributes& attributes) {
    run.skipped = payload::fromProto(attributes.time_skipping_state_propagation().initial_skipped_duration());
}

void takeSkipping(Run& run, const history::WorkflowExecutionStartedEventAttributes& from, base::Timestamp now) {
    const auto& state = from.time_skipping_state_propagation();
    if (!from.has_time_skipping_config() && !state.has_initial_skipped_duration()) return;
    run.timeSkipping = TimeSkipping();
    if (from.has_time_skipping_config()) run.timeSkipping->config = from.time_skipping_config();
    run.timeSkipping->sessionSkips = state.initial_skip_count();
    std::optional<base::Timestamp> target;
    if (state.has_fast_forward_target_time()) target = payload::fromProto(state.fast_forward_target_time());
    beginForward(*run.timeSkipping, now, target);
}

void takeSkippingConfig(Run& run, const common::TimeSkippingConfig* config, base::Timestamp now) {
    if (!run.timeSkipping) {
        if (config == nullptr) return;
        run.timeSkipping = TimeSkipping();
    }
    TimeSkipping& skipping = *run.timeSkipping;
    skipping.config.reset();
    if (config != nullptr) skipping.config = *config;
    skipping.sessionSkips = 0;
    beginForward(skipping, now, std::nullopt);
}

void takeTransition(Run& run, const history::WorkflowExecutionTimeSkippingTransitionedEventAttributes& from,
                    base::Timestamp now) {
    if (!run.timeSkipping || !run.timeSkipping->config) return;
    TimeSkipping& skipping = *run.timeSkipping;
    if (from.has_target_time()) run.skipped += payload::fromProto(from.target_time()) - now;
    if (from.disabled_after_fast_forward() && skipping.fastForward) {
        skipping.fastForward->reached = true;
        skipping.config->set_enabled(false);
    }
    ++skipping.sessionSkips;
    if (skipping.sessionSkips >= skipping.config->max_session_skip_count()) skipping.config->set_enabled(false);
}

void armForward(World& world, Run& run) {
    world.due.cancel(run.fastForwardDue);
    if (!enabled(run) || !run.timeSkipping->fastForward || run.timeSkipping->fastForward->reached) return;
    run.fastForwardDue = addDue(world, run, run.timeSkipping->fastForward->target, DueWhat::FastForward);
}

void beginSkipping(World& world, Run& run, const history::WorkflowExecutionStartedEventAttributes& from) {
    takeSkipping(run, from, world.nowOf(run));
    armForward(world, run);
}

void changeSkipping(World& world, Run& run, const common::TimeSkippingConfig* config) {
    takeSkippingConfig(run, config, world.nowOf(run));
    armForward(world, run);
}

void skipIdleTime(World& world, Run& run) {
    if (!enabled(run) || !idle(world, run)) return;
    const Jump jump = nextJump(world, run);
    if (jump.target || jump.endsForward) transition(world, run, jump);
}

void fastForwardDue(World& world, Run& run) {
    run.fastForwardDue.reset();
    if (!run.open() || !enabled(run) || !run.timeSkipping->fastForward) return;
    if (!run.timeSkipping->fastForward->reached) transition(world, run, {std::nullopt, true});
}

void stopSkipping(World& world, Run& run) { world.due.cancel(run.fastForwardDue); }

void handOnTime(const Run& run, history::WorkflowExecutionStartedEventAttributes* next) {
    next->clear_time_skipping_config();
    next->clear_time_skipping_state_propagation();
    if (!run.timeSkipping) return;
    const TimeSkipping& skipping = *run.timeSkipping;
    if (skipping.config) *next->mutable_time_skipping_config() = *skipping.config;
    auto* state = next->mutable_time_skipping_state_propagation();
    state->set_initial_skip_count(int32_t(skipping.sessionSkips));
    payload::toProto(run.skipped, state->mutable_initial_skipped_duration());
    if (skipping.fastForward) payload::toProto(skipping.fastForward->target, state->mutable_fast_forward_target_time());
}

void handTimeToChild(const Run& run, history::StartChildWorkflowExecutionInitiatedEventAttributes* child) {
    if (!run.timeSkipping) return;
    if (run.skipped > 0s) {
        payload::toProto(run.skipped,
                         child->mutable_time_skipping_state_propagation()->mutable_initial_skipped_duration());
    }
    const auto& config = run.timeSkipping->config;
    if (!config || config->disable_propagation()) return;
    *child->mutable_time_skipping_config() = *config;
    child->mutable_time_skipping_config()->clear_fast_forward_config();
}

std::optional<common::TimeSkippingFastForwardInfo> fastForwardInfo(const Run& run) {
    if (!run.timeSkipping || !run.timeSkipping->fastForward) return std::nullopt;
    common::TimeSkippingFastForwardInfo info;
    payload::toProto(run.timeSkipping->fastForward->target, info.mutable_target_time());
    info.set_has_completed(run.timeSkipping->fastForward->reached);
    if (const auto& config = run.timeSkipping->config) {
        info.set_fast_forward_id(config->fast_forward_config().id());
        *info.mutable_fast_forward_duration() = config->fast_forward_config().duration();
    }
    return info;
}

void describeSkipping(const World& world, const Run& run,
                      temporal::api::workflow::v1::WorkflowExecutionExtendedInfo* extended) {
    if (!run.timeSkipping) return;
    auto* info = extended->mutable_time_skipping_info();
    payload::toProto(world.nowOf(run), info->mutable_current_time());
    if (run.timeSkipping->config) *info->mutable_effective_config() = *run.timeSkipping->config;
    if (auto forward = fastForwardInfo(run)) *info->mutable_fast_forward_info() = std::move(*forward);
}

}  // namespace orrery::server
