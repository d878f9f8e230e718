// SPDX-License-Identifier: MIT
// What workers and clients say about activities, by task token and by id.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/activity_close.h"
#include "core/server/state/methods.h"
#include "core/server/state/tokens.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

struct Found {
    Run& run;
    PendingActivity& activity;
};

[[noreturn]] void noSuchActivity() {
    throw notFound("invalid activityID or activity already timed out or invoking workflow is completed");
}

Found byToken(World& world, const std::string& bytes) {
    const Token token = readToken(TokenKind::Activity, bytes);
    Run* run = world.findRun(token.runId);
    if (run == nullptr) throw notFound("workflow execution not found");
    if (!run->open()) throw notFound("workflow execution already completed");
    const auto found = run->activities.find(token.first);
    if (found == run->activities.end() || found->second.stamp != token.stamp) noSuchActivity();
    if (found->second.phase != ActivityPhase::Started) noSuchActivity();
    return {*run, found->second};
}

template <typename Request>
Found byId(World& world, const Request& request) {
    common::WorkflowExecution execution;
    execution.set_workflow_id(request.workflow_id());
    execution.set_run_id(request.run_id());
    Run& run = world.runOf(request.namespace_(), execution);
    if (!run.open()) throw notFound("workflow execution already completed");
    const auto id = run.activityIds.find(request.activity_id());
    if (id == run.activityIds.end()) noSuchActivity();
    PendingActivity& activity = run.activities.at(id->second);
    if (activity.phase != ActivityPhase::Started) noSuchActivity();
    return {run, activity};
}

template <typename Response, typename Request>
std::unique_ptr<Response> heartbeat(World& world, const Request& request, Found found) {
    found.activity.lastHeartbeatTime = world.now;
    if (request.has_details()) found.activity.heartbeat = request.details();
    armHeartbeat(world, found.run, found.activity);
    auto response = std::make_unique<Response>();
    response->set_cancel_requested(found.activity.cancelRequested);
    return response;
}

template <typename Response, typename Request>
std::unique_ptr<Response> completed(World& world, const Request& request, Found found) {
    activityCompleted(world, found.run, found.activity, request.has_result() ? &request.result() : nullptr,
                      request.identity());
    return std::make_unique<Response>();
}

template <typename Response, typename Request>
std::unique_ptr<Response> failed(World& world, const Request& request, Found found) {
    if (request.has_last_heartbeat_details()) found.activity.heartbeat = request.last_heartbeat_details();
    activityFailed(world, found.run, found.activity, request.failure(), request.identity());
    return std::make_unique<Response>();
}

template <typename Response, typename Request>
std::unique_ptr<Response> canceled(World& world, const Request& request, Found found) {
    if (!found.activity.cancelRequested) {
        throw invalidArgument("unable to respond canceled: cancellation was not requested for this activity");
    }
    activityCanceled(world, found.run, found.activity, request.has_details() ? &request.details() : nullptr,
                     request.identity());
    return std::make_unique<Response>();
}

}  // namespace

// Each call exists twice: with a token and with ids.
#define ORRERY_ACTIVITY_CALL(name, function)                                                                         \
    methods.addAsync<api::name##Request>(                                                                            \
        #name, [](World& world, const api::name##Request& request, const CallPtr& call) {                            \
            world.answer(call, function<api::name##Response>(world, request, byToken(world, request.task_token()))); \
        });                                                                                                          \
    methods.addAsync<api::name##ByIdRequest>(                                                                        \
        #name "ById", [](World& world, const api::name##ByIdRequest& request, const CallPtr& call) {                 \
            world.answer(call, function<api::name##ByIdResponse>(world, request, byId(world, request)));             \
        })

void addActivityMethods(Methods& methods) {
    ORRERY_ACTIVITY_CALL(RecordActivityTaskHeartbeat, heartbeat);
    ORRERY_ACTIVITY_CALL(RespondActivityTaskCompleted, completed);
    ORRERY_ACTIVITY_CALL(RespondActivityTaskFailed, failed);
    ORRERY_ACTIVITY_CALL(RespondActivityTaskCanceled, canceled);
}

#undef ORRERY_ACTIVITY_CALL

}  // namespace orrery::server
