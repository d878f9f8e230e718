// SPDX-License-Identifier: MIT
#pragma once

#include <QLabel>
#include <optional>

#include "views/shared/tokens.h"

namespace orrery::ui::shared {

/// A label that gives way: what does not fit ends in an ellipsis, and the whole stands in the tool tip. UI thread.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    /// Set instead of the text itself when more is known than one line holds.
    void setDetail(const QString& detail) { m_detail = detail; }
    /// A token's colour instead of the palette's; follows the scheme.
    void setRole(Role role);
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_detail;
    std::optional<Role> m_role;
};

}  // namespace orrery::ui::shared
