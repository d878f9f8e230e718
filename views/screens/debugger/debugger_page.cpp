// SPDX-License-Identifier: MIT
#include "views/screens/debugger/debugger_page.h"

#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QProgressBar>
#include <QStackedWidget>
#include <QTimer>
#include <algorithm>

#include "views/panels/payload/inspector_panel.h"
#include "views/screens/debugger/commands_part.h"
#include "views/screens/debugger/debugger_header.h"
#include "views/screens/debugger/job_model.h"
#include "views/screens/debugger/player.h"
#include "views/screens/debugger/short_list.h"
#include "views/screens/debugger/source_part.h"
#include "views/screens/debugger/stack_model.h"
#include "views/screens/debugger/state_part.h"
#include "views/screens/debugger/task_list_model.h"
#include "views/screens/debugger/task_rail.h"
#include "views/shared/selection.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

namespace orrery::ui::debugger {

using namespace shared;
using replay::SourceLine;
using replay::Verdict;

namespace {

enum Part { Body, Nothing };

QString bold(const std::string& words) { return QStringLiteral("<b>%1</b>").arg(text(words).toHtmlEscaped()); }

}  // namespace

DebuggerPage::DebuggerPage(std::shared_ptr<gateway::Replay> replay, HistoryView view, QString name, QWidget* parent)
    : Page(parent),
      m_view(std::move(view)),
      m_name(std::move(name)),
      m_replay(std::move(replay)),
      m_player(new Player(m_replay, this)),
      m_selection(new Selection(this)),
      m_tasks(new TaskListModel(this)),
      m_stack(new StackModel(this)),
      m_jobs(new JobModel(this)) {
    setObjectName(QStringLiteral("debuggerPage"));
    layOut();
    wire();
    setFocusProxy(m_taskList);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    m_event->setHistory(m_view);
    const auto type = m_view.history->summary().workflowType;
    open(type ? text(*type) : QString());
}

DebuggerPage::~DebuggerPage() = default;

void DebuggerPage::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.fillRect(rect(), theme.colour(past() ? Role::Brass : Role::Surface));
    painter.fillRect(rect().adjusted(kMark, kMark, -kMark, -kMark), theme.colour(Role::Surface));
}

void DebuggerPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    // Once the layout has given the splitter its new height.
    QMetaObject::invokeMethod(this, &DebuggerPage::placeBorders, Qt::QueuedConnection);
}

void DebuggerPage::setHistory(const HistoryView& view) {
    m_view = view;
    m_event->setHistory(view);
    m_keep = task();
    open(m_type);
}

void DebuggerPage::setFolders(const QStringList& folders) { m_source->setFolders(folders); }

void DebuggerPage::open(const QString& workflowType) {
    m_type = workflowType;
    m_message->dismiss();
    m_selection->clear();
    QStringList registered;
    for (const std::string& type : m_replay->workflowTypes()) registered << text(type);
    const auto recorded = m_view.history->summary().workflowType;
    m_header->setCodes(registered, recorded ? text(*recorded) : QString(), workflowType);
    m_commands->setWalk(false, std::nullopt);
    m_player->open(m_view.history, workflowType.toStdString());
    Q_EMIT changed();
}

void DebuggerPage::showOpened() {
    m_pages->setCurrentIndex(Body);
    m_tasks->setTasks(m_view, m_player->overview().tasks);
    QStringList notes;
    for (const std::string& note : m_player->overview().notes) notes << text(note);
    if (!notes.isEmpty()) m_message->showMessage(notes.join(QLatin1Char(' ')), MessageBar::Tone::Notice);
    markRail();
    m_header->setPlace(0, m_player->taskCount());
    if (m_player->taskCount() == 0) {
        m_empty->setText(tr("Nothing to replay"), tr("No workflow task was given out in this history yet."));
        m_pages->setCurrentIndex(Nothing);
        return;
    }
    m_player->walk();
}

void DebuggerPage::showProblem(const gateway::Problem& problem) {
    if (m_player->isOpen()) {
        m_message->showMessage(text(problem.message));
        showTaskRow(m_player->number());
        return;
    }
    m_tasks->setTasks({}, {});
    m_header->rail()->setTasks({});
    m_header->setPlace(0, 0);
    m_empty->setText(problem.code == base::ErrorCode::NotFound
                         ? tr("No code for %1 in this program").arg(m_type.isEmpty() ? tr("this workflow") : m_type)
                         : tr("This history cannot be replayed"),
                     text(problem.message));
    m_pages->setCurrentIndex(Nothing);
    for (QWidget* part : {m_jobPart, m_stackPart}) part->hide();
    m_state->setNothing(tr("What the code knows at a task stands here, once there is code that replays the run."));
    update();
    Q_EMIT changed();
}

// Straight to what a person wants to see: the first difference, else the place they were at, else where the run stands.
void DebuggerPage::showWalk() {
    const gateway::Walk& walk = *m_player->result();
    const bool ended = walk.first && walk.first->severity == Verdict::Hard;
    m_tasks->setVerdicts(walk.verdicts, ended ? std::optional(walk.first->task) : std::nullopt);
    m_commands->setWalk(true, walk.first);
    markRail();
    const int kept = std::min(m_keep, m_player->taskCount());
    goTo(walk.first ? walk.first->task : kept > 0 ? kept : m_player->taskCount());
    m_keep = 0;
}

void DebuggerPage::markRail() {
    std::vector<TaskRail::Mark> marks;
    for (int row = 0; row < m_tasks->rowCount(); ++row) {
        const replay::TaskState state = m_tasks->tasks()[static_cast<size_t>(row)].state;
        const Verdict verdict = m_tasks->verdict(row);
        const bool bad = state == replay::TaskState::Failed || state == replay::TaskState::TimedOut;
        const bool differs = verdict == Verdict::Hard || verdict == Verdict::Soft;
        marks.push_back(differs ? TaskRail::Mark::Differs : bad ? TaskRail::Mark::Failed : TaskRail::Mark::None);
    }
    m_header->rail()->setTasks(std::move(marks));
}

void DebuggerPage::goTo(int number) {
    if (!m_player->isOpen() || m_player->taskCount() == 0) return;
    const int there = std::clamp(number, 1, m_player->taskCount());
    if (there == m_player->wanted()) return;
    m_player->goTo(there);
}

void DebuggerPage::showTaskRow(int number) {
    const QModelIndex row = m_tasks->index(number - 1);
    if (!row.isValid()) return;
    m_following = true;
    m_taskList->selectionModel()->setCurrentIndex(row, QItemSelectionModel::ClearAndSelect);
    m_taskList->scrollTo(row);
    m_following = false;
}

void DebuggerPage::showStep() {
    const replay::Step& step = *m_player->step();
    update();
    m_selection->clear();
    m_header->setPlace(step.task.number, m_player->taskCount());
    showTaskRow(step.task.number);
    m_commands->setStep(step);
    // More where the sentence of a difference needs it; the border does not wander back with the next step.
    if (m_commands->height() < m_commands->wantedHeight(m_commands->width())) placeBorders();
    m_jobs->setJobs(step.cameIn);
    m_jobPart->setVisible(!step.cameIn.empty());
    m_following = true;
    m_stack->setWaiting(step.waiting);
    m_following = false;
    m_stackPart->setVisible(!step.waiting.empty());
    m_state->setWaiting(step.task.number);
    // The coroutine that was looked at, when it still waits.
    int waiter = 0;
    for (size_t i = 0; i < step.waiting.size(); ++i) {
        if (step.waiting[i].name == m_waiter) waiter = static_cast<int>(i);
    }
    const int row = step.waiting.empty() ? -1 : m_stack->rowOf(waiter);
    if (row >= 0) {
        m_following = true;
        m_stackList->selectionModel()->setCurrentIndex(m_stack->index(row), QItemSelectionModel::ClearAndSelect);
        m_following = false;
    }
    const bool asked = step.divergence && step.divergence->source.known();
    showPlace(asked ? step.divergence->source : m_stack->place(row), row < 0 ? -1 : waiter);
    Q_EMIT changed();
}

void DebuggerPage::chooseFrame(int row) {
    const int waiter = m_stack->line(row).waiter;
    m_waiter = m_stack->waiting()[static_cast<size_t>(waiter)].name;
    showPlace(m_stack->place(row), waiter);
}

void DebuggerPage::showPlace(const SourceLine& place, int waiter) {
    std::set<int> others;
    for (int i = 0; i < static_cast<int>(m_stack->waiting().size()); ++i) {
        const SourceLine other = m_stack->place(m_stack->rowOf(i));
        if (other.known() && other.file == place.file && other.line != place.line) others.insert(other.line);
    }
    const replay::Step* step = m_player->step().get();
    if (step != nullptr && !step->reached) {
        m_source->setNothing(tr("No code ran for this task"), text(step->note));
    } else if (step != nullptr && step->waiting.empty()) {
        m_source->setNothing(tr("The run has ended"), tr("No code waits any more."));
    } else {
        m_source->setNothing(tr("The code's place is not known"),
                             tr("This coroutine waits in code that was built without places."));
    }
    m_source->setPlace(place, std::move(others));
    m_source->setSentence(sentence(waiter));
}

QString DebuggerPage::sentence(int waiter) const {
    const replay::Step* step = m_player->step().get();
    if (step == nullptr) return {};
    if (!step->reached) return {};
    if (!step->note.empty()) return text(step->note).toHtmlEscaped();
    QString words;
    if (waiter >= 0 && waiter < static_cast<int>(step->waiting.size())) {
        const replay::Waiter& who = step->waiting[static_cast<size_t>(waiter)];
        if (!who.waitsFor.empty()) {
            words = who.name == "run" ? tr("The run waits here for %1.").arg(bold(who.waitsFor))
                                      : tr("%1 waits here for %2.").arg(bold(who.name), bold(who.waitsFor));
        }
    } else if (step->waiting.empty()) {
        words = tr("The run has ended with this task.");
    }
    if (step->divergence) {
        words += tr(" Recorded at event %1: %2. This code: %3.")
                     .arg(step->divergence->eventId)
                     .arg(bold(step->divergence->expected), bold(step->divergence->actual));
    }
    return words.trimmed();
}

void DebuggerPage::showAnswers() {
    const int number = m_player->number();
    const Answers* now = m_player->answers(number);
    if (now == nullptr) return;
    const Answers* before = number > 1 ? m_player->answers(number - 1) : nullptr;
    m_state->setState(number, before, *now, text(m_player->step()->currentDetails));
    Q_EMIT shown();
}

void DebuggerPage::selectEvent(qint64 event) { m_selection->select(event, m_view.groupIdOf(event)); }

void DebuggerPage::showBusy() {
    if (!m_player->lacksStep()) {
        m_progressDelay->stop();
        m_progress->hide();
    } else if (m_progress->isHidden() && !m_progressDelay->isActive()) {
        m_progressWords->setText(tr("Replaying the run…"));
        m_progressBar->setRange(0, 0);
        m_progressDelay->start();
    }
    Q_EMIT changed();
}

void DebuggerPage::showProgress(int done, int total) {
    m_progressWords->setText(tr("Replayed %1 of %2 tasks").arg(numberText(done), numberText(total)));
    m_progressBar->setRange(0, total);
    m_progressBar->setValue(done);
}

void DebuggerPage::cancel() {
    const bool walked = m_player->walking();
    m_player->stop();
    showTaskRow(m_player->number());
    if (!walked) return;
    m_message->showMessage(
        tr("The walk through the run was cancelled: differences are marked only once it is through."),
        MessageBar::Tone::Notice);
    connect(m_message->addAction(tr("Walk on")), &QPushButton::clicked, this, [this] {
        m_message->dismiss();
        m_player->walk();
    });
    if (m_player->number() == 0) goTo(1);
}

int DebuggerPage::task() const { return m_player->number(); }
bool DebuggerPage::busy() const { return m_player->busy(); }
bool DebuggerPage::canStep() const { return m_player->isOpen() && m_player->wanted() < m_player->taskCount(); }
bool DebuggerPage::canBack() const { return m_player->isOpen() && m_player->wanted() > 1; }
bool DebuggerPage::hasDifference() const { return m_player->result() && m_player->result()->first; }

void DebuggerPage::step() { goTo(m_player->wanted() + 1); }
void DebuggerPage::back() { goTo(m_player->wanted() - 1); }
void DebuggerPage::first() { goTo(1); }
void DebuggerPage::last() { goTo(m_player->taskCount()); }

void DebuggerPage::toDifference() {
    if (!hasDifference()) return;
    goTo(m_player->result()->first->task);
}

void DebuggerPage::chooseCode() {
    m_header->code()->setFocus(Qt::ShortcutFocusReason);
    m_header->code()->showPopup();
}

QString DebuggerPage::title() const { return tr("Debug: %1").arg(middleElided(m_name, 28)); }

QWidget* DebuggerPage::inspector() { return m_inspector; }

bool DebuggerPage::stepOut() {
    if (m_progress->isVisible()) {
        cancel();
        return true;
    }
    if (m_selection->eventId() == 0) return false;
    m_selection->clear();
    return true;
}

std::optional<base::Timestamp> DebuggerPage::past() const {
    return m_player->step() ? m_player->step()->task.time : std::nullopt;
}

QString DebuggerPage::statusText() const {
    const QString events = countText(static_cast<qint64>(m_view.history->size()), tr("event"), tr("events"));
    if (!m_player->isOpen()) return events;
    return QStringLiteral("%1 · %2 · %3")
        .arg(tr("debug session"), countText(m_player->taskCount(), tr("workflow task"), tr("workflow tasks")), events);
}

}  // namespace orrery::ui::debugger
