// SPDX-License-Identifier: MIT
#include "core/server/state/attributes.h"

#include <charconv>
#include <set>

#include "core/payload/json.h"
#include "core/server/state/go_text.h"

namespace orrery::server {
namespace {

/// Predefined attributes that only the server itself fills.
const std::set<std::string>& internalAttributes() {
    static const std::set<std::string> names = {
        "TemporalWorkerDeploymentVersion", "TemporalWorkflowVersioningBehavior",
        "TemporalWorkerDeployment",        "TemporalUsedWorkerDeploymentVersions",
        "TemporalExternalPayloadCount",    "TemporalExternalPayloadSizeBytes"};
    return names;
}

template <typename Number>
std::optional<Number> numberOf(std::string_view text) {
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

AttributeValue readScalar(payload::JsonReader& json, enums::IndexedValueType type);

/// A list counts as its only item, and an empty one as no value.
AttributeValue readOnlyItem(payload::JsonReader& json, enums::IndexedValueType type) {
    AttributeValue only;
    int items = 0;
    json.enterArray();
    while (json.nextItem()) {
        if (++items > 1) json.fail(json.offset(), "one value only");
        only = readScalar(json, type);
    }
    return only;
}

AttributeValue readWords(payload::JsonReader& json) {
    std::vector<std::string> words;
    json.enterArray();
    while (json.nextItem()) words.emplace_back(json.string());
    if (words.empty()) return {};
    return words;
}

AttributeValue readScalar(payload::JsonReader& json, enums::IndexedValueType type) {
    const size_t begin = json.offset();
    const auto need = [&](auto value) -> AttributeValue {
        if (!value) json.fail(begin, "another type is wanted");
        return *value;
    };
    switch (type) {
        case enums::INDEXED_VALUE_TYPE_BOOL: return json.boolean();
        case enums::INDEXED_VALUE_TYPE_INT: return need(numberOf<int64_t>(json.number()));
        case enums::INDEXED_VALUE_TYPE_DOUBLE: return need(numberOf<double>(json.number()));
        case enums::INDEXED_VALUE_TYPE_DATETIME: return need(base::parseTimestamp(json.string()));
        default: return std::string(json.string());
    }
}

bool isEncoded(const common::Payload& payload, const char* encoding) {
    const auto found = payload.metadata().find("encoding");
    return found != payload.metadata().end() && found->second == encoding;
}

std::string invalidValue(const std::string& name, enums::IndexedValueType type, const common::Payload& payload) {
    std::optional<std::string> shown;
    if (isEncoded(payload, "json/plain")) shown = goValue(payload.data());
    return "invalid value for search attribute " + name + " of type " + typeName(type) + ": " +
           shown.value_or("value from <" + goPayload(payload) + ">");
}

}  // namespace

const AttributeTypes& systemAttributes() {
    static const AttributeTypes types = {
        {"WorkflowId", enums::INDEXED_VALUE_TYPE_KEYWORD},       {"RunId", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"WorkflowType", enums::INDEXED_VALUE_TYPE_KEYWORD},     {"StartTime", enums::INDEXED_VALUE_TYPE_DATETIME},
        {"ExecutionTime", enums::INDEXED_VALUE_TYPE_DATETIME},   {"CloseTime", enums::INDEXED_VALUE_TYPE_DATETIME},
        {"ExecutionStatus", enums::INDEXED_VALUE_TYPE_KEYWORD},  {"TaskQueue", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"HistoryLength", enums::INDEXED_VALUE_TYPE_INT},        {"ExecutionDuration", enums::INDEXED_VALUE_TYPE_INT},
        {"StateTransitionCount", enums::INDEXED_VALUE_TYPE_INT}, {"HistorySizeBytes", enums::INDEXED_VALUE_TYPE_INT},
        {"ParentWorkflowId", enums::INDEXED_VALUE_TYPE_KEYWORD}, {"ParentRunId", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"RootWorkflowId", enums::INDEXED_VALUE_TYPE_KEYWORD},   {"RootRunId", enums::INDEXED_VALUE_TYPE_KEYWORD}};
    return types;
}

const AttributeTypes& predefinedAttributes() {
    static const AttributeTypes types = {
        {"TemporalChangeVersion", enums::INDEXED_VALUE_TYPE_KEYWORD_LIST},
        {"BinaryChecksums", enums::INDEXED_VALUE_TYPE_KEYWORD_LIST},
        {"BuildIds", enums::INDEXED_VALUE_TYPE_KEYWORD_LIST},
        {"BatcherNamespace", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"BatcherUser", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"TemporalScheduledStartTime", enums::INDEXED_VALUE_TYPE_DATETIME},
        {"TemporalScheduledById", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"TemporalSchedulePaused", enums::INDEXED_VALUE_TYPE_BOOL},
        {"TemporalNamespaceDivision", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"TemporalPauseInfo", enums::INDEXED_VALUE_TYPE_KEYWORD_LIST},
        {"TemporalReportedProblems", enums::INDEXED_VALUE_TYPE_KEYWORD_LIST},
        {"TemporalWorkerDeploymentVersion", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"TemporalWorkflowVersioningBehavior", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"TemporalWorkerDeployment", enums::INDEXED_VALUE_TYPE_KEYWORD},
        {"TemporalUsedWorkerDeploymentVersions", enums::INDEXED_VALUE_TYPE_KEYWORD_LIST},
        {"TemporalExternalPayloadCount", enums::INDEXED_VALUE_TYPE_INT},
        {"TemporalExternalPayloadSizeBytes", enums::INDEXED_VALUE_TYPE_INT}};
    return types;
}

bool isReservedAttribute(const std::string& name) {
    static const std::set<std::string> words = {"NamespaceId", "MemoEncoding", "Memo", "VisibilityTaskKey"};
    return systemAttributes().count(name) != 0 || predefinedAttributes().count(name) != 0 || words.count(name) != 0 ||
           name.starts_with("Temporal");
}

std::string typeName(enums::IndexedValueType type) {
    switch (type) {
        case enums::INDEXED_VALUE_TYPE_TEXT: return "Text";
        case enums::INDEXED_VALUE_TYPE_KEYWORD: return "Keyword";
        case enums::INDEXED_VALUE_TYPE_INT: return "Int";
        case enums::INDEXED_VALUE_TYPE_DOUBLE: return "Double";
        case enums::INDEXED_VALUE_TYPE_BOOL: return "Bool";
        case enums::INDEXED_VALUE_TYPE_DATETIME: return "Datetime";
        case enums::INDEXED_VALUE_TYPE_KEYWORD_LIST: return "KeywordList";
        case enums::INDEXED_VALUE_TYPE_UNSPECIFIED: return "Unspecified";
        default: return std::to_string(int(type));
    }
}

std::optional<enums::IndexedValueType> typeOfName(const std::string& name) {
    for (int type = enums::IndexedValueType_MIN; type <= enums::IndexedValueType_MAX; ++type) {
        const auto known = enums::IndexedValueType(type);
        if (known != enums::INDEXED_VALUE_TYPE_UNSPECIFIED && typeName(known) == name) return known;
    }
    return std::nullopt;
}

std::optional<enums::IndexedValueType> attributeType(const Namespace& ns, const std::string& name) {
    for (const AttributeTypes* types : {&systemAttributes(), &predefinedAttributes()}) {
        if (const auto found = types->find(name); found != types->end()) return found->second;
    }
    const auto found = ns.searchAttributes.find(name);
    if (found == ns.searchAttributes.end()) return std::nullopt;
    return static_cast<enums::IndexedValueType>(found->second);
}

std::optional<AttributeValue> attributeValue(const common::Payload& payload, enums::IndexedValueType type) {
    if (isEncoded(payload, "binary/null")) return AttributeValue{};
    if (!isEncoded(payload, "json/plain")) return std::nullopt;
    using Kind = payload::JsonReader::Kind;
    try {
        payload::JsonReader json(payload.data());
        AttributeValue value;
        if (json.peek() == Kind::Null) {
            json.null();
        } else if (type == enums::INDEXED_VALUE_TYPE_KEYWORD_LIST) {
            value = readWords(json);
        } else {
            value = json.peek() == Kind::Array ? readOnlyItem(json, type) : readScalar(json, type);
        }
        json.end();
        return value;
    } catch (const payload::JsonError&) {
        return std::nullopt;
    }
}

void typeAttributes(const World& world, const std::string& ns, common::SearchAttributes* attributes) {
    const auto space = world.namespaces().find(ns);
    if (space == world.namespaces().end()) return;
    for (auto& [name, value] : *attributes->mutable_indexed_fields()) {
        if (value.metadata().count("type") != 0) continue;
        if (const auto type = attributeType(space->second, name)) (*value.mutable_metadata())["type"] = typeName(*type);
    }
}

std::optional<std::string> unknownAttribute(const Namespace& ns, const common::SearchAttributes& attributes) {
    for (const auto& [name, value] : attributes.indexed_fields()) {
        if (!attributeType(ns, name)) {
            return "Namespace " + ns.name + " has no mapping defined for search attribute " + name;
        }
    }
    return std::nullopt;
}

std::optional<std::string> attributesProblem(const Limits& limits, const Namespace& ns,
                                             const common::SearchAttributes& attributes) {
    if (auto problem = unknownAttribute(ns, attributes)) return problem;
    const auto& fields = attributes.indexed_fields();
    if (size_t(fields.size()) > limits.searchAttributes) {
        return "number of search attributes " + std::to_string(fields.size()) + " exceeds limit " +
               std::to_string(limits.searchAttributes);
    }
    for (const auto& [name, value] : fields) {
        if (systemAttributes().count(name) != 0 || internalAttributes().count(name) != 0) {
            return name + " attribute can't be set in SearchAttributes";
        }
        const auto type = attributeType(ns, name);
        if (!attributeValue(value, *type)) return invalidValue(name, *type, value);
    }
    return std::nullopt;
}

std::optional<std::string> attributesSizeProblem(const Limits& limits, const common::SearchAttributes& attributes) {
    for (const auto& [name, value] : attributes.indexed_fields()) {
        if (value.data().size() > limits.searchAttributeSize) {
            return "search attribute " + name + " value size " + std::to_string(value.data().size()) +
                   " exceeds size limit " + std::to_string(limits.searchAttributeSize);
        }
    }
    if (attributes.ByteSizeLong() > limits.searchAttributesSize) {
        return "total size of search attributes " + std::to_string(attributes.ByteSizeLong()) + " exceeds size limit " +
               std::to_string(limits.searchAttributesSize);
    }
    return std::nullopt;
}

void upsertFields(const PayloadFields& from, PayloadFields* to) {
    for (const auto& [key, value] : from) {
        if (value.data().empty() || value.data() == "null" || value.data() == "[]") {
            to->erase(key);
        } else {
            (*to)[key] = value;
        }
    }
}

}  // namespace orrery::server
