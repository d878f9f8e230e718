// SPDX-License-Identifier: MIT
#pragma once

#include <QScrollArea>

class QBoxLayout;

namespace orrery::ui::shared {

/// The inspector's ground: parts one below the other, and beside each other when it is folded under the table and so
/// has width rather than height. Scrolls. UI thread.
class SideColumn : public QScrollArea {
    Q_OBJECT

public:
    explicit SideColumn(QWidget* parent = nullptr);
    void addPart(QWidget* part);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* m_ground;
    QBoxLayout* m_layout;
};

}  // namespace orrery::ui::shared
