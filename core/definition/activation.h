// SPDX-License-Identifier: MIT
// The border between the engine half of a worker (machines, task handling, network) and the half that runs workflow
// code. Plain values only. One activation is answered by one completion, on one thread at a time for each run.
#pragma once

#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/definition/options.h"
#include "core/payload/failure_data.h"

namespace orrery::definition {

using payload::FailureData;

/// Numbers a timer, activity, child, … within one run, each kind from 1 in the order the code asked for them. It is the
/// handle by which later jobs and commands refer to it; the default activity and timer id is its decimal text.
using Seq = uint32_t;

struct WorkflowExecution {
    std::string namespaceName;
    std::string workflowId;
    std::string runId;
    bool operator==(const WorkflowExecution&) const = default;
};

/// How an activity or a child ended. A cancellation carries a failure whose innermost kind is CancelledFailureData.
struct Completed {
    Payload result;
};
struct Failed {
    FailureData failure;
};
struct Cancelled {
    FailureData failure;
};
/// Local activities only: the retry waits long enough to be a durable timer; schedule again with `attempt` after it.
struct BackoffRequired {
    uint32_t attempt = 1;
    Duration backoff{};
    Timestamp originalScheduleTime;
};
using Resolution = std::variant<Completed, Failed, Cancelled, BackoffRequired>;

namespace job {

/// The first job of a run, built from the WorkflowExecutionStarted event.
struct InitializeWorkflow {
    std::string namespaceName;
    std::string taskQueue;
    std::string workflowId;
    std::string workflowType;
    Payloads arguments;
    uint64_t randomSeed = 0;
    PayloadMap headers;
    std::string identity;
    std::optional<WorkflowExecution> parent;
    std::optional<WorkflowExecution> root;
    std::optional<Duration> executionTimeout;
    std::optional<Duration> runTimeout;
    std::optional<Duration> taskTimeout;
    std::string firstExecutionRunId;
    std::string continuedFromRunId;
    std::optional<FailureData> continuedFailure;
    Payloads lastCompletionResult;
    int attempt = 1;
    std::string cronSchedule;
    std::optional<RetryPolicy> retryPolicy;
    PayloadMap memo;
    PayloadMap searchAttributes;
    Timestamp startTime;
};

struct FireTimer {
    Seq seq = 0;
};
struct ResolveActivity {
    Seq seq = 0;
    Resolution result;
    bool isLocal = false;
};
struct SignalWorkflow {
    std::string name;
    Payloads arguments;
    PayloadMap headers;
    std::string identity;
};
/// A query comes alone in its activation. Id "legacy" is the one of a task that carries a single query.
struct QueryWorkflow {
    std::string id;
    std::string name;
    Payloads arguments;
    PayloadMap headers;
};
struct CancelWorkflow {
    std::string reason;
};
/// Must be accepted or rejected in the same activation; completed in this or a later one.
struct DoUpdate {
    std::string id;
    /// Goes back in every response to this update.
    std::string protocolInstanceId;
    std::string name;
    Payloads arguments;
    PayloadMap headers;
    std::string identity;
    /// False on replay: it was accepted then, whatever the validator says now.
    bool runValidator = true;
};
/// The history has a marker of this patch further on, so patched(id) is true.
struct NotifyHasPatch {
    std::string patchId;
};
struct UpdateRandomSeed {
    uint64_t randomSeed = 0;
};
struct ChildStarted {
    std::string runId;
};
struct ChildStartFailed {
    std::string workflowId;
    std::string workflowType;
    bool alreadyExists = false;
};
struct ResolveChildWorkflowStart {
    Seq seq = 0;
    std::variant<ChildStarted, ChildStartFailed, Cancelled> result;
};
struct ResolveChildWorkflow {
    Seq seq = 0;
    Resolution result;
};
struct ResolveSignalExternal {
    Seq seq = 0;
    std::optional<FailureData> failure;
};
struct ResolveRequestCancelExternal {
    Seq seq = 0;
    std::optional<FailureData> failure;
};
/// Comes alone; the instance is destroyed after it.
struct RemoveFromCache {
    std::string reason;
};

}  // namespace job

using Job = std::variant<job::InitializeWorkflow, job::FireTimer, job::ResolveActivity, job::SignalWorkflow,
                         job::QueryWorkflow, job::CancelWorkflow, job::DoUpdate, job::NotifyHasPatch,
                         job::UpdateRandomSeed, job::ResolveChildWorkflowStart, job::ResolveChildWorkflow,
                         job::ResolveSignalExternal, job::ResolveRequestCancelExternal, job::RemoveFromCache>;

/// Everything that is new for a run since its last activation. The engine has sorted the jobs: init, patches, random
/// seed, signals and updates in arrival order, the rest; queries and RemoveFromCache alone. The instance applies them
/// all, in that order, and then lets the code run until nothing is ready.
struct Activation {
    std::string runId;
    /// Workflow time: that of the workflow task's start. Never goes back.
    Timestamp time;
    bool isReplaying = false;
    int64_t historyLength = 0;
    int64_t historySizeBytes = 0;
    bool continueAsNewSuggested = false;
    /// Somebody looks on: Completion::sources is to be filled, and what coroutines wait for is to be remembered.
    bool observed = false;
    std::vector<Job> jobs;
};

namespace command {

struct StartTimer {
    Seq seq = 0;
    Duration startToFire{};
    std::string summary;
};
/// The code already treats the timer as cancelled; no job follows.
struct CancelTimer {
    Seq seq = 0;
};
/// `options.activityId` and `options.taskQueue` are filled in. Followed by ResolveActivity.
struct ScheduleActivity {
    Seq seq = 0;
    std::string activityType;
    Payloads arguments;
    ActivityOptions options;
    PayloadMap headers;
};
/// A ResolveActivity follows, when depends on the cancellation type.
struct RequestCancelActivity {
    Seq seq = 0;
};
struct ScheduleLocalActivity {
    Seq seq = 0;
    std::string activityType;
    Payloads arguments;
    ActivityOptions options;
    PayloadMap headers;
    std::optional<Duration> localRetryThreshold;
    uint32_t attempt = 1;
    std::optional<Timestamp> originalScheduleTime;
};
struct RequestCancelLocalActivity {
    Seq seq = 0;
};
struct CompleteWorkflow {
    Payload result;
};
struct FailWorkflow {
    FailureData failure;
};
struct CancelWorkflowExecution {};
struct ContinueAsNew {
    /// workflowType and taskQueue are filled in; unset memo, search attributes and retry policy are kept.
    ContinueAsNewOptions options;
    Payloads arguments;
    PayloadMap headers;
};
struct QueryResult {
    std::string id;
    std::variant<Payload, FailureData> result;
};
struct UpdateAccepted {};
struct UpdateRejected {
    FailureData failure;
};
struct UpdateCompleted {
    std::variant<Payload, FailureData> outcome;
};
/// At most Accepted and Completed, or Rejected alone, in this order for one protocolInstanceId.
struct UpdateResponse {
    std::string protocolInstanceId;
    std::variant<UpdateAccepted, UpdateRejected, UpdateCompleted> response;
};
struct SetPatchMarker {
    std::string patchId;
    bool deprecated = false;
};
struct UpsertSearchAttributes {
    PayloadMap searchAttributes;
};
/// An entry whose payload is binary/null is removed.
struct ModifyProperties {
    PayloadMap memo;
};
/// `options.id` and `options.taskQueue` are filled in. Followed by ResolveChildWorkflowStart, then
/// ResolveChildWorkflow.
struct StartChildWorkflow {
    Seq seq = 0;
    std::string workflowType;
    Payloads arguments;
    ChildWorkflowOptions options;
    PayloadMap headers;
};
struct CancelChildWorkflow {
    Seq childSeq = 0;
    std::string reason;
};
struct SignalExternalWorkflow {
    Seq seq = 0;
    WorkflowExecution target;
    bool childWorkflowOnly = false;
    std::string signalName;
    Payloads arguments;
    PayloadMap headers;
};
/// Has an effect only while the signal is unsent.
struct CancelSignalExternal {
    Seq seq = 0;
};
struct RequestCancelExternalWorkflow {
    Seq seq = 0;
    WorkflowExecution target;
    std::string reason;
};

}  // namespace command

using Command =
    std::variant<command::StartTimer, command::CancelTimer, command::ScheduleActivity, command::RequestCancelActivity,
                 command::ScheduleLocalActivity, command::RequestCancelLocalActivity, command::CompleteWorkflow,
                 command::FailWorkflow, command::CancelWorkflowExecution, command::ContinueAsNew, command::QueryResult,
                 command::UpdateResponse, command::SetPatchMarker, command::UpsertSearchAttributes,
                 command::ModifyProperties, command::StartChildWorkflow, command::CancelChildWorkflow,
                 command::SignalExternalWorkflow, command::CancelSignalExternal,
                 command::RequestCancelExternalWorkflow>;

/// The answer to an activation: commands in the order the code gave them (at most one terminal, and it is the last), or
/// a failure of the workflow task (a bug in the code, an unknown type); the run itself stays open then.
struct Completion {
    std::vector<Command> commands;
    /// Where the code asked for each of the commands; empty unless the activation was observed.
    std::vector<std::source_location> sources;
    std::optional<FailureData> taskFailure;
};

/// Name of the alternative, for messages and logs: "FireTimer", "ScheduleActivity".
std::string_view jobName(const Job& job);
std::string_view commandName(const Command& command);

}  // namespace orrery::definition
