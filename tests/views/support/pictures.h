// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QWidget>

namespace orrery::test {

/// Saves the window to the build tree's pictures/ as NAME-light-1280x720.png, NAME-dark-1280x720.png and the same at
/// 3840x2160 with scale 2. False when one could not be written or shows next to nothing.
bool savePictures(QWidget& window, const QString& folder, const QString& name);

}  // namespace orrery::test
