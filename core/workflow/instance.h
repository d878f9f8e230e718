// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <source_location>
#include <string>

#include "core/definition/workflow_instance.h"
#include "core/workflow/definition.h"
#include "core/workflow/runtime.h"

namespace orrery::workflow {

/// One run of a registered workflow class: applies the jobs of an activation, lets the code run, collects its commands.
class Instance final : public definition::WorkflowInstance {
public:
    Instance(std::shared_ptr<const WorkflowType> type, DataConverter converter);
    ~Instance() override;

    definition::Completion activate(const definition::Activation& activation) override;
    std::vector<definition::WaitingCoroutine> waiting() const override;

private:
    void apply(const definition::job::InitializeWorkflow& job);
    void apply(const definition::job::FireTimer& job);
    void apply(const definition::job::ResolveActivity& job);
    void apply(const definition::job::SignalWorkflow& job);
    void apply(const definition::job::QueryWorkflow& job);
    void apply(const definition::job::CancelWorkflow& job);
    void apply(const definition::job::DoUpdate& job);
    void apply(const definition::job::NotifyHasPatch& job);
    void apply(const definition::job::UpdateRandomSeed& job);
    void apply(const definition::job::ResolveChildWorkflowStart& job);
    void apply(const definition::job::ResolveChildWorkflow& job);
    void apply(const definition::job::ResolveSignalExternal& job);
    void apply(const definition::job::ResolveRequestCancelExternal& job);
    void apply(const definition::job::RemoveFromCache& job);

    Task<void> runWorkflow();
    Task<void> runSignal(definition::job::SignalWorkflow signal);
    Task<void> runUpdate(definition::job::DoUpdate update);
    /// False, and the update rejected, when there is no handler or the validator objects.
    bool acceptUpdate(const definition::job::DoUpdate& update);
    void respond(const definition::job::DoUpdate& update,
                 std::variant<definition::command::UpdateAccepted, definition::command::UpdateRejected,
                              definition::command::UpdateCompleted>
                     response);
    Payload answer(const definition::job::QueryWorkflow& query);
    void warnOfUnfinishedHandlers() const;
    void end(Command terminal);
    void fail(std::exception_ptr error);

    std::shared_ptr<const WorkflowType> m_type;
    // The object outlives the coroutines that run its methods.
    std::shared_ptr<void> m_object;
    Payloads m_arguments;
    bool m_started = false;
    bool m_ended = false;
    bool m_cancelRequested = false;
    std::optional<Command> m_terminal;
    std::source_location m_terminalSource;
    std::exception_ptr m_taskFailure;
    Runtime m_runtime;
};

}  // namespace orrery::workflow
