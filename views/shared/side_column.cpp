// SPDX-License-Identifier: MIT
#include "views/shared/side_column.h"

#include <QBoxLayout>
#include <QResizeEvent>

#include "views/shared/tokens.h"

namespace orrery::ui::shared {

SideColumn::SideColumn(QWidget* parent)
    : QScrollArea(parent), m_ground(new QWidget(this)), m_layout(new QBoxLayout(QBoxLayout::TopToBottom, m_ground)) {
    m_layout->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
    m_layout->setSpacing(4 * kGrid);
    m_layout->addStretch(1);
    m_ground->setProperty("surface", true);
    m_ground->setAttribute(Qt::WA_StyledBackground);
    setWidget(m_ground);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
}

void SideColumn::addPart(QWidget* part) {
    part->setParent(m_ground);
    m_layout->insertWidget(m_layout->count() - 1, part, 0, Qt::AlignTop);
}

QSize SideColumn::sizeHint() const { return {kInspectorWidth, kFoldedInspector}; }

QSize SideColumn::minimumSizeHint() const { return {kFieldWidth, kRow * 3}; }

void SideColumn::resizeEvent(QResizeEvent* event) {
    const bool wide = event->size().width() >= 2 * kInspectorWidth;
    m_layout->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    for (int i = 0; i < m_layout->count(); ++i) {
        if (QWidget* part = m_layout->itemAt(i)->widget()) {
            m_layout->setStretchFactor(part, wide ? 1 : 0);
            m_layout->setAlignment(part, wide ? Qt::AlignTop : Qt::Alignment());
        }
    }
    m_layout->setStretch(m_layout->count() - 1, wide ? 0 : 1);
    QScrollArea::resizeEvent(event);
}

}  // namespace orrery::ui::shared
