// SPDX-License-Identifier: MIT
#include "core/server/state/queries.h"

#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/later.h"
#include "core/server/state/links.h"
#include "core/server/state/methods.h"
#include "core/server/state/tasks.h"
#include "core/server/state/tokens.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

constexpr int kTooManyAttempts = 3;
constexpr base::Duration kLongestQuery = 30s;
constexpr base::Duration kPollerForgotten = 20s;
constexpr base::Duration kStickyWait = 5s;

void finishQuery(World& world, Run& run, const std::string& id, enums::QueryResultType type,
                 const common::Payloads* result, const std::string& message, const Failure* failure) {
    const auto found = run.queries.find(id);
    if (found == run.queries.end()) return;
    const CallPtr call = world.waits.take(found->second.waitId);
    if (found->second.directStamp != 0) world.directQueries.erase(found->second.directStamp);
    run.queries.erase(found);
    world.holdersChanged();
    const bool answered = type == enums::QUERY_RESULT_TYPE_ANSWERED;
    if (answered && result != nullptr && result->ByteSizeLong() > world.limits().blobSize) {
        return world.fail(call, ServiceError(base::ErrorCode::InvalidArgument, "Blob data size exceeds limit.",
                                             temporal::api::errordetails::v1::QueryFailedFailure()));
    }
    if (answered) {
        auto response = std::make_unique<api::QueryWorkflowResponse>();
        if (result != nullptr) *response->mutable_query_result() = *result;
        *response->mutable_link() = linkToRun(run, "Query processed");
        return world.answer(call, std::move(response));
    }
    temporal::api::errordetails::v1::QueryFailedFailure detail;
    if (failure != nullptr) *detail.mutable_failure() = *failure;
    world.fail(call, ServiceError(base::ErrorCode::InvalidArgument, message, detail));
}

void forgetQuery(World& world, Run& run, const std::string& id) {
    const auto found = run.queries.find(id);
    if (found == run.queries.end()) return;
    if (found->second.directStamp != 0) world.directQueries.erase(found->second.directStamp);
    run.queries.erase(found);
    world.holdersChanged();
}

void dispatchDirect(World& world, Run& run, BufferedQuery& query);

/// The worker with the cached run did not come for the query: any worker may have it.
void leaveSticky(World& world, uint64_t stamp) {
    const auto found = world.directQueries.find(stamp);
    if (found == world.directQueries.end() || found->second.handedOut) return;
    Run& run = *found->second.run;
    BufferedQuery& query = run.queries.at(found->second.queryId);
    world.directQueries.erase(found);
    clearSticky(run);
    world.touch(run);
    dispatchDirect(world, run, query);
}

void dispatchDirect(World& world, Run& run, BufferedQuery& query) {
    query.travelling = true;
    query.onSticky = stickyAlive(world, run);
    query.directStamp = world.newStamp();
    world.directQueries[query.directStamp] = {&run, query.id, world.now, false};
    if (query.onSticky) {
        const base::Duration wait = run.stickyTimeout > 0s ? run.stickyTimeout : kStickyWait;
        world.wallTimers.add(later(world.wall, wait),
                             [&world, stamp = query.directStamp] { leaveSticky(world, stamp); });
    }
    world.holdersChanged();
    TaskRef ref;
    ref.kind = TaskRef::Kind::Query;
    ref.run = &run;
    ref.queryId = query.id;
    ref.stamp = query.directStamp;
    ref.priority = priorityLevel(*run.priority);
    world.matching.offer(run.ns, QueueType::Workflow, query.onSticky ? run.stickyQueue : run.taskQueue(),
                         std::move(ref));
}

bool rejected(const Run& run, enums::QueryRejectCondition condition) {
    if (run.open()) return false;
    if (condition == enums::QUERY_REJECT_CONDITION_NOT_OPEN) return true;
    return condition == enums::QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY &&
           run.status != enums::WORKFLOW_EXECUTION_STATUS_COMPLETED;
}

/// Whether the run has its first task before the caller has to have an answer.
bool taskComesInTime(const World& world, const Run& run, base::Timestamp deadline) {
    return run.executionTime - world.nowOf(run) <= deadline - world.wall;
}

void checkReady(const World& world, const Run& run, base::Timestamp deadline) {
    if (!run.open() && run.lastStartedId == 0) {
        throw workflowNotReady("Workflow execution closed before WorkflowTaskStarted event");
    }
    if (awaitsFirstTask(run) && !taskComesInTime(world, run, deadline)) {
        throw workflowNotReady("Workflow task is not scheduled yet.");
    }
    if (run.task && run.task->attempt >= kTooManyAttempts) {
        throw workflowNotReady("Unable to query workflow due to Workflow Task in failed state.");
    }
    if (run.queries.size() >= world.limits().bufferedQueries)
        throw busyWorkflow(
            "consistent query buffer is full, this may be caused by too many queries and workflow not able to process "
            "query fast enough");
}

/// Nobody has come for the query, nor for anything else in its task queue for a while.
bool missesPollers(World& world, const Run& run, const std::string& id) {
    const auto found = run.queries.find(id);
    if (found == run.queries.end() || found->second.directStamp == 0 || found->second.onSticky) return false;
    const auto direct = world.directQueries.find(found->second.directStamp);
    if (direct == world.directQueries.end() || direct->second.handedOut) return false;
    const TaskQueue* queue = world.matching.find(run.ns, QueueType::Workflow, run.taskQueue());
    return queue == nullptr || world.wall - queue->lastPoll > kPollerForgotten;
}

/// Answers at the deadline, and forgets the query when its caller is gone.
Waits::Wait waitForQuery(World& world, Run& run, const std::string& id, base::Timestamp deadline) {
    Waits::Wait wait;
    wait.deadline = deadline;
    const auto missed = std::make_shared<bool>(false);
    wait.dropped = [&world, &run, id, missed] {
        *missed = missesPollers(world, run, id);
        forgetQuery(world, run, id);
    };
    wait.expired = [&world, missed](const CallPtr& late) {
        world.fail(late, *missed ? failedPrecondition("no poller seen for task queue recently, worker may be down")
                                 : ServiceError(base::ErrorCode::DeadlineExceeded,
                                                "query timed out before a worker could process it"));
    };
    return wait;
}

void queryWorkflow(World& world, const api::QueryWorkflowRequest& request, const CallPtr& call) {
    checkTarget(world, request);
    if (!request.has_query()) throw invalidArgument("WorkflowQuery is not set on request.");
    if (request.query().query_type().empty()) throw invalidArgument("QueryType is not set on request.");
    checkBlob(world, request.query().query_args());
    Run& run = world.runOf(request.namespace_(), request.execution());
    if (rejected(run, request.query_reject_condition())) {
        auto response = std::make_unique<api::QueryWorkflowResponse>();
        response->mutable_query_rejected()->set_status(run.status);
        *response->mutable_link() = linkToRun(run, "Query rejected");
        return world.answer(call, std::move(response));
    }
    const base::Timestamp deadline = world.pollDeadline(call, kLongestQuery);
    checkReady(world, run, deadline);
    BufferedQuery query;
    query.id = world.newId();
    query.query = request.query();
    query.since = world.now;
    Waits::Wait wait = waitForQuery(world, run, query.id, deadline);
    wait.call = call;
    query.waitId = world.waits.add(std::move(wait));
    const std::string id = query.id;
    BufferedQuery& kept = run.queries.emplace(id, std::move(query)).first->second;
    const bool direct = !run.open() || (run.lastStartedId != 0 && !run.task);
    if (direct) dispatchDirect(world, run, kept);
}

std::unique_ptr<api::RespondQueryTaskCompletedResponse> respondQuery(
    World& world, const api::RespondQueryTaskCompletedRequest& request) {
    checkTokenNamespace(world, request.namespace_());
    const Token token = readTaskToken(request.task_token());
    Run* run = world.findRun(token.runId);
    if (run == nullptr || world.directQueries.count(token.stamp) == 0) {
        throw notFound("query task not found, or already expired");
    }
    finishQuery(world, *run, token.name, request.completed_type(),
                request.has_query_result() ? &request.query_result() : nullptr, request.error_message(),
                request.has_failure() ? &request.failure() : nullptr);
    return std::make_unique<api::RespondQueryTaskCompletedResponse>();
}

}  // namespace

void attachQueries(World&, Run& run, api::PollWorkflowTaskQueueResponse* response) {
    for (auto& [id, query] : run.queries) {
        if (query.travelling) continue;
        query.travelling = true;
        run.task->queryIds.push_back(id);
        (*response->mutable_queries())[id] = query.query;
    }
}

void takeQueryResults(World& world, Run& run, const api::RespondWorkflowTaskCompletedRequest& request) {
    for (const auto& [id, result] : request.query_results()) {
        finishQuery(world, run, id, result.result_type(), result.has_answer() ? &result.answer() : nullptr,
                    result.error_message(), result.has_failure() ? &result.failure() : nullptr);
    }
}

void dispatchQueries(World& world, Run& run) {
    std::vector<std::string> ids;
    for (const auto& [id, query] : run.queries) {
        if (!query.travelling) ids.push_back(id);
    }
    for (const std::string& id : ids) {
        if (!run.open() && run.lastStartedId == 0) {
            const CallPtr call = world.waits.take(run.queries.at(id).waitId);
            run.queries.erase(id);
            world.fail(call, workflowNotReady("Workflow execution closed before WorkflowTaskStarted event"));
        } else {
            dispatchDirect(world, run, run.queries.at(id));
        }
    }
}

void dropQueries(World& world, Run& run) {
    while (!run.queries.empty()) {
        const std::string id = run.queries.begin()->first;
        const CallPtr call = world.waits.take(run.queries.begin()->second.waitId);
        forgetQuery(world, run, id);
        world.fail(call, notFound("workflow execution not found"));
    }
}

void addQueryMethods(Methods& methods) {
    methods.addAsync<api::QueryWorkflowRequest>("QueryWorkflow", queryWorkflow);
    methods.add("RespondQueryTaskCompleted", respondQuery);
}

}  // namespace orrery::server
