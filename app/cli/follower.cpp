// SPDX-License-Identifier: MIT
#include "app/cli/follower.h"

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/client/requests.h"

namespace orrery::cli {
namespace {

namespace wsv = temporal::api::workflowservice::v1;

/// One answer and who waits for it.
struct Mailbox {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::unique_ptr<wsv::GetWorkflowExecutionHistoryResponse> response;
    client::RpcErrorPtr error;

    void finish(std::unique_ptr<wsv::GetWorkflowExecutionHistoryResponse> newResponse, client::RpcErrorPtr newError) {
        const std::lock_guard lock(mutex);
        done = true;
        response = std::move(newResponse);
        error = std::move(newError);
        changed.notify_all();
    }
};

}  // namespace

Follower::Follower(std::shared_ptr<client::Connection> connection, std::string workflowId, std::string runId)
    : m_connection(std::move(connection)), m_workflowId(std::move(workflowId)), m_runId(std::move(runId)) {}

std::optional<size_t> Follower::next(std::stop_token stop) {
    if (m_closed || stop.stop_requested()) return std::nullopt;
    const auto request = client::historyRequest(*m_connection, {m_workflowId, m_runId, {}}, m_pageToken, true,
                                                client::HistoryFilter::All);
    const auto box = std::make_shared<Mailbox>();
    const client::Call call = m_connection->call<wsv::GetWorkflowExecutionHistoryResponse>(
        "GetWorkflowExecutionHistory", request, client::CallOptions::longPoll(client::RetryPolicy::forPolls()),
        [box](auto response, client::RpcErrorPtr error) { box->finish(std::move(response), std::move(error)); });
    const std::stop_callback wake(stop, [box] { box->finish(nullptr, nullptr); });
    std::unique_lock lock(box->mutex);
    box->changed.wait(lock, [&box] { return box->done; });
    if (box->error) box->error->raise();
    if (!box->response) return std::nullopt;
    const size_t before = m_builder.size();
    for (const auto& event : box->response->history().events()) m_builder.append(event);
    m_pageToken = box->response->next_page_token();
    m_closed = m_pageToken.empty();
    return m_builder.size() - before;
}

}  // namespace orrery::cli
