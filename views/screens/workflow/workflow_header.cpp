// SPDX-License-Identifier: MIT
#include "views/screens/workflow/workflow_header.h"

#include <QBoxLayout>

#include "views/shared/elided_label.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::workflow {
namespace {

using namespace shared;
using gateway::PendingActivity;
using messages::MessageKind;

constexpr int kPendingShown = 4;

QLabel* addFact(QHBoxLayout* row, const QString& word, const char* name, QWidget* parent,
                QLabel** wordLabel = nullptr) {
    auto* label = makeLabel(word, "secondary", parent);
    auto* value = new QLabel(parent);
    value->setObjectName(QLatin1String(name));
    value->setTextFormat(Qt::PlainText);
    value->setAccessibleName(word);
    row->addWidget(label);
    row->addSpacing(kGrid);
    row->addWidget(value);
    row->addSpacing(5 * kGrid);
    if (wordLabel != nullptr) *wordLabel = label;
    return value;
}

QString stateWords(const PendingActivity& activity, base::Timestamp now) {
    using State = PendingActivity::State;
    switch (activity.state) {
        case State::Started: return PendingList::tr("attempt %1 runs").arg(activity.attempt);
        case State::CancelRequested: return PendingList::tr("asked to cancel");
        case State::Paused:
        case State::PauseRequested: return PendingList::tr("paused");
        case State::Scheduled: break;
    }
    if (activity.attempt <= 1) return PendingList::tr("waits for a worker");
    if (!activity.nextAttemptTime) return PendingList::tr("attempt %1 waits for a worker").arg(activity.attempt);
    return PendingList::tr("attempt %1 %2").arg(activity.attempt).arg(relativeText(*activity.nextAttemptTime, now));
}

}  // namespace

WorkflowHeader::WorkflowHeader(const gateway::WorkflowKey& key, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("workflowHeader"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4 * kGrid, 2 * kGrid, kPadding, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(makeTitle(key));
    column->addWidget(makeFacts(key));
}

QWidget* WorkflowHeader::makeTitle(const gateway::WorkflowKey& key) {
    auto* title = new QWidget(this);
    auto* row = new QHBoxLayout(title);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * kGrid);
    m_chip = new StatusChip(title);
    m_chip->setObjectName(QStringLiteral("workflowStatus"));
    auto* id = new ElidedLabel(text(key.workflowId), title);
    id->setObjectName(QStringLiteral("workflowId"));
    id->setFont(uiFont(TextSize::Title, Weight::Strong));
    id->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_type = new ElidedLabel({}, title);
    m_type->setObjectName(QStringLiteral("workflowType"));
    m_type->setFont(fixedFont());
    m_type->setRole(Role::Secondary);
    row->addWidget(m_chip);
    row->addWidget(id);
    row->addWidget(m_type);
    row->addStretch(1);
    m_debug = makeButton(tr("Debug ▸"), QStringLiteral("debugButton"), false, title);
    m_debug->setToolTip(tr("Replay in debugger  Ctrl+D"));
    m_debug->setAccessibleName(tr("Replay in debugger"));
    m_debug->hide();
    connect(m_debug, &QPushButton::clicked, this, &WorkflowHeader::debuggerWanted);
    const struct {
        MessageKind kind;
        QString label;
        const char* name;
    } buttons[] = {{MessageKind::Signal, tr("Signal"), "signalButton"},
                   {MessageKind::Query, tr("Query"), "queryButton"},
                   {MessageKind::Update, tr("Update"), "updateButton"},
                   {MessageKind::Cancel, tr("Cancel"), "cancelButton"},
                   {MessageKind::Terminate, tr("Terminate"), "terminateButton"}};
    for (const auto& [kind, label, name] : buttons) {
        QPushButton* button = makeButton(label, QLatin1String(name), false, title);
        connect(button, &QPushButton::clicked, this, [this, wanted = kind] { Q_EMIT messageWanted(wanted); });
        row->addWidget(button);
        if (kind != MessageKind::Query) m_buttons.append(button);
        if (kind == MessageKind::Update) row->addWidget(m_debug);
    }
    return title;
}

QWidget* WorkflowHeader::makeFacts(const gateway::WorkflowKey& key) {
    auto* facts = new QWidget(this);
    auto* row = new QHBoxLayout(facts);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_started = addFact(row, tr("Started"), "workflowStarted", facts);
    m_duration = addFact(row, tr("Running for"), "workflowDuration", facts, &m_durationWord);
    m_queue = addFact(row, tr("Queue"), "workflowQueue", facts);
    row->addWidget(makeLabel(tr("Run"), "secondary", facts));
    row->addSpacing(kGrid);
    m_run = new CopyLabel(text(key.runId), facts);
    m_run->setObjectName(QStringLiteral("workflowRun"));
    m_run->setMaxCharacters(16);
    row->addWidget(m_run);
    row->addSpacing(5 * kGrid);
    m_waitsWord = makeLabel(tr("Waits for"), "secondary", facts);
    m_waits = new ElidedLabel({}, facts);
    m_waits->setObjectName(QStringLiteral("workflowWaits"));
    row->addWidget(m_waitsWord);
    row->addSpacing(kGrid);
    row->addWidget(m_waits, 1);
    row->addStretch(0);
    return facts;
}

void WorkflowHeader::setDescription(const gateway::WorkflowDescription& description) {
    m_row = description.row;
    const Look status = look(m_row.status);
    m_chip->setStatus(status.word, status.role);
    m_type->setText(text(m_row.type));
    m_queue->setText(text(m_row.taskQueue));
    m_run->setText(text(m_row.key.runId));
    m_waits->setText(text(description.waitsFor));
    m_waitsWord->setVisible(!description.waitsFor.empty());
    const bool open = m_row.status == history::WorkflowStatus::Running;
    for (QPushButton* button : m_buttons) {
        button->setEnabled(open);
        button->setToolTip(open ? QString() : tr("The run has closed."));
    }
    m_durationWord->setText(open ? tr("Running for") : tr("Ran for"));
    showDuration();
}

void WorkflowHeader::setNow(base::Timestamp now) {
    m_now = now;
    showDuration();
}

void WorkflowHeader::offerDebugger() { m_debug->show(); }

void WorkflowHeader::showDuration() {
    if (!m_row.startTime) return;
    m_started->setText(timeText(*m_row.startTime, m_now));
    m_started->setToolTip(exactTimeText(*m_row.startTime));
    const base::Duration open = std::chrono::floor<std::chrono::seconds>(m_now - *m_row.startTime);
    m_duration->setText(
        durationText(m_row.closeTime ? *m_row.closeTime - *m_row.startTime : std::max(open, base::Duration{})));
}

PendingList::PendingList(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("pendingList"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4 * kGrid, 0, kPadding, 2 * kGrid);
    column->setSpacing(kGrid);
    for (int i = 0; i < kPendingShown; ++i) {
        auto* line = new ElidedLabel({}, this);
        line->setObjectName(QStringLiteral("pending%1").arg(i));
        column->addWidget(line);
        m_lines.append(line);
    }
    hide();
}

void PendingList::setActivities(const std::vector<PendingActivity>& activities, base::Timestamp now) {
    for (int i = 0; i < kPendingShown; ++i) {
        ElidedLabel* line = m_lines[i];
        line->setVisible(static_cast<size_t>(i) < activities.size());
        if (line->isHidden()) continue;
        const PendingActivity& activity = activities[static_cast<size_t>(i)];
        QString words = QStringLiteral("◇ %1  %2").arg(text(activity.type), stateWords(activity, now));
        if (activity.lastFailure) {
            words += tr("  ·  last failure: %1").arg(oneLine(text(activity.lastFailure->message), 160));
        }
        if (i == kPendingShown - 1 && activities.size() > size_t(kPendingShown)) {
            words += tr("  ·  and %1 more").arg(activities.size() - kPendingShown);
        }
        line->setText(words);
        line->setRole(activity.lastFailure ? Role::Failed : Role::Activity);
    }
    setVisible(!activities.empty());
}

}  // namespace orrery::ui::workflow
