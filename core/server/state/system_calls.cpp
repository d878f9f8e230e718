// SPDX-License-Identifier: MIT
// What the server is and can do.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/attributes.h"
#include "core/server/state/methods.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

/// The server generation whose behaviour this one follows; clients read it.
constexpr const char* kServerVersion = "1.32.0";
constexpr const char* kClusterId = "00000000-0000-4000-8000-000000000001";
constexpr const char* kClusterName = "active";

std::unique_ptr<api::GetSystemInfoResponse> systemInfo(World&, const api::GetSystemInfoRequest&) {
    auto response = std::make_unique<api::GetSystemInfoResponse>();
    response->set_server_version(kServerVersion);
    auto* can = response->mutable_capabilities();
    can->set_signal_and_query_header(true);
    can->set_internal_error_differentiation(true);
    can->set_activity_failure_include_heartbeat(true);
    can->set_encoded_failure_attributes(true);
    can->set_build_id_based_versioning(true);
    can->set_upsert_memo(true);
    can->set_eager_workflow_start(true);
    can->set_sdk_metadata(true);
    can->set_count_group_by_execution_status(true);
    return response;
}

std::unique_ptr<api::GetClusterInfoResponse> clusterInfo(World&, const api::GetClusterInfoRequest&) {
    auto response = std::make_unique<api::GetClusterInfoResponse>();
    for (const char* client : {"Nexus-go-sdk", "temporal-cli", "temporal-go", "temporal-java", "temporal-php",
                               "temporal-server", "temporal-typescript"}) {
        (*response->mutable_supported_clients())[client] = "<2.0.0";
    }
    (*response->mutable_supported_clients())["temporal-ui"] = "<3.0.0";
    response->set_server_version(kServerVersion);
    response->set_cluster_id(kClusterId);
    response->set_cluster_name(kClusterName);
    response->set_history_shard_count(1);
    response->set_persistence_store("memory");
    response->set_visibility_store("memory");
    response->set_initial_failover_version(1);
    response->set_failover_version_increment(10);
    return response;
}

/// Every attribute that a query may name.
std::unique_ptr<api::GetSearchAttributesResponse> searchAttributes(World& world,
                                                                   const api::GetSearchAttributesRequest&) {
    auto response = std::make_unique<api::GetSearchAttributesResponse>();
    auto* keys = response->mutable_keys();
    for (const AttributeTypes* types : {&systemAttributes(), &predefinedAttributes()}) {
        for (const auto& [name, type] : *types) (*keys)[name] = type;
    }
    for (const auto& [nsName, ns] : world.namespaces()) {
        for (const auto& [name, type] : ns.searchAttributes) (*keys)[name] = static_cast<enums::IndexedValueType>(type);
    }
    return response;
}

}  // namespace

void addSystemMethods(Methods& methods) {
    methods.add("GetSystemInfo", systemInfo);
    methods.add("GetClusterInfo", clusterInfo);
    methods.add("GetSearchAttributes", searchAttributes);
}

}  // namespace orrery::server
