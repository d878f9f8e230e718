// SPDX-License-Identifier: MIT
#include "views/screens/debugger/task_rail.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "views/screens/debugger/rail_geometry.h"
#include "views/shared/theme.h"

namespace orrery::ui::debugger {

using namespace shared;

TaskRail::TaskRail(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("debugRail"));
    setAccessibleName(tr("Workflow tasks of the run"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TaskRail::setTasks(std::vector<Mark> marks) {
    m_marks = std::move(marks);
    if (m_current >= count()) m_current = -1;
    m_hovered = -1;
    update();
}

void TaskRail::setCurrent(int task) {
    m_current = task;
    setAccessibleDescription(task < 0 ? QString() : tr("task %1 of %2").arg(task + 1).arg(count()));
    update();
}

QSize TaskRail::sizeHint() const { return {kInspectorWidth, kRow}; }

QSize TaskRail::minimumSizeHint() const { return {kFieldWidth / 2, kRow}; }

void TaskRail::goTo(int task) {
    const int there = std::clamp(task, 0, std::max(0, count() - 1));
    if (count() == 0 || there == m_current) return;
    Q_EMIT chosen(there);
}

bool TaskRail::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_describe) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int task = RailGeometry(count(), width()).taskAt(help->pos().x());
        QToolTip::showText(help->globalPos(), task < 0 ? QString() : m_describe(task), this);
        return true;
    }
    return QWidget::event(event);
}

void TaskRail::paintEvent(QPaintEvent*) {
    if (m_marks.empty()) return;
    const Theme& theme = Theme::instance();
    const RailGeometry rail(count(), width());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double middle = height() / 2.0;
    const double here = m_current < 0 ? rail.left() : rail.x(m_current);
    const double thick = rail.density() == RailGeometry::Density::Line ? 2 * kMark : kMark;
    painter.fillRect(QRectF(here, middle - thick / 2, rail.right() - here, thick), theme.colour(Role::Border));
    painter.fillRect(QRectF(rail.left(), middle - thick / 2, here - rail.left(), thick), theme.colour(Role::Brass));
    painter.setPen(Qt::NoPen);
    paintDots(painter);
    if (m_current >= 0) {
        const auto dot = [&](Role role, double radius) {
            painter.setBrush(theme.colour(role));
            painter.drawEllipse(QPointF(here, middle), radius, radius);
        };
        dot(Role::Brass, RailGeometry::kHereRadius - kHairline);
        if (m_marks[static_cast<size_t>(m_current)] != Mark::None) dot(Role::Failed, RailGeometry::kDotRadius);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.colour(Role::Accent), kHairline));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    }
}

// Where tasks share pixels the later mark wins, and a marked one is never covered by an unmarked one.
void TaskRail::paintDots(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const RailGeometry rail(count(), width());
    const auto density = rail.density();
    const double middle = height() / 2.0;
    const double radius =
        density == RailGeometry::Density::Dots ? RailGeometry::kDotRadius : RailGeometry::kPointRadius;
    if (density != RailGeometry::Density::Line) {
        for (int task = 0; task < count(); ++task) {
            const double grown = task == m_hovered ? radius + kHairline : radius;
            painter.setBrush(theme.colour(task <= m_current ? Role::Brass : Role::Border));
            painter.drawEllipse(QPointF(rail.x(task), middle), grown, grown);
        }
    }
    painter.setBrush(theme.colour(Role::Failed));
    for (int task = 0; task < count(); ++task) {
        const Mark mark = m_marks[static_cast<size_t>(task)];
        if (mark == Mark::None) continue;
        const double x = rail.x(task);
        if (density == RailGeometry::Density::Dots) {
            const double grown = mark == Mark::Differs ? radius + kHalfGrid : radius;
            painter.drawEllipse(QPointF(x, middle), grown, grown);
        } else {
            const double tall = mark == Mark::Differs ? 2.0 * kGrid : kGrid + kHalfGrid;
            painter.drawRect(QRectF(x - kHairline, middle - tall, kMark, 2 * tall));
        }
    }
}

void TaskRail::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) goTo(RailGeometry(count(), width()).taskAt(event->position().x()));
}

void TaskRail::mouseMoveEvent(QMouseEvent* event) {
    const int task = RailGeometry(count(), width()).taskAt(event->position().x());
    if (event->buttons().testFlag(Qt::LeftButton)) goTo(task);
    if (task == m_hovered) return;
    m_hovered = task;
    update();
}

void TaskRail::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

void TaskRail::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Left: return goTo(m_current - 1);
        case Qt::Key_Right: return goTo(m_current + 1);
        case Qt::Key_PageUp: return goTo(m_current - 10);
        case Qt::Key_PageDown: return goTo(m_current + 10);
        case Qt::Key_Home: return goTo(0);
        case Qt::Key_End: return goTo(count() - 1);
        default: QWidget::keyPressEvent(event);
    }
}

}  // namespace orrery::ui::debugger
