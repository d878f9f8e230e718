// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "core/base/executor.h"
#include "core/worker/calls.h"
#include "core/worker/timers.h"
#include "core/worker/worker.h"

namespace orrery::worker {

struct AtomicCounters {
    std::atomic<int64_t> workflowTasksCompleted = 0;
    std::atomic<int64_t> workflowTasksFailed = 0;
    std::atomic<int64_t> queriesAnswered = 0;
    std::atomic<int64_t> replays = 0;
    std::atomic<int64_t> activitiesStarted = 0;
    std::atomic<int64_t> activitiesCompleted = 0;
    std::atomic<int64_t> activitiesFailed = 0;
    std::atomic<int64_t> activitiesCancelled = 0;
    std::atomic<int64_t> heartbeatsSent = 0;
    std::atomic<int64_t> cachedRuns = 0;
};

/// What both halves of a worker stand on. All their state lives on `strand`; workflow code runs on `pool`.
struct Shared {
    Shared(std::shared_ptr<client::Connection> connection, WorkerOptions workerOptions);

    WorkerOptions options;
    std::string namespaceName;
    std::string identity;
    /// Sent with each poll, so that the server can end those of this worker.
    std::string instanceKey;
    std::string stickyQueue;
    AtomicCounters counters;
    std::unique_ptr<base::ThreadPool> pool;
    base::Strand strand;
    Timers timers;
    Calls calls;
};

}  // namespace orrery::worker
