// SPDX-License-Identifier: MIT
#include "core/server/state/build_ids.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/server/state/attributes.h"
#include "core/server/state/reset_points.h"

namespace orrery::server {
namespace {

constexpr std::string_view kBuildIds = "BuildIds";
constexpr std::string_view kChecksums = "BinaryChecksums";
constexpr size_t kMostBytes = Limits{}.searchAttributeSize;
constexpr std::string_view kUnversioned = "unversioned";

std::string_view prefixOf(const common::WorkerVersionStamp& stamp) {
    return stamp.use_versioning() ? "versioned:" : "unversioned:";
}

bool names(const std::string& word, const common::WorkerVersionStamp& stamp) {
    const std::string_view prefix = prefixOf(stamp);
    return word.size() == prefix.size() + stamp.build_id().size() && word.starts_with(prefix) &&
           word.ends_with(stamp.build_id());
}

/// As Go writes JSON.
std::string jsonOf(const std::vector<std::string>& words) {
    const std::string text = nlohmann::json(words).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::string escaped;
    for (const char letter : text) {
        switch (letter) {
            case '<': escaped += "\\u003c"; break;
            case '>': escaped += "\\u003e"; break;
            case '&': escaped += "\\u0026"; break;
            default: escaped += letter;
        }
    }
    return escaped;
}

common::Payload keywordList(const std::vector<std::string>& words) {
    common::Payload value;
    (*value.mutable_metadata())["encoding"] = "json/plain";
    (*value.mutable_metadata())["type"] = typeName(enums::INDEXED_VALUE_TYPE_KEYWORD_LIST);
    value.set_data(jsonOf(words));
    return value;
}

const common::Payload* given(const Run& run, std::string_view attribute) {
    if (!run.searchAttributes.edited()) return nullptr;
    const auto& fields = run.searchAttributes->indexed_fields();
    const auto found = fields.find(std::string(attribute));
    return found == fields.end() ? nullptr : &found->second;
}

/// Drops the oldest builds, but not the mark that there was a worker without versioning.
void shorten(std::vector<std::string>* words) {
    while (!words->empty() && jsonOf(*words).size() > kMostBytes) {
        const bool marked = words->size() > 1 && words->front() == kUnversioned;
        words->erase(words->begin() + (marked ? 1 : 0));
    }
}

/// The workflow wrote the attribute itself: what is noted stands behind that.
void noteInAttribute(Run& run, const common::Payload& before, const common::WorkerVersionStamp& stamp) {
    const auto value = attributeValue(before, enums::INDEXED_VALUE_TYPE_KEYWORD_LIST);
    const auto* known = value ? std::get_if<std::vector<std::string>>(&*value) : nullptr;
    std::vector<std::string> words;
    if (!stamp.use_versioning()) words.emplace_back(kUnversioned);
    if (known != nullptr) {
        std::copy_if(known->begin(), known->end(), std::back_inserter(words),
                     [](const std::string& word) { return word != kUnversioned; });
    }
    const bool isNew = !stamp.build_id().empty() &&
                       std::none_of(words.begin(), words.end(), [&](const auto& word) { return names(word, stamp); });
    if (isNew) words.push_back(std::string(prefixOf(stamp)) + stamp.build_id());
    shorten(&words);
    (*run.searchAttributes.edit().mutable_indexed_fields())[std::string(kBuildIds)] = keywordList(words);
}

std::vector<std::string> buildIds(const Run& run) {
    std::vector<std::string> words;
    if (run.lastStartedId == 0) return words;
    const auto isVersioned = [](const std::string& word) { return word.starts_with("versioned:"); };
    const bool asked = std::any_of(run.builds->begin(), run.builds->end(), isVersioned);
    if (!asked || !lastWorkerVersion(run).use_versioning()) words.emplace_back(kUnversioned);
    words.insert(words.end(), run.builds->begin(), run.builds->end());
    return words;
}

std::vector<std::string> checksums(const Run& run) {
    std::vector<std::string> words;
    const auto hasOne = [](const ResetPoint& point) { return !point.checksum.empty(); };
    if (std::none_of(run.resetPoints.begin(), run.resetPoints.end(), hasOne)) return words;
    ResetPoints points;
    fillResetPoints(run, &points);
    for (const auto& point : points.points()) {
        if (!point.binary_checksum().empty()) words.push_back(point.binary_checksum());
    }
    return words;
}

}  // namespace

void noteBuild(Run& run, const common::WorkerVersionStamp& stamp) {
    if (const common::Payload* before = given(run, kBuildIds)) return noteInAttribute(run, *before, stamp);
    if (stamp.build_id().empty()) return;
    const auto isSame = [&](const std::string& word) { return names(word, stamp); };
    if (std::any_of(run.builds->rbegin(), run.builds->rend(), isSame)) return;
    std::vector<std::string> words = *run.builds;
    words.push_back(std::string(prefixOf(stamp)) + stamp.build_id());
    // Most runs see one build: no room is kept for more.
    if (!stamp.use_versioning()) words.insert(words.begin(), std::string(kUnversioned));
    shorten(&words);
    if (!words.empty() && words.front() == kUnversioned) words.erase(words.begin());
    words.shrink_to_fit();
    run.builds.edit() = std::move(words);
}

common::WorkerVersionStamp lastWorkerVersion(const Run& run) {
    if (run.lastStartedId == 0 || run.lastStartedId >= run.log.lastId()) return {};
    // Nothing comes between a task's start and its end.
    return run.log.event(run.lastStartedId + 1).workflow_task_completed_event_attributes().worker_version();
}

std::vector<std::string> buildWords(const Run& run, const std::string& attribute) {
    if (attribute == kBuildIds) return buildIds(run);
    if (attribute == kChecksums) return checksums(run);
    return {};
}

void addBuildAttributes(const Run& run, common::SearchAttributes* attributes) {
    if (run.lastStartedId == 0) return;
    for (const std::string_view name : {kBuildIds, kChecksums}) {
        if (given(run, name) != nullptr) continue;
        const auto words = buildWords(run, std::string(name));
        if (!words.empty()) (*attributes->mutable_indexed_fields())[std::string(name)] = keywordList(words);
    }
}

}  // namespace orrery::server
