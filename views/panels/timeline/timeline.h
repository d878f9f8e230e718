// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractScrollArea>
#include <QPointer>
#include <set>

#include "views/panels/timeline/timeline_paint.h"
#include "views/shared/selection.h"

namespace orrery::ui::timeline {

/// The history as time: minimap, axis, workflow tasks, rows of groups, the clock's line. Mouse and keys as LOOK says;
/// the arrows walk events, so that everything can be done without a mouse. UI thread; the selection outlives it.
class Timeline : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit Timeline(shared::Selection* selection, QWidget* parent = nullptr);

    /// A new snapshot of the same history keeps position, zoom and rows; the panel is empty without one.
    void setHistory(const shared::HistoryView& view);
    /// Forgets zoom and opened folds as well: another history is shown from now on.
    void showHistory(const shared::HistoryView& view);
    /// The clock that the run lives in; absent for a history from a file. Draws the line and lets open bars grow.
    void setNow(std::optional<base::Timestamp> now);

    bool foldsIdle() const { return m_foldIdle; }
    bool groupsByName() const { return m_byName; }
    const TimeScale& scale() const { return m_scale; }
    const Rows& rows() const { return m_rows; }
    int barsPainted() const { return m_painter.barsPainted(); }

    QSize sizeHint() const override { return {640, kHeadHeight + 10 * shared::kRow}; }
    QSize minimumSizeHint() const override { return {240, kHeadHeight + 2 * shared::kRow}; }

public Q_SLOTS:
    void fit();
    void zoomIn();
    void zoomOut();
    /// Zooms to the selected group.
    void zoomToSelection();
    /// On: idle gaps are folded (and those opened singly fold again).
    void setFoldIdle(bool fold);
    void setGroupByName(bool byName);

Q_SIGNALS:
    void viewChanged();
    /// Enter or double click on what is selected.
    void activated(qint64 event);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    enum class Drag { None, Pan, Minimap };

    Offset now() const;
    void rebuildRows();
    void updateSpan();
    void updateScrollBar();
    void viewMoved();
    void zoomBy(double factor, double x);
    void centreMinimap(double x);
    int rowAt(double y) const;
    int groupAt(QPointF position) const;
    int foldUnder(QPointF position) const;
    int selectedGroup() const { return groupIndex(m_selection->groupId()); }
    int groupIndex(int64_t groupId) const;
    void selectAt(QPointF position);
    void selectGroup(int group, Offset near);
    void walkEvents(int step);
    void walkRows(int step);
    void selectEdge(bool last);
    void reveal(int64_t eventId);
    void hoverAt(QPointF position);
    QString factsAt(QPointF position, int group) const;
    void describe();

    shared::Selection* m_selection;
    shared::HistoryView m_view;
    std::optional<base::Timestamp> m_now;
    Offset m_gapsAt = 0;
    Rows m_rows;
    TimeScale m_scale;
    std::vector<Gap> m_gaps;
    std::set<Offset> m_opened;  // begins of the gaps that were opened singly
    Painter m_painter;
    Labels m_labels;
    QString m_facts;
    bool m_foldIdle = true;
    bool m_byName = false;
    bool m_spaceDown = false;
    Drag m_drag = Drag::None;
    QPointF m_dragFrom;
};

}  // namespace orrery::ui::timeline
