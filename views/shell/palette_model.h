// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <functional>
#include <vector>

namespace orrery::ui::shell {

/// One line of the palette: a command, or a place to go to.
struct PaletteEntry {
    QString text;
    QString detail;  ///< shortcut of a command, status of a workflow
    QString icon;
    bool enabled = true;
    std::function<void()> run;
};

/// How well `query` fits `text`: 0 is no fit, higher is better. Letters must occur in order; starts of words and runs
/// of letters count more. An empty query fits everything alike.
int paletteScore(const QString& query, const QString& text);

/// The entries that fit what was typed, best first, enabled ones before the others. UI thread.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { DetailRole = Qt::UserRole + 1, IconRole };

    explicit PaletteModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    void setEntries(std::vector<PaletteEntry> entries);
    void setQuery(const QString& query);
    const PaletteEntry* entry(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    void rank();

    std::vector<PaletteEntry> m_entries;
    std::vector<int> m_ranked;
    QString m_query;
};

}  // namespace orrery::ui::shell
