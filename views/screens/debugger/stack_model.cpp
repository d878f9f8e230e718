// SPDX-License-Identifier: MIT
#include "views/screens/debugger/stack_model.h"

#include "views/screens/debugger/replay_format.h"
#include "views/shared/text_format.h"

namespace orrery::ui::debugger {

using replay::SourceLine;
using replay::Waiter;
using shared::text;

void StackModel::setWaiting(std::vector<Waiter> waiting) {
    beginResetModel();
    m_waiting = std::move(waiting);
    m_lines.clear();
    for (int waiter = 0; waiter < static_cast<int>(m_waiting.size()); ++waiter) {
        m_lines.push_back({waiter, -1});
        const auto frames = static_cast<int>(m_waiting[static_cast<size_t>(waiter)].stack.size());
        for (int frame = 0; frame < frames; ++frame) m_lines.push_back({waiter, frame});
    }
    endResetModel();
}

int StackModel::rowOf(int waiter) const {
    int head = -1;
    for (int row = 0; row < static_cast<int>(m_lines.size()); ++row) {
        if (line(row).waiter != waiter) continue;
        if (line(row).frame < 0) {
            head = row;
        } else if (place(row).known()) {
            return row;
        }
    }
    return head;
}

SourceLine StackModel::place(int row) const {
    if (row < 0 || row >= static_cast<int>(m_lines.size())) return {};
    const Line at = line(row);
    const Waiter& waiter = m_waiting[static_cast<size_t>(at.waiter)];
    if (at.frame >= 0) return waiter.stack[static_cast<size_t>(at.frame)];
    for (const SourceLine& frame : waiter.stack) {
        if (frame.known()) return frame;
    }
    return {};
}

int StackModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QVariant StackModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Line at = line(index.row());
    const Waiter& waiter = m_waiting[static_cast<size_t>(at.waiter)];
    const bool head = at.frame < 0;
    if (role == HeadRole) return head;
    if (head) {
        const QString words = waiter.waitsFor.empty()
                                  ? text(waiter.name)
                                  : tr("%1 waits for %2").arg(text(waiter.name), text(waiter.waitsFor));
        return role == Qt::DisplayRole || role == Qt::ToolTipRole ? QVariant(words) : QVariant();
    }
    const SourceLine& frame = waiter.stack[static_cast<size_t>(at.frame)];
    switch (role) {
        case Qt::DisplayRole: return functionWords(frame.function);
        case PlaceRole: return placeWords(frame);
        case Qt::ToolTipRole:
            return QStringLiteral("%1\n%2:%3").arg(text(frame.function), text(frame.file)).arg(frame.line);
        case Qt::AccessibleTextRole: return functionWords(frame.function) + QLatin1Char(' ') + placeWords(frame);
        default: return {};
    }
}

}  // namespace orrery::ui::debugger
