// SPDX-License-Identifier: MIT
// What a worker is given: workflow tasks and direct queries.
#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/history_api.h"
#include "core/server/state/next_task.h"
#include "core/server/state/queries.h"
#include "core/server/state/tasks.h"
#include "core/server/state/tokens.h"
#include "core/server/state/updates.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

void beginTask(World& world, Run& run, const std::string& identity, const std::string& requestId,
               const common::WorkerVersionStamp* worker);

namespace {

/// The history a worker needs: everything, or for a worker that has the run in its cache what is new.
void addHistory(World& world, const Run& run, int64_t first, HandedTask* handed) {
    HistoryPage page = historyPage(world, run, first, run.log.lastId(),
                                   std::max<int64_t>(world.limits().historyPage, 1), run.task ? run.task->stamp : 0);
    constexpr int kHistoryField = api::PollWorkflowTaskQueueResponse::kHistoryFieldNumber;
    appendBytesField(kHistoryField, page.events, &handed->tail);
    handed->message->set_next_page_token(page.nextToken);
}

void addIdentity(const Run& run, api::PollWorkflowTaskQueueResponse* response) {
    response->mutable_workflow_execution()->set_workflow_id(run.workflowId);
    response->mutable_workflow_execution()->set_run_id(run.runId);
    response->mutable_workflow_type()->set_name(run.type);
    response->set_previous_started_event_id(run.lastStartedId);
    auto* queue = response->mutable_workflow_execution_task_queue();
    queue->set_name(run.taskQueue());
    queue->set_kind(enums::TASK_QUEUE_KIND_NORMAL);
}

}  // namespace

namespace {

/// The started task, without what waits for a worker beside it.
HandedTask show(World& world, const Run& run, bool onlyNews) {
    const WorkflowTask& task = *run.task;
    HandedTask handed;
    handed.message = std::make_unique<api::PollWorkflowTaskQueueResponse>();
    auto& response = *handed.message;
    addIdentity(run, &response);
    Token token;
    token.kind = TokenKind::WorkflowTask;
    token.runId = run.runId;
    token.first = task.scheduledId;
    token.second = task.startedId;
    token.stamp = task.stamp;
    response.set_task_token(writeToken(token));
    response.set_started_event_id(task.startedId);
    response.set_attempt(task.attempt);
    payload::toProto(task.scheduledTime, response.mutable_scheduled_time());
    payload::toProto(task.startedTime, response.mutable_started_time());
    addHistory(world, run, onlyNews ? run.lastStartedId + 1 : 1, &handed);
    return handed;
}

HandedTask hand(World& world, Run& run, const std::string& identity, const std::string& requestId,
                const common::WorkerVersionStamp* worker, bool onlyNews, SentUpdates sent = SentUpdates::Again) {
    beginTask(world, run, identity, requestId, worker);
    HandedTask handed = show(world, run, onlyNews);
    attachQueries(world, run, handed.message.get());
    attachUpdates(world, run, sent, handed.message.get());
    return handed;
}

/// Whether the task goes to the worker that has the run. One that had to wait on the other queue goes to anybody.
bool goesToSticky(Run& run) {
    if (run.task->onSticky && run.task->queue != run.stickyQueue) {
        run.task->onSticky = false;
        clearSticky(run);
    }
    return run.task->onSticky;
}

}  // namespace

HandedTask startTask(World& world, Run& run, const std::string& identity, const std::string& requestId) {
    return hand(world, run, identity, requestId, nullptr, goesToSticky(run));
}

HandedTask startNextTask(World& world, Run& run, const std::string& identity, const common::WorkerVersionStamp* worker,
                         SentUpdates sent) {
    return hand(world, run, identity, "request-from-RespondWorkflowTaskCompleted", worker, true, sent);
}

std::optional<HandedTask> firstTaskAgain(World& world, const Run& run) {
    constexpr int64_t kFirstStarted = 3;
    if (!run.taskStarted() || run.task->startedId != kFirstStarted || run.task->attempt > 1) return std::nullopt;
    return show(world, run, false);
}

namespace {

HandedTask handQuery(World& world, const TaskRef& ref) {
    Run& run = *ref.run;
    const BufferedQuery& query = run.queries.at(ref.queryId);
    world.directQueries.at(ref.stamp).handedOut = true;
    HandedTask handed;
    handed.message = std::make_unique<api::PollWorkflowTaskQueueResponse>();
    addIdentity(run, handed.message.get());
    Token token;
    token.kind = TokenKind::Query;
    token.runId = run.runId;
    token.stamp = ref.stamp;
    token.name = ref.queryId;
    handed.message->set_task_token(writeToken(token));
    *handed.message->mutable_query() = query.query;
    handed.message->set_attempt(1);
    if (query.onSticky) {
        appendBytesField(api::PollWorkflowTaskQueueResponse::kHistoryFieldNumber, {}, &handed.tail);
    } else {
        addHistory(world, run, 1, &handed);
    }
    return handed;
}

}  // namespace

void giveWorkflowTask(World& world, const TaskRef& ref, const CallPtr& call, const std::string& identity,
                      const common::WorkerVersionStamp* worker) {
    // A poller that waited already gets it in the input that scheduled it; that is another piece of work all the same.
    ref.run->lastWork = 0;
    Run& run = *ref.run;
    HandedTask handed = ref.kind == TaskRef::Kind::Query ? handQuery(world, ref)
                                                         : hand(world, run, identity, "", worker, goesToSticky(run));
    world.answer(call, std::move(handed.message), std::move(handed.tail));
}

}  // namespace orrery::server
