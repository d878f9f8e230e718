// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "core/definition/activation.h"

namespace orrery::definition {

/// A coroutine of the workflow's code that waits.
struct WaitingCoroutine {
    std::string name;
    /// Innermost first; frames of the library are among them.
    std::vector<std::source_location> stack;
    /// "activity charge_card", "timer 24 h", "a condition"; exact only when the activations were observed.
    std::string waitsFor;
};

/// One run of one workflow, as code. Owned by the worker's run cache; one thread at a time. Never throws from
/// activate(): what goes wrong becomes a command or Completion::taskFailure. After a task failure, a terminal command
/// or RemoveFromCache the owner destroys it; destruction unwinds every suspended coroutine.
class WorkflowInstance {
public:
    virtual ~WorkflowInstance() = default;
    /// The first activation starts with job::InitializeWorkflow.
    virtual Completion activate(const Activation& activation) = 0;
    /// In the order in which they were started. Empty for code that is no coroutine.
    virtual std::vector<WaitingCoroutine> waiting() const { return {}; }
};

/// The workflows a worker can run; workflow::WorkflowRegistry is the one authors fill. Immutable once the worker has
/// it, shared by threads.
class WorkflowFactory {
public:
    virtual ~WorkflowFactory() = default;
    /// Names of the registered types, sorted; a dynamic workflow is not among them.
    virtual std::vector<std::string> workflowTypes() const = 0;
    /// Throws base::Error(NotFound), naming the known types, when nothing is registered for this one; the worker then
    /// fails the workflow task, so that a worker which knows the type can take it up.
    virtual std::unique_ptr<WorkflowInstance> create(const std::string& workflowType) const = 0;
};

}  // namespace orrery::definition
