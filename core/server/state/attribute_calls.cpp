// SPDX-License-Identifier: MIT
// The operator's corner: search attributes of a namespace, and the cluster.
#include <temporal/api/operatorservice/v1/request_response.pb.h>

#include "core/server/state/attributes.h"
#include "core/server/state/methods.h"
#include "core/server/state/namespace_delete.h"

namespace orrery::server {

namespace api = temporal::api::operatorservice::v1;

namespace {

const Namespace& target(World& world, const std::string& name) {
    if (name.empty()) throw invalidArgument("Namespace is not set on request.");
    return world.namespaceOf(name);
}

std::unique_ptr<api::ListSearchAttributesResponse> list(World& world, const api::ListSearchAttributesRequest& request) {
    auto response = std::make_unique<api::ListSearchAttributesResponse>();
    for (const AttributeTypes* types : {&systemAttributes(), &predefinedAttributes()}) {
        for (const auto& [name, type] : *types) (*response->mutable_system_attributes())[name] = type;
    }
    for (const auto& [name, type] : target(world, request.namespace_()).searchAttributes) {
        (*response->mutable_custom_attributes())[name] = static_cast<enums::IndexedValueType>(type);
    }
    return response;
}

void checkNew(const std::string& name, int type) {
    if (isReservedAttribute(name)) throw invalidArgument("Search attribute " + name + " is reserved by system.");
    if (!enums::IndexedValueType_IsValid(type)) {
        throw invalidArgument("Unknown search attribute type: " + std::to_string(type) + ".");
    }
    if (type == enums::INDEXED_VALUE_TYPE_UNSPECIFIED) {
        throw invalidArgument(
            "Unable to create search attributes: cannot have more than 0 search attribute of type Unspecified.");
    }
}

/// A name that is there already stays as it is, whatever type is asked for now.
std::unique_ptr<api::AddSearchAttributesResponse> add(World& world, const api::AddSearchAttributesRequest& request) {
    if (request.search_attributes().empty()) throw invalidArgument("SearchAttributes are not set on request.");
    const Namespace& ns = target(world, request.namespace_());
    for (const auto& [name, type] : request.search_attributes()) {
        if (ns.searchAttributes.count(name) == 0) checkNew(name, int(type));
    }
    auto& attributes = world.changeNamespace(ns.name).searchAttributes;
    for (const auto& [name, type] : request.search_attributes()) attributes.emplace(name, int(type));
    return std::make_unique<api::AddSearchAttributesResponse>();
}

std::unique_ptr<api::RemoveSearchAttributesResponse> remove(World& world,
                                                            const api::RemoveSearchAttributesRequest& request) {
    if (request.search_attributes().empty()) throw invalidArgument("SearchAttributes are not set on request.");
    const Namespace& ns = target(world, request.namespace_());
    for (const std::string& name : request.search_attributes()) {
        if (systemAttributes().count(name) != 0 || predefinedAttributes().count(name) != 0) {
            throw invalidArgument("Unable to remove non-custom search attributes: " + name + ".");
        }
    }
    auto& attributes = world.changeNamespace(ns.name).searchAttributes;
    for (const std::string& name : request.search_attributes()) attributes.erase(name);
    return std::make_unique<api::RemoveSearchAttributesResponse>();
}

/// This one, which stands alone.
std::unique_ptr<api::ListClustersResponse> listClusters(World&, const api::ListClustersRequest&) {
    auto response = std::make_unique<api::ListClustersResponse>();
    auto* own = response->add_clusters();
    own->set_cluster_id("00000000-0000-4000-8000-000000000001");
    own->set_cluster_name("active");
    own->set_history_shard_count(1);
    own->set_initial_failover_version(1);
    own->set_is_connection_enabled(true);
    return response;
}

}  // namespace

void addOperatorMethods(Methods& methods) {
    methods.add("ListSearchAttributes", list);
    methods.add("AddSearchAttributes", add);
    methods.add("RemoveSearchAttributes", remove);
    methods.add("ListClusters", listClusters);
    addNamespaceDeletion(methods);
}

}  // namespace orrery::server
