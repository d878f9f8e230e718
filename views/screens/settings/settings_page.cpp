// SPDX-License-Identifier: MIT
#include "views/screens/settings/settings_page.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QLabel>
#include <QListWidget>

#include "views/shared/widgets.h"

namespace orrery::ui::settings {

using namespace shared;

namespace {

constexpr int kColumn = 640;

}  // namespace

SettingsPage::SettingsPage(const QStringList& sourceFolders, QWidget* parent) : Page(parent) {
    setObjectName(QStringLiteral("settingsPage"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    layOut();
    setFocusProxy(m_folders);
    setSourceFolders(sourceFolders);
}

void SettingsPage::layOut() {
    auto* outer = new QHBoxLayout(this);
    auto* ground = new QWidget(this);
    ground->setMaximumWidth(kColumn);
    outer->setContentsMargins(4 * kGrid, 4 * kGrid, 4 * kGrid, 4 * kGrid);
    outer->addWidget(ground, 1);
    outer->addStretch(0);
    auto* column = new QVBoxLayout(ground);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * kGrid);
    column->addWidget(makeLabel(tr("Source folders"), "title", ground));
    QLabel* words = makeLabel(tr("The debugger looks here for the code of a replayed run, from the first folder to the "
                                 "last. Name the folder in which paths such as app/samples/order_approval.cpp begin. "
                                 "The samples' own sources are built in."),
                              "secondary", ground);
    words->setWordWrap(true);
    column->addWidget(words);
    m_folders = new QListWidget(ground);
    m_folders->setObjectName(QStringLiteral("sourceFolders"));
    m_folders->setAccessibleName(tr("Source folders"));
    m_folders->setProperty("framed", true);
    m_folders->setTextElideMode(Qt::ElideMiddle);
    m_folders->setMinimumHeight(4 * kRow);
    m_folders->setMaximumHeight(10 * kRow);
    column->addWidget(m_folders);
    auto* row = new QHBoxLayout;
    row->setSpacing(2 * kGrid);
    QPushButton* add = makeButton(tr("Add a folder…"), QStringLiteral("sourceFolderAdd"), true, ground);
    m_remove = makeButton(tr("Remove"), QStringLiteral("sourceFolderRemove"), false, ground);
    m_up = makeButton(tr("Move up"), QStringLiteral("sourceFolderUp"), false, ground);
    m_down = makeButton(tr("Move down"), QStringLiteral("sourceFolderDown"), false, ground);
    for (QPushButton* button : {add, m_remove, m_up, m_down}) row->addWidget(button);
    row->addStretch(1);
    column->addLayout(row);
    column->addStretch(1);
    connect(add, &QPushButton::clicked, this, &SettingsPage::addFolder);
    connect(m_remove, &QPushButton::clicked, this, &SettingsPage::removeFolder);
    connect(m_up, &QPushButton::clicked, this, [this] { move(-1); });
    connect(m_down, &QPushButton::clicked, this, [this] { move(1); });
    connect(m_folders, &QListWidget::currentRowChanged, this, &SettingsPage::showButtons);
}

QStringList SettingsPage::sourceFolders() const {
    QStringList folders;
    for (int row = 0; row < m_folders->count(); ++row) folders << m_folders->item(row)->text();
    return folders;
}

void SettingsPage::setSourceFolders(const QStringList& folders) {
    if (folders == sourceFolders() && !folders.isEmpty()) return;
    m_folders->clear();
    for (const QString& folder : folders) (new QListWidgetItem(folder, m_folders))->setToolTip(folder);
    m_folders->setCurrentRow(folders.isEmpty() ? -1 : 0);
    showButtons();
}

void SettingsPage::addFolder() {
    auto* dialog = new QFileDialog(this, tr("Source folder"));
    dialog->setObjectName(QStringLiteral("sourceFolderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        if (sourceFolders().contains(folder)) return;
        (new QListWidgetItem(folder, m_folders))->setToolTip(folder);
        m_folders->setCurrentRow(m_folders->count() - 1);
        tell();
    });
    dialog->open();
}

void SettingsPage::removeFolder() {
    delete m_folders->takeItem(m_folders->currentRow());
    tell();
}

void SettingsPage::move(int by) {
    const int row = m_folders->currentRow();
    QListWidgetItem* item = m_folders->takeItem(row);
    m_folders->insertItem(row + by, item);
    m_folders->setCurrentRow(row + by);
    tell();
}

void SettingsPage::showButtons() {
    const int row = m_folders->currentRow();
    m_remove->setEnabled(row >= 0);
    m_up->setEnabled(row > 0);
    m_down->setEnabled(row >= 0 && row + 1 < m_folders->count());
}

void SettingsPage::tell() {
    showButtons();
    Q_EMIT sourceFoldersChanged(sourceFolders());
}

QString SettingsPage::title() const { return tr("Settings"); }

}  // namespace orrery::ui::settings
