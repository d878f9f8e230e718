// SPDX-License-Identifier: MIT
// How one run of a chain follows another: by its retry policy, by its cron schedule, or because it continues as new.
#pragma once

#include "core/server/state/lifecycle.h"

namespace temporal::api::command::v1 {
class ContinueAsNewWorkflowExecutionCommandAttributes;
}

namespace orrery::server {

struct NextInChain {
    /// Why the retry policy gives no next run; IN_PROGRESS where it does.
    enums::RetryState retryState = enums::RETRY_STATE_IN_PROGRESS;
    Run* run = nullptr;  ///< created, not begun; nullptr when the chain ends
};

/// The retry policy decides first, then the cron schedule.
NextInChain nextAfterFailure(World& world, Run& run, const Failure& failure);
NextInChain nextAfterTimeout(World& world, Run& run);
/// `result` is nullptr where the workflow gave none. Only a cron schedule gives a next run.
Run* nextAfterCompletion(World& world, Run& run, const common::Payloads* result);

/// What a run that continues as new asks for.
NewRun continuedRun(World& world, const Run& run,
                    const temporal::api::command::v1::ContinueAsNewWorkflowExecutionCommandAttributes& from);

}  // namespace orrery::server
