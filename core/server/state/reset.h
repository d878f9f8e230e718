// SPDX-License-Identifier: MIT
// Resets: a new run that takes over the history of another one up to a workflow task, and does it again from there.
#pragma once

#include <string>
#include <vector>

#include <temporal/api/workflow/v1/message.pb.h>

#include "core/server/state/world.h"

namespace orrery::server {

/// Who terminates a run to reset it; also how others know that its end is none.
constexpr const char* kResetterIdentity = "history-resetter";

struct ResetOrder {
    int64_t finishId = 0;  ///< the history is kept up to the event before this one
    std::string reason;
    std::string requestId;
    bool signals = true;  ///< what came after that point is sent to the new run
    bool updates = true;
    bool nothing = false;  ///< not even news of children
    /// Changes of options, checked; done last.
    std::vector<temporal::api::workflow::v1::PostResetOperation> operations;
};

/// The run's workflow begins again at that point, in the run that it gives; the current run is terminated if it is
/// open. Throws INVALID_ARGUMENT, before anything is changed, where the history cannot be cut there.
Run& resetRun(World& world, Run& base, const ResetOrder& order);

/// The run is one that a reset made.
inline bool isReset(const Run& run) { return !run.resets->originalRunId.empty(); }
/// The run that all resets between it and this one go back to.
inline const std::string& originalRunId(const Run& run) { return isReset(run) ? run.resets->originalRunId : run.runId; }
/// The close event says that the run only ended to be reset.
bool endedByReset(const HistoryEvent& close);

}  // namespace orrery::server
