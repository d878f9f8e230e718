// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace orrery::server {

/// How virtual time moves. Real and Paused and Automatic are where the clock can rest; Step, RunTo and Skip are on
/// their way somewhere and end in Paused (Step, RunTo) or in the mode they were started from (Skip).
enum class ClockMode { Real, Paused, Step, RunTo, Skip, Automatic };
std::string_view clockModeName(ClockMode mode);

/// What happens when a due time is reached.
enum class DueKind {
    UserTimer,
    ActivityRetry,
    WorkflowBackoff,  ///< first workflow task after a start delay, a workflow retry or a continue-as-new pause
    Sleep,            ///< a client sleeping through the test service
    ActivityTimeout,
    WorkflowTaskTimeout,
    RunTimeout,
    ExecutionTimeout,
};
std::string_view dueKindName(DueKind kind);

struct DueThing {
    base::Timestamp time;
    DueKind kind = DueKind::UserTimer;
    std::string workflowId;
    std::string runId;
    std::string name;  ///< timer id, activity type or what else tells one from another
};

/// What keeps the clock from being moved forward: work that somebody is doing, or that waits for a worker.
enum class HolderKind { WorkflowTask, Activity, Query, ChildStart, External, ClientLock };
std::string_view holderKindName(HolderKind kind);

struct Holder {
    HolderKind kind = HolderKind::WorkflowTask;
    std::string workflowId;
    std::string runId;
    std::string name;  ///< activity type, workflow type, or "client lock"
    base::Timestamp since;
    std::string detail;  ///< plain English: "waits for a worker on task queue samples", "attempt 2 runs on worker-1"
};

struct ClockStatus {
    ClockMode mode = ClockMode::Real;
    base::Timestamp virtualNow;
    base::Timestamp wallNow;
    base::Duration ahead{};                 ///< virtual minus wall; negative while paused time lags
    std::vector<DueThing> dueNext;          ///< the soonest, in order; at most kDueShown
    size_t dueCount = 0;                    ///< all of them
    std::vector<Holder> holders;            ///< at most kHoldersShown
    size_t holderCount = 0;                 ///< all of them
    std::optional<base::Timestamp> target;  ///< where RunTo or Skip is going
    std::string standingReason;             ///< plain English why the clock does not jump now; empty when it would
    uint64_t jumps = 0;                     ///< how often the clock was moved forward since the start

    static constexpr size_t kDueShown = 50;
    static constexpr size_t kHoldersShown = 50;
};

/// "Run until this event is in a history." Empty fields match anything.
struct EventTarget {
    std::string workflowId;
    std::string runId;
    std::string eventType;  ///< "TimerFired" or "EVENT_TYPE_TIMER_FIRED"
    int64_t eventId = 0;
};

/// Ends the subscription when it is dropped. No call is under way once the destructor has returned, unless it is
/// dropped inside the callback itself.
class ClockSubscription {
public:
    virtual ~ClockSubscription() = default;
};

/// The virtual clock of one server. Every call is safe from any thread and returns at once; what it starts (a step, a
/// run) goes on as work settles.
class ClockControl {
public:
    virtual ~ClockControl() = default;

    virtual ClockStatus status() const = 0;

    /// Wall rate from now on.
    virtual void resume() = 0;
    virtual void pause() = 0;
    virtual void automatic() = 0;
    /// To the next due thing, then Paused. Waits for running work first.
    virtual void step() = 0;
    /// Throws Error(InvalidArgument) for a time that is past.
    virtual void runTo(base::Timestamp target) = 0;
    virtual void runTo(EventTarget event) = 0;
    /// Due thing by due thing to now + duration. Throws Error(InvalidArgument) when the duration is not positive.
    virtual void skip(base::Duration duration) = 0;
    /// Jump once although running work holds the clock; its time-outs may then fire.
    virtual void goOn() = 0;

    /// Called (on a core thread, never under a lock) after something in the status changed: mode, due list, holders.
    /// Calls are merged; the passing of wall time alone does not call.
    using Callback = std::function<void(const ClockStatus&)>;
    virtual std::unique_ptr<ClockSubscription> subscribe(Callback callback) = 0;
};

}  // namespace orrery::server
