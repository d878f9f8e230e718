// SPDX-License-Identifier: MIT
#include "views/shared/facts.h"

#include <QGridLayout>

#include "views/shared/widgets.h"

namespace orrery::ui::shared {
namespace {

QWidget* valueWidget(const Fact& fact, QWidget* parent) {
    if (fact.copied) {
        auto* copied = new CopyLabel(fact.value, parent);
        copied->setAccessibleName(fact.label);
        return copied;
    }
    auto* value = new QLabel(fact.value, parent);
    value->setTextFormat(Qt::PlainText);
    value->setWordWrap(true);
    // A long word does not push the column wider than the inspector.
    value->setMinimumWidth(1);
    value->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    value->setToolTip(fact.detail);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    value->setAccessibleName(fact.label);
    return value;
}

}  // namespace

Facts::Facts(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(kPadding);
    m_grid->setVerticalSpacing(kGrid);
    m_grid->setColumnMinimumWidth(0, kFactLabel);
    m_grid->setColumnStretch(1, 1);
}

void Facts::setFacts(const std::vector<Fact>& facts) {
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const Fact& fact : facts) {
        if (fact.value.isEmpty()) continue;
        m_grid->addWidget(makeLabel(fact.label, "secondary", this), row, 0, Qt::AlignTop);
        m_grid->addWidget(valueWidget(fact, this), row, 1, Qt::AlignTop);
        ++row;
    }
}

}  // namespace orrery::ui::shared
