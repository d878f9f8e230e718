// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/client/connection.h"
#include "core/gateway/cluster.h"

namespace orrery::gateway {

/// A Cluster over a connection, whatever is at its other end.
class ConnectedCluster final : public Cluster {
public:
    ConnectedCluster(std::shared_ptr<client::Connection> connection, ClusterInfo info);

    ClusterInfo info() const override;
    Subscription watchConnection(std::function<void(ConnectionStatus)> callback) override;
    Request listWorkflows(ListQuery query, Callback<WorkflowPage> callback) override;
    Request countWorkflows(ListQuery query, Callback<WorkflowCounts> callback) override;
    Subscription watchWorkflows(ListQuery query, Callback<LiveList> callback) override;
    Request describe(WorkflowKey workflow, Callback<WorkflowDescription> callback) override;
    Subscription watchDescription(WorkflowKey workflow, Callback<WorkflowDescription> callback) override;
    Request handlers(WorkflowKey workflow, Callback<Handlers> callback) override;
    Subscription openHistory(WorkflowKey workflow, Callback<HistoryTail> callback) override;
    Request start(StartRequest request, Callback<WorkflowKey> callback) override;
    Request signal(SignalRequest request, Callback<Done> callback) override;
    Request query(QueryRequest request, Callback<QueryAnswer> callback) override;
    Request update(UpdateRequest request, Callback<UpdateAnswer> callback) override;
    Request cancel(WorkflowKey workflow, std::string reason, Callback<Done> callback) override;
    Request terminate(WorkflowKey workflow, std::string reason, Callback<Done> callback) override;

private:
    base::Duration pollInterval() const;

    std::shared_ptr<client::Connection> m_connection;
    ClusterInfo m_info;
};

}  // namespace orrery::gateway
