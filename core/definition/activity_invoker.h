// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/definition/options.h"
#include "core/payload/failure_data.h"

namespace orrery::definition {

/// What an activity can know about itself.
struct ActivityInfo {
    std::string namespaceName;
    std::string workflowId;
    std::string runId;
    std::string workflowType;
    std::string activityId;
    std::string activityType;
    std::string taskQueue;
    std::string taskToken;
    int attempt = 1;
    bool isLocal = false;
    Timestamp scheduledTime;
    Timestamp currentAttemptScheduledTime;
    Timestamp startedTime;
    std::optional<Duration> scheduleToCloseTimeout;
    std::optional<Duration> startToCloseTimeout;
    std::optional<Duration> heartbeatTimeout;
    std::optional<RetryPolicy> retryPolicy;
    Payloads heartbeatDetails;
    PayloadMap headers;
};

/// Why an activity is asked to stop.
enum class ActivityCancelReason { CancelRequested, TimedOut, NotFound, Paused, Reset, WorkerShutdown };
std::string_view activityCancelReasonName(ActivityCancelReason reason);

/// Shared by the worker, which cancels, and the activity, which looks. The first reason stays. Thread safe.
class ActivityCancellation {
public:
    void request(ActivityCancelReason reason);
    std::optional<ActivityCancelReason> reason() const;
    std::stop_token token() const { return m_source.get_token(); }

private:
    mutable std::mutex m_mutex;
    std::optional<ActivityCancelReason> m_reason;
    std::stop_source m_source;
};

/// Takes heartbeats of one attempt; the worker throttles and sends them. Called on the activity's threads; never
/// blocks.
class HeartbeatSink {
public:
    virtual ~HeartbeatSink() = default;
    virtual void heartbeat(Payloads details) = 0;
};

/// One attempt to be run.
struct ActivityTask {
    ActivityInfo info;
    Payloads arguments;
    std::shared_ptr<ActivityCancellation> cancellation;
    std::shared_ptr<HeartbeatSink> heartbeats;
};

struct ActivityCompleted {
    Payload result;
};
struct ActivityFailed {
    payload::FailureData failure;
};
/// It stopped because it was cancelled; `failure` is of the cancelled kind.
struct ActivityCancelled {
    payload::FailureData failure;
};
/// The function has returned, but somebody will complete the activity by its token or id.
struct ActivityCompletesLater {};
using ActivityOutcome = std::variant<ActivityCompleted, ActivityFailed, ActivityCancelled, ActivityCompletesLater>;

/// The activities a worker can run; activity::ActivityRegistry is the one authors fill. Immutable once the worker has
/// it, shared by threads.
class ActivityInvoker {
public:
    virtual ~ActivityInvoker() = default;
    /// Names of the registered types, sorted; a dynamic activity is not among them.
    virtual std::vector<std::string> activityTypes() const = 0;
    /// Runs the attempt to its end on the calling thread. Never throws: an unknown type is a failure that names the
    /// known ones (retryable, for another worker may have it).
    virtual ActivityOutcome invoke(const ActivityTask& task) const = 0;
};

}  // namespace orrery::definition
