// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>

#include "core/gateway/cluster.h"
#include "views/bridge/deliver.h"
#include "views/panels/messages/message_panel.h"
#include "views/shared/history_view.h"
#include "views/shared/page.h"

namespace orrery::ui::bridge {
class HistoryViewMaker;
}
namespace orrery::ui::history_table {
class HistoryPanel;
}
namespace orrery::ui::payload {
class InspectorPanel;
class RunSummaryPanel;
}  // namespace orrery::ui::payload
namespace orrery::ui::shared {
class MessageBar;
class Selection;
class SideColumn;
}  // namespace orrery::ui::shared
namespace orrery::ui::timeline {
class TimelinePanel;
}

namespace orrery::ui::workflow {

class PendingList;
class WorkflowHeader;

/// One run, live. UI thread.
class WorkflowPage : public shared::Page {
    Q_OBJECT

public:
    WorkflowPage(std::shared_ptr<gateway::Cluster> cluster, gateway::WorkflowKey key, QWidget* parent = nullptr);
    ~WorkflowPage() override;

    const gateway::WorkflowKey& key() const { return m_key; }
    const shared::HistoryView& view() const { return m_view; }
    bool isOpen() const;
    void openMessage(messages::MessageKind kind);
    /// Arguments that the forms begin with, by handler name.
    void setExamples(const QHash<QString, QString>& arguments);
    /// The run can be replayed here: a button asks for it.
    void offerDebugger();
    /// The server's time.
    void setNow(base::Timestamp now);

    QString title() const override;
    QWidget* inspector() override;
    bool stepOut() override;
    void find() override;
    QString statusText() const override;

Q_SIGNALS:
    void debuggerWanted();

private:
    void layOut();
    void watch();
    void showDescription(const gateway::Outcome<gateway::WorkflowDescription>& outcome);
    void showTail(const gateway::Outcome<gateway::HistoryTail>& outcome);
    void showView(const shared::HistoryView& view);
    void showSelected();

    std::shared_ptr<gateway::Cluster> m_cluster;
    gateway::WorkflowKey m_key;
    shared::HistoryView m_view;
    std::optional<gateway::WorkflowDescription> m_description;
    bool m_closed = false;
    base::Timestamp m_now{};
    shared::Selection* m_selection;
    bridge::HistoryViewMaker* m_maker;

    WorkflowHeader* m_header = nullptr;
    PendingList* m_pending = nullptr;
    shared::MessageBar* m_message = nullptr;
    timeline::TimelinePanel* m_timeline = nullptr;
    history_table::HistoryPanel* m_history = nullptr;
    shared::SideColumn* m_inspector = nullptr;
    payload::RunSummaryPanel* m_summary = nullptr;
    payload::InspectorPanel* m_event = nullptr;
    messages::MessagePanel* m_messages = nullptr;

    gateway::Subscription m_descriptions;
    gateway::Subscription m_tail;
};

}  // namespace orrery::ui::workflow
