// SPDX-License-Identifier: MIT
#include "views/screens/workflows/workflow_list_model.h"

#include <algorithm>
#include <set>

#include "views/shared/text_format.h"
#include "views/shared/tokens.h"

namespace orrery::ui::workflows {
namespace {

using namespace shared;
using gateway::WorkflowKey;
using gateway::WorkflowRow;

qint64 millis(std::optional<base::Timestamp> time) {
    return time ? qint64(time->time_since_epoch() / std::chrono::milliseconds(1)) : 0;
}

}  // namespace

// Three steps, each told to the views: gone rows leave, known rows take their new values, new rows enter. Only when the
// order of known rows itself has changed is the whole table laid out anew.
void WorkflowListModel::setRows(std::vector<WorkflowRow> rows) {
    std::map<WorkflowKey, size_t> places;
    for (size_t i = 0; i < rows.size(); ++i) places[rows[i].key] = i;
    for (int i = static_cast<int>(m_rows.size()) - 1; i >= 0; --i) {
        if (places.contains(m_rows[static_cast<size_t>(i)].key)) continue;
        beginRemoveRows({}, i, i);
        m_rows.erase(m_rows.begin() + i);
        endRemoveRows();
    }
    const bool inOrder = std::is_sorted(m_rows.begin(), m_rows.end(), [&](const WorkflowRow& a, const WorkflowRow& b) {
        return places[a.key] < places[b.key];
    });
    if (!inOrder) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    for (size_t i = 0; i < rows.size(); ++i) {
        const int at = static_cast<int>(i);
        if (i < m_rows.size() && m_rows[i].key == rows[i].key) {
            if (m_rows[i] == rows[i]) continue;
            m_rows[i] = std::move(rows[i]);
            Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1));
            continue;
        }
        beginInsertRows({}, at, at);
        m_rows.insert(m_rows.begin() + at, std::move(rows[i]));
        endInsertRows();
    }
}

void WorkflowListModel::setNow(base::Timestamp now) {
    m_now = now;
    for (size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].closeTime) continue;
        const QModelIndex cell = index(static_cast<int>(i), Duration);
        Q_EMIT dataChanged(cell, cell, {Qt::DisplayRole});
    }
}

void WorkflowListModel::setNote(const WorkflowKey& key, const QString& text, bool trouble) {
    m_notes[key] = {text, trouble};
    const int row = rowOf(key);
    if (row >= 0) Q_EMIT dataChanged(index(row, Waits), index(row, Waits));
}

const WorkflowRow* WorkflowListModel::workflow(int row) const {
    return row >= 0 && row < rowCount() ? &m_rows[static_cast<size_t>(row)] : nullptr;
}

int WorkflowListModel::rowOf(const WorkflowKey& key) const {
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const auto& row) { return row.key == key; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int WorkflowListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int WorkflowListModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(ColumnCount); }

base::Duration WorkflowListModel::duration(const WorkflowRow& row) const {
    if (!row.startTime) return {};
    if (row.closeTime) return *row.closeTime - *row.startTime;
    return std::chrono::floor<std::chrono::seconds>(std::max(m_now - *row.startTime, base::Duration::zero()));
}

const WorkflowListModel::Note* WorkflowListModel::note(const WorkflowRow& row) const {
    const auto found = m_notes.find(row.key);
    return found == m_notes.end() ? nullptr : &found->second;
}

QString WorkflowListModel::display(const WorkflowRow& row, int column) const {
    switch (column) {
        case Status: return text(history::workflowStatusName(row.status));
        case Workflow: return text(row.key.workflowId);
        case Type: return text(row.type);
        case Queue: return text(row.taskQueue);
        case Started: return row.startTime ? timeText(*row.startTime, m_now) : QString();
        case Duration: return row.startTime ? durationText(duration(row)) : QString();
        case Waits: return note(row) != nullptr ? note(row)->text : QString();
        default: return {};
    }
}

QVariant WorkflowListModel::sortValue(const WorkflowRow& row, int column) const {
    if (column == Started) return millis(row.startTime);
    if (column == Duration) return qint64(duration(row).count());
    return display(row, column);
}

QVariant WorkflowListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const WorkflowRow& row = m_rows[static_cast<size_t>(index.row())];
    const int column = index.column();
    switch (role) {
        case Qt::DisplayRole: return display(row, column);
        case StatusRole: return int(row.status);
        case SortRole: return sortValue(row, column);
        case TroubleRole: return note(row) != nullptr && note(row)->trouble;
        case Qt::ToolTipRole:
            if (column == Started && row.startTime) return exactTimeText(*row.startTime);
            if (column == Workflow)
                return QStringLiteral("%1\nrun %2").arg(text(row.key.workflowId), text(row.key.runId));
            return column == Waits ? display(row, column) : QVariant();
        case Qt::FontRole:
            return column == Workflow || column == Started || column == Duration ? QVariant(fixedFont()) : QVariant();
        case Qt::TextAlignmentRole:
            return int((column == Duration ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case Qt::AccessibleTextRole: return display(row, column);
        default: return {};
    }
}

QVariant WorkflowListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        return int((section == Duration ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Status: return tr("Status");
        case Workflow: return tr("Workflow");
        case Type: return tr("Type");
        case Queue: return tr("Queue");
        case Started: return tr("Started");
        case Duration: return tr("Duration");
        case Waits: return tr("Waits for, or why it ended");
        default: return {};
    }
}

}  // namespace orrery::ui::workflows
