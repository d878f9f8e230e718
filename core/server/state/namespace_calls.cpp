// SPDX-License-Identifier: MIT
// Namespaces: what they are called, how long their closed runs are kept, and who owns them.
#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/checks.h"
#include "core/server/state/methods.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

constexpr const char* kCluster = "active";

void fillInfo(const World& world, const Namespace& known, temporal::api::namespace_::v1::NamespaceInfo* info) {
    info->set_name(known.name);
    info->set_id(known.id);
    info->set_description(known.description);
    info->set_owner_email(known.ownerEmail);
    info->set_state(enums::NAMESPACE_STATE_REGISTERED);
    for (const auto& [key, value] : known.data) (*info->mutable_data())[key] = value;
    auto* can = info->mutable_capabilities();
    can->set_eager_workflow_start(true);
    can->set_sync_update(true);
    can->set_async_update(true);
    can->set_reported_problems_search_attribute(true);
    can->set_worker_heartbeats(true);
    can->set_worker_poll_complete_on_shutdown(world.limits().pollsEndWithWorker);
    can->set_poller_autoscaling(true);
    info->mutable_limits()->set_blob_size_limit_error(int64_t(world.limits().blobSize));
    info->mutable_limits()->set_memo_size_limit_error(int64_t(world.limits().memoSize));
    // Temporal tells it even while it takes no completions in pages.
    constexpr int64_t kPagesOfCompletion = 40 * 1024 * 1024;
    info->mutable_limits()->set_workflow_task_completion_size_limit_error(kPagesOfCompletion);
}

template <typename Response>
void describe(const World& world, const Namespace& known, Response* response) {
    fillInfo(world, known, response->mutable_namespace_info());
    auto* config = response->mutable_config();
    payload::toProto(known.retention, config->mutable_workflow_execution_retention_ttl());
    config->set_history_archival_state(enums::ARCHIVAL_STATE_DISABLED);
    config->set_visibility_archival_state(enums::ARCHIVAL_STATE_DISABLED);
    config->mutable_bad_binaries();
    response->mutable_replication_config()->set_active_cluster_name(kCluster);
    response->mutable_replication_config()->add_clusters()->set_cluster_name(kCluster);
}

const Namespace& namespaceOfId(const World& world, const std::string& id) {
    if (!isUuid(id)) {
        throw ServiceError(base::ErrorCode::Unknown, "invalid UUID length: " + std::to_string(id.size()));
    }
    for (const auto& [name, known] : world.namespaces()) {
        if (known.id == id) return known;
    }
    throw namespaceNotFound(id);
}

void checkNamed(const std::string& name) {
    if (name.empty()) throw invalidArgument("Namespace not set on request.");
}

std::unique_ptr<api::DescribeNamespaceResponse> describeNamespace(World& world,
                                                                  const api::DescribeNamespaceRequest& request) {
    auto response = std::make_unique<api::DescribeNamespaceResponse>();
    if (request.id().empty()) {
        checkNamed(request.namespace_());
        describe(world, world.namespaceOf(request.namespace_()), response.get());
    } else if (request.namespace_().empty()) {
        describe(world, namespaceOfId(world, request.id()), response.get());
    } else {
        throw invalidArgument("GetNamespace operation failed.  Both ID and Name specified in request.");
    }
    return response;
}

std::unique_ptr<api::ListNamespacesResponse> listNamespaces(World& world, const api::ListNamespacesRequest& request) {
    constexpr int kUsualPage = 100;
    const int size = request.page_size() > 0 ? request.page_size() : kUsualPage;
    auto response = std::make_unique<api::ListNamespacesResponse>();
    // A token is the name of the last one that was given.
    auto next = world.namespaces().upper_bound(request.next_page_token());
    for (; next != world.namespaces().end() && response->namespaces_size() < size; ++next) {
        describe(world, next->second, response->add_namespaces());
    }
    if (next != world.namespaces().end()) response->set_next_page_token(std::prev(next)->first);
    return response;
}

/// At least an hour, as Temporal's server on a machine of one's own has it.
void checkRetention(const World& world, const google::protobuf::Duration& duration) {
    if (payload::fromProto(duration) < world.limits().shortestRetention)
        throw invalidArgument("A valid retention period is not set on request.");
}

/// This server is a cluster of its own, under the one name that a single cluster has.
void checkCluster(const std::string& name) {
    if (!name.empty() && name != kCluster) throw invalidArgument("Invalid cluster name: " + name);
}

std::unique_ptr<api::RegisterNamespaceResponse> registerNamespace(World& world,
                                                                  const api::RegisterNamespaceRequest& request) {
    const std::string& name = request.namespace_();
    checkNamed(name);
    if (tooLong(name)) throw invalidArgument("Namespace length exceeds limit.");
    checkRetention(world, request.workflow_execution_retention_period());
    if (request.is_global_namespace()) throw invalidArgument("Cannot register global namespace when not enabled");
    if (world.namespaces().count(name) != 0 || name == kSystemNamespace) {
        throw ServiceError(base::ErrorCode::AlreadyExists, "Namespace \"" + name + "\" already exists",
                           temporal::api::errordetails::v1::NamespaceAlreadyExistsFailure());
    }
    checkCluster(request.active_cluster_name());
    Namespace& added = world.addNamespace(name);
    added.description = request.description();
    added.ownerEmail = request.owner_email();
    for (const auto& [key, value] : request.data()) added.data[key] = value;
    added.retention = payload::fromProto(request.workflow_execution_retention_period());
    return std::make_unique<api::RegisterNamespaceResponse>();
}

/// What is given replaces what was; what is left out stays.
std::unique_ptr<api::UpdateNamespaceResponse> updateNamespace(World& world,
                                                              const api::UpdateNamespaceRequest& request) {
    checkNamed(request.namespace_());
    Namespace& known = world.changeNamespace(request.namespace_());
    const bool hasRetention = request.config().has_workflow_execution_retention_ttl();
    if (hasRetention) checkRetention(world, request.config().workflow_execution_retention_ttl());
    if (!request.delete_bad_binary().empty()) {
        throw invalidArgument("Bad binary checksum " + request.delete_bad_binary() + " doesn't exists.");
    }
    if (request.promote_namespace()) {
        throw invalidArgument(
            "global namespace is not enabled on this cluster, cannot update global namespace or promote local "
            "namespace: " +
            known.name);
    }
    checkCluster(request.replication_config().active_cluster_name());
    if (hasRetention) known.retention = payload::fromProto(request.config().workflow_execution_retention_ttl());
    if (!request.update_info().description().empty()) known.description = request.update_info().description();
    if (!request.update_info().owner_email().empty()) known.ownerEmail = request.update_info().owner_email();
    for (const auto& [key, value] : request.update_info().data()) known.data[key] = value;
    auto response = std::make_unique<api::UpdateNamespaceResponse>();
    describe(world, known, response.get());
    return response;
}

}  // namespace

void addNamespaceMethods(Methods& methods) {
    methods.add("DescribeNamespace", describeNamespace);
    methods.add("ListNamespaces", listNamespaces);
    methods.add("RegisterNamespace", registerNamespace);
    methods.add("UpdateNamespace", updateNamespace);
}

}  // namespace orrery::server
