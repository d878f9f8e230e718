// SPDX-License-Identifier: MIT
#include "views/shell/session.h"

#include "core/base/clock.h"
#include "views/shared/text_format.h"

namespace orrery::ui::shell {

using gateway::Outcome;
using shared::text;

Session::Session(std::shared_ptr<gateway::LocalServer> local, QObject* parent)
    : QObject(parent), m_local(std::move(local)) {
    if (!m_local) return;
    auto receive = bridge::deliver(this, [this](gateway::WorkerState state) {
        m_worker = std::move(state);
        Q_EMIT workerChanged();
    });
    m_watchWorker = m_local->worker().watch(receive);
    showLocal();
}

Session::~Session() = default;

gateway::ClockControl* Session::clock() const { return showsLocal() && m_local ? &m_local->clock() : nullptr; }

base::Timestamp Session::now() const {
    if (const auto* moved = clock()) return moved->status().virtualNow;
    return base::systemClock()->now();
}

QString Session::name() const {
    if (!m_cluster) return tr("no server");
    const gateway::ClusterInfo info = m_cluster->info();
    const QString server = m_showsLocal ? tr("embedded server") : text(info.address);
    return QStringLiteral("%1 · %2").arg(server, text(info.namespaceName));
}

QString Session::address() const { return m_cluster ? text(m_cluster->info().address) : QString(); }

qint64 Session::openRunsHere() const {
    if (!showsLocal()) return 0;
    const auto running = m_counts.byStatus.find(history::WorkflowStatus::Running);
    return running == m_counts.byStatus.end() ? 0 : running->second;
}

void Session::showLocal() {
    if (m_local) use(m_local->cluster(), true);
}

void Session::show(std::shared_ptr<gateway::Cluster> cluster) {
    const bool embedded = cluster && cluster->info().kind == gateway::ClusterKind::Embedded;
    use(std::move(cluster), embedded);
}

void Session::use(std::shared_ptr<gateway::Cluster> cluster, bool local) {
    m_watchList.drop();
    m_watchConnection.drop();
    m_lists.drop();
    m_connections.drop();
    m_counts = {};
    m_newest.clear();
    m_connection = {};
    m_cluster = std::move(cluster);
    m_showsLocal = local;
    Q_EMIT clusterChanged();
    Q_EMIT countsChanged();
    if (!m_cluster) return;
    bridge::Merged<Outcome<gateway::LiveList>> merged(this, m_lists.wrap([this](Outcome<gateway::LiveList> outcome) {
        if (!outcome) return;
        m_counts = outcome.value().counts;
        m_newest = outcome.value().page->rows;
        Q_EMIT countsChanged();
    }));
    m_watchList = m_cluster->watchWorkflows({}, merged.sink());
    m_watchConnection =
        m_cluster->watchConnection(m_connections.deliver(this, [this](gateway::ConnectionStatus status) {
            m_connection = std::move(status);
            Q_EMIT connectionChanged();
        }));
}

void Session::connectTo(const QString& address, const QString& namespaceName) {
    gateway::ConnectTo to;
    to.address = address.trimmed().toStdString();
    if (!namespaceName.trimmed().isEmpty()) to.namespaceName = namespaceName.trimmed().toStdString();
    m_connect = gateway::connect(std::move(to),
                                 m_connecting.deliver(this, [this](Outcome<std::shared_ptr<gateway::Cluster>> outcome) {
                                     if (!outcome) return Q_EMIT connectFailed(text(outcome.problem().message));
                                     use(std::move(outcome).value(), false);
                                 }));
}

}  // namespace orrery::ui::shell
