// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/server/clock_control.h"

namespace orrery::server {

struct Run;

/// What a due entry means to its owner; finer than DueKind, which is what people see.
enum class DueWhat : uint8_t {
    UserTimer,
    ActivityRetry,
    ActivityScheduleToStart,
    ActivityScheduleToClose,
    ActivityStartToClose,
    ActivityHeartbeat,
    TaskStartToClose,
    FirstTask,
    RunTimeout,
    ExecutionTimeout,
    FastForward,
    Sleep,
};
DueKind dueKindOf(DueWhat what);

/// Identifies an entry and orders it: equal times go by creation.
struct DueKey {
    base::Timestamp time;
    uint64_t number = 0;
    auto operator<=>(const DueKey&) const = default;
};

struct DueEntry {
    DueWhat what = DueWhat::UserTimer;
    Run* run = nullptr;
    int64_t id = 0;  ///< event id of the activity or timer, wait id of a sleep
};

/// Things to happen at virtual times, in order of (time, creation). Automatic time goes only to those that somebody
/// waits for, so they are kept apart from time-outs.
class DueQueue {
public:
    /// Whether automatic mode may also go to run and execution time-outs.
    void setJumpToRunTimeouts(bool on) { m_jumpToRunTimeouts = on; }

    DueKey add(base::Timestamp time, DueEntry entry);
    /// Puts an entry back under the key that it had.
    void restore(const DueKey& key, DueEntry entry);
    uint64_t nextNumber() const { return m_nextNumber; }
    void setNextNumber(uint64_t number) { m_nextNumber = number; }
    /// The entry falls due that much sooner; a key that is empty is ignored.
    void advance(std::optional<DueKey>& key, base::Duration by);
    /// Forgets the entry and clears the key; a key that is empty or spent is ignored.
    void cancel(std::optional<DueKey>& key);

    std::optional<base::Timestamp> firstTime() const;
    /// The soonest thing that automatic mode may go to.
    std::optional<base::Timestamp> firstJumpTime() const;
    /// Takes the soonest entry if it is due by `now`.
    std::optional<std::pair<DueKey, DueEntry>> takeDue(base::Timestamp now);

    size_t size() const { return m_jumpable.size() + m_timeouts.size(); }
    /// The soonest `count` entries in order.
    std::vector<std::pair<DueKey, DueEntry>> soonest(size_t count) const;
    /// Grows with every change.
    uint64_t version() const { return m_version; }

private:
    using Entries = std::map<DueKey, DueEntry>;
    bool jumpable(DueWhat what) const;
    Entries* soonestOf();

    Entries m_jumpable;
    Entries m_timeouts;
    uint64_t m_nextNumber = 1;
    uint64_t m_version = 0;
    bool m_jumpToRunTimeouts = false;
};

}  // namespace orrery::server
