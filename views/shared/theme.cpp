// SPDX-License-Identifier: MIT
#include "views/shared/theme.h"

#include <QApplication>
#include <QIcon>
#include <QStandardPaths>
#include <QStyle>
#include <QStyleFactory>

namespace orrery::ui::shared {

Theme& Theme::instance() {
    static QPointer<Theme> theme;
    if (!theme) theme = new Theme(qApp);
    return *theme;
}

Theme::Theme(QObject* parent) : QObject(parent), m_systemPalette(QGuiApplication::palette()) {}

std::chrono::milliseconds Theme::motion() const {
    const bool moves = QApplication::style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0;
    return moves ? kMotion : std::chrono::milliseconds::zero();
}

QPalette Theme::palette() const {
    QPalette p;
    const auto set = [&](QPalette::ColorRole to, Role from) { p.setColor(to, colour(from)); };
    set(QPalette::Window, Role::Window);
    set(QPalette::WindowText, Role::Text);
    set(QPalette::Base, Role::Surface);
    set(QPalette::AlternateBase, Role::Raised);
    set(QPalette::Text, Role::Text);
    set(QPalette::Button, Role::Surface);
    set(QPalette::ButtonText, Role::Text);
    set(QPalette::BrightText, Role::Failed);
    set(QPalette::ToolTipBase, Role::Raised);
    set(QPalette::ToolTipText, Role::Text);
    set(QPalette::PlaceholderText, Role::Secondary);
    set(QPalette::Highlight, Role::Accent);
    set(QPalette::HighlightedText, Role::OnAccent);
    set(QPalette::Link, Role::Accent);
    set(QPalette::LinkVisited, Role::Accent);
    set(QPalette::Light, Role::Surface);
    set(QPalette::Midlight, Role::Raised);
    set(QPalette::Mid, Role::Border);
    set(QPalette::Dark, Role::Border);
    set(QPalette::Shadow, Role::Border);
    for (const auto disabled : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        p.setColor(QPalette::Disabled, disabled, colour(Role::Disabled));
    }
    return p;
}

void Theme::apply() {
    QStringList iconPaths = QIcon::themeSearchPaths();
    iconPaths += QStandardPaths::locateAll(QStandardPaths::GenericDataLocation, QStringLiteral("icons"),
                                           QStandardPaths::LocateDirectory);
    iconPaths.removeDuplicates();
    QIcon::setThemeSearchPaths(iconPaths);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setFont(uiFont());
    refresh();
}

void Theme::refresh() {
    const bool systemDark = m_systemPalette.color(QPalette::Window).lightnessF() < 0.5F;
    const bool dark = m_choice == Choice::Dark || (m_choice == Choice::System && systemDark);
    m_scheme = dark ? Scheme::Dark : Scheme::Light;
    QIcon::setThemeName(dark ? QStringLiteral("breeze-dark") : QStringLiteral("breeze"));
    QApplication::setPalette(palette());
    qApp->setStyleSheet(styleSheet(m_scheme));
    Q_EMIT changed();
}

void Theme::setChoice(Choice choice) {
    if (m_choice == choice) return;
    m_choice = choice;
    refresh();
}

void Theme::setComfortable(bool comfortable) {
    if (m_comfortable == comfortable) return;
    m_comfortable = comfortable;
    Q_EMIT changed();
}

}  // namespace orrery::ui::shared
