// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "core/definition/workflow_instance.h"
#include "core/worker/run_engine.h"

namespace orrery::worker {

/// One run with its code, as the cache holds it: engine and workflow instance together. Runs workflow code on the
/// calling thread; one thread at a time.
class Run {
public:
    Run(std::shared_ptr<const definition::WorkflowFactory> workflows, std::string namespaceName, std::string workflowId,
        std::string runId, std::string workflowType);
    /// Unwinds the code.
    ~Run();

    /// False: the task needs a new Run and the whole history.
    bool canTake(const WorkflowTask& task) const { return m_engine.joins(task); }
    /// Takes a task to its reply; NeedsHistory when canTake() says no.
    TaskReply process(WorkflowTask task);
    void discardSpeculativeTask() { m_engine.discardSpeculativeTask(); }

    const std::string& runId() const { return m_runId; }
    int64_t processedEventId() const { return m_engine.processedEventId(); }

private:
    definition::Completion activate(const definition::Activation& activation);

    std::shared_ptr<const definition::WorkflowFactory> m_workflows;
    std::string m_runId;
    std::string m_workflowType;
    RunEngine m_engine;
    std::unique_ptr<definition::WorkflowInstance> m_instance;
};

}  // namespace orrery::worker
