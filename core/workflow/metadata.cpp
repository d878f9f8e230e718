// SPDX-License-Identifier: MIT
#include "core/workflow/metadata.h"

#include <nlohmann/json.hpp>

#include "core/payload/json_text.h"

namespace orrery::workflow {
namespace {

/// Fields at their default are left out, as in every protobuf JSON.
nlohmann::json entry(const std::string& name, const std::string& description) {
    nlohmann::json json = nlohmann::json::object();
    if (!name.empty()) json["name"] = name;
    if (!description.empty()) json["description"] = description;
    return json;
}

template <class Handlers>
std::map<std::string, std::string> descriptions(const Handlers& handlers) {
    std::map<std::string, std::string> all;
    for (const auto& [name, handler] : handlers) all.emplace(name, handler.description);
    return all;
}

void addEntries(nlohmann::json& definition, const char* field, const std::map<std::string, std::string>& entries) {
    if (entries.empty()) return;
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [name, description] : entries) list.push_back(entry(name, description));
    definition[field] = std::move(list);
}

}  // namespace

Payload workflowMetadata(const WorkflowType& type, const std::string& workflowType, const std::string& currentDetails) {
    auto queries = descriptions(type.queries);
    queries.emplace(kStackTraceQuery, "Where the coroutines of the workflow wait.");
    queries.emplace(kMetadataQuery, "Metadata about the workflow.");

    nlohmann::json definition = nlohmann::json::object();
    if (!workflowType.empty()) definition["type"] = workflowType;
    addEntries(definition, "queryDefinitions", queries);
    addEntries(definition, "signalDefinitions", descriptions(type.signals));
    addEntries(definition, "updateDefinitions", descriptions(type.updates));
    nlohmann::json metadata = {{"definition", std::move(definition)}};
    if (!currentDetails.empty()) metadata["currentDetails"] = currentDetails;

    Payload payload;
    payload.metadata = {{"encoding", "json/protobuf"}, {"messageType", "temporal.api.sdk.v1.WorkflowMetadata"}};
    payload.data = payload::compactJson(metadata);
    return payload;
}

}  // namespace orrery::workflow
