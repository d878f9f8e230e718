// SPDX-License-Identifier: MIT
#pragma once

#include <QStyledItemDelegate>
#include <QTableView>
#include <QTimer>
#include <QWidget>

#include "views/panels/history/history_model.h"
#include "views/shared/selection.h"
#include "views/shared/widgets.h"

namespace orrery::ui::history_table {

/// Paints a row as the selection wants it: the group tinted, the chosen event marked, hits of a search underlined.
class HistoryDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    HistoryDelegate(shared::Selection* selection, QObject* parent);
    void setNeedle(const QString& needle) { m_needle = needle; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintNeedle(QPainter* painter, const QRect& rect, const QString& shown) const;

    shared::Selection* m_selection;
    QString m_needle;
};

/// The table of a history under its head: all events or groups, find, copy. Owned by the page; the selection outlives
/// it.
class HistoryPanel : public QWidget {
    Q_OBJECT

public:
    explicit HistoryPanel(shared::Selection* selection, QWidget* parent = nullptr);

    /// A later snapshot of the same history; what is being read does not move.
    void setHistory(const shared::HistoryView& view);
    /// Another history.
    void showHistory(const shared::HistoryView& view);
    /// Says "live" at the right of the head.
    void setLive(bool live);
    void setMode(HistoryModel::Mode mode);

    HistoryModel* model() const { return m_model; }
    QTableView* table() const { return m_table; }
    shared::SearchField* searchField() const { return m_search; }

public Q_SLOTS:
    void focusSearch();
    void copySelected();
    void findNext();
    void findPrevious();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeHead();
    void makeTable();
    void setWidths();
    void scheduleSearch();
    void searchSlice();
    void showHits();
    void step(int direction);
    void currentMoved(const QModelIndex& current);
    void makeCurrent(const QModelIndex& index);
    void follow();
    void menuAt(const QPoint& position);

    shared::Selection* m_selection;
    HistoryModel* m_model;
    HistoryDelegate* m_delegate;
    QTableView* m_table;
    shared::SectionHeader* m_header;
    shared::SegmentedButtons* m_modes;
    shared::SearchField* m_search;
    QLabel* m_live;
    QTimer m_searchTimer;
    int m_searched = 0;
    bool m_stepWhenFound = false;
    std::vector<int> m_hits;
    bool m_following = false;
};

}  // namespace orrery::ui::history_table
