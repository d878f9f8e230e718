// SPDX-License-Identifier: MIT
// The shapes of single bars; timeline_paint.cpp draws everything around them.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "views/panels/timeline/timeline_paint.h"
#include "views/shared/icons.h"
#include "views/shared/kinds.h"

namespace orrery::ui::timeline {

using history::GroupKind;
using history::GroupState;
using shared::kGrid;
using shared::Role;

namespace {

constexpr double kBarHeight = 14;
constexpr double kRadius = 2;
constexpr double kRedEnd = 4;
constexpr double kDial = 6;
constexpr double kHatchPitch = 5;
constexpr double kStrip = 100 * kHatchPitch;

bool wentWrong(GroupState state) {
    return state == GroupState::Failed || state == GroupState::TimedOut || state == GroupState::Canceled ||
           state == GroupState::Terminated || state == GroupState::Rejected;
}

}  // namespace

// A strip as high as a bar, drawn piece by piece: tiling a pixmap blurs it on screens with a ratio.
const QPixmap& Painter::hatch(Role role) {
    QPixmap& strip = m_hatches[static_cast<size_t>(role)];
    if (!strip.isNull()) return strip;
    strip = QPixmap(QSizeF(kStrip * m_ratio, kBarHeight * m_ratio).toSize());
    strip.setDevicePixelRatio(m_ratio);
    strip.fill(m_theme->tint(role, 0.22));
    QPainter painter(&strip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme->tint(role, 0.6), 1));
    for (double x = -kBarHeight; x < kStrip; x += kHatchPitch) {
        painter.drawLine(QPointF(x, kBarHeight), QPointF(x + kBarHeight, 0));
    }
    return strip;
}

void Painter::paintHatch(QPainter& painter, const QRectF& rect, Role role) {
    const QPixmap& strip = hatch(role);
    const double from = std::max(rect.left(), -kStrip);
    const double until = std::min(rect.right(), m_scene->rect.width() + kStrip);
    for (double x = from; x < until; x += kStrip) {
        const double width = std::min(kStrip, until - x);
        painter.drawPixmap(QRectF(x, rect.top(), width, rect.height()), strip,
                           QRectF(0, 0, width * m_ratio, rect.height() * m_ratio));
    }
}

void Painter::paintBar(QPainter& painter, const Bar& bar, int y) {
    const Span span = spanOf(bar);
    if (span.right < -3 * kGrid || span.left > m_scene->rect.width() + 3 * kGrid) return;
    ++m_barsPainted;
    const double middle = y + m_scene->rowHeight / 2.0;
    switch (bar.kind) {
        case GroupKind::Timer: paintTimer(painter, bar, span, middle); break;
        case GroupKind::Signal:
        case GroupKind::Marker:
        case GroupKind::Workflow:
        case GroupKind::Other:
        case GroupKind::ExternalSignal:
        case GroupKind::ExternalCancel: paintMark(painter, bar, span.left, middle); break;
        case GroupKind::Update: paintUpdate(painter, bar, span, middle); break;
        case GroupKind::ChildWorkflow:
        case GroupKind::Nexus: paintChild(painter, bar, span, middle); break;
        default: {
            const double left = snapped(span.left);
            const double right = std::max(snapped(span.right), left + 1);
            // In a row of many, a line of ground keeps neighbours apart.
            if (m_scene->rows->byName()) {
                painter.fillRect(QRectF(left - 1, middle - kBarHeight / 2, 1, kBarHeight),
                                 m_theme->colour(Role::Surface));
            }
            paintSpan(painter, bar, QRectF(left, middle - kBarHeight / 2, right - left, kBarHeight));
        }
    }
    if (static_cast<int>(bar.group) == m_scene->selectedGroup) paintOutline(painter, bar, y);
}

void Painter::paintSpan(QPainter& painter, const Bar& bar, const QRectF& rect) {
    const QColor fill = colour(bar);
    if (rect.width() < 3) {
        painter.fillRect(rect, wentWrong(bar.state) ? m_theme->colour(shared::roleOf(bar.state)) : fill);
        return;
    }
    const double solidFrom = bar.start == kOpen
                                 ? rect.right()
                                 : std::clamp(snapped(m_scene->scale->x(bar.start)), rect.left(), rect.right());
    const auto& group = groupOf(bar);
    const bool severalAttempts = group.attempts > 1 || group.attemptSpans.size() > 1;
    if (severalAttempts) {
        paintAttempts(painter, bar, rect, solidFrom);
        return;
    }
    if (solidFrom > rect.left()) {
        paintHatch(painter, QRectF(rect.left(), rect.top(), solidFrom - rect.left(), rect.height()),
                   shared::roleOf(bar.kind));
    }
    QRectF solid(solidFrom, rect.top(), std::max(rect.right() - solidFrom, bar.start == kOpen ? 0.0 : 1.0),
                 rect.height());
    if (solid.width() > 0) {
        QColor inner = bar.isOpen() ? m_theme->tint(shared::roleOf(bar.kind), 0.65) : fill;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing, solid.width() > 5 && !bar.isOpen());
        painter.setPen(Qt::NoPen);
        if (bar.kind == GroupKind::LocalActivity) {
            painter.setPen(QPen(fill, 1, Qt::DashLine));
            inner = m_theme->tint(Role::Activity, 0.3);
            solid.adjust(0.5, 0.5, -0.5, -0.5);
        }
        painter.setBrush(inner);
        if (solid.width() > 5 && !bar.isOpen()) {
            painter.drawRoundedRect(solid, kRadius, kRadius);
        } else {
            painter.drawRect(solid);
        }
        painter.restore();
    }
    if (bar.isOpen()) paintOpenEdge(painter, rect, m_theme->tint(shared::roleOf(bar.kind), 0.65));
    paintEnd(painter, bar, rect);
}

void Painter::paintAttempts(QPainter& painter, const Bar& bar, const QRectF& rect, double solidFrom) {
    const auto& group = groupOf(bar);
    const QColor fill = colour(bar);
    const double middle = rect.center().y();
    double drawnTo = rect.left();
    const auto dots = [&](double from, double to) {
        if (to - from < 2) return;
        painter.setPen(QPen(fill, 1.4, Qt::DotLine));
        painter.drawLine(QPointF(from, middle), QPointF(to, middle));
    };
    const auto segment = [&](double from, double to, bool failed, bool open) {
        const QRectF part(from, rect.top(), std::max(to - from, 2.0), rect.height());
        painter.fillRect(part, open ? m_theme->tint(Role::Activity, 0.65) : fill);
        if (open) paintOpenEdge(painter, part, m_theme->tint(Role::Activity, 0.65));
        if (failed) {
            const double end = std::min(kRedEnd, part.width());
            painter.fillRect(QRectF(part.right() - end, part.top(), end, part.height()), m_theme->colour(Role::Failed));
        }
    };
    // Attempts that were not recorded: dotted from the schedule on, the first moment marked.
    painter.fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), fill);
    for (const auto& attempt : group.attemptSpans) {
        const double from = snapped(m_scene->scale->x(m_scene->rows->offset(attempt.started)));
        const double to =
            attempt.closed ? snapped(m_scene->scale->x(m_scene->rows->offset(*attempt.closed))) : rect.right();
        dots(drawnTo + 2, from - 2);
        segment(from, to, !attempt.failure.empty(), !attempt.closed);
        drawnTo = to;
    }
    if (group.attemptSpans.empty() && bar.start != kOpen) {
        dots(rect.left() + 4, solidFrom - 2);
        segment(solidFrom, rect.right(), wentWrong(bar.state), bar.isOpen());
    } else {
        dots(drawnTo + 2, rect.right());
        if (rect.right() - drawnTo > 1) paintEnd(painter, bar, rect);
    }
}

void Painter::paintOpenEdge(QPainter& painter, const QRectF& rect, const QColor& fill) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    const double step = rect.height() / 3;
    for (int i = 0; i < 3; ++i) {
        const double top = rect.top() + i * step;
        const QPointF points[] = {
            {rect.right(), top}, {rect.right() + kGrid, top + step / 2}, {rect.right(), top + step}};
        painter.drawConvexPolygon(points, 3);
    }
    painter.restore();
}

void Painter::paintEnd(QPainter& painter, const Bar& bar, const QRectF& rect) {
    if (!wentWrong(bar.state)) return;
    const double width = std::min(kRedEnd, rect.width());
    painter.fillRect(QRectF(rect.right() - width, rect.top(), width, rect.height()),
                     m_theme->colour(shared::roleOf(bar.state)));
}

void Painter::paintTimer(QPainter& painter, const Bar& bar, Span span, double middle) {
    const bool cancelled = bar.state == GroupState::Canceled;
    const QColor fill = cancelled ? m_theme->colour(Role::Cancelled) : colour(bar);
    const double left = snapped(span.left);
    const double right = snapped(span.right);
    painter.fillRect(QRectF(left, middle - 1.5, std::max(right - left, 1.0), 3), fill);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(fill, 1.8));
    painter.setBrush(m_theme->colour(Role::Surface));
    const QPointF centre(right, middle);
    if (bar.isOpen()) {
        // Not yet fired: the dial's place stays open.
        painter.setPen(QPen(fill, 1.8, Qt::DotLine));
    }
    painter.drawEllipse(centre, kDial, kDial);
    painter.setPen(QPen(fill, 1.4));
    if (cancelled) {
        painter.drawLine(centre + QPointF(-2.4, -2.4), centre + QPointF(2.4, 2.4));
        painter.drawLine(centre + QPointF(-2.4, 2.4), centre + QPointF(2.4, -2.4));
    } else {
        painter.drawLine(centre, centre + QPointF(0, -3.6));
        painter.drawLine(centre, centre + QPointF(2.6, 0));
    }
    painter.restore();
}

void Painter::paintMark(QPainter& painter, const Bar& bar, double at, double middle) {
    const double x = std::round(at);
    const QColor fill = wentWrong(bar.state) ? m_theme->colour(shared::roleOf(bar.state)) : colour(bar);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(fill, 1.5));
    painter.setBrush(fill);
    constexpr double r = 5.5;
    const QPointF diamond[] = {{x, middle - r}, {x + r, middle}, {x, middle + r}, {x - r, middle}};
    switch (bar.kind) {
        case GroupKind::Signal: painter.drawConvexPolygon(diamond, 4); break;
        case GroupKind::ExternalSignal:
            painter.setBrush(m_theme->colour(Role::Surface));
            painter.drawConvexPolygon(diamond, 4);
            break;
        case GroupKind::ExternalCancel:
            painter.drawLine(QPointF(x - 4, middle - 4), QPointF(x + 4, middle + 4));
            painter.drawLine(QPointF(x - 4, middle + 4), QPointF(x + 4, middle - 4));
            break;
        case GroupKind::Marker: {
            const QPointF flag[] = {{x, middle - 6}, {x + 8, middle - 3}, {x, middle}};
            painter.drawLine(QPointF(x, middle - 6), QPointF(x, middle + 6));
            painter.drawConvexPolygon(flag, 3);
            break;
        }
        default: painter.setBrush(m_theme->colour(Role::Surface)); painter.drawEllipse(QPointF(x, middle), 4.5, 4.5);
    }
    painter.restore();
}

void Painter::paintUpdate(QPainter& painter, const Bar& bar, Span span, double middle) {
    const QColor fill = colour(bar);
    const double left = snapped(span.left);
    const double right = snapped(span.right);
    const QRectF tail(left, middle - 2.5, std::max(right - left, 1.0), 5);
    painter.fillRect(tail, bar.isOpen() ? m_theme->tint(Role::Update, 0.6) : fill);
    if (bar.isOpen()) paintOpenEdge(painter, tail, m_theme->tint(Role::Update, 0.6));
    if (tail.width() > 3 * kGrid) paintEnd(painter, bar, tail);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(wentWrong(bar.state) && tail.width() <= 3 * kGrid ? m_theme->colour(shared::roleOf(bar.state))
                                                                       : fill);
    painter.drawEllipse(QPointF(left, middle), 5.5, 5.5);
    painter.restore();
}

void Painter::paintChild(QPainter& painter, const Bar& bar, Span span, double middle) {
    const Role role = shared::roleOf(bar.kind);
    const QColor fill = colour(bar);
    const double left = snapped(span.left);
    const double right = std::max(snapped(span.right), left + 1);
    const bool nexus = bar.kind == GroupKind::Nexus;
    const QRectF rect(left, middle - (nexus ? 5 : 4), right - left, nexus ? 10 : 8);
    const double solidFrom =
        bar.start == kOpen ? right : std::clamp(snapped(m_scene->scale->x(bar.start)), left, right);
    if (solidFrom > left) paintHatch(painter, QRectF(left, rect.top(), solidFrom - left, rect.height()), role);
    const QColor solid = bar.isOpen() ? m_theme->tint(role, 0.65) : fill;
    if (nexus) {
        // Two rails: what crosses into another service.
        painter.fillRect(QRectF(solidFrom, rect.top(), right - solidFrom, 3), solid);
        painter.fillRect(QRectF(solidFrom, rect.bottom() - 3, right - solidFrom, 3), solid);
    } else {
        painter.fillRect(QRectF(solidFrom, rect.top(), right - solidFrom, rect.height()), solid);
        painter.fillRect(QRectF(left, middle - 8, 2, 16), fill);
    }
    if (bar.isOpen()) {
        paintOpenEdge(painter, rect, solid);
        return;
    }
    if (!nexus) painter.fillRect(QRectF(right - 2, middle - 8, 2, 16), fill);
    paintEnd(painter, bar, rect);
}

void Painter::paintOutline(QPainter& painter, const Bar& bar, int y) {
    const Span span = spanOf(bar);
    const double mark = bar.isMark()                                                    ? 2 * kGrid
                        : bar.kind == GroupKind::Update || bar.kind == GroupKind::Timer ? 7
                                                                                        : 0;
    const double left = std::max(snapped(span.left) - mark, -2.0 * kGrid);
    const double dial = bar.kind == GroupKind::Timer ? 7 : bar.isOpen() ? kGrid : 0;
    const double right =
        std::min(snapped(span.right) + (bar.isMark() ? mark : dial), m_scene->rect.width() + 2.0 * kGrid);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme->colour(Role::Accent), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(left - 2, y + 2, right - left + 4, m_scene->rowHeight - 4), 3, 3);
    painter.restore();
}

}  // namespace orrery::ui::timeline
