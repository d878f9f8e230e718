// SPDX-License-Identifier: MIT
#include "views/screens/workflows/row_delegate.h"

#include <QPainter>

#include "views/screens/workflows/workflow_list_model.h"
#include "views/shared/kinds.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

namespace orrery::ui::workflows {

using namespace shared;

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(option.rect, theme.tint(Role::Accent, kSelectionTint));
    } else if (option.state.testFlag(QStyle::State_MouseOver)) {
        painter->fillRect(option.rect, theme.tint(Role::Accent, kHoverTint));
    }
    const QRect inner = option.rect.adjusted(2 * kGrid, 0, -2 * kGrid, 0);
    if (index.column() == WorkflowListModel::Status) {
        const Look status =
            look(static_cast<history::WorkflowStatus>(index.data(WorkflowListModel::StatusRole).toInt()));
        paintChip(*painter, inner, status.word, status.role);
    } else {
        Role role = Role::Text;
        if (index.column() == WorkflowListModel::Started || index.column() == WorkflowListModel::Waits)
            role = Role::Secondary;
        if (index.column() == WorkflowListModel::Queue) role = Role::Secondary;
        if (index.column() == WorkflowListModel::Waits && index.data(WorkflowListModel::TroubleRole).toBool()) {
            role = Role::Failed;
        }
        const QVariant font = index.data(Qt::FontRole);
        painter->setFont(font.isValid() ? font.value<QFont>() : option.font);
        painter->setPen(theme.colour(role));
        const QString words = index.data(Qt::DisplayRole).toString();
        const auto mode = index.column() == WorkflowListModel::Workflow ? Qt::ElideMiddle : Qt::ElideRight;
        painter->drawText(inner, index.data(Qt::TextAlignmentRole).toInt() | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(words, mode, inner.width()));
    }
    painter->restore();
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    return {QStyledItemDelegate::sizeHint(option, index).width() + 4 * kGrid, Theme::instance().rowHeight()};
}

}  // namespace orrery::ui::workflows
