// SPDX-License-Identifier: MIT
#pragma once

#include <QIcon>
#include <QPixmap>

#include "views/shared/tokens.h"

class QPainter;

/// Our own 16 px outline shapes, drawn in the colour asked for. UI thread only.
namespace orrery::ui::shared {

enum class Icon {
    Activity,
    LocalActivity,
    Timer,
    Signal,
    Update,
    Child,
    WorkflowTask,
    Marker,
    Nexus,
    Query,
    Workflow,
    Product,
    Search,
    Copy,
    Close,
    Warning,
    ThemeSwitch,
    Pause,
    Play,
    Step,
    Skip,
    Automatic,
};

/// Sharp at the given ratio; cached by shape, colour, size and ratio.
QPixmap iconPixmap(Icon icon, const QColor& colour, qreal devicePixelRatio, int size = kIcon);

/// For buttons and actions; follows the scheme and its disabled colour when it is painted, so it never needs renewal.
QIcon icon(Icon icon, Role role = Role::Text);

/// Into the rectangle, centred, on whole pixels.
void paintIcon(QPainter& painter, const QRect& rect, Icon icon, const QColor& colour);

}  // namespace orrery::ui::shared
