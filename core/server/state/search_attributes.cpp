// SPDX-License-Identifier: MIT
#include "core/server/state/search_attributes.h"

#include <cstdlib>

#include <nlohmann/json.hpp>
#include <temporal/api/enums/v1/common.pb.h>

#include "core/base/time.h"

namespace orrery::server {
namespace {

const char* typeName(int type) {
    switch (type) {
        case enums::INDEXED_VALUE_TYPE_TEXT: return "Text";
        case enums::INDEXED_VALUE_TYPE_KEYWORD: return "Keyword";
        case enums::INDEXED_VALUE_TYPE_INT: return "Int";
        case enums::INDEXED_VALUE_TYPE_DOUBLE: return "Double";
        case enums::INDEXED_VALUE_TYPE_BOOL: return "Bool";
        case enums::INDEXED_VALUE_TYPE_DATETIME: return "Datetime";
        case enums::INDEXED_VALUE_TYPE_KEYWORD_LIST: return "KeywordList";
        default: return nullptr;
    }
}

/// One value or a list of them: clients send both.
std::vector<nlohmann::json> valuesOf(const Run& run, const std::string& name) {
    const auto found = run.searchAttributes.indexed_fields().find(name);
    if (found == run.searchAttributes.indexed_fields().end()) return {};
    const auto value = nlohmann::json::parse(found->second.data(), nullptr, false);
    if (value.is_discarded() || value.is_null()) return {};
    if (!value.is_array()) return {value};
    return {value.begin(), value.end()};
}

template <typename Value>
int order(const Value& left, const Value& right) {
    return left < right ? -1 : (right < left ? 1 : 0);
}

std::optional<int> compare(const nlohmann::json& value, int type, const std::string& word) {
    if (type == enums::INDEXED_VALUE_TYPE_INT || type == enums::INDEXED_VALUE_TYPE_DOUBLE) {
        char* end = nullptr;
        const double wanted = std::strtod(word.c_str(), &end);
        if (word.empty() || *end != '\0' || !value.is_number()) return std::nullopt;
        return order(value.get<double>(), wanted);
    }
    if (type == enums::INDEXED_VALUE_TYPE_BOOL) {
        if (!value.is_boolean()) return std::nullopt;
        return order(std::string(value.get<bool>() ? "true" : "false"), word);
    }
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
    if (type != enums::INDEXED_VALUE_TYPE_DATETIME) return order(text, word);
    const auto time = base::parseTimestamp(text);
    const auto wanted = base::parseTimestamp(word);
    if (!time || !wanted) return std::nullopt;
    return order(*time, *wanted);
}

}  // namespace

void typeAttributes(const World& world, const std::string& ns, common::SearchAttributes* attributes) {
    const auto space = world.namespaces.find(ns);
    if (space == world.namespaces.end()) return;
    for (auto& [name, value] : *attributes->mutable_indexed_fields()) {
        const auto registered = space->second.searchAttributes.find(name);
        if (registered == space->second.searchAttributes.end()) continue;
        if (const char* type = typeName(registered->second)) (*value.mutable_metadata())["type"] = type;
    }
}

std::vector<int> compareAttribute(const Run& run, const std::string& name, int type, const std::string& word) {
    std::vector<int> orders;
    for (const auto& value : valuesOf(run, name)) {
        if (const auto found = compare(value, type, word)) orders.push_back(*found);
    }
    return orders;
}

std::vector<std::string> attributeTexts(const Run& run, const std::string& name) {
    std::vector<std::string> texts;
    for (const auto& value : valuesOf(run, name))
        texts.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    return texts;
}

bool hasAttribute(const Run& run, const std::string& name) { return !valuesOf(run, name).empty(); }

}  // namespace orrery::server
