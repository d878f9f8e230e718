// SPDX-License-Identifier: MIT
// What workers and clients say about activities, by task token and by id.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/activity_close.h"
#include "core/server/state/checks.h"
#include "core/server/state/failures.h"
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

template <typename Request>
Found byToken(World& world, const Request& request) {
    checkTokenNamespace(world, request.namespace_());
    const Token token = readTaskToken(request.task_token());
    if (token.kind != TokenKind::Activity) noSuchActivity();
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
    world.namespaceOf(request.namespace_());
    if (request.activity_id().empty()) throw invalidArgument("ActivityId is not set on request.");
    // Without a workflow it would be an activity on its own, of which there are none here.
    if (request.workflow_id().empty()) throw notFound("activity not found for ID: " + request.activity_id());
    if (!request.run_id().empty() && !isUuid(request.run_id())) throw invalidArgument("RunId is not valid UUID.");
    common::WorkflowExecution execution;
    execution.set_workflow_id(request.workflow_id());
    execution.set_run_id(request.run_id());
    Run& run = world.runOf(request.namespace_(), execution);
    if (!run.open()) throw notFound("workflow execution already completed");
    const auto id = run.activityIds.find(request.activity_id());
    if (id == run.activityIds.end()) {
        throw notFound("cannot find pending activity with ActivityID " + request.activity_id() +
                       ", check workflow execution history for more details");
    }
    PendingActivity& activity = run.activities.at(id->second);
    // Only a result may come from outside before any worker has the activity.
    constexpr bool kMayComeEarly = std::is_same_v<Request, api::RespondActivityTaskCompletedByIdRequest>;
    if (activity.phase != ActivityPhase::Started) {
        if (!kMayComeEarly) noSuchActivity();
        startActivity(world, run, activity, request.identity());
        activity.requestId.clear();  // Nobody asked for it.
    }
    return {run, activity};
}

bool tooLarge(const World& world, const google::protobuf::Message& message) {
    return message.ByteSizeLong() > world.limits().blobSize;
}

/// The activity fails for good in place of what its worker said.
void failLarge(World& world, Found found, const std::string& message, const std::string& identity,
               const Failure* cause = nullptr) {
    activityFailed(world, found.run, found.activity, serverFailure(message, cause), identity);
}

constexpr const char* kLargeFailure = "Failure exceeds size limit.";
constexpr const char* kLargeDetails = "Heartbeat details exceed size limit.";

/// What a worker says about an activity, apart from which one it means. Heartbeats are not looked at that closely.
template <typename Request>
void checkSaid(const Request& request) {
    constexpr bool kHeartbeat = std::is_same_v<Request, api::RecordActivityTaskHeartbeatRequest> ||
                                std::is_same_v<Request, api::RecordActivityTaskHeartbeatByIdRequest>;
    if (!kHeartbeat) checkIdentity(request.identity());
    if constexpr (std::is_same_v<Request, api::RespondActivityTaskFailedRequest>) {
        if (request.has_failure() && !request.failure().has_application_failure_info()) {
            throw invalidArgument("Failure must have ApplicationFailureInfo.");
        }
    }
    if constexpr (requires { request.failure(); }) refuse(retryDelayProblem(request.failure()));
}

/// The worker tells how far it is, perhaps with nothing to say.
void takeProgress(World& world, Found found, const common::Payloads* details, const std::string& identity) {
    PendingActivity& activity = found.activity;
    activity.lastHeartbeatTime = world.nowOf(found.run);
    activity.heartbeat.reset();
    if (details != nullptr) {
        activity.heartbeat = *details;
        // It is not in the history, by whose growth the run's size is watched.
        found.run.measuredAt -= int64_t(details->ByteSizeLong());
    }
    if (!identity.empty()) activity.lastIdentity = identity;
    world.touch(found.run);
}

template <typename Response, typename Request>
std::unique_ptr<Response> heartbeat(World& world, const Request& request, Found found) {
    auto response = std::make_unique<Response>();
    if (tooLarge(world, request.details())) {
        failLarge(world, found, kLargeDetails, request.identity());
        response->set_cancel_requested(true);
        return response;
    }
    takeProgress(world, found, request.has_details() ? &request.details() : nullptr, request.identity());
    armHeartbeat(world, found.run, found.activity);
    response->set_cancel_requested(found.activity.cancelRequested);
    return response;
}

template <typename Response, typename Request>
std::unique_ptr<Response> completed(World& world, const Request& request, Found found) {
    if (tooLarge(world, request.result())) {
        failLarge(world, found, "Complete result exceeds size limit.", request.identity());
    } else {
        activityCompleted(world, found.run, found.activity, request.has_result() ? &request.result() : nullptr,
                          request.identity());
    }
    return std::make_unique<Response>();
}

template <typename Response, typename Request>
std::unique_ptr<Response> failed(World& world, const Request& request, Found found) {
    auto response = std::make_unique<Response>();
    if (tooLarge(world, request.last_heartbeat_details())) {
        *response->add_failures() = serverFailure(kLargeDetails);
    } else if (request.has_last_heartbeat_details()) {
        takeProgress(world, found, &request.last_heartbeat_details(), request.identity());
    }
    if (tooLarge(world, request.failure())) {
        *response->add_failures() = serverFailure(kLargeFailure, &request.failure());
        failLarge(world, found, kLargeFailure, request.identity(), &request.failure());
    } else {
        activityFailed(world, found.run, found.activity, request.failure(), request.identity());
    }
    return response;
}

template <typename Response, typename Request>
std::unique_ptr<Response> canceled(World& world, const Request& request, Found found) {
    if (tooLarge(world, request.details())) {
        failLarge(world, found, "Cancel details exceed size limit.", request.identity());
    } else if (!found.activity.cancelRequested) {
        throw invalidArgument("unable to mark activity as canceled without activity being request canceled first");
    } else {
        activityCanceled(world, found.run, found.activity, request.has_details() ? &request.details() : nullptr,
                         request.identity());
    }
    return std::make_unique<Response>();
}

}  // namespace

// Each call exists twice: with a token and with ids.
#define ORRERY_ACTIVITY_CALL(name, function)                                                             \
    methods.addAsync<api::name##Request>(                                                                \
        #name, [](World& world, const api::name##Request& request, const CallPtr& call) {                \
            checkSaid(request);                                                                          \
            world.answer(call, function<api::name##Response>(world, request, byToken(world, request)));  \
        });                                                                                              \
    methods.addAsync<api::name##ByIdRequest>(                                                            \
        #name "ById", [](World& world, const api::name##ByIdRequest& request, const CallPtr& call) {     \
            checkSaid(request);                                                                          \
            world.answer(call, function<api::name##ByIdResponse>(world, request, byId(world, request))); \
        })

void addActivityMethods(Methods& methods) {
    ORRERY_ACTIVITY_CALL(RecordActivityTaskHeartbeat, heartbeat);
    ORRERY_ACTIVITY_CALL(RespondActivityTaskCompleted, completed);
    ORRERY_ACTIVITY_CALL(RespondActivityTaskFailed, failed);
    ORRERY_ACTIVITY_CALL(RespondActivityTaskCanceled, canceled);
}

#undef ORRERY_ACTIVITY_CALL

}  // namespace orrery::server
