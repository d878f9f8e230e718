// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <memory>

#include "core/gateway/cluster.h"
#include "core/gateway/local_server.h"
#include "views/bridge/merged.h"

namespace orrery::ui::shell {

/// The cluster that the window shows, and what it always knows of it: connection, counts, the newest runs, the sample
/// worker. The embedded server, when there is one, stays at hand while another cluster is shown. UI thread.
class Session : public QObject {
    Q_OBJECT

public:
    explicit Session(std::shared_ptr<gateway::LocalServer> local, QObject* parent = nullptr);
    ~Session() override;

    const std::shared_ptr<gateway::Cluster>& cluster() const { return m_cluster; }
    gateway::LocalServer* local() const { return m_local.get(); }
    /// The clock of the cluster shown; nullptr for a server of others.
    gateway::ClockControl* clock() const;
    bool showsLocal() const { return m_cluster && m_showsLocal; }

    /// The server's time: virtual on the embedded one, else the wall's.
    base::Timestamp now() const;

    const gateway::WorkflowCounts& counts() const { return m_counts; }
    const std::vector<gateway::WorkflowRow>& newest() const { return m_newest; }
    const gateway::WorkerState& worker() const { return m_worker; }
    const gateway::ConnectionStatus& connection() const { return m_connection; }
    /// "embedded server · default", "10.0.0.1:7233 · default", "no server".
    QString name() const;
    QString address() const;
    /// How many runs end with the program, for its server ends too.
    qint64 openRunsHere() const;

    void showLocal();
    void show(std::shared_ptr<gateway::Cluster> cluster);
    /// connected() or connectFailed() follows.
    void connectTo(const QString& address, const QString& namespaceName);

Q_SIGNALS:
    void clusterChanged();
    void countsChanged();
    void workerChanged();
    void connectionChanged();
    void connectFailed(const QString& message);

private:
    void use(std::shared_ptr<gateway::Cluster> cluster, bool local);

    std::shared_ptr<gateway::LocalServer> m_local;
    std::shared_ptr<gateway::Cluster> m_cluster;
    bool m_showsLocal = false;
    gateway::WorkflowCounts m_counts;
    std::vector<gateway::WorkflowRow> m_newest;
    gateway::WorkerState m_worker;
    gateway::ConnectionStatus m_connection;
    bridge::Latest m_lists;
    bridge::Latest m_connections;
    bridge::Latest m_connecting;
    gateway::Subscription m_watchList;
    gateway::Subscription m_watchConnection;
    gateway::Subscription m_watchWorker;
    gateway::Request m_connect;
};

}  // namespace orrery::ui::shell
