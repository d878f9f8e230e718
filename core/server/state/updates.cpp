// SPDX-License-Identifier: MIT
#include "core/server/state/updates.h"

#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/events.h"
#include "core/server/state/links.h"
#include "core/server/state/methods.h"
#include "core/server/state/tasks.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
namespace update_api = temporal::api::update::v1;
using namespace std::chrono_literals;

namespace {

constexpr int kTooManyAttempts = 3;
constexpr const char* kCutShort = "AcceptedUpdateCompletedWorkflow";

enums::UpdateWorkflowExecutionLifecycleStage stageOf(const Update& update) {
    switch (update.stage) {
        case UpdateStage::Completed: return enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED;
        case UpdateStage::Accepted: return enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED;
        default: return enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED;
    }
}

template <typename Response>
std::unique_ptr<Response> responseOf(const Run& run, const Update& update) {
    auto response = std::make_unique<Response>();
    auto* reference = response->mutable_update_ref();
    reference->mutable_workflow_execution()->set_workflow_id(run.workflowId);
    reference->mutable_workflow_execution()->set_run_id(run.runId);
    reference->set_update_id(update.id);
    response->set_stage(stageOf(update));
    if (update.outcome) *response->mutable_outcome() = *update.outcome;
    if constexpr (std::is_same_v<Response, api::UpdateWorkflowExecutionResponse>) {
        if (update.outcome && update.outcome->has_failure()) {
            *response->mutable_link() = linkToRun(run, "Update rejected");
        } else if (update.stage >= UpdateStage::Accepted) {
            *response->mutable_link() =
                linkToRequest(run, update.request.request_id(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
        }
    }
    return response;
}

/// Waits until the update has come to `wanted`, or answers with where it is when the time is up. Not before a caller
/// who has less time gives up: SDKs ask again after an answer, and would never learn that their time is over.
template <typename Response>
void answerAt(World& world, Run& run, Update& update, UpdateStage wanted, const CallPtr& call) {
    if (update.stage >= wanted) return world.answer(call, responseOf<Response>(run, update));
    auto id = std::make_shared<uint64_t>(0);
    const auto find = [&run, name = update.id]() -> Update* {
        const auto found = run.updates.find(name);
        return found == run.updates.end() ? nullptr : &found->second;
    };
    Waits::Wait wait;
    wait.call = call;
    const base::Timestamp longest = world.wall + world.limits().historyPoll;
    const bool callerFirst = call->deadline && *call->deadline <= longest;
    wait.deadline = callerFirst ? std::max(*call->deadline, world.wall) : longest;
    wait.dropped = [find, id] {
        if (Update* waited = find()) waited->waits.erase(*id);
    };
    wait.expired = [&world, &run, find, callerFirst](const CallPtr& late) {
        if (callerFirst) {
            return world.fail(late, ServiceError(base::ErrorCode::DeadlineExceeded, "context deadline exceeded"));
        }
        if (const Update* waited = find()) world.answer(late, responseOf<Response>(run, *waited));
    };
    *id = world.waits.add(std::move(wait));
    constexpr bool kIsPoll = std::is_same_v<Response, api::PollWorkflowExecutionUpdateResponse>;
    update.waits[*id] = {wanted, kIsPoll};
}

void answerWaiters(World& world, Run& run, Update& update) {
    for (auto waiter = update.waits.begin(); waiter != update.waits.end();) {
        if (update.stage < waiter->second.wanted) {
            ++waiter;
            continue;
        }
        const CallPtr call = world.waits.take(waiter->first);
        if (waiter->second.isPoll) {
            world.answer(call, responseOf<api::PollWorkflowExecutionUpdateResponse>(run, update));
        } else {
            world.answer(call, responseOf<api::UpdateWorkflowExecutionResponse>(run, update));
        }
        waiter = update.waits.erase(waiter);
    }
}

/// By value: the id may live in what is being forgotten.
void forgetUpdate(Run& run, std::string id) {
    run.updates.erase(id);
    std::erase(run.updateOrder, id);
}

/// The update ends without a place in the history: rejected by its validator, or nobody knows it.
void reject(World& world, Run& run, Update& update, const Failure& failure) {
    *update.outcome.emplace().mutable_failure() = failure;
    update.stage = UpdateStage::Completed;
    --run.openUpdates;
    answerWaiters(world, run, update);
    forgetUpdate(run, update.id);
}

UpdateStage wantedStage(const update_api::WaitPolicy& policy) {
    switch (policy.lifecycle_stage()) {
        case enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED:
            throw permissionDenied(
                "UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.");
        case enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED: return UpdateStage::Accepted;
        default: return UpdateStage::Completed;
    }
}

/// Of the requests that have no outcome yet.
size_t payloadsInFlight(const Run& run) {
    size_t bytes = 0;
    for (const auto& [id, update] : run.updates) {
        if (update.stage != UpdateStage::Completed) bytes += update.request.ByteSizeLong();
    }
    return bytes;
}

void checkRoom(const Run& run, const update_api::Request& request, const Limits& limits) {
    if (!run.open()) throw notFound("workflow execution already completed");
    if (run.task && run.task->attempt >= kTooManyAttempts) {
        throw workflowNotReady("Unable to perform workflow execution update due to Workflow Task in failed state.");
    }
    if (run.closeRefused && run.taskStarted())
        throw busyWorkflow("workflow operation can not be applied because workflow is closing");
    const auto reached = [](size_t count, size_t limit) { return limit > 0 && count >= limit; };
    if (reached(run.openUpdates, limits.updatesInFlight)) {
        throw tooManyAtOnce("limit on number of concurrent in-flight updates has been reached (" +
                            std::to_string(limits.updatesInFlight) + ")");
    }
    if (reached(run.updates.size(), limits.updates)) {
        throw failedPrecondition(
            "The limit on the total number of distinct updates in this workflow has been reached (" +
            std::to_string(limits.updates) +
            "). Make sure any duplicate updates share an Update ID so the server can deduplicate them, and consider "
            "rejecting updates that you aren\x27t going to process. You can also Continue-as-New to avoid this; we "
            "recommend you check Continue-as-New Suggested in your Workflow.");
    }
    const size_t size = limits.updatesInFlightSize > 0 ? payloadsInFlight(run) + request.ByteSizeLong() : 0;
    if (reached(size, limits.updatesInFlightSize)) {
        throw tooManyAtOnce("limit on total payload size of in-flight updates has been reached (" +
                            std::to_string(limits.updatesInFlightSize) + " bytes)");
    }
}

}  // namespace

void checkFirstUpdate(const World& world, const api::UpdateWorkflowExecutionRequest& request) {
    checkRoom(Run(), request.request(), world.limits());
}

namespace {

void updateWorkflow(World& world, const api::UpdateWorkflowExecutionRequest& request, const CallPtr& call) {
    checkTarget(world, request);
    checkUpdate(request);
    Run& run = world.runOf(request.namespace_(), request.workflow_execution());
    if (!request.first_execution_run_id().empty() && request.first_execution_run_id() != run.firstRunId) {
        throw notFound("workflow execution not found");
    }
    if (admitUpdate(world, run, request, call)) scheduleTask(world, run, true);
}

void pollUpdate(World& world, const api::PollWorkflowExecutionUpdateRequest& request, const CallPtr& call) {
    world.namespaceOf(request.namespace_());
    if (!request.has_update_ref()) throw invalidArgument("UpdateRef is not set on request.");
    const auto& execution = request.update_ref().workflow_execution();
    if (execution.workflow_id().empty()) {
        throw invalidArgument("Can't load workflow execution.  WorkflowId not set.");
    }
    if (!execution.run_id().empty() && !isUuid(execution.run_id())) throw invalidArgument("RunId is not valid UUID.");
    Run& run = world.runOf(request.namespace_(), execution);
    const auto known = run.updates.find(request.update_ref().update_id());
    if (known == run.updates.end()) throw notFound("update \"" + request.update_ref().update_id() + "\" not found");
    UpdateStage wanted = UpdateStage::Admitted;
    if (request.wait_policy().lifecycle_stage() > enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED) {
        wanted = wantedStage(request.wait_policy());
    }
    answerAt<api::PollWorkflowExecutionUpdateResponse>(world, run, known->second, wanted, call);
}

Update* updateOf(Run& run, const ProtocolMessage& message) {
    const auto found = run.updates.find(message.protocol_instance_id());
    return found == run.updates.end() ? nullptr : &found->second;
}

/// A worker may know an update that this server has forgotten: its answer then brings the request along.
std::optional<update_api::Request> requestIn(const ProtocolMessage& message) {
    if (update_api::Acceptance acceptance; message.body().UnpackTo(&acceptance)) {
        if (acceptance.has_accepted_request()) return acceptance.accepted_request();
    } else if (update_api::Rejection rejection; message.body().UnpackTo(&rejection)) {
        if (rejection.has_rejected_request()) return rejection.rejected_request();
    }
    return std::nullopt;
}

void bringBack(Run& run, const ProtocolMessage& message) {
    auto request = requestIn(message);
    if (!request) return;
    const std::string& id = message.protocol_instance_id();
    Update& update = run.updates[id];
    update.id = id;
    update.request = std::move(*request);
    run.updateOrder.push_back(id);
    ++run.openUpdates;
}

void accept(World& world, Run& run, Update& update, const update_api::Acceptance& acceptance) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
    auto* attributes = event.mutable_workflow_execution_update_accepted_event_attributes();
    attributes->set_protocol_instance_id(update.id);
    attributes->set_accepted_request_message_id(acceptance.accepted_request_message_id());
    // Not sent by this server, but by the one before it was started again.
    if (update.stage == UpdateStage::Admitted) update.sequencingId = acceptance.accepted_request_sequencing_event_id();
    if (update.admittedId == 0) {
        attributes->set_accepted_request_sequencing_event_id(update.sequencingId);
        *attributes->mutable_accepted_request() = update.request;
    } else {
        update.sequencingId = acceptance.accepted_request_sequencing_event_id();
        attributes->set_accepted_request_sequencing_event_id(update.sequencingId);
    }
    update.acceptedId = append(world, run, std::move(event));
    update.stage = UpdateStage::Accepted;
    answerWaiters(world, run, update);
}

void complete(World& world, Run& run, Update& update, const update_api::Response& response) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED);
    auto* attributes = event.mutable_workflow_execution_update_completed_event_attributes();
    *attributes->mutable_meta() = response.meta();
    // Not the caller: whoever looks for him finds him in the request.
    attributes->mutable_meta()->set_update_id(update.request.meta().update_id());
    attributes->set_accepted_event_id(update.acceptedId);
    *attributes->mutable_outcome() = response.outcome();
    append(world, run, std::move(event));
    update.outcome = response.outcome();
    update.stage = UpdateStage::Completed;
    --run.openUpdates;
    std::erase(run.updateOrder, update.id);
    answerWaiters(world, run, update);
}

}  // namespace

void checkUpdate(const api::UpdateWorkflowExecutionRequest& request) {
    if (!request.request().has_meta()) throw invalidArgument("Update meta is not set on request.");
    if (tooLong(request.request().meta().update_id())) throw invalidArgument("UpdateId length exceeds limit.");
    if (!request.request().has_input()) throw invalidArgument("Update input is not set on request.");
    if (request.request().input().name().empty()) throw invalidArgument("Update name is not set on request.");
    wantedStage(request.wait_policy());
    checkCallbacks(request.request().completion_callbacks());
    refuse(linksProblem(request.request().links()));
}

bool admitUpdate(World& world, Run& run, const api::UpdateWorkflowExecutionRequest& request, const CallPtr& call) {
    const UpdateStage wanted = wantedStage(request.wait_policy());
    std::string id = request.request().meta().update_id();
    if (id.empty()) id = world.newId();
    if (const auto known = run.updates.find(id); known != run.updates.end()) {
        answerAt<api::UpdateWorkflowExecutionResponse>(world, run, known->second, wanted, call);
        return false;
    }
    checkRoom(run, request.request(), world.limits());
    Update& update = run.updates[id];
    update.id = id;
    update.request = request.request();
    update.request.mutable_meta()->set_update_id(id);
    run.updateOrder.push_back(id);
    ++run.openUpdates;
    answerAt<api::UpdateWorkflowExecutionResponse>(world, run, update, wanted, call);
    return true;
}

void attachUpdates(World&, Run& run, SentUpdates sent, api::PollWorkflowTaskQueueResponse* response) {
    const UpdateStage last = sent == SentUpdates::Again ? UpdateStage::Sent : UpdateStage::Admitted;
    for (const std::string& id : run.updateOrder) {
        if (std::as_const(run.updates).at(id).stage > last) continue;
        Update& update = run.updates.at(id);
        update.stage = UpdateStage::Sent;
        // After everything that the task shows.
        update.sequencingId = run.task->startedId - 1;
        // Its request stands in the history, and workers take it from there.
        if (update.admittedId != 0) continue;
        ProtocolMessage* message = response->add_messages();
        message->set_id(id + "/request");
        message->set_protocol_instance_id(id);
        message->set_event_id(update.sequencingId);
        message->mutable_body()->PackFrom(update.request);
    }
}

void requeueUpdates(World&, Run& run) {
    for (const std::string& id : run.updateOrder) {
        if (std::as_const(run.updates).at(id).stage != UpdateStage::Sent) continue;
        run.updates.at(id).stage = UpdateStage::Admitted;
    }
}

void failSentUpdates(World& world, Run& run) {
    const std::vector<std::string> order = run.updateOrder;
    for (const std::string& id : order) {
        if (std::as_const(run.updates).at(id).stage != UpdateStage::Sent) continue;
        Update& update = run.updates.at(id);
        for (const auto& [waitId, waiter] : update.waits) {
            world.fail(world.waits.take(waitId),
                       workflowNotReady(
                           "Unable to perform workflow execution update due to unexpected workflow task failure."));
        }
        update.waits.clear();
        // The history still asks for it.
        if (update.admittedId != 0) continue;
        --run.openUpdates;
        forgetUpdate(run, id);
    }
}

bool hasAdmittedUpdates(const Run& run) {
    return std::any_of(run.updateOrder.begin(), run.updateOrder.end(),
                       [&run](const auto& id) { return run.updates.at(id).stage == UpdateStage::Admitted; });
}

bool isRejection(const ProtocolMessage& message) { return message.body().Is<update_api::Rejection>(); }

namespace {

/// The message says what it is an answer to, or brings what it promises.
std::optional<std::string> bodyProblem(const google::protobuf::Any& body) {
    if (update_api::Acceptance acceptance; body.UnpackTo(&acceptance)) {
        if (!acceptance.accepted_request_message_id().empty()) return std::nullopt;
        return "invalid *update.Acceptance: accepted_request_message_id is not set";
    }
    if (update_api::Response response; body.UnpackTo(&response)) {
        if (response.has_outcome()) return std::nullopt;
        return "invalid *update.Response: outcome is not set";
    }
    if (body.Is<update_api::Rejection>()) return std::nullopt;
    const std::string type = body.type_url().substr(body.type_url().rfind('/') + 1);
    return "unsupported protocol type " + type.substr(0, type.rfind('.'));
}

std::string kindOf(const google::protobuf::Any& body) {
    return "*update." + body.type_url().substr(body.type_url().rfind('.') + 1);
}

}  // namespace

std::string UpdateMessages::stageOf(const std::string& id) const {
    if (const auto changed = m_stages.find(id); changed != m_stages.end()) return changed->second;
    const auto known = m_run.updates.find(id);
    if (known == m_run.updates.end()) return {};
    switch (known->second.stage) {
        case UpdateStage::Admitted: return "Admitted";
        case UpdateStage::Sent: return "Sent";
        case UpdateStage::Accepted: return "Accepted";
        default: return "Completed";
    }
}

std::optional<std::string> UpdateMessages::take(const ProtocolMessage& message) {
    if (auto problem = bodyProblem(message.body())) return problem;
    const std::string& id = message.protocol_instance_id();
    std::string stage = stageOf(id);
    const bool answersRequest = !message.body().Is<update_api::Response>();
    if (stage.empty()) {
        if (!requestIn(message))
            return "update " + id + " wasn't found on the server. This is most likely a transient " +
                   "error which will be resolved automatically by retries";
        stage = "Admitted";
    }
    const bool open = answersRequest ? stage == "Sent" || stage == "Admitted"
                                     : stage == "Accepted" || stage == "ProvisionallyAccepted";
    if (!open) {
        return "invalid state transition attempted for Update " + id + ": received " + kindOf(message.body()) +
               " message while in state " + stage;
    }
    m_stages[id] = message.body().Is<update_api::Acceptance>() ? "ProvisionallyAccepted" : "ProvisionallyCompleted";
    return std::nullopt;
}

void takeUpdateMessage(World& world, Run& run, const ProtocolMessage& message) {
    if (updateOf(run, message) == nullptr) bringBack(run, message);
    Update* update = updateOf(run, message);
    if (update == nullptr || update->stage == UpdateStage::Completed) return;
    if (update_api::Acceptance acceptance; message.body().UnpackTo(&acceptance)) {
        if (update->stage < UpdateStage::Accepted) accept(world, run, *update, acceptance);
    } else if (update_api::Rejection rejection; message.body().UnpackTo(&rejection)) {
        reject(world, run, *update, rejection.failure());
    } else if (update_api::Response response; message.body().UnpackTo(&response)) {
        complete(world, run, *update, response);
    }
}

void rejectUnanswered(World& world, Run& run) {
    const std::vector<std::string> order = run.updateOrder;
    for (const std::string& id : order) {
        const auto found = run.updates.find(id);
        if (found == run.updates.end() || found->second.stage != UpdateStage::Sent) continue;
        Failure failure;
        failure.set_message(
            "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not "
            "supported by the worker.");
        failure.set_source("Server");
        failure.mutable_application_failure_info()->set_type("UnprocessedUpdate");
        failure.mutable_application_failure_info()->set_non_retryable(true);
        reject(world, run, found->second, failure);
    }
}

namespace {

void endAccepted(Update& update) {
    Failure failure;
    failure.set_message("Workflow Update failed because the Workflow completed before the Update completed.");
    failure.set_source("Server");
    failure.mutable_application_failure_info()->set_type(kCutShort);
    failure.mutable_application_failure_info()->set_non_retryable(true);
    *update.outcome.emplace().mutable_failure() = failure;
    update.stage = UpdateStage::Completed;
}

}  // namespace

bool cameToItsEnd(const Update& update) {
    if (!update.outcome) return false;
    const Failure& failure = update.outcome->failure();
    return failure.source() != "Server" || failure.application_failure_info().type() != kCutShort;
}

void endUpdates(Run& run) {
    const std::vector<std::string> order = run.updateOrder;
    for (const std::string& id : order) {
        Update& update = run.updates.at(id);
        if (update.stage == UpdateStage::Accepted) endAccepted(update);
        if (update.stage < UpdateStage::Accepted) forgetUpdate(run, id);
    }
    run.openUpdates = 0;
}

namespace {

/// Nobody accepted its update, and the run is over.
void cutOff(World& world, const CallPtr& call, bool goesOn) {
    // Clients try what is busy again by themselves, and then meet the new run.
    if (goesOn) {
        return world.fail(call, busyWorkflow("workflow operation can not be applied because workflow is closing"));
    }
    if (auto* own = dynamic_cast<CutOffCall*>(call.get())) return own->cutOff(world, call);
    world.fail(call, notFound(kUpdateCutOff));
}

}  // namespace

void abortUpdates(World& world, Run& run, Run* follower) {
    const std::vector<std::string> order = run.updateOrder;
    for (const std::string& id : order) {
        Update& update = run.updates.at(id);
        if (update.stage == UpdateStage::Completed) continue;
        if (update.stage == UpdateStage::Accepted) {
            endAccepted(update);
            answerWaiters(world, run, update);
            continue;
        }
        for (const auto& [waitId, waiter] : update.waits) {
            cutOff(world, world.waits.take(waitId), follower != nullptr);
        }
        forgetUpdate(run, id);
    }
    run.openUpdates = 0;
}

void addUpdateMethods(Methods& methods) {
    methods.addAsync<api::UpdateWorkflowExecutionRequest>("UpdateWorkflowExecution", updateWorkflow);
    methods.addAsync<api::PollWorkflowExecutionUpdateRequest>("PollWorkflowExecutionUpdate", pollUpdate);
}

}  // namespace orrery::server
