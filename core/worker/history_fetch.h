// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/client/errors.h"
#include "core/worker/calls.h"
#include "core/worker/task.h"

namespace orrery::worker {

/// Where a history is to be read from: a page token, or the beginning when it is empty.
struct HistorySource {
    std::string namespaceName;
    std::string workflowId;
    std::string runId;
    std::string pageToken;
};

/// Reads page after page to the end and appends to `events`. The callback arrives on the executor of `calls`; the error
/// is null on success.
void fetchHistory(Calls& calls, HistorySource source, std::vector<HistoryEvent> events,
                  std::function<void(std::vector<HistoryEvent> events, client::RpcErrorPtr error)> done);

}  // namespace orrery::worker
