// SPDX-License-Identifier: MIT
// Who may start what under an id that is taken, worked out once more, and what updates were promised.
#include "tests/simulation/ledger.h"
#include "tests/simulation/violation.h"

namespace orrery::simulation {
namespace {

enum class Outcome : uint8_t { New, Existing, Refused };

Outcome expected(const api::StartWorkflowExecutionRequest& request, bool exists, bool open, bool known,
                 enums::WorkflowExecutionStatus status) {
    if (!exists) return Outcome::New;
    if (known) return Outcome::Existing;
    if (open) {
        if (request.workflow_id_reuse_policy() == kTerminateIfRunning) {
            return Outcome::New;
        }
        switch (request.workflow_id_conflict_policy()) {
            case enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING: return Outcome::Existing;
            case enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING: return Outcome::New;
            default: return Outcome::Refused;
        }
    }
    switch (request.workflow_id_reuse_policy()) {
        case enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE: return Outcome::Refused;
        case enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
            return status == enums::WORKFLOW_EXECUTION_STATUS_COMPLETED ? Outcome::Refused : Outcome::New;
        default: return Outcome::New;
    }
}

bool endsWithoutOutcome(const temporal::api::update::v1::Outcome& outcome) {
    const std::string& type = outcome.failure().application_failure_info().type();
    return type == "Rejected" || type == "UnprocessedUpdate" || type == "AcceptedUpdateCompletedWorkflow";
}

}  // namespace

void Ledger::checkStartOutcome(const api::StartWorkflowExecutionRequest& request, const Arrival& arrival,
                               const Answer& answer) const {
    const Outcome wanted = expected(request, arrival.run != nullptr, arrival.open, arrival.known, arrival.status);
    if (answer.failed()) {
        if (wanted == Outcome::Refused && answer.code() == base::ErrorCode::AlreadyExists) return;
        // This pair of policies is refused whatever there is.
        if (answer.code() == base::ErrorCode::InvalidArgument) return;
        throw Violation("start-as-policy-says", "the start was refused: " + answer.text(), arrival.runId);
    }
    const auto response = answer.as<api::StartWorkflowExecutionResponse>();
    const bool isNew = response.run_id() != arrival.runId;
    if (wanted == Outcome::Refused || isNew != (wanted == Outcome::New)) {
        throw Violation("start-as-policy-says", "the policies say otherwise", response.run_id());
    }
}

void Ledger::start(const api::StartWorkflowExecutionRequest& request, const Arrival& arrival, const Answer& answer) {
    checkStartOutcome(request, arrival, answer);
    if (answer.failed()) return;
    const auto response = answer.as<api::StartWorkflowExecutionResponse>();
    const server::Run& run = runOf(response.run_id());
    if (run.workflowId != request.workflow_id() || response.started() != (run.startRequestId == request.request_id())) {
        throw Violation("start-answer", "the answer to a start names another run", run.runId);
    }
    if (response.started()) m_starts[request.request_id()] = run.runId;
    // Whoever repeats his start may not have heard of the task, and is given it again.
    if (!response.eager_workflow_task().task_token().empty() && !arrival.known) {
        handedTask(response.eager_workflow_task().task_token(), run.runId);
    }
}

void Ledger::signalWithStart(const api::SignalWithStartWorkflowExecutionRequest& request, const Arrival& arrival,
                             const Answer& answer) {
    const auto response = answer.as<api::SignalWithStartWorkflowExecutionResponse>();
    const server::Run& run = runOf(response.run_id());
    if (response.started() != (run.runId != arrival.runId)) {
        throw Violation("start-answer", "signal with start says of the wrong run that it began", run.runId);
    }
    // A repeated request whose run has ended meanwhile finds that run, and changes nothing.
    if (response.started() || arrival.open) m_newSignals.push_back({signalKey(request.signal_input()), run.runId});
}

void Ledger::updateWithStart(const api::ExecuteMultiOperationRequest& request, const Arrival& arrival,
                             const Answer& answer) {
    const auto response = answer.as<api::ExecuteMultiOperationResponse>();
    if (response.responses_size() != 2) throw Violation("start-answer", "it is not the answer of two operations");
    const auto& start = response.responses(0).start_workflow();
    const auto& asked = request.operations(0).start_workflow();
    if (wasDeleted(start.run_id())) return;
    const server::Run& run = runOf(start.run_id());
    if (run.workflowId != asked.workflow_id() || (start.started() && run.startRequestId != asked.request_id())) {
        throw Violation("start-answer", "the answer to an update with start names another run", run.runId);
    }
    // Where the run that was there closes before it takes the update, both are tried once more.
    const server::Run* before = runIn(*m_world, arrival.runId);
    const bool triedAgain = arrival.open && (before == nullptr || !before->open());
    if (!start.started() && run.runId != arrival.runId && !triedAgain) {
        throw Violation("start-answer", "the update went to a run that was not there", run.runId);
    }
    if (start.started() && arrival.open && !triedAgain && asked.workflow_id_reuse_policy() != kTerminateIfRunning &&
        asked.workflow_id_conflict_policy() != enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING) {
        throw Violation("start-as-policy-says", "a run was started beside one that is open", run.runId);
    }
    Arrival there = arrival;
    there.runId = run.runId;
    update(request.operations(1).update_workflow().request().meta().update_id(), there,
           response.responses(1).update_workflow());
}

template <typename Response>
void Ledger::update(const std::string& id, const Arrival& arrival, const Response& response) {
    const std::string& runId = response.update_ref().workflow_execution().run_id();
    if (runId != arrival.runId) throw Violation("update-answer", "the answer names another run", arrival.runId);
    const bool completed = response.stage() == enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED;
    if (completed != response.has_outcome()) {
        throw Violation("update-answer", "the stage of update " + id + " and its outcome contradict each other", runId);
    }
    if (response.stage() == enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED) m_accepted.emplace(runId, id);
    if (!completed || endsWithoutOutcome(response.outcome())) return;
    const std::string outcome = response.outcome().ShortDebugString();
    const auto [known, first] = m_outcomes.emplace(std::pair(runId, id), outcome);
    if (!first && known->second != outcome) {
        throw Violation("update-outcome", "two outcomes of update " + id + " were told", runId);
    }
}
template void Ledger::update(const std::string&, const Arrival&, const api::UpdateWorkflowExecutionResponse&);
template void Ledger::update(const std::string&, const Arrival&, const api::PollWorkflowExecutionUpdateResponse&);

}  // namespace orrery::simulation
