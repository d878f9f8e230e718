// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "core/definition/activation.h"
#include "core/machines/events.h"

namespace orrery::worker {

/// The first job of a run from its WorkflowExecutionStarted event. What old servers left out of the event comes from
/// the arguments.
definition::job::InitializeWorkflow initializeJob(const machines::HistoryEvent& event, const std::string& namespaceName,
                                                  const std::string& workflowId, const std::string& runId);

definition::job::SignalWorkflow signalJob(const machines::HistoryEvent& event);

}  // namespace orrery::worker
