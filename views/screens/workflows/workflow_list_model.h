// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractTableModel>
#include <map>
#include <vector>

#include "core/gateway/values.h"

namespace orrery::ui::workflows {

/// The live list as a table. A new state of the list moves only what has changed, so that what is being read stays
/// where it is and selected rows stay selected. UI thread.
class WorkflowListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Status, Workflow, Type, Queue, Started, Duration, Waits, ColumnCount };
    enum Role {
        StatusRole = Qt::UserRole + 1,  ///< int of history::WorkflowStatus
        SortRole,
        TroubleRole,  ///< bool: what the row waits for went wrong
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setRows(std::vector<gateway::WorkflowRow> rows);
    /// The server's time: running rows grow older.
    void setNow(base::Timestamp now);
    /// What a run waits for, or why it ended.
    void setNote(const gateway::WorkflowKey& key, const QString& note, bool trouble);
    const gateway::WorkflowRow* workflow(int row) const;
    int rowOf(const gateway::WorkflowKey& key) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Note {
        QString text;
        bool trouble = false;
    };

    QString display(const gateway::WorkflowRow& row, int column) const;
    QVariant sortValue(const gateway::WorkflowRow& row, int column) const;
    const Note* note(const gateway::WorkflowRow& row) const;
    base::Duration duration(const gateway::WorkflowRow& row) const;

    std::vector<gateway::WorkflowRow> m_rows;
    std::map<gateway::WorkflowKey, Note> m_notes;
    base::Timestamp m_now{};
};

}  // namespace orrery::ui::workflows
