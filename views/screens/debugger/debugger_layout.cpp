// SPDX-License-Identifier: MIT
#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QProgressBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>

#include "views/panels/payload/inspector_panel.h"
#include "views/screens/debugger/commands_part.h"
#include "views/screens/debugger/debugger_header.h"
#include "views/screens/debugger/debugger_page.h"
#include "views/screens/debugger/delegates.h"
#include "views/screens/debugger/job_model.h"
#include "views/screens/debugger/player.h"
#include "views/screens/debugger/short_list.h"
#include "views/screens/debugger/source_part.h"
#include "views/screens/debugger/stack_model.h"
#include "views/screens/debugger/state_part.h"
#include "views/screens/debugger/task_list_model.h"
#include "views/screens/debugger/task_rail.h"
#include "views/shared/selection.h"
#include "views/shared/side_column.h"
#include "views/shared/widgets.h"

namespace orrery::ui::debugger {

using namespace shared;

namespace {

/// What is quicker than this shows no progress.
constexpr std::chrono::milliseconds kPatience{250};
constexpr int kTaskListWidth = 240;
constexpr int kTaskListMost = 320;
constexpr double kTaskListShare = 0.22;
constexpr int kCommandsHeight = 176;
constexpr double kCommandsShare = 0.36;
constexpr double kCommandsMost = 0.5;

QWidget* titled(const QString& title, QWidget* content, QWidget* parent) {
    auto* part = new QWidget(parent);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(makeLabel(title, "strong", part));
    content->setParent(part);
    column->addWidget(content);
    return part;
}

}  // namespace

void DebuggerPage::layOut() {
    auto* column = new QVBoxLayout(this);
    // Room for the frame of the past.
    column->setContentsMargins(kMark, kMark, kMark, kMark);
    column->setSpacing(0);
    m_header = new DebuggerHeader(m_name, this);
    m_message = new MessageBar(this);
    m_message->setObjectName(QStringLiteral("debugMessage"));
    m_pages = new QStackedWidget(this);
    m_empty = new EmptyState({}, {}, tr("Choose other code"), this);
    m_empty->setObjectName(QStringLiteral("debugEmpty"));
    column->addWidget(m_header);
    column->addWidget(makeProgress());
    column->addWidget(m_message);
    column->addWidget(new Hairline(Qt::Horizontal, this));
    column->addWidget(m_pages, 1);
    m_pages->addWidget(makeBody());
    m_pages->addWidget(m_empty);
    makeInspector();
}

QWidget* DebuggerPage::makeProgress() {
    m_progress = new QWidget(this);
    m_progress->setObjectName(QStringLiteral("debugProgress"));
    auto* row = new QHBoxLayout(m_progress);
    row->setContentsMargins(4 * kGrid, 0, kPadding, 2 * kGrid);
    row->setSpacing(2 * kGrid);
    m_progressWords = makeLabel({}, "secondary", m_progress);
    m_progressBar = new QProgressBar(m_progress);
    m_progressBar->setTextVisible(false);
    m_progressBar->setAccessibleName(tr("Replayed tasks"));
    QPushButton* stop = makeButton(tr("Cancel"), QStringLiteral("debugCancel"), false, m_progress);
    connect(stop, &QPushButton::clicked, this, &DebuggerPage::cancel);
    row->addWidget(m_progressWords);
    row->addWidget(m_progressBar, 1);
    row->addWidget(stop);
    m_progress->hide();
    m_progressDelay = new QTimer(this);
    m_progressDelay->setSingleShot(true);
    m_progressDelay->setInterval(kPatience);
    connect(m_progressDelay, &QTimer::timeout, m_progress, &QWidget::show);
    return m_progress;
}

QWidget* DebuggerPage::makeBody() {
    auto* rows = new QSplitter(Qt::Vertical, this);
    rows->setObjectName(QStringLiteral("debugRows"));
    rows->setChildrenCollapsible(false);
    auto* columns = new QSplitter(Qt::Horizontal, rows);
    columns->setObjectName(QStringLiteral("debugColumns"));
    columns->setChildrenCollapsible(false);
    columns->addWidget(makeTasks(columns));
    m_source = new SourcePart(columns);
    columns->addWidget(m_source);
    columns->setStretchFactor(0, 0);
    columns->setStretchFactor(1, 1);
    connect(columns, &QSplitter::splitterMoved, this, [this] { m_columnsMoved = true; });
    m_columns = columns;
    m_commands = new CommandsPart(rows);
    rows->addWidget(columns);
    rows->addWidget(m_commands);
    connect(rows, &QSplitter::splitterMoved, this, [this] { m_rowsMoved = true; });
    m_rows = rows;
    return rows;
}

// The source keeps most of the room, until somebody moves a border.
void DebuggerPage::placeBorders() {
    if (const int all = m_rows->height(); !m_rowsMoved && all > 0) {
        const int usual = std::min(kCommandsHeight, static_cast<int>(all * kCommandsShare));
        const int wanted = std::min(m_commands->wantedHeight(m_rows->width()), static_cast<int>(all * kCommandsMost));
        const int below = std::max(usual, wanted);
        m_rows->setSizes({all - below, below});
    }
    if (const int all = m_columns->width(); !m_columnsMoved && all > 0) {
        const int left = std::clamp(static_cast<int>(all * kTaskListShare), kTaskListWidth, kTaskListMost);
        m_columns->setSizes({left, all - left});
    }
}

QWidget* DebuggerPage::makeTasks(QWidget* parent) {
    auto* part = new QWidget(parent);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    QLabel* head = makeLabel(tr("WORKFLOW TASKS"), "small", part);
    head->setFont(uiFont(TextSize::Small, Weight::Strong));
    head->setFixedHeight(kRow);
    head->setContentsMargins(kPadding, 0, kPadding, 0);
    m_taskList = new QListView(part);
    m_taskList->setObjectName(QStringLiteral("debugTasks"));
    m_taskList->setAccessibleName(tr("Workflow tasks"));
    m_taskList->setModel(m_tasks);
    m_taskList->setItemDelegate(new TaskDelegate(m_taskList));
    m_taskList->setUniformItemSizes(true);
    m_taskList->setMouseTracking(true);
    m_taskList->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_taskList->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column->addWidget(head);
    column->addWidget(m_taskList, 1);
    return part;
}

void DebuggerPage::makeInspector() {
    m_inspector = new QStackedWidget(this);
    m_inspector->setObjectName(QStringLiteral("debugInspector"));
    m_inspector->hide();
    auto* column = new SideColumn(m_inspector);
    m_state = new StatePart(column);
    m_jobList = new ShortList(QStringLiteral("debugJobs"), tr("What came in"), column);
    m_jobList->setModel(m_jobs);
    m_jobList->setItemDelegate(new LinkDelegate(LinkDelegate::Kind::Events, m_jobList));
    m_jobPart = titled(tr("Came in"), m_jobList, column);
    m_stackList = new ShortList(QStringLiteral("debugStack"), tr("Call stack of each coroutine"), column);
    m_stackList->setModel(m_stack);
    m_stackList->setItemDelegate(new LinkDelegate(LinkDelegate::Kind::Frames, m_stackList));
    m_stackPart = titled(tr("Call stack"), m_stackList, column);
    for (QWidget* part : std::initializer_list<QWidget*>{m_state, m_jobPart, m_stackPart}) column->addPart(part);
    m_inspector->addWidget(column);
    m_inspector->addWidget(makeEvent());
}

QWidget* DebuggerPage::makeEvent() {
    auto* part = new QWidget(m_inspector);
    part->setProperty("surface", true);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, kGrid, 0, 0);
    column->setSpacing(0);
    m_toState = makeButton(tr("◀ State"), QStringLiteral("debugToState"), false, part);
    m_toState->setProperty("flat", true);
    m_toState->setToolTip(tr("Back to what the code knew  Esc"));
    connect(m_toState, &QPushButton::clicked, m_selection, &Selection::clear);
    m_event = new payload::InspectorPanel(m_selection, part);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kGrid, 0, kGrid, 0);
    row->addWidget(m_toState);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(m_event, 1);
    return part;
}

void DebuggerPage::wire() {
    connect(m_player, &Player::opened, this, &DebuggerPage::showOpened);
    connect(m_player, &Player::failed, this, &DebuggerPage::showProblem);
    connect(m_player, &Player::walked, this, &DebuggerPage::showWalk);
    connect(m_player, &Player::stepShown, this, &DebuggerPage::showStep);
    connect(m_player, &Player::answersShown, this, &DebuggerPage::showAnswers);
    connect(m_player, &Player::busyChanged, this, &DebuggerPage::showBusy);
    connect(m_player, &Player::progressed, this, &DebuggerPage::showProgress);
    connect(m_header, &DebuggerHeader::codeChosen, this, [this](const QString& type) {
        m_keep = task();
        open(type);
    });
    connect(m_header, &DebuggerHeader::firstWanted, this, &DebuggerPage::first);
    connect(m_header, &DebuggerHeader::backWanted, this, &DebuggerPage::back);
    connect(m_header, &DebuggerHeader::stepWanted, this, &DebuggerPage::step);
    connect(m_header, &DebuggerHeader::lastWanted, this, &DebuggerPage::last);
    connect(m_header->rail(), &TaskRail::chosen, this, [this](int row) { goTo(row + 1); });
    m_header->rail()->setDescribe(
        [this](int row) { return m_tasks->index(row).data(Qt::AccessibleTextRole).toString(); });
    connect(m_empty, &EmptyState::triggered, this, [this] { m_header->code()->showPopup(); });
    connect(m_source, &SourcePart::foldersRequested, this, &DebuggerPage::foldersRequested);
    connect(m_commands, &CommandsPart::differenceWanted, this, &DebuggerPage::toDifference);
    wireLists();
}

void DebuggerPage::wireLists() {
    connect(m_taskList->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (now.isValid() && !m_following) goTo(now.row() + 1);
            });
    connect(m_commands, &CommandsPart::chosen, this, [this](qint64 event, const replay::SourceLine& source) {
        if (event != 0) selectEvent(event);
        if (source.known()) showPlace(source, -1);
    });
    connect(m_jobList, &ShortList::picked, this,
            [this](const QModelIndex& index) { selectEvent(index.data(JobModel::EventIdRole).toLongLong()); });
    connect(m_stackList->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (now.isValid() && !m_following) chooseFrame(now.row());
            });
    connect(m_stackList, &ShortList::picked, this, [this](const QModelIndex& index) { chooseFrame(index.row()); });
    connect(m_selection, &Selection::changed, this,
            [this] { m_inspector->setCurrentIndex(m_selection->eventId() != 0 ? 1 : 0); });
}

}  // namespace orrery::ui::debugger
