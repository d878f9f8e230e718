// SPDX-License-Identifier: MIT
#pragma once

#include <QStyledItemDelegate>

namespace orrery::ui::workflows {

/// Paints a row of the list: the status as a chip, secondary columns quieter, trouble in red. UI thread.
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace orrery::ui::workflows
