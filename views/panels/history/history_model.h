// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractTableModel>
#include <QCache>

#include "views/shared/history_view.h"

namespace orrery::ui::history_table {

/// The events of a history, or its groups with the events that belong to none. Texts are made when a row is first
/// asked for; a growing history only adds rows at the end. UI thread.
class HistoryModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Number, Time, Event, Name, Details, ColumnCount };
    enum class Mode { All, Compact };
    enum Role {
        EventIdRole = Qt::UserRole,
        /// As in Selection; 0 for none.
        GroupIdRole,
        /// shared::Role of the kind, and shared::Icon.
        ColourRole,
        IconRole,
        FailedRole,
    };

    using QAbstractTableModel::QAbstractTableModel;

    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    /// Another history: everything is new.
    void showHistory(const shared::HistoryView& view);
    /// A later snapshot of the same history: rows stay, new ones come after them.
    void setHistory(const shared::HistoryView& view);
    const shared::HistoryView& view() const { return m_view; }

    /// Row of the event, or of its group; -1 when it is not there.
    int rowOf(int64_t eventId) const;
    int64_t eventIdOf(int row) const;
    int64_t groupIdOf(int row) const;
    /// Whether any column of the row holds the text, without regard to case.
    bool matches(int row, const QString& needle) const;
    /// Columns separated by tabs.
    QString rowText(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    /// In compact mode a row is a group, or an event of none (group -1).
    struct Line {
        int32_t group;
        uint32_t event;
    };
    struct Texts {
        QString column[ColumnCount];
        int colour = 0;
        int icon = 0;
        bool failed = false;
    };
    int lineCount() const;
    void appendLines();
    const Texts& texts(int row) const;
    Texts eventTexts(size_t position) const;
    Texts groupTexts(const history::EventGroup& group) const;
    QString time(std::optional<base::Timestamp> at) const;

    Mode m_mode = Mode::All;
    shared::HistoryView m_view;
    std::vector<Line> m_lines;  // compact mode only
    size_t m_linesTo = 0;       // events that the rows cover
    std::vector<int32_t> m_rowOfGroup;
    mutable QCache<int, Texts> m_texts{2000};
};

}  // namespace orrery::ui::history_table
