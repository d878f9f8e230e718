// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

namespace orrery::ui::shell {

enum class Appearance { System, Light, Dark };

/// What the program remembers, typed. One object, made by main and passed in; an unknown or damaged entry counts as
/// absent.
class Settings {
public:
    /// The user's own file; a path makes it another one (tests, the tour).
    explicit Settings(const QString& path = {});

    Appearance appearance() const;
    void setAppearance(Appearance appearance);

    QByteArray windowGeometry() const { return m_store.value(QStringLiteral("window/geometry")).toByteArray(); }
    void setWindowGeometry(const QByteArray& geometry) {
        m_store.setValue(QStringLiteral("window/geometry"), geometry);
    }
    QByteArray windowState() const { return m_store.value(QStringLiteral("window/state")).toByteArray(); }
    void setWindowState(const QByteArray& state) { m_store.setValue(QStringLiteral("window/state"), state); }
    bool inspectorVisible() const { return m_store.value(QStringLiteral("window/inspector"), true).toBool(); }
    void setInspectorVisible(bool visible) { m_store.setValue(QStringLiteral("window/inspector"), visible); }

    /// Newest first, at most ten, no doubles.
    QStringList recentFiles() const { return m_store.value(QStringLiteral("files/recent")).toStringList(); }
    void addRecentFile(const QString& path);
    QStringList recentAddresses() const { return m_store.value(QStringLiteral("connections/recent")).toStringList(); }
    void addRecentAddress(const QString& address);

    /// Where the debugger looks for sources, first to last.
    QStringList sourceFolders() const { return m_store.value(QStringLiteral("debugger/sourceFolders")).toStringList(); }
    void setSourceFolders(const QStringList& folders) {
        m_store.setValue(QStringLiteral("debugger/sourceFolders"), folders);
    }

    /// Last duration typed into the clock's skip field, as text ("24h").
    QString skipBy() const { return m_store.value(QStringLiteral("clock/skipBy"), QStringLiteral("1d")).toString(); }
    void setSkipBy(const QString& text) { m_store.setValue(QStringLiteral("clock/skipBy"), text); }

private:
    void addRecent(const QString& key, const QString& entry);

    QSettings m_store;
};

}  // namespace orrery::ui::shell
