// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/replay/step.h"

namespace orrery::ui::debugger {

/// The commands of one workflow task, recorded beside produced, in step. UI thread.
class CommandModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { EventColumn, Recorded, Produced, VerdictColumn, ColumnCount };
    enum Role {
        EventIdRole = Qt::UserRole,
        /// replay::Verdict as int.
        VerdictRole,
        /// shared::Icon and shared::Role of the command in this column; invalid where there is none.
        IconRole,
        ColourRole,
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setCommands(std::vector<replay::ComparedCommand> commands);
    const std::vector<replay::ComparedCommand>& commands() const { return m_commands; }
    /// Row of the first difference; -1 for none.
    int firstDifference() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString words(const replay::ComparedCommand& command, int column) const;

    std::vector<replay::ComparedCommand> m_commands;
};

}  // namespace orrery::ui::debugger
