// SPDX-License-Identifier: MIT
#include "core/machines/patch.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/machines/wire.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;

constexpr const char* kMarkerName = "core_patch";
constexpr const char* kDetailsKey = "patch-data";

enum State : uint8_t { Created, CommandCreated, Recorded };
enum Input : uint8_t { Schedule, MarkerRecorded };

constexpr std::string_view kStates[] = {"Created", "CommandCreated", "Recorded"};
constexpr std::string_view kInputs[] = {"Schedule", "MarkerRecorded"};
constexpr Edge kEdges[] = {
    {Created, Schedule, CommandCreated},
    {CommandCreated, MarkerRecorded, Recorded},
};
constexpr Blueprint kBlueprint{"Patch", kStates, kInputs, kEdges};

const std::string* detail(const temporal::api::history::v1::MarkerRecordedEventAttributes& marker, const char* key) {
    const auto found = marker.details().find(key);
    if (found == marker.details().end() || found->second.payloads_size() == 0) return nullptr;
    return &found->second.payloads(0).data();
}

}  // namespace

std::optional<PatchMarker> patchMarker(const HistoryEvent& event) {
    if (event.event_type() != enums::EVENT_TYPE_MARKER_RECORDED) return std::nullopt;
    const auto& marker = event.marker_recorded_event_attributes();
    if (marker.marker_name() != kMarkerName) return std::nullopt;
    if (const std::string* data = detail(marker, kDetailsKey)) {
        const auto json = nlohmann::json::parse(*data, nullptr, false);
        if (!json.is_object() || !json.contains("id") || !json["id"].is_string()) return std::nullopt;
        return PatchMarker{json["id"].get<std::string>(), json.contains("deprecated") && json["deprecated"] == true};
    }
    // Before 2023 the two values were raw bytes under keys of their own.
    if (const std::string* id = detail(marker, "patch_id")) {
        const std::string* deprecated = detail(marker, "deprecated");
        return PatchMarker{*id, deprecated && *deprecated == std::string(1, '\1')};
    }
    return std::nullopt;
}

const Blueprint& PatchMachine::blueprint() { return kBlueprint; }

PatchMachine::PatchMachine(const definition::command::SetPatchMarker& command, Reactions& out)
    : Machine(kBlueprint), m_patchId(command.patchId) {
    take(Schedule);
    auto* attributes = addCommand(out, enums::COMMAND_TYPE_RECORD_MARKER).mutable_record_marker_command_attributes();
    attributes->set_marker_name(kMarkerName);
    auto* data = (*attributes->mutable_details())[kDetailsKey].add_payloads();
    (*data->mutable_metadata())["encoding"] = "json/plain";
    data->set_data(nlohmann::json{{"id", m_patchId}, {"deprecated", command.deprecated}}.dump());
}

void PatchMachine::onEvent(const HistoryEvent& event, Reactions&) {
    const std::optional<PatchMarker> marker = patchMarker(event);
    if (!marker || marker->patchId != m_patchId) refuse(event);
    takeEvent(MarkerRecorded, event);
}

std::string PatchMachine::describe() const { return fmt::format("command RecordMarker (patch {})", m_patchId); }

bool PatchMachine::finished() const { return state() == Recorded; }

}  // namespace orrery::machines
