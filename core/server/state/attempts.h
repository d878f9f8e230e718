// SPDX-License-Identifier: MIT
// What became of each attempt of an activity. A history tells of the last one only; here those before it can be read,
// while the activity is tried again and after it has ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <temporal/api/common/v1/message.pb.h>
#include <temporal/api/enums/v1/event_type.pb.h>
#include <temporal/api/failure/v1/message.pb.h>

#include "core/base/time.h"
#include "core/server/state/kept.h"

namespace orrery::server {

class World;
struct Run;
struct PendingActivity;

/// One attempt that has ended.
struct ActivityAttempt {
    int number = 1;
    base::Timestamp scheduled;
    std::optional<base::Timestamp> started;  ///< no value: no worker took it in time
    base::Timestamp ended;
    std::string identity;  ///< of the worker that had it
    /// As which kind of event it would be in the history: completed, failed, timed out or canceled.
    temporal::api::enums::v1::EventType outcome = temporal::api::enums::v1::EVENT_TYPE_UNSPECIFIED;
    std::optional<temporal::api::failure::v1::Failure> failure;
    std::optional<base::Timestamp> lastHeartbeat;
    std::optional<temporal::api::common::v1::Payloads> heartbeat;  ///< what it had reported when it ended
    int64_t bytesLeftOut = 0;  ///< of failure and heartbeat, where the run has no more room for them
};

struct ActivityAttempts {
    std::string activityId;
    std::string typeName;
    std::vector<ActivityAttempt> ended;  ///< in order, without those left out
    int64_t leftOut = 0;                 ///< attempts forgotten between the first ones and the last
};

/// All of a run's activities that were tried more than once, by their scheduled event. Bounded: an activity keeps its
/// first attempts and its last ones, a run a certain amount of failures and heartbeats; what comes after that is
/// counted.
struct AttemptLog {
    static constexpr size_t kFirst = 10;
    static constexpr size_t kLast = 90;
    static constexpr size_t kMostBytes = 1024 * 1024;

    KeptMap<int64_t, ActivityAttempts> activities;
    size_t bytes = 0;  ///< of failures and heartbeats
};

/// The attempt that the activity is in has ended. The only attempt of an activity is not kept: its history says it all.
void keepAttempt(World& world, Run& run, const PendingActivity& activity, temporal::api::enums::v1::EventType outcome,
                 const temporal::api::failure::v1::Failure* failure, bool isLast);

/// What a store had of an activity.
void restoreAttempts(Run& run, int64_t scheduledId, ActivityAttempts attempts);

}  // namespace orrery::server
