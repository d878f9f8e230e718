// SPDX-License-Identifier: MIT
// The mutable state of one workflow run. Plain data: the files named after each concept hold what happens to it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <temporal/api/enums/v1/workflow.pb.h>
#include <temporal/api/history/v1/message.pb.h>
#include <temporal/api/query/v1/message.pb.h>
#include <temporal/api/sdk/v1/user_metadata.pb.h>
#include <temporal/api/update/v1/message.pb.h>

#include "core/base/sparse.h"
#include "core/base/time.h"
#include "core/server/state/attempts.h"
#include "core/server/state/call.h"
#include "core/server/state/due_queue.h"
#include "core/server/state/event_log.h"
#include "core/server/state/kept.h"
#include "core/server/state/time_skipping.h"
#include "core/server/state/wall_timers.h"

namespace orrery::server {

namespace enums = temporal::api::enums::v1;
namespace history = temporal::api::history::v1;
namespace common = temporal::api::common::v1;
using temporal::api::failure::v1::Failure;

/// Normal tasks are in the history from the start. Transient ones (a retry) and speculative ones (for an update) exist
/// only in memory until they complete.
enum class TaskKind : uint8_t { Normal, Transient, Speculative };

struct WorkflowTask {
    TaskKind kind = TaskKind::Normal;
    int64_t scheduledId = 0;
    int64_t startedId = 0;  ///< 0 until a worker has it
    int attempt = 1;
    uint64_t stamp = 0;  ///< tells this task from every other of the server
    base::Timestamp scheduledTime;
    base::Timestamp originalScheduledTime;
    base::Timestamp startedTime;
    base::Duration timeout{};
    std::string queue;
    bool onSticky = false;
    std::string identity;
    std::string requestId;
    int64_t historySize = 0;
    bool suggestContinueAsNew = false;
    bool suggestBySize = false;
    bool suggestByCount = false;
    bool suggestByUpdates = false;
    std::vector<std::string> queryIds;  ///< buffered queries that travel with it
    /// In wall time: a worker that is gone stays gone while the clock is paused.
    std::optional<WallTimers::Key> scheduleToStart;
    std::optional<DueKey> startToClose;

    bool started() const { return startedId != 0; }
};

enum class ActivityPhase : uint8_t { Scheduled, Started, Backoff };

struct PendingActivity {
    int64_t scheduledId = 0;
    int64_t startedId =
        0;  ///< of a history that shows the start but not the end; else 0, for both are written together
    history::ActivityTaskScheduledEventAttributes attributes;
    ActivityPhase phase = ActivityPhase::Scheduled;
    int attempt = 1;
    uint64_t stamp = 0;                    ///< changes with every dispatch
    base::Timestamp scheduledTime;         ///< of the first attempt
    base::Timestamp attemptScheduledTime;  ///< of this attempt
    base::Timestamp startedTime;
    base::Timestamp lastHeartbeatTime;
    base::Timestamp lastAttemptCompleteTime;
    base::Timestamp nextAttemptTime;
    base::Duration retryInterval{};
    std::optional<base::Timestamp> expiration;
    std::string identity;      ///< of the worker that runs it now
    std::string lastIdentity;  ///< of the last one that did
    std::string requestId;
    bool cancelRequested = false;
    int64_t cancelRequestedId = 0;
    std::optional<common::Payloads> heartbeat;
    std::optional<Failure> lastFailure;
    std::optional<DueKey> scheduleToStart;
    std::optional<DueKey> scheduleToClose;
    std::optional<DueKey> startToClose;
    std::optional<DueKey> heartbeatDue;
    std::optional<DueKey> retryDue;
};

struct PendingTimer {
    std::string id;
    base::Lazy<common::Payload> summary;  ///< what the workflow's author calls it; often absent
    int64_t startedId = 0;
    base::Timestamp fireTime;
    std::optional<DueKey> due;
};

struct PendingChild {
    int64_t initiatedId = 0;
    int64_t startedId = 0;
    history::StartChildWorkflowExecutionInitiatedEventAttributes attributes;
    std::string runId;  ///< of the chain's first run
    bool closing = false;
};

struct BufferedQuery {
    std::string id;
    temporal::api::query::v1::WorkflowQuery query;
    uint64_t waitId = 0;
    bool travelling = false;  ///< handed out with the current workflow task or as a direct task
    uint64_t directStamp = 0;
    bool onSticky = false;
    base::Timestamp since;
};

enum class UpdateStage : uint8_t { Admitted, Sent, Accepted, Completed };

struct Update {
    std::string id;
    UpdateStage stage = UpdateStage::Admitted;
    temporal::api::update::v1::Request request;
    int64_t admittedId = 0;  ///< event that brought it into a run that was reset; workers find the request there
    int64_t acceptedId = 0;
    int64_t sequencingId = 0;
    std::optional<temporal::api::update::v1::Outcome> outcome;
    struct Waiter {
        UpdateStage wanted = UpdateStage::Completed;
        bool isPoll = false;
    };
    std::map<uint64_t, Waiter> waits;  ///< by wait id
};

/// The first task that a build of a worker completed.
struct ResetPoint {
    std::string checksum;
    std::string buildId;
    int64_t completedId = 0;
    base::Timestamp time;
    bool resettable = true;  ///< nothing was pending then that a reset would lose
    bool operator==(const ResetPoint&) const = default;
};

/// What resets have to do with a run.
struct ResetNotes {
    std::string resetRunId;     ///< the run that this one was last reset to
    std::string requestId;      ///< of the reset that made this run
    std::string originalRunId;  ///< whose history this run continues; empty for one that no reset made
    int64_t copiedEvents = 0;   ///< how many of its events come from there
};

/// Where a child's news go.
struct ParentLink {
    std::string ns;
    std::string workflowId;
    std::string runId;
    int64_t initiatedId = 0;
};

/// The first of all parents.
struct Root {
    std::string workflowId;
    std::string runId;
};

/// What a store has of a run: tells whether there is more to write. Not kept itself.
struct KeptMarks {
    int64_t lastEvent = 0;
    uint64_t fixed = 0;  ///< sums of the last records written
    uint64_t state = 0;
    uint64_t buffered = 0;
    bool changed = false;  ///< in the list of those that this input may have changed
};

/// There may be a hundred thousand, most of them waiting for one thing: what is mostly empty takes a pointer.
/// Everything but queries, what waits for history and what is derived from the rest is kept by a store: a new field has
/// its place in store/run_save.cpp and in the test that compares all fields.
struct Run {
    std::string ns;
    std::string workflowId;
    std::string runId;
    std::string firstRunId;
    uint64_t number = 0;  ///< order of creation

    // What is asked for all the time; startedEvent() reads all the rest that the run was started with.
    std::string type;
    std::string queue;
    base::Duration taskLength{};  ///< time-out of a workflow task
    base::Duration runLength{};   ///< time-out of the run; 0 for none
    int attempt = 1;
    bool hasRetryPolicy = false;
    base::Boxed<std::string> cron;
    base::Lazy<common::Priority> priority;
    temporal::api::sdk::v1::UserMetadata userMetadata;
    base::Lazy<common::Memo> memo;
    base::Lazy<common::SearchAttributes> searchAttributes;
    base::Boxed<ParentLink> parent;
    /// Nothing for a run that is its own.
    base::Boxed<Root> root;

    base::Timestamp startTime;
    base::Timestamp executionTime;
    base::Timestamp closeTime;
    base::Timestamp firstStartTime;  ///< for a run that a reset made, of the one whose history it continues
    enums::WorkflowExecutionStatus status = enums::WORKFLOW_EXECUTION_STATUS_RUNNING;
    std::string nextRunId;  ///< the run that follows a closed one in its chain; empty for none

    /// How far the run's own time is ahead of the world's. All times of the run but those of its due entries are in its
    /// own.
    base::Duration skipped{};
    base::Boxed<TimeSkipping> timeSkipping;  ///< none: the run's time is the world's
    std::optional<DueKey> fastForwardDue;

    EventLog log;
    uint64_t lastWork = 0;  ///< World::work() of the batch that is being written; 0 begins a new one. Not kept.
    std::vector<HistoryEvent> buffered;
    size_t bufferedBytes = 0;
    int64_t transitions = 0;

    base::Boxed<WorkflowTask> task;
    /// The next task is not offered to pollers: the one who completes the current task, or starts the run, gets it.
    bool holdTask = false;
    /// Commands are being done: what they cause at once waits in the buffer until they all are.
    bool doingCommands = false;
    int nextAttempt = 1;
    int taskProblems = 0;       ///< failed and timed out workflow tasks since one completed
    int64_t lastStartedId = 0;  ///< Started event of the last completed workflow task
    bool closeRefused = false;  ///< a close command met unseen events; new signals wait for the next task
    std::string stickyQueue;
    base::Duration stickyTimeout{};
    /// A worker keeps its task alive since then.
    std::optional<base::Timestamp> heartbeatSince;

    KeptMap<int64_t, PendingActivity> activities;
    base::LazyContainer<std::map<std::string, int64_t>> activityIds;
    /// Activities a worker has or is awaited for: they hold the clock. Kept by setPhase() alone.
    base::LazyContainer<std::set<int64_t>> activeActivities;
    base::Boxed<AttemptLog> attempts;  ///< of activities that were tried more than once
    KeptMap<std::string, PendingTimer> timers;
    base::LazyContainer<std::map<int64_t, PendingTimer*>> timersByEvent;
    KeptMap<int64_t, PendingChild> children;
    /// Not kept by a store, for their callers wait on connections.
    base::LazyContainer<std::map<std::string, BufferedQuery>> queries;
    KeptMap<std::string, Update> updates;
    std::vector<std::string> updateOrder;
    size_t openUpdates = 0;
    KeptSet<std::string> signalRequests;
    int64_t signalCount = 0;
    std::string startRequestId;
    /// Requests that were answered with this run although they did not start it: request id -> event id.
    base::LazyContainer<std::map<std::string, int64_t>> attachedRequests;
    bool cancelRequested = false;

    std::vector<ResetPoint> resetPoints;          ///< of this run, at most 20
    base::Lazy<std::vector<std::string>> builds;  ///< of workers that completed a task of it; see build_ids.h
    base::Lazy<ResetNotes> resets;

    /// Closed: when its namespace stops keeping it.
    std::optional<base::Timestamp> keptUntil;
    bool superseded = false;  ///< see World::supersede()
    size_t place = 0;         ///< in World::runs; not kept
    /// The status with which the index of lists has it; not kept.
    enums::WorkflowExecutionStatus listedAs = enums::WORKFLOW_EXECUTION_STATUS_UNSPECIFIED;

    std::optional<DueKey> runTimeout;
    std::optional<DueKey> executionTimeout;
    std::optional<DueKey> firstTask;
    std::optional<base::Timestamp> runExpiration;
    std::optional<base::Timestamp> executionExpiration;

    /// Wait id -> asks whether there is news for it and, given the call, answers.
    base::LazyContainer<std::map<uint64_t, std::function<bool(const CallPtr&)>>> historyQuestions;
    bool touched = false;
    base::Boxed<KeptMarks> kept;
    /// How long the history was when the size of the rest was measured last. Need not be kept.
    int64_t measuredAt = 0;

    bool open() const { return status == enums::WORKFLOW_EXECUTION_STATUS_RUNNING; }
    const std::string& taskQueue() const { return queue; }
    const std::string& typeName() const { return type; }
    const std::string& rootWorkflowId() const { return root ? root->workflowId : workflowId; }
    const std::string& rootRunId() const { return root ? root->runId : runId; }
    bool knowsRequest(const std::string& requestId) const {
        return !requestId.empty() && (requestId == startRequestId || attachedRequests.contains(requestId));
    }
    history::WorkflowExecutionStartedEventAttributes startedEvent() const {
        return log.event(1).workflow_execution_started_event_attributes();
    }
    bool taskStarted() const { return task && task->started(); }
    bool holdsClock() const { return open() && (task.has_value() || !activeActivities.empty()); }
};

}  // namespace orrery::server
