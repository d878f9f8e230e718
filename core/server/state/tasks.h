// SPDX-License-Identifier: MIT
// The life of workflow tasks: scheduled, handed out, completed, failed or timed out. At most one per run.
#pragma once

#include <temporal/api/enums/v1/failed_cause.pb.h>

#include "core/server/state/world.h"

namespace temporal::api::workflowservice::v1 {
class PollWorkflowTaskQueueResponse;
class RespondWorkflowTaskCompletedRequest;
}  // namespace temporal::api::workflowservice::v1

namespace orrery::server {

/// Schedules a task unless the run has one or is closed. A speculative one leaves no trace unless something comes of
/// it.
void scheduleTask(World& world, Run& run, bool speculative = false);

/// A speculative task becomes an ordinary one, because something else is about to be written.
void writeSpeculativeTask(World& world, Run& run);
/// The events of a task that exists only in memory are written now, for it comes to its end. `identity` is who has it,
/// a worker that may tell its version.
void writePendingTask(World& world, Run& run, const std::string& identity,
                      const common::WorkerVersionStamp* worker = nullptr);

/// Forgets the task and its time-outs.
void dropTask(World& world, Run& run);

/// The task did not work out: says so in the history if it is the first attempt, and schedules the next.
void failTask(World& world, Run& run, enums::WorkflowTaskFailedCause cause, const Failure* failure,
              const std::string& identity);

/// The run is about to be closed from outside: the worker that has the task must not complete it any more, and the
/// history says so.
void failTaskForClose(World& world, Run& run, const std::string& identity);

/// The run begins anew at its task, which nobody does any more: says so in the history.
void failTaskForReset(World& world, Run& run, const std::string& baseRunId, const std::string& reason);

void clearSticky(Run& run);
/// Somebody polled this sticky queue within the last seconds.
bool stickyAlive(World& world, const Run& run);

/// The task, query or activity that the reference stands for still waits for a worker.
bool stillWanted(World& world, const TaskRef& task);

void taskTimedOut(World& world, Run& run, enums::TimeoutType type);
/// A back-off or a delay holds the first task back. An update does not wait for its end, and then nothing does.
bool awaitsFirstTask(const Run& run);
void firstTaskDue(World& world, Run& run);

/// A task handed out: the message, and its history in wire form.
struct HandedTask {
    std::unique_ptr<temporal::api::workflowservice::v1::PollWorkflowTaskQueueResponse> message;
    std::string tail;
};
/// A worker takes the scheduled task.
HandedTask startTask(World& world, Run& run, const std::string& identity, const std::string& requestId);

/// Scheduled and Started of a task that is not in the history, as its worker has to see them.
void appendPendingTaskEvents(World& world, const Run& run, std::string* out);

}  // namespace orrery::server
