// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "app/samples/samples.h"
#include "core/testing/workflow_environment.h"
#include "core/worker/worker.h"

namespace orrery::test {

/// An embedded server that skips time, and a worker for the samples that can be lost and replaced.
class Stage {
public:
    Stage() : m_environment(testing::WorkflowEnvironment::startTimeSkipping()) { newWorker(); }

    void newWorker() {
        auto workflows = std::make_shared<workflow::WorkflowRegistry>();
        auto activities = std::make_shared<activity::ActivityRegistry>();
        samples::registerSamples(*workflows, *activities, ledger);
        worker::WorkerOptions options;
        options.taskQueue = samples::kSamplesTaskQueue;
        // A lost worker's tasks are free for the next one after this long.
        options.stickyScheduleToStart = std::chrono::seconds(1);
        m_worker =
            std::make_unique<worker::Worker>(m_environment.client().connection(), workflows, activities, options);
        m_worker->start();
    }
    void loseWorker() {
        m_worker->abandon();
        m_worker.reset();
    }
    template <class Result, class... Args>
    client::TypedWorkflowHandle<Result> start(const definition::Workflow<Result(Args...)>& type, const std::string& id,
                                              const std::type_identity_t<Args>&... input) const {
        return m_environment.client().startWorkflow(
            type, definition::StartWorkflowOptions().id(id).taskQueue(samples::kSamplesTaskQueue), input...);
    }
    const testing::WorkflowEnvironment& environment() const { return m_environment; }

    std::shared_ptr<samples::Ledger> ledger = std::make_shared<samples::Ledger>();

private:
    testing::WorkflowEnvironment m_environment;
    std::unique_ptr<worker::Worker> m_worker;
};

}  // namespace orrery::test
