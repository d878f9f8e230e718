// SPDX-License-Identifier: MIT
#pragma once

#include <QLabel>

namespace orrery::ui::shared {

/// A label that gives way: what does not fit ends in an ellipsis, and the whole stands in the tool tip. UI thread.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    /// Set instead of the text itself when more is known than one line holds.
    void setDetail(const QString& detail) { m_detail = detail; }
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_detail;
};

}  // namespace orrery::ui::shared
