// SPDX-License-Identifier: MIT
#include "views/screens/files/file_page.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QFileInfo>
#include <QProgressBar>
#include <QSplitter>
#include <QStackedWidget>

#include "views/bridge/history_view_maker.h"
#include "views/panels/history/history_panel.h"
#include "views/panels/payload/inspector_panel.h"
#include "views/panels/payload/run_summary_panel.h"
#include "views/panels/timeline/timeline_panel.h"
#include "views/shared/elided_label.h"
#include "views/shared/kinds.h"
#include "views/shared/selection.h"
#include "views/shared/side_column.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::files {

using namespace shared;
using gateway::Outcome;

namespace {

enum Part { Waiting, Nothing, Body };

}  // namespace

FilePage::FilePage(QString path, QWidget* parent)
    : Page(parent),
      m_path(std::move(path)),
      m_selection(new Selection(this)),
      m_maker(new bridge::HistoryViewMaker(this)) {
    setObjectName(QStringLiteral("filePage"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    m_message = new MessageBar(this);
    m_message->setObjectName(QStringLiteral("fileMessage"));
    m_message->hide();
    column->addWidget(m_message);
    column->addWidget(new Hairline(Qt::Horizontal, this));
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(makeWaiting());
    m_stack->addWidget(new QWidget(this));
    m_stack->addWidget(makeBody());
    column->addWidget(m_stack, 1);
    setFocusProxy(m_timeline->timeline());
    connect(m_maker, &bridge::HistoryViewMaker::made, this, &FilePage::showView);
    connect(m_selection, &Selection::changed, this, &FilePage::showSelected);
    showSelected();
    load();
}

FilePage::~FilePage() = default;

QWidget* FilePage::makeHeader() {
    auto* header = new QWidget(this);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(4 * kGrid, 2 * kGrid, kPadding, 2 * kGrid);
    row->setSpacing(2 * kGrid);
    m_chip = new StatusChip(header);
    m_chip->hide();
    m_name = new ElidedLabel(QFileInfo(m_path).fileName(), header);
    m_name->setObjectName(QStringLiteral("fileName"));
    m_name->setFont(uiFont(TextSize::Title, Weight::Strong));
    m_name->setDetail(m_path);
    m_type = new ElidedLabel({}, header);
    m_type->setFont(fixedFont());
    m_type->setRole(Role::Secondary);
    m_which = new QComboBox(header);
    m_which->setObjectName(QStringLiteral("fileHistories"));
    m_which->setAccessibleName(tr("Histories of this file"));
    m_which->hide();
    connect(m_which, &QComboBox::activated, this, &FilePage::choose);
    row->addWidget(m_chip);
    row->addWidget(m_name);
    row->addWidget(m_type);
    row->addStretch(1);
    row->addWidget(m_which);
    m_debug = makeButton(tr("Debug ▸"), QStringLiteral("debugButton"), false, header);
    m_debug->setToolTip(tr("Replay in debugger  Ctrl+D"));
    m_debug->setAccessibleName(tr("Replay in debugger"));
    m_debug->hide();
    connect(m_debug, &QPushButton::clicked, this, &FilePage::debuggerWanted);
    row->addWidget(m_debug);
    return header;
}

QWidget* FilePage::makeWaiting() {
    auto* waiting = new QWidget(this);
    auto* column = new QVBoxLayout(waiting);
    m_progress = new QProgressBar(waiting);
    m_progress->setObjectName(QStringLiteral("fileProgress"));
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(kFieldWidth);
    QPushButton* stop = makeButton(tr("Cancel"), QStringLiteral("fileCancel"), false, waiting);
    connect(stop, &QPushButton::clicked, this, &FilePage::cancel);
    column->addStretch(1);
    column->addWidget(makeLabel(tr("Reading the history…"), "secondary", waiting), 0, Qt::AlignHCenter);
    column->addWidget(m_progress, 0, Qt::AlignHCenter);
    column->addWidget(stop, 0, Qt::AlignHCenter);
    column->addStretch(2);
    return waiting;
}

QWidget* FilePage::makeBody() {
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setObjectName(QStringLiteral("fileSplit"));
    split->setChildrenCollapsible(false);
    m_timeline = new timeline::TimelinePanel(m_selection, split);
    m_history = new history_table::HistoryPanel(m_selection, split);
    split->addWidget(m_timeline);
    split->addWidget(m_history);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    m_inspector = new SideColumn(this);
    m_inspector->hide();
    m_summary = new payload::RunSummaryPanel(m_inspector);
    m_event = new payload::InspectorPanel(m_selection, m_inspector);
    m_inspector->addPart(m_summary);
    m_inspector->addPart(m_event);
    return split;
}

void FilePage::offerDebugger() {
    m_debuggable = true;
    m_debug->setVisible(bool(m_view));
}

void FilePage::load() {
    m_loading = true;
    m_message->dismiss();
    m_stack->setCurrentIndex(Waiting);
    m_progress->setValue(0);
    bridge::Merged<double> progress(this, [this](double done) { m_progress->setValue(static_cast<int>(done * 1000)); });
    auto receive = [this](Outcome<gateway::LoadedHistories> outcome) { showLoaded(std::move(outcome)); };
    m_request =
        gateway::loadHistories(m_path.toStdString(), progress.sink(), m_latest.deliver(this, std::move(receive)));
}

void FilePage::cancel() {
    m_latest.drop();
    m_request.drop();
    m_loading = false;
    showProblem(tr("Reading %1 was cancelled.").arg(QFileInfo(m_path).fileName()), tr("Read it"));
}

void FilePage::showProblem(const QString& message, const QString& action) {
    m_stack->setCurrentIndex(Nothing);
    m_message->showMessage(message);
    connect(m_message->addAction(action), &QPushButton::clicked, this, &FilePage::load);
    Q_EMIT changed();
}

void FilePage::showLoaded(Outcome<gateway::LoadedHistories> outcome) {
    m_loading = false;
    if (!outcome) return showProblem(text(outcome.problem().message), tr("Try again"));
    m_histories = std::move(outcome).value();
    if (m_histories.empty()) return showProblem(tr("%1 holds no history.").arg(m_path), tr("Try again"));
    m_which->clear();
    for (const history::NamedHistory& one : m_histories) m_which->addItem(text(one.name));
    m_which->setVisible(m_histories.size() > 1);
    choose(0);
}

void FilePage::choose(int index) {
    m_chosen = index;
    m_selection->clear();
    const history::NamedHistory& one = m_histories[static_cast<size_t>(index)];
    QStringList notes;
    for (const std::string& note : one.notes) notes << text(note);
    if (notes.isEmpty()) {
        m_message->dismiss();
    } else {
        m_message->showMessage(notes.join(QStringLiteral(" ")), MessageBar::Tone::Notice);
    }
    m_view = {};
    m_maker->setHistory(one.history);
}

void FilePage::showView(const HistoryView& view) {
    m_view = view;
    const history::Summary run = view.history->summary();
    const Look status = look(run.status);
    m_chip->setStatus(status.word, status.role);
    m_chip->show();
    m_type->setText(run.workflowType ? text(*run.workflowType) : QString());
    m_timeline->showHistory(view);
    m_history->showHistory(view);
    m_summary->setHistory(view);
    m_event->setHistory(view);
    m_debug->setVisible(m_debuggable);
    if (m_stack->currentIndex() != Body) {
        m_stack->setCurrentIndex(Body);
        if (isVisible()) setFocus();
    }
    Q_EMIT changed();
    Q_EMIT shown();
}

void FilePage::showSelected() {
    const bool selected = m_selection->eventId() != 0 || m_selection->groupId() != 0;
    m_event->setVisible(selected);
    m_summary->setVisible(!selected);
}

QString FilePage::title() const { return middleElided(QFileInfo(m_path).fileName(), 28); }

QWidget* FilePage::inspector() { return m_inspector; }

bool FilePage::stepOut() {
    if (m_loading) {
        cancel();
        return true;
    }
    if (SearchField* search = m_history->searchField(); !search->text().isEmpty() || search->hasFocus()) {
        search->clear();
        m_history->table()->setFocus();
        return true;
    }
    if (m_selection->eventId() == 0 && m_selection->groupId() == 0) return false;
    m_selection->clear();
    return true;
}

void FilePage::find() { m_history->focusSearch(); }

QString FilePage::statusText() const {
    if (!m_view) return m_path;
    return QStringLiteral("%1 · %2").arg(
        countText(static_cast<qint64>(m_view.history->size()), tr("event"), tr("events")), m_path);
}

}  // namespace orrery::ui::files
