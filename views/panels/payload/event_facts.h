// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>
#include <vector>

#include "views/shared/history_view.h"

namespace orrery::ui::payload {

/// What the inspector says about the selected event or its group; plain values, made from the snapshot. Any thread.
struct Fact {
    QString name;
    QString value;
    /// Ids and other machine words: monospaced, copied by a click.
    bool isId = false;
};

struct EventFacts {
    QString title;
    QString subtitle;
    std::vector<Fact> facts;
    /// Events of the group, ascending; links.
    std::vector<int64_t> events;
    /// Each value as pretty JSON or plain words.
    QStringList input;
    QStringList result;
    /// Message first, then causes and the stack trace.
    QString failure;
};

EventFacts eventFacts(const shared::HistoryView& view, int64_t eventId, std::optional<base::Timestamp> now);

}  // namespace orrery::ui::payload
