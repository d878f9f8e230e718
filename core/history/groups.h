// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/history/history.h"

namespace orrery::history {

/// Workflow stands for events of the run itself: cancellation asked for, search attributes, memo, options, pauses.
enum class GroupKind {
    WorkflowTask,
    Activity,
    LocalActivity,
    Timer,
    ChildWorkflow,
    Signal,
    Update,
    Nexus,
    Marker,
    ExternalSignal,
    ExternalCancel,
    Workflow,
    Other,
};
/// "workflowTask", "activity", "localActivity", "timer", "childWorkflow", "signal", "update", "nexus", "marker",
/// "externalSignal", "externalCancel", "workflow", "other".
std::string_view groupKindName(GroupKind kind);

/// Scheduled: waits for its start. Signals, markers and fired timers are Completed: they stand at one instant or are
/// over.
enum class GroupState { Scheduled, Running, Completed, Failed, TimedOut, Canceled, Terminated, Rejected };
/// "Scheduled", "Running" and so on.
std::string_view groupStateName(GroupState state);
inline bool isOpen(GroupState state) { return state == GroupState::Scheduled || state == GroupState::Running; }

/// One attempt that the history itself records. A server keeps only the last attempt of an activity, so there may be
/// fewer spans than attempts; views show the missing ones as one dotted part.
struct AttemptSpan {
    int attempt = 1;
    base::Timestamp started;
    std::optional<base::Timestamp> closed;
    /// Empty unless the attempt failed.
    std::string failure;
};

/// Events that tell of one thing, from scheduled to closed.
struct EventGroup {
    GroupKind kind = GroupKind::Other;
    GroupState state = GroupState::Completed;
    /// Activity type, timer summary or id, signal name, update name, child type, marker name, "Service/operation".
    std::string name;
    /// A word of the input or result, or what a marker recorded; one line, at most 60 characters.
    std::string detail;
    /// Activity id, timer id, update id, child workflow id, Nexus request id, change id of a version marker.
    std::string id;
    /// Run id of a child, when it has started.
    std::string runId;
    int64_t firstEventId = 0;
    /// Ascending.
    std::vector<int64_t> eventIds;
    /// Attempts begun; 0 while nothing was started. Kinds without attempts have 1.
    int attempts = 1;
    /// From the retry policy; absent when unlimited or unknown.
    std::optional<int> maximumAttempts;
    bool cancelRequested = false;
    std::optional<base::Timestamp> scheduled;
    std::optional<base::Timestamp> started;
    std::optional<base::Timestamp> closed;
    /// When an open timer is due.
    std::optional<base::Timestamp> due;
    std::string lastFailure;
    std::vector<AttemptSpan> attemptSpans;
};

struct Groups {
    /// In order of the first event.
    std::vector<EventGroup> list;
    /// For each position in the history the group's index in `list`, or -1 (start and close of the run).
    std::vector<int32_t> ofEvent;
};

/// Linear in the number of events; any thread.
Groups groups(const History& history);

}  // namespace orrery::history
