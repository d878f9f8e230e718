// SPDX-License-Identifier: MIT
#include "views/panels/timeline/timeline_paint.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "views/shared/group_text.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"

namespace orrery::ui::timeline {

using shared::kGrid;
using shared::Role;
using shared::TextSize;
using shared::Weight;

namespace {

constexpr double kTickSpacing = 92;
constexpr double kLeastDetail = 72;  // narrower than this a detail says nothing
constexpr double kFarAway = 1e5;     // painters round beyond this

}  // namespace

void Labels::reset(size_t groups) { m_labels.assign(groups, Label{}); }

const Labels::Label& Labels::of(const history::EventGroup& group, uint32_t index) {
    Label& label = m_labels[index];
    if (label.nameWidth < 0) {
        static constexpr int kLongest = 48;
        const QFontMetrics metrics(shared::uiFont());
        label.name = shared::oneLine(shared::groupName(group), kLongest);
        label.detail = shared::oneLine(shared::groupDetail(group), kLongest);
        label.nameWidth = metrics.horizontalAdvance(label.name);
        label.detailWidth = label.detail.isEmpty() ? 0 : metrics.horizontalAdvance(label.detail);
    }
    return label;
}

void Painter::dropCaches() {
    m_fontsReady = false;
    dropMinimap();
    m_zigzag = {};
    for (QPixmap& tile : m_hatches) tile = {};
}

void Painter::prepare(QPainter& painter) {
    m_theme = &shared::Theme::instance();
    // Of what is painted on: a widget may be rendered into an image of another ratio than its screen's.
    const qreal ratio = painter.deviceTransform().m11();
    if (ratio != m_ratio) dropCaches();
    m_ratio = ratio;
    m_barsPainted = 0;
    if (m_fontsReady) return;
    m_body = shared::uiFont();
    m_small = shared::uiFont(TextSize::Small);
    m_smallStrong = shared::uiFont(TextSize::Small, Weight::Strong);
    m_smallSpace = QFontMetrics(m_small).horizontalAdvance(QStringLiteral("+00 h 00 m 00 s"));
    m_fontsReady = true;
}

void Painter::paint(QPainter& painter, const Scene& scene) {
    m_scene = &scene;
    prepare(painter);
    painter.fillRect(scene.rect, m_theme->colour(Role::Surface));
    if (!scene.view || !*scene.view || scene.view->history->empty()) {
        painter.setFont(m_body);
        painter.setPen(m_theme->colour(Role::Secondary));
        painter.drawText(scene.rect.adjusted(kGrid, 0, -kGrid, 0), Qt::AlignCenter | Qt::TextWordWrap, scene.emptyText);
        return;
    }
    axisTicks(*scene.scale, std::max<double>(kTickSpacing, m_smallSpace), m_ticks);
    paintMinimap(painter);
    const QRect rowsArea = scene.rect.adjusted(0, kHeadHeight, 0, 0);
    painter.save();
    painter.setClipRect(rowsArea);
    paintGrounds(painter);
    painter.restore();
    paintGrid(painter);
    painter.save();
    painter.setClipRect(rowsArea);
    paintRows(painter);
    painter.restore();
    paintLane(painter);
    paintAxis(painter);
    paintNow(painter);
    paintFacts(painter);
}

double Painter::snapped(double x) const { return std::round(std::clamp(x, -kFarAway, kFarAway) * m_ratio) / m_ratio; }

Painter::Span Painter::spanOf(const Bar& bar) const {
    const Offset end = bar.isOpen() ? std::max(m_scene->now, bar.begin) : bar.end;
    return {m_scene->scale->x(bar.begin), m_scene->scale->x(end)};
}

QColor Painter::colour(const Bar& bar) const { return m_theme->colour(shared::roleOf(bar.kind)); }

const history::EventGroup& Painter::groupOf(const Bar& bar) const { return m_scene->view->groups->list[bar.group]; }

void Painter::renderMinimap() {
    const QSize size(m_scene->rect.width(), kMinimapHeight);
    m_minimap = QPixmap(size * m_ratio);
    m_minimap.setDevicePixelRatio(m_ratio);
    m_minimap.fill(m_theme->colour(Role::Raised));
    QPainter painter(&m_minimap);
    TimeScale whole = *m_scene->scale;
    whole.fit();
    const int rows = std::max(m_scene->rows->count(), 1);
    const int room = kMinimapHeight - 2 * kGrid;
    const double pitch = std::min<double>(static_cast<double>(room) / rows, kGrid);
    const double thick = std::clamp(pitch * 0.6, 1.0, 2.0);
    for (const Bar& bar : m_scene->rows->bars()) {
        const double left = whole.x(bar.begin);
        const double right = whole.x(bar.isOpen() ? std::max(m_scene->now, bar.begin) : bar.end);
        const double y = kGrid + m_scene->rows->rowOf(bar.group) * pitch;
        const bool failed = bar.state == history::GroupState::Failed || bar.state == history::GroupState::TimedOut;
        painter.fillRect(QRectF(left, y, std::max(right - left, 1.5), thick),
                         failed ? m_theme->colour(Role::Failed) : colour(bar));
    }
    painter.end();
    m_minimapFaded = m_minimap;
    QColor veil = m_theme->colour(Role::Window);
    veil.setAlphaF(0.6F);
    QPainter fader(&m_minimapFaded);
    fader.fillRect(QRect({}, size), veil);
}

void Painter::paintMinimap(QPainter& painter) {
    if (m_minimap.isNull() || m_minimap.deviceIndependentSize().toSize().width() != m_scene->rect.width()) {
        renderMinimap();
    }
    TimeScale whole = *m_scene->scale;
    whole.fit();
    const double left = snapped(std::max(whole.x(m_scene->scale->timeAt(0)), 1.0));
    const double right =
        snapped(std::min(whole.x(m_scene->scale->timeAt(m_scene->rect.width())), m_scene->rect.width() - 2.0));
    const QColor accent = m_theme->colour(Role::Accent);
    // What is outside the window comes from a faded copy: blending large areas in each frame costs more than all bars.
    painter.drawPixmap(0, 0, m_minimapFaded);
    const QRectF window(left, 0, std::max(right - left, 3.0), kMinimapHeight);
    painter.drawPixmap(window, m_minimap, QRectF(window.topLeft() * m_ratio, window.size() * m_ratio));
    painter.setPen(QPen(accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(left + 0.5, 1.5, std::max(right - left, 3.0), kMinimapHeight - 3));
}

void Painter::paintGrid(QPainter& painter) {
    const QColor line = m_theme->colour(Role::Grid);
    const int top = kMinimapHeight + kAxisHeight;
    for (const Tick& tick : m_ticks) {
        painter.fillRect(QRectF(snapped(tick.x), top, 1, m_scene->rect.height() - top), line);
    }
}

void Painter::paintAxis(QPainter& painter) {
    const int width = m_scene->rect.width();
    painter.fillRect(0, kMinimapHeight, width, kAxisHeight, m_theme->colour(Role::Surface));
    painter.fillRect(0, kMinimapHeight + kAxisHeight - 1, width, 1, m_theme->colour(Role::Border));
    paintFoldLabels(painter);
    painter.setFont(m_small);
    painter.setPen(m_theme->colour(Role::Secondary));
    const QFontMetrics metrics(m_small);
    const QFontMetrics strong(m_smallStrong);
    double free = 0;
    for (const Tick& tick : m_ticks) {
        const QString& label = tick.at == 0 && !m_scene->startLabel.isEmpty() ? m_scene->startLabel : tick.label;
        const double left = tick.x + kGrid;
        const double right = left + metrics.horizontalAdvance(label);
        bool taken = left < free || right > width;
        for (const Gap& gap : m_scene->scale->folds()) {
            const double middle = m_scene->scale->x(gap.begin) + m_scene->scale->foldWidth() / 2;
            // Half of the longest length that a fold shows, and a little air.
            const double half = strong.averageCharWidth() * 5.5;
            taken = taken || (right > middle - half && left < middle + half);
        }
        if (taken) continue;
        painter.drawText(QPointF(left, kMinimapHeight + (kAxisHeight + metrics.ascent() - metrics.descent()) / 2.0),
                         label);
        free = right + 2 * kGrid;
    }
}

void Painter::paintFoldLabels(QPainter& painter) {
    painter.setFont(m_smallStrong);
    painter.setPen(m_theme->colour(Role::Brass));
    const QFontMetrics metrics(m_smallStrong);
    double free = 0;
    for (const Gap& gap : m_scene->scale->folds()) {
        const double middle = m_scene->scale->x(gap.begin) + m_scene->scale->foldWidth() / 2;
        if (middle < 0 || middle > m_scene->rect.width()) continue;
        const QString label = shared::durationText(base::Duration(gap.length()));
        const double half = metrics.horizontalAdvance(label) / 2.0;
        if (middle - half < free) continue;
        painter.drawText(QRectF(middle - half - 1, kMinimapHeight, 2 * half + 2, kAxisHeight), Qt::AlignCenter, label);
        free = middle + half + 2 * kGrid;
    }
}

void Painter::paintLane(QPainter& painter) {
    const int top = kMinimapHeight + kAxisHeight + 2 * kGrid - 1;
    const int height = kLaneHeight - 4 * kGrid + 2;
    const Offset from = m_scene->scale->timeAt(-2);
    const Offset until = m_scene->scale->timeAt(m_scene->rect.width() + 2);
    const auto& tasks = m_scene->rows->tasks();
    const auto first =
        std::lower_bound(tasks.begin(), tasks.end(), from, [](const TaskTick& task, Offset t) { return task.at < t; });
    paintLaneLabel(painter);
    // Ticks that touch become one band; failures come last, so that none hides below its neighbours.
    const QColor plain = m_theme->colour(Role::WorkflowTask);
    double left = 0;
    double right = -1;
    for (auto task = first; task != tasks.end() && task->at <= until; ++task) {
        if (task->failed) continue;
        const double x = snapped(m_scene->scale->x(task->at));
        if (right >= left && x - 1 <= right) {
            right = x + 2;
            continue;
        }
        if (right >= left) painter.fillRect(QRectF(left, top, right - left, height), plain);
        left = x - 1;
        right = x + 2;
    }
    if (right >= left) painter.fillRect(QRectF(left, top, right - left, height), plain);
    for (auto task = first; task != tasks.end() && task->at <= until; ++task) {
        if (!task->failed) continue;
        painter.fillRect(QRectF(snapped(m_scene->scale->x(task->at)) - 1, top - 1, 3, height + 2),
                         m_theme->colour(Role::Failed));
    }
    for (auto task = first; task != tasks.end() && task->at <= until; ++task) {
        if (static_cast<int>(task->group) != m_scene->selectedGroup) continue;
        painter.fillRect(QRectF(snapped(m_scene->scale->x(task->at)) - 1, top - 1, 3, height + 2),
                         m_theme->colour(Role::Accent));
    }
}

void Painter::paintLaneLabel(QPainter& painter) {
    const auto& tasks = m_scene->rows->tasks();
    const double right = m_scene->rect.width() - 2 * kGrid;
    const double left = right - QFontMetrics(m_small).horizontalAdvance(m_scene->laneLabel);
    const Offset from = m_scene->scale->timeAt(left - 2 * kGrid);
    const auto hidden =
        std::lower_bound(tasks.begin(), tasks.end(), from, [](const TaskTick& task, Offset t) { return task.at < t; });
    if (hidden != tasks.end() && m_scene->scale->x(hidden->at) < m_scene->rect.width()) return;
    if (m_scene->live && m_scene->scale->x(m_scene->now) > left - 2 * kGrid) return;
    painter.setFont(m_small);
    painter.setPen(m_theme->colour(Role::Secondary));
    painter.drawText(QRectF(left, kMinimapHeight + kAxisHeight, right - left + 1, kLaneHeight),
                     Qt::AlignRight | Qt::AlignVCenter, m_scene->laneLabel);
}

void Painter::paintGrounds(QPainter& painter) {
    const TimeScale& scale = *m_scene->scale;
    const QColor ground = m_theme->tint(Role::Brass, 0.10);
    for (const Gap& gap : scale.folds()) {
        const double left = snapped(scale.x(gap.begin));
        if (left + scale.foldWidth() < 0 || left > m_scene->rect.width()) continue;
        painter.fillRect(QRectF(left, kHeadHeight, snapped(scale.foldWidth()), m_scene->rect.height()), ground);
    }
    const auto [first, last] = rowsInView();
    for (int row = first; row < last; ++row) {
        paintRowGround(painter, row, kHeadHeight + row * m_scene->rowHeight - m_scene->scroll);
    }
}

std::pair<int, int> Painter::rowsInView() const {
    const int height = m_scene->rowHeight;
    const int bottom = m_scene->scroll + m_scene->rect.height() - kHeadHeight;
    return {m_scene->scroll / height, std::min(m_scene->rows->count(), bottom / height + 1)};
}

void Painter::paintRows(QPainter& painter) {
    const Rows& rows = *m_scene->rows;
    const int height = m_scene->rowHeight;
    const auto [first, last] = rowsInView();
    for (int row = first; row < last; ++row) {
        const int y = kHeadHeight + row * height - m_scene->scroll;
        if (rows.byName()) {
            paintDense(painter, row, y);
            continue;
        }
        paintBar(painter, rows.bars()[rows.barsOf(row).first], y);
    }
    // Folds break the bars, but no label.
    paintFolds(painter);
    for (int row = first; row < last; ++row) {
        const int y = kHeadHeight + row * height - m_scene->scroll;
        const Bar& bar = rows.bars()[rows.barsOf(row).first];
        if (rows.byName()) {
            paintRowName(painter, bar, y);
        } else {
            paintLabel(painter, bar, y, 0, m_scene->rect.width());
        }
    }
}

void Painter::paintRowName(QPainter& painter, const Bar& bar, int y) {
    const Labels::Label& label = m_scene->labels->of(groupOf(bar), bar.group);
    QColor ground = m_theme->colour(Role::Surface);
    ground.setAlphaF(0.9F);
    const QFontMetrics metrics(m_body);
    const double base = std::round(y + (m_scene->rowHeight + metrics.ascent() - metrics.descent()) / 2.0);
    painter.fillRect(QRectF(0, y + 2, label.nameWidth + 4 * kGrid, m_scene->rowHeight - 4), ground);
    painter.setFont(m_body);
    painter.setPen(m_theme->colour(Role::Text));
    painter.drawText(QPointF(2 * kGrid, base), label.name);
}

void Painter::paintRowGround(QPainter& painter, int row, int y) {
    const auto isRow = [&](int group) {
        return group >= 0 && m_scene->rows->rowOf(static_cast<uint32_t>(group)) == row;
    };
    const bool selected = isRow(m_scene->selectedGroup);
    if (!selected && !isRow(m_scene->hoveredGroup)) return;
    const QColor ground = m_theme->tint(Role::Accent, selected ? shared::kSelectionTint * 0.7 : shared::kHoverTint);
    painter.fillRect(0, y, m_scene->rect.width(), m_scene->rowHeight, ground);
}

void Painter::paintDense(QPainter& painter, int row, int y) {
    const Rows& rows = *m_scene->rows;
    const TimeScale& scale = *m_scene->scale;
    const auto [from, until] = rows.visible(row, scale.timeAt(-24), scale.timeAt(scale.viewWidth() + 24));
    const double top = y + (m_scene->rowHeight - 14) / 2.0;
    double runLeft = 0;
    double runRight = -1;
    QColor fill;
    const auto flush = [&] {
        if (runRight >= runLeft) painter.fillRect(QRectF(runLeft, top, std::max(runRight - runLeft, 1.0), 14), fill);
        runRight = runLeft - 1;
    };
    for (uint32_t i = from; i < until; ++i) {
        const Bar& bar = rows.bars()[i];
        const Span span = spanOf(bar);
        if (span.right - span.left >= 1 || bar.isMark()) {
            flush();
            paintBar(painter, bar, y);
            const double next = i + 1 < until ? scale.x(rows.bars()[i + 1].begin) - 3 * kGrid : scale.viewWidth();
            if (next - span.right > 6 * kGrid) paintLabel(painter, bar, y, span.right, next);
            continue;
        }
        ++m_barsPainted;
        if (runRight >= runLeft && span.left - runRight <= 1) {
            runRight = std::max(runRight, snapped(span.right));
            continue;
        }
        flush();
        fill = colour(bar);
        runLeft = snapped(span.left);
        runRight = std::max(runLeft + 1 / m_ratio, snapped(span.right));
    }
    flush();
}

Painter::Place Painter::placeLabel(const Bar& bar, const Labels::Label& label, double roomFrom, double roomTo) const {
    const Span span = spanOf(bar);
    const int gap = label.detailWidth > 0 ? kGrid : 0;
    const double width = label.nameWidth + gap + label.detailWidth;
    const double air = bar.isMark() || bar.kind == history::GroupKind::Timer ? 3 * kGrid : 2 * kGrid - 2;
    const double end = span.right + (bar.isOpen() && bar.kind != history::GroupKind::Timer ? kGrid : 0);
    const double most = roomTo - kGrid;
    // In a row of many the name stands at the row's head.
    if (m_scene->rows->byName()) {
        return {end + air, double(label.detailWidth), end + air + label.detailWidth <= roomTo};
    }
    // Out of view at the left: its name waits at that edge.
    if (span.right < roomFrom) return {roomFrom + 3 * kGrid, std::min(width, most - roomFrom), true};
    const double rightRoom = most - (end + air);
    const double useful = label.nameWidth + std::min<double>(gap + label.detailWidth, kLeastDetail);
    if (span.left <= roomTo && rightRoom >= useful) return {end + air, std::min(width, rightRoom), true};
    const double before = bar.kind == history::GroupKind::Update ? air + kGrid : air;
    const double leftRoom = std::min(span.left, roomTo) - before - roomFrom - kGrid;
    if (leftRoom >= useful) {
        const double taken = std::min(width, leftRoom);
        return {std::min(span.left, roomTo) - before - taken, taken, true};
    }
    // Over the bar, but before its end: that is where one sees how it went.
    const double beforeEnd = std::min(most, span.right - 3 * kGrid);
    const double to = beforeEnd - roomFrom - kGrid >= useful ? beforeEnd : most;
    return {std::max(roomFrom + kGrid, to - width), std::min(width, to - roomFrom - kGrid), true};
}

void Painter::paintLabel(QPainter& painter, const Bar& bar, int y, double roomFrom, double roomTo) {
    const Labels::Label& label = m_scene->labels->of(groupOf(bar), bar.group);
    const Place place = placeLabel(bar, label, roomFrom, roomTo);
    if (!place.shown) return;
    const Span span = spanOf(bar);
    const bool away = !m_scene->rows->byName() && (span.right < roomFrom || span.left > roomTo);
    const QFontMetrics metrics(m_body);
    const double base = std::round(y + (m_scene->rowHeight + metrics.ascent() - metrics.descent()) / 2.0);
    const double x = std::round(place.x);
    painter.setFont(m_body);
    if (!away && x < span.right && x + place.width > span.left) {
        QColor ground = m_theme->colour(Role::Surface);
        ground.setAlphaF(0.85F);
        painter.fillRect(QRectF(x - kGrid, y + 3, place.width + 2 * kGrid, m_scene->rowHeight - 6), ground);
    }
    painter.setPen(m_theme->colour(away ? Role::Disabled : Role::Text));
    const int nameRoom = m_scene->rows->byName() ? 0 : label.nameWidth + kGrid;
    if (nameRoom > 0) painter.drawText(QPointF(x, base), label.name);
    const double detailRoom = place.width - nameRoom;
    if (label.detailWidth > 0 && (detailRoom > kLeastDetail / 2 || detailRoom >= label.detailWidth)) {
        painter.setPen(m_theme->colour(away ? Role::Disabled : Role::Secondary));
        const bool whole = detailRoom >= label.detailWidth - 1;
        painter.drawText(
            QPointF(x + label.nameWidth + kGrid, base),
            whole ? label.detail : metrics.elidedText(label.detail, Qt::ElideRight, static_cast<int>(detailRoom)));
    }
    if (away) paintAway(painter, span.right < roomFrom, y);
}

void Painter::paintAway(QPainter& painter, bool leftEdge, int y) {
    const double tip = leftEdge ? kGrid : m_scene->rect.width() - kGrid;
    const double back = leftEdge ? tip + kGrid : tip - kGrid;
    const double middle = y + m_scene->rowHeight / 2.0;
    painter.setPen(QPen(m_theme->colour(Role::Disabled), 1.4));
    painter.drawLine(QPointF(back, middle - kGrid), QPointF(tip, middle));
    painter.drawLine(QPointF(tip, middle), QPointF(back, middle + kGrid));
}

void Painter::renderZigzag(int height) {
    m_zigzag = QPixmap(QSizeF(2 * kGrid * m_ratio, height * m_ratio).toSize());
    m_zigzag.setDevicePixelRatio(m_ratio);
    m_zigzag.fill(Qt::transparent);
    QPainter painter(&m_zigzag);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme->colour(Role::Brass), 1));
    QPolygonF line;
    constexpr double kSwing = 3;
    for (int i = 0; i * 1.5 * kGrid < height + 2 * kGrid; ++i) {
        line << QPointF(kGrid + (i % 2 == 0 ? -kSwing : kSwing), i * 1.5 * kGrid);
    }
    painter.drawPolyline(line);
}

void Painter::paintFolds(QPainter& painter) {
    const TimeScale& scale = *m_scene->scale;
    const double width = scale.foldWidth();
    const int top = kHeadHeight;
    const int height = m_scene->rect.height() - top;
    const QColor brass = m_theme->colour(Role::Brass);
    if (m_zigzag.isNull() || m_zigzag.deviceIndependentSize().height() < height) renderZigzag(height);
    for (const Gap& gap : scale.folds()) {
        const double left = snapped(scale.x(gap.begin));
        if (left + width < 0 || left > m_scene->rect.width()) continue;
        if (width < 2 * kGrid) {
            painter.fillRect(QRectF(snapped(left + width / 2), top, 1, height), brass);
            continue;
        }
        painter.drawPixmap(QPointF(snapped(left + width / 2 - kGrid), top), m_zigzag);
    }
}

void Painter::paintNow(QPainter& painter) {
    if (!m_scene->live) return;
    const double x = snapped(m_scene->scale->x(m_scene->now));
    if (x < 0 || x > m_scene->rect.width()) return;
    const QColor brass = m_theme->colour(Role::Brass);
    const int top = kMinimapHeight + kAxisHeight;
    painter.fillRect(QRectF(x - 1, top, 2, m_scene->rect.height() - top), brass);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(brass);
    const QPointF points[] = {{x - kGrid, top - 1.0}, {x + kGrid, top - 1.0}, {x, top + kGrid + 1.0}};
    painter.drawConvexPolygon(points, 3);
    painter.restore();
}

void Painter::paintFacts(QPainter& painter) {
    if (m_scene->facts.isEmpty()) return;
    const QFontMetrics metrics(m_small);
    const int height = metrics.height() + kGrid;
    const QRect line(0, m_scene->rect.height() - height, m_scene->rect.width(), height);
    painter.fillRect(line, m_theme->colour(Role::Raised));
    painter.fillRect(0, line.top(), line.width(), 1, m_theme->colour(Role::Border));
    painter.setFont(m_small);
    painter.setPen(m_theme->colour(Role::Text));
    const QRect inner = line.adjusted(3 * kGrid, 1, -3 * kGrid, 0);
    painter.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(m_scene->facts, Qt::ElideRight, inner.width()));
}

}  // namespace orrery::ui::timeline
