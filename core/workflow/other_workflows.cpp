// SPDX-License-Identifier: MIT
#include "core/workflow/other_workflows.h"

namespace orrery::workflow {

definition::command::StartChildWorkflow detail::childCommand(std::string_view type, const ChildWorkflowOptions& options,
                                                             Payloads arguments) {
    Runtime& runtime = Runtime::current();
    runtime.requireWritable("start a child workflow");
    definition::command::StartChildWorkflow command;
    command.workflowType = type;
    command.options = options;
    command.arguments = std::move(arguments);
    if (command.options.id().empty()) command.options.id(runtime.random().uuid4());
    if (command.options.taskQueue().empty()) command.options.taskQueue(runtime.info().taskQueue);
    return command;
}

definition::command::SignalExternalWorkflow detail::signalCommand(const std::string& workflowId,
                                                                  const std::string& runId, bool child,
                                                                  std::string_view name, Payloads arguments) {
    definition::command::SignalExternalWorkflow command;
    command.target = {Runtime::current().info().namespaceName, workflowId, runId};
    command.childWorkflowOnly = child;
    command.signalName = name;
    command.arguments = std::move(arguments);
    return command;
}

Future<void> ExternalWorkflow::cancel(const std::string& reason, std::source_location line) const {
    definition::command::RequestCancelExternalWorkflow command;
    command.target = {Runtime::current().info().namespaceName, m_id, m_runId};
    command.reason = reason;
    return Runtime::current().cancelExternal(std::move(command), line);
}

}  // namespace orrery::workflow
