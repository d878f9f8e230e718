// SPDX-License-Identifier: MIT
#include "views/shared/text_format.h"

#include <QDateTime>
#include <QLocale>

namespace orrery::ui::shared {
namespace {

constexpr QChar kEllipsis(0x2026);
constexpr QChar kThinSpace(0x2009);

QDateTime local(base::Timestamp time) {
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

// Month and day names stay English until the window itself is translated.
QString written(const QDateTime& time, const char* pattern) {
    return QLocale::c().toString(time, QLatin1String(pattern));
}

}  // namespace

QString durationText(base::Duration duration) { return text(base::formatDuration(duration)); }

QString timeText(base::Timestamp time, base::Timestamp now, bool millis) {
    const QDateTime at = local(time);
    const QDateTime today = local(now);
    QString day;
    if (at.date() != today.date()) {
        day = written(at, at.date().year() == today.date().year() ? "d MMM " : "d MMM yyyy ");
    }
    return day + written(at, millis ? "HH:mm:ss.zzz" : "HH:mm:ss");
}

QString relativeText(base::Timestamp time, base::Timestamp now) {
    using std::chrono::seconds;
    const auto past = std::chrono::round<seconds>(now - time);
    if (past == seconds::zero()) return QStringLiteral("now");
    if (past > seconds::zero()) return durationText(past) + QStringLiteral(" ago");
    return QStringLiteral("in ") + durationText(-past);
}

QString timeText(base::Timestamp time, base::Timestamp now, TimeStyle style) {
    return style == TimeStyle::Absolute ? timeText(time, now) : relativeText(time, now);
}

QString exactTimeText(base::Timestamp time) {
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(time);
    return written(local(time), "ddd d MMM yyyy HH:mm:ss.zzz t") + QStringLiteral(" (") +
           text(base::formatTimestamp(millis)) + QLatin1Char(')');
}

QString numberText(qint64 number) {
    QString digits = QString::number(std::abs(number));
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3) digits.insert(at, kThinSpace);
    return number < 0 ? QLatin1Char('-') + digits : digits;
}

QString countText(qint64 count, const QString& one, const QString& many) {
    return numberText(count) + QLatin1Char(' ') + (count == 1 ? one : many);
}

QString bytesText(qint64 bytes) {
    if (bytes < 1000) return QStringLiteral("%1 B").arg(bytes);
    static constexpr const char* kUnits[] = {"KB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes) / 1000;
    int unit = 0;
    while (value >= 999.5 && unit < 3) {
        value /= 1000;
        ++unit;
    }
    return QString::number(value, 'f', value < 9.95 ? 1 : 0) + QLatin1Char(' ') + QLatin1String(kUnits[unit]);
}

QString middleElided(const QString& id, int maxCharacters) {
    if (id.size() <= maxCharacters || maxCharacters < 3) return id;
    const int tail = (maxCharacters - 1) / 2;
    const int head = maxCharacters - 1 - tail;
    return id.left(head) + kEllipsis + id.right(tail);
}

QString oneLine(const QString& value, int maxCharacters) {
    // Payloads can be megabytes: look only at as much as can be shown.
    QString line = value.left(4 * maxCharacters).simplified();
    if (line.size() > maxCharacters) line = line.left(maxCharacters - 1) + kEllipsis;
    return line;
}

QString spacedWords(const QString& pascalCase) {
    QString out;
    for (const QChar c : pascalCase) {
        if (c.isUpper() && !out.isEmpty()) out += QLatin1Char(' ');
        out += out.isEmpty() ? c : c.toLower();
    }
    return out;
}

}  // namespace orrery::ui::shared
