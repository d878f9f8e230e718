// SPDX-License-Identifier: MIT
#include "views/screens/debugger/delegates.h"

#include <QPainter>

#include "core/replay/step.h"
#include "views/screens/debugger/command_model.h"
#include "views/screens/debugger/job_model.h"
#include "views/screens/debugger/stack_model.h"
#include "views/screens/debugger/task_list_model.h"
#include "views/shared/icons.h"
#include "views/shared/theme.h"

namespace orrery::ui::debugger {
namespace {

using namespace shared;
using replay::TaskState;
using replay::Verdict;

bool differs(Verdict verdict) { return verdict == Verdict::Hard || verdict == Verdict::Soft; }

/// Ground of a row, and a line where the keyboard is.
void paintGround(QPainter* painter, const QStyleOptionViewItem& option, Role selected) {
    const Theme& theme = Theme::instance();
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(option.rect, theme.tint(selected, kSelectionTint));
    } else if (option.state.testFlag(QStyle::State_MouseOver)) {
        painter->fillRect(option.rect, theme.tint(selected, kHoverTint));
    }
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->save();
        painter->setPen(theme.colour(Role::Accent));
        painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
        painter->restore();
    }
}

/// Draws as much as fits and gives what it took.
int drawWords(QPainter* painter, const QRect& rect, const QString& words, int alignment = Qt::AlignLeft) {
    const QString shown = painter->fontMetrics().elidedText(words, Qt::ElideRight, rect.width());
    painter->drawText(rect, alignment | Qt::AlignVCenter | Qt::TextSingleLine, shown);
    return painter->fontMetrics().horizontalAdvance(shown);
}

QString trouble(const QModelIndex& index) {
    const auto state = static_cast<TaskState>(index.data(TaskListModel::StateRole).toInt());
    if (state == TaskState::Failed) return TaskDelegate::tr("failed");
    if (state == TaskState::TimedOut) return TaskDelegate::tr("timed out");
    if (differs(static_cast<Verdict>(index.data(TaskListModel::VerdictRole).toInt())))
        return TaskDelegate::tr("differs");
    return {};
}

}  // namespace

void TaskDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    paintGround(painter, option, Role::Brass);
    painter->save();
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected) {
        painter->fillRect(QRect(option.rect.topLeft(), QSize(kMark, option.rect.height())), theme.colour(Role::Brass));
    }
    painter->setFont(uiFont());
    const QFontMetrics metrics = painter->fontMetrics();
    const int digits = static_cast<int>(QString::number(index.model()->rowCount()).size());
    const int column = std::max(2, digits) * metrics.horizontalAdvance(QLatin1Char('0'));
    const QRect inner = option.rect.adjusted(kPadding, 0, -2 * kGrid, 0);
    painter->setPen(theme.colour(selected ? Role::Brass : Role::Secondary));
    drawWords(painter, QRect(inner.left(), inner.top(), column, inner.height()),
              index.data(TaskListModel::NumberRole).toString(), Qt::AlignRight);
    QRect words = inner.adjusted(column + 2 * kGrid, 0, 0, 0);
    if (const QString bad = trouble(index); !bad.isEmpty()) {
        painter->setPen(theme.colour(Role::Failed));
        painter->setFont(uiFont(TextSize::Small, Weight::Strong));
        const int room = painter->fontMetrics().horizontalAdvance(bad);
        drawWords(painter, words, bad, Qt::AlignRight);
        words.adjust(0, 0, -room - 2 * kGrid, 0);
        painter->setFont(uiFont());
    }
    const bool reached = index.data(TaskListModel::ReachedRole).toBool();
    painter->setPen(theme.colour(reached ? Role::Text : Role::Secondary));
    drawWords(painter, words, index.data().toString());
    painter->restore();
}

QSize TaskDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {kFieldWidth, Theme::instance().rowHeight()};
}

void CommandDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const auto verdict = static_cast<Verdict>(index.data(CommandModel::VerdictRole).toInt());
    if (differs(verdict)) painter->fillRect(option.rect, theme.tint(Role::Failed, kSelectionTint));
    if (option.state.testFlag(QStyle::State_Selected) && !differs(verdict)) {
        painter->fillRect(option.rect, theme.tint(Role::Accent, kSelectionTint));
    }
    painter->save();
    const bool number = index.column() == CommandModel::EventColumn;
    painter->setFont(number ? fixedFont() : uiFont());
    QRect inner = option.rect.adjusted(2 * kGrid, 0, -2 * kGrid, 0);
    if (const QVariant shape = index.data(CommandModel::IconRole); shape.isValid()) {
        const auto colour = static_cast<Role>(index.data(CommandModel::ColourRole).toInt());
        paintIcon(*painter, QRect(inner.left(), inner.top(), kIcon, inner.height()), static_cast<Icon>(shape.toInt()),
                  theme.colour(colour));
        inner.adjust(kIcon + kGrid, 0, 0, 0);
    }
    Role role = Role::Text;
    if (index.column() == CommandModel::VerdictColumn) {
        role = verdict == Verdict::Same ? Role::Completed : differs(verdict) ? Role::Failed : Role::Secondary;
    } else if (number || !index.data(CommandModel::IconRole).isValid()) {
        role = Role::Secondary;
    }
    painter->setPen(theme.colour(role));
    drawWords(painter, inner, index.data().toString(), number ? Qt::AlignRight : Qt::AlignLeft);
    if (option.state.testFlag(QStyle::State_Selected) && index.column() == CommandModel::EventColumn) {
        painter->fillRect(QRect(option.rect.topLeft(), QSize(kMark, option.rect.height())), theme.colour(Role::Accent));
    }
    painter->restore();
}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {kFieldWidth, Theme::instance().rowHeight()};
}

void LinkDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    paintGround(painter, option, m_kind == Kind::Frames ? Role::Brass : Role::Accent);
    painter->save();
    const QRect inner = option.rect.adjusted(kGrid, 0, -kGrid, 0);
    if (m_kind == Kind::Events) {
        paintJob(painter, inner, index);
    } else {
        paintFrame(painter, inner, index);
    }
    painter->restore();
}

void LinkDelegate::paintJob(QPainter* painter, const QRect& rect, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    painter->setFont(uiFont());
    const int column = std::max(kFactLabel, painter->fontMetrics().horizontalAdvance(tr("event %1").arg(100'000)));
    painter->setPen(theme.colour(Role::Accent));
    drawWords(painter, QRect(rect.left(), rect.top(), column, rect.height()),
              tr("event %1").arg(index.data(JobModel::EventIdRole).toLongLong()));
    painter->setPen(theme.colour(Role::Text));
    drawWords(painter, rect.adjusted(column, 0, 0, 0), index.data().toString());
}

void LinkDelegate::paintFrame(QPainter* painter, const QRect& rect, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    if (index.data(StackModel::HeadRole).toBool()) {
        painter->setFont(uiFont());
        painter->setPen(theme.colour(Role::Secondary));
        drawWords(painter, rect, index.data().toString());
        return;
    }
    painter->setFont(fixedFont(TextSize::Small));
    painter->setPen(theme.colour(Role::Text));
    // The place is never cut; of a long name the end says most.
    const QString place = index.data(StackModel::PlaceRole).toString();
    const QRect inner = rect.adjusted(2 * kGrid, 0, 0, 0);
    const int room = inner.width() - painter->fontMetrics().horizontalAdvance(place) - 2 * kGrid;
    const QString name = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideLeft, room);
    const int taken = drawWords(painter, inner, name);
    painter->setPen(theme.colour(Role::Accent));
    drawWords(painter, inner.adjusted(taken + 2 * kGrid, 0, 0, 0), place);
}

QSize LinkDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {kFieldWidth / 2, Theme::instance().rowHeight()};
}

}  // namespace orrery::ui::debugger
