// SPDX-License-Identifier: MIT
// A namespace goes with all that is in it. Temporal's server gives it another name at once and deletes its runs little
// by little; here all of it happens at once, and the new name is only told.
#include "core/server/state/namespace_delete.h"

#include <temporal/api/operatorservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/lifecycle.h"

namespace orrery::server {

namespace api = temporal::api::operatorservice::v1;

namespace {

const Namespace& toDelete(const World& world, const api::DeleteNamespaceRequest& request) {
    const std::string& name = request.namespace_();
    const std::string& id = request.namespace_id();
    if (name.empty() && id.empty()) throw invalidArgument("namespace or namespace ID is required");
    if (!name.empty() && !id.empty()) throw invalidArgument("only one of namespace or namespace ID must be set");
    if (name == kSystemNamespace) throw failedPrecondition("unable to delete system namespace");
    for (const auto& [known, ns] : world.namespaces()) {
        if (name.empty() ? ns.id == id : known == name) return ns;
    }
    throw invalidArgument("namespace " + (name.empty() ? id : name) + " is not found");
}

std::vector<Run*> runsOf(World& world, const std::string& ns) {
    std::vector<Run*> found;
    for (const auto& run : world.runs) {
        if (run->ns == ns) found.push_back(run.get());
    }
    return found;
}

std::unique_ptr<api::DeleteNamespaceResponse> deleteNamespace(World& world,
                                                              const api::DeleteNamespaceRequest& request) {
    constexpr size_t kSuffix = 5;
    const Namespace& ns = toDelete(world, request);
    const std::string name = ns.name;
    auto response = std::make_unique<api::DeleteNamespaceResponse>();
    response->set_deleted_namespace(name + "-deleted-" + ns.id.substr(0, kSuffix));
    for (Run* run : runsOf(world, name)) {
        if (run->open()) terminateRun(world, *run, "Delete workflow execution", nullptr, "history-service");
    }
    // After all that their ends bring about.
    world.later([&world, name] {
        for (Run* run : runsOf(world, name)) world.removeRun(*run);
        world.removeNamespace(name);
    });
    return response;
}

}  // namespace

void addNamespaceDeletion(Methods& methods) { methods.add("DeleteNamespace", deleteNamespace); }

}  // namespace orrery::server
