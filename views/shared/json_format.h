// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace orrery::ui::shared {

/// JSON with two blanks of indent. Works on the text: digits, order and escapes stay as they came; what is not JSON
/// comes back unchanged in meaning and merely badly indented. Short arrays and objects of plain values stay on one
/// line.
QString prettyJson(const QString& json);

}  // namespace orrery::ui::shared
