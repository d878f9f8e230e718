// SPDX-License-Identifier: MIT
#include "views/screens/workflows/workflows_page.h"

#include <QBoxLayout>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>

#include "views/screens/workflows/row_delegate.h"
#include "views/screens/workflows/workflow_list_model.h"
#include "views/shared/facts.h"
#include "views/shared/kinds.h"
#include "views/shared/side_column.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::workflows {
namespace {

using namespace shared;
using gateway::Outcome;
using gateway::WorkflowRow;
using history::WorkflowStatus;

constexpr std::array kStatuses{WorkflowStatus::Running,       WorkflowStatus::Completed, WorkflowStatus::Failed,
                               WorkflowStatus::TimedOut,      WorkflowStatus::Canceled,  WorkflowStatus::Terminated,
                               WorkflowStatus::ContinuedAsNew};
constexpr std::array kColumnWidths{108, 190, 140, 90, 136, 90};
/// As many running rows are asked what they wait for; more do not fit a screen.
constexpr int kDescribed = 40;

Fact timeFact(const QString& label, std::optional<base::Timestamp> time) {
    if (!time) return {label, {}};
    return {label, timeText(*time, {}), exactTimeText(*time)};
}

QString names(const std::vector<gateway::HandlerInfo>& handlers) {
    QStringList all;
    for (const auto& handler : handlers)
        all << (handler.name.empty() ? QStringLiteral("any name") : text(handler.name));
    return all.join(QStringLiteral(", "));
}

}  // namespace

WorkflowsPage::WorkflowsPage(QWidget* parent)
    : Page(parent), m_model(new WorkflowListModel(this)), m_sorted(new QSortFilterProxyModel(this)) {
    setObjectName(QStringLiteral("workflowsPage"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(WorkflowListModel::SortRole);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    m_message = new MessageBar(this);
    m_message->hide();
    column->addWidget(m_message);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(makeTable());
    m_empty = new EmptyState({}, {}, tr("Start the sample"), this);
    connect(m_empty, &EmptyState::triggered, this, &WorkflowsPage::sampleRequested);
    m_stack->addWidget(m_empty);
    column->addWidget(m_stack, 1);
    makeInspector();
    setFocusProxy(m_table);
    m_typing.setSingleShot(true);
    m_typing.setInterval(kLivePace);
    connect(&m_typing, &QTimer::timeout, this, &WorkflowsPage::watch);
    showEmpty();
}

WorkflowsPage::~WorkflowsPage() = default;

QWidget* WorkflowsPage::makeHeader() {
    auto* header = new QWidget(this);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(4 * kGrid, 2 * kGrid, kPadding, 2 * kGrid);
    row->setSpacing(2 * kGrid);
    row->addWidget(makeLabel(title(), "title", header));
    m_chips = new QHBoxLayout;
    m_chips->setContentsMargins(kGrid, 0, 0, 0);
    m_chips->setSpacing(2 * kGrid);
    row->addLayout(m_chips);
    row->addStretch(1);
    m_filter = new SearchField(tr("Id or type begins with  Ctrl F"), header);
    m_filter->setObjectName(QStringLiteral("workflowFilter"));
    m_filter->setFixedWidth(kFieldWidth + kGrid * 10);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { m_typing.start(); });
    connect(m_filter, &SearchField::nextRequested, this, [this] {
        if (m_sorted->rowCount() > 0 && !m_table->currentIndex().isValid()) m_table->selectRow(0);
        m_table->setFocus();
    });
    row->addWidget(m_filter);
    return header;
}

QWidget* WorkflowsPage::makeTable() {
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("workflowTable"));
    m_table->setAccessibleName(tr("Workflows"));
    m_table->setModel(m_sorted);
    m_table->setItemDelegate(new RowDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setMouseTracking(true);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(kRow);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setSortingEnabled(true);
    m_sorted->sort(-1);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::DescendingOrder);
    for (int i = 0; i < int(kColumnWidths.size()); ++i)
        m_table->setColumnWidth(i, kColumnWidths[static_cast<size_t>(i)]);
    connect(m_table, &QTableView::activated, this, &WorkflowsPage::openCurrent);
    connect(m_table, &QTableView::doubleClicked, this, &WorkflowsPage::openCurrent);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &WorkflowsPage::showSelected);
    return m_table;
}

QWidget* WorkflowsPage::makeInspector() {
    auto* side = new SideColumn(this);
    m_inspectorWidget = side;
    m_inspectorWidget->hide();
    const auto part = [side](QLabel* title, Facts* facts) {
        auto* box = new QWidget(side);
        auto* column = new QVBoxLayout(box);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(2 * kGrid);
        column->addWidget(title);
        column->addWidget(facts);
        side->addPart(box);
    };
    m_inspectorTitle = makeLabel({}, "strong", side);
    m_facts = new Facts(side);
    part(m_inspectorTitle, m_facts);
    m_handlersTitle = makeLabel(tr("Handlers"), "strong", side);
    m_handlers = new Facts(side);
    part(m_handlersTitle, m_handlers);
    showSelected();
    return m_inspectorWidget;
}

QWidget* WorkflowsPage::inspector() { return m_inspectorWidget; }

void WorkflowsPage::setCluster(std::shared_ptr<gateway::Cluster> cluster) {
    m_watch.drop();
    m_described.clear();
    m_descriptions.clear();
    m_cluster = std::move(cluster);
    m_model->setRows({});
    watch();
}

void WorkflowsPage::setStatusFilter(std::optional<WorkflowStatus> status) {
    if (m_status == status) return;
    m_status = status;
    watch();
}

void WorkflowsPage::setNow(base::Timestamp now) { m_model->setNow(now); }

void WorkflowsPage::setSampleOffered(bool offered) {
    m_sampleOffered = offered;
    showEmpty();
}

void WorkflowsPage::watch() {
    m_watch.drop();
    m_latest.drop();
    if (!m_cluster) return showEmpty();
    gateway::ListQuery query;
    query.text = m_filter->text().trimmed().toStdString();
    if (m_status) query.query = "ExecutionStatus = '" + std::string(history::workflowStatusName(*m_status)) + "'";
    bridge::Merged<Outcome<gateway::LiveList>> merged(
        this, m_latest.wrap([this](Outcome<gateway::LiveList> outcome) { showList(outcome); }));
    m_watch = m_cluster->watchWorkflows(std::move(query), merged.sink());
}

void WorkflowsPage::showList(const Outcome<gateway::LiveList>& outcome) {
    if (!outcome) {
        m_message->showMessage(text(outcome.problem().message));
        return;
    }
    m_message->dismiss();
    m_model->setRows(outcome.value().page->rows);
    showCounts(outcome.value().counts);
    showEmpty();
    describeRunning();
    showSelected();
    Q_EMIT changed();
}

void WorkflowsPage::showCounts(const gateway::WorkflowCounts& counts) {
    if (counts == m_counts && m_chips->count() > 0) return;
    m_counts = counts;
    while (QLayoutItem* item = m_chips->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const WorkflowStatus status : kStatuses) {
        const auto found = counts.byStatus.find(status);
        if (found == counts.byStatus.end() || found->second == 0) continue;
        auto* chip = new StatusChip(this);
        chip->setStatus(QStringLiteral("%1 %2").arg(numberText(found->second), look(status).word.toLower()),
                        look(status).role);
        m_chips->addWidget(chip);
    }
}

void WorkflowsPage::showEmpty() {
    if (!m_cluster) {
        m_empty->setText(tr("No server"), tr("Connect to one from the menu at the top left."));
    } else if (!m_filter->text().isEmpty() || m_status) {
        m_empty->setText(tr("No workflow matches"), tr("Escape clears the filter."));
    } else {
        m_empty->setText(
            tr("No workflows yet"),
            tr("Runs of workflows appear here, newest first, and stay up to date by themselves.\nThe sample "
               "approves an order: it reserves stock, charges a card and waits a day for your signal."));
    }
    const bool offers = m_sampleOffered && m_cluster && m_filter->text().isEmpty() && !m_status;
    if (auto* button = m_empty->findChild<QPushButton*>()) button->setVisible(offers);
    m_stack->setCurrentIndex(m_model->rowCount() > 0 ? 0 : 1);
}

// The list itself does not say what a run waits for, so the rows that run are asked, each time they have moved on.
void WorkflowsPage::describeRunning() {
    for (int i = 0; i < std::min(m_model->rowCount(), kDescribed); ++i) {
        const WorkflowRow& row = *m_model->workflow(i);
        Described& described = m_described[row.key];
        if (described.historyLength == row.historyLength) continue;
        described.historyLength = row.historyLength;
        if (row.status != WorkflowStatus::Running) {
            m_model->setNote(row.key, {}, false);
            continue;
        }
        auto receive = [this, key = row.key](Outcome<gateway::WorkflowDescription> outcome) {
            if (!outcome) return;
            const auto& activities = outcome.value().activities;
            const bool trouble = std::any_of(activities.begin(), activities.end(),
                                             [](const auto& activity) { return activity.lastFailure.has_value(); });
            m_model->setNote(key, text(outcome.value().waitsFor), trouble);
            m_descriptions[key] = std::move(outcome).value();
            if (current() != nullptr && current()->key == key) showSelected();
        };
        described.request = m_cluster->describe(row.key, bridge::deliver(this, std::move(receive)));
    }
}

const WorkflowRow* WorkflowsPage::current() const {
    return m_model->workflow(m_sorted->mapToSource(m_table->currentIndex()).row());
}

void WorkflowsPage::showSelected() {
    const WorkflowRow* row = current();
    m_handlersTitle->hide();
    m_handlers->setFacts({});
    if (row == nullptr) {
        m_inspectorTitle->setText(tr("Nothing selected"));
        m_facts->setFacts({{tr("Here"), tr("What the selected workflow is doing. Enter opens it.")}});
        return;
    }
    m_inspectorTitle->setText(text(row->key.workflowId));
    const auto described = m_descriptions.find(row->key);
    const bool open = row->status == WorkflowStatus::Running;
    const QString waits = open && described != m_descriptions.end() ? text(described->second.waitsFor) : QString();
    const QString size = row->historyBytes > 0 ? QStringLiteral(", %1").arg(bytesText(row->historyBytes)) : QString();
    m_facts->setFacts({{tr("Status"), look(row->status).word},
                       {tr("Waits for"), waits},
                       {tr("Type"), text(row->type)},
                       {tr("Queue"), text(row->taskQueue)},
                       {tr("Events"), numberText(row->historyLength) + size},
                       timeFact(tr("Started"), row->startTime),
                       timeFact(tr("Closed"), row->closeTime),
                       {tr("Parent"), row->parent ? text(row->parent->workflowId) : QString()},
                       {tr("Run"), text(row->key.runId), {}, true}});
    if (row->status != WorkflowStatus::Running) return;
    auto receive = [this](Outcome<gateway::Handlers> outcome) {
        if (!outcome) return;
        const gateway::Handlers& known = outcome.value();
        m_handlers->setFacts({{tr("Signals"), names(known.signals)},
                              {tr("Queries"), names(known.queries)},
                              {tr("Updates"), names(known.updates)}});
        m_handlersTitle->show();
    };
    m_handlersRequest = m_cluster->handlers(row->key, m_inspected.deliver(this, std::move(receive)));
}

void WorkflowsPage::openCurrent() {
    if (const WorkflowRow* row = current()) Q_EMIT opened(row->key);
}

bool WorkflowsPage::stepOut() {
    if (!m_filter->text().isEmpty()) {
        m_filter->clear();
        return true;
    }
    if (m_filter->hasFocus()) {
        m_table->setFocus();
        return true;
    }
    if (m_table->currentIndex().isValid()) {
        m_table->setCurrentIndex({});
        return true;
    }
    return false;
}

void WorkflowsPage::find() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

QString WorkflowsPage::statusText() const { return countText(m_counts.total, tr("workflow"), tr("workflows")); }

}  // namespace orrery::ui::workflows
