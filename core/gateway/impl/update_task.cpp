// SPDX-License-Identifier: MIT
#include <utility>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/base/uuid.h"
#include "core/client/requests.h"
#include "core/gateway/impl/convert.h"
#include "core/gateway/impl/tasks.h"
#include "core/payload/proto.h"

namespace orrery::gateway {
namespace {

/// Sends the update until it is accepted, then asks for the outcome until it is there.
class UpdateTask final : public Task {
public:
    UpdateTask(ConnectionPtr connection, UpdateRequest request, Callback<UpdateAnswer> callback)
        : Task(std::move(connection)), m_request(std::move(request)), m_callback(std::move(callback)) {
        if (m_request.updateId.empty()) m_request.updateId = base::randomUuid();
    }

    void begin() override {
        const auto request = client::updateRequest(*connection(), workflow(), m_request.name, m_request.input,
                                                   m_request.updateId, stage());
        ask<wsv::UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution", request, options(),
                                                  [this](auto response, auto error) { take(response.get(), error); });
    }
    void failed(Problem problem) override {
        deliver([&] { m_callback(std::move(problem)); });
    }

private:
    client::WorkflowRef workflow() const { return {m_request.workflow.workflowId, m_request.workflow.runId, {}}; }
    client::UpdateStage stage() const {
        return m_request.waitFor == UpdateStage::Completed ? client::UpdateStage::Completed
                                                           : client::UpdateStage::Accepted;
    }
    static client::CallOptions options() { return client::CallOptions::longPoll(client::RetryPolicy::forWaiting()); }

    void poll() {
        ask<wsv::PollWorkflowExecutionUpdateResponse>(
            "PollWorkflowExecutionUpdate",
            client::pollUpdateRequest(*connection(), workflow(), m_request.updateId, stage()), options(),
            [this](auto response, auto error) { take(response.get(), error); });
    }

    /// Both kinds of answers have the same fields.
    template <typename Response>
    void take(const Response* response, const client::RpcErrorPtr& error) {
        if (error) return failed(problemFrom(*error));
        const auto& execution = response->update_ref().workflow_execution();
        if (!execution.run_id().empty()) m_request.workflow.runId = execution.run_id();
        const auto& outcome = response->outcome();
        UpdateAnswer answer{m_request.updateId, m_request.workflow, UpdateStage::Completed, {}, {}};
        if (outcome.has_success()) {
            answer.result = payload::fromProto(outcome.success());
        } else if (outcome.has_failure()) {
            answer.failure = failureFrom(outcome.failure());
        } else if (response->stage() < temporal::api::enums::v1::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED) {
            // Not yet accepted when the server's patience ended: it forgets the update unless it is sent again.
            return begin();
        } else if (m_request.waitFor == UpdateStage::Completed) {
            return poll();
        } else {
            answer.stage = UpdateStage::Accepted;
        }
        deliver([&] { m_callback(std::move(answer)); });
    }

    UpdateRequest m_request;
    Callback<UpdateAnswer> m_callback;
};

}  // namespace

std::shared_ptr<Task> updateTask(ConnectionPtr connection, UpdateRequest request, Callback<UpdateAnswer> callback) {
    return std::make_shared<UpdateTask>(std::move(connection), std::move(request), std::move(callback));
}

}  // namespace orrery::gateway
