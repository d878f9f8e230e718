// SPDX-License-Identifier: MIT
#include "views/panels/timeline/timeline.h"

#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <algorithm>

#include "core/base/clock.h"
#include "views/shared/group_text.h"
#include "views/shared/text_format.h"

namespace orrery::ui::timeline {

using shared::Theme;

Timeline::Timeline(shared::Selection* selection, QWidget* parent)
    : QAbstractScrollArea(parent), m_selection(selection) {
    setObjectName(QStringLiteral("timeline"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    connect(m_selection, &shared::Selection::changed, this, [this] {
        describe();
        viewport()->update();
    });
    connect(m_selection, &shared::Selection::hoverChanged, viewport(), qOverload<>(&QWidget::update));
    connect(m_selection, &shared::Selection::revealed, this, &Timeline::reveal);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_painter.dropCaches();
        updateScrollBar();
        viewport()->update();
    });
}

void Timeline::showHistory(const shared::HistoryView& view) {
    m_opened.clear();
    m_scale = {};
    m_scale.setViewWidth(viewport()->width());
    setHistory(view);
    verticalScrollBar()->setValue(0);
}

void Timeline::setHistory(const shared::HistoryView& view) {
    m_view = view;
    m_facts.clear();
    rebuildRows();
    describe();
}

void Timeline::setNow(std::optional<base::Timestamp> now) {
    if (m_now == now) return;
    m_now = now;
    updateSpan();
}

Offset Timeline::now() const {
    return m_now ? std::max(m_rows.offset(*m_now), m_rows.lastMoment()) : m_rows.lastMoment();
}

void Timeline::rebuildRows() {
    QScrollBar* bar = verticalScrollBar();
    const bool followed = bar->maximum() > 0 && bar->value() == bar->maximum();
    m_rows = m_view ? Rows(*m_view.history, *m_view.groups, m_byName) : Rows();
    m_labels.reset(m_view ? m_view.groups->list.size() : 0);
    m_gapsAt = -1;
    updateSpan();
    if (followed && m_now) bar->setValue(bar->maximum());
}

void Timeline::updateSpan() {
    const Offset until = now();
    // Looking for gaps is linear; a ticking clock alone does not often make a new one.
    const bool small = m_rows.bars().size() < 5000;
    if (m_gapsAt < 0 || (small && m_gapsAt != until) || until > m_gapsAt + until / 50) {
        m_gaps = m_rows.idleGaps(until);
        m_gapsAt = until;
    }
    std::vector<Gap> folds;
    if (m_foldIdle) {
        for (const Gap& gap : m_gaps) {
            if (!m_opened.contains(gap.begin)) folds.push_back(gap);
        }
    }
    m_scale.setSpan(until, std::move(folds));
    m_painter.dropMinimap();
    updateScrollBar();
    viewMoved();
}

void Timeline::updateScrollBar() {
    const int rowHeight = Theme::instance().rowHeight();
    const int room = viewport()->height() - kHeadHeight;
    const int content = m_rows.count() * rowHeight + shared::kGrid;
    verticalScrollBar()->setRange(0, std::max(0, content - room));
    verticalScrollBar()->setPageStep(std::max(room - rowHeight, rowHeight));
    verticalScrollBar()->setSingleStep(rowHeight);
}

void Timeline::viewMoved() {
    if (m_scale.isFitted() || !m_view) {
        m_selection->setRange(std::nullopt);
    } else {
        m_selection->setRange(
            shared::TimeRange{m_rows.time(m_scale.timeAt(0)), m_rows.time(m_scale.timeAt(m_scale.viewWidth()))});
    }
    viewport()->update();
    Q_EMIT viewChanged();
}

void Timeline::fit() {
    m_scale.fit();
    viewMoved();
}

void Timeline::zoomBy(double factor, double x) {
    m_scale.zoomAt(x, factor);
    viewMoved();
}

void Timeline::zoomIn() { zoomBy(1.5, m_scale.viewWidth() / 2); }

void Timeline::zoomOut() { zoomBy(1 / 1.5, m_scale.viewWidth() / 2); }

void Timeline::zoomToSelection() {
    const int group = selectedGroup();
    const Bar* bar = group < 0 ? nullptr : m_rows.barOf(static_cast<uint32_t>(group));
    if (!bar) return;
    const Offset end = bar->isOpen() ? std::max(now(), bar->begin) : bar->end;
    // A mark has no length: show what is around it.
    const Offset around = end > bar->begin ? 0 : std::max<Offset>(m_scale.length() / 200, 1000);
    m_scale.show(bar->begin - around, end + around);
    viewMoved();
}

void Timeline::setFoldIdle(bool fold) {
    m_foldIdle = fold;
    m_opened.clear();
    updateSpan();
}

void Timeline::setGroupByName(bool byName) {
    if (m_byName == byName) return;
    m_byName = byName;
    rebuildRows();
    if (m_selection->eventId() != 0) reveal(m_selection->eventId());
}

int Timeline::groupIndex(int64_t groupId) const { return groupId == 0 || !m_view ? -1 : m_view.groupIndexOf(groupId); }

void Timeline::reveal(int64_t eventId) {
    const int group = m_view ? m_view.groupIndexOf(eventId) : -1;
    if (group < 0) return;
    if (const int row = m_rows.rowOf(static_cast<uint32_t>(group)); row >= 0) {
        const int rowHeight = Theme::instance().rowHeight();
        const int top = row * rowHeight;
        const int room = viewport()->height() - kHeadHeight;
        QScrollBar* bar = verticalScrollBar();
        // On whole rows, so that none is cut at the top.
        if (top < bar->value()) bar->setValue(top - rowHeight);
        if (top + rowHeight > bar->value() + room) {
            bar->setValue((top + 3 * rowHeight - room) / rowHeight * rowHeight);
        }
    }
    if (const auto event = m_view.history->find(eventId); event && event->time()) {
        m_scale.reveal(m_rows.offset(*event->time()));
        viewMoved();
    }
}

void Timeline::describe() {
    if (!m_view) {
        setAccessibleName(tr("Timeline, empty"));
        return;
    }
    setAccessibleName(
        tr("Timeline, %1, %2")
            .arg(shared::countText(m_rows.count(), tr("row"), tr("rows")),
                 shared::countText(static_cast<qint64>(m_view.history->size()), tr("event"), tr("events"))));
    const int group = selectedGroup();
    setAccessibleDescription(
        group < 0 ? tr("Nothing is selected")
                  : shared::groupFacts(m_view.groups->list[static_cast<size_t>(group)], m_rows.time(now())));
}

void Timeline::paintEvent(QPaintEvent*) {
    Scene scene;
    scene.view = &m_view;
    scene.rows = &m_rows;
    scene.scale = &m_scale;
    scene.labels = &m_labels;
    scene.rect = viewport()->rect();
    scene.rowHeight = Theme::instance().rowHeight();
    scene.scroll = verticalScrollBar()->value();
    scene.now = now();
    scene.live = m_now.has_value();
    scene.selectedGroup = selectedGroup();
    scene.hoveredGroup = groupIndex(m_selection->hoveredGroup());
    scene.facts = m_facts;
    scene.laneLabel = tr("workflow tasks");
    scene.emptyText = tr("No events yet. What the workflow does appears here as it happens.");
    if (m_view) {
        scene.startLabel = shared::timeText(m_rows.origin(), m_now ? *m_now : base::systemClock()->now());
    }
    QPainter painter(viewport());
    m_painter.paint(painter, scene);
}

void Timeline::resizeEvent(QResizeEvent* event) {
    m_scale.setViewWidth(viewport()->width());
    m_painter.dropMinimap();
    updateScrollBar();
    viewMoved();
    QAbstractScrollArea::resizeEvent(event);
}

void Timeline::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        m_painter.dropCaches();
        m_labels.reset(m_view ? m_view.groups->list.size() : 0);
    }
    QAbstractScrollArea::changeEvent(event);
}

void Timeline::scrollContentsBy(int, int) { viewport()->update(); }

}  // namespace orrery::ui::timeline
