// SPDX-License-Identifier: MIT
#pragma once

#include <QListView>

namespace orrery::ui::debugger {

/// A list as tall as its rows up to a few; the rest scrolls. A click or Enter on a row picks it. UI thread.
class ShortList : public QListView {
    Q_OBJECT

public:
    ShortList(const QString& objectName, const QString& accessibleName, QWidget* parent);

    void setModel(QAbstractItemModel* model) override;
    /// Rows shown before it scrolls.
    void setMaxRows(int rows) { m_maxRows = rows; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {80, sizeHint().height()}; }

Q_SIGNALS:
    void picked(const QModelIndex& index);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    int m_maxRows = 8;
};

}  // namespace orrery::ui::debugger
