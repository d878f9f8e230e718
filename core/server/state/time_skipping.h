// SPDX-License-Identifier: MIT
// One run's own time, as Temporal's newest server has it: a run that asks for it jumps over what it waits for, by
// itself, while the clock of everybody else goes on. A jump is an event in its history. (The server's clock, which
// skips for all, is VirtualClock.)
#pragma once

#include <optional>

#include <temporal/api/common/v1/message.pb.h>

#include "core/base/time.h"

namespace temporal::api::workflowservice::v1 {
class PollWorkflowExecutionTimeSkippingRequest;
}

namespace orrery::server {

class World;
struct Run;

/// There from the start, or the first config, of a run with time of its own. How far ahead it is stands in
/// Run::skipped.
struct TimeSkipping {
    std::optional<temporal::api::common::v1::TimeSkippingConfig> config;
    int64_t sessionSkips = 0;  ///< since the last config
    struct FastForward {
        base::Timestamp target;  ///< in the run's time
        bool reached = false;
    };
    std::optional<FastForward> fastForward;
};

}  // namespace orrery::server
