// SPDX-License-Identifier: MIT
// What workers do besides working: polls, shutting down, saying that they live.
#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/checks.h"
#include "core/server/state/methods.h"
#include "core/server/state/tasks.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

void giveWorkflowTask(World& world, const TaskRef& ref, const CallPtr& call, const std::string& identity);

namespace {

constexpr base::Duration kPollerRemembered = 5min;

using Give = void (*)(World&, const TaskRef&, const CallPtr&, const std::string&);

void forgetOldPollers(const World& world, TaskQueue& queue) {
    constexpr size_t kMany = 1000;
    if (queue.seen.size() < kMany) return;
    std::erase_if(queue.seen, [&](const auto& entry) { return world.wall - entry.second > kPollerRemembered; });
}

/// A poll that got its task only after a while was one too many: workers that scale themselves are told so.
template <typename Response>
void adviseAfter(World& world, const CallPtr& call, base::Timestamp since) {
    constexpr base::Duration kIdle = 1s;
    if (world.wall - since < kIdle || world.outbox.empty()) return;
    auto& [answered, reply] = world.outbox.back();
    if (answered != call || !reply.message) return;
    if (auto* response = dynamic_cast<Response*>(reply.message.get())) {
        response->mutable_poller_scaling_decision()->set_poll_request_delta_suggestion(-1);
    }
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
    queue.seen[request.identity()] = world.wall;
    forgetOldPollers(world, queue);
    if (auto task = world.matching.take(queue)) return give(world, *task, call, request.identity());
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
    poller.give = [&world, &queue, give, identity = request.identity(), since = world.wall](const TaskRef& task,
                                                                                            const CallPtr& waiting) {
        queue.lastPoll = world.wall;
        give(world, task, waiting, identity);
        adviseAfter<Response>(world, waiting, since);
    };
    queue.pollers.emplace(*number, std::move(poller));
}

void pollWorkflow(World& world, const api::PollWorkflowTaskQueueRequest& request, const CallPtr& call) {
    poll<api::PollWorkflowTaskQueueResponse>(world, request, call, QueueType::Workflow, giveWorkflowTask);
}

void pollActivity(World& world, const api::PollActivityTaskQueueRequest& request, const CallPtr& call) {
    poll<api::PollActivityTaskQueueResponse>(world, request, call, QueueType::Activity, giveActivityTask);
}

void pollNexus(World& world, const api::PollNexusTaskQueueRequest& request, const CallPtr& call) {
    poll<api::PollNexusTaskQueueResponse>(world, request, call, QueueType::Nexus,
                                          [](World&, const TaskRef&, const CallPtr&, const std::string&) {});
}

/// Ends the polls of a worker that goes away, each with an empty answer of its kind, and forgets its sticky queue.
std::unique_ptr<api::ShutdownWorkerResponse> shutdownWorker(World& world, const api::ShutdownWorkerRequest& request) {
    world.namespaceOf(request.namespace_());
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
    world.matching.rememberGone(request.worker_instance_key(), world.wall);
    // An empty answer is the same bytes for every kind of poll.
    for (const CallPtr& call : world.matching.endPolls(request.worker_instance_key(), nullptr)) {
        world.answer(call, std::make_unique<api::PollWorkflowTaskQueueResponse>());
    }
    return std::make_unique<api::ShutdownWorkerResponse>();
}

std::unique_ptr<api::RecordWorkerHeartbeatResponse> recordHeartbeat(World& world,
                                                                    const api::RecordWorkerHeartbeatRequest& request) {
    world.namespaceOf(request.namespace_());
    return std::make_unique<api::RecordWorkerHeartbeatResponse>();
}

QueueType queueType(enums::TaskQueueType type) {
    switch (type) {
        case enums::TASK_QUEUE_TYPE_ACTIVITY: return QueueType::Activity;
        case enums::TASK_QUEUE_TYPE_NEXUS: return QueueType::Nexus;
        default: return QueueType::Workflow;
    }
}

std::unique_ptr<api::DescribeTaskQueueResponse> describeQueue(World& world,
                                                              const api::DescribeTaskQueueRequest& request) {
    world.namespaceOf(request.namespace_());
    refuse(taskQueueProblem(queueOf(request), QueueNames::Partitions));
    auto response = std::make_unique<api::DescribeTaskQueueResponse>();
    const TaskQueue* queue =
        world.matching.find(request.namespace_(), queueType(request.task_queue_type()), request.task_queue().name());
    if (queue == nullptr) return response;
    for (const auto& [identity, last] : queue->seen) {
        if (world.wall - last > kPollerRemembered) continue;
        auto* poller = response->add_pollers();
        poller->set_identity(identity);
        payload::toProto(last, poller->mutable_last_access_time());
        poller->set_rate_per_second(100'000);
    }
    if (request.report_stats()) {
        const auto waiting = std::count_if(queue->backlog.begin(), queue->backlog.end(),
                                           [&](const TaskRef& task) { return stillWanted(world, task); });
        response->mutable_stats()->set_approximate_backlog_count(waiting);
    }
    return response;
}

}  // namespace

void addWorkerMethods(Methods& methods) {
    methods.addAsync<api::PollWorkflowTaskQueueRequest>("PollWorkflowTaskQueue", pollWorkflow);
    methods.addAsync<api::PollActivityTaskQueueRequest>("PollActivityTaskQueue", pollActivity);
    methods.addAsync<api::PollNexusTaskQueueRequest>("PollNexusTaskQueue", pollNexus);
    methods.add("ShutdownWorker", shutdownWorker);
    methods.add("RecordWorkerHeartbeat", recordHeartbeat);
    methods.add("DescribeTaskQueue", describeQueue);
}

}  // namespace orrery::server
