// SPDX-License-Identifier: MIT
// What the gateway asks and answers: plain values, free to be copied between threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/gateway/outcome.h"
#include "core/history/history.h"
#include "core/payload/payload.h"

namespace orrery::gateway {

using history::FailureInfo;
using history::WorkflowStatus;
using PayloadMap = std::map<std::string, payload::Payload>;

enum class ClusterKind { Embedded, Remote };

struct ClusterInfo {
    std::string address;
    ClusterKind kind = ClusterKind::Remote;
    std::string namespaceName;
    std::string serverVersion;
    /// As the server sees us.
    std::string identity;
};

enum class ConnectionState { Ready, Lost };

struct ConnectionStatus {
    ConnectionState state = ConnectionState::Ready;
    /// Why, when Lost.
    std::optional<Problem> problem;
};

/// An empty run id means the latest run.
struct WorkflowKey {
    std::string workflowId;
    std::string runId;
    auto operator<=>(const WorkflowKey&) const = default;
};

struct WorkflowRow {
    WorkflowKey key;
    std::string type;
    WorkflowStatus status = WorkflowStatus::Running;
    std::string taskQueue;
    std::optional<base::Timestamp> startTime;
    std::optional<base::Timestamp> closeTime;
    /// When the first task was or will be due: later than the start for delayed and cron runs.
    std::optional<base::Timestamp> executionTime;
    int64_t historyLength = 0;
    int64_t historyBytes = 0;
    std::optional<WorkflowKey> parent;
    PayloadMap memo;
    PayloadMap searchAttributes;
    bool operator==(const WorkflowRow&) const = default;
};

/// Which workflows. `query` is in the server's list filter language; `text` is what a person typed and matches the
/// beginning of a workflow id or type. Both given: both must match. Newest first.
struct ListQuery {
    std::string query;
    std::string text;
    int pageSize = 100;
    /// From the page before; empty for the first.
    std::string pageToken;
};

struct WorkflowPage {
    std::vector<WorkflowRow> rows;
    /// Empty after the last page.
    std::string nextPageToken;
};

struct WorkflowCounts {
    int64_t total = 0;
    std::map<WorkflowStatus, int64_t> byStatus;
    bool operator==(const WorkflowCounts&) const = default;
};

/// One state of a live list: the first page as it stands now.
struct LiveList {
    std::shared_ptr<const WorkflowPage> page;
    WorkflowCounts counts;
};

struct PendingActivity {
    enum class State { Scheduled, Started, CancelRequested, Paused, PauseRequested };
    std::string activityId;
    std::string type;
    State state = State::Scheduled;
    int attempt = 1;
    /// Absent: unlimited.
    std::optional<int> maximumAttempts;
    std::optional<base::Timestamp> scheduledTime;
    std::optional<base::Timestamp> lastStartedTime;
    std::optional<base::Timestamp> lastHeartbeatTime;
    /// When the present attempt was or the next one will be handed out.
    std::optional<base::Timestamp> nextAttemptTime;
    std::optional<base::Timestamp> expirationTime;
    std::optional<FailureInfo> lastFailure;
    std::string lastWorkerIdentity;
    payload::Payloads heartbeatDetails;
};

struct PendingTask {
    bool started = false;
    int attempt = 1;
    std::optional<base::Timestamp> scheduledTime;
    std::optional<base::Timestamp> startedTime;
};

struct PendingChild {
    WorkflowKey key;
    std::string type;
    int64_t initiatedEventId = 0;
};

struct WorkflowDescription {
    WorkflowRow row;
    std::string firstRunId;
    std::optional<WorkflowKey> root;
    std::optional<base::Duration> executionTimeout;
    std::optional<base::Duration> runTimeout;
    std::optional<base::Duration> taskTimeout;
    bool cancelRequested = false;
    /// Set by whoever started the workflow; one line, and several.
    std::string summary;
    std::string details;
    std::optional<PendingTask> task;
    std::vector<PendingActivity> activities;
    std::vector<PendingChild> children;
    /// Plain English, for example "activity charge_card: attempt 3 failed, is tried again". Empty when closed.
    std::string waitsFor;
};

struct HandlerInfo {
    std::string name;
    std::string description;
};

/// What a running workflow says that it takes. An empty name stands for the dynamic handler.
struct Handlers {
    std::string workflowDescription;
    std::vector<HandlerInfo> signals;
    std::vector<HandlerInfo> queries;
    std::vector<HandlerInfo> updates;
    /// What the workflow says of itself right now (Markdown); may be empty.
    std::string currentDetails;
};

/// One state of an open history.
struct HistoryTail {
    std::shared_ptr<const history::History> history;
    /// False while earlier pages are still being fetched.
    bool complete = false;
    /// The run has closed: nothing follows.
    bool closed = false;
};

enum class IdReusePolicy { AllowDuplicate, AllowDuplicateFailedOnly, RejectDuplicate };
enum class IdConflictPolicy { Fail, UseExisting, TerminateExisting };

struct StartRequest {
    /// Empty: a fresh one is made.
    std::string workflowId;
    std::string type;
    std::string taskQueue;
    payload::Payloads input;
    IdReusePolicy idReuse = IdReusePolicy::AllowDuplicate;
    IdConflictPolicy idConflict = IdConflictPolicy::Fail;
    std::optional<base::Duration> executionTimeout;
    std::optional<base::Duration> runTimeout;
    std::optional<base::Duration> taskTimeout;
    std::optional<base::Duration> startDelay;
    PayloadMap memo;
    PayloadMap searchAttributes;
    std::string summary;
    std::string details;
};

struct SignalRequest {
    WorkflowKey workflow;
    std::string name;
    payload::Payloads input;
};

enum class QueryReject { Never, NotOpen, NotCompletedCleanly };

struct QueryRequest {
    WorkflowKey workflow;
    std::string name;
    payload::Payloads input;
    QueryReject reject = QueryReject::Never;
};

struct QueryAnswer {
    payload::Payloads result;
    /// The status for which the query was refused, as `reject` asked.
    std::optional<WorkflowStatus> rejected;
};

enum class UpdateStage { Admitted, Accepted, Completed };

struct UpdateRequest {
    WorkflowKey workflow;
    std::string name;
    payload::Payloads input;
    /// Empty: a fresh one. The same id again gives the same answer.
    std::string updateId;
    /// Accepted: answer as soon as the validator has let it in.
    UpdateStage waitFor = UpdateStage::Completed;
};

struct UpdateAnswer {
    std::string updateId;
    WorkflowKey workflow;
    UpdateStage stage = UpdateStage::Admitted;
    payload::Payloads result;
    /// The handler failed or the validator refused.
    std::optional<FailureInfo> failure;
};

}  // namespace orrery::gateway
