// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <optional>

#include "core/history/groups.h"

/// A group in words; the same in timeline, table and inspector.
namespace orrery::ui::shared {

/// Its name, or its kind when it has none.
QString groupName(const history::EventGroup& group);

/// A word beside the name: "3 attempts · 41.50 EUR", "running", "failed · declined".
QString groupDetail(const history::EventGroup& group);

/// From scheduled to started; absent when it has not started or never waits.
std::optional<base::Duration> groupWaited(const history::EventGroup& group);
/// From started (else scheduled) to closed, or to now while it runs.
std::optional<base::Duration> groupRan(const history::EventGroup& group, std::optional<base::Timestamp> now);

/// "49", "49 · 50 · 51", "5–120 (14 events)".
QString groupEvents(const history::EventGroup& group);

/// One line of facts: "chargeCard · activity · completed · waited 12 ms · ran 1.2 s · 3 attempts · events 5 · 6 · 7".
QString groupFacts(const history::EventGroup& group, std::optional<base::Timestamp> now);

}  // namespace orrery::ui::shared
