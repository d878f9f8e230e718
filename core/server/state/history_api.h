// SPDX-License-Identifier: MIT
// Reading histories: pages, and waiting for what comes next.
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

struct HistoryPage {
    std::string events;     ///< body of a History message
    std::string nextToken;  ///< empty after the last page
    int64_t last = 0;       ///< the last event on it
};
/// Events first..last, at most `size` batches of them. With a task's stamp the last page also shows that task's
/// Scheduled and Started when they are not in the history.
HistoryPage historyPage(World& world, const Run& run, int64_t first, int64_t last, int64_t size, uint64_t taskStamp);

/// The run changed: answers those who waited for that.
void wakeHistoryWaiters(World& world, Run& run);

}  // namespace orrery::server
