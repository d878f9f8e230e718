// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "core/base/time.h"

namespace orrery::client {
class Connection;
}
namespace orrery::definition {
class ActivityInvoker;
class WorkflowFactory;
}  // namespace orrery::definition

namespace orrery::worker {

struct WorkerOptions {
    std::string taskQueue;
    /// Empty: the connection's identity.
    std::string identity;
    int maxConcurrentWorkflowTasks = 16;
    int maxConcurrentActivities = 16;
    int workflowPollers = 2;
    int activityPollers = 2;
    /// Runs kept in memory between their tasks. 0: none is kept, and there is no sticky queue.
    int cacheSize = 1000;
    /// How long the server waits for this worker before a cached run's task goes back to the normal queue.
    base::Duration stickyScheduleToStart = std::chrono::seconds(5);
    /// After shutdown() running activities have this long before they are asked to stop (reason WorkerShutdown).
    base::Duration gracefulShutdown = std::chrono::seconds(0);
    /// Heartbeats of one attempt are sent at most this often; without a heartbeat timeout, every
    /// defaultHeartbeatThrottle.
    base::Duration maximumHeartbeatThrottle = std::chrono::seconds(60);
    base::Duration defaultHeartbeatThrottle = std::chrono::seconds(30);
};

/// Polls one task queue and runs its workflow tasks and activities. Losing a worker loses nothing: what a run did is in
/// its history, and the next worker replays it. Owns its threads; the connection, the workflows and the activities are
/// shared and are not changed. Either of the two last may be null: then that kind is not polled for.
class Worker {
public:
    /// Throws Error(InvalidArgument) for options that make no sense. Does not call the server yet.
    Worker(std::shared_ptr<client::Connection> connection, std::shared_ptr<const definition::WorkflowFactory> workflows,
           std::shared_ptr<const definition::ActivityInvoker> activities, WorkerOptions options);
    /// Like shutdown().
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Begins to poll; returns at once. An unreachable server is tried again for ever.
    void start();
    /// Stops polling, asks running activities to stop after the grace time, and waits until every task that was begun
    /// has been answered. Any thread but one of the worker's own; a second call waits for the first.
    void shutdown();
    /// Forgets everything at once, as a crash would: running activities are asked to stop and nothing is answered any
    /// more. For tests and demonstrations of durability.
    void abandon();

    const std::string& identity() const;

    /// What the worker has done so far; for tests, logs and views.
    struct Counters {
        int64_t workflowTasksCompleted = 0;
        int64_t workflowTasksFailed = 0;
        int64_t queriesAnswered = 0;
        int64_t replays = 0;
        int64_t activitiesStarted = 0;
        int64_t activitiesCompleted = 0;
        int64_t activitiesFailed = 0;
        int64_t activitiesCancelled = 0;
        int64_t heartbeatsSent = 0;
        int64_t cachedRuns = 0;
    };
    Counters counters() const;

private:
    class Impl;
    std::shared_ptr<Impl> m_impl;
};

}  // namespace orrery::worker
