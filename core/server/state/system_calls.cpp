// SPDX-License-Identifier: MIT
// Namespaces, what the server is and can do, and the operator's corner.
#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/operatorservice/v1/request_response.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/methods.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
namespace operator_api = temporal::api::operatorservice::v1;
using namespace std::chrono_literals;

namespace {

/// The server generation whose behaviour this one follows; clients read it.
constexpr const char* kServerVersion = "1.32.0";
constexpr int64_t kBlobLimit = 2 * 1024 * 1024;

std::unique_ptr<api::GetSystemInfoResponse> systemInfo(World&, const api::GetSystemInfoRequest&) {
    auto response = std::make_unique<api::GetSystemInfoResponse>();
    response->set_server_version(kServerVersion);
    auto* can = response->mutable_capabilities();
    can->set_signal_and_query_header(true);
    can->set_internal_error_differentiation(true);
    can->set_activity_failure_include_heartbeat(true);
    can->set_encoded_failure_attributes(true);
    can->set_upsert_memo(true);
    can->set_eager_workflow_start(true);
    can->set_sdk_metadata(true);
    can->set_count_group_by_execution_status(true);
    return response;
}

std::unique_ptr<api::GetClusterInfoResponse> clusterInfo(World&, const api::GetClusterInfoRequest&) {
    auto response = std::make_unique<api::GetClusterInfoResponse>();
    for (const char* client : {"temporal-cli", "temporal-go", "temporal-java", "temporal-php", "temporal-server",
                               "temporal-typescript", "temporal-ui", "temporal-python", "temporal-dotnet"}) {
        (*response->mutable_supported_clients())[client] = "<9.0.0";
    }
    response->set_server_version(kServerVersion);
    response->set_cluster_id("00000000-0000-4000-8000-000000000001");
    response->set_cluster_name("active");
    response->set_history_shard_count(1);
    response->set_persistence_store("memory");
    response->set_visibility_store("memory");
    return response;
}

void describe(const Namespace& known, api::DescribeNamespaceResponse* response) {
    auto* info = response->mutable_namespace_info();
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
    info->mutable_limits()->set_blob_size_limit_error(kBlobLimit);
    info->mutable_limits()->set_memo_size_limit_error(kBlobLimit);
    payload::toProto(known.retention, response->mutable_config()->mutable_workflow_execution_retention_ttl());
    response->mutable_replication_config()->set_active_cluster_name("active");
    response->mutable_replication_config()->add_clusters()->set_cluster_name("active");
}

std::unique_ptr<api::DescribeNamespaceResponse> describeNamespace(World& world,
                                                                  const api::DescribeNamespaceRequest& request) {
    auto response = std::make_unique<api::DescribeNamespaceResponse>();
    if (request.namespace_().empty() && !request.id().empty()) {
        for (const auto& [name, known] : world.namespaces) {
            if (known.id != request.id()) continue;
            describe(known, response.get());
            return response;
        }
        throw namespaceNotFound(request.id());
    }
    describe(world.namespaceOf(request.namespace_()), response.get());
    return response;
}

std::unique_ptr<api::ListNamespacesResponse> listNamespaces(World& world, const api::ListNamespacesRequest&) {
    auto response = std::make_unique<api::ListNamespacesResponse>();
    for (const auto& [name, known] : world.namespaces) describe(known, response->add_namespaces());
    return response;
}

std::unique_ptr<api::RegisterNamespaceResponse> registerNamespace(World& world,
                                                                  const api::RegisterNamespaceRequest& request) {
    if (request.namespace_().empty()) throw invalidArgument("Namespace not set on request.");
    if (world.namespaces.count(request.namespace_()) != 0) {
        throw ServiceError(base::ErrorCode::AlreadyExists, "Namespace already exists.",
                           temporal::api::errordetails::v1::NamespaceAlreadyExistsFailure());
    }
    const base::Duration retention = payload::fromProto(request.workflow_execution_retention_period());
    if (retention > 0s && retention < 1h) throw invalidArgument("A minimum retention of 1 hour is required.");
    Namespace& added = world.addNamespace(request.namespace_());
    added.description = request.description();
    added.ownerEmail = request.owner_email();
    for (const auto& [key, value] : request.data()) added.data[key] = value;
    if (retention > 0s) added.retention = retention;
    return std::make_unique<api::RegisterNamespaceResponse>();
}

constexpr std::pair<const char*, enums::IndexedValueType> kSystemAttributes[] = {
    {"WorkflowId", enums::INDEXED_VALUE_TYPE_KEYWORD},      {"RunId", enums::INDEXED_VALUE_TYPE_KEYWORD},
    {"WorkflowType", enums::INDEXED_VALUE_TYPE_KEYWORD},    {"StartTime", enums::INDEXED_VALUE_TYPE_DATETIME},
    {"ExecutionTime", enums::INDEXED_VALUE_TYPE_DATETIME},  {"CloseTime", enums::INDEXED_VALUE_TYPE_DATETIME},
    {"ExecutionStatus", enums::INDEXED_VALUE_TYPE_KEYWORD}, {"TaskQueue", enums::INDEXED_VALUE_TYPE_KEYWORD},
    {"HistoryLength", enums::INDEXED_VALUE_TYPE_INT},       {"HistorySizeBytes", enums::INDEXED_VALUE_TYPE_INT},
};

std::unique_ptr<operator_api::ListSearchAttributesResponse> listAttributes(
    World& world, const operator_api::ListSearchAttributesRequest& request) {
    auto response = std::make_unique<operator_api::ListSearchAttributesResponse>();
    for (const auto& [name, type] : kSystemAttributes) (*response->mutable_system_attributes())[name] = type;
    const std::string ns = request.namespace_().empty() ? "default" : request.namespace_();
    for (const auto& [name, type] : world.namespaceOf(ns).searchAttributes) {
        (*response->mutable_custom_attributes())[name] = static_cast<enums::IndexedValueType>(type);
    }
    return response;
}

std::unique_ptr<operator_api::AddSearchAttributesResponse> addAttributes(
    World& world, const operator_api::AddSearchAttributesRequest& request) {
    const std::string ns = request.namespace_().empty() ? "default" : request.namespace_();
    Namespace& target = world.namespaceOf(ns);
    for (const auto& [name, type] : request.search_attributes()) target.searchAttributes.emplace(name, int(type));
    return std::make_unique<operator_api::AddSearchAttributesResponse>();
}

std::unique_ptr<operator_api::RemoveSearchAttributesResponse> removeAttributes(
    World& world, const operator_api::RemoveSearchAttributesRequest& request) {
    const std::string ns = request.namespace_().empty() ? "default" : request.namespace_();
    Namespace& target = world.namespaceOf(ns);
    for (const std::string& name : request.search_attributes()) {
        for (const auto& [system, type] : kSystemAttributes) {
            if (name == system) throw invalidArgument("Unable to remove non-custom search attributes: " + name + ".");
        }
    }
    for (const std::string& name : request.search_attributes()) target.searchAttributes.erase(name);
    return std::make_unique<operator_api::RemoveSearchAttributesResponse>();
}

}  // namespace

void addSystemMethods(Methods& methods) {
    methods.add("GetSystemInfo", systemInfo);
    methods.add("GetClusterInfo", clusterInfo);
}

void addNamespaceMethods(Methods& methods) {
    methods.add("DescribeNamespace", describeNamespace);
    methods.add("ListNamespaces", listNamespaces);
    methods.add("RegisterNamespace", registerNamespace);
}

void addOperatorMethods(Methods& methods) {
    methods.add("ListSearchAttributes", listAttributes);
    methods.add("AddSearchAttributes", addAttributes);
    methods.add("RemoveSearchAttributes", removeAttributes);
}

}  // namespace orrery::server
