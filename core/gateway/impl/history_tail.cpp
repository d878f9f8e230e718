// SPDX-License-Identifier: MIT
#include <utility>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/client/backoff.h"
#include "core/client/requests.h"
#include "core/gateway/impl/convert.h"
#include "core/gateway/impl/repeated_problem.h"
#include "core/gateway/impl/tasks.h"

namespace orrery::gateway {
namespace {

/// Describes the run first, to know how much is there already; then page after page, and at the end the long poll.
class HistoryFollower final : public Task {
public:
    HistoryFollower(ConnectionPtr connection, WorkflowKey workflow, Callback<HistoryTail> callback)
        : Task(std::move(connection)),
          m_workflow{std::move(workflow.workflowId), std::move(workflow.runId), {}},
          m_callback(std::move(callback)) {}

    void begin() override {
        ask<wsv::DescribeWorkflowExecutionResponse>(
            "DescribeWorkflowExecution", client::describeRequest(*connection(), m_workflow), {},
            [this](auto response, auto error) {
                if (error) return recover(problemFrom(*error));
                // Pins the run: the id may get another one while we read.
                m_workflow.runId = response->workflow_execution_info().execution().run_id();
                m_present = static_cast<size_t>(response->workflow_execution_info().history_length());
                m_problems.over();
                next();
            });
    }
    void failed(Problem problem) override {
        deliver([&] { m_callback(std::move(problem)); });
    }

private:
    void next() {
        ask<wsv::GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory",
            client::historyRequest(*connection(), m_workflow, m_token, true, client::HistoryFilter::All),
            client::CallOptions::longPoll(client::RetryPolicy::none()), [this](auto response, auto error) {
                if (!error) return take(*response);
                if (error->code() == base::ErrorCode::DeadlineExceeded) return next();
                recover(problemFrom(*error));
            });
    }

    void take(const wsv::GetWorkflowExecutionHistoryResponse& response) {
        m_builder.append(response.history().SerializeAsString());
        m_token = response.next_page_token();
        const bool closed = m_token.empty();
        const bool complete = closed || m_builder.size() >= m_present;
        const size_t size = m_builder.size();
        // While earlier pages arrive, only now and then: views rebuild themselves from each snapshot.
        const bool worthTelling =
            m_problems.any() || complete != m_toldComplete || closed || (complete ? size > m_told : size >= 2 * m_told);
        m_problems.over();
        if (worthTelling) {
            m_told = size;
            m_toldComplete = complete;
            deliver([&] { m_callback(HistoryTail{m_builder.snapshot(), complete, closed}); });
        }
        if (!closed) next();
    }

    void recover(Problem problem) {
        const bool curable = client::Backoff::isTransient(problem.code);
        if (m_problems.isNew(problem)) deliver([&] { m_callback(std::move(problem)); });
        if (!curable) return;
        pause(m_problems.interval(), [this] { m_present == 0 ? begin() : next(); });
    }

    client::WorkflowRef m_workflow;
    Callback<HistoryTail> m_callback;
    history::HistoryBuilder m_builder;
    std::string m_token;
    size_t m_present = 0;
    size_t m_told = 0;
    bool m_toldComplete = false;
    RepeatedProblem m_problems;
};

}  // namespace

std::shared_ptr<Task> historyTail(ConnectionPtr connection, WorkflowKey workflow, Callback<HistoryTail> callback) {
    return std::make_shared<HistoryFollower>(std::move(connection), std::move(workflow), std::move(callback));
}

}  // namespace orrery::gateway
