// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/history/groups.h"
#include "core/history/history.h"

namespace orrery::ui::shared {

/// One snapshot of an open history with its groups, made on a job thread (groups are linear in the events) and handed
/// to every panel of the page. Immutable and cheap to copy; empty before anything was read.
struct HistoryView {
    std::shared_ptr<const history::History> history;
    std::shared_ptr<const history::Groups> groups;

    explicit operator bool() const { return history && groups; }

    static HistoryView of(std::shared_ptr<const history::History> events) {
        auto found = std::make_shared<const history::Groups>(history::groups(*events));
        return {std::move(events), std::move(found)};
    }

    /// Index of the group that the event belongs to, -1 when there is none.
    int groupIndexOf(int64_t eventId) const {
        const auto position = history->indexOf(eventId);
        return position && *position < groups->ofEvent.size() ? groups->ofEvent[*position] : -1;
    }
    /// What Selection::groupId says for an event: the id of its group's first event, or 0.
    int64_t groupIdOf(int64_t eventId) const {
        const int index = groupIndexOf(eventId);
        return index < 0 ? 0 : groups->list[static_cast<size_t>(index)].firstEventId;
    }
};

}  // namespace orrery::ui::shared
