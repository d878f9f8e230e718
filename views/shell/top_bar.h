// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QLabel;
class QMenu;
class QPushButton;

namespace orrery::ui::shell {

class CommandField;
class CommandSet;

/// Product mark with the menu of everything, connection, search and command field, start, light/dark. UI thread.
class TopBar : public QWidget {
    Q_OBJECT

public:
    TopBar(const CommandSet& commands, CommandField* field, QWidget* parent = nullptr);

    QSize sizeHint() const override;

    QPushButton* markButton() const { return m_mark; }
    QMenu* menu() const { return m_menu; }
    QMenu* connectionMenu() const { return m_connectionMenu; }
    void setConnection(const QString& name, bool ready);
    QPushButton* connectionButton() const { return m_connection; }

private:
    void fillMenu(const CommandSet& commands);

    QPushButton* m_mark;
    QMenu* m_menu;
    QPushButton* m_connection;
    QMenu* m_connectionMenu;
};

}  // namespace orrery::ui::shell
