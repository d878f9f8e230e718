// SPDX-License-Identifier: MIT
#include "views/shared/json_format.h"

namespace orrery::ui::shared {
namespace {

constexpr qsizetype kShortLine = 40;

// End of the string that begins at `from` (its opening quote).
qsizetype stringEnd(const QString& json, qsizetype from) {
    for (qsizetype i = from + 1; i < json.size(); ++i) {
        if (json[i] == QLatin1Char('\\')) {
            ++i;
        } else if (json[i] == QLatin1Char('"')) {
            return i + 1;
        }
    }
    return json.size();
}

// A bracket that closes soon and holds no other bracket: its whole text, else nothing.
QString shortGroup(const QString& json, qsizetype from) {
    QString line;
    for (qsizetype i = from; i < json.size() && line.size() <= kShortLine;) {
        const QChar c = json[i];
        if (c == QLatin1Char('"')) {
            const qsizetype end = stringEnd(json, i);
            line += QStringView(json).mid(i, end - i);
            i = end;
            continue;
        }
        ++i;
        if (i - 1 > from && (c == QLatin1Char('{') || c == QLatin1Char('['))) return {};
        if (c.isSpace()) continue;
        line += c;
        if (c == QLatin1Char(',') || c == QLatin1Char(':')) line += QLatin1Char(' ');
        if (c == QLatin1Char('}') || c == QLatin1Char(']')) return line.size() <= kShortLine ? line : QString();
    }
    return {};
}

qsizetype groupEnd(const QString& json, qsizetype from) {
    for (qsizetype i = from; i < json.size();) {
        if (json[i] == QLatin1Char('"')) {
            i = stringEnd(json, i);
            continue;
        }
        if (json[i] == QLatin1Char('}') || json[i] == QLatin1Char(']')) return i + 1;
        ++i;
    }
    return json.size();
}

}  // namespace

QString prettyJson(const QString& json) {
    QString out;
    int depth = 0;
    const auto newLine = [&] {
        out += QLatin1Char('\n');
        out += QString(2 * depth, QLatin1Char(' '));
    };
    for (qsizetype i = 0; i < json.size();) {
        const QChar c = json[i];
        if (c == QLatin1Char('"')) {
            const qsizetype end = stringEnd(json, i);
            out += QStringView(json).mid(i, end - i);
            i = end;
            continue;
        }
        if (c == QLatin1Char('{') || c == QLatin1Char('[')) {
            const QString whole = shortGroup(json, i);
            if (!whole.isEmpty() && (depth > 0 || c == QLatin1Char('[') || whole.size() <= 2)) {
                out += whole;
                i = groupEnd(json, i + 1);
                continue;
            }
            out += c;
            ++depth;
            newLine();
        } else if (c == QLatin1Char('}') || c == QLatin1Char(']')) {
            depth = qMax(0, depth - 1);
            newLine();
            out += c;
        } else if (c == QLatin1Char(',')) {
            out += c;
            newLine();
        } else if (c == QLatin1Char(':')) {
            out += QStringLiteral(": ");
        } else if (!c.isSpace()) {
            out += c;
        }
        ++i;
    }
    return out;
}

}  // namespace orrery::ui::shared
