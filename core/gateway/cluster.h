// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "core/gateway/outcome.h"
#include "core/gateway/values.h"

namespace orrery::gateway {

/// One namespace of one server, embedded or remote: everything that the window knows of it. Every call is safe from
/// any thread and returns at once; callbacks arrive on a core thread, possibly before the call has returned its handle.
/// Handles may outlive the cluster. Operations that only read are retried for a while when the server does not answer.
class Cluster {
public:
    virtual ~Cluster() = default;

    virtual ClusterInfo info() const = 0;

    /// The present state at once, then each change. Asks the server now and then while somebody listens.
    virtual Subscription watchConnection(std::function<void(ConnectionStatus)> callback) = 0;

    virtual Request listWorkflows(ListQuery query, Callback<WorkflowPage> callback) = 0;
    virtual Request countWorkflows(ListQuery query, Callback<WorkflowCounts> callback) = 0;
    /// The first page, and again whenever it has changed. After a Problem it goes on trying; the same Problem is told
    /// once.
    virtual Subscription watchWorkflows(ListQuery query, Callback<LiveList> callback) = 0;

    virtual Request describe(WorkflowKey workflow, Callback<WorkflowDescription> callback) = 0;
    /// The same, and again whenever something in it has changed; ends by itself when the run has closed.
    virtual Subscription watchDescription(WorkflowKey workflow, Callback<WorkflowDescription> callback) = 0;
    /// Asks the workflow itself (a worker must be running). Problem(InvalidArgument) when its SDK does not tell.
    virtual Request handlers(WorkflowKey workflow, Callback<Handlers> callback) = 0;

    /// Follows one run: what is there, then what comes, until it closes. Snapshots share their events. After a Problem
    /// that another try may cure it goes on by itself; the same Problem is told once.
    virtual Subscription openHistory(WorkflowKey workflow, Callback<HistoryTail> callback) = 0;

    /// Gives the key with the run id.
    virtual Request start(StartRequest request, Callback<WorkflowKey> callback) = 0;
    virtual Request signal(SignalRequest request, Callback<Done> callback) = 0;
    virtual Request query(QueryRequest request, Callback<QueryAnswer> callback) = 0;
    /// Answers only when the wanted stage is reached, however long that takes.
    virtual Request update(UpdateRequest request, Callback<UpdateAnswer> callback) = 0;
    virtual Request cancel(WorkflowKey workflow, std::string reason, Callback<Done> callback) = 0;
    virtual Request terminate(WorkflowKey workflow, std::string reason, Callback<Done> callback) = 0;
};

struct ConnectTo {
    /// "host:port".
    std::string address;
    std::string namespaceName = "default";
    /// Empty: made from process and host.
    std::string identity;
    base::Duration timeout = std::chrono::seconds(5);
};

/// Connects, asks for the server's version and checks the namespace. The Problem names address or namespace.
Request connect(ConnectTo to, Callback<std::shared_ptr<Cluster>> callback);

}  // namespace orrery::gateway
