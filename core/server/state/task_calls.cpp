// SPDX-License-Identifier: MIT
// RespondWorkflowTaskCompleted and RespondWorkflowTaskFailed.
#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/build_ids.h"
#include "core/server/state/checks.h"
#include "core/server/state/commands.h"
#include "core/server/state/events.h"
#include "core/server/state/failures.h"
#include "core/server/state/go_text.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/limit_check.h"
#include "core/server/state/methods.h"
#include "core/server/state/next_task.h"
#include "core/server/state/problems.h"
#include "core/server/state/queries.h"
#include "core/server/state/reset_points.h"
#include "core/server/state/tasks.h"
#include "core/server/state/tokens.h"
#include "core/server/state/updates.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

using CompleteRequest = api::RespondWorkflowTaskCompletedRequest;
using CompleteResponse = api::RespondWorkflowTaskCompletedResponse;

constexpr std::string_view kCausePrefix = "WORKFLOW_TASK_FAILED_CAUSE_";

[[noreturn]] void noSuchTask() { throw notFound("Workflow task not found."); }

template <typename Request>
Run& runOfToken(World& world, const Request& request) {
    checkTokenNamespace(world, request.namespace_());
    const Token token = readTaskToken(request.task_token());
    checkIdentity(request.identity());
    if (token.kind != TokenKind::WorkflowTask) noSuchTask();
    Run* run = world.findRun(token.runId);
    if (run == nullptr) throw notFound("workflow execution not found");
    if (!run->open() && std::is_same_v<Request, api::RespondWorkflowTaskFailedRequest>) {
        throw notFound("workflow execution already completed");
    }
    if (!run->taskStarted() || run->task->stamp != token.stamp) noSuchTask();
    return *run;
}

void refuseCommands(World& world, Run& run, const CommandProblem& problem, const std::string& identity) {
    const bool unhandled = problem.cause == enums::WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;
    const bool known = problem.cause != enums::WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED;
    if (!known) throw invalidArgument(problem.message);
    std::string message = goEnumName(enums::WorkflowTaskFailedCause_Name(problem.cause), kCausePrefix);
    if (!unhandled) message += ": " + problem.message;
    failSentUpdates(world, run);
    // A bad completion of a retry is dropped and left to time out, so that it does not come back at once.
    if (run.task->attempt > 1 && !unhandled) throw invalidArgument(message);
    Failure failure;
    failure.set_message(message);
    failure.mutable_server_failure_info();
    failTask(world, run, problem.cause, &failure, identity);
    run.closeRefused = unhandled;
    if (problem.endsRun) terminateRun(world, run, message, nullptr, "history-service");
    throw invalidArgument(message);
}

/// A speculative task that came to nothing but rejections leaves no trace, unless its worker was shown other events.
bool canDiscard(const World& world, const Run& run, const CompleteRequest& request) {
    if (run.task->kind != TaskKind::Speculative || !request.commands().empty()) return false;
    if (request.force_create_new_workflow_task() || !run.buffered.empty()) return false;
    const auto& messages = request.messages();
    if (!std::all_of(messages.begin(), messages.end(), isRejection)) return false;
    const int64_t shown = run.task->scheduledId - (run.lastStartedId + 2);
    return shown <= 0 || (shown <= world.limits().discardableEvents &&
                          request.capabilities().discard_speculative_workflow_task_with_events());
}

void setSticky(Run& run, const CompleteRequest& request) {
    run.stickyQueue = request.sticky_attributes().worker_task_queue().name();
    run.stickyTimeout = payload::fromProto(request.sticky_attributes().schedule_to_start_timeout());
}

/// A worker that only wants more time for its local activities.
bool isHeartbeat(const CompleteRequest& request) {
    return request.force_create_new_workflow_task() && request.commands().empty() && request.messages().empty();
}

void checkHeartbeat(World& world, Run& run, const CompleteRequest& request) {
    if (!isHeartbeat(request)) {
        run.heartbeatSince.reset();
        return;
    }
    if (!run.heartbeatSince) run.heartbeatSince = run.task->originalScheduledTime;
    if (world.nowOf(run) - *run.heartbeatSince < world.limits().taskHeartbeat) return;
    run.heartbeatSince.reset();
    taskTimedOut(world, run, enums::TIMEOUT_TYPE_START_TO_CLOSE);
    throw notFound("workflow task heartbeat timeout");
}

int64_t writeCompleted(World& world, Run& run, const CompleteRequest& request) {
    writePendingTask(world, run, request.identity(),
                     request.has_worker_version_stamp() ? &request.worker_version_stamp() : nullptr);
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
    auto* attributes = event.mutable_workflow_task_completed_event_attributes();
    attributes->set_scheduled_event_id(run.task->scheduledId);
    attributes->set_started_event_id(run.task->startedId);
    attributes->set_identity(request.identity());
    if (request.has_sdk_metadata()) *attributes->mutable_sdk_metadata() = request.sdk_metadata();
    if (request.has_metering_metadata()) *attributes->mutable_metering_metadata() = request.metering_metadata();
    attributes->set_binary_checksum(request.binary_checksum());
    if (request.has_worker_version_stamp()) *attributes->mutable_worker_version() = request.worker_version_stamp();
    event.set_event_id(run.log.nextId());
    payload::toProto(world.nowOf(run), event.mutable_event_time());
    noteResetPoint(run, event, run.children.empty());
    noteBuild(run, request.worker_version_stamp());
    const int64_t id = append(world, run, std::move(event));
    run.lastStartedId = run.task->startedId;
    run.nextAttempt = 1;
    clearProblems(run);
    return id;
}

/// What comes after a completed task: the next one if there is news, or queries on their own if there is not.
void scheduleNext(World& world, Run& run, bool wantsTask) {
    if (flushBuffered(world, run) || wantsTask) scheduleTask(world, run);
    if (!run.task && hasAdmittedUpdates(run)) scheduleTask(world, run, true);
    if (!run.task) dispatchQueries(world, run);
}

/// Of a worker without versioning: a task handed out at once does not begin with that.
const common::WorkerVersionStamp* plainWorker(const CompleteRequest& request) {
    const bool told = request.has_worker_version_stamp() && !request.worker_version_stamp().use_versioning();
    return told ? &request.worker_version_stamp() : nullptr;
}

void addNextTask(World& world, Run& run, const CompleteRequest& request, std::string* tail) {
    if (!run.holdTask) return;
    run.holdTask = false;
    if (!run.task || run.task->started()) return;
    // The worker that asks for more time still has what it was sent.
    const SentUpdates sent = request.force_create_new_workflow_task() ? SentUpdates::Stay : SentUpdates::Again;
    const HandedTask next = startNextTask(world, run, request.identity(), plainWorker(request), sent);
    appendBytesField(CompleteResponse::kWorkflowTaskFieldNumber, next.message->SerializeAsString() + next.tail, tail);
}

/// Completions in pages are off, as with Temporal unless somebody switches them on.
void checkWhole(const Run& run, const CompleteRequest& request) {
    if (!request.intermediate_page() && request.page_number() <= 0) return;
    throw failedPrecondition("workflow task completion pagination is disabled for this namespace " + run.ns);
}

void complete(World& world, const CompleteRequest& request, const CallPtr& call) {
    Run& run = runOfToken(world, request);
    checkWhole(run, request);
    makeRoom(world, run, 1 + request.commands_size());
    CheckedCommands checked = checkCommands(world, run, request);
    if (checked.problem) refuseCommands(world, run, *checked.problem, request.identity());
    checkHeartbeat(world, run, request);
    auto response = std::make_unique<CompleteResponse>();
    std::string tail;
    run.holdTask = request.return_new_workflow_task();
    setSticky(run, request);
    takeQueryResults(world, run, request);
    if (canDiscard(world, run, request)) {
        for (const auto& message : request.messages()) takeUpdateMessage(world, run, message);
        response->set_reset_history_event_id(run.lastStartedId);
        dropTask(world, run);
        rejectUnanswered(world, run);
        scheduleNext(world, run, false);
    } else {
        const int64_t completedId = writeCompleted(world, run, request);
        dropTask(world, run);
        CommandResults results = doCommands(world, run, request, std::move(checked), completedId);
        for (auto& activity : results.eagerActivities)
            response->mutable_activity_tasks()->AddAllocated(activity.release());
        if (run.open()) {
            // A worker that asks for more time has not had its last word.
            if (!request.force_create_new_workflow_task()) rejectUnanswered(world, run);
            scheduleNext(world, run, results.wantsTask || request.force_create_new_workflow_task());
        }
    }
    addNextTask(world, run, request, &tail);
    run.holdTask = false;
    world.answer(call, std::move(response), std::move(tail));
}

std::unique_ptr<api::RespondWorkflowTaskFailedResponse> fail(World& world,
                                                             const api::RespondWorkflowTaskFailedRequest& request) {
    Run& run = runOfToken(world, request);
    if (request.cause() == enums::WORKFLOW_TASK_FAILED_CAUSE_GRPC_MESSAGE_TOO_LARGE) {
        // The next try would send the same.
        terminateRun(world, run, "GrpcMessageTooLarge", nullptr, "history-service");
        return std::make_unique<api::RespondWorkflowTaskFailedResponse>();
    }
    if (request.failure().ByteSizeLong() > world.limits().blobSize) {
        const Failure failure = serverFailure("Failure exceeds size limit.", &request.failure());
        failTask(world, run, request.cause(), &failure, request.identity());
    } else {
        failTask(world, run, request.cause(), request.has_failure() ? &request.failure() : nullptr, request.identity());
    }
    return std::make_unique<api::RespondWorkflowTaskFailedResponse>();
}

std::unique_ptr<api::ResetStickyTaskQueueResponse> resetSticky(World& world,
                                                               const api::ResetStickyTaskQueueRequest& request) {
    Run& run = targetOf(world, request);
    if (!run.open()) throw notFound("workflow execution already completed");
    clearSticky(run);
    return std::make_unique<api::ResetStickyTaskQueueResponse>();
}

}  // namespace

void addTaskMethods(Methods& methods) {
    methods.addAsync<CompleteRequest>("RespondWorkflowTaskCompleted", complete);
    methods.add("RespondWorkflowTaskFailed", fail);
    methods.add("ResetStickyTaskQueue", resetSticky);
}

}  // namespace orrery::server
