// SPDX-License-Identifier: MIT
// Where a run could be reset to when a build of its worker turns out to be bad: the first task that each build
// completed.
#pragma once

#include "core/server/state/run.h"

namespace temporal::api::workflow::v1 {
class ResetPoints;
}

namespace orrery::server {

using temporal::api::workflow::v1::ResetPoints;

/// A WorkflowTaskCompleted event: a point if no task of this build was completed before.
void noteResetPoint(Run& run, const HistoryEvent& completed, bool resettable);
/// Those of the runs before it in the chain, then its own, the latest 20.
void fillResetPoints(const Run& run, ResetPoints* points);
/// What a run that follows `previous` begins with: the same but for those whose histories are gone.
void handOnResetPoints(const Run& previous, base::Timestamp start, base::Duration retention, ResetPoints* points);

}  // namespace orrery::server
