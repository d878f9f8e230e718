// SPDX-License-Identifier: MIT
// How much of each thing the server takes, how long it lets callers wait, and what is switched on. The defaults are
// those of Temporal's server but where a comment says otherwise; dynamic_config.h says which key changes which field.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace orrery::server {

/// Sizes are in bytes. The largest value that is still taken, unless a comment says otherwise.
struct Limits {
    // -- one value --
    size_t blobSize = 2 * 1024 * 1024;
    size_t memoSize = 2 * 1024 * 1024;
    size_t searchAttributes = 100;
    size_t searchAttributeSize = 2 * 1024;
    size_t searchAttributesSize = 40 * 1024;  ///< all of one request together
    size_t storedFailureSize = 4 * 1024;      ///< of an activity that will be tried again; longer ones are cut

    // -- one run --
    size_t historySize = 50 * 1024 * 1024;
    int64_t historyEvents = 50 * 1024;
    size_t suggestContinueSize = 4 * 1024 * 1024;  ///< from here on
    int64_t suggestContinueEvents = 4 * 1024;      ///< from here on
    size_t mutableStateSize = 8 * 1024 * 1024;
    size_t pendingActivities = 2000;
    size_t pendingChildren = 2000;
    size_t pendingSignals = 2000;
    size_t pendingCancels = 2000;
    int64_t signals = 10'000;
    size_t bufferedEvents = 100;
    size_t bufferedEventsSize = 2 * 1024 * 1024;
    size_t bufferedQueries = 100;  ///< Temporal's server: 1. A window asks several at once.
    size_t updatesInFlight = 10;   ///< 0 for no limit, also of the next two
    size_t updatesInFlightSize = 20 * 1024 * 1024;
    size_t updates = 2000;
    double suggestContinueUpdates = 0.9;  ///< from this part of `updates` on

    base::Duration shortestRun =
        std::chrono::seconds(1);    ///< one that continues sooner lets the next wait for the rest
    int32_t skipsPerSession = 200;  ///< jumps of a run's own time from one config to the next

    // -- a workflow task --
    base::Duration taskTimeout = std::chrono::seconds(10);  ///< where nobody sets one
    base::Duration taskHeartbeat = std::chrono::minutes(30);
    base::Duration taskRetry = std::chrono::minutes(10);  ///< the most that failed attempts stretch the time-out to
    int problemsToReport = 5;        ///< failed tasks in a row before a search attribute tells; 0 for never
    int64_t discardableEvents = 10;  ///< that a speculative task may have shown and still leave no trace

    // -- callers, in wall time --
    base::Duration taskPoll = std::chrono::seconds(60);
    base::Duration historyPoll = std::chrono::seconds(20);  ///< also of updates

    // -- a page --
    int64_t historyPage = 256;
    int32_t visibilityPage = 1000;

    // -- the namespace --
    base::Duration shortestRetention = std::chrono::hours(1);

    // -- switches --
    bool pollsEndWithWorker = true;  ///< Temporal's server: false, though its SDKs prefer it.
    bool workflowTimeSkipping = false;
};

}  // namespace orrery::server
