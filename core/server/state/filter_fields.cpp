// SPDX-License-Identifier: MIT
#include "core/server/state/filter_fields.h"

#include <map>

#include "core/server/state/build_ids.h"

namespace orrery::server {
namespace {

constexpr const char* kPrefix = "Temporal";

AttributeValue valueOf(const Run& run, const FilterField& field) {
    const auto& fields = run.searchAttributes->indexed_fields();
    const auto found = fields.find(field.name);
    if (found == fields.end()) {
        auto words = buildWords(run, field.name);
        return words.empty() ? AttributeValue() : AttributeValue(std::move(words));
    }
    return attributeValue(found->second, field.type).value_or(AttributeValue{});
}

std::optional<FilterNumber> numberIn(const AttributeValue& value) {
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
    if (const auto* whole = std::get_if<int64_t>(&value)) return FilterNumber(*whole);
    if (const auto* fraction = std::get_if<double>(&value)) return FilterNumber(*fraction);
    if (const auto* time = std::get_if<base::Timestamp>(&value)) return filterNumber(*time);
    return std::nullopt;
}

/// Of a run that is open the store knows no numbers yet.
template <typename Read>
NumberReader ofClosed(Read read) {
    return [read](const Run& run) { return run.open() ? std::nullopt : std::optional(FilterNumber(read(run))); };
}

const std::map<std::string, NumberReader>& systemNumbers() {
    static const std::map<std::string, NumberReader> readers = {
        {"StartTime", [](const Run& run) { return std::optional(filterNumber(run.startTime)); }},
        {"ExecutionTime", [](const Run& run) { return std::optional(filterNumber(run.executionTime)); }},
        {"CloseTime", ofClosed([](const Run& run) { return filterNumber(run.closeTime); })},
        {"ExecutionStatus", [](const Run& run) { return std::optional(FilterNumber(run.status)); }},
        {"HistoryLength", ofClosed([](const Run& run) { return run.log.lastId(); })},
        {"HistorySizeBytes", ofClosed([](const Run& run) { return run.log.bytes(); })},
        {"StateTransitionCount", ofClosed([](const Run& run) { return run.transitions; })},
        {"ExecutionDuration", ofClosed([](const Run& run) { return (run.closeTime - run.executionTime).count(); })},
    };
    return readers;
}

std::optional<std::string> some(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

const std::map<std::string, TextReader>& systemTexts() {
    static const std::map<std::string, TextReader> readers = {
        {"WorkflowId", [](const Run& run) { return std::optional(run.workflowId); }},
        {"RunId", [](const Run& run) { return std::optional(run.runId); }},
        {"WorkflowType", [](const Run& run) { return std::optional(run.typeName()); }},
        {"TaskQueue", [](const Run& run) { return std::optional(run.taskQueue()); }},
        {"ParentWorkflowId", [](const Run& run) { return run.parent ? some(run.parent->workflowId) : std::nullopt; }},
        {"ParentRunId", [](const Run& run) { return run.parent ? some(run.parent->runId) : std::nullopt; }},
        {"RootWorkflowId", [](const Run& run) { return std::optional(run.rootWorkflowId()); }},
        {"RootRunId", [](const Run& run) { return std::optional(run.rootRunId()); }},
    };
    return readers;
}

std::optional<FilterField> ofServer(const std::string& alias, const std::string& name) {
    for (const AttributeTypes* types : {&systemAttributes(), &predefinedAttributes()}) {
        if (const auto found = types->find(name); found != types->end()) {
            return FilterField{alias, name, found->second};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<FilterField> filterField(const Namespace& ns, const std::string& name) {
    if (auto known = ofServer(name, name)) return known;
    if (const auto custom = ns.searchAttributes.find(name); custom != ns.searchAttributes.end()) {
        return FilterField{name, name, static_cast<enums::IndexedValueType>(custom->second)};
    }
    const bool prefixed = name.starts_with(kPrefix);
    const std::string bare = prefixed ? name.substr(std::string_view(kPrefix).size()) : name;
    // There is no such attribute: schedules are workflows, and this is their id.
    if (bare == "ScheduleId") return ofServer(name, "WorkflowId");
    return ofServer(name, prefixed ? bare : kPrefix + name);
}

FilterNumber filterNumber(base::Timestamp time) {
    return FilterNumber(std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count());
}

bool isNumberField(const FilterField& field) {
    switch (field.type) {
        case enums::INDEXED_VALUE_TYPE_INT:
        case enums::INDEXED_VALUE_TYPE_DOUBLE:
        case enums::INDEXED_VALUE_TYPE_BOOL:
        case enums::INDEXED_VALUE_TYPE_DATETIME: return true;
        default: return field.name == "ExecutionStatus";
    }
}

NumberReader numberReader(const FilterField& field) {
    if (const auto system = systemNumbers().find(field.name); system != systemNumbers().end()) return system->second;
    return [field](const Run& run) { return numberIn(valueOf(run, field)); };
}

TextReader textReader(const FilterField& field) {
    if (const auto system = systemTexts().find(field.name); system != systemTexts().end()) return system->second;
    return [field](const Run& run) -> std::optional<std::string> {
        AttributeValue value = valueOf(run, field);
        if (auto* text = std::get_if<std::string>(&value)) return std::move(*text);
        return std::nullopt;
    };
}

ListReader listReader(const FilterField& field) {
    return [field](const Run& run) -> std::optional<std::vector<std::string>> {
        AttributeValue value = valueOf(run, field);
        if (auto* words = std::get_if<std::vector<std::string>>(&value)) return std::move(*words);
        return std::nullopt;
    };
}

}  // namespace orrery::server
