// SPDX-License-Identifier: MIT
// What a worker wants done when it completes a workflow task.
#pragma once

#include <temporal/api/enums/v1/failed_cause.pb.h>

#include "core/server/state/world.h"

namespace temporal::api::workflowservice::v1 {
class PollActivityTaskQueueResponse;
class RespondWorkflowTaskCompletedRequest;
}  // namespace temporal::api::workflowservice::v1

namespace orrery::server {

/// Why the commands cannot be taken. With a cause the workflow task fails; without one the request is simply wrong.
struct CommandProblem {
    enums::WorkflowTaskFailedCause cause = enums::WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED;
    std::string message;
    bool endsRun = false;  ///< too large to be tried again: the workflow is terminated
};

/// Everything the commands would do is checked before any of it is done, so that a bad command leaves no half of a
/// batch behind. Throws NOT_FOUND for a command that names an unknown namespace. Holds what the check has worked out
/// for the doing.
struct CheckedCommands {
    std::optional<CommandProblem> problem;
    std::vector<history::ActivityTaskScheduledEventAttributes> activities;  ///< one per ScheduleActivityTask, in order
};
CheckedCommands checkCommands(World& world, const Run& run,
                              const temporal::api::workflowservice::v1::RespondWorkflowTaskCompletedRequest& request);

struct CommandResults {
    bool wantsTask = false;  ///< something happened at once that the workflow has to hear of
    std::vector<std::unique_ptr<temporal::api::workflowservice::v1::PollActivityTaskQueueResponse>> eagerActivities;
};
CommandResults doCommands(World& world, Run& run,
                          const temporal::api::workflowservice::v1::RespondWorkflowTaskCompletedRequest& request,
                          CheckedCommands checked, int64_t completedId);

}  // namespace orrery::server
