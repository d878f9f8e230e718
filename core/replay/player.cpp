// SPDX-License-Identifier: MIT
#include "core/replay/player.h"

#include "core/base/error.h"

namespace orrery::replay {

namespace command = definition::command;

Player::Player(std::shared_ptr<const Plan> plan, std::shared_ptr<const definition::WorkflowFactory> workflows,
               std::string workflowType)
    : m_plan(std::move(plan)),
      m_workflows(std::move(workflows)),
      m_workflowType(std::move(workflowType)),
      m_engine(m_plan->namespaceName, m_plan->overview.workflowId, m_plan->overview.runId) {}

Player::~Player() {
    if (!m_instance) return;
    definition::Activation last;
    last.runId = m_plan->overview.runId;
    last.jobs.emplace_back(definition::job::RemoveFromCache{"the replay is over"});
    m_instance->activate(last);
}

definition::Completion Player::activate(const definition::Activation& activation) {
    if (!m_instance) m_instance = m_workflows->create(m_workflowType);
    m_last = activation;
    m_last.jobs.clear();
    return m_instance->activate(activation);
}

Player::Played Player::play() {
    Played played;
    if (!m_pending) m_pending = m_engine.beginWalk(m_plan->events, m_plan->lastPastStartedEventId);
    while (const auto* activation = std::get_if<definition::Activation>(&*m_pending)) {
        definition::Completion completion = activate(*activation);
        if (completion.taskFailure) {
            played.threw = std::move(completion.taskFailure);
            m_spent = true;
            ++m_next;
            return played;
        }
        m_pending = m_engine.complete(std::move(completion));
    }
    ++m_next;
    if (auto* past = std::get_if<worker::PastTask>(&*m_pending)) {
        played.said = std::move(*past);
        m_pending = m_engine.goOn();
    }
    judge(played);
    return played;
}

/// Whether what follows fits: the engine has applied the next events by now, and the code has not run for them yet.
void Player::judge(Played& played) {
    // Behind the last stretch come only the events that close the run.
    if (m_next == m_plan->stretches.size() && std::holds_alternative<worker::PastTask>(*m_pending)) {
        m_pending = m_engine.goOn();
    }
    const auto* reply = std::get_if<worker::TaskReply>(&*m_pending);
    if (!reply) return;
    m_spent = true;
    const auto* failed = std::get_if<worker::TaskFailed>(reply);
    if (!failed) return;
    if (failed->nondeterminism) {
        played.refused = failed->nondeterminism;
    } else {
        played.broken = failed->failure.message;
    }
}

std::variant<definition::Payload, definition::FailureData> Player::ask(const std::string& query,
                                                                       definition::Payloads arguments) {
    definition::Activation activation = m_last;
    activation.isReplaying = true;
    activation.jobs.emplace_back(definition::job::QueryWorkflow{"asked", query, std::move(arguments), {}});
    definition::Completion completion = m_instance->activate(activation);
    for (definition::Command& one : completion.commands) {
        if (auto* result = std::get_if<command::QueryResult>(&one)) return std::move(result->result);
    }
    if (completion.taskFailure) return std::move(*completion.taskFailure);
    throw base::Error(base::ErrorCode::Internal, "The workflow gave no answer to the query " + query + ".");
}

}  // namespace orrery::replay
