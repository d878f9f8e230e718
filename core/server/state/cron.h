// SPDX-License-Identifier: MIT
// Cron schedules as Temporal's server reads them: robfig/cron's standard form of five fields, words like @hourly and
// "@every 90s", with "TZ=<zone> " or "CRON_TZ=<zone> " in front at will. One parser checks a schedule and computes its
// times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace orrery::server {

class CronSchedule {
public:
    /// nullopt for a text that is no schedule, or names a zone that this machine's zone database does not have.
    static std::optional<CronSchedule> parse(std::string_view text);

    /// The first time after `after`; nullopt when there is none within five years (the 30th of February).
    std::optional<base::Timestamp> next(base::Timestamp after) const;
    /// The first time after `after` that is not before `notBefore`, without going through all those between.
    std::optional<base::Timestamp> next(base::Timestamp after, base::Timestamp notBefore) const;

private:
    struct Fields {
        uint64_t minute = 0;  ///< bit n: the field may be n
        uint64_t hour = 0;
        uint64_t day = 0;
        uint64_t month = 0;
        uint64_t weekday = 0;
    };
    static std::optional<Fields> word(std::string_view text);

    Fields m_fields;
    std::optional<base::Duration> m_every;  ///< @every; then the fields mean nothing
    std::string m_zone;                     ///< empty: UTC
};

/// Why a workflow must not have this schedule; nullopt when it may, or has none.
std::optional<std::string> cronProblem(const std::string& schedule, base::Timestamp now);

/// How long after `now` the next run of a chain does its first task, in whole seconds; `scheduled` is when this one
/// did. Slots that have passed meanwhile are left out. nullopt when there is no schedule, or no time for it.
std::optional<base::Duration> cronBackoff(const std::string& schedule, base::Timestamp scheduled, base::Timestamp now);

}  // namespace orrery::server
