// SPDX-License-Identifier: MIT
#include "views/shell/settings.h"

#include <QStandardPaths>

namespace orrery::ui::shell {
namespace {

constexpr int kRecentEntries = 10;

QString userFile() {
    return QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + QStringLiteral("/workbench.ini");
}

}  // namespace

Settings::Settings(const QString& path) : m_store(path.isEmpty() ? userFile() : path, QSettings::IniFormat) {}

Appearance Settings::appearance() const {
    const QString word = m_store.value(QStringLiteral("window/appearance")).toString();
    if (word == QLatin1String("light")) return Appearance::Light;
    if (word == QLatin1String("dark")) return Appearance::Dark;
    return Appearance::System;
}

void Settings::setAppearance(Appearance appearance) {
    const char* word = appearance == Appearance::Light ? "light" : appearance == Appearance::Dark ? "dark" : "system";
    m_store.setValue(QStringLiteral("window/appearance"), QString::fromLatin1(word));
}

void Settings::addRecentFile(const QString& path) { addRecent(QStringLiteral("files/recent"), path); }

void Settings::addRecentAddress(const QString& address) { addRecent(QStringLiteral("connections/recent"), address); }

void Settings::addRecent(const QString& key, const QString& entry) {
    QStringList entries = m_store.value(key).toStringList();
    entries.removeAll(entry);
    entries.prepend(entry);
    m_store.setValue(key, QStringList(entries.mid(0, kRecentEntries)));
}

}  // namespace orrery::ui::shell
