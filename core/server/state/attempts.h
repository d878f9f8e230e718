// SPDX-License-Identifier: MIT
// What became of each attempt of an activity. A history tells of the last one only; here those before it can be read,
// while the activity is tried again and after it has ended.
#pragma once

#include <optional>
#include <string>
#include <utility>
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

/// Some attempts of one activity, in order: as much as a store writes when one of them ends.
struct AttemptPage {
    std::string activityId;
    std::string typeName;
    std::vector<ActivityAttempt> ended;
};

/// All of a run's activities that were tried more than once. Bounded, for an activity can be tried for ever: beyond
/// kMost it keeps its first attempts and its last ones. Of failures and heartbeats a run keeps a certain amount; what
/// comes after that is counted.
struct AttemptLog {
    static constexpr int64_t kPage = 20;
    static constexpr int64_t kFirst = 100;
    static constexpr int64_t kMost = 2000;
    static constexpr size_t kMostBytes = 8 * 1024 * 1024;

    using Key = std::pair<int64_t, int64_t>;  ///< the activity's scheduled event, the place of the page among its pages
    KeptMap<Key, AttemptPage> pages;
    size_t bytes = 0;  ///< of failures and heartbeats
};

/// The attempt that the activity is in has ended. The only attempt of an activity is not kept: its history says it all.
void keepAttempt(World& world, Run& run, const PendingActivity& activity, temporal::api::enums::v1::EventType outcome,
                 const temporal::api::failure::v1::Failure* failure, bool isLast);

/// What a store had.
void restoreAttempts(Run& run, const AttemptLog::Key& key, AttemptPage page);

}  // namespace orrery::server
