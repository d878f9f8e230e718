// SPDX-License-Identifier: MIT
#include "views/screens/workflow/workflow_page.h"

#include <QBoxLayout>
#include <QSplitter>

#include "views/bridge/history_view_maker.h"
#include "views/bridge/merged.h"
#include "views/panels/history/history_panel.h"
#include "views/panels/payload/inspector_panel.h"
#include "views/panels/payload/run_summary_panel.h"
#include "views/panels/timeline/timeline_panel.h"
#include "views/screens/workflow/workflow_header.h"
#include "views/shared/selection.h"
#include "views/shared/side_column.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::workflow {

using namespace shared;
using gateway::Outcome;

WorkflowPage::WorkflowPage(std::shared_ptr<gateway::Cluster> cluster, gateway::WorkflowKey key, QWidget* parent)
    : Page(parent),
      m_cluster(std::move(cluster)),
      m_key(std::move(key)),
      m_selection(new Selection(this)),
      m_maker(new bridge::HistoryViewMaker(this)) {
    setObjectName(QStringLiteral("workflowPage"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    layOut();
    setFocusProxy(m_timeline->timeline());
    connect(m_maker, &bridge::HistoryViewMaker::made, this, &WorkflowPage::showView);
    connect(m_selection, &Selection::changed, this, &WorkflowPage::showSelected);
    connect(m_header, &WorkflowHeader::messageWanted, this, &WorkflowPage::openMessage);
    connect(m_header, &WorkflowHeader::debuggerWanted, this, &WorkflowPage::debuggerWanted);
    connect(m_messages, &messages::MessagePanel::closed, this, qOverload<>(&QWidget::setFocus));
    showSelected();
    watch();
}

WorkflowPage::~WorkflowPage() = default;

void WorkflowPage::layOut() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_header = new WorkflowHeader(m_key, this);
    m_pending = new PendingList(this);
    m_message = new MessageBar(this);
    m_message->hide();
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setObjectName(QStringLiteral("workflowSplit"));
    split->setChildrenCollapsible(false);
    m_timeline = new timeline::TimelinePanel(m_selection, split);
    m_history = new history_table::HistoryPanel(m_selection, split);
    split->addWidget(m_timeline);
    split->addWidget(m_history);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    for (QWidget* part :
         std::initializer_list<QWidget*>{m_header, m_pending, m_message, new Hairline(Qt::Horizontal, this)}) {
        column->addWidget(part);
    }
    column->addWidget(split, 1);
    m_inspector = new SideColumn(this);
    m_inspector->hide();
    m_summary = new payload::RunSummaryPanel(m_inspector);
    m_event = new payload::InspectorPanel(m_selection, m_inspector);
    m_messages = new messages::MessagePanel(m_cluster, m_key, m_inspector);
    m_inspector->addPart(m_messages);
    m_inspector->addPart(m_summary);
    m_inspector->addPart(m_event);
}

void WorkflowPage::watch() {
    bridge::Merged<Outcome<gateway::WorkflowDescription>> descriptions(
        this, [this](const Outcome<gateway::WorkflowDescription>& outcome) { showDescription(outcome); });
    m_descriptions = m_cluster->watchDescription(m_key, descriptions.sink());
    bridge::Merged<Outcome<gateway::HistoryTail>> tails(
        this, [this](const Outcome<gateway::HistoryTail>& outcome) { showTail(outcome); });
    m_tail = m_cluster->openHistory(m_key, tails.sink());
}

void WorkflowPage::showDescription(const Outcome<gateway::WorkflowDescription>& outcome) {
    if (!outcome) return m_message->showMessage(text(outcome.problem().message));
    m_message->dismiss();
    m_description = outcome.value();
    m_header->setDescription(*m_description);
    m_pending->setActivities(m_description->activities, m_now);
    Q_EMIT changed();
}

void WorkflowPage::showTail(const Outcome<gateway::HistoryTail>& outcome) {
    if (!outcome) return m_message->showMessage(text(outcome.problem().message));
    m_closed = outcome.value().closed;
    m_maker->setHistory(outcome.value().history);
}

void WorkflowPage::showView(const HistoryView& view) {
    m_view = view;
    m_timeline->setHistory(view);
    m_history->setHistory(view);
    m_history->setLive(!m_closed);
    m_summary->setHistory(view);
    m_event->setHistory(view);
    showSelected();
    Q_EMIT changed();
}

void WorkflowPage::showSelected() {
    const bool selected = m_selection->eventId() != 0 || m_selection->groupId() != 0;
    m_event->setVisible(selected);
    m_summary->setVisible(!selected);
}

bool WorkflowPage::isOpen() const {
    return m_description && m_description->row.status == history::WorkflowStatus::Running;
}

void WorkflowPage::openMessage(messages::MessageKind kind) {
    Q_EMIT inspectorWanted();
    m_messages->open(kind);
    m_inspector->ensureWidgetVisible(m_messages);
}

void WorkflowPage::setExamples(const QHash<QString, QString>& arguments) { m_messages->setExamples(arguments); }

void WorkflowPage::offerDebugger() { m_header->offerDebugger(); }

void WorkflowPage::setNow(base::Timestamp now) {
    m_now = now;
    m_header->setNow(now);
    m_messages->setNow(now);
    if (m_description) m_pending->setActivities(m_description->activities, now);
    const auto line = m_closed ? std::nullopt : std::optional(now);
    m_timeline->setNow(line);
    m_event->setNow(line);
}

QString WorkflowPage::title() const { return middleElided(text(m_key.workflowId), 28); }

QWidget* WorkflowPage::inspector() { return m_inspector; }

bool WorkflowPage::stepOut() {
    if (m_messages->stepOut()) return true;
    if (SearchField* search = m_history->searchField(); !search->text().isEmpty() || search->hasFocus()) {
        search->clear();
        m_history->table()->setFocus();
        return true;
    }
    if (m_selection->eventId() == 0 && m_selection->groupId() == 0) return false;
    m_selection->clear();
    return true;
}

void WorkflowPage::find() { m_history->focusSearch(); }

QString WorkflowPage::statusText() const {
    if (!m_view) return tr("reading the history");
    const QString events = countText(static_cast<qint64>(m_view.history->size()), tr("event"), tr("events"));
    const bool sized = m_description && m_description->row.historyBytes > 0;
    return sized ? QStringLiteral("%1, %2").arg(events, bytesText(m_description->row.historyBytes)) : events;
}

}  // namespace orrery::ui::workflow
