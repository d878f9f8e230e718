// SPDX-License-Identifier: MIT
// Queries: with the next workflow task when there is one, as tasks of their own otherwise. They leave no trace.
#pragma once

#include "core/server/state/world.h"

namespace temporal::api::workflowservice::v1 {
class PollWorkflowTaskQueueResponse;
class RespondWorkflowTaskCompletedRequest;
}  // namespace temporal::api::workflowservice::v1

namespace orrery::server {

/// The run is being deleted: nobody will answer what was asked of it.
void dropQueries(World& world, Run& run);

/// The buffered queries travel with the task that is being started.
void attachQueries(World& world, Run& run, temporal::api::workflowservice::v1::PollWorkflowTaskQueueResponse* response);
/// The completed task's answers; what was not answered stays buffered.
void takeQueryResults(World& world, Run& run,
                      const temporal::api::workflowservice::v1::RespondWorkflowTaskCompletedRequest& request);
/// No workflow task is coming: the buffered queries become tasks of their own.
void dispatchQueries(World& world, Run& run);

}  // namespace orrery::server
