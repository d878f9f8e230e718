// SPDX-License-Identifier: MIT
#include "views/screens/debugger/short_list.h"

#include <QKeyEvent>
#include <algorithm>

#include "views/shared/theme.h"

namespace orrery::ui::debugger {

using namespace shared;

ShortList::ShortList(const QString& objectName, const QString& accessibleName, QWidget* parent) : QListView(parent) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(this, &QListView::clicked, this, &ShortList::picked);
}

void ShortList::setModel(QAbstractItemModel* model) {
    QListView::setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, &QWidget::updateGeometry);
}

QSize ShortList::sizeHint() const {
    const int rows = model() != nullptr ? std::clamp(model()->rowCount(), 1, m_maxRows) : 1;
    return {kFieldWidth, rows * Theme::instance().rowHeight()};
}

void ShortList::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (enter && currentIndex().isValid()) {
        Q_EMIT picked(currentIndex());
        return;
    }
    QListView::keyPressEvent(event);
}

}  // namespace orrery::ui::debugger
