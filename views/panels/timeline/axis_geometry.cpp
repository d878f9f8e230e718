// SPDX-License-Identifier: MIT
#include "views/panels/timeline/axis_geometry.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::timeline {
namespace {

constexpr Offset kMicro = 1'000;
constexpr Offset kMilli = 1'000'000;
constexpr Offset kSecond = 1'000'000'000;
constexpr Offset kMinute = 60 * kSecond;
constexpr Offset kHour = 60 * kMinute;
constexpr Offset kDay = 24 * kHour;

QString decimal(Offset value, Offset unit) {
    QString whole = QString::number(value / unit);
    Offset rest = value % unit;
    if (rest == 0) return whole;
    whole += QLatin1Char('.');
    for (Offset place = unit / 10; rest != 0 && place > 0; place /= 10) {
        whole += QLatin1Char(static_cast<char>('0' + rest / place));
        rest %= place;
    }
    return whole;
}

}  // namespace

Offset axisStep(double atLeast) {
    for (Offset unit = 1; unit < kSecond; unit *= 10) {
        for (const Offset times : {1, 2, 5}) {
            if (static_cast<double>(unit * times) >= atLeast) return unit * times;
        }
    }
    for (const Offset unit : {kSecond, kMinute}) {
        for (const Offset times : {1, 2, 5, 10, 15, 30}) {
            if (static_cast<double>(unit * times) >= atLeast) return unit * times;
        }
    }
    for (const Offset times : {1, 2, 3, 6, 12}) {
        if (static_cast<double>(kHour * times) >= atLeast) return kHour * times;
    }
    for (Offset unit = kDay; unit < kDay * 20'000; unit *= 10) {
        for (const Offset times : {1, 2, 5}) {
            if (static_cast<double>(unit * times) >= atLeast) return unit * times;
        }
    }
    return kDay * 20'000;
}

QString offsetLabel(Offset offset) {
    if (offset == 0) return QStringLiteral("0");
    QString label = offset < 0 ? QStringLiteral("\u2212") : QStringLiteral("+");
    Offset rest = std::abs(offset);
    if (rest < kMicro) return label + QString::number(rest) + QStringLiteral(" ns");
    if (rest < kMilli) return label + decimal(rest, kMicro) + QStringLiteral(" µs");
    if (rest < kSecond) return label + decimal(rest, kMilli) + QStringLiteral(" ms");
    bool first = true;
    const auto part = [&](Offset unit, const char* name) {
        if (rest < unit) return;
        if (!first) label += QLatin1Char(' ');
        label += QString::number(rest / unit) + QLatin1Char(' ') + QLatin1String(name);
        rest %= unit;
        first = false;
    };
    part(kDay, "d");
    part(kHour, "h");
    part(kMinute, "m");
    if (rest == 0) return label;
    return label + (first ? QString() : QStringLiteral(" ")) + decimal(rest, kSecond) + QStringLiteral(" s");
}

void axisTicks(const TimeScale& scale, double spacing, std::vector<Tick>& out) {
    out.clear();
    const Offset step = axisStep(spacing / scale.pixelsPerNano());
    const Offset from = std::max<Offset>(scale.timeAt(0), 0);
    const Offset until = scale.timeAt(scale.viewWidth());
    const auto stretch = [&](Offset begin, Offset end) {
        for (Offset at = (begin + step - 1) / step * step; at <= end; at += step) {
            out.push_back({at, scale.x(at), offsetLabel(at)});
        }
    };
    Offset begin = from;
    for (const Gap& gap : scale.folds()) {
        if (gap.end <= begin) continue;
        if (gap.begin > until) break;
        stretch(begin, std::min(gap.begin, until));
        begin = gap.end;
    }
    if (begin <= until) stretch(begin, until);
}

}  // namespace orrery::ui::timeline
