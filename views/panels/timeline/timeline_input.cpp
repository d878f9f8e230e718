// SPDX-License-Identifier: MIT
// Mouse, wheel and keys of the timeline.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "views/panels/timeline/timeline.h"
#include "views/shared/group_text.h"
#include "views/shared/text_format.h"

namespace orrery::ui::timeline {

namespace {

constexpr double kReach = 6;    // pixels within which a mark is hit
constexpr double kNotch = 120;  // of a wheel
constexpr double kZoomPerNotch = 1.25;
constexpr double kPanPerNotch = 96;

Offset closeOf(const Bar& bar, Offset now) { return bar.isOpen() ? std::max(now, bar.begin) : bar.end; }

}  // namespace

void Timeline::wheelEvent(QWheelEvent* event) {
    const QPointF at = event->position();
    QPoint delta = event->angleDelta();
    const bool overHead = at.y() < kMinimapHeight + kAxisHeight;
    if (event->modifiers().testFlag(Qt::ControlModifier) || (overHead && delta.y() != 0)) {
        zoomBy(std::pow(kZoomPerNotch, delta.y() / kNotch), at.x());
    } else if (event->modifiers().testFlag(Qt::ShiftModifier) || delta.x() != 0) {
        const int along = delta.x() != 0 ? delta.x() : delta.y();
        m_scale.panBy(-along / kNotch * kPanPerNotch);
        viewMoved();
    } else {
        const int rows = 3 * verticalScrollBar()->singleStep();
        verticalScrollBar()->setValue(verticalScrollBar()->value() - static_cast<int>(delta.y() / kNotch * rows));
    }
    hoverAt(at);
    event->accept();
}

int Timeline::rowAt(double y) const {
    if (y < kHeadHeight) return -1;
    const int row =
        static_cast<int>((y - kHeadHeight + verticalScrollBar()->value()) / shared::Theme::instance().rowHeight());
    return row < m_rows.count() ? row : -1;
}

int Timeline::groupAt(QPointF position) const {
    const auto reach = static_cast<Offset>(kReach / m_scale.pixelsPerNano());
    const Offset at = m_scale.timeAt(position.x());
    if (position.y() >= kMinimapHeight + kAxisHeight && position.y() < kHeadHeight) {
        const TaskTick* task = m_rows.hitTask(at, reach);
        return task ? static_cast<int>(task->group) : -1;
    }
    const Bar* bar = m_rows.hit(rowAt(position.y()), at, reach, now());
    return bar ? static_cast<int>(bar->group) : -1;
}

int Timeline::foldUnder(QPointF position) const {
    if (position.y() < kMinimapHeight) return -1;
    const int fold = m_scale.foldAt(position.x());
    if (fold < 0 || position.y() < kHeadHeight) return fold;
    // A bar that runs through the fold is hit before it.
    const int group = groupAt(position);
    const Bar* bar = group < 0 ? nullptr : m_rows.barOf(static_cast<uint32_t>(group));
    const Offset at = m_scale.timeAt(position.x());
    return bar && bar->begin <= at && at <= closeOf(*bar, now()) ? -1 : fold;
}

void Timeline::centreMinimap(double x) {
    TimeScale whole = m_scale;
    whole.fit();
    const Offset at = whole.timeAt(x);
    m_scale.panBy(m_scale.x(at) - m_scale.viewWidth() / 2);
    viewMoved();
    // Bring the rows along: the first one that is alive at that time.
    if (m_rows.byName() || m_rows.count() == 0) return;
    const auto& bars = m_rows.bars();
    const auto after =
        std::lower_bound(bars.begin(), bars.end(), at, [](const Bar& bar, Offset t) { return bar.begin < t; });
    const int row = std::min(static_cast<int>(after - bars.begin()), m_rows.count() - 1);
    const int rowHeight = shared::Theme::instance().rowHeight();
    verticalScrollBar()->setValue(row * rowHeight - (viewport()->height() - kHeadHeight) / 2);
}

void Timeline::selectAt(QPointF position) {
    if (const int fold = foldUnder(position); fold >= 0) {
        m_opened.insert(m_scale.folds()[static_cast<size_t>(fold)].begin);
        updateSpan();
        return;
    }
    const int group = groupAt(position);
    if (group < 0) {
        m_selection->clear();
    } else {
        selectGroup(group, m_scale.timeAt(position.x()));
    }
}

void Timeline::selectGroup(int index, Offset near) {
    const auto& group = m_view.groups->list[static_cast<size_t>(index)];
    int64_t best = group.firstEventId;
    Offset bestDistance = kOpen;
    for (const int64_t id : group.eventIds) {
        const auto event = m_view.history->find(id);
        if (!event || !event->time()) continue;
        const Offset distance = std::abs(m_rows.offset(*event->time()) - near);
        if (distance < bestDistance) {
            bestDistance = distance;
            best = id;
        }
    }
    m_selection->select(best, group.firstEventId);
}

void Timeline::mousePressEvent(QMouseEvent* event) {
    if (!m_view) return;
    m_dragFrom = event->position();
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && m_spaceDown)) {
        m_drag = Drag::Pan;
        viewport()->setCursor(Qt::ClosedHandCursor);
    } else if (event->button() == Qt::LeftButton && event->position().y() < kMinimapHeight) {
        m_drag = Drag::Minimap;
        centreMinimap(event->position().x());
    } else if (event->button() == Qt::LeftButton) {
        selectAt(event->position());
    }
}

void Timeline::mouseMoveEvent(QMouseEvent* event) {
    const QPointF moved = event->position() - m_dragFrom;
    if (m_drag == Drag::Pan) {
        m_dragFrom = event->position();
        verticalScrollBar()->setValue(verticalScrollBar()->value() - static_cast<int>(moved.y()));
        m_scale.panBy(-moved.x());
        viewMoved();
    } else if (m_drag == Drag::Minimap) {
        centreMinimap(event->position().x());
    } else {
        hoverAt(event->position());
    }
}

void Timeline::mouseReleaseEvent(QMouseEvent*) {
    m_drag = Drag::None;
    viewport()->setCursor(m_spaceDown ? Qt::OpenHandCursor : Qt::ArrowCursor);
}

void Timeline::mouseDoubleClickEvent(QMouseEvent* event) {
    if (!m_view || event->button() != Qt::LeftButton || event->position().y() < kMinimapHeight) return;
    if (groupAt(event->position()) < 0 || foldUnder(event->position()) >= 0) return;
    selectAt(event->position());
    zoomToSelection();
    Q_EMIT activated(m_selection->eventId());
}

QString Timeline::factsAt(QPointF position, int group) const {
    if (const int fold = foldUnder(position); fold >= 0) {
        const Gap& gap = m_scale.folds()[static_cast<size_t>(fold)];
        return tr("Nothing happened for %1. Click to unfold.").arg(shared::durationText(base::Duration(gap.length())));
    }
    if (group >= 0) {
        return shared::groupFacts(m_view.groups->list[static_cast<size_t>(group)], m_rows.time(now()));
    }
    const double axisTop = kMinimapHeight;
    if (position.y() >= axisTop && position.y() < axisTop + kAxisHeight) {
        return shared::exactTimeText(m_rows.time(m_scale.timeAt(position.x())));
    }
    return {};
}

void Timeline::hoverAt(QPointF position) {
    if (!m_view) return;
    const int group = groupAt(position);
    const QString facts = factsAt(position, group);
    m_selection->hover(group < 0 ? 0 : m_view.groups->list[static_cast<size_t>(group)].firstEventId);
    if (facts == m_facts) return;
    m_facts = facts;
    viewport()->update();
}

bool Timeline::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        m_facts.clear();
        m_selection->hover(0);
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void Timeline::walkEvents(int step) {
    const auto size = static_cast<int64_t>(m_view.history->size());
    const auto current = m_view.history->indexOf(m_selection->eventId());
    const int64_t next = current ? static_cast<int64_t>(*current) + step : step > 0 ? 0 : size - 1;
    if (next < 0 || next >= size) return;
    const int64_t id = (*m_view.history)[static_cast<size_t>(next)].id();
    m_selection->select(id, m_view.groupIdOf(id));
}

void Timeline::walkRows(int step) {
    if (m_rows.count() == 0) return;
    const int group = selectedGroup();
    const int row = group < 0 ? -1 : m_rows.rowOf(static_cast<uint32_t>(group));
    const int next = row < 0 ? (step > 0 ? 0 : m_rows.count() - 1) : std::clamp(row + step, 0, m_rows.count() - 1);
    const Bar& bar = m_rows.bars()[m_rows.barsOf(next).first];
    selectGroup(static_cast<int>(bar.group), bar.begin);
}

void Timeline::selectEdge(bool last) {
    if (m_view.history->empty()) return;
    const int64_t id = (*m_view.history)[last ? m_view.history->size() - 1 : 0].id();
    m_selection->select(id, m_view.groupIdOf(id));
    m_scale.reveal(last ? m_scale.length() : 0);
    verticalScrollBar()->setValue(last ? verticalScrollBar()->maximum() : 0);
    viewMoved();
}

void Timeline::keyPressEvent(QKeyEvent* event) {
    if (!m_view) return QAbstractScrollArea::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_0: fit(); break;
        case Qt::Key_Plus:
        case Qt::Key_Equal: zoomIn(); break;
        case Qt::Key_Minus: zoomOut(); break;
        case Qt::Key_Left: walkEvents(-1); break;
        case Qt::Key_Right: walkEvents(1); break;
        case Qt::Key_Up: walkRows(-1); break;
        case Qt::Key_Down: walkRows(1); break;
        case Qt::Key_Home: selectEdge(false); break;
        case Qt::Key_End: selectEdge(true); break;
        case Qt::Key_PageUp: verticalScrollBar()->triggerAction(QScrollBar::SliderPageStepSub); break;
        case Qt::Key_PageDown: verticalScrollBar()->triggerAction(QScrollBar::SliderPageStepAdd); break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            zoomToSelection();
            if (m_selection->eventId() != 0) Q_EMIT activated(m_selection->eventId());
            break;
        case Qt::Key_Space:
            m_spaceDown = true;
            viewport()->setCursor(Qt::OpenHandCursor);
            break;
        case Qt::Key_Escape:
            if (!m_scale.isFitted()) {
                fit();
                break;
            }
            if (m_selection->eventId() != 0) {
                m_selection->clear();
                break;
            }
            [[fallthrough]];
        default: event->ignore(); return;
    }
    event->accept();
}

void Timeline::keyReleaseEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_spaceDown = false;
        if (m_drag == Drag::None) viewport()->setCursor(Qt::ArrowCursor);
    }
    QAbstractScrollArea::keyReleaseEvent(event);
}

void Timeline::focusOutEvent(QFocusEvent* event) {
    m_spaceDown = false;
    viewport()->setCursor(Qt::ArrowCursor);
    QAbstractScrollArea::focusOutEvent(event);
}

}  // namespace orrery::ui::timeline
