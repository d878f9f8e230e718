// SPDX-License-Identifier: MIT
#include "views/shared/group_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "views/shared/kinds.h"
#include "views/shared/text_format.h"

namespace orrery::ui::shared {

using history::EventGroup;
using history::GroupKind;
using history::GroupState;

namespace {

constexpr int kFailureCharacters = 60;

QString tr(const char* source) { return QCoreApplication::translate("group", source); }

QString join(const QStringList& parts) { return parts.join(QStringLiteral(" \u00b7 ")); }

bool takesTime(GroupKind kind) {
    return kind != GroupKind::Signal && kind != GroupKind::Marker && kind != GroupKind::Workflow &&
           kind != GroupKind::Other;
}

bool hasAttempts(const EventGroup& group) {
    return group.kind == GroupKind::Activity || group.kind == GroupKind::LocalActivity ||
           group.kind == GroupKind::Nexus;
}

}  // namespace

QString groupName(const EventGroup& group) {
    if (group.name.empty()) return look(group.kind).word;
    // A timer without a summary has a mere number for a name.
    const bool number = std::all_of(group.name.begin(), group.name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (group.kind == GroupKind::Timer && number) return tr("timer %1").arg(text(group.name));
    return text(group.name);
}

QString groupDetail(const EventGroup& group) {
    QStringList parts;
    if (hasAttempts(group) && group.attempts > 1) parts += tr("%1 attempts").arg(group.attempts);
    const bool failed = group.state == GroupState::Failed || group.state == GroupState::TimedOut;
    switch (group.state) {
        case GroupState::Scheduled: parts += tr("waiting"); break;
        case GroupState::Running:
            if (group.kind != GroupKind::Timer)
                parts += group.kind == GroupKind::Update ? tr("accepted") : tr("running");
            break;
        case GroupState::Completed: break;
        default: parts += look(group.state).word.toLower();
    }
    if (group.kind == GroupKind::ChildWorkflow && group.state == GroupState::Completed) parts += tr("child");
    if ((failed || history::isOpen(group.state)) && !group.lastFailure.empty()) {
        parts += oneLine(text(group.lastFailure), kFailureCharacters);
    } else if (!group.detail.empty()) {
        parts += text(group.detail);
    }
    return join(parts);
}

std::optional<base::Duration> groupWaited(const EventGroup& group) {
    if (!group.scheduled || !group.started || !takesTime(group.kind) || group.kind == GroupKind::Timer)
        return std::nullopt;
    return *group.started - *group.scheduled;
}

std::optional<base::Duration> groupRan(const EventGroup& group, std::optional<base::Timestamp> now) {
    if (!takesTime(group.kind)) return std::nullopt;
    const auto from = group.started ? group.started : group.kind == GroupKind::Timer ? group.scheduled : std::nullopt;
    const auto until = group.closed ? group.closed : history::isOpen(group.state) ? now : std::nullopt;
    if (!from || !until) return std::nullopt;
    return *until - *from;
}

QString groupEvents(const EventGroup& group) {
    if (group.eventIds.size() > 6) {
        return tr("%1\u2013%2 (%3 events)")
            .arg(group.eventIds.front())
            .arg(group.eventIds.back())
            .arg(group.eventIds.size());
    }
    QStringList ids;
    for (const int64_t id : group.eventIds) ids += QString::number(id);
    return join(ids);
}

QString groupFacts(const EventGroup& group, std::optional<base::Timestamp> now) {
    QStringList parts{groupName(group), look(group.kind).word.toLower()};
    if (takesTime(group.kind)) parts += look(group.state).word.toLower();
    if (const auto waited = groupWaited(group)) parts += tr("waited %1").arg(durationText(*waited));
    if (const auto ran = groupRan(group, now)) parts += tr("ran %1").arg(durationText(*ran));
    if (group.due && history::isOpen(group.state) && now) {
        parts += tr("due %1").arg(relativeText(*group.due, *now));
    }
    if (hasAttempts(group) && group.attempts > 1) parts += tr("%1 attempts").arg(group.attempts);
    if (!group.lastFailure.empty()) parts += oneLine(text(group.lastFailure), kFailureCharacters);
    parts += (group.eventIds.size() == 1 ? tr("event %1") : tr("events %1")).arg(groupEvents(group));
    return join(parts);
}

}  // namespace orrery::ui::shared
