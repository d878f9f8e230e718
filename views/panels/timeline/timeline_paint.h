// SPDX-License-Identifier: MIT
#pragma once

#include <QPixmap>
#include <array>
#include <vector>

#include "views/panels/timeline/axis_geometry.h"
#include "views/panels/timeline/rows_geometry.h"
#include "views/shared/history_view.h"
#include "views/shared/theme.h"

class QPainter;

namespace orrery::ui::timeline {

inline constexpr int kMinimapHeight = 7 * shared::kGrid;
inline constexpr int kAxisHeight = shared::kRow;
inline constexpr int kLaneHeight = shared::kRow;
inline constexpr int kHeadHeight = kMinimapHeight + kAxisHeight + kLaneHeight;

/// Texts of the groups, made when a group is first painted and kept until the next snapshot.
class Labels {
public:
    struct Label {
        QString name;
        QString detail;
        int nameWidth = -1;
        int detailWidth = 0;
    };
    void reset(size_t groups);
    const Label& of(const history::EventGroup& group, uint32_t index);

private:
    std::vector<Label> m_labels;
};

/// What there is to paint; filled in by the widget for each frame. Refers to the widget's own parts.
struct Scene {
    const shared::HistoryView* view = nullptr;
    const Rows* rows = nullptr;
    const TimeScale* scale = nullptr;
    Labels* labels = nullptr;
    QRect rect;
    int rowHeight = shared::kRow;
    int scroll = 0;
    /// Where open bars end.
    Offset now = 0;
    /// Whether the clock's line is drawn at now.
    bool live = false;
    int selectedGroup = -1;
    int hoveredGroup = -1;
    QString facts;
    QString startLabel;
    QString laneLabel;
    QString emptyText;
    bool focused = false;
};

/// Draws a scene. Keeps fonts, tiles and buffers between frames, so that a frame allocates nothing per event.
class Painter {
public:
    void paint(QPainter& painter, const Scene& scene);
    /// After a change of theme, fonts or screen.
    void dropCaches();
    /// After a new snapshot or a change of rows.
    void dropMinimap() { m_minimap = m_minimapFaded = {}; }
    /// How many bars the last frame drew or merged, for tests and the bench.
    int barsPainted() const { return m_barsPainted; }

private:
    struct Span {
        double left;
        double right;
    };
    struct Place {
        double x;
        double width;
        bool shown;
    };
    void prepare(QPainter& painter);
    void paintMinimap(QPainter& painter);
    void renderMinimap();
    void paintAxis(QPainter& painter);
    void paintFoldLabels(QPainter& painter);
    void paintGrid(QPainter& painter);
    void paintLane(QPainter& painter);
    void paintLaneLabel(QPainter& painter);
    void paintGrounds(QPainter& painter);
    std::pair<int, int> rowsInView() const;
    void paintRows(QPainter& painter);
    void paintRowName(QPainter& painter, const Bar& bar, int y);
    void paintRowGround(QPainter& painter, int row, int y);
    void paintDense(QPainter& painter, int row, int y);
    void paintBar(QPainter& painter, const Bar& bar, int y);
    void paintSpan(QPainter& painter, const Bar& bar, const QRectF& rect);
    void paintAttempts(QPainter& painter, const Bar& bar, const QRectF& rect, double solidFrom);
    void paintTimer(QPainter& painter, const Bar& bar, Span span, double middle);
    void paintMark(QPainter& painter, const Bar& bar, double x, double middle);
    void paintUpdate(QPainter& painter, const Bar& bar, Span span, double middle);
    void paintChild(QPainter& painter, const Bar& bar, Span span, double middle);
    void paintOpenEdge(QPainter& painter, const QRectF& rect, const QColor& colour);
    void paintEnd(QPainter& painter, const Bar& bar, const QRectF& rect);
    void paintOutline(QPainter& painter, const Bar& bar, int y);
    Place placeLabel(const Bar& bar, const Labels::Label& label, double roomFrom, double roomTo) const;
    void paintAway(QPainter& painter, bool leftEdge, int y);
    void paintLabel(QPainter& painter, const Bar& bar, int y, double roomFrom, double roomTo);
    void renderZigzag(int height);
    void paintFolds(QPainter& painter);
    void paintNow(QPainter& painter);
    void paintFacts(QPainter& painter);

    Span spanOf(const Bar& bar) const;
    double snapped(double x) const;
    QColor colour(const Bar& bar) const;
    const QPixmap& hatch(shared::Role role);
    void paintHatch(QPainter& painter, const QRectF& rect, shared::Role role);
    const history::EventGroup& groupOf(const Bar& bar) const;

    const Scene* m_scene = nullptr;
    const shared::Theme* m_theme = nullptr;
    qreal m_ratio = 1;
    bool m_fontsReady = false;
    QFont m_body;
    QFont m_small;
    QFont m_smallStrong;
    int m_smallSpace = 0;
    std::vector<Tick> m_ticks;
    QPixmap m_minimap;
    QPixmap m_minimapFaded;
    QPixmap m_zigzag;
    std::array<QPixmap, shared::kRoleCount> m_hatches;
    int m_barsPainted = 0;
};

}  // namespace orrery::ui::timeline
