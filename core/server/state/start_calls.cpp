// SPDX-License-Identifier: MIT
// StartWorkflowExecution and SignalWithStart: who may start what under an id that is taken.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/cron.h"
#include "core/server/state/events.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/links.h"
#include "core/server/state/methods.h"
#include "core/server/state/next_task.h"
#include "core/server/state/retry.h"
#include "core/server/state/signals.h"
#include "core/server/state/skip_time.h"
#include "core/server/state/start.h"
#include "core/server/state/start_check.h"
#include "core/server/state/tasks.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

template <typename Request>
NewRun planOf(World& world, const Request& request) {
    NewRun plan;
    plan.ns = request.namespace_();
    plan.workflowId = request.workflow_id();
    plan.requestId = request.request_id().empty() ? world.newId() : request.request_id();
    const base::Duration delay = payload::fromProto(request.workflow_start_delay());
    plan.backoff = delay > 0s ? delay : cronBackoff(request.cron_schedule(), world.now, world.now).value_or(0s);
    plan.userMetadata = request.user_metadata();
    plan.links = request.links();
    auto& attributes = plan.attributes;
    *attributes.mutable_workflow_type() = request.workflow_type();
    attributes.mutable_task_queue()->set_name(request.task_queue().name());
    attributes.mutable_task_queue()->set_kind(enums::TASK_QUEUE_KIND_NORMAL);
    if (request.has_input()) *attributes.mutable_input() = request.input();
    if (request.has_workflow_execution_timeout())
        *attributes.mutable_workflow_execution_timeout() = request.workflow_execution_timeout();
    if (request.has_workflow_run_timeout()) *attributes.mutable_workflow_run_timeout() = request.workflow_run_timeout();
    if (request.has_workflow_task_timeout())
        *attributes.mutable_workflow_task_timeout() = request.workflow_task_timeout();
    attributes.set_identity(request.identity());
    attributes.set_cron_schedule(request.cron_schedule());
    if (!request.cron_schedule().empty()) attributes.set_initiator(enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE);
    if constexpr (requires { request.last_completion_result(); }) {
        if (request.has_last_completion_result()) {
            *attributes.mutable_last_completion_result() = request.last_completion_result();
        }
        if (request.has_continued_failure()) *attributes.mutable_continued_failure() = request.continued_failure();
    }
    if (request.has_retry_policy()) {
        *attributes.mutable_retry_policy() = request.retry_policy();
        fillRetryPolicy(attributes.mutable_retry_policy());
    }
    if (request.has_memo()) *attributes.mutable_memo() = request.memo();
    if (request.has_search_attributes()) *attributes.mutable_search_attributes() = request.search_attributes();
    if (request.has_header()) *attributes.mutable_header() = request.header();
    if (request.has_priority()) *attributes.mutable_priority() = request.priority();
    if (request.has_time_skipping_config()) {
        *attributes.mutable_time_skipping_config() = request.time_skipping_config();
        prepareSkipping(world, attributes.mutable_time_skipping_config());
    }
    return plan;
}

}  // namespace

std::optional<ServiceError> reuseProblem(const Run& closed, enums::WorkflowIdReusePolicy policy) {
    if (policy == enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE) {
        return alreadyStarted("Workflow execution already finished. WorkflowId: " + closed.workflowId + ", RunId: " +
                                  closed.runId + ". Workflow Id reuse policy: reject duplicate workflow Id.",
                              closed.startRequestId, closed.runId, closed.firstRunId);
    }
    const bool onlyAfterFailure = policy == enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY;
    if (onlyAfterFailure && closed.status == enums::WORKFLOW_EXECUTION_STATUS_COMPLETED) {
        return alreadyStarted("Workflow execution already finished successfully. WorkflowId: " + closed.workflowId +
                                  ", RunId: " + closed.runId + ". Workflow Id reuse policy: allow duplicate workflow " +
                                  "Id if last run failed.",
                              closed.startRequestId, closed.runId, closed.firstRunId);
    }
    return std::nullopt;
}

namespace {

template <typename Request>
enums::WorkflowIdConflictPolicy conflictPolicy(const Request& request, enums::WorkflowIdConflictPolicy standard) {
    if (request.workflow_id_reuse_policy() == enums::WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING) {
        return enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING;
    }
    if (request.workflow_id_conflict_policy() == enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED) return standard;
    return request.workflow_id_conflict_policy();
}

}  // namespace

std::string terminateFor(World& world, Run& current) {
    const std::string runId = world.newRunId();
    common::Payloads details;
    auto* text = details.add_payloads();
    (*text->mutable_metadata())["encoding"] = "json/plain";
    text->set_data("\"terminated by new runID: " + runId + "\"");
    terminateRun(world, current, "TerminateIfRunning WorkflowIdReusePolicy", &details, "history-service");
    return runId;
}

namespace {

/// The run to go on with instead of a new one; nullptr when a new one may start. May terminate the old one, and then
/// says which id the new one has.
template <typename Request>
Run* existingFor(World& world, const Request& request, enums::WorkflowIdConflictPolicy standard, std::string* runId) {
    Run* current = world.findRun(request.namespace_(), request.workflow_id(), "");
    if (current == nullptr) return nullptr;
    if (current->knowsRequest(request.request_id())) return current;
    if (!current->open()) {
        if (auto problem = reuseProblem(*current, request.workflow_id_reuse_policy())) throw *problem;
        return nullptr;
    }
    switch (conflictPolicy(request, standard)) {
        case enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING: return current;
        case enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING:
            *runId = terminateFor(world, *current);
            return nullptr;
        default:
            throw alreadyStarted("Workflow execution is already running. WorkflowId: " + current->workflowId +
                                     ", RunId: " + current->runId + ".",
                                 current->startRequestId, current->runId, current->firstRunId);
    }
}

}  // namespace

Run* runInsteadOf(World& world, const StartRequest& request, std::string* runId) {
    return existingFor(world, request, enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL, runId);
}

NewRun newRunOf(World& world, const StartRequest& request, const std::string& runId) {
    NewRun plan = planOf(world, request);
    plan.runId = runId;
    return plan;
}

namespace {

/// The caller goes on with a run that is there: its history may have to tell of that.
void attach(World& world, Run& run, const StartRequest& request) {
    const auto& options = request.on_conflict_options();
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED);
    event.set_worker_may_ignore(true);
    auto* attributes = event.mutable_workflow_execution_options_updated_event_attributes();
    if (options.attach_request_id() && !request.request_id().empty()) {
        attributes->set_attached_request_id(request.request_id());
        run.attachedRequests[request.request_id()] = 0;  // until the event has left the buffer
    }
    if (options.attach_links()) *event.mutable_links() = request.links();
    recordQuietly(world, run, std::move(event));
}

/// Where a caller is sent whose request met a run that is there.
common::Link linkToExisting(World& world, Run& run, const StartRequest& request) {
    const bool known = run.knowsRequest(request.request_id());
    if (!known && request.has_on_conflict_options()) attach(world, run, request);
    return run.attachedRequests.contains(request.request_id())
               ? linkToRequest(run, request.request_id(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED)
               : linkToStart(run);
}

void addEagerTask(const HandedTask& handed, std::string* tail) {
    appendBytesField(api::StartWorkflowExecutionResponse::kEagerWorkflowTaskFieldNumber,
                     handed.message->SerializeAsString() + handed.tail, tail);
}

void startWorkflow(World& world, const api::StartWorkflowExecutionRequest& request, const CallPtr& call) {
    checkStart(world, request);
    auto response = std::make_unique<api::StartWorkflowExecutionResponse>();
    std::string runId;
    Run* existing = existingFor(world, request, enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL, &runId);
    if (existing != nullptr) {
        response->set_run_id(existing->runId);
        response->set_first_execution_run_id(existing->firstRunId);
        response->set_started(existing->startRequestId == request.request_id());
        response->set_status(existing->status);
        *response->mutable_link() = linkToExisting(world, *existing, request);
        std::string tail;
        if (response->started() && request.request_eager_execution() &&
            existing->executionTime == existing->startTime) {
            if (const auto handed = firstTaskAgain(world, *existing)) addEagerTask(*handed, &tail);
        }
        return world.answer(call, std::move(response), std::move(tail));
    }
    NewRun plan = newRunOf(world, request, runId);
    const bool eager = request.request_eager_execution() && plan.backoff == 0s;
    plan.attributes.set_eager_execution_accepted(eager);
    Run& run = createRun(world, std::move(plan));
    run.holdTask = eager;
    beginRun(world, run);
    response->set_run_id(run.runId);
    response->set_first_execution_run_id(run.firstRunId);
    response->set_started(true);
    response->set_status(run.status);
    *response->mutable_link() = linkToStart(run);
    std::string tail;
    if (eager) {
        addEagerTask(startTask(world, run, request.identity(), request.request_id()), &tail);
        run.holdTask = false;
    }
    world.answer(call, std::move(response), std::move(tail));
}

template <typename Request>
HistoryEvent signalEvent(World& world, const Request& request) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    auto* attributes = event.mutable_workflow_execution_signaled_event_attributes();
    attributes->set_signal_name(request.signal_name());
    if (request.has_signal_input()) *attributes->mutable_input() = request.signal_input();
    if (request.has_header()) *attributes->mutable_header() = request.header();
    attributes->set_identity(request.identity());
    attributes->set_request_id(request.request_id());
    *event.mutable_links() = request.links();
    return event;
}

std::unique_ptr<api::SignalWithStartWorkflowExecutionResponse> signalWithStart(
    World& world, const api::SignalWithStartWorkflowExecutionRequest& request) {
    checkSignalWithStart(world, request);
    auto response = std::make_unique<api::SignalWithStartWorkflowExecutionResponse>();
    std::string runId;
    Run* run = existingFor(world, request, enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, &runId);
    const bool started = run == nullptr;
    if (started) {
        NewRun plan = planOf(world, request);
        plan.runId = runId;
        run = &createRun(world, std::move(plan));
    }
    // A run that has ended remembers no requests.
    const bool isNew = request.request_id().empty() || run->signalRequests.count(request.request_id()) == 0;
    if (run->open() && isNew) {
        if (!started) checkSignal(world, *run);
        if (!request.request_id().empty()) run->signalRequests.insert(request.request_id());
        ++run->signalCount;
        if (started) {
            append(world, *run, signalEvent(world, request));
        } else {
            recordAtOnce(world, *run, signalEvent(world, request));
        }
    }
    if (started) beginRun(world, *run);
    response->set_run_id(run->runId);
    response->set_first_execution_run_id(run->firstRunId);
    response->set_started(started);
    *response->mutable_signal_link() =
        linkToRequest(*run, request.request_id(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    return response;
}

}  // namespace

void addStartMethods(Methods& methods) {
    methods.addAsync<api::StartWorkflowExecutionRequest>("StartWorkflowExecution", startWorkflow);
    methods.add("SignalWithStartWorkflowExecution", signalWithStart);
}

}  // namespace orrery::server
