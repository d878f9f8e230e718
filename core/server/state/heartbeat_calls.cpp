// SPDX-License-Identifier: MIT
// Workers that say that they live, and who asks for them.
#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/pollers.h"
#include "core/server/state/worker_filter.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
namespace worker_api = temporal::api::worker::v1;

namespace {

constexpr std::string_view kSystemQueues = "temporal-sys-";

using Heartbeats = std::vector<const WorkerHeartbeat*>;

/// In the order of their keys.
template <typename Request>
Heartbeats askedFor(World& world, const Request& request) {
    world.namespaceOf(request.namespace_());
    const WorkerFilter filter = workerFilter(request.query());
    Heartbeats found;
    const auto* workers = world.workers.of(request.namespace_(), world.wall);
    if (workers == nullptr) return found;
    for (const auto& [key, worker] : *workers) {
        const bool ofSystem = worker.heartbeat->task_queue().starts_with(kSystemQueues);
        if ((!ofSystem || request.include_system_workers()) && filter(*worker.heartbeat)) {
            found.push_back(worker.heartbeat.get());
        }
    }
    return found;
}

worker_api::WorkerListInfo listed(const WorkerHeartbeat& heartbeat) {
    worker_api::WorkerListInfo info;
    info.set_worker_instance_key(heartbeat.worker_instance_key());
    info.set_worker_identity(heartbeat.worker_identity());
    info.set_task_queue(heartbeat.task_queue());
    if (heartbeat.has_deployment_version()) *info.mutable_deployment_version() = heartbeat.deployment_version();
    info.set_sdk_name(heartbeat.sdk_name());
    info.set_sdk_version(heartbeat.sdk_version());
    info.set_status(heartbeat.status());
    if (heartbeat.has_start_time()) *info.mutable_start_time() = heartbeat.start_time();
    info.set_host_name(heartbeat.host_info().host_name());
    info.set_worker_grouping_key(heartbeat.host_info().worker_grouping_key());
    info.set_process_id(heartbeat.host_info().process_id());
    *info.mutable_plugins() = heartbeat.plugins();
    *info.mutable_drivers() = heartbeat.drivers();
    return info;
}

/// The key of the last worker of the page before; empty for the first page.
std::string readPlace(const std::string& token) {
    if (token.empty()) return {};
    const auto place = nlohmann::json::parse(token, nullptr, false);
    if (!place.is_object() || (place.contains("l") && !place["l"].is_string())) {
        throw invalidArgument("invalid next_page_token");
    }
    return place.value("l", std::string());
}

std::unique_ptr<api::RecordWorkerHeartbeatResponse> recordHeartbeats(World& world,
                                                                     const api::RecordWorkerHeartbeatRequest& request) {
    world.namespaceOf(request.namespace_());
    for (const auto& heartbeat : request.worker_heartbeat()) {
        world.workers.record(request.namespace_(), heartbeat, world.wall);
    }
    return std::make_unique<api::RecordWorkerHeartbeatResponse>();
}

std::unique_ptr<api::ListWorkersResponse> listWorkers(World& world, const api::ListWorkersRequest& request) {
    const Heartbeats all = askedFor(world, request);
    auto response = std::make_unique<api::ListWorkersResponse>();
    if (all.empty()) return response;
    const std::string place = readPlace(request.next_page_token());
    auto next = std::find_if(all.begin(), all.end(), [&](const WorkerHeartbeat* heartbeat) {
        return place.empty() || heartbeat->worker_instance_key() > place;
    });
    const auto size = request.page_size() > 0 ? int64_t(request.page_size()) : int64_t(all.size());
    for (int64_t i = 0; i < size && next != all.end(); ++i, ++next) {
        *response->add_workers_info()->mutable_worker_heartbeat() = **next;
        *response->add_workers() = listed(**next);
    }
    if (next != all.end()) {
        const std::string& last = response->workers(response->workers_size() - 1).worker_instance_key();
        response->set_next_page_token(
            nlohmann::json({{"l", last}}).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    return response;
}

std::unique_ptr<api::CountWorkersResponse> countWorkers(World& world, const api::CountWorkersRequest& request) {
    auto response = std::make_unique<api::CountWorkersResponse>();
    response->set_count(int64_t(askedFor(world, request).size()));
    return response;
}

std::unique_ptr<api::DescribeWorkerResponse> describeWorker(World& world, const api::DescribeWorkerRequest& request) {
    const Namespace& ns = world.namespaceOf(request.namespace_());
    const auto* workers = world.workers.of(ns.name, world.wall);
    if (workers == nullptr) throw namespaceNotFound(ns.id);
    const auto found = workers->find(request.worker_instance_key());
    if (found == workers->end()) throw notFound("Worker " + request.worker_instance_key() + " not found");
    auto response = std::make_unique<api::DescribeWorkerResponse>();
    *response->mutable_worker_info()->mutable_worker_heartbeat() = *found->second.heartbeat;
    return response;
}

}  // namespace

void addHeartbeatMethods(Methods& methods) {
    methods.add("RecordWorkerHeartbeat", recordHeartbeats);
    methods.add("ListWorkers", listWorkers);
    methods.add("CountWorkers", countWorkers);
    methods.add("DescribeWorker", describeWorker);
}

}  // namespace orrery::server
