// SPDX-License-Identifier: MIT
// What is to be known about a task queue: who polls it, what waits in it, how fast tasks come and go.
#include <algorithm>
#include <set>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/activities.h"
#include "core/server/state/checks.h"
#include "core/server/state/pollers.h"
#include "core/server/state/tasks.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using temporal::api::taskqueue::v1::TaskQueueStats;

QueueType queueType(int type) {
    switch (type) {
        case enums::TASK_QUEUE_TYPE_ACTIVITY: return QueueType::Activity;
        case enums::TASK_QUEUE_TYPE_NEXUS: return QueueType::Nexus;
        default: return QueueType::Workflow;
    }
}

base::Duration ageOf(const World& world, const TaskRef& task) {
    const Run& run = *task.run;
    if (task.kind == TaskRef::Kind::Query) return world.now - world.directQueries.at(task.stamp).since;
    const base::Timestamp since = task.kind == TaskRef::Kind::Workflow
                                      ? run.task->scheduledTime
                                      : run.activities.at(task.activityId).attemptScheduledTime;
    return world.nowOf(run) - since;
}

namespace {

using Request = api::DescribeTaskQueueRequest;

constexpr std::string_view kPartitionPrefix = "/_sys/";
constexpr int kMostBuildsAtOnce = 5;
/// Of the four partitions that Temporal's server has, together. Nothing is held back here.
constexpr float kTasksPerSecond = 4000;

template <typename Response>
void addPollers(const World& world, const TaskQueue& queue, Response* response) {
    for (const auto& [identity, seen] : queue.seen) {
        if (world.wall - seen.last > kPollerRemembered) continue;
        auto* poller = response->add_pollers();
        *poller = *seen.details;
        poller->set_identity(identity);
        payload::toProto(seen.last, poller->mutable_last_access_time());
        if (!seen.details.edited()) poller->set_rate_per_second(kUnlimitedRate);
    }
}

TaskQueueStats statsOf(World& world, const TaskLevel& level) {
    TaskQueueStats stats;
    base::Duration oldest{};
    for (const TaskRef& task : level.backlog) {
        if (!stillWanted(world, task)) continue;
        stats.set_approximate_backlog_count(stats.approximate_backlog_count() + 1);
        oldest = std::max(oldest, ageOf(world, task));
    }
    payload::toProto(oldest, stats.mutable_approximate_backlog_age());
    stats.set_tasks_add_rate(float(level.added.perSecond(world.wall)));
    stats.set_tasks_dispatch_rate(float(level.handedOut.perSecond(world.wall)));
    return stats;
}

void add(const TaskQueueStats& some, TaskQueueStats* all) {
    all->set_approximate_backlog_count(all->approximate_backlog_count() + some.approximate_backlog_count());
    const auto age = std::max(payload::fromProto(all->approximate_backlog_age()),
                              payload::fromProto(some.approximate_backlog_age()));
    payload::toProto(age, all->mutable_approximate_backlog_age());
    all->set_tasks_add_rate(all->tasks_add_rate() + some.tasks_add_rate());
    all->set_tasks_dispatch_rate(all->tasks_dispatch_rate() + some.tasks_dispatch_rate());
}

/// A queue that nobody has used yet has nothing of each.
const TaskQueue& queueFor(World& world, const Request& request, int type) {
    static const TaskQueue none;
    const TaskQueue* queue = world.matching.find(request.namespace_(), queueType(type), request.task_queue().name());
    return queue == nullptr ? none : *queue;
}

TaskQueueStats allStats(World& world, const TaskQueue& queue) {
    TaskQueueStats all;
    queue.visitLevels([&](PriorityLevel, const TaskLevel& level) { add(statsOf(world, level), &all); });
    return all;
}

/// The older way to ask: what versions of workers are there, and what has each of them to do? Here all are one.
std::unique_ptr<api::DescribeTaskQueueResponse> describeVersions(World& world, const Request& request) {
    std::set<std::string> builds(request.versions().build_ids().begin(), request.versions().build_ids().end());
    if (!request.has_versions() || request.versions().unversioned()) builds.insert("");
    std::set<int> types(request.task_queue_types().begin(), request.task_queue_types().end());
    if (types.empty()) types = {enums::TASK_QUEUE_TYPE_WORKFLOW, enums::TASK_QUEUE_TYPE_ACTIVITY};
    auto response = std::make_unique<api::DescribeTaskQueueResponse>();
    static const TaskQueue none;
    for (const std::string& build : builds) {
        auto& version = (*response->mutable_versions_info())[build];
        for (const int type : types) {
            auto& info = (*version.mutable_types_info())[type];
            const TaskQueue& queue = build.empty() ? queueFor(world, request, type) : none;
            if (request.report_pollers()) addPollers(world, queue, &info);
            if (request.report_stats()) *info.mutable_stats() = allStats(world, queue);
        }
        if (!request.report_task_reachability()) continue;
        version.set_task_reachability(build.empty() ? enums::BUILD_ID_TASK_REACHABILITY_REACHABLE
                                                    : enums::BUILD_ID_TASK_REACHABILITY_UNREACHABLE);
    }
    return response;
}

void addStats(World& world, const TaskQueue& queue, api::DescribeTaskQueueResponse* response) {
    queue.visitLevels([&](PriorityLevel priority, const TaskLevel& level) {
        const TaskQueueStats stats = statsOf(world, level);
        add(stats, response->mutable_stats());
        (*response->mutable_stats_by_priority_key())[priority] = stats;
    });
}

std::unique_ptr<api::DescribeTaskQueueResponse> describeQueue(World& world, const Request& request) {
    world.namespaceOf(request.namespace_());
    const bool enhanced = request.api_mode() == enums::DESCRIBE_TASK_QUEUE_MODE_ENHANCED;
    refuse(taskQueueProblem(queueOf(request), enhanced ? QueueNames::Internal : QueueNames::Partitions));
    if (request.report_task_reachability() && request.versions().build_ids_size() > kMostBuildsAtOnce) {
        throw invalidArgument("Too many build ids queried at once with ReportTaskReachability==true, limit: " +
                              std::to_string(kMostBuildsAtOnce));
    }
    const bool sticky = request.task_queue().kind() == enums::TASK_QUEUE_KIND_STICKY;
    if (enhanced && sticky) {
        throw invalidArgument(
            "Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.");
    }
    if (enhanced) return describeVersions(world, request);
    if (request.report_stats() && (sticky || request.task_queue().name().starts_with(kPartitionPrefix))) {
        throw invalidArgument("DescribeTaskQueue stats are only supported for the root partition");
    }
    auto response = std::make_unique<api::DescribeTaskQueueResponse>();
    const TaskQueue& queue = queueFor(world, request, request.task_queue_type());
    addPollers(world, queue, response.get());
    if (request.report_stats()) addStats(world, queue, response.get());
    if (request.include_task_queue_status()) {
        auto* status = response->mutable_task_queue_status();
        status->set_backlog_count_hint(allStats(world, queue).approximate_backlog_count());
        status->set_rate_per_second(kTasksPerSecond);
        status->mutable_task_id_block()->set_start_id(1);
        status->mutable_task_id_block()->set_end_id(100'000);
    }
    if (!sticky) response->mutable_versioning_info()->set_current_version("__unversioned__");
    response->mutable_effective_rate_limit()->set_requests_per_second(kTasksPerSecond);
    response->mutable_effective_rate_limit()->set_rate_limit_source(enums::RATE_LIMIT_SOURCE_SYSTEM);
    return response;
}

/// A queue is not divided here: its one partition has its name.
std::unique_ptr<api::ListTaskQueuePartitionsResponse> listPartitions(
    World& world, const api::ListTaskQueuePartitionsRequest& request) {
    world.namespaceOf(request.namespace_());
    refuse(taskQueueProblem(queueOf(request), QueueNames::Internal));
    auto response = std::make_unique<api::ListTaskQueuePartitionsResponse>();
    for (auto* partition :
         {response->add_activity_task_queue_partitions(), response->add_workflow_task_queue_partitions()}) {
        partition->set_key(request.task_queue().name());
        partition->set_owner_host_name("127.0.0.1");
    }
    return response;
}

}  // namespace

void addQueueMethods(Methods& methods) {
    methods.add("DescribeTaskQueue", describeQueue);
    methods.add("ListTaskQueuePartitions", listPartitions);
}

}  // namespace orrery::server
