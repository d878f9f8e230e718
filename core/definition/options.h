// SPDX-License-Identifier: MIT
// Options of the authoring API. They are classes with chained setters and a reader of the same name, never aggregates:
// some compilers destroy an aggregate twice when it is made inside an expression with co_await.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/payload/payload.h"

namespace orrery::definition {

using base::Duration;
using base::Timestamp;
using payload::Payload;
using payload::Payloads;
using PayloadMap = std::map<std::string, Payload>;

/// What becomes of the caller's wait when an activity or a child is cancelled. TryCancel: asks, and the wait fails at
/// once. WaitCancellationCompleted: asks, and waits until it has ended. Abandon: does not even ask.
enum class ActivityCancellationType { TryCancel, WaitCancellationCompleted, Abandon };
enum class ChildWorkflowCancellationType { WaitCancellationCompleted, WaitCancellationRequested, TryCancel, Abandon };
enum class ParentClosePolicy { Unspecified = 0, Terminate = 1, Abandon = 2, RequestCancel = 3 };
enum class WorkflowIdReusePolicy {
    Unspecified = 0,
    AllowDuplicate = 1,
    AllowDuplicateFailedOnly = 2,
    RejectDuplicate = 3,
    TerminateIfRunning = 4,
};
enum class WorkflowIdConflictPolicy { Unspecified = 0, Fail = 1, UseExisting = 2, TerminateExisting = 3 };
enum class VersioningBehavior { Unspecified = 0, Pinned = 1, AutoUpgrade = 2 };

// One chained setter and its reader; `unset` members mean "what the server or the protocol defaults to".
#define ORRERY_OPTION(Type, name)                 \
public:                                           \
    auto& name(Type value) {                      \
        m_##name = std::move(value);              \
        return *this;                             \
    }                                             \
    const Type& name() const { return m_##name; } \
                                                  \
private:                                          \
    Type m_##name

/// How often and when something failed is tried again. Unset values: 1 s, factor 2, at most 100 times the initial
/// interval, unlimited attempts.
class RetryPolicy {
public:
    RetryPolicy() {}
    bool operator==(const RetryPolicy&) const = default;

    ORRERY_OPTION(std::optional<Duration>, initialInterval);
    ORRERY_OPTION(double, backoffCoefficient) = 2.0;
    ORRERY_OPTION(std::optional<Duration>, maximumInterval);
    /// 0 is unlimited, 1 is no retry.
    ORRERY_OPTION(int, maximumAttempts) = 0;
    ORRERY_OPTION(std::vector<std::string>, nonRetryableErrorTypes);
};

/// How an activity is run. At least one of startToCloseTimeout and scheduleToCloseTimeout is required.
class ActivityOptions {
public:
    ActivityOptions() {}

    ORRERY_OPTION(std::optional<Duration>, scheduleToCloseTimeout);
    ORRERY_OPTION(std::optional<Duration>, scheduleToStartTimeout);
    ORRERY_OPTION(std::optional<Duration>, startToCloseTimeout);
    ORRERY_OPTION(std::optional<Duration>, heartbeatTimeout);
    ORRERY_OPTION(std::optional<RetryPolicy>, retryPolicy);
    /// Empty: the workflow's own queue.
    ORRERY_OPTION(std::string, taskQueue);
    /// Empty: the sequence number within the run.
    ORRERY_OPTION(std::string, activityId);
    ORRERY_OPTION(ActivityCancellationType, cancellationType) = ActivityCancellationType::TryCancel;
    /// One line for people, shown on the timeline.
    ORRERY_OPTION(std::string, summary);
    ORRERY_OPTION(int, priority) = 0;
};

/// How a child workflow is started. Unset id: one made from the run's random stream.
class ChildWorkflowOptions {
public:
    ChildWorkflowOptions() {}

    ORRERY_OPTION(std::string, id);
    ORRERY_OPTION(std::string, taskQueue);
    ORRERY_OPTION(std::optional<Duration>, executionTimeout);
    ORRERY_OPTION(std::optional<Duration>, runTimeout);
    ORRERY_OPTION(std::optional<Duration>, taskTimeout);
    ORRERY_OPTION(std::optional<RetryPolicy>, retryPolicy);
    ORRERY_OPTION(ParentClosePolicy, parentClosePolicy) = ParentClosePolicy::Terminate;
    ORRERY_OPTION(ChildWorkflowCancellationType,
                  cancellationType) = ChildWorkflowCancellationType::WaitCancellationCompleted;
    ORRERY_OPTION(WorkflowIdReusePolicy, idReusePolicy) = WorkflowIdReusePolicy::AllowDuplicate;
    ORRERY_OPTION(std::string, cronSchedule);
    ORRERY_OPTION(PayloadMap, memo);
    ORRERY_OPTION(PayloadMap, searchAttributes);
    ORRERY_OPTION(std::string, staticSummary);
    ORRERY_OPTION(std::string, staticDetails);
};

/// What a run that continues as new changes; everything unset stays as it is in the present run.
class ContinueAsNewOptions {
public:
    ContinueAsNewOptions() {}

    ORRERY_OPTION(std::string, workflowType);
    ORRERY_OPTION(std::string, taskQueue);
    ORRERY_OPTION(std::optional<Duration>, runTimeout);
    ORRERY_OPTION(std::optional<Duration>, taskTimeout);
    ORRERY_OPTION(std::optional<RetryPolicy>, retryPolicy);
    ORRERY_OPTION(PayloadMap, memo);
    ORRERY_OPTION(PayloadMap, searchAttributes);
};

/// How a client starts a workflow. Id and task queue are required.
class StartWorkflowOptions {
public:
    StartWorkflowOptions() {}

    ORRERY_OPTION(std::string, id);
    ORRERY_OPTION(std::string, taskQueue);
    ORRERY_OPTION(std::optional<Duration>, executionTimeout);
    ORRERY_OPTION(std::optional<Duration>, runTimeout);
    ORRERY_OPTION(std::optional<Duration>, taskTimeout);
    ORRERY_OPTION(WorkflowIdReusePolicy, idReusePolicy) = WorkflowIdReusePolicy::AllowDuplicate;
    ORRERY_OPTION(WorkflowIdConflictPolicy, idConflictPolicy) = WorkflowIdConflictPolicy::Fail;
    ORRERY_OPTION(std::optional<RetryPolicy>, retryPolicy);
    ORRERY_OPTION(std::string, cronSchedule);
    ORRERY_OPTION(std::optional<Duration>, startDelay);
    ORRERY_OPTION(PayloadMap, memo);
    ORRERY_OPTION(PayloadMap, searchAttributes);
    ORRERY_OPTION(std::string, staticSummary);
    ORRERY_OPTION(std::string, staticDetails);
};

#undef ORRERY_OPTION

}  // namespace orrery::definition
