// SPDX-License-Identifier: MIT
// What happens to a run's own time (time_skipping.h).
#pragma once

#include <temporal/api/history/v1/message.pb.h>

#include "core/server/state/world.h"

namespace temporal::api::workflow::v1 {
class WorkflowExecutionExtendedInfo;
}

namespace orrery::server {

class Methods;

/// Checks a request's config, and fills in how often a session skips where it does not say. Throws UNIMPLEMENTED while
/// the feature is off, INVALID_ARGUMENT for a config that makes no sense.
void prepareSkipping(const World& world, common::TimeSkippingConfig* config);

/// A new run starts with the time that its Started event says. Comes before anything asks for the run's time.
void setStartOfTime(Run& run, const history::WorkflowExecutionStartedEventAttributes& attributes);
/// Its config, and what it hands on of a fast-forward, take effect; its times are known by now.
void beginSkipping(World& world, Run& run, const history::WorkflowExecutionStartedEventAttributes& attributes);
/// A new config, or none any more.
void changeSkipping(World& world, Run& run, const common::TimeSkippingConfig* config);

// The same as a history tells it; `now` is the run's own time then. armForward() has it go on.
void takeSkipping(Run& run, const history::WorkflowExecutionStartedEventAttributes& attributes, base::Timestamp now);
void takeSkippingConfig(Run& run, const common::TimeSkippingConfig* config, base::Timestamp now);
void takeTransition(Run& run, const history::WorkflowExecutionTimeSkippingTransitionedEventAttributes& attributes,
                    base::Timestamp now);
/// What is left of a fast-forward ends when its target comes.
void armForward(World& world, Run& run);

/// The input is over for the run: if it only waits, and is to skip that, it is now there.
void skipIdleTime(World& world, Run& run);
/// The fast-forward's target came although the run was busy all the time.
void fastForwardDue(World& world, Run& run);
void stopSkipping(World& world, Run& run);

/// What the next run of the chain, or a child, begins with.
void handOnTime(const Run& run, history::WorkflowExecutionStartedEventAttributes* next);
void handTimeToChild(const Run& run, history::StartChildWorkflowExecutionInitiatedEventAttributes* child);

void describeSkipping(const World& world, const Run& run,
                      temporal::api::workflow::v1::WorkflowExecutionExtendedInfo* extended);
/// nullopt where the run has no fast-forward.
std::optional<common::TimeSkippingFastForwardInfo> fastForwardInfo(const Run& run);

void addSkipMethods(Methods& methods);

}  // namespace orrery::server
