// SPDX-License-Identifier: MIT
#pragma once

#include <QFontMetrics>
#include <QString>
#include <string>
#include <string_view>

#include "core/base/time.h"

/// Words, numbers and times as the window writes them. Plain functions; QFontMetrics ones need the application object.
namespace orrery::ui::shared {

/// The one switch for the whole window: "2 m ago" or "9 Mar 09:14:03".
enum class TimeStyle { Absolute, Relative };

inline QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

/// Two units at most: "38 ms", "2 h 05 m", "1 d 0 h".
QString durationText(base::Duration duration);

/// Local time, as short as it can be beside `now`: "09:14:03", "9 Mar 09:14:03", "9 Mar 2025 09:14:03".
/// Milliseconds are added when asked for.
QString timeText(base::Timestamp time, base::Timestamp now, bool millis = false);

/// "8 s ago", "in 23 h 59 m", "now".
QString relativeText(base::Timestamp time, base::Timestamp now);

/// One of the two above, after the window's switch.
QString timeText(base::Timestamp time, base::Timestamp now, TimeStyle style);

/// In full with zone, for tool tips: "Mon 9 Mar 2026 09:14:03.250 CET (2026-03-09T08:14:03.250Z)".
QString exactTimeText(base::Timestamp time);

/// "1 event", "5 052 events": thin-space groups, singular and plural given.
QString countText(qint64 count, const QString& one, const QString& many);
QString numberText(qint64 number);
QString bytesText(qint64 bytes);

/// First and last characters around an ellipsis, so that both ends of an id can be compared: "01a1fb8e…05-49".
QString middleElided(const QString& id, int maxCharacters);

/// One line of at most maxCharacters: line breaks and runs of blanks become one blank.
QString oneLine(const QString& value, int maxCharacters);

/// "createOrder" from "CREATE_ORDER"-like constants is never attempted; this turns "ActivityTaskScheduled" into
/// "Activity task scheduled".
QString spacedWords(const QString& pascalCase);

}  // namespace orrery::ui::shared
