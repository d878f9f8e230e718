// SPDX-License-Identifier: MIT
// Who polled a task queue lately.
#pragma once

#include "core/base/time.h"
#include "core/server/state/methods.h"

namespace orrery::server {

inline constexpr base::Duration kPollerRemembered = std::chrono::minutes(5);
/// Tasks a second that a queue hands out where nobody limits it.
inline constexpr double kUnlimitedRate = 100'000;

/// The queue of a TaskQueueType; of workflow tasks where it says nothing.
QueueType queueType(int type);
/// How long the task has waited for a worker.
base::Duration ageOf(const World& world, const TaskRef& task);

/// Whether the poll that was given a task waited for it, or found it waiting.
enum class Met : uint8_t { TaskCame, TaskWaited };
/// How many polls more, or less with -1, the worker should have open in the queue; 0 where there is no need to change.
int pollAdvice(World& world, const TaskQueue& queue, Met met, base::Duration pollWaited);

/// Workers that say that they live: RecordWorkerHeartbeat, ListWorkers, CountWorkers, DescribeWorker.
void addHeartbeatMethods(Methods& methods);
/// DescribeTaskQueue, ListTaskQueuePartitions.
void addQueueMethods(Methods& methods);

}  // namespace orrery::server
