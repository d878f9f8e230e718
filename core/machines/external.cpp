// SPDX-License-Identifier: MIT
#include "core/machines/external.h"

#include <fmt/format.h>

#include "core/machines/wire.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;

enum State : uint8_t { Created, CommandCreated, Recorded, Delivered, NotDelivered, Withdrawn };
enum Input : uint8_t { Schedule, Initiated, Deliver, Fail, Cancel };

constexpr std::string_view kStates[] = {"Created",   "CommandCreated", "Recorded",
                                        "Delivered", "NotDelivered",   "Withdrawn"};
constexpr std::string_view kInputs[] = {"Schedule", "Initiated", "Delivered", "Failed", "Cancel"};
constexpr Edge kSignalEdges[] = {
    {Created, Schedule, CommandCreated}, {CommandCreated, Initiated, Recorded}, {CommandCreated, Cancel, Withdrawn},
    {Recorded, Deliver, Delivered},      {Recorded, Fail, NotDelivered},
};
constexpr Edge kCancelEdges[] = {
    {Created, Schedule, CommandCreated},
    {CommandCreated, Initiated, Recorded},
    {Recorded, Deliver, Delivered},
    {Recorded, Fail, NotDelivered},
};
constexpr Blueprint kSignalBlueprint{"ExternalSignal", kStates, kInputs, kSignalEdges};
constexpr Blueprint kCancelBlueprint{"ExternalCancel", kStates, kInputs, kCancelEdges};

definition::FailureData notFound(const std::string& what, const std::string& workflowId) {
    definition::FailureData failure;
    failure.message = fmt::format("Unable to {} external workflow '{}': it was not found", what, workflowId);
    failure.source = "orrery";
    failure.kind = payload::ApplicationFailureData{
        .type = "ExternalWorkflowExecutionNotFound", .details = {}, .nextRetryDelay = {}};
    return failure;
}

}  // namespace

const Blueprint& ExternalSignalMachine::blueprint() { return kSignalBlueprint; }

ExternalSignalMachine::ExternalSignalMachine(const definition::command::SignalExternalWorkflow& command, Reactions& out)
    : Machine(kSignalBlueprint),
      m_seq(command.seq),
      m_name(command.signalName),
      m_workflowId(command.target.workflowId) {
    take(Schedule);
    auto* attributes = addCommand(out, enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION)
                           .mutable_signal_external_workflow_execution_command_attributes();
    attributes->mutable_execution()->set_workflow_id(command.target.workflowId);
    attributes->mutable_execution()->set_run_id(command.target.runId);
    attributes->set_signal_name(command.signalName);
    attributes->set_child_workflow_only(command.childWorkflowOnly);
    payload::toProto(command.arguments, attributes->mutable_input());
    fillMap(command.headers, attributes->mutable_header()->mutable_fields());
}

void ExternalSignalMachine::cancel(Reactions& out) {
    if (!accepts(Cancel)) return;
    take(Cancel);
    out.withdraw = true;
    definition::FailureData failure;
    failure.message = "Signal was cancelled before being sent";
    failure.kind = payload::CancelledFailureData{};
    out.jobs.emplace_back(definition::job::ResolveSignalExternal{m_seq, std::move(failure)});
}

void ExternalSignalMachine::onEvent(const HistoryEvent& event, Reactions& out) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: takeEvent(Initiated, event); return;
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
            takeEvent(Deliver, event);
            out.jobs.emplace_back(definition::job::ResolveSignalExternal{m_seq, std::nullopt});
            return;
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            takeEvent(Fail, event);
            out.jobs.emplace_back(definition::job::ResolveSignalExternal{m_seq, notFound("signal", m_workflowId)});
            return;
        default: refuse(event);
    }
}

std::string ExternalSignalMachine::describe() const {
    return fmt::format("command SignalExternalWorkflowExecution (signal {} to {})", m_name, m_workflowId);
}

bool ExternalSignalMachine::finished() const { return state() >= Delivered; }

const Blueprint& ExternalCancelMachine::blueprint() { return kCancelBlueprint; }

ExternalCancelMachine::ExternalCancelMachine(const definition::command::RequestCancelExternalWorkflow& command,
                                             Reactions& out)
    : Machine(kCancelBlueprint), m_seq(command.seq), m_workflowId(command.target.workflowId) {
    take(Schedule);
    auto* attributes = addCommand(out, enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION)
                           .mutable_request_cancel_external_workflow_execution_command_attributes();
    attributes->set_workflow_id(command.target.workflowId);
    attributes->set_run_id(command.target.runId);
    attributes->set_reason(command.reason);
}

void ExternalCancelMachine::onEvent(const HistoryEvent& event, Reactions& out) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            takeEvent(Initiated, event);
            return;
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            takeEvent(Deliver, event);
            out.jobs.emplace_back(definition::job::ResolveRequestCancelExternal{m_seq, std::nullopt});
            return;
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            takeEvent(Fail, event);
            out.jobs.emplace_back(
                definition::job::ResolveRequestCancelExternal{m_seq, notFound("cancel", m_workflowId)});
            return;
        default: refuse(event);
    }
}

std::string ExternalCancelMachine::describe() const {
    return fmt::format("command RequestCancelExternalWorkflowExecution (workflow {})", m_workflowId);
}

bool ExternalCancelMachine::finished() const { return state() >= Delivered; }

}  // namespace orrery::machines
