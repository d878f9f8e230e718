// SPDX-License-Identifier: MIT
#pragma once

#include <QTimer>
#include <map>
#include <memory>
#include <optional>

#include "core/gateway/cluster.h"
#include "views/bridge/merged.h"
#include "views/shared/page.h"

class QHBoxLayout;
class QLabel;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace orrery::ui::shared {
class EmptyState;
class Facts;
class MessageBar;
class SearchField;
}  // namespace orrery::ui::shared

namespace orrery::ui::workflows {

class WorkflowListModel;

/// The live list of runs of one cluster. UI thread.
class WorkflowsPage : public shared::Page {
    Q_OBJECT

public:
    explicit WorkflowsPage(QWidget* parent = nullptr);
    ~WorkflowsPage() override;

    /// nullptr: there is no server; the page says so.
    void setCluster(std::shared_ptr<gateway::Cluster> cluster);
    /// Absent: all.
    void setStatusFilter(std::optional<history::WorkflowStatus> status);
    std::optional<history::WorkflowStatus> statusFilter() const { return m_status; }
    /// The server's time.
    void setNow(base::Timestamp now);
    /// Whether the empty page offers to run the sample.
    void setSampleOffered(bool offered);

    QString title() const override { return tr("Workflows"); }
    QWidget* inspector() override;
    bool stepOut() override;
    void find() override;
    QString statusText() const override;

Q_SIGNALS:
    void opened(const gateway::WorkflowKey& workflow);
    void sampleRequested();

private:
    QWidget* makeHeader();
    QWidget* makeTable();
    QWidget* makeInspector();
    void watch();
    void showList(const gateway::Outcome<gateway::LiveList>& outcome);
    void showCounts(const gateway::WorkflowCounts& counts);
    void showEmpty();
    void describeRunning();
    void showSelected();
    void openCurrent();
    const gateway::WorkflowRow* current() const;

    std::shared_ptr<gateway::Cluster> m_cluster;
    std::optional<history::WorkflowStatus> m_status;
    bool m_sampleOffered = false;
    gateway::WorkflowCounts m_counts;
    bridge::Latest m_latest;
    bridge::Latest m_inspected;
    gateway::Subscription m_watch;
    gateway::Request m_handlersRequest;
    struct Described {
        int64_t historyLength = -1;
        gateway::Request request;
    };
    std::map<gateway::WorkflowKey, Described> m_described;
    std::map<gateway::WorkflowKey, gateway::WorkflowDescription> m_descriptions;
    QTimer m_typing;

    WorkflowListModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_table = nullptr;
    QStackedWidget* m_stack = nullptr;
    shared::EmptyState* m_empty = nullptr;
    shared::SearchField* m_filter = nullptr;
    shared::MessageBar* m_message = nullptr;
    QHBoxLayout* m_chips = nullptr;
    QWidget* m_inspectorWidget = nullptr;
    QLabel* m_inspectorTitle = nullptr;
    shared::Facts* m_facts = nullptr;
    QLabel* m_handlersTitle = nullptr;
    shared::Facts* m_handlers = nullptr;
};

}  // namespace orrery::ui::workflows
