// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/base/time.h"
#include "core/payload/payload.h"

namespace orrery::payload {

enum class TimeoutType { Unspecified = 0, StartToClose = 1, ScheduleToStart = 2, ScheduleToClose = 3, Heartbeat = 4 };
enum class RetryState {
    Unspecified = 0,
    InProgress = 1,
    NonRetryableFailure = 2,
    Timeout = 3,
    MaximumAttemptsReached = 4,
    RetryPolicyNotSet = 5,
    InternalServerError = 6,
    CancelRequested = 7,
};
enum class FailureCategory { Unspecified = 0, Benign = 1 };

struct ApplicationFailureData {
    std::string type;
    bool nonRetryable = false;
    Payloads details;
    std::optional<base::Duration> nextRetryDelay;
    FailureCategory category = FailureCategory::Unspecified;
};

struct TimeoutFailureData {
    TimeoutType type = TimeoutType::Unspecified;
    Payloads lastHeartbeatDetails;
};

struct CancelledFailureData {
    Payloads details;
    std::string identity;
};

struct TerminatedFailureData {
    std::string identity;
};

struct ServerFailureData {
    bool nonRetryable = false;
};

struct ResetWorkflowFailureData {
    Payloads lastHeartbeatDetails;
};

struct ActivityFailureData {
    int64_t scheduledEventId = 0;
    int64_t startedEventId = 0;
    std::string identity;
    std::string activityType;
    std::string activityId;
    RetryState retryState = RetryState::Unspecified;
};

struct ChildWorkflowFailureData {
    std::string namespaceName;
    std::string workflowId;
    std::string runId;
    std::string workflowType;
    int64_t initiatedEventId = 0;
    int64_t startedEventId = 0;
    RetryState retryState = RetryState::Unspecified;
};

/// A failure as it travels (temporal.api.failure.v1.Failure) in plain values: immutable, cheap to share, any thread.
/// `failure.h` turns it into an exception and back, `failure_proto.h` into the wire message and back.
/// A kind this version does not know (for example Nexus) keeps message, source, stack trace and cause.
struct FailureData {
    using Kind = std::variant<std::monostate, ApplicationFailureData, TimeoutFailureData, CancelledFailureData,
                              TerminatedFailureData, ServerFailureData, ResetWorkflowFailureData, ActivityFailureData,
                              ChildWorkflowFailureData>;

    std::string message;
    std::string source;
    std::string stackTrace;
    std::optional<Payload> encodedAttributes;
    std::shared_ptr<const FailureData> cause;
    Kind kind;
};

}  // namespace orrery::payload
