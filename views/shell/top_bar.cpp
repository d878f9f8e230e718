// SPDX-License-Identifier: MIT
#include "views/shell/top_bar.h"

#include <QBoxLayout>
#include <QMenu>

#include "views/shared/widgets.h"
#include "views/shell/command_button.h"
#include "views/shell/command_field.h"
#include "views/shell/command_set.h"

namespace orrery::ui::shell {
namespace {

using namespace shared;

constexpr int kFieldMaximum = 560;

// The palette finds everything; the menus show it in the order in which people look for it.
struct MenuPart {
    const char* title;
    const char* prefix;
};
constexpr MenuPart kMenus[] = {{"File", "file."},
                               {"Workflow", "workflow."},
                               {"Debugger", "debug."},
                               {"Clock", "clock."},
                               {"Sample worker", "worker."},
                               {"Server", "server."},
                               {"View", "view."},
                               {"Go", "go."}};

}  // namespace

TopBar::TopBar(const CommandSet& commands, CommandField* field, QWidget* parent)
    : QWidget(parent),
      m_mark(makeButton(tr("Orrery"), QStringLiteral("productMark"), false, this)),
      m_menu(new QMenu(this)),
      m_connection(makeButton({}, QStringLiteral("connectionButton"), false, this)),
      m_connectionMenu(new QMenu(this)) {
    setObjectName(QStringLiteral("topBar"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(kTopBar);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* parts = new QWidget(this);
    auto* row = new QHBoxLayout(parts);
    row->setContentsMargins(2 * kGrid, 0, 2 * kGrid, 0);
    row->setSpacing(kPadding);
    m_mark->setProperty("flat", true);
    m_mark->setProperty("mark", true);
    m_mark->setIcon(icon(Icon::Product, Role::Brass));
    m_mark->setAccessibleName(tr("Menu"));
    m_mark->setMenu(m_menu);
    fillMenu(commands);
    m_connection->setMenu(m_connectionMenu);
    m_connection->setAccessibleName(tr("Connection"));
    row->addWidget(m_mark);
    row->addWidget(m_connection);
    row->addStretch(1);
    field->setParent(this);
    field->setMaximumWidth(kFieldMaximum);
    field->setMinimumWidth(kFieldWidth);
    row->addWidget(field, 4);
    row->addStretch(1);
    row->addWidget(commandButton(commands.action(QStringLiteral("workflow.start")), tr("Start workflow"), this));
    auto* theme = makeIconButton(Icon::ThemeSwitch, tr("Light or dark"), QStringLiteral("themeButton"), this);
    theme->setToolTip(commands.action(QStringLiteral("view.theme"))->toolTip());
    connect(theme, &QPushButton::clicked, commands.action(QStringLiteral("view.theme")), &QAction::trigger);
    row->addWidget(theme);
    column->addWidget(parts, 1);
    column->addWidget(new Hairline(Qt::Horizontal, this));
}

// The main window asks a menu widget for this, not for its fixed height.
QSize TopBar::sizeHint() const { return {QWidget::sizeHint().width(), kTopBar}; }

void TopBar::fillMenu(const CommandSet& commands) {
    for (const auto& [title, prefix] : kMenus) {
        QMenu* menu = m_menu->addMenu(tr(title));
        for (QAction* action : commands.actions()) {
            if (action->objectName().startsWith(QLatin1String(prefix))) menu->addAction(action);
        }
    }
    m_menu->addSeparator();
    m_menu->addAction(commands.action(QStringLiteral("app.settings")));
    m_menu->addAction(commands.action(QStringLiteral("app.quit")));
}

void TopBar::setConnection(const QString& name, bool ready) {
    m_connection->setText(name);
    m_connection->setIcon(icon(ready ? Icon::Workflow : Icon::Warning, ready ? Role::Completed : Role::Failed));
    m_connection->setAccessibleDescription(name);
}

}  // namespace orrery::ui::shell
