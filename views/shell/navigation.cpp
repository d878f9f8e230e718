// SPDX-License-Identifier: MIT
#include "views/shell/navigation.h"

#include <QBoxLayout>
#include <QGridLayout>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>

#include "views/shared/elided_label.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"
#include "views/shell/command_button.h"
#include "views/shell/command_set.h"

namespace orrery::ui::shell {
namespace {

using namespace shared;
using history::WorkflowStatus;

enum Kind { Section, All, Status, File, Open };
enum Data { KindRole = Qt::UserRole + 1, ValueRole, CountRole };

class Delegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const bool section = index.data(KindRole).toInt() == Section;
        const QRect inner = option.rect.adjusted(kPadding + kMark, 0, -kPadding, 0);
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (selected) {
            painter->fillRect(option.rect, theme.tint(Role::Accent, kSelectionTint));
            painter->fillRect(QRect(option.rect.topLeft(), QSize(kMark, option.rect.height())),
                              theme.colour(Role::Accent));
        } else if (option.state.testFlag(QStyle::State_MouseOver) && !section) {
            painter->fillRect(option.rect, theme.colour(Role::Raised));
        }
        painter->setFont(section ? uiFont(TextSize::Small, Weight::Strong) : uiFont());
        painter->setPen(theme.colour(section ? Role::Secondary : Role::Text));
        const QString count = index.data(CountRole).toString();
        const int room = inner.width() - painter->fontMetrics().horizontalAdvance(count) - kGrid;
        const int down = section ? Qt::AlignBottom : Qt::AlignVCenter;
        painter->drawText(inner.adjusted(0, 0, 0, section ? -kGrid : 0), down | Qt::AlignLeft,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, room));
        const bool alarming = index.data(KindRole).toInt() == Status && !count.isEmpty() &&
                              index.data(ValueRole).toInt() == int(WorkflowStatus::Failed);
        painter->setPen(theme.colour(alarming ? Role::Failed : Role::Secondary));
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignRight, count);
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
        return {0, index.data(KindRole).toInt() == Section ? kToolbar : kRow};
    }
};

QListWidgetItem* add(QListWidget* list, Kind kind, const QString& words, const QVariant& value, const QString& count) {
    auto* item = new QListWidgetItem(words, list);
    item->setData(KindRole, kind);
    item->setData(ValueRole, value);
    item->setData(CountRole, count);
    if (kind == Section) item->setFlags(Qt::NoItemFlags);
    return item;
}

QString stateWords(const gateway::WorkerState& state) {
    using Kind = gateway::WorkerState::Kind;
    switch (state.kind) {
        case Kind::Stopped: return Navigation::tr("stopped");
        case Kind::Running: return Navigation::tr("running, process %1").arg(state.pid);
        case Kind::Stopping: return Navigation::tr("stopping, finishes its work");
        case Kind::Killed: return Navigation::tr("killed");
        case Kind::Exited: return Navigation::tr("ended by itself, code %1").arg(state.exitCode);
        case Kind::Failed: return text(state.message);
    }
    return {};
}

}  // namespace

Navigation::Navigation(const CommandSet& commands, QWidget* parent) : QWidget(parent), m_list(new QListWidget(this)) {
    setObjectName(QStringLiteral("navigation"));
    setFixedWidth(kSideBarWidth);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_list->setObjectName(QStringLiteral("navigationList"));
    m_list->setAccessibleName(tr("Views"));
    m_list->setProperty("sideBar", true);
    m_list->setItemDelegate(new Delegate(m_list));
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_list, &QListWidget::itemActivated, this, &Navigation::activate);
    connect(m_list, &QListWidget::itemClicked, this, &Navigation::activate);
    column->addWidget(m_list, 1);
    m_worker = makeWorker(commands);
    column->addWidget(m_worker);
    rebuild();
}

QWidget* Navigation::makeWorker(const CommandSet& commands) {
    auto* worker = new QWidget(this);
    auto* column = new QVBoxLayout(worker);
    column->setContentsMargins(kPadding, 2 * kGrid, kPadding, kPadding);
    column->setSpacing(kGrid);
    QLabel* head = makeLabel(tr("SAMPLE WORKER"), "small", worker);
    head->setFont(uiFont(TextSize::Small, Weight::Strong));
    column->addWidget(head);
    m_workerState = new ElidedLabel({}, worker);
    m_workerState->setObjectName(QStringLiteral("workerState"));
    column->addWidget(m_workerState);
    auto* grid = new QGridLayout;
    grid->setSpacing(kGrid);
    const struct {
        const char* id;
        QString label;
    } buttons[] = {{"worker.start", tr("Start")},
                   {"worker.stop", tr("Stop")},
                   {"worker.kill", tr("Kill")},
                   {"worker.restart", tr("Restart")}};
    int place = 0;
    for (const auto& [id, label] : buttons) {
        grid->addWidget(commandButton(commands.action(QLatin1String(id)), label, worker), place / 2, place % 2);
        ++place;
    }
    column->addLayout(grid);
    return worker;
}

void Navigation::setCounts(const gateway::WorkflowCounts& counts) {
    if (counts == m_counts) return;
    m_counts = counts;
    rebuild();
}

void Navigation::setStatus(std::optional<WorkflowStatus> status) {
    m_status = status;
    rebuild();
}

void Navigation::setFiles(const QList<std::pair<QString, QString>>& files) {
    m_files = files;
    rebuild();
}

void Navigation::setWorker(const std::optional<gateway::WorkerState>& state) {
    m_worker->setVisible(state.has_value());
    if (!state) return;
    m_workerState->setText(stateWords(*state));
    QStringList lines;
    for (const std::string& line : state->lastLines) lines << text(line);
    m_workerState->setDetail(lines.join(QLatin1Char('\n')));
    const bool bad = state->kind == gateway::WorkerState::Kind::Failed ||
                     state->kind == gateway::WorkerState::Kind::Exited ||
                     state->kind == gateway::WorkerState::Kind::Killed;
    m_workerState->setRole(bad                                                  ? Role::Failed
                           : state->kind == gateway::WorkerState::Kind::Running ? Role::Completed
                                                                                : Role::Secondary);
}

// A dozen lines at most: built anew, with the current line kept by what it stands for.
void Navigation::rebuild() {
    const bool focused = m_list->hasFocus();
    const int row = m_list->currentRow();
    m_list->clear();
    add(m_list, Section, tr("WORKFLOWS"), {}, {});
    QListWidgetItem* chosen = add(m_list, All, tr("All"), {}, numberText(m_counts.total));
    for (const WorkflowStatus status :
         {WorkflowStatus::Running, WorkflowStatus::Completed, WorkflowStatus::Failed, WorkflowStatus::TimedOut,
          WorkflowStatus::Canceled, WorkflowStatus::Terminated}) {
        const auto found = m_counts.byStatus.find(status);
        const QString count = found == m_counts.byStatus.end() ? QString() : numberText(found->second);
        QListWidgetItem* item = add(m_list, Status, look(status).word, int(status), count);
        if (m_status == status) chosen = item;
    }
    add(m_list, Section, tr("FILES"), {}, {});
    for (const auto& [name, key] : m_files) add(m_list, File, name, key, {})->setToolTip(key);
    add(m_list, Open, tr("Open history…"), {}, {});
    if (focused && row > 0 && row < m_list->count()) {
        m_list->setCurrentRow(row);
    } else {
        m_list->setCurrentItem(chosen);
    }
}

void Navigation::activate(QListWidgetItem* item) {
    const QVariant value = item->data(ValueRole);
    switch (item->data(KindRole).toInt()) {
        case All: Q_EMIT statusChosen(std::nullopt); break;
        case Status: Q_EMIT statusChosen(static_cast<WorkflowStatus>(value.toInt())); break;
        case File: Q_EMIT fileChosen(value.toString()); break;
        case Open: Q_EMIT openFileRequested(); break;
        default: break;
    }
}

}  // namespace orrery::ui::shell
