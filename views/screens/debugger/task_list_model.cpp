// SPDX-License-Identifier: MIT
#include "views/screens/debugger/task_list_model.h"

#include "views/screens/debugger/replay_format.h"
#include "views/shared/text_format.h"

namespace orrery::ui::debugger {

using replay::TaskState;
using replay::Verdict;

void TaskListModel::setTasks(shared::HistoryView view, std::vector<replay::TaskInfo> tasks) {
    beginResetModel();
    m_view = std::move(view);
    m_tasks = std::move(tasks);
    m_verdicts.clear();
    m_endedAt.reset();
    m_words.clear();
    endResetModel();
}

void TaskListModel::setVerdicts(std::vector<Verdict> verdicts, std::optional<int> endedAt) {
    m_verdicts = std::move(verdicts);
    m_endedAt = endedAt;
    if (!m_tasks.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

Verdict TaskListModel::verdict(int row) const {
    const auto at = static_cast<size_t>(row);
    return at < m_verdicts.size() ? m_verdicts[at] : Verdict::Open;
}

int TaskListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_tasks.size());
}

QString TaskListModel::words(int row) const {
    if (const QString* made = m_words.object(row)) return *made;
    const auto at = static_cast<size_t>(row);
    const int64_t after = row == 0 ? 0 : m_tasks[at - 1].lastEventId;
    const QString made = m_view ? taskWords(m_view, m_tasks[at], after) : QString();
    m_words.insert(row, new QString(made));
    return made;
}

QVariant TaskListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const replay::TaskInfo& task = m_tasks[static_cast<size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole: return words(index.row());
        case Qt::ToolTipRole: {
            const QString reason = shared::text(task.reason);
            return reason.isEmpty() ? words(index.row()) : words(index.row()) + QLatin1Char('\n') + reason;
        }
        case Qt::AccessibleTextRole: return tr("task %1: %2").arg(task.number).arg(words(index.row()));
        case NumberRole: return task.number;
        case StateRole: return int(task.state);
        case VerdictRole: return int(verdict(index.row()));
        case ReachedRole: return reached(index.row());
        default: return {};
    }
}

}  // namespace orrery::ui::debugger
