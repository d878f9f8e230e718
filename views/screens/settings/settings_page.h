// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>

#include "views/shared/page.h"

class QListWidget;
class QPushButton;

namespace orrery::ui::settings {

/// The settings that have no better place. UI thread.
class SettingsPage : public shared::Page {
    Q_OBJECT

public:
    explicit SettingsPage(const QStringList& sourceFolders, QWidget* parent = nullptr);

    QStringList sourceFolders() const;
    void setSourceFolders(const QStringList& folders);
    QString title() const override;

public Q_SLOTS:
    /// Asks for a folder.
    void addFolder();

Q_SIGNALS:
    /// By a person, not by setSourceFolders.
    void sourceFoldersChanged(const QStringList& folders);

private:
    void layOut();
    void removeFolder();
    void move(int by);
    void showButtons();
    void tell();

    QListWidget* m_folders = nullptr;
    QPushButton* m_remove = nullptr;
    QPushButton* m_up = nullptr;
    QPushButton* m_down = nullptr;
};

}  // namespace orrery::ui::settings
