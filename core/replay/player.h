// SPDX-License-Identifier: MIT
// Inside of the room: one live run of the code, moved through a history.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "core/definition/workflow_instance.h"
#include "core/replay/plan.h"
#include "core/worker/run_engine.h"

namespace orrery::replay {

/// Engine and code of one run, as a worker has them. It only moves forward. After the code has thrown, or has parted
/// from the history for good, it can still be asked. One thread at a time.
class Player {
public:
    Player(std::shared_ptr<const Plan> plan, std::shared_ptr<const definition::WorkflowFactory> workflows,
           std::string workflowType);
    ~Player();
    Player(const Player&) = delete;

    /// What one stretch of the history made the code do.
    struct Played {
        worker::PastTask said;
        /// The code threw something that fails the workflow task.
        std::optional<definition::FailureData> threw;
        /// The worker's own verdict on the events that follow: what they part in, or why they cannot be applied.
        std::optional<machines::Nondeterminism> refused;
        std::optional<std::string> broken;
        bool ok() const { return !threw && !refused && !broken; }
    };

    /// Position in Plan::stretches of the next one; all before it are played.
    size_t next() const { return m_next; }
    bool canPlay() const { return !m_spent && m_next < m_plan->stretches.size(); }
    Played play();

    /// Where the code stands now. Only after the first play().
    std::vector<definition::WaitingCoroutine> waiting() const { return m_instance->waiting(); }
    std::variant<definition::Payload, definition::FailureData> ask(const std::string& query,
                                                                   definition::Payloads arguments);

private:
    definition::Completion activate(const definition::Activation& activation);
    void judge(Played& played);

    std::shared_ptr<const Plan> m_plan;
    std::shared_ptr<const definition::WorkflowFactory> m_workflows;
    std::string m_workflowType;
    worker::RunEngine m_engine;
    std::unique_ptr<definition::WorkflowInstance> m_instance;
    /// What the engine wants next; empty before the first.
    std::optional<worker::RunEngine::Step> m_pending;
    /// Time and length of the last activation, which a query sees as well.
    definition::Activation m_last;
    size_t m_next = 0;
    bool m_spent = false;
};

}  // namespace orrery::replay
