// SPDX-License-Identifier: MIT
// How runs begin and end, and how one run follows another.
#pragma once

#include "core/server/state/links.h"
#include "core/server/state/world.h"

namespace orrery::server {

/// What a run is made from.
struct NewRun {
    std::string ns;
    std::string workflowId;
    std::string runId;  ///< empty: a new one
    history::WorkflowExecutionStartedEventAttributes attributes;
    temporal::api::sdk::v1::UserMetadata userMetadata;
    std::string requestId;
    Links links;               ///< where the request to start it comes from
    base::Duration backoff{};  ///< before its first workflow task
    base::Boxed<ParentLink> parent;
    const Run* previous = nullptr;  ///< the run it follows in its chain
};

/// Fills defaults and caps of the three time-outs.
void fillTimeouts(const Limits& limits, history::WorkflowExecutionStartedEventAttributes* attributes);

/// Takes from the Started event what is asked for all the time.
void keepSettings(const history::WorkflowExecutionStartedEventAttributes& attributes, Run* run);
/// From now on the run times out when it expires.
void armTimeouts(World& world, Run& run);

/// Writes Started. Signals may follow before begin().
Run& createRun(World& world, NewRun plan);
/// Schedules the first workflow task, at once or after the back-off.
void beginRun(World& world, Run& run);

/// Writes the close event and lets go of everything the run had. `follower` is the run that takes over, if any: then
/// parents, clients and updates go on with it.
void closeRun(World& world, Run& run, enums::WorkflowExecutionStatus status, HistoryEvent event,
              Run* follower = nullptr);

void terminateRun(World& world, Run& run, const std::string& reason, const common::Payloads* details,
                  const std::string& identity, const Links& links = {});
void timeOutRun(World& world, Run& run, DueWhat what);
/// Closes with the given Completed event; a run with a cron schedule is followed by the next.
void completeRun(World& world, Run& run, HistoryEvent event);
/// The same with a Failed event; the retry policy comes before the schedule.
void failRun(World& world, Run& run, HistoryEvent event);

/// Asks the workflow to cancel itself. A second request changes nothing.
void requestCancelRun(World& world, Run& run, HistoryEvent event);

}  // namespace orrery::server
