// SPDX-License-Identifier: MIT
// Calendar fields of a time in a zone. Where a clock is put forward or back, a date stands for the same instant that Go
// takes it for: cron schedules are computed in those terms.
#pragma once

#include <cstdint>
#include <string>

namespace orrery::server {

struct CivilTime {
    int64_t year = 1970;
    int month = 1;  ///< 1 to 12
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int weekday = 0;  ///< 0 is Sunday
};

/// Whether this machine's zone database has the zone; an empty name and UTC always are there. The first question
/// about another one reads the database's list of files.
bool knowsZone(const std::string& name);

/// Seconds since 1970 to fields and back; the second takes any month, day and so on, and carries over. The zone is
/// known.
CivilTime civilTime(const std::string& zone, int64_t seconds);
int64_t secondsOf(const std::string& zone, const CivilTime& civil);

}  // namespace orrery::server
