// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractListModel>
#include <QCache>
#include <vector>

#include "core/replay/step.h"
#include "views/shared/history_view.h"

namespace orrery::ui::debugger {

/// The workflow tasks of a run, one row each. Words are made when a row is first asked for. UI thread.
class TaskListModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        NumberRole = Qt::UserRole,
        /// replay::TaskState as int.
        StateRole,
        /// replay::Verdict as int; Open before the walk came by.
        VerdictRole,
        /// False behind the difference that ended the replay.
        ReachedRole,
    };

    using QAbstractListModel::QAbstractListModel;

    void setTasks(shared::HistoryView view, std::vector<replay::TaskInfo> tasks);
    /// By number less one; tasks beyond the end are not reached.
    void setVerdicts(std::vector<replay::Verdict> verdicts, std::optional<int> endedAt);
    const std::vector<replay::TaskInfo>& tasks() const { return m_tasks; }
    replay::Verdict verdict(int row) const;
    bool reached(int row) const { return !m_endedAt || row < *m_endedAt; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    QString words(int row) const;

    shared::HistoryView m_view;
    std::vector<replay::TaskInfo> m_tasks;
    std::vector<replay::Verdict> m_verdicts;
    std::optional<int> m_endedAt;
    mutable QCache<int, QString> m_words{2000};
};

}  // namespace orrery::ui::debugger
