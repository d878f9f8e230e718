// SPDX-License-Identifier: MIT
#pragma once

#include <QAction>
#include <QPushButton>

#include "views/shared/widgets.h"

namespace orrery::ui::shell {

/// A button that is the command: same rule, same tool tip; its own, usually shorter, word. Named "<id>.button".
inline QPushButton* commandButton(QAction* action, const QString& label, QWidget* parent, bool primary = false) {
    QPushButton* button = shared::makeButton(label, action->objectName() + QStringLiteral(".button"), primary, parent);
    const auto follow = [button, action] {
        button->setEnabled(action->isEnabled());
        button->setToolTip(action->toolTip());
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    return button;
}

}  // namespace orrery::ui::shell
