// SPDX-License-Identifier: MIT
#include "tests/simulation/ledger.h"

#include <algorithm>

#include "core/server/state/tokens.h"
#include "tests/simulation/violation.h"

namespace orrery::simulation {
namespace {

template <typename Wanted>
const Wanted* as(const Request& request) {
    return dynamic_cast<const Wanted*>(request.message.get());
}

std::string attemptKey(const std::string& runId, int64_t scheduledId, int attempt) {
    return runId + '/' + std::to_string(scheduledId) + '/' + std::to_string(attempt);
}

/// The run that the request is about, as the server will find it.
server::Run* targetOf(server::World& world, const Request& request) {
    const auto find = [&world](const auto& execution) {
        return world.findRun("default", execution.workflow_id(), execution.run_id());
    };
    if (const auto* r = as<api::StartWorkflowExecutionRequest>(request))
        return world.findRun("default", r->workflow_id(), "");
    if (const auto* r = as<api::SignalWithStartWorkflowExecutionRequest>(request)) {
        return world.findRun("default", r->workflow_id(), "");
    }
    if (const auto* r = as<api::ExecuteMultiOperationRequest>(request)) {
        return world.findRun("default", r->operations(0).start_workflow().workflow_id(), "");
    }
    if (const auto* r = as<api::SignalWorkflowExecutionRequest>(request)) return find(r->workflow_execution());
    if (const auto* r = as<api::RequestCancelWorkflowExecutionRequest>(request)) return find(r->workflow_execution());
    if (const auto* r = as<api::TerminateWorkflowExecutionRequest>(request)) return find(r->workflow_execution());
    if (const auto* r = as<api::ResetWorkflowExecutionRequest>(request)) return find(r->workflow_execution());
    if (const auto* r = as<api::DeleteWorkflowExecutionRequest>(request)) return find(r->workflow_execution());
    if (const auto* r = as<api::QueryWorkflowRequest>(request)) return find(r->execution());
    if (const auto* r = as<api::UpdateWorkflowExecutionRequest>(request)) return find(r->workflow_execution());
    if (const auto* r = as<api::PollWorkflowExecutionUpdateRequest>(request)) {
        return find(r->update_ref().workflow_execution());
    }
    return nullptr;
}

std::string startRequestOf(const Request& request) {
    if (const auto* r = as<api::StartWorkflowExecutionRequest>(request)) return r->request_id();
    if (const auto* r = as<api::SignalWithStartWorkflowExecutionRequest>(request)) return r->request_id();
    return {};
}

bool isNote(const HistoryEvent& event) {
    return event.workflow_execution_signaled_event_attributes().signal_name() == "note";
}

}  // namespace

const server::Run& Ledger::runOf(const std::string& runId) const {
    const server::Run* run = runIn(*m_world, runId);
    if (run == nullptr) throw Violation("run-lost", "run " + runId + " was promised and does not exist", runId);
    return *run;
}

void Ledger::arriving(const Request& request) {
    Arrival arrival;
    arrival.time = m_world->now;
    if (server::Run* run = targetOf(*m_world, request)) {
        arrival.run = run;
        arrival.open = run->open();
        arrival.runId = run->runId;
        arrival.status = run->status;
        arrival.known = run->startRequestId == startRequestOf(request);
        if (as<api::QueryWorkflowRequest>(request) != nullptr) {
            for (const auto& [id, note] : m_rulesOf(*run).notes()) arrival.notes.push_back(note);
            for (const HistoryEvent& event : run->buffered) {
                if (isNote(event)) {
                    arrival.notes.push_back(
                        event.workflow_execution_signaled_event_attributes().input().payloads(0).data());
                }
            }
        }
    }
    m_arrivals[request.delivery] = std::move(arrival);
}

void Ledger::answered(const Request& request, const Answer& answer) {
    const auto node = m_arrivals.extract(request.delivery);
    const Arrival arrival = node.empty() ? Arrival() : node.mapped();
    if (const auto* r = as<api::StartWorkflowExecutionRequest>(request)) return start(*r, arrival, answer);
    if (const auto* r = as<api::GetWorkflowExecutionHistoryRequest>(request)) return history(*r, answer);
    if (answer.failed()) return;
    const std::string& method = request.method;
    if (const auto* r = as<api::SignalWithStartWorkflowExecutionRequest>(request)) {
        signalWithStart(*r, arrival, answer);
    } else if (const auto* both = as<api::ExecuteMultiOperationRequest>(request)) {
        updateWithStart(*both, arrival, answer);
    } else if (const auto* signal = as<api::SignalWorkflowExecutionRequest>(request)) {
        m_newSignals.push_back({signalKey(signal->input()), arrival.runId});
    } else if (method == "RequestCancelWorkflowExecution") {
        cancel(arrival);
    } else if (const auto* again = as<api::ResetWorkflowExecutionRequest>(request)) {
        reset(*again, arrival, answer);
    } else if (method == "DeleteWorkflowExecution") {
        m_deleted.insert(arrival.runId);
    } else if (method == "TerminateWorkflowExecution") {
        terminate(arrival);
    } else if (method == "QueryWorkflow") {
        query(arrival, answer);
    } else if (const auto* updated = as<api::UpdateWorkflowExecutionRequest>(request)) {
        update(updated->request().meta().update_id(), arrival, answer.as<api::UpdateWorkflowExecutionResponse>());
    } else if (const auto* polled = as<api::PollWorkflowExecutionUpdateRequest>(request)) {
        update(polled->update_ref().update_id(), arrival, answer.as<api::PollWorkflowExecutionUpdateResponse>());
    } else if (const auto* completed = as<api::RespondWorkflowTaskCompletedRequest>(request)) {
        taskCompleted(*completed, answer);
    } else if (method == "PollWorkflowTaskQueue") {
        const auto task = answer.as<api::PollWorkflowTaskQueueResponse>();
        if (!task.task_token().empty()) handedTask(task.task_token(), task.workflow_execution().run_id());
    } else if (method == "PollActivityTaskQueue") {
        const auto task = answer.as<api::PollActivityTaskQueueResponse>();
        if (!task.task_token().empty()) handedActivity(task);
    } else if (method.starts_with("RespondActivityTask")) {
        activityEnded(method, request);
    }
}

void Ledger::history(const api::GetWorkflowExecutionHistoryRequest& request, const Answer& answer) const {
    if (!answer.failed() || runIn(*m_world, request.execution().run_id()) == nullptr) return;
    throw Violation("history-refused", answer.text(), request.execution().run_id());
}

void Ledger::handedTask(const std::string& token, const std::string& runId) {
    if (!m_handedTokens.insert(token).second) throw Violation("handed-once", "a task was handed out twice", runId);
}

void Ledger::handedActivity(const api::PollActivityTaskQueueResponse& task) {
    const std::string& runId = task.workflow_execution().run_id();
    handedTask(task.task_token(), runId);
    const auto token = server::readTaskToken(task.task_token());
    const auto earliest = m_notBefore.find(attemptKey(runId, token.first, task.attempt()));
    if (earliest != m_notBefore.end() && m_world->now < earliest->second) {
        throw Violation("retry-early",
                        "attempt " + std::to_string(task.attempt()) + " of activity " + task.activity_id() +
                            " was handed out before its back-off was over",
                        runId);
    }
    const int most = task.retry_policy().maximum_attempts();
    if (most > 0 && task.attempt() > most) {
        throw Violation("too-many-attempts", "activity " + task.activity_id() + " is tried too often", runId);
    }
}

void Ledger::retryNotBefore(const std::string& runId, int64_t scheduledId, int attempt, base::Timestamp time) {
    m_notBefore.emplace(attemptKey(runId, scheduledId, attempt), time);
}

void Ledger::activityEnded(const std::string& method, const Request& request) {
    std::string key;
    if (const auto* done = as<api::RespondActivityTaskCompletedRequest>(request)) key = done->task_token();
    if (const auto* done = as<api::RespondActivityTaskFailedRequest>(request)) key = done->task_token();
    if (const auto* done = as<api::RespondActivityTaskCanceledRequest>(request)) key = done->task_token();
    if (!key.empty()) {
        const std::string runId = server::readTaskToken(key).runId;
        if (!m_endedTokens.insert(key).second) {
            throw Violation("ended-once", method + ": the end of the same attempt was accepted twice", runId);
        }
        if (const auto* done = as<api::RespondActivityTaskCompletedRequest>(request)) {
            m_newResults.emplace_back(runId, done->result().payloads(0).data());
        }
    } else if (const auto* byId = as<api::RespondActivityTaskCompletedByIdRequest>(request)) {
        const server::Run* run = m_world->findRun("default", byId->workflow_id(), byId->run_id());
        if (run != nullptr) m_results.insert(byId->result().payloads(0).data());
    }
}

void Ledger::taskCompleted(const api::RespondWorkflowTaskCompletedRequest& request, const Answer& answer) {
    const std::string runId = server::readTaskToken(request.task_token()).runId;
    if (!m_endedTokens.insert(request.task_token()).second) {
        throw Violation("ended-once", "the same workflow task was completed twice", runId);
    }
    const auto response = answer.as<api::RespondWorkflowTaskCompletedResponse>();
    if (!response.workflow_task().task_token().empty()) handedTask(response.workflow_task().task_token(), runId);
    for (const auto& task : response.activity_tasks()) handedActivity(task);
    const int last = request.commands_size() - 1;
    if (last < 0 || !request.commands(last).has_complete_workflow_execution_command_attributes()) return;
    if (runOf(runId).status != enums::WORKFLOW_EXECUTION_STATUS_COMPLETED) {
        throw Violation("completed-as-said", "the completion of the workflow was accepted, but it is not completed",
                        runId);
    }
}

void Ledger::cancel(const Arrival& arrival) {
    if (arrival.open) m_newCancels.push_back(arrival.runId);
}

void Ledger::terminate(const Arrival& arrival) const {
    if (arrival.run != nullptr && arrival.open && arrival.run->status == enums::WORKFLOW_EXECUTION_STATUS_TERMINATED) {
        return;
    }
    throw Violation("terminated-as-said", "the end was promised, but the run goes on or had ended", arrival.runId);
}

/// An answer knows every signal that the server had taken when it was asked, and none that it had not.
void Ledger::query(const Arrival& arrival, const Answer& answer) const {
    const auto response = answer.as<api::QueryWorkflowResponse>();
    const server::Run* run = runIn(*m_world, arrival.runId);
    if (response.has_query_rejected() || run == nullptr || !arrival.open || !run->open()) return;
    if (response.query_result().payloads_size() != 1) {
        throw Violation("query-answered", "the answer is empty", arrival.runId);
    }
    const std::string& said = response.query_result().payloads(0).data();
    for (const std::string& note : arrival.notes) {
        const std::string id = note.substr(1, note.size() - 2) + ",";
        if (said.find(id) == std::string::npos) {
            throw Violation("query-knows-signals", "the answer " + said + " does not know signal " + note,
                            arrival.runId);
        }
    }
}

void Ledger::reset(const api::ResetWorkflowExecutionRequest& request, const Arrival& arrival, const Answer& answer) {
    const std::string runId = answer.as<api::ResetWorkflowExecutionResponse>().run_id();
    const server::Run& run = runOf(runId);
    if (run.workflowId != request.workflow_execution().workflow_id()) {
        throw Violation("reset-answer", "the run that was reset to is another workflow's", runId);
    }
    const auto& excluded = request.reset_reapply_exclude_types();
    const bool none =
        std::find(excluded.begin(), excluded.end(), int(enums::RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL)) != excluded.end();
    m_newResets.push_back({arrival.runId, runId, !none});
}

/// The new run has signals that its workflow was given, and if they were to be applied again all of the old run's.
void Ledger::checkReset() {
    for (const ResetRun& made : std::exchange(m_newResets, {})) {
        // A repeated request finds the same run once more.
        if (m_signals.count(made.to) != 0) continue;
        const server::Run& to = runOf(made.to);
        std::set<std::string> given;
        for (const auto& run : m_world->runs) {
            if (run->workflowId != to.workflowId) continue;
            const auto known = m_signals.find(run->runId);
            if (known != m_signals.end()) given.insert(known->second.begin(), known->second.end());
        }
        const std::set<std::string>& taken = m_rulesOf(to).signalKeys();
        for (const std::string& key : taken) {
            if (given.count(key) == 0) throw Violation("reset-signals", "nobody gave it signal " + key, made.to);
        }
        const server::Run* from = runIn(*m_world, made.from);
        if (from != nullptr && made.withSignals) {
            for (const std::string& key : m_rulesOf(*from).signalKeys()) {
                if (taken.count(key) == 0) throw Violation("reset-signals", "signal " + key + " is gone", made.to);
            }
        }
        m_signals[made.to] = taken;
    }
}

void Ledger::check() {
    checkReset();
    for (const Landed& landed : std::exchange(m_newSignals, {})) {
        if (landed.request.empty() || wasDeleted(landed.runId)) continue;
        const server::Run& run = runOf(landed.runId);
        m_signals[landed.runId].insert(landed.request);
        const bool waits = std::any_of(run.buffered.begin(), run.buffered.end(), [&](const HistoryEvent& event) {
            return signalKey(event.workflow_execution_signaled_event_attributes().input()) == landed.request;
        });
        if (!waits && m_rulesOf(run).signalKeys().count(landed.request) == 0) {
            throw Violation("signal-lost", "signal " + landed.request + " was accepted and is nowhere", landed.runId);
        }
    }
    for (const std::string& runId : std::exchange(m_newCancels, {})) {
        if (wasDeleted(runId)) continue;
        const server::Run& run = runOf(runId);
        const bool waits = std::any_of(run.buffered.begin(), run.buffered.end(), [](const HistoryEvent& event) {
            return event.has_workflow_execution_cancel_requested_event_attributes();
        });
        if (!waits && !m_rulesOf(run).cancelRequested()) {
            throw Violation("cancel-lost", "the cancel request was accepted and is nowhere", runId);
        }
    }
    for (const auto& [runId, result] : std::exchange(m_newResults, {})) {
        if (wasDeleted(runId)) continue;
        const server::Run& run = runOf(runId);
        m_results.insert(result);
        const bool waits = std::any_of(run.buffered.begin(), run.buffered.end(), [&result](const HistoryEvent& event) {
            const auto& payloads = event.activity_task_completed_event_attributes().result().payloads();
            return !payloads.empty() && payloads[0].data() == result;
        });
        if (!waits && m_rulesOf(run).activityResults().count(result) == 0) {
            throw Violation("result-lost", "result " + result + " was accepted and is nowhere", runId);
        }
    }
}

void Ledger::checkAll() const {
    for (const auto& run : m_world->runs) {
        const HistoryRules& rules = m_rulesOf(*run);
        const auto promised = m_signals.find(run->runId);
        const std::set<std::string> none;
        if (rules.signalKeys() != (promised == m_signals.end() ? none : promised->second)) {
            throw Violation("signals-as-promised", "the history has other signals than were accepted", run->runId);
        }
        for (const std::string& result : rules.activityResults()) {
            if (m_results.count(result) == 0) {
                throw Violation("result-invented", "nobody's result " + result + " is in the history", run->runId);
            }
        }
    }
    for (const auto& [place, outcome] : m_outcomes) {
        if (!wasDeleted(place.first)) checkUpdate(place.first, place.second, outcome);
    }
    for (const auto& [runId, id] : m_accepted) {
        if (!wasDeleted(runId) && m_rulesOf(runOf(runId)).acceptedUpdates().count(id) == 0) {
            throw Violation("update-accepted", "update " + id + " was said to be accepted", runId);
        }
    }
}

void Ledger::checkUpdate(const std::string& runId, const std::string& id, const std::string& outcome) const {
    const HistoryRules& rules = m_rulesOf(runOf(runId));
    const auto accepted = rules.acceptedUpdates().find(id);
    if (accepted == rules.acceptedUpdates().end()) {
        throw Violation("update-outcome", "update " + id + " has an outcome and was never accepted: " + outcome, runId);
    }
    const auto completed = rules.updateOutcomes().find(accepted->second);
    if (completed == rules.updateOutcomes().end() || completed->second != outcome) {
        throw Violation("update-outcome", "the outcome of update " + id + " is not that of the history: " + outcome,
                        runId);
    }
}

}  // namespace orrery::simulation
