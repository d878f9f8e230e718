// SPDX-License-Identifier: MIT
#include "core/machines/properties.h"

#include "core/machines/wire.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;

enum State : uint8_t { Created, CommandCreated, Recorded };
enum Input : uint8_t { Schedule, EventRecorded };

constexpr std::string_view kStates[] = {"Created", "CommandCreated", "Recorded"};
constexpr std::string_view kInputs[] = {"Schedule", "EventRecorded"};
constexpr Edge kEdges[] = {
    {Created, Schedule, CommandCreated},
    {CommandCreated, EventRecorded, Recorded},
};
constexpr Blueprint kBlueprint{"Properties", kStates, kInputs, kEdges};

}  // namespace

const Blueprint& PropertiesMachine::blueprint() { return kBlueprint; }

PropertiesMachine::PropertiesMachine(const definition::command::UpsertSearchAttributes& command, Reactions& out)
    : Machine(kBlueprint), m_searchAttributes(true) {
    take(Schedule);
    fillMap(command.searchAttributes, addCommand(out, enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
                                          .mutable_upsert_workflow_search_attributes_command_attributes()
                                          ->mutable_search_attributes()
                                          ->mutable_indexed_fields());
}

PropertiesMachine::PropertiesMachine(const definition::command::ModifyProperties& command, Reactions& out)
    : Machine(kBlueprint), m_searchAttributes(false) {
    take(Schedule);
    fillMap(command.memo, addCommand(out, enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES)
                              .mutable_modify_workflow_properties_command_attributes()
                              ->mutable_upserted_memo()
                              ->mutable_fields());
}

void PropertiesMachine::onEvent(const HistoryEvent& event, Reactions&) {
    const enums::EventType own = m_searchAttributes ? enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
                                                    : enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED;
    if (event.event_type() != own) refuse(event);
    takeEvent(EventRecorded, event);
}

std::string PropertiesMachine::describe() const {
    return m_searchAttributes ? "command UpsertWorkflowSearchAttributes" : "command ModifyWorkflowProperties";
}

bool PropertiesMachine::finished() const { return state() == Recorded; }

}  // namespace orrery::machines
