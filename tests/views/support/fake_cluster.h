// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/gateway/cluster.h"

namespace orrery::test {

/// A cluster made of values that a test sets. Every call is written down; answers come at once, on the calling thread,
/// as the interface allows. A test sets `problem` to have every call fail.
class FakeCluster final : public gateway::Cluster {
public:
    FakeCluster();
    ~FakeCluster() override;

    /// "signal order-1 approve [true]" ..., in order; watches and lists are not written down.
    QStringList calls;
    std::optional<gateway::Problem> problem;
    std::vector<gateway::WorkflowRow> rows;
    gateway::WorkflowDescription description;
    gateway::Handlers known;
    gateway::QueryAnswer queryAnswer;
    gateway::UpdateAnswer updateAnswer;

    /// Adds a row, newest first.
    gateway::WorkflowRow& addRow(const std::string& workflowId, gateway::WorkflowStatus status);
    /// Tells whoever watches the list, the description or the connection.
    void tellList();
    void tellDescription();
    void tellConnection(gateway::ConnectionStatus status);
    void tellHistory(gateway::HistoryTail tail);

    gateway::ClusterInfo info() const override;
    gateway::Subscription watchConnection(std::function<void(gateway::ConnectionStatus)> callback) override;
    gateway::Request listWorkflows(gateway::ListQuery query,
                                   gateway::Callback<gateway::WorkflowPage> callback) override;
    gateway::Request countWorkflows(gateway::ListQuery query,
                                    gateway::Callback<gateway::WorkflowCounts> callback) override;
    gateway::Subscription watchWorkflows(gateway::ListQuery query,
                                         gateway::Callback<gateway::LiveList> callback) override;
    gateway::Request describe(gateway::WorkflowKey workflow,
                              gateway::Callback<gateway::WorkflowDescription> callback) override;
    gateway::Subscription watchDescription(gateway::WorkflowKey workflow,
                                           gateway::Callback<gateway::WorkflowDescription> callback) override;
    gateway::Request handlers(gateway::WorkflowKey workflow, gateway::Callback<gateway::Handlers> callback) override;
    gateway::Subscription openHistory(gateway::WorkflowKey workflow,
                                      gateway::Callback<gateway::HistoryTail> callback) override;
    gateway::Request start(gateway::StartRequest request, gateway::Callback<gateway::WorkflowKey> callback) override;
    gateway::Request signal(gateway::SignalRequest request, gateway::Callback<gateway::Done> callback) override;
    gateway::Request query(gateway::QueryRequest request, gateway::Callback<gateway::QueryAnswer> callback) override;
    gateway::Request update(gateway::UpdateRequest request, gateway::Callback<gateway::UpdateAnswer> callback) override;
    gateway::Request cancel(gateway::WorkflowKey workflow, std::string reason,
                            gateway::Callback<gateway::Done> callback) override;
    gateway::Request terminate(gateway::WorkflowKey workflow, std::string reason,
                               gateway::Callback<gateway::Done> callback) override;

private:
    template <class Told>
    struct Watchers;
    struct State;

    gateway::LiveList matching(const gateway::ListQuery& query) const;
    template <class T>
    gateway::Request answer(const gateway::Callback<T>& callback, T value);

    std::shared_ptr<State> m_state;
};

}  // namespace orrery::test
