// SPDX-License-Identifier: MIT
#include "views/panels/clock/clock_format.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>
#include <QStringList>

#include "views/shared/text_format.h"

namespace orrery::ui::clock {
namespace {

using namespace std::chrono_literals;
using shared::durationText;
using shared::text;

constexpr auto kNoticeable = 1s;

QDateTime local(base::Timestamp time) {
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count());
}

base::Timestamp fromLocal(const QDateTime& time) {
    return base::Timestamp(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

QString dueWord(const gateway::DueThing& due) {
    using Kind = gateway::DueKind;
    const QString name = text(due.name);
    switch (due.kind) {
        case Kind::UserTimer: return QStringLiteral("timer “%1”").arg(name);
        case Kind::ActivityRetry: return QStringLiteral("retry of %1").arg(name);
        case Kind::WorkflowBackoff: return QStringLiteral("first task");
        case Kind::Sleep: return QStringLiteral("a sleeping client");
        case Kind::ActivityTimeout: return QStringLiteral("time-out of %1").arg(name);
        case Kind::WorkflowTaskTimeout: return QStringLiteral("workflow task time-out");
        case Kind::RunTimeout: return QStringLiteral("run time-out");
        case Kind::ExecutionTimeout: return QStringLiteral("execution time-out");
    }
    return name;
}

QString modeWord(gateway::ClockMode mode) {
    using Mode = gateway::ClockMode;
    switch (mode) {
        case Mode::Real: return QStringLiteral("virtual");
        case Mode::Paused: return QStringLiteral("paused");
        case Mode::Step: return QStringLiteral("stepping");
        case Mode::RunTo: return QStringLiteral("running");
        case Mode::Skip: return QStringLiteral("skipping");
        case Mode::Automatic: return QStringLiteral("automatic");
    }
    return {};
}

QString holderText(const gateway::Holder& holder) {
    const QString name = holder.name.empty() ? text(gateway::holderKindName(holder.kind)) : text(holder.name);
    return holder.detail.empty() ? name : QStringLiteral("%1: %2").arg(name, text(holder.detail));
}

QString holdersNoun(const std::vector<gateway::Holder>& holders) {
    const bool alike = std::all_of(holders.begin(), holders.end(),
                                   [&](const gateway::Holder& holder) { return holder.kind == holders.front().kind; });
    if (!alike) return QStringLiteral("things under way");
    switch (holders.front().kind) {
        case gateway::HolderKind::Activity: return QStringLiteral("activities");
        case gateway::HolderKind::WorkflowTask: return QStringLiteral("workflow tasks");
        case gateway::HolderKind::Query: return QStringLiteral("queries");
        default: return QStringLiteral("things under way");
    }
}

}  // namespace

QString clockFaceText(base::Timestamp virtualNow) {
    return QLocale::c().toString(local(virtualNow), QStringLiteral("d MMM yyyy HH:mm:ss"));
}

QString wholeDurationText(base::Duration duration) {
    static const QRegularExpression nothing(QStringLiteral("(?<=\\w) 0+ \\w+$"));
    return durationText(duration).remove(nothing);
}

QString clockNoteText(const gateway::ClockStatus& status) {
    const bool resting = status.mode == gateway::ClockMode::Real;
    const base::Duration distance = status.ahead < 0ns ? -status.ahead : status.ahead;
    if (distance < kNoticeable) return resting ? QStringLiteral("wall time") : modeWord(status.mode);
    const base::Duration whole = std::chrono::round<std::chrono::seconds>(distance);
    return QStringLiteral("%1 · %2 %3")
        .arg(modeWord(status.mode), wholeDurationText(whole),
             status.ahead < 0ns ? QStringLiteral("behind") : QStringLiteral("ahead"));
}

QString dueText(const gateway::DueThing& due, base::Timestamp virtualNow) {
    const base::Duration left = std::chrono::ceil<std::chrono::seconds>(due.time - virtualNow);
    const QString when = left <= 0s ? QStringLiteral("now") : QStringLiteral("in %1").arg(wholeDurationText(left));
    if (due.workflowId.empty()) return QStringLiteral("%1 %2").arg(dueWord(due), when);
    return QStringLiteral("%1 of %2 %3").arg(dueWord(due), text(due.workflowId), when);
}

QString nextText(const gateway::ClockStatus& status) {
    if (status.dueNext.empty()) return QStringLiteral("nothing is due");
    return dueText(status.dueNext.front(), status.virtualNow);
}

QString dueListText(const gateway::ClockStatus& status) {
    QStringList lines;
    for (const gateway::DueThing& due : status.dueNext) lines << dueText(due, status.virtualNow);
    if (status.dueCount > status.dueNext.size()) {
        lines << QStringLiteral("and %1 more").arg(status.dueCount - status.dueNext.size());
    }
    return lines.join(QLatin1Char('\n'));
}

QString holdersText(const gateway::ClockStatus& status) {
    if (status.holders.empty()) return {};
    if (status.holderCount == 1) return holderText(status.holders.front());
    return QStringLiteral("%1 %2").arg(status.holderCount).arg(holdersNoun(status.holders));
}

QString holderListText(const gateway::ClockStatus& status) {
    QStringList lines;
    for (const gateway::Holder& holder : status.holders) {
        lines << QStringLiteral("%1 (%2)").arg(holderText(holder), text(holder.workflowId));
    }
    return lines.join(QLatin1Char('\n'));
}

std::optional<base::Timestamp> parseMoment(const QString& typed, base::Timestamp now) {
    const QString trimmed = typed.trimmed();
    if (trimmed.startsWith(QLatin1Char('+'))) {
        const auto after = base::parseDuration(trimmed.mid(1).toStdString());
        return after ? std::optional(now + *after) : std::nullopt;
    }
    if (const auto exact = base::parseTimestamp(trimmed.toStdString())) return exact;
    for (const char* format : {"yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd"}) {
        const QDateTime time = QDateTime::fromString(trimmed, QLatin1String(format));
        if (time.isValid()) return fromLocal(time);
    }
    for (const char* format : {"HH:mm:ss", "HH:mm"}) {
        const QTime time = QTime::fromString(trimmed, QLatin1String(format));
        if (!time.isValid()) continue;
        QDateTime moment(local(now).date(), time);
        if (fromLocal(moment) <= now) moment = moment.addDays(1);
        return fromLocal(moment);
    }
    return std::nullopt;
}

}  // namespace orrery::ui::clock
