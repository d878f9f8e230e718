// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QPalette>
#include <QPointer>

#include "views/shared/tokens.h"

namespace orrery::ui::shared {

/// The scheme in force. Owned by the application object; UI thread only. Painters ask it for colours; widgets get
/// theirs through the palette and the one style sheet that apply() sets.
class Theme : public QObject {
    Q_OBJECT

public:
    enum class Choice { System, Light, Dark };

    /// The application's theme; made on first use, and gone with the application object.
    static Theme& instance();

    Scheme scheme() const { return m_scheme; }
    Choice choice() const { return m_choice; }
    /// Row height of lists: compact by default, comfortable on request.
    int rowHeight() const { return m_comfortable ? kRowComfortable : kRow; }
    bool comfortable() const { return m_comfortable; }
    /// Duration of an animation; zero when motion is switched off.
    std::chrono::milliseconds motion() const;

    QColor colour(Role role) const { return shared::colour(m_scheme, role); }
    QColor tint(Role role, qreal strength) const { return shared::tint(m_scheme, role, strength); }
    QPalette palette() const;

    /// Sets style, palette, style sheet and icon theme of the application. Call once before the first window.
    void apply();
    void setChoice(Choice choice);
    void setComfortable(bool comfortable);

Q_SIGNALS:
    /// After palette and style sheet have changed: drop cached pixmaps, repaint.
    void changed();

private:
    explicit Theme(QObject* parent);
    void refresh();

    Choice m_choice = Choice::System;
    Scheme m_scheme = Scheme::Light;
    QPalette m_systemPalette;
    bool m_comfortable = false;
};

/// The style sheet made of tokens. Widgets opt in by dynamic properties: primary (button), flat (button),
/// surface (plain ground), raised, hairline ("top" or "bottom"), role ("secondary", "title", "strong", "error").
QString styleSheet(Scheme scheme);

}  // namespace orrery::ui::shared
