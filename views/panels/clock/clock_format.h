// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <optional>
#include <string>

#include "core/gateway/clock.h"

/// The clock bar's words. Plain functions, any thread.
namespace orrery::ui::clock {

/// "10 Mar 2026 09:14:12", local.
QString clockFaceText(base::Timestamp virtualNow);

/// Like durationText, without a second unit that is zero: "1 d", "2 h", "1 h 30 m".
QString wholeDurationText(base::Duration duration);

/// "virtual · 1 d ahead", "virtual · 5 m behind", "wall time"; with the mode when it is not at rest in real:
/// "paused · 1 d ahead".
QString clockNoteText(const gateway::ClockStatus& status);

/// "approval time-out of order-4690 in 23 h 26 m".
QString dueText(const gateway::DueThing& due, base::Timestamp virtualNow);
/// The soonest, or "nothing is due"; "and 3 more" is left to the tool tip.
QString nextText(const gateway::ClockStatus& status);
/// Every due thing on a line of its own.
QString dueListText(const gateway::ClockStatus& status);

/// "charge_card: attempt 2 runs on worker-1", or "2 running activities" when there are several; empty when nothing
/// holds.
QString holdersText(const gateway::ClockStatus& status);
QString holderListText(const gateway::ClockStatus& status);

/// A moment as a person types it, local unless it says otherwise: "18:30" (today, or tomorrow when that is past),
/// "2026-03-12 09:14", "2026-03-12T09:14:03Z", "+2h". nullopt when it is none of these.
std::optional<base::Timestamp> parseMoment(const QString& text, base::Timestamp now);

}  // namespace orrery::ui::clock
