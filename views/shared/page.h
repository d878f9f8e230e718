// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QWidget>
#include <optional>

#include "core/base/time.h"

namespace orrery::ui::shared {

/// What stands in a tab. The shell asks pages only this; everything else a page does by itself. UI thread.
class Page : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    virtual QString title() const = 0;
    /// Shown in the inspector while the page is in front; owned by the page, which may return nullptr.
    virtual QWidget* inspector() { return nullptr; }
    /// Escape: closes or clears the innermost thing and gives true; false when there was nothing.
    virtual bool stepOut() { return false; }
    /// Puts the cursor into the page's search field.
    virtual void find() {}
    /// The recorded time that the clock shows while the page is in front; nothing when the page is in the present.
    virtual std::optional<base::Timestamp> past() const { return std::nullopt; }
    /// Left part of the status line.
    virtual QString statusText() const { return {}; }

Q_SIGNALS:
    /// Title, status text or what can be done is another.
    void changed();
    /// The inspector has something that wants to be seen.
    void inspectorWanted();
};

}  // namespace orrery::ui::shared
