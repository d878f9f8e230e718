// SPDX-License-Identifier: MIT
#pragma once

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QList>
#include <QObject>
#include <functional>

namespace orrery::ui::shell {

/// One thing a person can do. The rule says whether it can be done now; without a rule it always can.
struct Command {
    QString id;    ///< stable, for settings and tests: "clock.skip"
    QString text;  ///< as shown in menus and in the palette, an imperative
    QString icon;  ///< name in the icon set, may be empty
    QKeySequence shortcut;
    std::function<void()> run;
    std::function<bool()> enabled;
};

/// The only list of commands: menus, buttons, palette and shortcuts all show the actions made here.
class CommandSet : public QObject {
    Q_OBJECT

public:
    explicit CommandSet(QObject* parent = nullptr) : QObject(parent) {}

    /// Ids and shortcuts are unique; a second use of one is a bug and stops the program.
    QAction* add(Command command);
    /// nullptr when there is no such command.
    QAction* action(const QString& id) const { return m_byId.value(id); }
    const QList<QAction*>& actions() const { return m_actions; }

    /// Asks every rule again. Called when the page, the connection, the clock or a run changes.
    void refresh();

private:
    QList<QAction*> m_actions;
    QHash<QString, QAction*> m_byId;
    QHash<QAction*, std::function<bool()>> m_rules;
};

}  // namespace orrery::ui::shell
