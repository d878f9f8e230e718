// SPDX-License-Identifier: MIT
#include "core/worker/run.h"

#include "core/base/error.h"

namespace orrery::worker {

Run::Run(std::shared_ptr<const definition::WorkflowFactory> workflows, std::string namespaceName,
         std::string workflowId, std::string runId, std::string workflowType)
    : m_workflows(std::move(workflows)),
      m_runId(runId),
      m_workflowType(std::move(workflowType)),
      m_engine(std::move(namespaceName), std::move(workflowId), std::move(runId)) {}

Run::~Run() {
    if (!m_instance) return;
    definition::Activation last;
    last.runId = m_runId;
    last.jobs.emplace_back(definition::job::RemoveFromCache{"evicted"});
    m_instance->activate(last);
}

TaskReply Run::process(WorkflowTask task) {
    RunEngine::Step step = m_engine.begin(std::move(task));
    while (const auto* activation = std::get_if<definition::Activation>(&step)) {
        step = m_engine.complete(activate(*activation));
    }
    return std::get<TaskReply>(std::move(step));
}

definition::Completion Run::activate(const definition::Activation& activation) {
    try {
        if (!m_instance) m_instance = m_workflows->create(m_workflowType);
        return m_instance->activate(activation);
    } catch (const base::Error& error) {
        definition::Completion completion;
        completion.taskFailure.emplace();
        completion.taskFailure->message = error.what();
        completion.taskFailure->source = "orrery";
        completion.taskFailure->kind = payload::ApplicationFailureData{
            .type = std::string(base::errorCodeName(error.code())), .details = {}, .nextRetryDelay = {}};
        return completion;
    }
}

}  // namespace orrery::worker
