// SPDX-License-Identifier: MIT
#include "views/shell/command_set.h"

namespace orrery::ui::shell {

QAction* CommandSet::add(Command command) {
    if (m_byId.contains(command.id)) qFatal("command %s is there twice", qPrintable(command.id));
    for (const QAction* other : m_actions) {
        if (!command.shortcut.isEmpty() && other->shortcut() == command.shortcut) {
            qFatal("%s and %s share a shortcut", qPrintable(command.id), qPrintable(other->objectName()));
        }
    }
    auto* action = new QAction(command.text, this);
    action->setObjectName(command.id);
    action->setShortcut(command.shortcut);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setProperty("icon", command.icon);
    const QString keys = command.shortcut.toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? command.text : QStringLiteral("%1  %2").arg(command.text, keys));
    connect(action, &QAction::triggered, this, [this, run = std::move(command.run)] {
        run();
        refresh();
    });
    if (command.enabled) m_rules.insert(action, std::move(command.enabled));
    m_actions.append(action);
    m_byId.insert(command.id, action);
    return action;
}

void CommandSet::refresh() {
    for (auto rule = m_rules.cbegin(); rule != m_rules.cend(); ++rule) rule.key()->setEnabled(rule.value()());
}

}  // namespace orrery::ui::shell
