// SPDX-License-Identifier: MIT
#include "core/machines/closing.h"

#include <fmt/format.h>

#include "core/machines/wire.h"
#include "core/payload/failure_proto.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;
using namespace definition;

enum State : uint8_t { Created, CommandCreated, Recorded };
enum Input : uint8_t { Schedule, ExecutionClosed };

constexpr std::string_view kStates[] = {"Created", "CommandCreated", "Recorded"};
constexpr std::string_view kInputs[] = {"Schedule", "ExecutionClosed"};
constexpr Edge kEdges[] = {
    {Created, Schedule, CommandCreated},
    {CommandCreated, ExecutionClosed, Recorded},
};
constexpr Blueprint kBlueprint{"Closing", kStates, kInputs, kEdges};

struct Kind {
    std::string_view command;
    enums::EventType event;
};
// In the order of ClosingCommand.
constexpr Kind kKinds[] = {
    {"CompleteWorkflowExecution", enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED},
    {"FailWorkflowExecution", enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED},
    {"CancelWorkflowExecution", enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED},
    {"ContinueAsNewWorkflowExecution", enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW},
};

void issue(const command::CompleteWorkflow& command, Reactions& out) {
    payload::toProto(command.result, addCommand(out, enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION)
                                         .mutable_complete_workflow_execution_command_attributes()
                                         ->mutable_result()
                                         ->add_payloads());
}

void issue(const command::FailWorkflow& command, Reactions& out) {
    payload::toProto(command.failure, addCommand(out, enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION)
                                          .mutable_fail_workflow_execution_command_attributes()
                                          ->mutable_failure());
}

void issue(const command::CancelWorkflowExecution&, Reactions& out) {
    addCommand(out, enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION)
        .mutable_cancel_workflow_execution_command_attributes();
}

void issue(const command::ContinueAsNew& command, Reactions& out) {
    const ContinueAsNewOptions& options = command.options;
    auto* attributes = addCommand(out, enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION)
                           .mutable_continue_as_new_workflow_execution_command_attributes();
    attributes->mutable_workflow_type()->set_name(options.workflowType());
    attributes->mutable_task_queue()->set_name(options.taskQueue());
    payload::toProto(command.arguments, attributes->mutable_input());
    if (options.runTimeout()) payload::toProto(*options.runTimeout(), attributes->mutable_workflow_run_timeout());
    if (options.taskTimeout()) payload::toProto(*options.taskTimeout(), attributes->mutable_workflow_task_timeout());
    if (options.retryPolicy()) toProto(*options.retryPolicy(), attributes->mutable_retry_policy());
    attributes->set_initiator(enums::CONTINUE_AS_NEW_INITIATOR_WORKFLOW);
    fillMap(command.headers, attributes->mutable_header()->mutable_fields());
    if (!options.memo().empty()) fillMap(options.memo(), attributes->mutable_memo()->mutable_fields());
    if (!options.searchAttributes().empty()) {
        fillMap(options.searchAttributes(), attributes->mutable_search_attributes()->mutable_indexed_fields());
    }
}

}  // namespace

const Blueprint& ClosingMachine::blueprint() { return kBlueprint; }

ClosingMachine::ClosingMachine(const ClosingCommand& command, Reactions& out)
    : Machine(kBlueprint), m_kind(static_cast<uint8_t>(command.index())) {
    take(Schedule);
    std::visit([&out](const auto& one) { issue(one, out); }, command);
}

void ClosingMachine::onEvent(const HistoryEvent& event, Reactions&) {
    if (event.event_type() != kKinds[m_kind].event) refuse(event);
    takeEvent(ExecutionClosed, event);
}

std::string ClosingMachine::describe() const { return fmt::format("command {}", kKinds[m_kind].command); }

bool ClosingMachine::finished() const { return state() == Recorded; }

}  // namespace orrery::machines
