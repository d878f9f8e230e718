// SPDX-License-Identifier: MIT
// Who polled a task queue lately.
#pragma once

#include "core/base/time.h"
#include "core/server/state/methods.h"

namespace orrery::server {

inline constexpr base::Duration kPollerRemembered = std::chrono::minutes(5);
/// Tasks a second that a queue hands out where nobody limits it.
inline constexpr double kUnlimitedRate = 100'000;

/// Workers that say that they live: RecordWorkerHeartbeat, ListWorkers, CountWorkers, DescribeWorker.
void addHeartbeatMethods(Methods& methods);
/// DescribeTaskQueue, ListTaskQueuePartitions.
void addQueueMethods(Methods& methods);

}  // namespace orrery::server
