// SPDX-License-Identifier: MIT
// The operations of a cluster that take more than one call.
#pragma once

#include <memory>

#include "core/gateway/cluster.h"
#include "core/gateway/impl/task.h"

namespace orrery::gateway {

using ConnectionPtr = std::shared_ptr<client::Connection>;

std::shared_ptr<Task> connectionWatch(ConnectionPtr connection, std::function<void(ConnectionStatus)> callback);
/// Grouped by status where the server can.
std::shared_ptr<Task> countTask(ConnectionPtr connection, ListQuery query, Callback<WorkflowCounts> callback);
std::shared_ptr<Task> listWatch(ConnectionPtr connection, ListQuery query, base::Duration interval,
                                Callback<LiveList> callback);
std::shared_ptr<Task> descriptionWatch(ConnectionPtr connection, WorkflowKey workflow, base::Duration interval,
                                       Callback<WorkflowDescription> callback);
std::shared_ptr<Task> historyTail(ConnectionPtr connection, WorkflowKey workflow, Callback<HistoryTail> callback);
std::shared_ptr<Task> updateTask(ConnectionPtr connection, UpdateRequest request, Callback<UpdateAnswer> callback);
std::shared_ptr<Task> connectTask(ConnectTo to, Callback<std::shared_ptr<Cluster>> callback);

}  // namespace orrery::gateway
