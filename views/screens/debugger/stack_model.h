// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "core/replay/step.h"

namespace orrery::ui::debugger {

/// The coroutines that wait, each with its frames below it, innermost first. UI thread.
class StackModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        /// True for the line that names a coroutine.
        HeadRole = Qt::UserRole,
        /// "order_approval.cpp:47" of a frame.
        PlaceRole,
    };
    /// Frame -1 stands for the coroutine itself.
    struct Line {
        int waiter = 0;
        int frame = -1;
    };

    using QAbstractListModel::QAbstractListModel;

    void setWaiting(std::vector<replay::Waiter> waiting);
    const std::vector<replay::Waiter>& waiting() const { return m_waiting; }
    Line line(int row) const { return m_lines[static_cast<size_t>(row)]; }
    /// The row of the innermost frame with a known place of the waiter, else of the waiter; -1 when there is none.
    int rowOf(int waiter) const;
    /// Where the code of the row stands; for a coroutine its innermost known frame. Unknown when there is none.
    replay::SourceLine place(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<replay::Waiter> m_waiting;
    std::vector<Line> m_lines;
};

}  // namespace orrery::ui::debugger
