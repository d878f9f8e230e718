// SPDX-License-Identifier: MIT
// ExecuteMultiOperation: "update-with-start", a start and an update that count as one.

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/methods.h"
#include "core/server/state/start.h"
#include "core/server/state/start_check.h"
#include "core/server/state/tasks.h"
#include "core/server/state/updates.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

constexpr const char* kFailed = "Update-with-Start could not be executed.";
/// Of the start and of the update; nullopt for what went well.
using Errors = std::vector<std::optional<ServiceError>>;

/// What the caller of both asks for.
struct Asked {
    StartRequest start;
    api::UpdateWorkflowExecutionRequest update;
};
using AskedPtr = std::shared_ptr<const Asked>;

/// Whether the run that is there may close before it takes the update, and everything is tried once more.
enum class Try : uint8_t { First, Last };
void updateWithStart(World& world, const AskedPtr& asked, Try which, const CallPtr& call);

/// Gives the answer of the update to the caller of both.
class UpdateAnswer final : public CutOffCall {
public:
    UpdateAnswer(const CallPtr& caller, const Run& run, bool started, AskedPtr asked, Try which)
        : m_caller(caller), m_started(started), m_asked(std::move(asked)), m_try(which) {
        deadline = caller->deadline;
        m_start.set_run_id(run.runId);
        m_start.set_first_execution_run_id(run.firstRunId);
        m_start.set_started(started);
        m_start.set_status(run.status);
        *m_start.mutable_link() = linkToStart(run);
    }

    void cutOff(World& world, const CallPtr& self) override {
        if (m_started) return world.fail(self, notFound(kUpdateCutOff));
        // Whoever met two runs that closed may try again himself.
        if (m_try == Try::Last) return world.fail(self, ServiceError(base::ErrorCode::Aborted, kUpdateCutOff));
        world.later([&world, asked = m_asked, caller = m_caller] {
            try {
                updateWithStart(world, asked, Try::Last, caller);
            } catch (const ServiceError& error) {
                world.fail(caller, error);
            }
        });
    }

    void finish(Reply reply) override {
        Reply both;
        if (reply.error) {
            both.error = operationsFailed(
                kFailed, {m_started ? std::nullopt : std::optional(operationAborted()), std::move(reply.error)});
        } else {
            auto message = std::make_unique<api::ExecuteMultiOperationResponse>();
            *message->add_responses()->mutable_start_workflow() = m_start;
            *message->add_responses()->mutable_update_workflow() =
                static_cast<const api::UpdateWorkflowExecutionResponse&>(*reply.message);
            both.message = std::move(message);
        }
        m_caller->finish(std::move(both));
    }

private:
    const CallPtr m_caller;
    const bool m_started;
    const AskedPtr m_asked;
    const Try m_try;
    api::StartWorkflowExecutionResponse m_start;
};

template <typename Work>
std::optional<ServiceError> errorOf(Work&& work) {
    try {
        work();
    } catch (const ServiceError& error) {
        return error;
    }
    return std::nullopt;
}

void checkSpace(const std::string& own, const std::string& whole) {
    if (own != whole) throw invalidArgument("Operation namespace did not match request's namespace.");
}

void checkStartOperation(World& world, const StartRequest& request, const std::string& ns) {
    checkSpace(request.namespace_(), ns);
    if (!request.cron_schedule().empty()) throw invalidArgument("CronSchedule is not allowed.");
    checkStart(world, request);
    if (request.request_eager_execution()) throw invalidArgument("RequestEagerExecution is not supported.");
    if (payload::fromProto(request.workflow_start_delay()) > 0s) {
        throw invalidArgument("WorkflowStartDelay is not supported.");
    }
}

void checkUpdateOperation(const api::UpdateWorkflowExecutionRequest& request, const std::string& ns,
                          const std::string& workflowId) {
    checkSpace(request.namespace_(), ns);
    checkUpdate(request);
    if (!request.first_execution_run_id().empty()) throw invalidArgument("FirstExecutionRunId is not allowed.");
    if (!request.workflow_execution().run_id().empty()) throw invalidArgument("RunId is not allowed.");
    if (request.workflow_execution().workflow_id() != workflowId) {
        throw invalidArgument("WorkflowId is not consistent with previous operation(s).");
    }
}

/// The run that takes the update without a start; nullptr when there has to be a new one.
Run* runToUpdate(World& world, const StartRequest& start, const api::UpdateWorkflowExecutionRequest& update) {
    Run* current = world.findRun(start.namespace_(), start.workflow_id(), "");
    if (current == nullptr) return nullptr;
    const auto known = current->updates.find(update.request().meta().update_id());
    if (known != current->updates.end() && (current->open() || cameToItsEnd(known->second))) return current;
    if (!current->open()) return nullptr;
    const bool repeated = !start.request_id().empty() && current->startRequestId == start.request_id();
    const bool shared = start.workflow_id_conflict_policy() == enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING;
    return repeated || shared ? current : nullptr;
}

void updateWithStart(World& world, const AskedPtr& asked, Try which, const CallPtr& call) {
    const auto& [start, update] = *asked;
    if (Run* existing = runToUpdate(world, start, update)) {
        const auto answer = std::make_shared<UpdateAnswer>(call, *existing, false, asked, which);
        const auto refused = errorOf([&] {
            if (admitUpdate(world, *existing, asked->update, answer)) scheduleTask(world, *existing, true);
        });
        call->waitId = answer->waitId;
        if (refused) throw operationsFailed(kFailed, {operationAborted(), refused});
        return;
    }
    std::string runId;
    const auto refused = errorOf([&] {
        checkFirstUpdate(world, asked->update);
        const Run* instead = runInsteadOf(world, asked->start, &runId);
        if (instead != nullptr) throw ServiceError(base::ErrorCode::Unavailable, "Workflow was not started: deduped");
    });
    if (refused) throw operationsFailed(kFailed, {refused, operationAborted()});
    // The update is there before the first task, which then carries it.
    Run& run = createRun(world, newRunOf(world, start, runId));
    const auto answer = std::make_shared<UpdateAnswer>(call, run, true, asked, which);
    admitUpdate(world, run, update, answer);
    // When the caller goes away, its wait is the one to end.
    call->waitId = answer->waitId;
    beginRun(world, run);
}

void executeMultiOperation(World& world, const api::ExecuteMultiOperationRequest& request, const CallPtr& call) {
    world.namespaceOf(request.namespace_());
    const auto& operations = request.operations();
    if (operations.size() != 2 || !operations[0].has_start_workflow() || !operations[1].has_update_workflow()) {
        throw invalidArgument("Operations have to be exactly [Start, Update].");
    }
    const auto asked = std::make_shared<Asked>(Asked{operations[0].start_workflow(), operations[1].update_workflow()});
    auto& [start, update] = *asked;
    if (start.namespace_().empty()) start.set_namespace_(request.namespace_());
    if (update.namespace_().empty()) update.set_namespace_(request.namespace_());
    Errors errors = {errorOf([&] { checkStartOperation(world, asked->start, request.namespace_()); }), errorOf([&] {
                         checkUpdateOperation(asked->update, request.namespace_(), asked->start.workflow_id());
                     })};
    if (errors[0] || errors[1]) {
        for (auto& error : errors) {
            if (!error) error = operationAborted();
        }
        throw operationsFailed(kFailed, errors);
    }
    updateWithStart(world, asked, Try::First, call);
}

}  // namespace

void addMultiOperationMethods(Methods& methods) {
    methods.addAsync<api::ExecuteMultiOperationRequest>("ExecuteMultiOperation", executeMultiOperation);
}

}  // namespace orrery::server
