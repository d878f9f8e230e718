// SPDX-License-Identifier: MIT
#include "core/client/client.h"

#include <utility>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/client/codec.h"

namespace orrery::client {

Client::Client(std::shared_ptr<Connection> connection, payload::DataConverter converter)
    : m_core(std::make_shared<ClientCore>(ClientCore{std::move(connection), std::move(converter), nullptr})) {}

Client Client::connect(const ConnectOptions& options, payload::DataConverter converter) {
    Client client(Connection::create(options), std::move(converter));
    CallOptions once;
    once.timeout = std::chrono::seconds(5);
    once.retry = RetryPolicy::none();
    client.connection()->callAndWait<wsv::GetSystemInfoResponse>("GetSystemInfo", wsv::GetSystemInfoRequest(), once);
    return client;
}

ServerInfo Client::serverInfo() const {
    const auto response =
        connection()->callAndWait<wsv::GetSystemInfoResponse>("GetSystemInfo", wsv::GetSystemInfoRequest());
    return {response.server_version(), response.capabilities().count_group_by_execution_status()};
}

WorkflowHandle Client::startWorkflowPayloads(const std::string& type, const StartWorkflowOptions& options,
                                             const Payloads& input) const {
    const auto request = startRequest(*connection(), type, options, encoded(converter(), input));
    const auto response =
        connection()->callAndWait<wsv::StartWorkflowExecutionResponse>("StartWorkflowExecution", request);
    return WorkflowHandle(m_core, {options.id(), {}, response.run_id()}, response.run_id());
}

WorkflowHandle Client::signalWithStart(const std::string& type, const StartWorkflowOptions& options,
                                       const Payloads& input, const std::string& signal,
                                       const Payloads& signalInput) const {
    const auto request = signalWithStartRequest(*connection(), type, options, encoded(converter(), input), signal,
                                                encoded(converter(), signalInput));
    const auto response = connection()->callAndWait<wsv::SignalWithStartWorkflowExecutionResponse>(
        "SignalWithStartWorkflowExecution", request);
    return WorkflowHandle(m_core, {options.id(), {}, response.run_id()}, response.run_id());
}

WorkflowHandle Client::workflow(const std::string& id, const std::string& runId) const {
    return WorkflowHandle(m_core, {id, runId, {}});
}

WorkflowPage Client::listWorkflows(const std::string& query, int pageSize, const std::string& pageToken) const {
    auto response = connection()->callAndWait<wsv::ListWorkflowExecutionsResponse>(
        "ListWorkflowExecutions", listRequest(*connection(), query, pageSize, pageToken));
    WorkflowPage page;
    page.executions.reserve(static_cast<size_t>(response.executions_size()));
    for (const auto& execution : response.executions()) page.executions.push_back(fromProto(execution));
    page.nextPageToken = response.next_page_token();
    return page;
}

int64_t Client::countWorkflows(const std::string& query) const {
    return connection()
        ->callAndWait<wsv::CountWorkflowExecutionsResponse>("CountWorkflowExecutions",
                                                            countRequest(*connection(), query))
        .count();
}

}  // namespace orrery::client
