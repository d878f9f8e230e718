// SPDX-License-Identifier: MIT
// What workers do besides working: polls and shutting down.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/activities.h"
#include "core/server/state/checks.h"
#include "core/server/state/methods.h"
#include "core/server/state/pollers.h"
#include "core/server/state/tasks.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

void giveWorkflowTask(World& world, const TaskRef& ref, const CallPtr& call, const std::string& identity,
                      const common::WorkerVersionStamp* worker);

namespace {

using Give = void (*)(World&, const TaskRef&, const CallPtr&, const std::string&, const common::WorkerVersionStamp*);

void forgetOldPollers(const World& world, TaskQueue& queue) {
    constexpr size_t kMany = 1000;
    if (queue.seen.size() < kMany) return;
    std::erase_if(queue.seen, [&](const auto& entry) { return world.wall - entry.second.last > kPollerRemembered; });
}

/// What the worker says of itself is kept for those who ask who polls.
template <typename Request>
void seePoller(World& world, TaskQueue& queue, const Request& request) {
    SeenPoller& seen = queue.seen[request.identity()];
    seen.last = world.wall;
    const bool says = request.has_worker_version_capabilities() || request.has_deployment_options();
    bool limited = false;
    if constexpr (requires { request.task_queue_metadata(); }) {
        limited = request.task_queue_metadata().has_max_tasks_per_second();
    }
    if (!says && !limited && !seen.details.edited()) return;
    auto& details = seen.details.edit();
    details.Clear();
    details.set_rate_per_second(kUnlimitedRate);
    if constexpr (requires { request.task_queue_metadata(); }) {
        if (limited) details.set_rate_per_second(request.task_queue_metadata().max_tasks_per_second().value());
    }
    if (request.has_worker_version_capabilities()) {
        *details.mutable_worker_version_capabilities() = request.worker_version_capabilities();
    }
    if (request.has_deployment_options()) *details.mutable_deployment_options() = request.deployment_options();
}

/// What the start of a task says of its worker: nothing for one that takes part in the versioning of deployments.
template <typename Request>
base::Lazy<common::WorkerVersionStamp> stampOf(const Request& request) {
    base::Lazy<common::WorkerVersionStamp> stamp;
    const auto& capabilities = request.worker_version_capabilities();
    const auto& options = request.deployment_options();
    const bool deployed = (options.worker_versioning_mode() == enums::WORKER_VERSIONING_MODE_VERSIONED &&
                           !options.deployment_name().empty()) ||
                          (capabilities.use_versioning() && !capabilities.deployment_series_name().empty());
    if (deployed || capabilities.build_id().empty()) return stamp;
    stamp.edit().set_build_id(capabilities.build_id());
    stamp.edit().set_use_versioning(capabilities.use_versioning());
    return stamp;
}

/// The answer that has just been given brings advice too.
template <typename Response>
void advise(World& world, const TaskQueue& queue, const CallPtr& call, Met met, base::Duration waited) {
    if (world.outbox.empty()) return;
    auto& [answered, reply] = world.outbox.back();
    if (answered != call || !reply.message) return;
    auto* response = dynamic_cast<Response*>(reply.message.get());
    const int delta = response == nullptr ? 0 : pollAdvice(world, queue, met, waited);
    if (delta != 0) response->mutable_poller_scaling_decision()->set_poll_request_delta_suggestion(delta);
}

template <typename Response, typename Request>
void poll(World& world, const Request& request, const CallPtr& call, QueueType type, Give give) {
    world.namespaceOf(request.namespace_());
    refuse(taskQueueProblem(queueOf(request), QueueNames::Internal));
    checkIdentity(request.identity());
    if (world.matching.isGone(request.worker_instance_key(), world.wall)) {
        return world.answer(call, std::make_unique<Response>());
    }
    TaskQueue& queue = world.matching.queue(request.namespace_(), type, request.task_queue().name());
    queue.lastPoll = world.wall;
    seePoller(world, queue, request);
    forgetOldPollers(world, queue);
    base::Lazy<common::WorkerVersionStamp> stamp = stampOf(request);
    if (auto task = world.matching.take(queue)) {
        give(world, *task, call, request.identity(), stamp.edited() ? &*stamp : nullptr);
        return advise<Response>(world, queue, call, Met::TaskWaited, {});
    }
    auto number = std::make_shared<uint64_t>(0);
    Waits::Wait wait;
    wait.call = call;
    wait.deadline = world.pollDeadline(call, world.limits().taskPoll);
    wait.dropped = [&queue, number, &world] {
        queue.pollers.erase(*number);
        queue.lastPoll = world.wall;
    };
    wait.expired = [&world](const CallPtr& late) { world.answer(late, std::make_unique<Response>()); };
    *number = world.waits.add(std::move(wait));
    Poller poller;
    poller.waitId = *number;
    poller.workerKey = request.worker_instance_key();
    poller.give = [&world, &queue, give, identity = request.identity(), stamp = std::move(stamp), since = world.wall](
                      const TaskRef& task, const CallPtr& waiting) {
        queue.lastPoll = world.wall;
        give(world, task, waiting, identity, stamp.edited() ? &*stamp : nullptr);
        advise<Response>(world, queue, waiting, Met::TaskCame, world.wall - since);
    };
    queue.pollers.emplace(*number, std::move(poller));
}

void pollWorkflow(World& world, const api::PollWorkflowTaskQueueRequest& request, const CallPtr& call) {
    poll<api::PollWorkflowTaskQueueResponse>(world, request, call, QueueType::Workflow, giveWorkflowTask);
}

void pollActivity(World& world, const api::PollActivityTaskQueueRequest& request, const CallPtr& call) {
    poll<api::PollActivityTaskQueueResponse>(
        world, request, call, QueueType::Activity,
        [](World& to, const TaskRef& ref, const CallPtr& waiting, const std::string& identity,
           const common::WorkerVersionStamp*) { giveActivityTask(to, ref, waiting, identity); });
}

/// Nobody has tasks for it, but workers say with this poll that they live.
void pollNexus(World& world, const api::PollNexusTaskQueueRequest& request, const CallPtr& call) {
    const std::string& ns = world.namespaceOf(request.namespace_()).name;
    for (const auto& heartbeat : request.worker_heartbeat()) world.workers.record(ns, heartbeat, world.wall);
    poll<api::PollNexusTaskQueueResponse>(
        world, request, call, QueueType::Nexus,
        [](World&, const TaskRef&, const CallPtr&, const std::string&, const common::WorkerVersionStamp*) {});
}

/// It is not shown any more among those who poll its queue.
void forgetPoller(World& world, const api::ShutdownWorkerRequest& request) {
    if (request.worker_instance_key().empty()) return;
    for (const int type : request.task_queue_types()) {
        TaskQueue* queue = world.matching.find(request.namespace_(), queueType(type), request.task_queue());
        if (queue != nullptr) queue->seen.erase(request.identity());
    }
}

/// Ends the polls of a worker that goes away, each with an empty answer of its kind, and forgets its sticky queue.
std::unique_ptr<api::ShutdownWorkerResponse> shutdownWorker(World& world, const api::ShutdownWorkerRequest& request) {
    world.namespaceOf(request.namespace_());
    if (request.has_worker_heartbeat()) {
        world.workers.record(request.namespace_(), request.worker_heartbeat(), world.wall);
    }
    if (!request.sticky_task_queue().empty()) {
        TaskQueue* queue = world.matching.find(request.namespace_(), QueueType::Workflow, request.sticky_task_queue());
        if (queue != nullptr) {
            for (const CallPtr& call : world.matching.endPolls("", queue)) {
                world.answer(call, std::make_unique<api::PollWorkflowTaskQueueResponse>());
            }
            // Nobody polls it again: tasks go to the normal queue from now on.
            queue->lastPoll = {};
        }
    }
    if (!world.limits().pollsEndWithWorker) return std::make_unique<api::ShutdownWorkerResponse>();
    forgetPoller(world, request);
    world.matching.rememberGone(request.worker_instance_key(), world.wall);
    // An empty answer is the same bytes for every kind of poll.
    for (const CallPtr& call : world.matching.endPolls(request.worker_instance_key(), nullptr)) {
        world.answer(call, std::make_unique<api::PollWorkflowTaskQueueResponse>());
    }
    return std::make_unique<api::ShutdownWorkerResponse>();
}

}  // namespace

void addWorkerMethods(Methods& methods) {
    methods.addAsync<api::PollWorkflowTaskQueueRequest>("PollWorkflowTaskQueue", pollWorkflow);
    methods.addAsync<api::PollActivityTaskQueueRequest>("PollActivityTaskQueue", pollActivity);
    methods.addAsync<api::PollNexusTaskQueueRequest>("PollNexusTaskQueue", pollNexus);
    methods.add("ShutdownWorker", shutdownWorker);
    addHeartbeatMethods(methods);
    addQueueMethods(methods);
}

}  // namespace orrery::server
