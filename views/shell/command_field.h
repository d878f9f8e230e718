// SPDX-License-Identifier: MIT
#pragma once

#include <QLineEdit>
#include <QPointer>
#include <functional>
#include <vector>

#include "views/shell/palette_model.h"

class QListView;

namespace orrery::ui::shell {

/// The search and command field of the top bar. While it has the focus its list hangs below it, as a child of the
/// window, so that no second window takes the keyboard. Escape gives the focus back to whoever had it. UI thread.
class CommandField : public QLineEdit {
    Q_OBJECT

public:
    /// `entries` is asked each time the field opens.
    explicit CommandField(std::function<std::vector<PaletteEntry>()> entries, QWidget* parent = nullptr);

public Q_SLOTS:
    void open();
    void close();

protected:
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void showEntries();
    void showList();
    void runCurrent();

    std::function<std::vector<PaletteEntry>()> m_entries;
    PaletteModel* m_model;
    QListView* m_list;
    QPointer<QWidget> m_before;
};

}  // namespace orrery::ui::shell
